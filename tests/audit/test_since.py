"""`audit verify --since` and `audit replay --since`: all that is new is verified, and the log extends what was."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from random import Random

import msgspec
import pytest
from conftest import SOAK, CommandLine
from stores import Raw

from domain.refusals import Damaged
from ledger.audit.receipt import AuditReceipt, read_receipt
from ledger.audit.since import receipt_at, replay_since, verify_since
from ledger.audit.verified import Verified
from ledger.audit.verify import verify
from ledger.parallel.work import ALONE
from ledger.transparency.proofs import Checkpoint
from ledger.transparency.tree import tree_of

UPDATE = "UPDATE stored_events SET {} = ? WHERE position = ?"


def nothing(done: int, total: int) -> None:
    """No progress is shown."""


@pytest.fixture
def demo(shown: tuple[Path, str], tmp_path: Path) -> CommandLine:
    """The demo's ledger."""
    (tmp_path / "slaledger.db").write_bytes((shown[0] / "slaledger.db").read_bytes())
    return CommandLine(tmp_path)


def commands(rows: list[Raw]) -> list[int]:
    """The last positions of what was recorded at one time."""
    at = [(position, json.loads(state)["recorded_at"]) for position, *_, state in rows]
    return [position for (position, one), (_, next_) in pairwise(at) if one != next_]


def receipt_of(demo: CommandLine, size: int) -> AuditReceipt:
    """The receipt of the first events."""
    with demo.opened() as ledger:
        with tree_of(ledger) as tree:
            checkpoint = Checkpoint(tree.ledger, size, tree.root(size))
        return receipt_at(ledger, checkpoint, ALONE, nothing)


def whole(demo: CommandLine) -> Verified:
    with demo.opened() as ledger:
        return verify(ledger, None, nothing)


def since(demo: CommandLine, receipt: AuditReceipt) -> Verified:
    with demo.opened() as ledger:
        return verify_since(ledger, receipt)


def test_from_any_command_on_a_sound_log_is_sound_and_its_new_decisions_are_replayed(demo: CommandLine) -> None:
    rows, all_ = demo.rows(), whole(demo)
    decided = [position for position, _, _, topic, _ in rows if topic == "claim.decided"]
    assert all_.tree is not None
    for size in [*commands(rows)[:: 1 if SOAK else 19], len(rows)]:
        receipt = receipt_of(demo, size)
        found = since(demo, receipt)
        assert found.is_sound, (size, found.damage, found.inadmissible)
        assert found.decisions == sum(position > size for position in decided)
        assert found.tree is not None
        assert (found.tree.hashes, found.position, found.recorded_at) == (
            all_.tree.hashes,
            all_.position,
            all_.recorded_at,
        )
        with demo.opened() as ledger:
            again = replay_since(ledger, receipt)
        assert (again.replayed.decisions, again.damage, again.replayed.different) == (found.decisions, [], ())


def test_an_early_receipt_reads_few_old_events_again(demo: CommandLine) -> None:
    """Those of the accounts that have new events, and what all have in common."""
    demo.ok("audit", "verify", "-o", "receipt.json")
    assert demo.ok("audit", "verify", "--since", "receipt.json")["since"]["read_again"] < 100
    demo.ok("claim", "decide", "1005", "2026-09")
    with demo.opened(read_only=True) as ledger, ledger.reading() as log:
        own = len(log.account_own("1005").rows)
    said = demo.ok("audit", "verify", "--since", "receipt.json")
    assert own < said["since"]["read_again"] < own + 100
    assert said["decisions"] == 1


Tampering = Iterator[tuple[str, tuple[object, ...]]]


def tamperings(rows: list[Raw], at: int, thrown: Random) -> Tampering:
    """Ways to change what is recorded at an index: statements with their values."""
    position, stream, version, topic, state = rows[at]
    told = json.loads(state)
    for name in thrown.sample(sorted(told["data"]), 1):
        value = told["data"][name]
        other = value + 1 if isinstance(value, int) and not isinstance(value, bool) else f"{value}x"
        changed = {**told, "data": {**told["data"], name: other}}
        yield UPDATE.format("state"), (msgspec.json.encode(changed), position)
    yield UPDATE.format("state"), (msgspec.json.encode({**told, "recorded_at": 1}), position)
    yield UPDATE.format("state"), (state[:-1], position)
    yield UPDATE.format("topic"), (rows[at - 1][3] if rows[at - 1][3] != topic else "key.used", position)
    yield UPDATE.format("originator_version"), (version + 1000, position)
    yield UPDATE.format("originator_id"), (stream + "x", position)
    yield "DELETE FROM stored_events WHERE position = ?", (position,)


