"""A disk that is full: what was recorded stays, nothing is recorded or written by halves, and running again completes.

A full disk is a small file system of its own where this process may mount one, and in any case a limit on how long a
file may get, which the system answers in the same place.
"""

from __future__ import annotations

import json
import resource
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from conftest import COMMAND, CommandLine
from forks import Gate
from steering import Steering, turns_of

from ledger.application import Ledger
from ledger.commands import batch
from ledger.queries.read_models import ReadModels
from ledger.transparency.log_root import derived

LINES = 1500
LINES_A_TURN = 100
SIZE = 512 * 1024
"""Bytes: more than some transactions of a batch need, and less than all of them."""


@pytest.fixture
def slaledger(ledger_file: Path) -> CommandLine:
    """On a file: the disk of this machine; a server tells of its own (`tests/stores/test_postgres.py`)."""
    return CommandLine(ledger_file.parent)


@pytest.fixture
def full(tmp_path: Path, blank: Path) -> Iterator[CommandLine]:
    """A ledger on a file system of that size."""
    folder = tmp_path / "full"
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(folder)], capture_output=True)
    if mounted.returncode:
        pytest.skip(f"skipped: no file system can be mounted here: {mounted.stderr.decode().strip()}")
    try:
        (folder / "slaledger.db").write_bytes(blank.read_bytes())
        yield CommandLine(folder)
    finally:
        subprocess.run(["umount", str(folder)], check=True)


@pytest.fixture
def many(tmp_path: Path) -> Path:
    lines = (
        json.dumps({"command": "account enroll", "account": f"{n:05d}", "enrolled_at": "2026-01-01T00:00:00+08:00"})
        for n in range(LINES)
    )
    (tmp_path / "many.jsonl").write_text("".join(f"{line}\n" for line in lines))
    return tmp_path / "many.jsonl"


def names(slaledger: CommandLine) -> set[str]:
    return {file.name for file in slaledger.folder.iterdir()}


def limited(slaledger: CommandLine, *words: str, size: int) -> subprocess.CompletedProcess[str]:
    """Run a command that can make no file longer than so many bytes."""
    gate = Gate()
    running = slaledger.start(*words, gate=gate, steering=Steering(LINES_A_TURN))
    resource.prlimit(running.pid, resource.RLIMIT_FSIZE, (size, size))
    gate.open()
    return running.ended()


def recorded(slaledger: CommandLine) -> int:
    with Ledger.open(f"sqlite:///{slaledger.ledger}", read_only=True) as ledger, ledger.reading() as log:
        return derived(log).size


def stopped(slaledger: CommandLine, done: subprocess.CompletedProcess[str], before: int) -> int:
    """The lines that a batch said it had recorded when the disk was full: they are, and nothing else."""
    error = json.loads(done.stderr.splitlines()[-1])["error"]
    assert (done.returncode, error["code"]) == (2, "store_unusable"), done.stderr
    kept = recorded(slaledger) - before
    said = f"lines 1 to {kept} are recorded, later ones are not"
    assert (said in error["message"]) if kept else ("lines" not in error["message"])
    return kept


def test_a_batch_on_a_full_disk_says_what_is_recorded_and_is_run_again(
    full: CommandLine, many: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch, "turn", turns_of(LINES_A_TURN))
    before = recorded(full)
    kept = stopped(full, full.run("batch", str(many)), before)
    assert 0 < kept < LINES
    subprocess.run(["mount", "-o", "remount,size=64m", str(full.folder)], check=True)
    again = full.ok("batch", str(many))
    assert (again["recorded"], again["done_before"], recorded(full)) == (LINES - kept, kept, before + LINES)


def test_a_batch_whose_journal_can_grow_no_further_is_run_again(slaledger: CommandLine, many: Path) -> None:
    before = recorded(slaledger)
    kept = stopped(slaledger, limited(slaledger, "batch", str(many), size=SIZE), before)
    assert 0 < kept < LINES
    again = slaledger.ok("batch", str(many))
    assert (again["recorded"], recorded(slaledger)) == (LINES - kept, before + LINES)


WRITING = {
    "export": ("export", "events", "-o", "out.jsonl"),
    "export compressed": ("export", "events", "-o", "out.jsonl.zst"),
    "backup": ("backup", "out.db"),
}


@pytest.fixture
def opened(slaledger: CommandLine) -> Iterator[CommandLine]:
    """The command line on a ledger that somebody has open: SQLite's own files are there, and need not grow."""
    with Ledger.open(f"sqlite:///{slaledger.ledger}") as ledger, ledger.reading():
        yield slaledger


@pytest.mark.parametrize("name", WRITING)
def test_a_file_that_does_not_fit_is_not_there(opened: CommandLine, name: str) -> None:
    before = names(opened)
    done = limited(opened, *WRITING[name], size=2048)
    error = json.loads(done.stderr.splitlines()[-1])["error"]
    assert (done.returncode, error["code"] in ("unwritable_file", "store_unusable")) == (2, True), done.stderr
    assert "out." in error["message"]
    assert names(opened) == before


