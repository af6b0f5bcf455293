"""What is kept beside a log on a PostgreSQL server: tables in the schema beside it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from typing import Any

import psycopg
from psycopg import Connection
from psycopg.sql import Identifier

from ledger.log.database import Kind, Table
from ledger.store.postgres.errors import kept_error
from ledger.store.postgres.recorder import LOCKS
from ledger.store.postgres.session import PostgresSession, locked, translated

_KEPT: dict[Kind, int] = {"views": 1, "tree": 2}
"""What the locks of the kept stores differ by from the log's."""
_READING = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; LOCK TABLE formats IN ACCESS SHARE MODE"
"""A snapshot during which no table is dropped: else its reader and who drops them could wait for each other."""
_KINDS = {"text": 'TEXT COLLATE "C"', "int": "BIGINT", "bytes": "BYTEA"}


class PostgresKept(PostgresSession):
    """What is kept beside a log, in the schema beside it."""

    def __init__(self, connection: Connection[Any], schema: str, kind: Kind, *, anew: bool) -> None:
        super().__init__(connection)
        self._kind = kind
        self._schema = Identifier(schema).as_string()
        self.query(f"SET search_path = {self._schema}")  # a table of the same name beside the log is not ours
        self._lock = LOCKS + (_KEPT[kind] << 32) + self.query("SELECT 'formats'::regclass::oid::bigint")[0][0]
        if anew:
            self.query("DELETE FROM formats WHERE kind = ?", kind)

    def query(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """The rows that a statement gives."""
        try:
            return super().query(statement, *values)
        except psycopg.Error as error:
            raise kept_error(error) from error

    def rows(self, statement: str, *values: object) -> Iterator[tuple[Any, ...]]:
        """The rows of a long answer, a page at a time."""
        try:
            yield from super().rows(statement, *values)
        except psycopg.Error as error:
            raise kept_error(error) from error

    def execute_many(self, statement: str, rows: Iterable[Sequence[object]]) -> None:
        """Carry a statement out for each row of values."""
        try:
            self.connection.cursor().executemany(translated(statement), list(rows))
        except psycopg.Error as error:
            raise kept_error(error) from error

    def begin(self, *, writing: bool = False) -> None:
        """Begin a snapshot, or take the lock of this kind."""
        try:
            if writing:
                self.connection.execute(locked("BEGIN ISOLATION LEVEL READ COMMITTED", self._lock))
            else:
                self.connection.execute(_READING)
        except psycopg.Error as error:
            raise kept_error(error) from error

    def commit(self) -> None:
        """Keep what was written."""
        self.query("COMMIT")

    def rollback(self) -> None:
        """Drop what was written."""
        with suppress(psycopg.Error):
            self.connection.rollback()

    def format(self) -> int:
        """The format of what is kept; 0 where nothing is."""
        rows = self.query("SELECT format FROM formats WHERE kind = ?", self._kind)
        return rows[0][0] if rows else 0

    def make(self, tables: dict[str, Table], format_: int) -> None:
        """Empty tables of a format; whoever reads them ends first."""
        self.query("LOCK TABLE formats IN ACCESS EXCLUSIVE MODE")
        for name, table in tables.items():
            self.query(f"DROP TABLE IF EXISTS {self._schema}.{name}")
            columns = ", ".join(f"{column} {_KINDS[kind]}" for column, kind in table.columns.items())
            self.query(f"CREATE TABLE {self._schema}.{name} ({columns}, PRIMARY KEY ({', '.join(table.key)}))")
            for column in table.indexes:
                self.query(f"CREATE INDEX {name}_by_{column} ON {self._schema}.{name} ({column})")
        self.query("DELETE FROM formats WHERE kind = ?", self._kind)
        self.query("INSERT INTO formats VALUES (?, ?)", self._kind, format_)

    def close(self) -> None:
        """Let go of the connection."""
        self.connection.close()