@pytest.mark.parametrize("seed", range(8 if SOAK else 2))
def test_every_tampering_with_what_is_new_that_a_whole_verification_finds_is_found(
    demo: CommandLine, seed: int
) -> None:
    thrown, rows = Random(seed), demo.rows()
    size = thrown.choice([each for each in commands(rows) if each > 60])
    receipt = receipt_of(demo, size)
    sound = (demo.folder / "slaledger.db").read_bytes()
    found = 0
    for at in range(size, len(rows), 1 if SOAK else 1 + (len(rows) - size) // 7):
        for statement, values in tamperings(rows, at, thrown):
            demo.tamper(statement, *values)
            found += held(demo, receipt, f"{rows[at][:4]} {statement} {values[0]!r:.80}")
            for kept in demo.folder.glob("slaledger.db*"):
                kept.unlink()
            (demo.folder / "slaledger.db").write_bytes(sound)
    assert found > 10


def held(demo: CommandLine, receipt: AuditReceipt, what: str) -> bool:
    """Hold what a whole verification finds behind the receipt, without any stored tree, to be found since it."""
    for kept in demo.folder.glob("slaledger.db.tree.db*"):
        kept.unlink()
    try:
        all_ = whole(demo)
        is_bad = not all_.is_sound
    except Damaged:
        is_bad = True
    try:
        is_found = not since(demo, receipt).is_sound
    except Damaged:
        is_found = True
    assert is_found or not is_bad, what
    return is_bad


def test_a_log_that_does_not_begin_with_the_receipt_s_events(demo: CommandLine) -> None:
    demo.ok("audit", "verify", "-o", "receipt.json")
    position, _, _, _, state = demo.rows()[40]
    demo.tamper(UPDATE.format("state"), state.replace(b'"actor":"', b'"actor":"x', 1), position)
    demo.ok("claim", "decide", "1005", "2026-09")
    for kept in demo.folder.glob("slaledger.db.tree.db*"):
        kept.unlink()
    for words in (("audit", "verify"), ("audit", "replay")):
        done = demo.run(*words, "--since", "receipt.json")
        assert done.returncode == 4
        assert [each["kind"] for each in json.loads(done.stdout)["damage"]] == ["rewritten"]


def test_a_log_that_was_cut_off_before_the_receipt_s_end(demo: CommandLine) -> None:
    demo.ok("audit", "verify", "-o", "receipt.json")
    last = demo.rows()[-1][0]
    demo.tamper("DELETE FROM stored_events WHERE position > ?", last - 3)
    for words in (("audit", "verify"), ("audit", "replay")):
        done = demo.run(*words, "--since", "receipt.json")
        assert done.returncode == 4
        (damage,) = json.loads(done.stdout)["damage"]
        assert (damage["kind"], damage["position"]) == ("truncated", last - 2)


def test_an_old_event_that_is_read_again_is_held_to_the_receipt_even_if_the_tree_was_left(demo: CommandLine) -> None:
    receipt = receipt_of(demo, len(demo.rows()))
    demo.ok("claim", "decide", "1005", "2026-09")
    old = {stream: position for position, stream, *_ in demo.rows() if stream in ("1005/account", "1001/account")}
    for stream, is_read in (("1005/account", True), ("1001/account", False)):
        (state,) = (row[4] for row in demo.rows() if row[0] == old[stream])
        demo.tamper(UPDATE.format("state"), state.replace(b'"actor":"', b'"actor":"x', 1), old[stream])
        damage = since(demo, receipt).damage
        assert [(each.kind, each.position) for each in damage] == ([("rewritten", old[stream])] if is_read else [])
        demo.tamper(UPDATE.format("state"), state, old[stream])


def test_a_differing_decision_behind_a_receipt_exits_3_in_a_replay(demo: CommandLine) -> None:
    demo.ok("audit", "verify", "-o", "receipt.json")
    demo.ok("claim", "decide", "1005", "2026-09")
    ((position, state),) = ((row[0], row[4]) for row in demo.rows()[-1:])
    assert b'"outcome":"' in state
    demo.tamper(UPDATE.format("state"), state.replace(b'"number":1', b'"number":2'), position)
    for kept in demo.folder.glob("slaledger.db.tree.db*"):
        kept.unlink()
    done = demo.run("audit", "replay", "--since", "receipt.json")
    (different,) = json.loads(done.stdout)["different"]
    assert (done.returncode, different["position"], different["path"]) == (3, position, "$.number")


def test_receipts_follow_one_another_and_a_checkpoint_does_too(demo: CommandLine) -> None:
    demo.run("keygen", "auditor", "-o", "auditor.key")
    (demo.folder / "kept.txt").write_text(demo.run("audit", "checkpoint").stdout)
    demo.ok("claim", "decide", "1005", "2026-09")
    demo.ok("audit", "verify", "--since", "kept.txt", "-o", "one.json", "--sign", "auditor.key")
    demo.ok("claim", "redecide", "1005", "2026-09", "--reason", "r")
    demo.ok("audit", "verify", "--since", "one.json", "-o", "two.json")
    demo.ok("audit", "verify", "-o", "whole.json")
    two, all_ = (read_receipt((demo.folder / name).read_text()) for name in ("two.json", "whole.json"))
    assert (two.root, two.frontier, two.position) == (all_.root, all_.frontier, all_.position)
    assert (two.since, all_.since) == (read_receipt((demo.folder / "one.json").read_text()).size, None)


def test_only_a_sound_result_makes_a_receipt(demo: CommandLine) -> None:
    position, _, _, _, state = demo.rows()[-1]
    demo.tamper(UPDATE.format("state"), state[:-1], position)
    done = demo.run("audit", "verify", "-o", "receipt.json")
    assert done.returncode == 4
    assert "no receipt was written" in done.stderr
    assert not (demo.folder / "receipt.json").exists()


def test_what_no_rule_lets_into_a_shared_outage_is_found_in_what_is_new(demo: CommandLine) -> None:
    times = ("2026-11-20T10:00:00+08:00", "2026-11-20T11:00:00+08:00")
    demo.ok("incident", "open", "ALL-1", "--all-accounts", "--function", "agent_calls", "--started-at", times[0])
    receipt = receipt_of(demo, len(demo.rows()))
    demo.ok("incident", "close", "ALL-1", "--ended-at", times[1])
    position, _, _, _, state = demo.rows()[-1]
    told = json.loads(state)
    told["data"]["ended_at"] -= 7_200_000_000
    demo.tamper(UPDATE.format("state"), msgspec.json.encode(told), position)
    (found,) = since(demo, receipt).inadmissible
    assert (found.position, [found]) == (position, whole(demo).inadmissible)
