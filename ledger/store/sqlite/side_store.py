"""What is kept beside the log of an SQLite ledger, in a file of its own."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from ledger.log.database import SideStoreError, SideTable
from ledger.log.streams import LOCK_SECONDS
from ledger.store.sqlite import files
from ledger.store.sqlite.session import SqliteSession

_KINDS = {"text": "TEXT", "int": "INTEGER", "bytes": "BLOB"}
_CANNOT_WRITE = {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM}
_PASSING = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, *_CANNOT_WRITE}


class SqliteSideStore(SqliteSession):
    """A side store in a separate SQLite database."""

    def __init__(self, database: str) -> None:
        try:
            connection = sqlite3.connect(database, uri=True, isolation_level=None, timeout=LOCK_SECONDS)
        except sqlite3.Error as error:
            raise _kept_error(error) from error
        super().__init__(connection)
        try:
            if database.endswith("mode=rwc"):
                self.query("PRAGMA journal_mode=WAL")
            self.query("PRAGMA synchronous=NORMAL")
        except SideStoreError:
            self.close()
            raise

    def query(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """Run a statement and return its rows."""
        try:
            return super().query(statement, *values)
        except sqlite3.Error as error:
            raise _kept_error(error) from error

    def rows(self, statement: str, *values: object) -> Iterator[tuple[Any, ...]]:
        """Run a statement and yield its rows, fetched in pages."""
        try:
            yield from super().rows(statement, *values)
        except sqlite3.Error as error:
            raise _kept_error(error) from error

    def execute_many(self, statement: str, rows: Iterable[Sequence[object]]) -> None:
        """Run a statement once for each row of values."""
        try:
            self.connection.executemany(statement, rows)
        except sqlite3.Error as error:
            raise _kept_error(error) from error

    def begin(self, *, writing: bool = False) -> None:
        """Begin a snapshot, or with `writing` a transaction under the write lock."""
        self.query("BEGIN IMMEDIATE" if writing else "BEGIN")

    def commit(self) -> None:
        """Commit the transaction."""
        self.query("COMMIT")

    def rollback(self) -> None:
        """Roll the transaction back, unless an error has ended it already."""
        if self.connection.in_transaction:
            self.query("ROLLBACK")

    def format(self) -> int:
        """The format of the stored tables; 0 where there are none."""
        found: int = self.query("PRAGMA user_version")[0][0]
        return found

    def make(self, tables: dict[str, SideTable], format_: int) -> None:
        """Create empty tables of a format."""
        for name, table in tables.items():
            self.query(f"DROP TABLE IF EXISTS {name}")
            columns = ", ".join(f"{column} {_KINDS[kind]}" for column, kind in table.columns.items())
            self.query(f"CREATE TABLE {name} ({columns}, PRIMARY KEY ({', '.join(table.key)})) WITHOUT ROWID")
            for column in table.indexes:
                self.query(f"CREATE INDEX {name}_by_{column} ON {name} ({column})")
        self.query(f"PRAGMA user_version = {format_}")

    def close(self) -> None:
        """Close the file."""
        self.connection.close()


def _kept_error(error: sqlite3.Error) -> SideStoreError:
    code = (getattr(error, "sqlite_errorcode", None) or 0) & 0xFF
    return SideStoreError(
        error,
        is_passing=code in _PASSING,
        forbids_writing=code in _CANNOT_WRITE,
        is_gone=code == sqlite3.SQLITE_IOERR,
    )


def drop(path: Path) -> bool:
    """Delete a broken database; false where this process may not."""
    try:
        files.drop(path)
    except OSError:
        return False
    return True
