"""Makes a ledger of as many events as asked for, as real as one that people filled: `audit verify` finds it sound.

    python benchmarks/generate.py --events 1000000 --seed 1 --ledger sqlite:///big.db

The same number and seed give the same rows to the byte. An account comes to about 50 events. Accounts are taken over
a cohort at a time, the events of a cohort mixed by time, so that memory does not grow with the ledger.
"""

from __future__ import annotations

import argparse
import gc
import sqlite3
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from itertools import count

from lives import EVERYTHING, OUTAGES, RECORDED_FROM, AccountLife, Mix, SharedLife, Timeline
from memory_log import MemoryLog
from repeating import PAGE, Cohort

from domain.events import LedgerCreated
from ledger.application import Ledger
from ledger.commands.execution import initialise
from ledger.log import streams
from ledger.log.codec import Row, decode

COHORT = 2000
"""The number of accounts that are active at the same time."""
LIVED = 3
"""The number of simulated cohorts. Only the first goes through the recording of the shared outages."""
ACTOR = "takeover"


def found(ledger: Ledger, seed: int) -> list[Row]:
    """Begin an empty ledger as `init` does, with an id derived from the seed; return its first rows."""
    with ledger.writing() as log:
        event = LedgerCreated(ledger=f"slaledger-generated-{seed}")
        log.append([(streams.LEDGER, event)], RECORDED_FROM, ACTOR, None, None)
    initialise(ledger, ACTOR, now=lambda: RECORDED_FROM)
    with ledger.reading() as reader:
        return list(reader.since(0))


def rows(
    begun: list[Row], events: int, seed: int, mix: Mix = EVERYTHING, *, repeating: bool = True
) -> Iterator[list[Row]]:
    """The rows after the first ones, in log order and in pages, until the log has the requested number of events.

    It ends after a whole command, so there may be a few more. `LIVED` cohorts are simulated; later ones repeat them
    under other names, which `repeating` makes fast.
    """
    log, size = MemoryLog(begun), max(1, min(COHORT, events // mix.events_an_account))
    kept: list[Cohort] = []
    position, now = log.position(), RECORDED_FROM
    for number in count():
        first, life = number * size, number if number < LIVED else number % (LIVED - 1) + 1
        if repeating and number >= LIVED:
            made = kept[life - 1].repeated(first, position, now)
        else:
            log.skip_to(position)
            made = lived(log, seed, range(first, first + size), life * size, now, mix)
        keeps = repeating and 0 < number < LIVED
        began_at, gathered = now, []
        for page in made:
            position, now = page[-1].position, recorded_at(page[-1])
            if position >= events:
                yield whole_commands(page, events)
                return
            yield page
            if keeps:
                gathered += page
        if keeps:
            kept.append(Cohort(gathered, log.beneath, first, size, began_at))


def lived(log: MemoryLog, seed: int, named: range, first_life: int, now: int, mix: Mix) -> Iterator[list[Row]]:
    """The rows of a simulated cohort; the first one goes through the shared outages."""
    log.forget()
    gc.collect()
    log.beneath = {}
    line = Timeline(log, now)
    lives = [AccountLife(line, seed, number, first_life + index, mix) for index, number in enumerate(named)]
    if named.start == 0 and mix.everything:
        SharedLife(line, seed, lives)
    for _ in line.run():
        if len(log.rows) >= PAGE:
            yield log.rows
            log.rows = []
    if log.rows:
        yield log.rows
        log.rows = []


def recorded_at(row: Row) -> int:
    """When a row was recorded. Only the rows of one command share it."""
    return decode(row).recorded_at


def whole_commands(page: list[Row], events: int) -> list[Row]:
    """Cut a page at the end of the command that reaches the number of events."""
    end = events - page[0].position + 1
    while end < len(page) and recorded_at(page[end]) == recorded_at(page[end - 1]):
        end += 1
    return page[:end]


def store_in_sqlite(ledger: Ledger, pages: Iterator[list[Row]]) -> Iterator[int]:
    """Write rows to a ledger's file as fast as SQLite can; yield the position after each page.

    The log's triggers against changes are dropped meanwhile, and nothing is synced before the end: a partly written
    file is not a ledger.
    """
    with closing(sqlite3.connect(ledger.store.path, isolation_level=None)) as raw:
        guard = raw.execute("SELECT sql FROM sqlite_master WHERE name = 'stored_events_no_replace'").fetchone()[0]
        for pragma in ("journal_mode = OFF", "synchronous = OFF", "cache_size = -200000", "locking_mode = EXCLUSIVE"):
            raw.execute(f"PRAGMA {pragma}").fetchall()
        raw.execute("BEGIN IMMEDIATE")
        raw.execute("DROP TRIGGER stored_events_no_replace")
        for page in pages:
            raw.executemany("INSERT INTO stored_events VALUES (?, ?, ?, ?, ?)", page)
            yield page[-1].position
        raw.execute(guard)
        raw.execute("COMMIT")
        raw.execute("PRAGMA synchronous = FULL")
        raw.execute("PRAGMA locking_mode = NORMAL").fetchall()
        raw.execute("PRAGMA journal_mode = WAL").fetchall()


def generate(url: str, events: int, seed: int, mix: Mix = EVERYTHING) -> Iterator[int]:
    """Make a new ledger at a URL; yield the position reached now and then."""
    with Ledger.create(url) as ledger:
        with ledger.reading() as reader:
            if reader.position():
                raise SystemExit(f"{url} is a ledger already")
        begun = found(ledger, seed)
    yield from store_in_sqlite(ledger, rows(begun, events, seed, mix))


def main() -> None:
    """The command line."""
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--events", type=int, required=True)
    words.add_argument("--seed", type=int, default=1)
    words.add_argument("--ledger", required=True, metavar="URL")
    words.add_argument("--only-outages", action="store_true", help="Many outages an account, and nothing else.")
    asked = words.parse_args()
    gc.disable()  # the garbage of a cohort is collected at its end
    started, position = time.monotonic(), 0
    for position in generate(asked.ledger, asked.events, asked.seed, OUTAGES if asked.only_outages else EVERYTHING):
        if sys.stderr.isatty():
            print(f"\r{position:,} of {asked.events:,} events", end="", file=sys.stderr, flush=True)
    seconds = time.monotonic() - started
    print(f"\r{position:,} events in {seconds:.1f} s, {position / seconds:,.0f} a second")


if __name__ == "__main__":
    main()
