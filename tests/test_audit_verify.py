"""`audit verify`: whatever is done to a log by someone who may write the file is found, and where."""

from __future__ import annotations

import base64
import json
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from conftest import CommandLine

from ledger.application import Ledger
from ledger.audit.derived import derived
from ledger.audit.proofs import Checkpoint, parse_checkpoint
from ledger.audit.tree import first_difference, tree_as_kept, tree_of
from ledger.audit.verify import Verified, verify


@pytest.fixture
def kept(shown: tuple[Path, str], tmp_path: Path) -> CommandLine:
    """The demo's ledger with the checkpoint that an auditor took of it, `kept.txt`."""
    demo = CommandLine(Path(shutil.copytree(shown[0], tmp_path / "kept")))
    (demo.folder / "kept.txt").write_text(demo.run("audit", "checkpoint").stdout)
    return demo


@contextmanager
def _freely(file: Path) -> Iterator[sqlite3.Connection]:
    """The file in the hands of someone who drops the triggers first, and puts them back."""
    with closing(sqlite3.connect(file)) as raw:
        triggers = raw.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for name, _ in triggers:
            raw.execute(f"DROP TRIGGER {name}")
        yield raw
        for _, statement in triggers:
            raw.execute(statement)
        raw.commit()


def _verified(demo: CommandLine, against: Checkpoint | None = None) -> Verified:
    with Ledger.open(f"sqlite:///{demo.ledger}") as ledger:
        return verify(ledger, against, lambda done, total: None)


def _against(demo: CommandLine) -> tuple[int, Any]:
    done = demo.run("audit", "verify", "--against", "kept.txt")
    return done.returncode, json.loads(done.stdout)


def test_an_intact_ledger_is_sound_and_extends_its_checkpoints(kept: CommandLine) -> None:
    status, said = _against(kept)
    assert (status, said["damage"], said["different"], said["decisions"]) == (0, [], [], 27)
    kept.ok("claim", "decide", "1005", "2026-09")
    status, said = _against(kept)
    assert (status, said["damage"], said["decisions"]) == (0, [], 28)


def test_one_edited_byte_is_named_by_position_and_by_the_decisions_that_rested_on_it(kept: CommandLine) -> None:
    with _freely(kept.ledger) as raw:
        position, state = raw.execute(
            "SELECT position, state FROM stored_events WHERE originator_id = '1002/bill/aliyun:1002:2026-09'"
        ).fetchone()
        changed = state.replace(b'"call_fee_fen":8', b'"call_fee_fen":7')
        raw.execute("UPDATE stored_events SET state = ? WHERE position = ?", (changed, position))
    status, said = _against(kept)
    assert (status, said["first_bad_position"]) == (4, position)
    done = kept.run("audit", "replay")
    assert done.returncode == 3
    different = json.loads(done.stdout)["different"]
    assert {each["account"] for each in different} == {"1002"}
    (september,) = (each for each in different if each["month"] == "2026-09")
    assert september["path"] == "$.facts.sha256"


def test_every_replaced_event_of_the_demo_is_found_against_the_checkpoint(kept: CommandLine) -> None:
    """Also where everything beside the ledger was hashed again: only the auditor's three lines are believed."""
    checkpoint = parse_checkpoint((kept.folder / "kept.txt").read_text())
    with Ledger.open(f"sqlite:///{kept.ledger}") as ledger, tree_as_kept(ledger) as tree:
        assert tree is not None
        with _freely(kept.ledger) as raw:
            positions = [position for (position,) in raw.execute("SELECT position FROM stored_events").fetchall()]
            for position in positions:
                raw.execute(
                    "UPDATE stored_events SET state = CAST(state || ' ' AS BLOB) WHERE position = ?", (position,)
                )
                raw.commit()
                with ledger.reading() as log:
                    assert derived(log, checkpoint.size).root != checkpoint.root
                    assert first_difference(log, tree, (checkpoint.size, checkpoint.root)) == position
                raw.execute(
                    "UPDATE stored_events SET state = CAST(rtrim(CAST(state AS TEXT)) AS BLOB) WHERE position = ?",
                    (position,),
                )
                raw.commit()
    assert len(positions) == checkpoint.size
    assert _against(kept)[0] == 0


def test_every_pair_of_neighbours_swapped_is_found_against_the_checkpoint(kept: CommandLine) -> None:
    checkpoint = parse_checkpoint((kept.folder / "kept.txt").read_text())
    with Ledger.open(f"sqlite:///{kept.ledger}") as ledger, _freely(kept.ledger) as raw:
        for position in range(1, checkpoint.size):
            _swap(raw, position, position + 1)
            with ledger.reading() as log:
                assert derived(log, checkpoint.size).root != checkpoint.root, position
            _swap(raw, position, position + 1)


