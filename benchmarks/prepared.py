"""The ledgers and files for the rows: made once under `places.DATA`, and then reused.

Delete that folder when `lives.py` changes, since the generated ledgers change with it.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import library_log
import msgspec
from generate import found, generate
from lives import EVERYTHING, OUTAGES, RECORDED_FROM, ZONE, AccountLife, Mix, SharedLife, Timeline
from measuring import slaledger
from memory_log import MemoryLog
from places import DATA

from domain.case import Case
from domain.commands import Command
from domain.money import Fen, yuan
from domain.time import Instant, rfc3339
from ledger.application import Ledger

SEED = 1


class Sizes(NamedTuple):
    """The sizes of the ledgers in events.

    `base` is the smaller ledger of the row of `--since`, and `new` is how many events are new there. `commands` is the
    number of commands of a batch file, and `claims` that of the claims of a month. A site is of so many `accounts`, a
    quarter of which have a decided claim.
    """

    main: int
    large: int
    small: int
    outages: int
    base: int
    new: int
    commands: int
    claims: int
    accounts: int


FULL = Sizes(
    main=1_000_000,
    large=10_000_000,
    small=10_000,
    outages=3_400_000,
    base=100_000,
    new=10_000,
    commands=100_000,
    claims=100_000,
    accounts=4_000,
)
QUICK = FULL._replace(main=100_000, large=1_000_000, outages=100_000, commands=5_000, claims=2_000, accounts=400)
TINY = Sizes(
    main=5_000, large=10_000, small=2_000, outages=5_000, base=5_000, new=500, commands=500, claims=50, accounts=20
)


def made(name: str, make: Callable[[Path], None]) -> Path:
    """The file or folder of a name: it has another name until it is complete, so that a partial one is not used."""
    path = DATA / name
    if not path.exists():
        half = DATA / f"half-{name}"
        remove(half)
        make(half)
        half.rename(path)
        remove(half)
    return path


def remove(path: Path) -> None:
    """Remove a file or a folder, and the files beside it whose names begin with its own."""
    for left in DATA.glob(f"{path.name}*"):
        if left.is_dir():
            shutil.rmtree(left)
        else:
            left.unlink()


def ledger(events: int, mix: Mix = EVERYTHING) -> Path:
    """A generated ledger."""

    def make(path: Path) -> None:
        for _ in generate(f"sqlite:///{path}", events, SEED, mix):
            pass

    return made(f"{'outages' if mix is OUTAGES else 'events'}-{events}-{SEED}.db", make)


def projected(path: Path) -> Path:
    """A ledger whose projections are up to date: reading them makes them so."""
    slaledger(path, "voucher", "list")
    return path


def scratch(path: Path, name: str = "scratch.db") -> Path:
    """A copy of a ledger to write into; it replaces an earlier one of that name."""
    copied = DATA / name
    remove(copied)
    shutil.copyfile(path, copied)
    return copied


def new_ledger() -> Path:
    """A ledger just after `init`."""

    def make(path: Path) -> None:
        with Ledger.create(f"sqlite:///{path}") as begun:
            found(begun, SEED)

    return made("begun.db", make)


def last_position(path: Path) -> int:
    """The position of a ledger's last event."""
    with closing(sqlite3.connect(path)) as raw:
        position: int = raw.execute("SELECT max(position) FROM stored_events").fetchone()[0]
    return position


def waiting(path: Path) -> list[tuple[str, str]]:
    """The accounts and months of a few pending claims, in order."""
    statement = (
        "SELECT originator_id FROM stored_events f WHERE topic = 'claim.filed' AND NOT EXISTS (SELECT 1 FROM "
        "stored_events l WHERE l.originator_id = f.originator_id AND l.originator_version > f.originator_version) "
        "ORDER BY originator_id LIMIT 12"
    )
    with closing(sqlite3.connect(path)) as raw:
        streams = [stream for (stream,) in raw.execute(statement)]
    return [(stream.split("/")[0], stream.split("/")[2]) for stream in streams]


def library(events: int) -> Path:
    """A ledger's log stored in the eventsourcing library's default way."""

    def make(path: Path) -> None:
        with Ledger.open(f"sqlite:///{ledger(events)}") as source:
            library_log.copy(source, path)

    return made(f"library-{events}.db", make)


# A batch file -------------------------------------------------------------------------------------------------------


class _Scribe:
    """A book that writes each command as a batch line before it carries it out in memory."""

    def __init__(self, log: MemoryLog) -> None:
        self._log = log
        self.lines: list[bytes] = []

    def record(self, command: Command, actor: str, now: int) -> None:
        self._log.record(command, actor, now)
        self.lines.append(msgspec.json.encode(command, enc_hook=_wire))

    def case(self, account: str) -> Case:
        return self._log.case(account)


def _wire(value: object) -> str:
    if isinstance(value, Instant):
        return rfc3339(value, ZONE)
    return yuan(value) if isinstance(value, Fen) else str(value)


def batch_file(commands: int) -> Path:
    """A number of commands from a year of as many accounts as needed, in order of time, with decisions among them."""

    def make(path: Path) -> None:
        with Ledger.open(f"sqlite:///{new_ledger()}") as begun, begun.reading() as reader:
            log = MemoryLog(reader.since(0))
        scribe = _Scribe(log)
        line = Timeline(scribe, RECORDED_FROM)
        lives = [AccountLife(line, SEED, number, number) for number in range(max(1, commands // 28))]
        SharedLife(line, SEED, lives)
        for _ in line.run():
            log.rows = []
            if len(scribe.lines) >= commands:
                break
        path.write_bytes(b"".join(line + b"\n" for line in scribe.lines[:commands]))

    return made(f"batch-{commands}.jsonl", make)
