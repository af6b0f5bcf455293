"""The rows of a site's lists, kept in a temporary database, so that memory does not grow with the ledger."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeVar

import msgspec

from projections.claims import ClaimRow
from projections.vouchers import VoucherRow

_Row = TypeVar("_Row", bound=msgspec.Struct)


class SiteAccount(msgspec.Struct, frozen=True, kw_only=True):
    """An account in the list: how many of its months were below the commitment, and its claims and open outages."""

    account: str
    name: str | None
    enrolled_at: int
    closed_at: int | None
    below: int
    claims: int
    still_open: int


class SiteClaim(msgspec.Struct, frozen=True, kw_only=True):
    """A claim in the list."""

    claim: ClaimRow
    name: str | None


class SiteVoucher(msgspec.Struct, frozen=True, kw_only=True):
    """A voucher in the list."""

    voucher: VoucherRow
    name: str | None


class ListedRows:
    """Rows of several lists, each in the order of a number and then a text."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def add(self, of: str, number: int, text: str, row: msgspec.Struct) -> None:
        """Add a row to a list."""
        self._connection.execute("INSERT INTO listed VALUES (?, ?, ?, ?)", (of, number, text, msgspec.json.encode(row)))

    def count(self, of: str) -> int:
        """How many rows a list has."""
        count: int = self._connection.execute("SELECT COUNT(*) FROM listed WHERE list = ?", (of,)).fetchone()[0]
        return count

    def read(self, of: str, type_: type[_Row]) -> Iterator[_Row]:
        """A list's rows, one by one."""
        found = self._connection.execute("SELECT row FROM listed WHERE list = ? ORDER BY number, text", (of,))
        return (msgspec.json.decode(row, type=type_) for (row,) in found)


@contextmanager
def listed_rows() -> Iterator[ListedRows]:
    """An empty collection of rows, on disk where it grows, deleted at the end."""
    connection = sqlite3.connect("", isolation_level=None)
    try:
        connection.execute("PRAGMA synchronous=OFF")
        connection.execute(
            "CREATE TABLE listed (list TEXT, number INTEGER, text TEXT, row BLOB, PRIMARY KEY (list, number, text)) "
            "WITHOUT ROWID"
        )
        connection.execute("BEGIN")
        yield ListedRows(connection)
    finally:
        connection.close()
