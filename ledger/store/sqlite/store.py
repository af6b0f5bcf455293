"""The store on SQLite: the log in one file, and each side store in another."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from eventsourcing.persistence import IntegrityError, PersistenceError
from eventsourcing.sqlite import SQLiteCursor
from eventsourcing.utils import Environment

from domain.refusals import Refusal
from ledger.log.codec import Entry, EventMapper, Row
from ledger.log.database import Guard, Kind, Session, SideStore, SideStoreError, Transaction
from ledger.log.logins import Logins
from ledger.log.streams import LOCK_SECONDS
from ledger.refusals.store import ChangedMeanwhile, Locked, NoLedgerFolder, ReadOnlyLedger, StoreDamaged, StoreUnusable
from ledger.store.sqlite import files
from ledger.store.sqlite.recorder import SqliteFactory, SqliteRecorder
from ledger.store.sqlite.session import SqliteSession
from ledger.store.sqlite.side_store import SqliteSideStore, drop
from ledger.store.sqlite.turns import Queue

_CACHE_KIB = 32_000
"""The most that a writing connection holds in its page cache: new events go all over the index of streams."""
TEMPORARY = ""
"""SQLite's name for a private database that moves to a temporary file once it outgrows its cache."""


class _SqliteTransaction(SqliteSession):
    def __init__(self, recorder: SqliteRecorder, cursor: SQLiteCursor) -> None:
        super().__init__(cursor.sqlite_cursor.connection)
        self._recorder = recorder
        self._cursor = cursor

    def append(self, entries: Sequence[Entry]) -> list[int]:
        """Append events to the log and return their positions."""
        stored = list(map(_MAPPER.to_stored_event, entries))
        return list(self._recorder.insert_events(stored, cursor=self._cursor) or ())

    def insert(self, rows: Iterable[Row]) -> None:
        """Insert rows at their own positions."""
        self.connection.executemany(
            "INSERT INTO stored_events (position, originator_id, originator_version, topic, state) "
            "VALUES (?, ?, ?, ?, ?)",
            rows,
        )


_MAPPER = EventMapper()


