"""A log read in parts shows what it shows when it is read at once, wherever the parts meet, sound or not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from conftest import SOAK, CommandLine

from ledger.audit.log_parts import LogPart, read_part, whole
from ledger.log.reader import Reader
from ledger.parallel.work import ALONE
from ledger.transparency import log_root
from ledger.transparency.log_root import BEFORE_ALL, Bounds, Peaks, bounds_of, derived, derived_in_parts

LEDGER = "slaledger-demo"


@pytest.fixture
def demo(shown: tuple[Path, str], tmp_path: Path) -> CommandLine:
    """The demo's ledger."""
    (tmp_path / "slaledger.db").write_bytes((shown[0] / "slaledger.db").read_bytes())
    return CommandLine(tmp_path)


def in_parts(log: Reader) -> LogPart:
    return whole((read_part(log, bounds, LEDGER) for bounds in bounds_of(log)), log, LEDGER)


def at_once(log: Reader) -> LogPart:
    return whole(iter([read_part(log, Bounds(BEFORE_ALL, log.position()), LEDGER)]), log, LEDGER)


def seen(part: LogPart) -> tuple[Any, ...]:
    """What a reading shows; of two things at one position, the order is that of their texts."""
    tree = None if part.tree is None else (part.tree.size, part.tree.hashes, part.tree.root())
    wrong = sorted((each.position, each.code, each.message, each.stream) for each in part.inadmissible)
    clock = part.clock.earliest, part.clock.latest
    return tree, part.position, clock, part.signatures, part.damage, wrong


def same_in_parts(demo: CommandLine, monkeypatch: pytest.MonkeyPatch) -> int:
    """Hold the reading in parts of several lengths to be that of the whole; gives the number of what is forbidden."""
    with demo.opened(read_only=True) as ledger, ledger.reading() as log:
        expected = seen(at_once(log))
        for length in (1, 2, 4, 16, 64) if SOAK else (1, 8):
            monkeypatch.setattr(log_root, "LEAVES_A_PART", length)
            assert len(bounds_of(log)) == -(-log.position() // length)
            assert seen(in_parts(log)) == expected, length
    return len(expected[-1])


def test_a_sound_log(demo: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    assert same_in_parts(demo, monkeypatch) == 0
    with demo.opened(read_only=True) as ledger, ledger.reading() as log:
        tree = in_parts(log).tree
        assert tree is not None
        assert (tree.size, tree.root(), log.position()) == derived(log)
        for size in (None, 0, 1, 63, 64, 65, 200):
            monkeypatch.setattr(log_root, "LEAVES_A_PART", 64)
            assert derived_in_parts(ledger, log, ALONE, lambda done, total: None, size) == derived(log, size)


def _recorded_earlier(state: bytes) -> bytes:
    told = json.loads(state)
    told["recorded_at"] -= 400 * 86_400 * 1_000_000
    return json.dumps(told, separators=(",", ":")).encode()


def _by_another(state: bytes) -> bytes:
    return state.replace(b'"actor":"', b'"actor":"x', 1)


def _broken(state: bytes) -> bytes:
    return state[:-1]


@pytest.mark.parametrize("change", [_recorded_earlier, _by_another, _broken])
def test_a_changed_event(demo: CommandLine, monkeypatch: pytest.MonkeyPatch, change: Any) -> None:
    rows, found = demo.rows(), 0
    for position, *_, state in rows[3 :: 7 if SOAK else 61]:
        demo.tamper("UPDATE stored_events SET state = ? WHERE position = ?", change(state), position)
        found += same_in_parts(demo, monkeypatch)
        demo.tamper("UPDATE stored_events SET state = ? WHERE position = ?", state, position)
    assert found or change is _broken


def test_a_reservation_that_is_missing_behind_an_end_of_a_part(
    demo: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    reserved = [position for position, _, _, topic, _ in demo.rows() if topic == "id.reserved"]
    for position in reserved[:: 1 if SOAK else 23]:
        demo.tamper("UPDATE stored_events SET topic = 'key.used' WHERE position = ?", position)
        same_in_parts(demo, monkeypatch)
        demo.tamper("UPDATE stored_events SET topic = 'id.reserved' WHERE position = ?", position)


def test_a_log_with_gaps_is_one_part(demo: CommandLine) -> None:
    last = demo.rows()[-1][0]
    demo.tamper("UPDATE stored_events SET position = ? WHERE position = ?", last + 10, last)
    with demo.opened(read_only=True) as ledger, ledger.reading() as log:
        assert bounds_of(log) == [Bounds(BEFORE_ALL, log.position())]
        assert seen(in_parts(log)) == seen(at_once(log))


@pytest.mark.parametrize("size", range(20))
@pytest.mark.parametrize("length", [1, 2, 4, 8])
def test_trees_of_parts_join_to_the_tree_of_the_whole(size: int, length: int) -> None:
    leaves = [bytes([number]) * 32 for number in range(size)]
    joined, expected = Peaks(), Peaks()
    expected.extend(leaves)
    for start in range(0, size, length):
        part = Peaks()
        part.extend(leaves[start : start + length])
        joined.join(part)
    assert (joined.size, joined.hashes, joined.root()) == (expected.size, expected.hashes, expected.root())
