"""A connection to an SQLite file."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from typing import Any

_PAGE = 500
"""Rows fetched at once: few enough to stay in the processor's cache."""


class SqliteSession:
    """A session over one SQLite connection."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection
        self._at_once = self._new_cursor()

    def _new_cursor(self) -> sqlite3.Cursor:
        cursor = self.connection.cursor()
        cursor.row_factory = None
        return cursor

    def query(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """Run a statement and return its rows."""
        return self._at_once.execute(statement, values).fetchall()

    def rows(self, statement: str, *values: object) -> Iterator[tuple[Any, ...]]:
        """Run a statement and yield its rows, fetched in pages."""
        cursor = self._new_cursor().execute(statement, values)
        while page := cursor.fetchmany(_PAGE):
            yield from page
