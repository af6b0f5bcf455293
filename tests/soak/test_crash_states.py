"""The power fails at any instant: what the disk then has is a sound ledger with everything that was acknowledged.

A run is recorded call by call, and states that a power failure may leave are rebuilt from the record. What the run had
told on standard output by then is acknowledged: it must be there. The control is the same run with commits that are not
synced: it must lose what it acknowledged, else these states would prove nothing.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import pytest
from conftest import CommandLine
from disk import PASSING, Recording, environment, files_of, put_back, read_record
from soaking import SOAK, Cases
from steering import turns_of
from stores import Raw, SqliteFile
from undoing import SHARED, Line, life, recorded, write

from ledger.commands import batch

SEVERAL = Path(__file__).parents[1] / "support" / "several.py"
LINES_A_TURN = 17
Make = Callable[[str], Path]
BATCH = [*SHARED, *life(1), *life(2)]


def words_of(line: Line) -> list[str]:
    """A line of a batch as words of the command line."""
    fields = {"account", "incident", "bill", "voucher", "month", "redemption", "exclusion"}
    command = str(line["command"])
    given = [str(value) for name, value in line.items() if name in fields and _is_argument(command, name)]
    words = [*command.split(), *given]
    for name, value in line.items():
        if name != "command" and not (name in fields and _is_argument(command, name)):
            words += [f"--{name.replace('_', '-')}", str(value)]
    return words


def _is_argument(command: str, name: str) -> bool:
    return not (name == "account" and command in ("incident open", "fees bill", "voucher redeem"))


def keyed(lines: list[Line]) -> list[list[str]]:
    """Each line as a command of its own, with a key."""
    plain = [line for line in lines if not ({"again", "evidence", "key"} & set(line))]
    return [words_of(line | {"key": f"key-{number}"}) for number, line in enumerate(plain)]


KEYED = keyed(life(1)[:8] + life(1)[11:13])


class Run(NamedTuple):
    """A recorded run: its folder, commands and calls, and the ledger that it left."""

    folder: Path
    commands: list[list[str]]
    recording: Recording
    rows: list[Raw]
    ledger: str


def record(
    library: Path, folder: Path, commands: list[list[str]], *, ledger: str = "slaledger.db", **given: str
) -> Run:
    """Run commands in a folder and record their calls; what is given is for `several.py`."""
    before, kept = files_of(folder), folder.with_name(f"{folder.name}.record")
    env = CommandLine(folder).environment(environment(library, folder, record=str(kept)))
    env |= {"SEVERAL_LINES": str(LINES_A_TURN), "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    env |= {f"SEVERAL_{name.upper()}": value for name, value in given.items()}
    words = [sys.executable, str(SEVERAL), json.dumps(commands)]
    done = subprocess.run(words, cwd=folder, env=env, capture_output=True)
    assert done.returncode == 0, done.stderr
    recording = Recording(before, read_record(kept))
    assert recording.files(len(recording.calls)) == files_of(folder), "the record is not all that was done"
    assert recording.told(len(recording.calls)) == done.stdout
    return Run(folder, commands, recording, CommandLine(folder, SqliteFile(folder / ledger)).rows(), ledger)


@pytest.fixture(scope="module")
def made(blank: Path, scratch: Path) -> Make:
    """Makes a folder with a new ledger."""

    def make(name: str) -> Path:
        folder = scratch / name
        folder.mkdir()
        (folder / "slaledger.db").write_bytes(blank.read_bytes())
        return folder

    return make


@pytest.fixture(autouse=True)
def _turns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch, "turn", turns_of(LINES_A_TURN))


def states(run: Run, cases: Cases, into: Path) -> Iterator[tuple[CommandLine, list[dict[str, Any]]]]:
    """States that a power failure may leave of a run, each with what had been acknowledged."""
    for number in cases:
        upto, files = run.recording.after_power_failure(Random(cases.random(number)))
        folder = into / f"{cases.name} {number}"
        put_back(files, run.folder, folder)
        told = [json.loads(line) for line in run.recording.told(upto).splitlines()]
        yield CommandLine(folder, SqliteFile(folder / run.ledger)), told
        shutil.rmtree(folder)


def lost(found: CommandLine, run: Run, told: list[dict[str, Any]]) -> int:
    """How many of the acknowledged events are not there; what is there is sound, and the beginning of the run's log."""
    assert found.run("audit", "verify").returncode == 0
    rows = found.rows()
    assert rows == run.rows[: len(rows)]
    acknowledged = max((answer["position"] for answer in told), default=0)
    return sum(row[0] <= acknowledged for row in run.rows[len(rows) :])


