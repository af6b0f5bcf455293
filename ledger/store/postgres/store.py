"""The store on a PostgreSQL server: the log in one schema, and its side stores in a second one.

A writer takes the log's lock when it begins, so commands are carried out one after the other, as on SQLite.
Readers see a snapshot and wait for no lock. If the connection breaks while a transaction commits, the next connection
takes the lock and looks in the log whether the events are there.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from functools import cached_property
from pathlib import Path
from typing import Any

import psycopg
from eventsourcing.persistence import StoredEvent
from psycopg import Connection, conninfo, errors
from psycopg.sql import SQL, Composed, Identifier

from domain.refusals import Refusal
from domain.text import said, words_of
from ledger.log import streams
from ledger.log.codec import Entry, EventMapper, Row
from ledger.log.database import KINDS, Guard, Kind, Session, SideStore, SideStoreError, Transaction
from ledger.log.logins import Logins
from ledger.refusals.server import (
    NoLedgerOnServer,
    NoSchema,
    OpenedReadOnly,
    ReadOnlyReplica,
    TableOfSomethingElse,
    UnreadableLedgerUrl,
)
from ledger.refusals.store import NewerLedger
from ledger.store.postgres.checkpoints import PostgresCheckpoints
from ledger.store.postgres.errors import Unreachable, kept_error, lost, not_allowed, refusal, unknown
from ledger.store.postgres.inspection import Inspected, inspect
from ledger.store.postgres.logins import logins_of, recorded_through
from ledger.store.postgres.recorder import LOCKS, BorrowedDatastore, PostgresRecorder, table_statements
from ledger.store.postgres.session import PostgresSession, advisory, locked
from ledger.store.postgres.side_store import PostgresKept

CONNECT_SECONDS = 10
_FORMATS = "CREATE TABLE IF NOT EXISTS {} (kind TEXT PRIMARY KEY, format BIGINT NOT NULL)"
_PROGRESS = (
    "CREATE TABLE IF NOT EXISTS {} (lines_sha256 TEXT PRIMARY KEY, lines BIGINT NOT NULL, refused TEXT NOT NULL, "
    "position BIGINT NOT NULL, state TEXT NOT NULL)"
)
_INSERT = (
    "INSERT INTO stored_events (position, originator_id, originator_version, topic, state) OVERRIDING SYSTEM VALUE "
    "SELECT * FROM unnest(%b::bigint[], %b::text[], %b::bigint[], %b::text[], %b::bytea[]) "
    "AS taken (position, id, version, topic, state) ORDER BY position"
)
_SET_SEQUENCE = "SELECT setval(pg_get_serial_sequence('stored_events', 'position'), %s)"


class _PostgresTransaction(PostgresSession):
    """A writing session; `last` is the last event that it appended, with its position."""

    def __init__(self, connection: Connection[Any], recorder: PostgresRecorder) -> None:
        super().__init__(connection)
        self._recorder = recorder
        self.last: tuple[int, StoredEvent] | None = None

    def append(self, entries: Sequence[Entry]) -> list[int]:
        """Append events to the log and return their positions."""
        stored = [_MAPPER.to_stored_event(entry) for entry in entries]
        positions = list(self._recorder.insert_events(stored, cursor=self.connection.cursor(binary=True)) or ())
        if stored:
            self.last = positions[-1], stored[-1]
        return positions

    def insert(self, rows: Iterable[Row]) -> None:
        """Insert rows at their own positions; the next event's position follows them."""
        taken = list(rows)
        if taken:
            cursor = self.connection.cursor()
            cursor.execute(_INSERT, [list(column) for column in zip(*taken, strict=True)])
            cursor.execute(_SET_SEQUENCE, (taken[-1].position,))
            last = taken[-1]
            self.last = last.position, StoredEvent(last.stream, last.version, last.topic, last.state)


_MAPPER = EventMapper()


