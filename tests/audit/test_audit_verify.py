"""`audit verify`: whatever is done to a log by someone who may write the file is found, and where."""

from __future__ import annotations

import base64
import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from conftest import SOAK, CommandLine
from stores import SqliteFile, Store

from ledger.audit.verified import Verified
from ledger.audit.verify import verify
from ledger.transparency.log_root import derived
from ledger.transparency.proofs import Checkpoint, parse_checkpoint
from ledger.transparency.tree import first_difference, tree_as_kept, tree_of


@pytest.fixture
def kept(store: Store, shown: tuple[Path, str], tmp_path: Path) -> CommandLine:
    """The demo's ledger with the checkpoint that an auditor took of it, `kept.txt`."""
    demo = CommandLine(tmp_path, store.taken_over(shown[0] / "slaledger.db", tmp_path))
    (demo.folder / "kept.txt").write_text(demo.run("audit", "checkpoint").stdout)
    return demo


def _verified(demo: CommandLine, against: Checkpoint | None = None) -> Verified:
    with demo.opened() as ledger:
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
    ((position, state),) = (
        (position, state)
        for position, stream, version, _, state in kept.rows()
        if (stream, version) == ("1002/bill/aliyun:1002:2026-09", 1)
    )
    changed = state.replace(b'"call_fee_fen":8', b'"call_fee_fen":7')
    kept.tamper("UPDATE stored_events SET state = ? WHERE position = ?", changed, position)
    status, said = _against(kept)
    assert (status, said["first_bad_position"]) == (4, position)
    done = kept.run("audit", "replay")
    assert done.returncode == 3
    different = json.loads(done.stdout)["different"]
    assert {each["account"] for each in different} == {"1002"}
    (september,) = (each for each in different if each["month"] == "2026-09")
    assert september["path"] == "$.facts.sha256"


def stride(of: CommandLine) -> int:
    """Every event in a file; on a server, whose rows the same code hashes, every 23rd. All of them in the soak."""
    return 1 if SOAK or isinstance(of.place, SqliteFile) else 23


def test_every_replaced_event_of_the_demo_is_found_against_the_checkpoint(kept: CommandLine) -> None:
    """Also where everything beside the ledger was hashed again: only the auditor's three lines are believed."""
    checkpoint = parse_checkpoint((kept.folder / "kept.txt").read_text())
    with kept.opened() as ledger, tree_as_kept(ledger) as tree:
        assert tree is not None
        rows = kept.rows()
        for position, *_, state in rows[:: stride(kept)]:
            kept.tamper("UPDATE stored_events SET state = ? WHERE position = ?", state + b" ", position)
            with ledger.reading() as log:
                assert derived(log, checkpoint.size).root != checkpoint.root
                assert first_difference(log, tree, (checkpoint.size, checkpoint.root)) == position
            kept.tamper("UPDATE stored_events SET state = ? WHERE position = ?", state, position)
    assert len(rows) == checkpoint.size
    assert _against(kept)[0] == 0


def test_every_pair_of_neighbours_swapped_is_found_against_the_checkpoint(kept: CommandLine) -> None:
    checkpoint = parse_checkpoint((kept.folder / "kept.txt").read_text())
    positions = [row[0] for row in kept.rows()]
    assert len(positions) == checkpoint.size
    with kept.opened() as ledger:
        for one, other in list(pairwise(positions))[:: stride(kept)]:
            _swap(kept, one, other)
            with ledger.reading() as log:
                assert derived(log, checkpoint.size).root != checkpoint.root, one
            _swap(kept, one, other)


def _swap(kept: CommandLine, one: int, other: int) -> None:
    with kept.place.open(guarded=False) as execute:
        for old, new in ((one, 1_000_000), (other, one), (1_000_000, other)):
            execute("UPDATE stored_events SET position = ? WHERE position = ?", new, old)


def test_any_length_of_a_cut_off_end_is_found_against_the_checkpoint(kept: CommandLine) -> None:
    checkpoint = parse_checkpoint((kept.folder / "kept.txt").read_text())
    positions = [row[0] for row in kept.rows()]
    with kept.opened() as ledger:
        for size in range(checkpoint.size - 1, -1, -stride(kept)):
            kept.tamper("DELETE FROM stored_events WHERE position >= ?", positions[size])
            with ledger.reading() as log:
                assert derived(log).size == size < checkpoint.size


@pytest.mark.parametrize("rehashed", [False, True], ids=["left as it lay", "hashed again"])
@pytest.mark.parametrize("cut", [1, 7])
def test_a_cut_off_end_exits_4_and_says_so(kept: CommandLine, cut: int, rehashed: bool) -> None:
    size = parse_checkpoint((kept.folder / "kept.txt").read_text()).size
    first = kept.rows()[size - cut][0]
    kept.tamper("DELETE FROM stored_events WHERE position >= ?", first)
    if rehashed:
        kept.place.forget()
    status, said = _against(kept)
    assert status == 4
    assert ("truncated", first) in {(each["kind"], each.get("position")) for each in said["damage"]}


@pytest.mark.parametrize(
    ("statement", "kind"),
    [
        ("DELETE FROM stored_events WHERE originator_version = 2 AND topic = 'claim.decided'", "gap"),
        ("UPDATE stored_events SET topic = 'incident.exploded' WHERE position = 40", "unknown_event"),
        ("UPDATE stored_events SET state = CAST('{}' AS BYTES) WHERE position = 40", "unreadable_event"),
        ("DELETE FROM stored_events WHERE topic = 'claim.paid' AND originator_id LIKE '1001/%2026-09'", "unbalanced"),
    ],
    ids=["a gap", "an unknown topic", "an unreadable state", "an issue on one side only"],
)
def test_without_a_checkpoint_too_much_is_found(store: Store, kept: CommandLine, statement: str, kind: str) -> None:
    kept.tamper(statement.replace("BYTES", {"sqlite": "BLOB", "postgres": "BYTEA"}[store.name]))
    kept.place.forget()
    found = _verified(kept)
    assert kind in {each.kind for each in found.damage}
    assert kept.run("audit", "verify").returncode == 4


def test_spoilt_projections_are_found(kept: CommandLine) -> None:
    kept.ok("voucher", "list")
    with kept.place.beside("views") as execute:
        execute("UPDATE vouchers SET balance_fen = balance_fen + 1 WHERE account = '1004'")
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
    with kept.opened() as ledger:
        with tree_of(ledger) as tree:
            ages = [Checkpoint(tree.ledger, size, tree.root(size)) for size in (1, 2, 100, tree.size)]
        for age in ages:
            with ledger.reading() as log:
                assert derived(log, age.size).root == age.root
    assert _verified(kept, ages[2]).damage == []
