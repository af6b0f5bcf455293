"""The files that were exported."""

from __future__ import annotations

import msgspec


class FileWritten(msgspec.Struct, frozen=True, kw_only=True):
    """A file that was written."""

    file: str


class JournalWritten(FileWritten, frozen=True, kw_only=True):
    """`slaledger export journal`."""

    vouchers: int
    transactions: int


class PromiseWritten(FileWritten, frozen=True, kw_only=True):
    """`slaledger export openslo`."""

    documents: int
    version: str


class DeadlinesWritten(FileWritten, frozen=True, kw_only=True):
    """`slaledger export ics`."""

    events: int
    todos: int


class RowsWritten(FileWritten, frozen=True, kw_only=True):
    """`slaledger export` of a table."""

    rows: int


class SiteWritten(msgspec.Struct, frozen=True, kw_only=True):
    """`slaledger export site`: the folder's files, how many were made or removed, and the log's last position."""

    folder: str
    files: int
    made: int
    removed: int
    position: int