class EmbeddedStore:
    """A ledger in a SQLite file. Its errors are those that `translating_errors` turns into refusals."""

    is_shared = False
    login: str | None = None
    guard: Guard | None = None

    def __init__(
        self,
        path: Path,
        *,
        create: bool = False,
        complete: bool = False,
        read_only: bool = False,
        lock_seconds: int | None = None,
    ) -> None:
        """Open a file, or create it. With `complete` it gets the tables and triggers that an older release lacked."""
        self.path: Path | None = path
        self._path = path
        self.name = str(path)
        self.url = f"sqlite:///{path.absolute()}"
        self.notes: list[str] = []
        self.writable = not read_only and (create or files.is_writable(path))
        self._queue = Queue(path, LOCK_SECONDS if lock_seconds is None else lock_seconds)
        env = {
            "ORIGINATOR_ID_TYPE": "text",
            "SQLITE_DBNAME": files.sqlite_uri(path, writable=self.writable, create=create),
            "SQLITE_LOCK_TIMEOUT": "" if lock_seconds is None else str(lock_seconds),
            "CREATE_TABLE": "yes" if create or (complete and self.writable) else "no",
        }
        with self.translating_errors():
            recorder = SqliteFactory(Environment(env=env)).application_recorder()
        if not isinstance(recorder, SqliteRecorder):
            raise TypeError(f"not our recorder: {type(recorder).__name__}")
        self._recorder = recorder

    @classmethod
    def open(cls, url: str, *, read_only: bool = False, lock_seconds: int | None = None) -> EmbeddedStore:
        """Open the ledger at a URL. Raises Unreadable `bad_ledger_url`, `no_ledger`, `not_a_ledger`, `newer_ledger`."""
        path = files.ledger_path(url)
        files.check_is_ledger(path, url)
        return cls(path, read_only=read_only, lock_seconds=lock_seconds)

    @classmethod
    def create(cls, url: str, *, lock_seconds: int | None = None) -> EmbeddedStore:
        """Open the ledger at a URL and complete it; create it where there is no file.

        Raises as `open` does, and `no_folder`.
        """
        path = files.ledger_path(url)
        if path.is_file() and not files.is_blank(path):
            files.check_is_ledger(path, url)
            return cls(path, complete=True, lock_seconds=lock_seconds)
        if not path.absolute().parent.is_dir():
            raise NoLedgerFolder(folder=path.absolute().parent)
        return cls(path, create=True, lock_seconds=lock_seconds)

    @property
    def has_queue(self) -> bool:
        return self._queue.works()

    def logins(self, session: Session) -> Logins:
        """No logins: whoever can write the file can record as anybody."""
        return Logins()

    def recorded_through(self, session: Session, positions: Sequence[int]) -> dict[int, str]:
        """No events, for the same reason."""
        return {}

    def close(self) -> None:
        """Close the file."""
        self._recorder.datastore.close()

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A snapshot of the log."""
        with self._recorder.datastore.transaction(commit=False) as cursor:
            yield SqliteSession(cursor.sqlite_cursor.connection)

    @contextmanager
    def writing(self) -> Iterator[Transaction]:
        """A transaction that holds the file's write lock from the start. Who asks first gets it first."""
        datastore = self._recorder.datastore
        with self._queue.turn() as left_s, datastore.get_connection(commit=True) as connection:
            settings = connection.cursor()
            settings.execute(f"PRAGMA busy_timeout = {int(left_s * 1000)}")
            settings.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
            with connection.transaction(commit=True) as cursor:
                yield _SqliteTransaction(self._recorder, cursor)

    def check_writable(self) -> None:
        """Check that the file may be written. Raises Unreadable `read_only`."""
        if not self.writable:
            raise _read_only(self.name)

    @contextmanager
    def translating_errors(self, kind: Kind | None = None) -> Iterator[None]:
        """Turn SQLite's errors into refusals that name the file and say what to do."""
        with translating_errors(self.name if kind is None else str(files.kept_path(self._path, kind))):
            try:
                yield
            except SideStoreError as error:
                if kind is None:
                    raise
                raise error.cause from error

    def can_write_side_store(self, kind: Kind) -> bool:
        """Whether the file's permissions and this process may write a side store."""
        path = files.kept_path(self._path, kind)
        place = path if path.exists() else path.absolute().parent
        return self.writable and files.is_writable(place) and os.access(place, os.W_OK)

    def trusts_side_store(self) -> bool:
        """Never: a file says nothing about who wrote it."""
        return False

    def kept(self, kind: Kind, *, anew: bool = False, read_only: bool = False) -> SideStore:
        """Open a side store's file, or a temporary one where a broken file may not be deleted."""
        path = files.kept_path(self._path, kind)
        if anew and not drop(path):
            return SqliteSideStore(TEMPORARY)
        writable = not read_only or self.can_write_side_store(kind)
        return SqliteSideStore(files.sqlite_uri(path, writable=writable, create=not read_only))

    def checkpoints(self, *, writing: bool = False) -> None:
        """None: the folder beside the file has them."""

    def drop_kept(self) -> None:
        """Delete the files of the side stores."""
        files.drop_kept(self._path)


@contextmanager
def translating_errors(name: str) -> Iterator[None]:
    """Turn SQLite's errors about a file into refusals that name it and say what to do."""
    try:
        yield
    except IntegrityError as error:
        raise ChangedMeanwhile(name=name) from error
    except (sqlite3.Error, PersistenceError) as error:
        raise _refusal(name, str(error)) from error


def _read_only(name: str) -> Refusal:
    return ReadOnlyLedger(name=name)


def _refusal(name: str, told: str) -> Refusal:
    if "locked" in told or "busy" in told:
        return Locked(name=name)
    if "readonly" in told or "read-only" in told:
        return _read_only(name)
    if "disk is full" in told or "disk I/O" in told or "unable to open" in told:
        return StoreUnusable(name=name, told=told)
    return StoreDamaged(name=name, told=told)
