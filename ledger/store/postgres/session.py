"""Sessions over connections to a PostgreSQL server."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import count
from typing import Any

from psycopg import Connection

_PAGE = 1000


@lru_cache(maxsize=512)
def translated(statement: str) -> str:
    """A statement with psycopg's placeholders in place of `?`."""
    return statement.replace("%", "%%").replace("?", "%s")


class PostgresSession:
    """A session over one connection."""

    _names = count()

    def __init__(self, connection: Connection[Any]) -> None:
        self.connection = connection

    def query(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """Run a statement and return its rows; none where it returns none."""
        cursor = self.connection.cursor(binary=True)
        cursor.execute(translated(statement), values)
        return cursor.fetchall() if cursor.description else []

    def rows(self, statement: str, *values: object) -> Iterator[tuple[Any, ...]]:
        """Run a statement and yield its rows, fetched from the server in pages."""
        with self.connection.cursor(f"rows_{next(self._names)}", binary=True) as cursor:
            cursor.execute(translated(statement), values)
            while page := cursor.fetchmany(_PAGE):
                yield from page


DURABLE = (
    "SELECT CASE WHEN current_setting('synchronous_commit') = 'off' "
    "THEN set_config('synchronous_commit', 'on', true) END"
)
"""The statement that makes a transaction's commit durable, regardless of the server's default."""


def locked(begin: str, lock: str) -> str:
    """SQL that begins a transaction with a lock and a durable commit."""
    return f"{begin}; {lock}; {DURABLE}"


def advisory(lock: int) -> str:
    """The statement that takes an advisory lock."""
    return f"SELECT pg_advisory_xact_lock({lock})"
