"""An open ledger, on any store: it is read in snapshots and written in transactions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

import msgspec

from domain.case import Case, SourceMark
from domain.controls import Controls
from domain.events import ActorKeyRetired, Event, LedgerCreated, LedgerUpgraded
from domain.recording_rules import RULES, WITH_CLOCK
from domain.signing import Signer, Signing, check_signer
from domain.terms.versions import Version
from domain.time import CLOCK_TOLERANCE_US
from ledger import clock
from ledger.log import streams as layout
from ledger.log.codec import TOPIC_OF, Entry, Envelope, EventSigner, Row
from ledger.log.database import LoginBook, Store, Transaction
from ledger.log.logins import Logins
from ledger.log.reader import BatchNote, Reader
from ledger.log.shared_history import SharedHistory
from ledger.refusals.commands import ClockBehind
from ledger.refusals.store import NewerRules
from ledger.store.open import create_store, open_store

_Read = TypeVar("_Read")
New = tuple[str, Event]
"""A stream, and an event to append to it."""
_IN_COMMON = (layout.TERMS, layout.CALENDARS, layout.SHARED_INCIDENTS, layout.CONTROLS, layout.ACTORS)
"""The prefixes of the streams that all accounts have in common: of a `SharedHistory`, of the controls, of keys."""
_OF_COMMON = ("versions", "rules", "common", "controls", "signing")
"""What a `Writer` remembers of those streams."""
_FOLLOWED_BY_NO_OTHER = (LedgerCreated, ActorKeyRetired)
"""`init` itself begins the rules; and behind the retirement of a key, nothing can be signed with it."""


class Writer(Reader):
    """A transaction that holds the write lock, so that what it read is still true when it appends.

    `actors_are_claimed` where the store knows no logins, so that whoever may write can claim to be anybody. The
    `signer`, if any, signs every event.
    """

    signer: EventSigner | None = None

    def __init__(
        self,
        transaction: Transaction,
        *,
        actors_are_claimed: bool,
        book: LoginBook,
        signer: EventSigner | None = None,
    ) -> None:
        super().__init__(transaction, book=book)
        self.actors_are_claimed = actors_are_claimed
        self.signer = signer
        self._transaction = transaction
        self._ends: dict[str, int] = {}
        self._latest: int | None = None
        self._known: dict[str, Any] = {}

    def _once(self, what: str, read: Callable[[], _Read]) -> _Read:
        """What is read the first time that it is asked for, and remembered until `_forget`."""
        if what not in self._known:
            self._known[what] = read()
        found: _Read = self._known[what]
        return found

    def stream(self, stream: str) -> list[Row]:
        """A stream's events, in order."""
        rows = super().stream(stream)
        self._ends[stream] = rows[-1].version if rows else 0
        return rows

    def version(self, stream: str) -> int:
        """The version of a stream's last event; 0 where there is none. It is read only once, under the lock."""
        if stream not in self._ends:
            self._ends[stream] = super().version(stream)
        return self._ends[stream]

    def position(self) -> int:
        """The log's last position, 0 for an empty log; read once in a transaction."""
        return self._once("position", super().position)

    def versions(self) -> tuple[Version, ...]:
        """The terms that are recorded, earliest first; read once in a transaction."""
        return self._once("versions", super().versions)

    def rules(self) -> Case:
        """The terms and calendars that are recorded; not to be changed."""
        return self._once("rules", super().rules)

    def controls(self) -> Controls:
        """The controls that hold; read once in a transaction."""
        return self._once("controls", super().controls)

    def signing(self) -> Signing:
        """The keys and stewards; read once in a transaction."""
        return self._once("signing", super().signing)

    def ledger_id(self) -> str | None:
        """The ledger's id; read once in a transaction."""
        return self._once("ledger_id", super().ledger_id)

    def recording_rules(self) -> int:
        """The number of the rules by which this log is recorded; read once in a transaction."""
        return self._once("recording_rules", super().recording_rules)

    def logins(self) -> Logins:
        """Who is connected, and which names are one person's; read once in a transaction."""
        return self._once("logins", super().logins)

    def common(self) -> SharedHistory:
        """The rules and shared incidents; not to be changed."""
        return self._once("common", self._read_common)

    def _forget(self, *what: str) -> None:
        for name in what or tuple(self._known):
            self._known.pop(name, None)

    def append(
        self,
        events: Sequence[New],
        recorded_at: int,
        actor: str,
        reason: str | None = None,
        key: str | None = None,
        source: SourceMark | None = None,
    ) -> list[int]:
        """Append events to their streams, all or none, signed where there is a signer; return their positions.

        The first ones of a newer release are followed by the event that begins its rules, unless they create the ledger
        or the server holds who may record that. Raises Refusal `clock_behind`, and as `check_signer` does; Unreadable
        `newer_ledger`.
        """
        if not events:
            return []
        positions = self._append(events, self._in_order(recorded_at), actor, reason, key, source)
        if self.actors_are_claimed and not any(isinstance(event, _FOLLOWED_BY_NO_OTHER) for _, event in events):
            self.upgrade(recorded_at, actor)
        return positions

    def upgrade(self, recorded_at: int, actor: str) -> list[int]:
        """Begin this release's rules where the log has older ones; return the position of the event, if any."""
        if self.recording_rules() == RULES:
            return []
        begun = LedgerUpgraded(rules=RULES, version=clock.release())
        return self._append([(layout.LEDGER, begun)], recorded_at, actor)

    def _in_order(self, recorded_at: int) -> int:
        """When an event is recorded: not before the last one, where this clock is behind by five minutes at most."""
        rules = self.recording_rules()
        if rules > RULES:
            raise NewerRules(rules=rules, known=RULES)
        if rules < WITH_CLOCK:
            return recorded_at
        latest = super().recorded_at() if self._latest is None else self._latest
        if recorded_at < latest - CLOCK_TOLERANCE_US:
            raise ClockBehind(now=recorded_at, last=latest)
        return max(recorded_at, latest)

    def _append(
        self,
        events: Sequence[New],
        recorded_at: int,
        actor: str,
        reason: str | None = None,
        key: str | None = None,
        source: SourceMark | None = None,
    ) -> list[int]:
        self._check_signer(actor)
        ends: dict[str, int] = {}
        entries = []
        for stream, event in events:
            ends[stream] = ends.get(stream, self.version(stream)) + 1
            envelope = Envelope(recorded_at=recorded_at, actor=actor, data=event, reason=reason, key=key, source=source)
            topic = TOPIC_OF[type(event)]
            if self.signer is not None:
                envelope = self.signer.signed(self.ledger_id() or "", stream, ends[stream], topic, envelope)
            entries.append(Entry(stream, ends[stream], topic, envelope))
        if any(stream.startswith(_IN_COMMON) for stream in ends):
            self._forget(*_OF_COMMON)
        if layout.LEDGER in ends:
            self._forget("ledger_id", "recording_rules")
        positions = self._transaction.append(entries)
        self._ends |= ends
        self._known["position"], self._latest = positions[-1], recorded_at
        return positions

    def by(self, actor: str) -> Signer:
        """An actor, with the key that signs what they record here."""
        return Signer(actor, None if self.signer is None else self.signer.public_key)

    def _check_signer(self, actor: str) -> None:
        if self.signer is not None or self.controls().signed:
            check_signer(self.signing(), self.by(actor))

    def insert(self, rows: Iterable[Row]) -> None:
        """Insert rows of another store unchanged, at their own positions, which must follow the last one."""
        self._ends.clear()
        self._latest = None
        self._forget()
        self._transaction.insert(rows)

    def note_progress(self, replaced: str | None, note: BatchNote) -> None:
        """Replace a batch file's progress note by a new one, in the same transaction as its events.

        Notes of completed files are dropped: they count only until something else is recorded.
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
        self.signer: Callable[[], EventSigner] | None = None
        """Gives what signs the events of a transaction; None where they are recorded unsigned."""

    @classmethod
    def open(cls, url: str, *, read_only: bool = False, lock_seconds: int | None = None) -> Ledger:
        """Open the ledger at a URL; with `read_only` the database itself refuses writes.

        Raises Unreadable `bad_ledger_url`, `no_ledger`, `not_a_ledger`, `newer_ledger`, and on PostgreSQL
        `server_unreachable`, `login_refused`.
        """
        return cls(open_store(url, read_only=read_only, lock_seconds=lock_seconds))

    @classmethod
    def create(cls, url: str, *, lock_seconds: int | None = None) -> Ledger:
        """Open the ledger at a URL; create its tables where there are none. Raises as `open` does, and `no_folder`."""
        return cls(create_store(url, lock_seconds=lock_seconds))

    @property
    def writable(self) -> bool:
        return self.store.writable

    def close(self) -> None:
        """Close the store."""
        self.store.close()

    def __enter__(self) -> Ledger:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextmanager
    def reading(self, upto: int | None = None) -> Iterator[Reader]:
        """A consistent snapshot of the log, up to a position where one is given."""
        with self.store.translating_errors(), self.store.reading() as session:
            yield Reader(session, upto, self.store)

    @contextmanager
    def writing(self, *, commit: bool = True) -> Iterator[Writer]:
        """A transaction under the write lock. It commits on leaving; an exception or `commit=False` rolls it back.

        Raises Conflict `locked` where another writer holds the lock for too long, Unreadable `read_only`, and as the
        signer does.
        """
        self.store.check_writable()
        signer = None if self.signer is None else self.signer()
        with self.store.translating_errors():
            try:
                with self.store.writing() as transaction:
                    claimed = self.store.login is None
                    yield Writer(transaction, actors_are_claimed=claimed, book=self.store, signer=signer)
                    if not commit:
                        raise _Dropped
            except _Dropped:
                pass


class _Dropped(Exception):
    """Raised to leave a transaction's block and roll it back."""
