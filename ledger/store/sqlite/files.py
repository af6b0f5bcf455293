"""The files of a ledger in SQLite: their paths by URL, and the checks before they are used."""

from __future__ import annotations

import sqlite3
import stat
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

from domain.text import said, words_of
from ledger.log import streams
from ledger.log.database import KINDS, Kind
from ledger.refusals.store import (
    DatabaseWithoutLedger,
    FileUnusable,
    LedgerInMemory,
    NewerLedger,
    NoLedger,
    NotALedger,
    UnknownLedgerUrl,
    UnsettledLedger,
)


def ledger_path(url: str) -> Path:
    """The path of a `sqlite:///…` URL. Raises Unreadable `bad_ledger_url`, `store_unusable` where none can be there."""
    if not url.startswith("sqlite:///") or len(url) == len("sqlite:///"):
        raise UnknownLedgerUrl(url=url)
    if url.removeprefix("sqlite:///").startswith(":memory:"):
        raise LedgerInMemory()
    path = Path(url.removeprefix("sqlite:///"))
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        pass
    except (OSError, ValueError) as error:  # a name that is too long, a folder that may not be read
        raise FileUnusable(path=path, error=getattr(error, "strerror", None) or str(error)) from None
    return path


def kept_path(path: Path, kind: Kind) -> Path:
    """The path of a side store of a ledger file. It can be deleted without loss: the log has all its data."""
    return path.with_name(f"{path.name}.{kind}.db")


def sqlite_uri(path: Path, *, writable: bool, create: bool = False) -> str:
    """The URI by which SQLite opens a file; read-only where it may not be written."""
    if writable:
        return f"file:{quote(str(path))}?mode={'rwc' if create else 'rw'}"
    frozen = "" if is_writable(path.absolute().parent) else "&immutable=1"
    return f"file:{quote(str(path))}?mode=ro{frozen}"


def check_is_settled(path: Path) -> None:
    """Check that no dead writer left a write-ahead log that cannot be merged. Raises Unreadable `unsettled_ledger`.

    Reading without that log would leave out the last transactions.
    """
    log = path.with_name(path.name + "-wal")
    settled = not log.exists() or log.stat().st_size == 0
    if not settled and not is_writable(path.absolute().parent):
        raise UnsettledLedger(path=path)


def checkpoint_wal(path: Path) -> None:
    """Merge a closed database and its write-ahead log into one file, to be copied and opened read-only anywhere.

    Raises sqlite3.Error.
    """
    with closing(sqlite3.connect(sqlite_uri(path, writable=True), uri=True, isolation_level=None)) as raw:
        mode = raw.execute("PRAGMA journal_mode=DELETE").fetchone()[0]
        if mode != "delete":
            raise sqlite3.OperationalError(said("its journal is still {mode}", mode=mode))


def drop(path: Path) -> None:
    """Delete a database's file and SQLite's files for it. Raises OSError."""
    for name in (path.name, f"{path.name}-wal", f"{path.name}-shm"):
        path.with_name(name).unlink(missing_ok=True)


def drop_kept(path: Path) -> None:
    """Delete the side stores of a ledger file. Raises OSError."""
    for kind in KINDS:
        drop(kept_path(path, kind))


def is_writable(path: Path) -> bool:
    """Whether a file's or folder's permissions let anyone write it. This software obeys them even as root."""
    return bool(path.stat().st_mode & (stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH))


def is_blank(path: Path) -> bool:
    """Whether a database has no tables: a ledger may be created in it, as after an interrupted `init`."""
    try:
        with closing(sqlite3.connect(sqlite_uri(path, writable=is_writable(path)), uri=True)) as raw:
            tables: int = raw.execute("SELECT COUNT(*) FROM sqlite_master").fetchone()[0]
            return tables == 0
    except sqlite3.DatabaseError:
        return False


def check_is_ledger(path: Path, url: str) -> None:
    """Check that a file is a ledger. Raises Unreadable `no_ledger`, `not_a_ledger`, `newer_ledger`, or
    `store_unusable` where that cannot be determined.
    """
    if not path.is_file():
        raise NoLedger(url=url)
    check_is_settled(path)
    try:
        with closing(sqlite3.connect(sqlite_uri(path, writable=is_writable(path)), uri=True)) as raw:
            application = raw.execute("PRAGMA application_id").fetchone()[0]
            schema = raw.execute("PRAGMA user_version").fetchone()[0]
    except sqlite3.OperationalError as error:
        raise FileUnusable(path=path, error=words_of(error)) from None
    except sqlite3.DatabaseError as error:
        raise NotALedger(path=path, error=words_of(error)) from None
    if application != streams.APPLICATION_ID:
        raise DatabaseWithoutLedger(path=path)
    if schema > streams.SCHEMA_VERSION:
        raise NewerLedger(name=path, schema=schema, schema_version=streams.SCHEMA_VERSION)
