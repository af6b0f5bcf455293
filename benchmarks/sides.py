"""Functions that run in a fresh interpreter: `python benchmarks/sides.py NAME ARGUMENTS`.

Each function is one side of a row. Imports are inside the functions, so that a side loads only what it uses. Those
that begin with `own_` print the seconds of their work without the start of Python, by the wall clock and of processor
time.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

COLUMNS = "SELECT position, originator_id, originator_version, topic, state FROM stored_events ORDER BY position"


class Stopwatch:
    """Measures by both clocks, from when it is made."""

    def __init__(self) -> None:
        self._wall, self._processor = time.perf_counter(), time.process_time()

    def tell(self) -> None:
        """Print the seconds by the wall clock, and those of processor time of this process."""
        print(time.perf_counter() - self._wall, time.process_time() - self._processor)


def floor(path: str) -> None:
    """Every row read in order, its state decoded to typed structs, one decoder per topic; default garbage collector."""
    import sqlite3

    import msgspec

    from domain.events.topics import TOPICS
    from ledger.log.codec import Envelope

    decoders = {topic: msgspec.json.Decoder(Envelope[kind]) for topic, kind in TOPICS.items()}
    decoded = 0
    for _, _, _, topic, state in sqlite3.connect(path).execute(COLUMNS):
        decoders[topic].decode(state)
        decoded += 1
    print(decoded)


def copy_folder(folder: str, copied: str) -> None:
    """Every file of a folder read and written again, into another one that is made anew."""
    import shutil

    shutil.rmtree(copied, ignore_errors=True)
    shutil.copytree(folder, copied, copy_function=shutil.copyfile)


def server_floor(url: str) -> None:
    """As `floor`, from a server: a binary server-side cursor, 5,000 rows per fetch."""
    import msgspec
    import psycopg

    from domain.events.topics import TOPICS
    from ledger.log.codec import Envelope

    decoders = {topic: msgspec.json.Decoder(Envelope[kind]) for topic, kind in TOPICS.items()}
    decoded = 0
    with psycopg.connect(url) as raw, raw.cursor("floor", binary=True) as cursor:
        cursor.itersize = 5000
        for _, _, _, topic, state in cursor.execute(COLUMNS):
            decoders[topic].decode(state)
            decoded += 1
    print(decoded)


def hashes(path: str) -> None:
    """Every row read in order, and one SHA-256 each."""
    import hashlib
    import sqlite3

    hashed = 0
    for row in sqlite3.connect(path).execute(COLUMNS):
        hashlib.sha256(row[4]).digest()
        hashed += 1
    print(hashed)


def root(path: str) -> None:
    """The Merkle root derived from all rows, by as many processes as the log is worth."""
    from ledger.application import Ledger
    from ledger.parallel.work import BY_LENGTH
    from ledger.transparency.log_root import derived_in_parts

    with Ledger.open(f"sqlite:///{path}", read_only=True) as ledger, ledger.reading() as log:
        print(derived_in_parts(ledger, log, BY_LENGTH, lambda done, total: None).root.hex())


def root_by_one(path: str) -> None:
    """The same root, in one pass of one process."""
    from ledger.application import Ledger
    from ledger.transparency.log_root import derived

    with Ledger.open(f"sqlite:///{path}", read_only=True) as ledger, ledger.reading() as log:
        print(derived(log).root.hex())


def fold(path: str, processes: str) -> None:
    """Every account's case, folded from the events that concern it, by so many processes."""
    import folding

    from ledger.application import Ledger
    from ledger.parallel.work import Workers, over_accounts

    with Ledger.open(f"sqlite:///{path}", read_only=True) as ledger, ledger.reading() as log:
        workers = Workers(int(processes))
        print(sum(over_accounts(ledger, log, folding.folded, workers, lambda done, total: None)))


def library_replay(path: str) -> None:
    """Every decision made again, from a log in the eventsourcing library's default way."""
    import library_log

    decisions, same = library_log.replay(library_log.opened(Path(path)))
    if decisions != same:
        raise SystemExit(f"{decisions - same} decisions come out otherwise")
    print(decisions)


def own_history(path: str, account: str) -> None:
    """An account's history requested repeatedly, in one process."""
    from ledger.application import Ledger
    from ledger.clock import now_us
    from ledger.queries.worklist import account_then

    with Ledger.open(f"sqlite:///{path}", read_only=True) as ledger:
        for repeats in (3, 60):
            watch = Stopwatch()
            for _ in range(repeats):
                with ledger.reading() as log:
                    account_then(log, account, now_us())
    watch.tell()


