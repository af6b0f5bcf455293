"""The data for the rows: made once under `benchmarks/.data/`, and then reused."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import duckdb
import library_log
import msgspec
from generate import found, generate
from lives import EVERYTHING, OUTAGES, RECORDED_FROM, ZONE, AccountLife, Mix, SharedLife, Timeline
from measuring import HERE, slaledger
from memory_log import MemoryLog

from domain import events as e
from domain.case import Case
from domain.commands import Command
from domain.money import Fen, yuan
from domain.time import Instant, local, rfc3339
from ledger.application import Ledger
from ledger.log.codec import decode

DATA = HERE / ".data"
SEED = 1


class Sizes(NamedTuple):
    """The sizes of the ledgers in events; `commands` is the number of commands of a batch file."""

    main: int
    large: int
    small: int
    outages: int
    commands: int


FULL = Sizes(main=1_000_000, large=10_000_000, small=10_000, outages=3_400_000, commands=100_000)
QUICK = Sizes(main=20_000, large=100_000, small=2_000, outages=34_000, commands=2_000)


def made(name: str, make: Callable[[Path], None]) -> Path:
    """The file of a name: it is made under another name first, so that a partial file is not taken for a whole one."""
    path = DATA / name
    if not path.exists():
        DATA.mkdir(exist_ok=True)
        half = DATA / f"half-{name}"
        for left in DATA.glob(f"half-{name}*"):
            left.unlink()
        make(half)
        half.rename(path)
    return path


def ledger(events: int, mix: Mix = EVERYTHING) -> Path:
    """A generated ledger."""

    def make(path: Path) -> None:
        for _ in generate(f"sqlite:///{path}", events, SEED, mix):
            pass

    return made(f"{'outages' if mix is OUTAGES else 'events'}-{events}-{SEED}.db", make)


def projected(path: Path) -> Path:
    """A ledger whose projections are up to date."""
    if not path.with_name(path.name + ".views.db").exists():
        slaledger(path, "rebuild")
    return path


def scratch(path: Path, name: str = "scratch.db") -> Path:
    """A copy of a ledger to write into; it replaces an earlier one of that name."""
    copied = DATA / name
    for left in DATA.glob(f"{name}*"):
        left.unlink()
    shutil.copyfile(path, copied)
    return copied


def new_ledger() -> Path:
    """A ledger just after `init`."""

    def make(path: Path) -> None:
        with Ledger.create(f"sqlite:///{path}") as begun:
            found(begun, SEED)

    return made("begun.db", make)


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


# Vouchers as plain-text accounting ----------------------------------------------------------------------------------


class Movement(NamedTuple):
    """An amount in fen that enters or leaves a voucher, and the day."""

    day: str
    voucher: str
    fen: int
    what: str


def movements(path: Path) -> list[Movement]:
    """Every movement of every voucher, in log order."""
    moved: list[Movement] = []
    redeemed: dict[tuple[str, int], int] = {}
    with Ledger.open(f"sqlite:///{path}") as opened, opened.reading() as log:
        for row in log.since(0):
            if not row.topic.startswith("voucher."):
                continue
            fact = decode(row)
            at, event = fact.recorded_at, fact.event
            match event:
                case e.VoucherIssued():
                    at, fen = event.issued_at, event.amount_fen
                case e.VoucherRedeemed():
                    at, fen = event.redeemed_at, -event.amount_fen
                    redeemed[event.voucher, event.redemption] = event.amount_fen
                case e.RedemptionReversed():
                    fen = redeemed[event.voucher, event.redemption]
                case e.VoucherCancelled():
                    fen = -event.amount_fen
                case _:
                    raise ValueError(row.topic)
            moved.append(Movement(f"{local(at, ZONE):%Y-%m-%d}", event.voucher, fen, row.topic.partition(".")[2]))
    return moved


def hledger_journal(events: int) -> Path:
    """A ledger's vouchers as an hledger journal: each movement is a transaction of two postings."""

    def make(path: Path) -> None:
        with path.open("w") as out:
            for day, voucher, fen, what in movements(ledger(events)):
                out.write(f"{day} {what}\n    vouchers:{voucher}  {_signed(fen)}\n    {what}  {_signed(-fen)}\n\n")

    return made(f"vouchers-{events}.journal", make)


def beancount_file(events: int) -> Path:
    """The same as a Beancount file, with the `open` directives that it requires."""

    def make(path: Path) -> None:
        moved = movements(ledger(events))
        with path.open("w") as out:
            for voucher in sorted({each.voucher for each in moved}):
                out.write(f"2025-01-01 open Assets:{voucher}\n")
            for what in sorted({each.what for each in moved}):
                out.write(f"2025-01-01 open Equity:{_title(what)}\n")
            for day, voucher, fen, what in moved:
                out.write(
                    f'{day} * "{what}"\n  Assets:{voucher}  {_signed(fen)} CNY\n'
                    f"  Equity:{_title(what)}  {_signed(-fen)} CNY\n"
                )

    return made(f"vouchers-{events}.beancount", make)


def _signed(fen: int) -> str:
    return f"-{yuan(-fen)}" if fen < 0 else yuan(fen)


def _title(what: str) -> str:
    return what.replace("_", "-").capitalize()


# Outages as a flat table --------------------------------------------------------------------------------------------


def flat_incidents(events: int) -> Path:
    """The incidents of a ledger of outages as one flat DuckDB table, with the excluded span of each."""

    def make(path: Path) -> None:
        file = path.with_suffix(".csv")
        with file.open("w") as out:
            out.writelines(_flat_lines(ledger(events, OUTAGES)))
        with duckdb.connect(str(path)) as raw:
            raw.execute("CREATE TABLE incidents (account VARCHAR, s BIGINT, e BIGINT, ex_from BIGINT, ex_to BIGINT)")
            raw.execute(f"COPY incidents FROM '{file}' (HEADER false)")
        file.unlink()

    return made(f"incidents-{events}.duckdb", make)


def _flat_lines(path: Path) -> Iterator[str]:
    with Ledger.open(f"sqlite:///{path}") as opened, opened.reading() as log:
        for account in log.accounts():
            found = [each for each in log.case(account).incidents.values() if each.withdrawn is None]
            if any(each.ended_at is None for each in found):
                continue  # its months depend on the time of asking, so none is stored
            for incident in found:
                bounds = "," if not (stands := [each for each in incident.exclusions if each.stands]) else None
                if bounds is None:
                    begins = incident.started_at if stands[0].from_at is None else stands[0].from_at
                    ends = incident.ended_at if stands[0].to_at is None else stands[0].to_at
                    bounds = f"{begins},{ends}"
                yield f"{account},{incident.started_at},{incident.ended_at},{bounds}\n"
