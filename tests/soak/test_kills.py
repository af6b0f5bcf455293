"""Commands are killed at random instants: what is there is sound, and the same command again does what is left.

Where a batch is killed at a chosen moment of its work, and a command at each of its calls, is elsewhere
(`tests/ledger/test_batch_crash.py`, `test_failed_calls.py`); here nobody has chosen.
"""

from __future__ import annotations

import time
from functools import cache
from pathlib import Path
from random import Random

import pytest
from conftest import CommandLine
from interrupted import COMMANDS, LINES_A_TURN, Case, copied, prepare
from soaking import SOAK, Cases
from steering import Steering
from stores import Store
from undoing import Recorded

LIVES = {"sqlite": 25, "postgres": 10} if SOAK else {"sqlite": 2, "postgres": 2}
KILLED = ("a batch", "an import", "a month's run", "a rebuild", "an init", "a restore")


@pytest.fixture(scope="module")
def prepared(store: Store, tmp_path_factory: pytest.TempPathFactory) -> CommandLine:
    """A ledger where many claims wait."""
    folder = tmp_path_factory.mktemp("prepared")
    return prepare(CommandLine(folder, store.blank(folder)), LIVES[store.name])


def test_killed_at_random_instants_nothing_is_lost_or_done_twice(
    store: Store, prepared: CommandLine, tmp_path: Path
) -> None:
    def made(name: str, number: object) -> Case:
        return Case.of(COMMANDS[name], copied(prepared, tmp_path / f"{name} {number}"), store)

    @cache
    def undisturbed(name: str) -> tuple[list[Recorded], float]:
        whole, begun = made(name, "undisturbed"), time.monotonic()
        done = whole.slaledger.start(*whole.words).ended()
        assert done.returncode == 0, done.stderr
        return whole.left(), time.monotonic() - begun

    cases = Cases(f"kills on {store.name}", 3 if store.name == "sqlite" else 2, 100)
    for number in cases:
        random = Random(cases.random(number))
        name = random.choice(KILLED)
        expected, seconds = undisturbed(name)
        case = made(name, number)
        running = case.slaledger.start(*case.words)
        time.sleep(random.uniform(0, seconds))
        running.kill()
        cases.tally["killed in time" if running.ended().returncode == -9 else "done before"] += 1
        found = case.left()
        assert found == expected[: len(found)]
        case.check_again(expected)
        case.target.drop()


def test_a_line_that_was_done_twice_would_show(store: Store, prepared: CommandLine, tmp_path: Path) -> None:
    """The control: without the note of its progress a killed batch begins again, and the log is another one."""
    whole, case = (Case.of(COMMANDS["a batch"], copied(prepared, tmp_path / name), store) for name in ("whole", "case"))
    assert whole.slaledger.start(*whole.words).ended().returncode == 0
    lines = (case.slaledger.folder / "file.jsonl").read_text().count("\n")
    dies = Steering(LINES_A_TURN, "before a line", lines // 2)
    assert case.slaledger.start(*case.words, steering=dies).ended().returncode == -9
    assert 0 < len(case.left()) < len(whole.left())
    case.slaledger.tamper("DELETE FROM batch_progress")
    case.slaledger.run(*case.words)
    assert case.left() != whole.left()
