"""The log on SQLite: eventsourcing's recorders over our append-only table with a declared position."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from eventsourcing import sqlite as library
from eventsourcing.persistence import InterfaceError, Notification, StoredEvent
from eventsourcing.utils import Environment, EnvType

from ledger.log.streams import APPLICATION_ID, LOCK_SECONDS, LONGEST_STEP, MOST_POSITION, SCHEMA_VERSION


class Connection(library.SQLiteConnection):
    """A connection whose writing transactions take the write lock at the start, never after a read."""

    @contextmanager
    def transaction(self, *, commit: bool) -> Iterator[library.SQLiteCursor]:
        with _Transaction(self, commit=commit) as cursor, cursor:
            yield cursor


class _Transaction(library.SQLiteTransaction):
    def __enter__(self) -> library.SQLiteCursor:
        cursor = self.connection.cursor()
        cursor.execute("BEGIN IMMEDIATE" if self.commit else "BEGIN")
        return cursor


class Pool(library.SQLiteConnectionPool):
    """Connections that keep prepared statements and sync every commit to disk."""

    def _create_connection(self) -> library.SQLiteConnection:
        try:
            raw = sqlite3.connect(
                self.db_name,
                uri=True,
                check_same_thread=False,
                isolation_level=None,
                cached_statements=128,
                timeout=LOCK_SECONDS if self.lock_timeout is None else self.lock_timeout,
            )
            raw.row_factory = sqlite3.Row
            if "mode=ro" not in self.db_name and not self.is_sqlite_memory_mode:
                raw.execute("PRAGMA journal_mode=WAL")
            raw.execute("PRAGMA synchronous=FULL")
        except sqlite3.Error as error:
            raise InterfaceError(error) from error
        return Connection(raw, max_age=self.max_age)


class SqliteRecorder(library.SQLiteApplicationRecorder):
    """The log: `stored_events(position, originator_id, originator_version, topic, state)`, append-only."""

    def __init__(self, datastore: library.SQLiteDatastore, events_table_name: str = "stored_events") -> None:
        super().__init__(datastore, events_table_name)
        self.insert_events_statement = (
            f"INSERT INTO {events_table_name} (originator_id, originator_version, topic, state) VALUES (?,?,?,?)"
        )
        self.select_max_notification_id_statement = f"SELECT MAX(position) FROM {events_table_name}"

    def construct_create_table_statements(self) -> list[str]:
        """The table, and the triggers by which the database itself refuses any change to a recorded event.

        `INSERT OR REPLACE` fires no delete trigger, so another one refuses inserts over a row or before the last. One
        event with a huge position would leave none for those behind it, so positions go up in steps.
        """
        table = self.events_table_name
        refuse = "BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END"
        return [
            f"CREATE TABLE IF NOT EXISTS {table} (position INTEGER PRIMARY KEY CHECK (position > 0), "
            "originator_id TEXT NOT NULL, "
            "originator_version INTEGER NOT NULL, topic TEXT NOT NULL, state BLOB NOT NULL, "
            "UNIQUE (originator_id, originator_version))",
            f"CREATE INDEX IF NOT EXISTS {table}_filed ON {table} (originator_id) WHERE topic = 'claim.filed'",
            f"CREATE TRIGGER IF NOT EXISTS {table}_no_update BEFORE UPDATE ON {table} {refuse}",
            f"CREATE TRIGGER IF NOT EXISTS {table}_no_delete BEFORE DELETE ON {table} {refuse}",
            f"CREATE TRIGGER IF NOT EXISTS {table}_no_replace BEFORE INSERT ON {table} WHEN EXISTS (SELECT 1 FROM "
            f"{table} WHERE originator_id = NEW.originator_id AND originator_version = NEW.originator_version) OR "
            f"(NEW.position <> -1 AND NEW.position <= (SELECT MAX(position) FROM {table})) {refuse}",
            f"CREATE TRIGGER IF NOT EXISTS {table}_in_steps BEFORE INSERT ON {table} "
            f"WHEN NEW.position > {MOST_POSITION} OR "
            f"NEW.position > (SELECT MAX(position) FROM {table}) + {LONGEST_STEP} {refuse}",
            # The progress of interrupted batch files. It is not part of the log.
            "CREATE TABLE IF NOT EXISTS batch_progress (lines_sha256 TEXT PRIMARY KEY, lines INTEGER NOT NULL, "
            "refused TEXT NOT NULL, position INTEGER NOT NULL, state TEXT NOT NULL)",
            f"PRAGMA application_id = {APPLICATION_ID}",
            f"PRAGMA user_version = {SCHEMA_VERSION}",
        ]

    def insert_events(self, stored_events: Sequence[StoredEvent], **kwargs: Any) -> Sequence[int] | None:
        """Append events and return their positions; with `cursor`, as part of its transaction."""
        cursor: library.SQLiteCursor | None = kwargs.pop("cursor", None)
        if cursor is not None:
            return self._insert_events(cursor, stored_events, **kwargs)
        return super().insert_events(stored_events, **kwargs)

    def select_notifications(
        self,
        start: int | None,
        limit: int,
        stop: int | None = None,
        topics: Sequence[str] = (),
        *,
        inclusive_of_start: bool = True,
    ) -> Sequence[Notification]:
        """A page of the log in order of position."""
        conditions: dict[str, list[int | str]] = {
            f"position {'>=' if inclusive_of_start else '>'} ?": [] if start is None else [start],
            "position <= ?": [] if stop is None else [stop],
            f"topic IN ({','.join('?' * len(topics))})": list(topics),
        }
        where = " AND ".join(condition for condition, values in conditions.items() if values)
        statement = (
            "SELECT position, originator_id, originator_version, topic, state "
            f"FROM {self.events_table_name} {'WHERE ' + where if where else ''} ORDER BY position LIMIT ?"
        )
        values = [value for given in conditions.values() for value in given]
        with self.datastore.transaction(commit=False) as cursor:
            cursor.execute(statement, [*values, limit])
            return [
                Notification(
                    id=row["position"],
                    originator_id=self.convert_originator_id(row["originator_id"]),
                    originator_version=row["originator_version"],
                    topic=row["topic"],
                    state=row["state"],
                )
                for row in cursor.fetchall()
            ]


class SqliteTracking(library.SQLiteTrackingRecorder):
    """The library's tracking of positions; part of its contract."""


class SqliteLogRecorder(library.SQLiteProcessRecorder, SqliteRecorder):
    """A log that also tracks another's; part of the library's contract."""


class SqliteFactory(library.SQLiteFactory):
    """Makes the recorders above, on connections of our own."""

    application_recorder_class = SqliteRecorder
    tracking_recorder_class = SqliteTracking
    process_recorder_class = SqliteLogRecorder

    def __init__(self, env: Environment | EnvType | None) -> None:
        super().__init__(env)
        pool = self.datastore.pool
        self.datastore.pool = Pool(db_name=pool.db_name, lock_timeout=pool.lock_timeout)
        pool.close()