def _swap(raw: sqlite3.Connection, one: int, other: int) -> None:
    raw.execute("UPDATE stored_events SET position = 1000000 WHERE position = ?", (one,))
    raw.execute("UPDATE stored_events SET position = ? WHERE position = ?", (one, other))
    raw.execute("UPDATE stored_events SET position = ? WHERE position = 1000000", (other,))
    raw.commit()


def test_any_length_of_a_cut_off_end_is_found_against_the_checkpoint(kept: CommandLine) -> None:
    checkpoint = parse_checkpoint((kept.folder / "kept.txt").read_text())
    with Ledger.open(f"sqlite:///{kept.ledger}") as ledger, _freely(kept.ledger) as raw:
        for size in range(checkpoint.size - 1, -1, -1):
            raw.execute("DELETE FROM stored_events WHERE position > ?", (size,))
            raw.commit()
            with ledger.reading() as log:
                assert derived(log).size == size < checkpoint.size


@pytest.mark.parametrize("rehashed", [False, True], ids=["left as it lay", "hashed again"])
@pytest.mark.parametrize("cut", [1, 7])
def test_a_cut_off_end_exits_4_and_says_so(kept: CommandLine, cut: int, rehashed: bool) -> None:
    size = parse_checkpoint((kept.folder / "kept.txt").read_text()).size
    with _freely(kept.ledger) as raw:
        raw.execute("DELETE FROM stored_events WHERE position > ?", (size - cut,))
    if rehashed:
        for beside in kept.folder.glob("slaledger.db.*"):
            beside.unlink()
    status, said = _against(kept)
    assert status == 4
    assert ("truncated", size - cut + 1) in {(each["kind"], each.get("position")) for each in said["damage"]}


@pytest.mark.parametrize(
    ("statement", "kind"),
    [
        ("DELETE FROM stored_events WHERE originator_version = 2 AND topic = 'claim.decided'", "gap"),
        ("UPDATE stored_events SET topic = 'incident.exploded' WHERE position = 40", "unknown_event"),
        ("UPDATE stored_events SET state = x'7b7d' WHERE position = 40", "unreadable_event"),
        ("DELETE FROM stored_events WHERE topic = 'claim.paid' AND originator_id LIKE '1001/%2026-09'", "unbalanced"),
    ],
    ids=["a gap", "an unknown topic", "an unreadable state", "an issue on one side only"],
)
def test_without_a_checkpoint_too_much_is_found(kept: CommandLine, statement: str, kind: str) -> None:
    with _freely(kept.ledger) as raw:
        raw.execute(statement)
    for beside in kept.folder.glob("slaledger.db.*"):
        beside.unlink()
    found = _verified(kept)
    assert kind in {each.kind for each in found.damage}
    assert kept.run("audit", "verify").returncode == 4


def test_spoilt_projections_are_found(kept: CommandLine) -> None:
    kept.ok("voucher", "list")
    with closing(sqlite3.connect(f"{kept.ledger}.views.db")) as raw:
        raw.execute("UPDATE vouchers SET balance_fen = balance_fen + 1 WHERE account = '1004'")
        raw.commit()
    assert [each.kind for each in _verified(kept).damage] == ["projections_differ"]
    kept.ok("rebuild")
    assert _verified(kept).damage == []


def test_another_ledgers_checkpoint_is_refused(kept: CommandLine) -> None:
    size = parse_checkpoint((kept.folder / "kept.txt").read_text()).size
    foreign = f"slaledger-{'0' * 32}\n{size}\n{base64.b64encode(bytes(32)).decode()}\n"
    (kept.folder / "foreign.txt").write_text(foreign)
    error = kept.refused("audit", "verify", "--against", "foreign.txt")
    assert error["code"] == "other_ledger"


def test_checkpoints_of_any_age_are_extended_by_the_log(kept: CommandLine) -> None:
    with Ledger.open(f"sqlite:///{kept.ledger}") as ledger:
        with tree_of(ledger) as tree:
            ages = [Checkpoint(tree.ledger, size, tree.root(size)) for size in (1, 2, 100, tree.size)]
        for age in ages:
            with ledger.reading() as log:
                assert derived(log, age.size).root == age.root
    assert _verified(kept, ages[2]).damage == []
