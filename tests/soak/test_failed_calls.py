"""Each call by which a command writes a file fails once: no space, a broken disk, half a write, a kill.

Whatever fails, the command ends with its status and a message, what it says is recorded is there, the ledger is sound,
and the same command run again ends as if nothing had failed.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from random import Random
from unittest.mock import patch

import pytest
from conftest import CommandLine
from disk import FAULTS, LIE, environment
from forks import Origin
from interrupted import COMMANDS, LINES_A_TURN, Case, check_ended, check_recorded, copied, prepare
from soaking import SOAK, Cases
from steering import Steering
from stores import SqliteStore

STATUSES = {"full": {0, 2}, "broken": {0, 2}, "short": {0}, "kill": {-9}}
CODES = {"store_unusable", "unwritable_file"}


@pytest.fixture(scope="module")
def preloaded(library: Path) -> Iterator[Origin]:
    """What processes are forked from whose calls are looked at."""
    with patch.dict(os.environ, {"LD_PRELOAD": str(library)}):
        made = Origin()
    yield made
    made.stop()


@pytest.fixture(scope="module")
def prepared(sqlite_store: SqliteStore, scratch: Path) -> CommandLine:
    """A ledger where two claims wait."""
    folder = scratch / "prepared"
    folder.mkdir()
    return prepare(CommandLine(folder, sqlite_store.blank(folder)), 2)


def run(origin: Origin, library: Path, case: Case, **given: str) -> subprocess.CompletedProcess[str]:
    """Run a command whose calls on its folder's files are looked at."""
    folder = case.slaledger.folder
    env = case.slaledger.environment(environment(library, folder, **given))
    return origin.start(case.words, folder, env, steering=Steering(LINES_A_TURN)).ended()


@pytest.mark.parametrize("name", COMMANDS)
def test_each_call_of_it_fails_once(
    name: str, preloaded: Origin, library: Path, prepared: CommandLine, sqlite_store: SqliteStore, scratch: Path
) -> None:
    def made(number: object) -> Case:
        return Case.of(COMMANDS[name], copied(prepared, scratch / f"{name} {number}"), sqlite_store)

    whole = made("undisturbed")
    before = whole.left()
    done = run(preloaded, library, whole, count=str(scratch / "count"))
    assert done.returncode == 0, done.stderr
    calls, undisturbed = int((scratch / "count").read_text()), whole.left()
    assert calls > 3
    faults = [(number, kind) for number in range(1, calls + 1) for kind in FAULTS]
    cases = Cases(f"failed calls of {name}", 3, len(faults))
    for number in cases:
        call, kind = faults[number] if SOAK else Random(cases.random(number)).choice(faults)
        case = made(number)
        done = run(preloaded, library, case, fault=f"{call} {FAULTS[kind]}")
        check_ended(done, STATUSES[kind], CODES)
        check_recorded(done, case.left(), before, undisturbed)
        case.check_again(undisturbed)
        cases.tally[f"exit {done.returncode}"] += 1
        shutil.rmtree(case.slaledger.folder)


def test_a_write_that_is_only_said_to_be_done_is_noticed(
    preloaded: Origin, library: Path, prepared: CommandLine, sqlite_store: SqliteStore, scratch: Path
) -> None:
    """The control: what is not on the disk is found not to be there."""
    writing = COMMANDS["a command"]
    whole = Case.of(writing, copied(prepared, scratch / "told"), sqlite_store)
    assert run(preloaded, library, whole, count=str(scratch / "count")).returncode == 0
    undisturbed = whole.left()

    def is_noticed(call: int) -> bool:
        case = Case.of(writing, copied(prepared, scratch / f"lie {call}"), sqlite_store)
        done = run(preloaded, library, case, fault=f"{call} {LIE}")
        verified = case.slaledger.run("audit", "verify")
        return done.returncode == 0 and (verified.returncode != 0 or case.left() != undisturbed)

    assert any(is_noticed(call) for call in reversed(range(1, int((scratch / "count").read_text()) + 1)))
