"""The side stores of a log on a PostgreSQL server: tables in a second schema."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from typing import Any

import psycopg
from psycopg import Connection
from psycopg.sql import Identifier

from ledger.log.database import Kind, SideTable
from ledger.store.postgres.errors import kept_error
from ledger.store.postgres.recorder import LOCKS
from ledger.store.postgres.session import PostgresSession, advisory, locked, translated

_KEPT: dict[Kind, int] = {"views": 1, "tree": 2}
"""The offsets of the side stores' locks from the log's lock."""
_READING = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; LOCK TABLE formats IN ACCESS SHARE MODE"
"""A snapshot during which no table is dropped: otherwise the reader and the dropper could deadlock."""
_KINDS = {"text": 'TEXT COLLATE "C"', "int": "BIGINT", "bytes": "BYTEA"}


class PostgresKept(PostgresSession):
    """A side store, in the schema for side stores."""

    def __init__(self, connection: Connection[Any], schema: str, kind: Kind, *, anew: bool) -> None:
        super().__init__(connection)
        self._kind = kind
        self._schema = Identifier(schema).as_string()
        self.query(f"SET search_path = {self._schema}")  # a table of the same name in the log's schema is not ours
        self._lock = self._lock_statement()
        if anew:
            self.query("DELETE FROM formats WHERE kind = ?", kind)

    def _lock_statement(self) -> str:
        """Lock a table that only the owner may lock; an advisory lock where there is none yet."""
        writer = f"{self._schema}.{self._kind}_writer"
        ((formats, has_writer),) = self.query(
            "SELECT 'formats'::regclass::oid::bigint, to_regclass(?) IS NOT NULL", writer
        )
        if has_writer:
            return f"LOCK TABLE {writer} IN EXCLUSIVE MODE"
        return advisory(LOCKS + (_KEPT[self._kind] << 32) + formats)

    def query(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """Run a statement and return its rows."""
        try:
            return super().query(statement, *values)
        except psycopg.Error as error:
            raise kept_error(error) from error

    def rows(self, statement: str, *values: object) -> Iterator[tuple[Any, ...]]:
        """Run a statement and yield its rows, fetched in pages."""
        try:
            yield from super().rows(statement, *values)
        except psycopg.Error as error:
            raise kept_error(error) from error

    def execute_many(self, statement: str, rows: Iterable[Sequence[object]]) -> None:
        """Run a statement once for each row of values."""
        try:
            self.connection.cursor().executemany(translated(statement), list(rows))
        except psycopg.Error as error:
            raise kept_error(error) from error

    def begin(self, *, writing: bool = False) -> None:
        """Begin a snapshot, or with `writing` a transaction under the lock of this kind."""
        try:
            if writing:
                self.connection.execute(locked("BEGIN ISOLATION LEVEL READ COMMITTED", self._lock))
            else:
                self.connection.execute(_READING)
        except psycopg.Error as error:
            raise kept_error(error) from error

    def commit(self) -> None:
        """Commit the transaction."""
        self.query("COMMIT")

    def rollback(self) -> None:
        """Roll the transaction back."""
        with suppress(psycopg.Error):
            self.connection.rollback()

    def format(self) -> int:
        """The format of the stored tables; 0 where there are none."""
        rows = self.query("SELECT format FROM formats WHERE kind = ?", self._kind)
        return rows[0][0] if rows else 0

    def make(self, tables: dict[str, SideTable], format_: int) -> None:
        """Create empty tables of a format, once running readers have ended."""
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
        """Close the connection."""
        self.connection.close()
