"""A ledger as an eventsourcing application: opened, read in snapshots, written in transactions."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import msgspec
from eventsourcing.application import Application
from eventsourcing.persistence import IntegrityError, PersistenceError
from eventsourcing.sqlite import SQLiteCursor

from domain.events import Event
from domain.refusals import Conflict, Damaged, Refusal, Unreadable
from ledger.store import location
from ledger.store.codec import TOPIC_OF, Entry, Envelope, Row
from ledger.store.reader import BatchNote, Reader
from ledger.store.sqlite import Recorder

New = tuple[str, Event]
"""An event to be recorded, with the stream that it goes to."""


class Writer(Reader):
    """A transaction that holds the write lock: what it read is still so when it appends."""

    def __init__(self, application: _Application, cursor: SQLiteCursor) -> None:
        super().__init__(cursor.sqlite_cursor.connection)
        self._application = application
        self._transaction = cursor

    def append(
        self, events: Sequence[New], recorded_at: int, actor: str, reason: str | None, key: str | None
    ) -> list[int]:
        """Record events at the ends of their streams, all or none; gives their positions."""
        ends: dict[str, int] = {}
        entries = []
        for stream, event in events:
            ends[stream] = ends.get(stream) or self.version(stream)
            ends[stream] += 1
            envelope = Envelope(recorded_at=recorded_at, actor=actor, data=event, reason=reason, key=key)
            entries.append(Entry(stream, ends[stream], TOPIC_OF[type(event)], envelope))
        recordings = self._application.events.put(entries, cursor=self._transaction)
        return [recording.notification.id for recording in recordings]

    def insert(self, rows: Iterable[Row]) -> None:
        """Take rows of another store over as they are, at their own positions, which lie behind the last one."""
        columns = "position, originator_id, originator_version, topic, state"
        for row in rows:
            self._query(f"INSERT INTO stored_events ({columns}) VALUES (?, ?, ?, ?, ?)", *row)

    def note_progress(self, replaced: str | None, note: BatchNote) -> None:
        """A batch file came further: its earlier note gives way to this one, in the same transaction as its events.

        Notes of files that were wholly done are dropped: they count only while nothing else is recorded.
        """
        self._query("DELETE FROM batch_progress WHERE lines_sha256 = ? OR state = 'done'", replaced)
        noted = (
            note.lines_sha256,
            note.lines,
            msgspec.json.encode(note.refused).decode(),
            note.position,
            note.state,
        )
        self._query("INSERT OR REPLACE INTO batch_progress VALUES (?, ?, ?, ?, ?)", *noted)


class _Application(Application[str]):
    """The library's application over our recorder and mapper."""

    name = "slaledger"


class Ledger:
    """An open ledger. Close it, or use it as a context manager."""

    def __init__(
        self, path: Path, *, create: bool = False, read_only: bool = False, lock_seconds: int | None = None
    ) -> None:
        self.path = path
        self.writable = not read_only and (create or location.is_writable(path))
        self._application = _Application(
            env={
                "PERSISTENCE_MODULE": "ledger.store.sqlite",
                "MAPPER_TOPIC": "ledger.store.codec:EventMapper",
                "ORIGINATOR_ID_TYPE": "text",
                "SQLITE_DBNAME": location.sqlite_uri(path, writable=self.writable, create=create),
                "SQLITE_LOCK_TIMEOUT": "" if lock_seconds is None else str(lock_seconds),
                "CREATE_TABLE": "yes" if create else "no",
            }
        )

    @classmethod
    def open(cls, url: str, *, read_only: bool = False, lock_seconds: int | None = None) -> Ledger:
        """The ledger at a URL; opened `read_only`, the database itself refuses to write it.

        Raises Unreadable `bad_ledger_url`, `no_ledger`, `not_a_ledger`, `newer_ledger`.
        """
        path = location.ledger_path(url)
        location.check_is_ledger(path, url)
        with explained(path):
            return cls(path, read_only=read_only, lock_seconds=lock_seconds)

    @classmethod
    def create(cls, url: str, *, lock_seconds: int | None = None) -> Ledger:
        """The ledger at a URL, its tables made where there was no file.

        Raises Unreadable `bad_ledger_url`, `no_folder`, `not_a_ledger`, `newer_ledger`.
        """
        path = location.ledger_path(url)
        if path.is_file() and not location.is_blank(path):
            return cls.open(url, lock_seconds=lock_seconds)
        if not path.absolute().parent.is_dir():
            raise Unreadable(
                "no_folder", f"there is no folder {path.absolute().parent}", hint="make it, or check --ledger"
            )
        with explained(path):
            return cls(path, create=True, lock_seconds=lock_seconds)

    def close(self) -> None:
        """Let go of the file."""
        self._application.close()

    def __enter__(self) -> Ledger:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextmanager
    def reading(self, upto: int | None = None) -> Iterator[Reader]:
        """A snapshot: everything read in it is of one moment, up to a position where one is given."""
        with explained(self.path), self._recorder.datastore.transaction(commit=False) as cursor:
            yield Reader(cursor.sqlite_cursor.connection, upto)

    @contextmanager
    def writing(self, *, commit: bool = True) -> Iterator[Writer]:
        """A transaction under the write lock, kept on leaving unless an exception leaves it; `commit=False` drops it.

        Raises Conflict `locked` where somebody else writes for too long, Unreadable `read_only`.
        """
        if not self.writable:
            raise read_only(self.path)
        with explained(self.path):
            try:
                with self._recorder.datastore.transaction(commit=True) as cursor:
                    yield Writer(self._application, cursor)
                    if not commit:
                        raise _Dropped
            except _Dropped:
                pass

    @property
    def _recorder(self) -> Recorder:
        recorder = self._application.recorder
        if not isinstance(recorder, Recorder):
            raise TypeError(f"not our recorder: {type(recorder).__name__}")
        return recorder


class _Dropped(Exception):
    """Leaves a transaction without keeping it."""


def read_only(path: Path) -> Refusal:
    """What is said to a writer of a file that may only be read."""
    return Unreadable("read_only", f"{path} may only be read", hint="give it write permission, or use another ledger")


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """The store's own errors as refusals that say what to do."""
    try:
        yield
    except IntegrityError as error:
        raise Conflict("conflict", f"somebody else changed {path} meanwhile", hint="try again") from error
    except (sqlite3.Error, PersistenceError) as error:
        raise _refusal(path, str(error)) from error


def _refusal(path: Path, said: str) -> Refusal:
    if "locked" in said or "busy" in said:
        return Conflict("locked", f"{path} is locked by another writer", hint="try again when it is done")
    if "readonly" in said or "read-only" in said:
        return read_only(path)
    if "disk is full" in said or "disk I/O" in said or "unable to open" in said:
        return Unreadable("store_unusable", f"{path}: {said}", hint="nothing was recorded; look at the disk")
    return Damaged("store_damaged", f"{path}: {said}", hint="restore a copy; `slaledger audit verify` says more")