def own_decide(path: str, *claims: str) -> None:
    """Claims, each as `account/month`, decided in transactions that are rolled back, in one process."""
    from domain.commands import DecideClaim
    from domain.time import MonthText
    from domain.values import Id
    from ledger.application import Ledger
    from ledger.clock import now_us
    from ledger.commands.execution import carry_out

    with Ledger.open(f"sqlite:///{path}") as ledger:
        for repeats in (1, 8):
            watch = Stopwatch()
            for claim in claims * repeats:
                account, month = claim.split("/")
                command = DecideClaim(account=Id(account), month=MonthText(month))
                with ledger.writing(commit=False) as log:
                    if not carry_out(log, command, "benchmark", now_us()).recorded:
                        raise SystemExit(f"{claim} does not wait")
    watch.tell()


def own_insert(source: str, target: str, after: str) -> None:
    """The rows of a ledger after a position, inserted with plain `executemany`, 10,000 per durable commit."""
    import sqlite3

    rows = sqlite3.connect(source).execute(COLUMNS.replace("ORDER", f"WHERE position > {int(after)} ORDER")).fetchall()
    raw = sqlite3.connect(target, isolation_level=None)
    raw.execute("PRAGMA journal_mode = WAL")
    raw.execute("PRAGMA synchronous = FULL")
    raw.execute(
        "CREATE TABLE stored_events (position INTEGER PRIMARY KEY, originator_id TEXT NOT NULL, originator_version "
        "INTEGER NOT NULL, topic TEXT NOT NULL, state BLOB NOT NULL, UNIQUE (originator_id, originator_version))"
    )
    watch = Stopwatch()
    for start in range(0, len(rows), 10_000):
        raw.execute("BEGIN IMMEDIATE")
        raw.executemany("INSERT INTO stored_events VALUES (?, ?, ?, ?, ?)", rows[start : start + 10_000])
        raw.execute("COMMIT")
    watch.tell()


def click_and_commit(path: str) -> None:
    """A click program that only commits one row durably."""
    import sqlite3

    import click

    @click.command()
    @click.argument("state")
    def record(state: str) -> None:
        raw = sqlite3.connect(path, isolation_level=None)
        raw.execute("PRAGMA journal_mode = WAL")
        raw.execute("PRAGMA synchronous = FULL")
        raw.execute("CREATE TABLE IF NOT EXISTS noted (position INTEGER PRIMARY KEY, state TEXT NOT NULL)")
        raw.execute("BEGIN IMMEDIATE")
        raw.execute("INSERT INTO noted (state) VALUES (?)", (state,))
        raw.execute("COMMIT")
        raw.close()

    record.main(["one"], standalone_mode=False)


def vouchers_from_events(path: str) -> None:
    """Every voucher's balance, from its events in the log."""
    from domain.money import yuan
    from domain.voucher import Voucher, evolve
    from ledger.application import Ledger
    from ledger.log.codec import decode

    vouchers: dict[str, Voucher] = {}
    with Ledger.open(f"sqlite:///{path}", read_only=True) as ledger, ledger.reading() as log:
        for row in log.since(0):
            if row.topic.startswith("voucher."):
                fact = decode(row)
                name = fact.event.voucher
                vouchers[name] = evolve(vouchers.get(name), fact.event, fact.reason)
    sys.stdout.writelines(f"{yuan(vouchers[name].balance_fen)}  {name}\n" for name in sorted(vouchers))


def months_from_projection(path: str) -> None:
    """Every account's months, as stored in the read model."""
    from ledger.application import Ledger
    from ledger.queries.read_models import ReadModels

    with Ledger.open(f"sqlite:///{path}") as ledger, ReadModels.of(ledger) as views:
        print(sum(row.unavailable_us for row in views.months()))


def rows_of_month(path: str, month: str) -> None:
    """The rows of a month in the tables of a ledger's projections, as they are stored."""
    import sqlite3

    kept = sqlite3.connect(path + ".views.db")
    rows = 0
    for table in ("months", "claims", "vouchers"):
        rows += len(kept.execute(f"SELECT * FROM {table} WHERE month = ?", (month,)).fetchall())
    print(rows)


def months_by_duckdb(path: str) -> None:
    """Every account's months by DuckDB, from a flat table of incidents."""
    import duckdb_months

    print(sum(row[2] for row in duckdb_months.from_table(path)))


def months_by_duckdb_from_events(path: str) -> None:
    """Every account's months by DuckDB, from the stored events of a ledger."""
    import duckdb_months

    print(sum(row[2] for row in duckdb_months.from_events(path)))


def parse_lines(path: str) -> None:
    """Every line parsed as JSON, and let go."""
    import json

    with Path(path).open("rb") as lines:
        print(sum(bool(json.loads(line)) for line in lines))


def parse_all(path: str) -> None:
    """Every line parsed as JSON and held."""
    import json

    with Path(path).open("rb") as lines:
        held = [json.loads(line) for line in lines]
    print(len(held))


if __name__ == "__main__":
    globals()[sys.argv[1]](*sys.argv[2:])
