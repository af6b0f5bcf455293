"""The file of the kept tree: hashes of complete subtrees, where its leaves stand in the log, and how far it came.

Nothing in it is trusted for long: `ledger/audit/tree.py` checks it against the log whenever it is opened, and makes it
again where it does not fit.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from ledger.application import Ledger
from ledger.store import location
from ledger.store.layout import LOCK_SECONDS

FORMAT = 1
"""Raised whenever the tables change: what an older version kept is made again."""
TEMPORARY = ""
"""SQLite's name of a private store that goes to a temporary file once it outgrows its cache."""
_TABLES = {
    "nodes": "(level INTEGER, at INTEGER, hash BLOB NOT NULL, PRIMARY KEY (level, at)) WITHOUT ROWID",
    "runs": "(first_index INTEGER PRIMARY KEY, first_position INTEGER NOT NULL UNIQUE)",
    "reached": "(ledger TEXT NOT NULL, size INTEGER NOT NULL, position INTEGER NOT NULL, root BLOB NOT NULL)",
}
_CANNOT_WRITE = {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM}
_PASSING = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, *_CANNOT_WRITE}

Node = tuple[int, int, bytes]
"""A complete subtree: level (0 for a leaf), index within the level, hash."""
Run = tuple[int, int]
"""Leaves whose positions follow each other without a gap: the first one's index and position."""


class Spoilt(Exception):
    """What is kept lacks something that it must have, or holds what it cannot."""


class StoreError(Exception):
    """SQLite's own error about the kept tree's file, kept apart from errors of the log."""

    def __init__(self, cause: sqlite3.Error) -> None:
        super().__init__(str(cause))
        self.cause = cause

    @property
    def _code(self) -> int:
        return (getattr(self.cause, "sqlite_errorcode", None) or 0) & 0xFF

    @property
    def is_passing(self) -> bool:
        """Whether the file itself may be well: it is locked, the disk is full, or it may not be written."""
        return self._code in _PASSING

    @property
    def forbids_writing(self) -> bool:
        """Whether this process may not write the file."""
        return self._code in _CANNOT_WRITE


class Reached(NamedTuple):
    """How far the kept tree came: whose it is, its leaves, the last one's position in the log, and its root."""

    ledger: str
    size: int
    position: int
    root: bytes


class TreeStore:
    """The tables over one connection. Every method raises StoreError where SQLite does."""

    def __init__(self, database: str) -> None:
        try:
            self._connection = sqlite3.connect(database, uri=True, isolation_level=None, timeout=LOCK_SECONDS)
        except sqlite3.Error as error:
            raise StoreError(error) from error
        try:
            if database.endswith("mode=rwc"):
                self._query("PRAGMA journal_mode=WAL")
            self._query("PRAGMA synchronous=NORMAL")
        except StoreError:
            self.close()
            raise

    def _query(self, statement: str, *values: object) -> list[Any]:
        try:
            return self._connection.execute(statement, values).fetchall()
        except sqlite3.Error as error:
            raise StoreError(error) from error

    def close(self) -> None:
        """Let go of the file; what was not committed is dropped."""
        self._connection.close()

    def begin(self, *, writing: bool = False) -> None:
        """Begin a snapshot, or with `writing` a transaction that keeps other writers out."""
        self._query("BEGIN IMMEDIATE" if writing else "BEGIN")

    def commit(self) -> None:
        """End the transaction and keep what it wrote."""
        self._query("COMMIT")

    def clear(self) -> None:
        """Empty tables of this format, in place of whatever was there."""
        for name, columns in _TABLES.items():
            self._query(f"DROP TABLE IF EXISTS {name}")
            self._query(f"CREATE TABLE {name} {columns}")
        self._query(f"PRAGMA user_version = {FORMAT}")

    def reached(self) -> Reached | None:
        """How far the tree came; None where nothing of this format is kept. Raises Spoilt."""
        if self._query("PRAGMA user_version")[0][0] != FORMAT:
            return None
        rows = self._query("SELECT ledger, size, position, root FROM reached")
        if not rows:
            return None
        found = Reached(*rows[0])
        if [type(value) for value in found] != [str, int, int, bytes] or min(found.size, found.position) < 0:
            raise Spoilt("it does not say how far it came")
        return found

    def advance(self, reached: Reached) -> None:
        """Note how far the tree came."""
        self._query("DELETE FROM reached")
        self._query("INSERT INTO reached VALUES (?, ?, ?, ?)", *reached)

    def add(self, nodes: Sequence[Node], runs: Sequence[Run]) -> None:
        """Keep complete subtrees and where runs of leaves begin."""
        try:
            self._connection.executemany("INSERT OR REPLACE INTO nodes VALUES (?, ?, ?)", nodes)
            self._connection.executemany("INSERT OR REPLACE INTO runs VALUES (?, ?)", runs)
        except sqlite3.Error as error:
            raise StoreError(error) from error

    def node(self, level: int, at: int) -> bytes:
        """The hash of a complete subtree. Raises Spoilt where it is not kept."""
        rows = self._query("SELECT hash FROM nodes WHERE level = ? AND at = ?", level, at)
        if not rows or not isinstance(rows[0][0], bytes):
            raise Spoilt(f"it lacks the hash at level {level}, index {at}")
        found: bytes = rows[0][0]
        return found

    def leaves(self, size: int) -> Iterable[bytes]:
        """The first `size` leaf hashes, in order, a few at a time."""
        try:
            for (leaf,) in self._connection.execute("SELECT hash FROM nodes WHERE level = 0 AND at < ?", (size,)):
                yield leaf
        except sqlite3.Error as error:
            raise StoreError(error) from error

    def run_of_index(self, index: int) -> Run:
        """The run in which a leaf stands. Raises Spoilt."""
        return self._run("first_index <= ? ORDER BY first_index DESC", index)

    def run_of_position(self, position: int) -> Run | None:
        """The last run that begins at or before a position."""
        try:
            return self._run("first_position <= ? ORDER BY first_position DESC", position)
        except Spoilt:
            return None

    def _run(self, condition: str, value: int) -> Run:
        rows = self._query(f"SELECT first_index, first_position FROM runs WHERE {condition} LIMIT 1", value)
        if not rows:
            raise Spoilt("it lacks the positions of its leaves")
        return int(rows[0][0]), int(rows[0][1])

    def next_run(self, index: int) -> int | None:
        """The first leaf of the run behind the one that begins at `index`."""
        found: int | None = self._query("SELECT MIN(first_index) FROM runs WHERE first_index > ?", index)[0][0]
        return found


def tree_path(path: Path) -> Path:
    """Where the tree of a ledger file is kept; deleting it loses nothing that the log does not say."""
    return path.with_name(path.name + ".tree.db")


def may_be_kept(ledger: Ledger) -> bool:
    """Whether the tree may be written beside the ledger: by the permissions, and by this process."""
    path = tree_path(ledger.path)
    place = path if path.exists() else path.absolute().parent
    return ledger.writable and location.is_writable(place) and os.access(place, os.W_OK)


def drop(path: Path) -> bool:
    """Delete a file that is no database, and what SQLite keeps beside it; false where this process may not."""
    try:
        for file in (path, path.with_name(path.name + "-wal"), path.with_name(path.name + "-shm")):
            file.unlink(missing_ok=True)
    except OSError:
        return False
    return True
