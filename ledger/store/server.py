"""The store on a PostgreSQL server: the log in a schema, and what is kept of it in another schema beside it.

A writer takes the log's advisory lock when it begins, so commands are carried out one after the other, as on SQLite;
readers see a snapshot and wait for nobody. Should the connection break while a transaction commits, the log itself
tells, under the lock of the next connection, whether its events are there.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import lru_cache
from itertools import count
from typing import Any, NamedTuple

import psycopg
from eventsourcing.persistence import StoredEvent
from psycopg import Connection, conninfo, errors
from psycopg.sql import SQL, Composed, Identifier

from domain.refusals import Conflict, Damaged, Refusal, Unreadable
from ledger.store import layout
from ledger.store.codec import Entry, EventMapper
from ledger.store.postgres import LOCKS, Elsewhere, Recorder, table_statements
from ledger.store.session import Kept, KeptError, Kind, Session, Table, Transaction

CONNECT_SECONDS = 10
_PAGE = 5000
_KEPT: dict[Kind, int] = {"views": 1, "tree": 2}
"""What the locks of the kept stores differ by from the log's."""
_KINDS = {"text": 'TEXT COLLATE "C"', "int": "BIGINT", "bytes": "BYTEA"}
_FORMATS = "CREATE TABLE IF NOT EXISTS {} (kind TEXT PRIMARY KEY, format BIGINT NOT NULL)"
_PROGRESS = (
    "CREATE TABLE IF NOT EXISTS {} (lines_sha256 TEXT PRIMARY KEY, lines BIGINT NOT NULL, refused TEXT NOT NULL, "
    "position BIGINT NOT NULL, state TEXT NOT NULL)"
)
_LOOK = """
SELECT current_schema() AS schema,
       obj_description(to_regclass(format('%I.stored_events', current_schema())), 'pg_class') AS comment,
       to_regclass(format('%I.stored_events', current_schema()))::oid::bigint AS oid,
       has_table_privilege(to_regclass(format('%I.stored_events', current_schema())), 'INSERT') AS may_insert,
       has_table_privilege(to_regclass(format('%I.formats', current_schema() || '_views')), 'INSERT') AS may_keep,
       pg_is_in_recovery() AS is_replica,
       current_setting('default_transaction_read_only') = 'on' AS is_read_only,
       current_user AS role
"""
_FORBIDDING = (errors.InsufficientPrivilege, errors.ReadOnlySqlTransaction)
_PASSING = (psycopg.OperationalError, errors.LockNotAvailable, errors.QueryCanceled, errors.DiskFull, *_FORBIDDING)


class _Found(NamedTuple):
    """What a server says of the ledger that a connection sees."""

    schema: str | None
    comment: str | None
    oid: int | None
    may_insert: bool | None
    may_keep: bool | None
    is_replica: bool
    is_read_only: bool
    role: str


@lru_cache(maxsize=512)
def _translated(statement: str) -> str:
    """A statement with psycopg's marks in place of `?`."""
    return statement.replace("%", "%%").replace("?", "%s")