@pytest.mark.parametrize("name", WRITING)
def test_a_file_that_does_not_fit_replaces_none(opened: CommandLine, name: str) -> None:
    out = opened.folder / WRITING[name][-1]
    out.write_text("of last month")
    assert limited(opened, *WRITING[name], "--force", size=2048).returncode == 2
    assert out.read_text() == "of last month"


def test_a_full_disk_leaves_no_half_file(full: CommandLine, many: Path) -> None:
    full.run("batch", str(many))
    before = names(full)
    for words in WRITING.values():
        done = full.run(*words)
        assert done.returncode == 2, done.stdout
        assert "disk is full" in done.stderr or "No space left" in done.stderr
    assert names(full) == before


EXPORTS = {
    "journal.beancount": ("journal",),
    "journal.journal": ("journal",),
    "claims.csv": ("claims",),
    "vouchers.xlsx": ("vouchers",),
    "vouchers.parquet": ("vouchers",),
    "availability.csv": ("availability", "--from", "2026-01", "--to", "2026-09"),
    "promise.yaml": ("openslo",),
    "claims.ics": ("ics",),
}
SMALL = 1024
"""Bytes: less than any of them has."""


@pytest.fixture
def settled(shown: tuple[Path, str], tmp_path: Path) -> Iterator[CommandLine]:
    """The demo's ledger and its projections, open elsewhere too: SQLite's own files are there, and need not grow."""
    slaledger = CommandLine(Path(shutil.copytree(shown[0], tmp_path / "settled")))
    slaledger.ok("voucher", "list")
    with ExitStack() as opened:
        ledger = opened.enter_context(Ledger.open(f"sqlite:///{slaledger.ledger}"))
        views = opened.enter_context(ReadModels.of(ledger))
        opened.enter_context(ledger.reading())
        opened.enter_context(views.reading())
        assert views.position()
        yield slaledger


@pytest.mark.parametrize("name", EXPORTS)
def test_an_export_that_does_not_fit_is_not_there_and_replaces_none(settled: CommandLine, name: str) -> None:
    before = names(settled)
    done = limited(settled, "export", *EXPORTS[name], "-o", name, size=SMALL)
    error = json.loads(done.stderr.splitlines()[-1])["error"]
    assert (done.returncode, error["code"]) == (2, "unwritable_file"), done.stderr
    assert name in error["message"]
    assert "Traceback" not in done.stderr
    assert names(settled) == before
    (settled.folder / name).write_text("of last month")
    assert limited(settled, "export", *EXPORTS[name], "-o", name, "--force", size=SMALL).returncode == 2
    assert (settled.folder / name).read_text() == "of last month"
    assert names(settled) == {*before, name}


@pytest.mark.parametrize("name", EXPORTS)
def test_an_export_to_standard_output_that_is_full_is_told(settled: CommandLine, name: str) -> None:
    words = [*EXPORTS[name], *(("--format", FORMAT_OF[Path(name).suffix]) if Path(name).suffix in FORMAT_OF else ())]
    done = settled.start("export", *words, stdout=Path("/dev/full")).ended()
    assert done.returncode == 2, done.stderr
    assert "standard output cannot be written: No space left on device" in done.stderr
    assert "Traceback" not in done.stderr
    assert "Exception ignored" not in done.stderr


FORMAT_OF = {".beancount": "beancount", ".journal": "hledger", ".csv": "csv", ".xlsx": "xlsx", ".parquet": "parquet"}


@pytest.mark.parametrize("words", [("import", "events"), ("restore",)], ids=" ".join)
def test_a_ledger_that_does_not_fit_is_not_there(slaledger: CommandLine, words: tuple[str, ...]) -> None:
    slaledger.ok("export", "events", "-o", "events.jsonl")
    before = names(slaledger)
    done = limited(slaledger, "--ledger", "sqlite:///moved.db", *words, "events.jsonl", size=40_000)
    assert done.returncode == 2, done.stderr
    assert "moved.db" in done.stderr
    assert names(slaledger) == before


def test_a_ledger_that_cannot_be_opened_on_a_full_disk_is_not_taken_for_none(slaledger: CommandLine) -> None:
    done = limited(slaledger, "worklist", size=2048)
    assert (done.returncode, json.loads(done.stderr)["error"]["code"]) == (2, "store_unusable")


def test_standard_output_that_is_full_is_told(slaledger: CommandLine) -> None:
    with Path("/dev/full").open("wb") as nowhere:
        done = subprocess.run(
            [str(COMMAND), "export", "events"], cwd=slaledger.folder, stdout=nowhere, stderr=subprocess.PIPE
        )
    assert done.returncode == 2
    assert b"standard output cannot be written: No space left on device" in done.stderr