def check_goes_on(found: CommandLine, run: Run) -> None:
    """The same commands again: what is there stays, what is not is done, nothing twice."""
    for words in run.commands:
        done = found.run(*words)
        assert done.returncode == 0, (words, done.stderr)
    whole = CommandLine(run.folder)
    assert recorded(found) == recorded(whole)


def test_a_batch_survives_a_power_failure(library: Path, made: Make, scratch: Path) -> None:
    folder = made("batch")
    write(folder / "file.jsonl", BATCH)
    first = len(CommandLine(folder).rows())
    run = record(library, folder, [["batch", "file.jsonl"]])
    cases = Cases("power failures in a batch", 6, 1000)
    for found, told in states(run, cases, scratch):
        assert lost(found, run, told) == 0
        cases.tally["with a part of the batch"] += first < len(found.rows()) < len(run.rows)
        check_goes_on(found, run)
    assert cases.tally["with a part of the batch"] > cases.many // 5 or not SOAK


def test_acknowledged_commands_survive_a_power_failure(library: Path, made: Make, scratch: Path) -> None:
    run = record(library, made("keyed"), KEYED, read="slaledger.db")
    cases = Cases("power failures among commands with keys", 6, 1000)
    for found, told in states(run, cases, scratch):
        assert lost(found, run, told) == 0
        cases.tally["behind an acknowledged command"] += bool(told)
        check_goes_on(found, run)
    assert cases.tally["behind an acknowledged command"] > cases.many // 2 or not SOAK


def test_without_synced_commits_acknowledged_commands_are_lost(library: Path, made: Make, scratch: Path) -> None:
    """The control: what the other tests look for is found where it is."""
    run = record(library, made("weakened"), KEYED, read="slaledger.db", sync="NORMAL")
    cases = Cases("power failures without synced commits (control)", 12, 200)
    for found, told in states(run, cases, scratch):
        cases.tally["lost what was acknowledged"] += lost(found, run, told) > 0
    assert cases.tally["lost what was acknowledged"] > (cases.many // 10 if SOAK else 0)


def test_a_restored_ledger_is_whole_or_not_there(library: Path, made: Make, scratch: Path) -> None:
    folder = made("restore")
    assert CommandLine(folder).run("backup", "copy.db").returncode == 0
    words = ["--ledger", "sqlite:///moved.db", "restore", "copy.db"]
    run = record(library, folder, [words], ledger="moved.db")
    cases = Cases("power failures in a restore", 6, 500)
    for found, told in states(run, cases, scratch):
        there = found.ledger.exists()
        assert there or not told, "an acknowledged restore is gone"
        cases.tally["restored"] += there
        if not there:
            assert found.run(*words).returncode == 0
        assert found.run("--ledger", "sqlite:///moved.db", "audit", "verify").returncode == 0
        assert found.rows() == run.rows
    assert cases.many // 10 < cases.tally["restored"] < cases.many or not SOAK


def test_every_file_of_a_ledger_is_in_the_model(made: Make) -> None:
    """What is left out of the states is empty or made anew: were there another file, the states would lack it."""
    folder = made("model")
    slaledger = CommandLine(folder)
    with slaledger.opened() as ledger, ledger.writing():
        beside = {file.name.removeprefix("slaledger.db") for file in folder.iterdir()}
    assert beside - {"", "-wal"} == set(PASSING)