class ServerStore:
    """A ledger in a schema of a PostgreSQL database. `notes` are warnings printed after the answer."""

    is_shared = True
    path: Path | None = None

    def __init__(self, url: str, *, read_only: bool = False, lock_seconds: int | None = None) -> None:
        self.url = url
        self.name = _shown(url)
        self.notes: list[str] = []
        self._read_only = read_only
        self._lock_seconds = streams.LOCK_SECONDS if lock_seconds is None else lock_seconds
        self._idle: list[Connection[Any]] = []
        with self.translating_errors():
            self._found = self._look()

    @classmethod
    def open(cls, url: str, *, read_only: bool = False, lock_seconds: int | None = None) -> ServerStore:
        """Open the ledger at a URL.

        Raises Unreadable `bad_ledger_url`, `server_unreachable`, `login_refused`, `no_ledger`, `not_a_ledger`,
        `newer_ledger`.
        """
        store = cls(url, read_only=read_only, lock_seconds=lock_seconds)
        try:
            store._check_is_ledger()
        except Refusal:
            store.close()
            raise
        return store

    @classmethod
    def create(cls, url: str, *, lock_seconds: int | None = None) -> ServerStore:
        """Open the ledger at a URL; create missing tables. Raises as `open` does, and `read_only`."""
        store = cls(url, lock_seconds=lock_seconds)
        try:
            if store._found.oid is not None:
                store._check_is_ledger()
            if not store._found.has_all:
                store._make()
            store._check_is_ledger()
        except Refusal:
            store.close()
            raise
        return store

    def _look(self) -> Inspected:
        connection = self._take()
        found = inspect(connection)
        self._idle.append(connection)
        return found

    def _check_is_ledger(self) -> None:
        found = self._found
        if found.oid is None:
            where = (
                said("in schema {schema!r}", schema=found.schema)
                if found.schema
                else said("in any schema of its search path")
            )
            raise NoLedgerOnServer(name=self.name, where=where)
        ours, _, version = (found.comment or "").partition(" ")
        if ours != "slaledger" or not version.isdecimal():
            raise TableOfSomethingElse(name=self.name)
        if int(version) > streams.SCHEMA_VERSION:
            raise NewerLedger(name=self.name, schema=version, schema_version=streams.SCHEMA_VERSION)

    def _make(self) -> None:
        """Create the tables of the log and its side stores in one transaction; concurrent calls take turns."""
        self.check_writable()
        schema = self._found.schema
        if schema is None:
            raise NoSchema(name=self.name)
        with self.translating_errors(), self._transaction("READ COMMITTED", advisory(LOCKS)) as connection:
            for statement in make_statements(schema):
                connection.execute(statement)
        with self.translating_errors():
            self.close()
            self._found = self._look()

    @property
    def login(self) -> str | None:
        return None if self._found.guard is None else self._found.login

    @property
    def guard(self) -> Guard | None:
        return self._found.guard_state()

    def logins(self, session: Session) -> Logins:
        """The logins with their names, and those that may approve; none where the server holds nothing."""
        return Logins() if self.login is None else logins_of(session, self.login, keeps=self._found.has_logins)

    def recorded_through(self, session: Session, positions: Sequence[int]) -> dict[int, str]:
        """The login that recorded an event under another name, by position."""
        return recorded_through(session, positions) if self._found.has_logins else {}

    @property
    def has_queue(self) -> bool:
        return True

    @property
    def writable(self) -> bool:
        found = self._found
        unheld = found.oid is not None and not found.may_insert
        return not (self._read_only or unheld or found.is_replica or found.is_read_only)

    def check_writable(self) -> None:
        """Check that the log may be written. Raises Unreadable `read_only` with the reason, such as a role."""
        if self.writable:
            return
        if self._found.is_replica:
            raise ReadOnlyReplica(name=self.name)
        if self._found.is_read_only or self._read_only:
            raise OpenedReadOnly(name=self.name)
        raise not_allowed(self.name, self._found.role)

    def close(self) -> None:
        """Close every idle connection."""
        while self._idle:
            self._idle.pop().close()

    def _take(self) -> Connection[Any]:
        """An idle connection, or a new one whose search path has both schemas.

        Raises psycopg.Error.
        """
        while self._idle:
            connection = self._idle.pop()
            if not connection.closed:
                return connection
        given = conninfo.conninfo_to_dict(self.url)
        own: dict[str, str | int | None] = {
            "connect_timeout": CONNECT_SECONDS,
            "application_name": "slaledger",
            "client_encoding": "utf8",
            **given,
        }
        try:
            connection = psycopg.connect(conninfo.make_conninfo("", **own), autocommit=True)
        except psycopg.OperationalError as error:
            raise Unreachable(str(error)) from error
        try:
            connection.execute(
                "SELECT set_config('search_path', format('%%I, %%I', current_schema(), current_schema() || '_views'), "
                "false), set_config('lock_timeout', %s, false) WHERE current_schema() IS NOT NULL",
                (f"{self._lock_seconds}s" if self._lock_seconds else "1ms",),
            )
        except psycopg.Error:
            connection.close()
            raise
        return connection

    @contextmanager
    def _transaction(self, kind: str, lock: str | None) -> Iterator[Connection[Any]]:
        """A connection in a transaction. It commits on leaving; an exception rolls it back."""
        with ExitStack() as stack:
            connection = self._take()
            stack.callback(self._give_back, connection)
            begin = f"BEGIN ISOLATION LEVEL {kind}"
            connection.execute(begin if lock is None else locked(begin, lock))
            yield connection
            if connection.execute("COMMIT").statusmessage != "COMMIT":
                raise errors.InFailedSqlTransaction("the transaction had failed before it ended")

    def _give_back(self, connection: Connection[Any]) -> None:
        """Return a connection to the idle ones; an unfinished transaction is rolled back."""
        with suppress(psycopg.Error):
            connection.rollback()
        if connection.closed:
            connection.close()
        else:
            self._idle.append(connection)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A snapshot of the log."""
        with self._transaction("REPEATABLE READ READ ONLY", None) as connection:
            yield PostgresSession(connection)

    @contextmanager
    def writing(self) -> Iterator[Transaction]:
        """A transaction that holds the log's lock from the start.

        Raises Conflict `connection_lost` where the connection broke and nothing was recorded.
        """
        transaction: _PostgresTransaction | None = None
        ending = False
        try:
            with self._transaction("READ COMMITTED", self._lock) as connection:
                transaction = _PostgresTransaction(connection, self._recorder)
                yield transaction
                ending = True
        except psycopg.OperationalError as error:
            if not ending or transaction is None or transaction.last is None or not transaction.connection.closed:
                raise
            if not self._is_recorded(*transaction.last, error):
                raise lost(self.name, error) from error
            self.notes.append(
                said("the connection to {name} was lost while it answered; all of it was recorded", name=self.name)
            )

    @property
    def _lock(self) -> str:
        return self._found.lock_statement()

    @cached_property
    def _recorder(self) -> PostgresRecorder:
        return PostgresRecorder(BorrowedDatastore(self._found.schema or ""))

    def _is_recorded(self, position: int, event: StoredEvent, error: psycopg.Error) -> bool:
        """Whether a transaction that ended unobserved was committed: once its lock is free, it has ended either way.

        Raises Conflict `outcome_unknown` where the server stays unreachable.
        """
        until = time.monotonic_ns() + max(self._lock_seconds, CONNECT_SECONDS) * 1_000_000_000
        while True:
            try:
                with self._transaction("READ COMMITTED", self._lock) as connection:
                    rows = PostgresSession(connection).query(
                        "SELECT originator_id, originator_version, topic, state FROM stored_events WHERE position = ?",
                        position,
                    )
                return rows == [(event.originator_id, event.originator_version, event.topic, event.state)]
            except psycopg.OperationalError:
                if time.monotonic_ns() > until:
                    raise unknown(self.name, position, error) from error
                time.sleep(0.2)

    @contextmanager
    def translating_errors(self, kind: Kind | None = None) -> Iterator[None]:
        """Turn the server's errors into refusals that say what to do."""
        try:
            yield
        except SideStoreError as error:
            if kind is None or not isinstance(error.cause, psycopg.Error):
                raise
            raise refusal(self.name, self._role, error.cause) from error
        except psycopg.Error as error:
            raise refusal(self.name, self._role, error) from error

    @property
    def _role(self) -> str:
        found: Inspected | None = getattr(self, "_found", None)
        return found.role if found else said("the role")

    def can_write_side_store(self, kind: Kind) -> bool:
        """Whether the role may write the schema of the side stores."""
        return self.writable and bool(self._found.may_keep)

    def trusts_side_store(self) -> bool:
        """Whether only the log's owner can write the side stores. Who may only read goes on from nothing."""
        return self.writable and bool(self._found.kept_by_owner)

    @contextmanager
    def checkpoints(self, *, writing: bool = False) -> Iterator[PostgresCheckpoints]:
        """The table of kept checkpoints; who writes makes it, and locks out other writers."""
        kind = "READ COMMITTED" if writing else "REPEATABLE READ READ ONLY"
        with self.translating_errors(), self._transaction(kind, None) as connection:
            yield PostgresCheckpoints(connection, f"{self._found.schema}_views", writing=writing)

    def drop_kept(self) -> None:
        """Delete the formats of the side stores, so that their tables are created again."""
        if self.can_write_side_store("views"):
            with self._transaction("READ COMMITTED", None) as connection:
                connection.execute("DELETE FROM formats")

    def kept(self, kind: Kind, *, anew: bool = False, read_only: bool = False) -> SideStore:
        """Open a side store on a separate connection."""
        try:
            return PostgresKept(self._take(), f"{self._found.schema}_views", kind, anew=anew)
        except psycopg.Error as error:
            raise kept_error(error) from error


def make_statements(schema: str) -> list[Composed]:
    """The statements that create a ledger's tables in a schema, and the side stores' schema and tables."""
    beside = f"{schema}_views"
    return [
        *table_statements(schema),
        SQL("CREATE SCHEMA IF NOT EXISTS {}").format(Identifier(beside)),
        SQL(_FORMATS).format(Identifier(beside, "formats")),
        SQL(_PROGRESS).format(Identifier(beside, "batch_progress")),
        *(SQL("CREATE TABLE IF NOT EXISTS {} ()").format(Identifier(beside, f"{kind}_writer")) for kind in KINDS),
    ]


def _shown(url: str) -> str:
    """A URL without its password. Raises Unreadable `bad_ledger_url`."""
    try:
        given = conninfo.conninfo_to_dict(url)
    except psycopg.ProgrammingError as error:
        raise UnreadableLedgerUrl(error=words_of(error)) from None
    user = f"{given['user']}@" if given.get("user") else ""
    port = f":{given['port']}" if given.get("port") else ""
    return f"postgresql://{user}{given.get('host') or ''}{port}/{given.get('dbname') or ''}"
