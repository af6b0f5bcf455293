"""A ledger, open: read in snapshots, written in transactions, whatever store it is in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

import msgspec

from domain.case import Case, SourceMark
from domain.events import Event
from domain.terms.versions import Version
from ledger.log import streams as layout
from ledger.log.codec import TOPIC_OF, Entry, Envelope, Row
from ledger.log.database import Store, Transaction
from ledger.log.reader import BatchNote, Reader
from ledger.log.shared_history import SharedHistory
from ledger.store.open import create_store, open_store

New = tuple[str, Event]
"""An event to be recorded, with the stream that it goes to."""
_IN_COMMON = (layout.TERMS, layout.CALENDARS, layout.SHARED_INCIDENTS)
"""How streams begin that `Common` is made of."""


class Writer(Reader):
    """A transaction that holds the write lock: what it read is still so when it appends."""

    def __init__(self, transaction: Transaction) -> None:
        super().__init__(transaction)
        self._transaction = transaction
        self._ends: dict[str, int] = {}
        self._known_versions: tuple[Version, ...] | None = None
        self._known_rules: Case | None = None
        self._known_common: SharedHistory | None = None

    def stream(self, stream: str) -> list[Row]:
        """A stream's events, in order."""
        rows = super().stream(stream)
        self._ends[stream] = rows[-1].version if rows else 0
        return rows

    def version(self, stream: str) -> int:
        """The version of a stream's last event; 0 where there is none. Nobody else writes: it is read once."""
        if stream not in self._ends:
            self._ends[stream] = super().version(stream)
        return self._ends[stream]

    def versions(self) -> tuple[Version, ...]:
        """The terms that are recorded, earliest first; read once, as everything that commands have in common."""
        if self._known_versions is None:
            self._known_versions = super().versions()
        return self._known_versions

    def rules(self) -> Case:
        """The terms and calendars that are recorded; not to be changed."""
        if self._known_rules is None:
            self._known_rules = super().rules()
        return self._known_rules

    def common(self) -> SharedHistory:
        """What accounts have in common; not to be changed."""
        if self._known_common is None:
            self._known_common = super().common()
        return self._known_common

    def _forget_common(self) -> None:
        self._known_versions = self._known_rules = self._known_common = None

    def append(
        self,
        events: Sequence[New],
        recorded_at: int,
        actor: str,
        reason: str | None = None,
        key: str | None = None,
        source: SourceMark | None = None,
    ) -> list[int]:
        """Record events at the ends of their streams, all or none; gives their positions."""
        ends: dict[str, int] = {}
        entries = []
        for stream, event in events:
            ends[stream] = ends.get(stream, self.version(stream)) + 1
            envelope = Envelope(recorded_at=recorded_at, actor=actor, data=event, reason=reason, key=key, source=source)
            entries.append(Entry(stream, ends[stream], TOPIC_OF[type(event)], envelope))
        if any(stream.startswith(_IN_COMMON) for stream in ends):
            self._forget_common()
        positions = self._transaction.append(entries)
        self._ends |= ends
        return positions

    def insert(self, rows: Iterable[Row]) -> None:
        """Take rows of another store over as they are, at their own positions, which lie behind the last one."""
        self._ends.clear()
        self._forget_common()
        self._transaction.insert(rows)

    def note_progress(self, replaced: str | None, note: BatchNote) -> None:
        """A batch file came further: its earlier note gives way to this one, in the same transaction as its events.

        Notes of files that were wholly done are dropped: they count only while nothing else is recorded.
        """
        dropped = (replaced or "", note.lines_sha256)
        self._query("DELETE FROM batch_progress WHERE lines_sha256 IN (?, ?) OR state = 'done'", *dropped)
        noted = (
            note.lines_sha256,
            note.lines,
            msgspec.json.encode(note.refused).decode(),
            note.position,
            note.state,
        )
        self._query("INSERT INTO batch_progress VALUES (?, ?, ?, ?, ?)", *noted)


class Ledger:
    """An open ledger. Close it, or use it as a context manager."""

    def __init__(self, store: Store) -> None:
        self.store = store

    @classmethod
    def open(cls, url: str, *, read_only: bool = False, lock_seconds: int | None = None) -> Ledger:
        """The ledger at a URL; opened `read_only`, the database itself refuses to write it.

        Raises Unreadable `bad_ledger_url`, `no_ledger`, `not_a_ledger`, `newer_ledger`, and on PostgreSQL
        `server_unreachable`, `login_refused`.
        """
        return cls(open_store(url, read_only=read_only, lock_seconds=lock_seconds))

    @classmethod
    def create(cls, url: str, *, lock_seconds: int | None = None) -> Ledger:
        """The ledger at a URL, its tables made where there were none. Raises as `open` does, and `no_folder`."""
        return cls(create_store(url, lock_seconds=lock_seconds))

    @property
    def writable(self) -> bool:
        return self.store.writable

    def close(self) -> None:
        """Let go of the store."""
        self.store.close()

    def __enter__(self) -> Ledger:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextmanager
    def reading(self, upto: int | None = None) -> Iterator[Reader]:
        """A snapshot: everything read in it is of one moment, up to a position where one is given."""
        with self.store.translating_errors(), self.store.reading() as session:
            yield Reader(session, upto)

    @contextmanager
    def writing(self, *, commit: bool = True) -> Iterator[Writer]:
        """A transaction under the write lock, kept on leaving unless an exception leaves it; `commit=False` drops it.

        Raises Conflict `locked` where somebody else writes for too long, Unreadable `read_only`.
        """
        self.store.check_writable()
        with self.store.translating_errors():
            try:
                with self.store.writing() as transaction:
                    yield Writer(transaction)
                    if not commit:
                        raise _Dropped
            except _Dropped:
                pass


class _Dropped(Exception):
    """Leaves a transaction without keeping it."""