class PostgresSession:
    """A session over one connection."""

    _names = count()

    def __init__(self, connection: Connection[Any]) -> None:
        self.connection = connection

    def query(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """The rows that a statement gives; none where it gives none."""
        cursor = self.connection.cursor(binary=True)
        cursor.execute(_translated(statement), values)
        return cursor.fetchall() if cursor.description else []

    def rows(self, statement: str, *values: object) -> Iterator[tuple[Any, ...]]:
        """The rows of a long answer, a page at a time from the server."""
        with self.connection.cursor(f"rows_{next(self._names)}", binary=True) as cursor:
            cursor.execute(_translated(statement), values)
            while page := cursor.fetchmany(_PAGE):
                yield from page


class _PostgresTransaction(PostgresSession):
    """`last` is the last event that it appended, with its position."""

    def __init__(self, connection: Connection[Any], recorder: Recorder) -> None:
        super().__init__(connection)
        self._recorder = recorder
        self.last: tuple[int, StoredEvent] | None = None

    def append(self, entries: Sequence[Entry]) -> list[int]:
        """Record events at the end of the log, and give their positions."""
        stored = [_MAPPER.to_stored_event(entry) for entry in entries]
        positions = list(self._recorder.insert_events(stored, cursor=self.connection.cursor(binary=True)) or ())
        if stored:
            self.last = positions[-1], stored[-1]
        return positions


_MAPPER = EventMapper()


class ServerStore:
    """A ledger in a schema of a PostgreSQL database. `notes` are words for the person beside the answer."""

    def __init__(self, url: str, *, read_only: bool = False, lock_seconds: int | None = None) -> None:
        self._url = url
        self.name = _shown(url)
        self.notes: list[str] = []
        self._read_only = read_only
        self._lock_seconds = layout.LOCK_SECONDS if lock_seconds is None else lock_seconds
        self._idle: list[Connection[Any]] = []
        with self.explained():
            self._found = self._look()

    @classmethod
    def open(cls, url: str, *, read_only: bool = False, lock_seconds: int | None = None) -> ServerStore:
        """The ledger at a URL.

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
        """The ledger at a URL, its tables made where they are missing. Raises as `open` does, and `read_only`."""
        store = cls(url, lock_seconds=lock_seconds)
        try:
            if store._found.oid is None:
                store._make()
            store._check_is_ledger()
        except Refusal:
            store.close()
            raise
        return store

    def _look(self) -> _Found:
        connection = self._take()
        row = connection.execute(_LOOK).fetchone()
        self._idle.append(connection)
        return _Found(*(row or ()))

    def _check_is_ledger(self) -> None:
        found = self._found
        if found.oid is None:
            where = f"in schema {found.schema!r}" if found.schema else "in any schema of its search path"
            raise Unreadable(
                "no_ledger", f"there is no ledger at {self.name}, {where}", hint="`slaledger init` makes one"
            )
        ours, _, version = (found.comment or "").partition(" ")
        if ours != "slaledger" or not version.isdecimal():
            raise Unreadable(
                "not_a_ledger", f"{self.name} has a table stored_events, but it is no ledger", hint="check --ledger"
            )
        if int(version) > layout.SCHEMA_VERSION:
            raise Unreadable(
                "newer_ledger",
                f"{self.name} was written by a newer version (its schema is {version}, this one knows "
                f"{layout.SCHEMA_VERSION})",
                hint="upgrade slaledger",
            )

    def _make(self) -> None:
        """The tables of log and projections, in one transaction; several at once take turns."""
        self.check_writable()
        schema = self._found.schema
        if schema is None:
            raise Unreadable("no_schema", f"{self.name}: the search path names no schema", hint="create it first")
        with self.explained(), self._transaction("READ COMMITTED", LOCKS) as connection:
            for statement in make_statements(schema):
                connection.execute(statement)
        with self.explained():
            self.close()
            self._found = self._look()

    @property
    def writable(self) -> bool:
        found = self._found
        unheld = found.oid is not None and not found.may_insert
        return not (self._read_only or unheld or found.is_replica or found.is_read_only)

    def check_writable(self) -> None:
        """Raises Unreadable `read_only` with the reason: a replica, a role that may only read."""
        if self.writable:
            return
        if self._found.is_replica:
            raise Unreadable("read_only", f"{self.name} is a replica: it may only be read", hint="write to the primary")
        if self._found.is_read_only or self._read_only:
            raise Unreadable("read_only", f"{self.name} is opened for reading only", hint="use another connection")
        raise _not_allowed(self.name, self._found.role)

    def close(self) -> None:
        """Let go of every connection."""
        while self._idle:
            self._idle.pop().close()

    def _take(self) -> Connection[Any]:
        """A connection that nobody uses, or a new one; text sorts by its columns' own rule, and both schemas are seen.

        Raises psycopg.Error.
        """
        while self._idle:
            connection = self._idle.pop()
            if not connection.closed:
                return connection
        given = conninfo.conninfo_to_dict(self._url)
        own: dict[str, Any] = {
            "connect_timeout": CONNECT_SECONDS,
            "application_name": "slaledger",
            "client_encoding": "utf8",
        } | given
        try:
            connection = psycopg.connect(conninfo.make_conninfo("", **own), autocommit=True)
        except psycopg.OperationalError as error:
            raise _Unreachable(str(error)) from error
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
    def _transaction(self, kind: str, lock: int | None) -> Iterator[Connection[Any]]:
        """A connection in a transaction that ends in COMMIT, or in ROLLBACK where an exception leaves it."""
        connection = self._take()
        try:
            begin = f"BEGIN ISOLATION LEVEL {kind}"
            connection.execute(begin if lock is None else _locked(begin, lock))
            yield connection
            if connection.execute("COMMIT").statusmessage != "COMMIT":
                raise errors.InFailedSqlTransaction("the transaction had failed before it ended")
        except BaseException:
            with suppress(psycopg.Error):
                connection.rollback()
            raise
        finally:
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
        """A transaction that holds the log's lock from its beginning.

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
                raise _lost(self.name, error) from error
            self.notes.append(f"the connection to {self.name} was lost while it answered; all of it was recorded")

    @property
    def _lock(self) -> int:
        return LOCKS + (self._found.oid or 0)

    @property
    def _recorder(self) -> Recorder:
        return Recorder(Elsewhere(self._found.schema or ""))

    def _is_recorded(self, position: int, event: StoredEvent, error: psycopg.Error) -> bool:
        """Whether a transaction whose end nobody saw was committed: under its lock it has ended one way or the other.

        Raises Conflict `outcome_unknown` where the server does not come back.
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
                    raise _unknown(self.name, position, error) from error
                time.sleep(0.2)

    @contextmanager
    def explained(self, kind: Kind | None = None) -> Iterator[None]:
        """The server's errors as refusals that say what to do."""
        try:
            yield
        except KeptError as error:
            if kind is None or not isinstance(error.cause, psycopg.Error):
                raise
            raise _refusal(self.name, self._role, error.cause) from error
        except psycopg.Error as error:
            raise _refusal(self.name, self._role, error) from error

    @property
    def _role(self) -> str:
        found: _Found | None = getattr(self, "_found", None)
        return found.role if found else "the role"

    def may_keep(self, kind: Kind) -> bool:
        """Whether the role may write the schema beside the log."""
        return self.writable and bool(self._found.may_keep)

    def kept(self, kind: Kind, *, anew: bool = False, read_only: bool = False) -> Kept:
        """The tables of a kind in the schema beside the log, on a connection of their own."""
        try:
            return PostgresKept(self._take(), f"{self._found.schema}_views", kind, anew=anew)
        except psycopg.Error as error:
            raise _kept_error(error) from error


class PostgresKept(PostgresSession):
    """What is kept beside a log, in the schema beside it."""

    def __init__(self, connection: Connection[Any], schema: str, kind: Kind, *, anew: bool) -> None:
        super().__init__(connection)
        self._kind = kind
        self._schema = Identifier(schema).as_string()
        self.query(f"SET search_path = {self._schema}")  # a table of the same name beside the log is not ours
        self._lock = LOCKS + (_KEPT[kind] << 32) + self.query("SELECT 'formats'::regclass::oid::bigint")[0][0]
        if anew:
            self.query("DELETE FROM formats WHERE kind = ?", kind)

    def query(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """The rows that a statement gives."""
        try:
            return super().query(statement, *values)
        except psycopg.Error as error:
            raise _kept_error(error) from error

    def rows(self, statement: str, *values: object) -> Iterator[tuple[Any, ...]]:
        """The rows of a long answer, a page at a time."""
        try:
            yield from super().rows(statement, *values)
        except psycopg.Error as error:
            raise _kept_error(error) from error

    def execute_many(self, statement: str, rows: Iterable[Sequence[object]]) -> None:
        """Carry a statement out for each row of values."""
        try:
            self.connection.cursor().executemany(_translated(statement), list(rows))
        except psycopg.Error as error:
            raise _kept_error(error) from error

    def begin(self, *, writing: bool = False) -> None:
        """Begin a snapshot, or take the lock of this kind."""
        try:
            if writing:
                self.connection.execute(_locked("BEGIN ISOLATION LEVEL READ COMMITTED", self._lock))
            else:
                self.connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        except psycopg.Error as error:
            raise _kept_error(error) from error

    def commit(self) -> None:
        """Keep what was written."""
        self.query("COMMIT")

    def rollback(self) -> None:
        """Drop what was written."""
        with suppress(psycopg.Error):
            self.connection.rollback()

    def format(self) -> int:
        """The format of what is kept; 0 where nothing is."""
        rows = self.query("SELECT format FROM formats WHERE kind = ?", self._kind)
        return rows[0][0] if rows else 0

    def make(self, tables: dict[str, Table], format_: int) -> None:
        """Empty tables of a format."""
        for name, table in tables.items():
            self.query(f"DROP TABLE IF EXISTS {self._schema}.{name}")
            columns = ", ".join(f"{column} {_KINDS[kind]}" for column, kind in table.columns.items())
            self.query(f"CREATE TABLE {self._schema}.{name} ({columns}, PRIMARY KEY ({', '.join(table.key)}))")
            for column in table.indexes:
                self.query(f"CREATE INDEX {name}_by_{column} ON {self._schema}.{name} ({column})")
        self.query("DELETE FROM formats WHERE kind = ?", self._kind)
        self.query("INSERT INTO formats VALUES (?, ?)", self._kind, format_)

    def close(self) -> None:
        """Let go of the connection."""
        self.connection.close()


def make_statements(schema: str) -> list[Composed]:
    """The statements that make a ledger's tables in a schema, and in the one beside it what is kept."""
    beside = f"{schema}_views"
    return [
        *table_statements(schema),
        SQL("CREATE SCHEMA IF NOT EXISTS {}").format(Identifier(beside)),
        SQL(_FORMATS).format(Identifier(beside, "formats")),
        SQL(_PROGRESS).format(Identifier(beside, "batch_progress")),
    ]


def _locked(begin: str, lock: int) -> str:
    """Begin a transaction that holds an advisory lock and is on disk when it ends, whatever the server's default."""
    durable = (
        "CASE WHEN current_setting('synchronous_commit') = 'off' THEN set_config('synchronous_commit', 'on', true) END"
    )
    return f"{begin}; SELECT pg_advisory_xact_lock({lock}), {durable}"


def _shown(url: str) -> str:
    """A URL without its password. Raises Unreadable `bad_ledger_url`."""
    try:
        given = conninfo.conninfo_to_dict(url)
    except psycopg.ProgrammingError as error:
        raise Unreadable(
            "bad_ledger_url", f"the ledger's URL cannot be read: {error}", hint="postgresql://USER@HOST/DATABASE"
        ) from None
    user = f"{given['user']}@" if given.get("user") else ""
    port = f":{given['port']}" if given.get("port") else ""
    return f"postgresql://{user}{given.get('host') or ''}{port}/{given.get('dbname') or ''}"


def _kept_error(error: psycopg.Error) -> KeptError:
    return KeptError(error, is_passing=isinstance(error, _PASSING), forbids_writing=isinstance(error, _FORBIDDING))


def _not_allowed(name: str, role: str) -> Refusal:
    return Unreadable(
        "read_only",
        f"role {role} may not record in {name}",
        hint="log in as a role that may: `slaledger postgres roles` tells them apart",
    )


def _lost(name: str, error: psycopg.Error) -> Refusal:
    return Conflict(
        "connection_lost",
        f"the connection to {name} was lost ({_said(error)}); nothing was recorded",
        hint="run it again",
    )


def _unknown(name: str, position: int, error: psycopg.Error) -> Refusal:
    return Conflict(
        "outcome_unknown",
        f"the connection to {name} was lost while the transaction ended ({_said(error)}), and the server does not "
        f"come back: whether position {position} was recorded is not known",
        hint="run it again when the server answers: what was recorded is not recorded twice",
    )


def _unreachable(name: str, error: psycopg.Error) -> Refusal:
    said = _said(error)
    if "does not exist" in said and "database" in said:
        return Unreadable("no_database", f"{name}: {said}", hint="`createdb`, then `slaledger init`")
    if any(word in said for word in ("authentication failed", "no password", "pg_hba.conf", "role ")):
        return Unreadable("login_refused", f"{name} refuses the login: {said}", hint="check user and password")
    return Unreadable("server_unreachable", f"{name} cannot be reached: {said}", hint="is the server up?")


def _said(error: psycopg.Error) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[0].removesuffix(".") if lines else type(error).__name__


def _refusal(name: str, role: str, error: psycopg.Error) -> Refusal:
    match error:
        case _Unreachable():
            return _unreachable(name, error)
        case errors.UniqueViolation() | errors.SerializationFailure() | errors.DeadlockDetected():
            return Conflict("conflict", f"somebody else changed {name} meanwhile", hint="try again")
        case errors.LockNotAvailable():
            return Conflict("locked", f"{name} is locked by another writer", hint="try again when it is done")
        case errors.InsufficientPrivilege():
            return Unreadable("not_allowed", f"role {role} may not do this in {name}: {_said(error)}", hint=_ROLES)
        case errors.ReadOnlySqlTransaction():
            return Unreadable("read_only", f"{name} may only be read: {_said(error)}", hint="write to the primary")
        case errors.UndefinedTable() | errors.UndefinedColumn() | errors.InvalidSchemaName():
            hint = "`slaledger init` makes what is missing"
            return Unreadable("no_ledger", f"{name} lacks a part of the ledger's schema: {_said(error)}", hint=hint)
        case errors.DiskFull():
            hint = "nothing was recorded; look at the server's disk"
            return Unreadable("store_unusable", f"{name}: {_said(error)}", hint=hint)
        case psycopg.OperationalError() | psycopg.InterfaceError():
            return _lost(name, error)
        case _:
            hint = "restore a copy; `slaledger audit verify` says more"
            return Damaged("store_damaged", f"{name}: {_said(error)}", hint=hint)


_ROLES = "`slaledger postgres roles` prints what each role may do"


class _Unreachable(psycopg.OperationalError):
    """No connection could be made."""
