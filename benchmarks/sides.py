"""Functions that run in a fresh interpreter: `python benchmarks/sides.py NAME ARGUMENTS`.

Each function is one side of a row. Imports are inside the functions, so that a side loads only what it uses. Those
that end in `own_seconds` print their time without the start of Python.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

clock = time.process_time if "BENCH_PROCESSOR_TIME" in os.environ else time.perf_counter
COLUMNS = "SELECT position, originator_id, originator_version, topic, state FROM stored_events ORDER BY position"


def floor(path: str) -> None:
    """Every row read in order, its state decoded to typed structs, one decoder per topic; default garbage collector."""
    import sqlite3

    import msgspec

    from domain.events.topics import TOPICS
    from ledger.log.codec import Envelope

    decoders = {topic: msgspec.json.Decoder(Envelope[kind]) for topic, kind in TOPICS.items()}  # type: ignore[valid-type]
    decoded = 0
    for _, _, _, topic, state in sqlite3.connect(path).execute(COLUMNS):
        decoders[topic].decode(state)
        decoded += 1
    print(decoded)


def server_floor(url: str) -> None:
    """As `floor`, from a server: a binary server-side cursor, 5,000 rows per fetch."""
    import msgspec
    import psycopg

    from domain.events.topics import TOPICS
    from ledger.log.codec import Envelope

    decoders = {topic: msgspec.json.Decoder(Envelope[kind]) for topic, kind in TOPICS.items()}  # type: ignore[valid-type]
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
    """The Merkle root derived from all rows."""
    from ledger.application import Ledger
    from ledger.transparency.log_root import derived

    with Ledger.open(f"sqlite:///{path}", read_only=True) as ledger, ledger.reading() as log:
        print(derived(log).size)


def fold(path: str) -> None:
    """Every account's case, folded from the events that concern it."""
    from ledger.application import Ledger
    from ledger.log import streams

    with Ledger.open(f"sqlite:///{path}", read_only=True) as ledger, ledger.reading() as log:
        position = log.position()
        print(sum(life.case(position) is not None for life in log.account_histories(*streams.ACCOUNTS)))


def library_replay(path: str) -> None:
    """Every decision made again, from a log in the eventsourcing library's default way."""
    from pathlib import Path

    import library_log

    decisions, same = library_log.replay(library_log.opened(Path(path)))
    if decisions != same:
        raise SystemExit(f"{decisions - same} decisions come out otherwise")
    print(decisions)


def history_own_seconds(path: str, account: str) -> None:
    """An account's history requested repeatedly, in one process."""
    from ledger.application import Ledger
    from ledger.clock import now_us
    from ledger.queries.worklist import account_then

    with Ledger.open(f"sqlite:///{path}", read_only=True) as ledger:
        for repeats in (3, 60):
            started = clock()
            for _ in range(repeats):
                with ledger.reading() as log:
                    account_then(log, account, now_us())
    print(clock() - started)


def decide_own_seconds(path: str, *claims: str) -> None:
    """Claims, each as `account/month`, decided in transactions that are rolled back, in one process."""
    from domain.commands import DecideClaim
    from domain.time import MonthText
    from domain.values import Id
    from ledger.application import Ledger
    from ledger.clock import now_us
    from ledger.commands.execution import carry_out

    with Ledger.open(f"sqlite:///{path}") as ledger:
        for repeats in (1, 8):
            started = clock()
            for claim in claims * repeats:
                account, month = claim.split("/")
                command = DecideClaim(account=Id(account), month=MonthText(month))
                with ledger.writing(commit=False) as log:
                    if not carry_out(log, command, "benchmark", now_us()).recorded:
                        raise SystemExit(f"{claim} does not wait")
    print(clock() - started)


def insert_own_seconds(source: str, target: str, after: str) -> None:
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
    started = clock()
    for start in range(0, len(rows), 10_000):
        raw.execute("BEGIN IMMEDIATE")
        raw.executemany("INSERT INTO stored_events VALUES (?, ?, ?, ?, ?)", rows[start : start + 10_000])
        raw.execute("COMMIT")
    print(clock() - started)


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
                name = fact.event.voucher  # type: ignore[attr-defined]
                vouchers[name] = evolve(vouchers.get(name), fact.event, fact.reason)
    sys.stdout.writelines(f"{yuan(vouchers[name].balance_fen)}  {name}\n" for name in sorted(vouchers))


def months_from_projection(path: str) -> None:
    """Every account's months, as stored in the read model."""
    from ledger.application import Ledger
    from ledger.queries.read_models import ReadModels

    with Ledger.open(f"sqlite:///{path}") as ledger, ReadModels.of(ledger) as views:
        print(sum(row.unavailable_us for row in views.months()))


def months_by_duckdb(path: str) -> None:
    """Every account's months, from a flat table of incidents.

    Incidents that overlap or touch are one outage, which counts from 120 s on. Excluded time is taken out of its own
    incident only. The rest, each instant once, is cut at the ends of months in Shanghai's time zone.
    """
    import duckdb

    found = duckdb.connect(path, read_only=True).execute(MONTHS_SQL).fetchall()
    print(sum(row[2] for row in found))


MONTHS_SQL = """
WITH reached AS (
    SELECT *, max(e) OVER (PARTITION BY account ORDER BY s, e ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS reach
    FROM incidents WHERE s < e
), numbered AS (
    SELECT *, sum(CASE WHEN s <= reach THEN 0 ELSE 1 END) OVER (PARTITION BY account ORDER BY s, e
        ROWS UNBOUNDED PRECEDING) AS outage
    FROM reached
), long AS (
    SELECT account, outage FROM numbered GROUP BY account, outage HAVING max(e) - min(s) >= 120000000
), pieces AS (
    SELECT account, s, coalesce(ex_from, e) AS e FROM numbered SEMI JOIN long USING (account, outage)
    UNION ALL
    SELECT account, ex_to, e FROM numbered SEMI JOIN long USING (account, outage) WHERE ex_to IS NOT NULL
), left_over AS (
    SELECT *, max(e) OVER (PARTITION BY account ORDER BY s, e ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS reach
    FROM pieces WHERE s < e
), once AS (
    SELECT account, greatest(s, coalesce(reach, s)) AS s, e FROM left_over WHERE e > coalesce(reach, s)
), months AS (
    SELECT epoch_us(m - INTERVAL 8 HOUR) AS begins, epoch_us(m + INTERVAL 1 MONTH - INTERVAL 8 HOUR) AS ends,
        strftime(m, '%Y-%m') AS month
    FROM range(TIMESTAMP '2025-01-01', TIMESTAMP '2027-01-01', INTERVAL 1 MONTH) t(m)
)
SELECT account, month, sum(least(e, ends) - greatest(s, begins))::BIGINT
FROM once JOIN months ON s < ends AND e > begins GROUP BY account, month ORDER BY account, month
"""


def peak_mb(*words: str) -> None:
    """Run a command, and print its peak memory (its `ru_maxrss` alone)."""
    import subprocess

    process = subprocess.Popen(words, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"{words} failed")
    print(usage.ru_maxrss / 1024)


def parse_lines(path: str) -> None:
    """Every line parsed as JSON, and let go."""
    import json

    with Path(path).open("rb") as lines:
        print(sum(bool(json.loads(line)) for line in lines))


def parse_all_mb(path: str) -> None:
    """Every line parsed as JSON and held; prints this process's peak memory."""
    import json
    import resource

    with Path(path).open("rb") as lines:
        held = [json.loads(line) for line in lines]
    print(len(held), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


if __name__ == "__main__":
    globals()[sys.argv[1]](*sys.argv[2:])
