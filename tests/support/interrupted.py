"""Commands that write, for tests that interrupt them, and what must hold behind every interruption."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from conftest import CommandLine
from stores import Place, PostgresSchema, PostgresStore, SqliteFile, SqliteStore
from undoing import SHARED, Line, Recorded, life, pending, recorded, shuffled, write

from ledger.store.sqlite.files import is_blank

AT = "2023-05-02T10:00:00+08:00"
LINES_A_TURN = 17
MONTH = "2023-03"
_OPEN = f"incident open NEW --account 0001 --function agent_calls --started-at {AT}"
_TOLD_APART = re.compile("lines 1 to [0-9]+ are recorded|(was|were) (done|made) before")
"""What is said of the transactions before the one of which nothing was recorded."""


class Writing(NamedTuple):
    """A command that writes the ledger, or with `elsewhere` another one; `again` are options for a second run."""

    words: Sequence[str]
    elsewhere: bool = False
    again: Sequence[str] = ()
    files_only: bool = False


COMMANDS = {
    "a command": Writing(_OPEN.split()),
    "a command with a key": Writing([*_OPEN.split(), "--key", "once"]),
    "a batch": Writing(["batch", "file.jsonl"]),
    "an import": Writing(["import", "cloudevents", "events.jsonl"]),
    "a month's run": Writing(["claim", "decide", "--all", MONTH, "--decided-at", AT]),
    "a rebuild": Writing(["rebuild"]),
    "an init": Writing(["--ledger", "{target}", "init"], elsewhere=True),
    "a restore": Writing(["--ledger", "{target}", "restore", "copy.db"], elsewhere=True),
    "a backup": Writing(["backup", "target.db"], elsewhere=True, again=["--force"], files_only=True),
    "an export": Writing(["export", "events", "-o", "out.jsonl"], again=["--force"], files_only=True),
}


def prepare(slaledger: CommandLine, lives: int) -> CommandLine:
    """Make of a new ledger one where claims wait, beside it a batch that goes on, an import and a copy."""
    numbers = range(1, lives + 1)
    done = slaledger.batch(*SHARED, *(line for number in numbers for line in pending(number)))
    assert done.returncode == 0, done.stderr
    if not isinstance(slaledger.place, SqliteFile):
        assert slaledger.run("export", "events", "-o", "copy.db").returncode == 0
    else:
        assert slaledger.run("backup", "copy.db").returncode == 0
    write(
        slaledger.folder / "file.jsonl", list(shuffled([life(number)[len(pending(number)) :] for number in numbers], 7))
    )
    write(slaledger.folder / "events.jsonl", [event for number in numbers for event in _cloudevents(number)])
    return slaledger


def _cloudevents(number: int) -> list[Line]:
    """Two commands of another system as CloudEvents."""
    envelope = {"specversion": "1.0", "source": "https://desk.example", "datacontenttype": "application/json"}
    incident, month = f"OPS-{number}", "2023-07"
    opened = {"incident": incident, "account": f"{number:04d}", "function": "agent_calls"}
    return [
        envelope
        | {"id": f"{number}-1", "type": "slaledger.incident.open"}
        | {"data": opened | {"started_at": f"{month}-03T10:00:00+08:00"}},
        envelope
        | {"id": f"{number}-2", "type": "slaledger.incident.close"}
        | {"data": {"incident": incident, "ended_at": f"{month}-03T12:00:00+08:00"}},
    ]


class Case(NamedTuple):
    """A command on a ledger of its own, and where it writes."""

    slaledger: CommandLine
    writing: Writing
    target: Place

    @classmethod
    def of(cls, writing: Writing, slaledger: CommandLine, store: SqliteStore | PostgresStore) -> Case:
        """A command on a ledger of a store."""
        if not writing.elsewhere:
            return cls(slaledger, writing, slaledger.place)
        if isinstance(store, PostgresStore):
            return cls(slaledger, writing, store.schema())
        return cls(slaledger, writing, SqliteFile(slaledger.folder / "target.db"))

    @property
    def words(self) -> list[str]:
        return [word.format(target=self.target.url) for word in self.writing.words]

    def left(self) -> list[Recorded]:
        """What is recorded where it writes; the id of a ledger is another each time that one is made."""
        if not self._is_there():
            return []
        found = recorded(CommandLine(self.slaledger.folder, self.target))
        return [event for event in found if event[2] != "ledger.created"]

    def _is_there(self) -> bool:
        if isinstance(self.target, SqliteFile):
            return self.target.file.exists() and not is_blank(self.target.file)
        assert isinstance(self.target, PostgresSchema)
        tables = "SELECT 1 FROM pg_tables WHERE tablename = 'stored_events' AND schemaname = ?"
        return bool(self.target.query(tables, self.target.name))

    def check_again(self, undisturbed: list[Recorded]) -> None:
        """The same command again ends as if nothing had happened; what a restore has made stays. The log is sound."""
        there = self._is_there()
        again = self.slaledger.run(*self.words, *self.writing.again)
        code = json.loads(again.stderr.splitlines()[-1])["error"]["code"] if again.returncode else None
        assert code is None or (code == "ledger_not_empty" and there), again.stderr
        assert self.left() == undisturbed
        verified = self.slaledger.run("--ledger", self.target.url, "audit", "verify")
        assert verified.returncode == 0, verified.stdout + verified.stderr


def check_ended(done: subprocess.CompletedProcess[str], statuses: set[int], codes: set[str]) -> None:
    """A status and a message as they are promised."""
    assert done.returncode in statuses, (done.returncode, done.stderr)
    assert "Traceback" not in done.stderr
    assert "Exception ignored" not in done.stderr
    if done.returncode > 0:
        error = json.loads(done.stderr.splitlines()[-1])["error"]
        assert error["code"] in codes, error
        assert error["hint"]


def check_recorded(
    done: subprocess.CompletedProcess[str], found: list[Recorded], before: list[Recorded], undisturbed: list[Recorded]
) -> None:
    """What was said to be recorded is, what was said not to be is not, and the rest is a beginning of it."""
    assert found == undisturbed[: len(found)]
    assert done.returncode or found == undisturbed
    if "nothing was recorded" in done.stderr and not _TOLD_APART.search(done.stderr):
        assert found == before, done.stderr


def copied(prepared: CommandLine, folder: Path) -> CommandLine:
    """A prepared ledger once more, with the files beside it."""
    folder.mkdir()
    for name in ("file.jsonl", "events.jsonl", "copy.db"):
        (folder / name).write_bytes((prepared.folder / name).read_bytes())
    return prepared.copy(folder)
