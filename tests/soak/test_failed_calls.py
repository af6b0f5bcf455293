"""Each call by which a command writes fails once: no space, a broken disk, half a write, a kill.

Whatever fails, the command ends with its status and a message, what it says is recorded is there, the ledger is sound,
and the same command run again ends as if nothing had failed.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import NamedTuple
from unittest.mock import patch

import pytest
from conftest import CommandLine
from disk import FAULTS, environment
from forks import Origin
from soaking import SOAK, Cases
from steering import Steering
from stores import SqliteFile
from undoing import SHARED, Recorded, life, pending, recorded, write

from ledger.store.sqlite.files import is_blank

LINES_A_TURN = 17
AT = "2023-05-02T10:00:00+08:00"
OPEN = f"incident open NEW --account 0001 --function agent_calls --started-at {AT}"


class Writing(NamedTuple):
    """A command that writes, the ledger that it writes, and what makes the same command go on where it may exist."""

    words: list[str]
    ledger: str = "slaledger.db"
    again: tuple[str, ...] = ()


COMMANDS = {
    "a command": Writing(OPEN.split()),
    "a command with a key": Writing([*OPEN.split(), "--key", "once"]),
    "a batch": Writing(["batch", "file.jsonl"]),
    "a month's run": Writing(["claim", "decide", "--all", "2023-03", "--decided-at", AT]),
    "an init": Writing(["--ledger", "sqlite:///new.db", "init"], "new.db"),
    "a restore": Writing(["--ledger", "sqlite:///moved.db", "restore", "copy.db"], "moved.db"),
    "a rebuild": Writing(["rebuild"]),
    "a backup": Writing(["backup", "out.db"], "out.db", ("--force",)),
    "an export": Writing(["export", "events", "-o", "out.jsonl"], again=("--force",)),
}
STATUSES = {"full": {0, 2}, "broken": {0, 2}, "short": {0}, "kill": {-9}}


@pytest.fixture(scope="module")
def preloaded(library: Path) -> Iterator[Origin]:
    """What processes are forked from whose calls are looked at."""
    with patch.dict(os.environ, {"LD_PRELOAD": str(library)}):
        made = Origin()
    yield made
    made.stop()


@pytest.fixture(scope="module")
def prepared(blank: Path, quick: Path) -> Path:
    """A folder with a ledger where two claims wait, a batch that goes on from there, and a copy."""
    folder = quick / "prepared"
    folder.mkdir()
    (folder / "slaledger.db").write_bytes(blank.read_bytes())
    slaledger = CommandLine(folder)
    done = slaledger.batch(*SHARED, *pending(1), *pending(2))
    assert done.returncode == 0, done.stderr
    assert slaledger.run("backup", "copy.db").returncode == 0
    write(folder / "file.jsonl", [*life(1)[len(pending(1)) :], *life(2)[len(pending(2)) :]])
    return folder


def run(
    origin: Origin, library: Path, folder: Path, words: list[str], **given: str
) -> subprocess.CompletedProcess[str]:
    """Run a command whose calls on a folder's files are looked at."""
    env = CommandLine(folder).environment(environment(library, folder, **given))
    return origin.start(words, folder, env, steering=Steering(LINES_A_TURN)).ended()


def left_by(folder: Path, writing: Writing) -> list[Recorded]:
    """What is recorded in the ledger that a command writes; the id of a ledger is another each time."""
    place = SqliteFile(folder / writing.ledger)
    if not place.file.exists() or is_blank(place.file):
        return []
    return [event for event in recorded(CommandLine(folder, place)) if event[2] != "ledger.created"]


@pytest.mark.parametrize("name", COMMANDS)
def test_each_call_of_it_fails_once(name: str, preloaded: Origin, library: Path, prepared: Path, quick: Path) -> None:
    writing = COMMANDS[name]
    whole = Path(shutil.copytree(prepared, quick / f"{name} undisturbed"))
    done = run(preloaded, library, whole, writing.words, count=str(quick / "count"))
    assert done.returncode == 0, done.stderr
    calls = int((quick / "count").read_text())
    assert calls > 3
    before, undisturbed = (left_by(folder, writing) for folder in (prepared, whole))
    faults = [(number, kind) for number in range(1, calls + 1) for kind in FAULTS]
    cases = Cases(f"failed calls of {name}", 8, len(faults))
    for case in cases:
        number, kind = faults[case] if SOAK else Random(cases.random(case)).choice(faults)
        folder = Path(shutil.copytree(prepared, quick / f"{name} {case}"))
        done = run(preloaded, library, folder, writing.words, fault=f"{number} {FAULTS[kind]}")
        check_ended(done, kind)
        check_recorded(done, left_by(folder, writing), before, undisturbed)
        check_again(folder, writing, undisturbed)
        cases.tally[f"exit {done.returncode}"] += 1
        shutil.rmtree(folder)


def check_ended(done: subprocess.CompletedProcess[str], kind: str) -> None:
    """A status and a message as they are promised."""
    assert done.returncode in STATUSES[kind], (done.returncode, done.stderr)
    assert "Traceback" not in done.stderr
    assert "Exception ignored" not in done.stderr
    if done.returncode == 2:
        error = json.loads(done.stderr.splitlines()[-1])["error"]
        assert error["code"] in ("store_unusable", "unwritable_file"), error
        assert error["hint"]


def check_recorded(
    done: subprocess.CompletedProcess[str], found: list[Recorded], before: list[Recorded], undisturbed: list[Recorded]
) -> None:
    """What was said to be recorded is, and what was said not to be is not."""
    if done.returncode == 0:
        assert found == undisturbed
    else:
        assert found == undisturbed[: len(found)]
    if "nothing was recorded" in done.stderr:
        assert found == before, done.stderr


def check_again(folder: Path, writing: Writing, undisturbed: list[Recorded]) -> None:
    """The same command again ends as if nothing had failed; what a restore has published stays."""
    slaledger = CommandLine(folder)
    there = (folder / writing.ledger).exists()
    again = slaledger.run(*writing.words, *writing.again)
    code = json.loads(again.stderr.splitlines()[-1])["error"]["code"] if again.returncode else None
    assert code is None or (code == "ledger_not_empty" and there), again.stderr
    assert left_by(folder, writing) == undisturbed
    assert slaledger.run("--ledger", f"sqlite:///{writing.ledger}", "audit", "verify").returncode == 0
