"""Where projections are kept: a store beside the log, caught up when it is read, and worth nothing by itself.

Each account's rows are replaced as a whole by what its case projects; the position reached stands in the same
transaction, under the ledger's id. Rows that cannot be trusted (another ledger's, another format's, ahead of the
log) are dropped and made again.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TypeVar

import msgspec
from eventsourcing.persistence import DatabaseError, IntegrityError, PersistenceError, Tracking
from eventsourcing.sqlite import SQLiteCursor
from eventsourcing.utils import Environment

from domain.case import Case
from domain.refusals import Damaged
from ledger.application import Ledger, explained
from ledger.store import layout, location
from ledger.store.reader import Reader
from ledger.store.sqlite import Factory, TrackingRecorder
from projections.claims import ClaimRow, claim_rows
from projections.months import MonthRow, has_open_incident, month_rows
from projections.vouchers import VoucherRow, voucher_rows

FORMAT = 1
"""Raised whenever a projection changes: what an older version kept is made again."""
MEMORY = ":memory:"
_TABLES: dict[str, tuple[type[msgspec.Struct], str]] = {
    "months": (MonthRow, "account, month"),
    "claims": (ClaimRow, "account, month"),
    "vouchers": (VoucherRow, "voucher"),
}
Progress = Callable[[int, int], None]
_Row = TypeVar("_Row", bound=msgspec.Struct)


class ViewsRecorder(TrackingRecorder):
    """Projections' rows and the position that they have reached."""

    def construct_create_table_statements(self) -> list[str]:
        """The library's tracking table and one table a projection, its columns the row's fields."""
        tables = [
            f"CREATE TABLE IF NOT EXISTS {name} "
            f"({', '.join(kind.__struct_fields__)}, PRIMARY KEY ({key})) WITHOUT ROWID"
            for name, (kind, key) in _TABLES.items()
        ]
        return [
            *super().construct_create_table_statements(),
            *tables,
            "CREATE TABLE IF NOT EXISTS open_accounts (account PRIMARY KEY) WITHOUT ROWID",
            "CREATE INDEX IF NOT EXISTS months_by_month ON months (month)",
            "CREATE INDEX IF NOT EXISTS claims_by_month ON claims (month)",
            "CREATE INDEX IF NOT EXISTS vouchers_by_account ON vouchers (account)",
            f"PRAGMA user_version = {FORMAT}",
        ]

    def _create_table(self, c: SQLiteCursor) -> None:
        c.execute("PRAGMA user_version")
        if c.fetchone()[0] not in (0, FORMAT):
            for table in (*_TABLES, "open_accounts"):
                c.execute(f"DROP TABLE IF EXISTS {table}")
            c.execute("DELETE FROM tracking WHERE application_name <> ?", (self.table_migration_identifier,))
        super()._create_table(c)

    def reached(self, cursor: SQLiteCursor, ledger: str) -> int:
        """The position up to which this ledger's events are projected."""
        return self._max_tracking_id(ledger, cursor) or 0

    def advance(self, cursor: SQLiteCursor, ledger: str, position: int) -> None:
        """Note the position reached, in the running transaction."""
        self._insert_tracking(cursor, Tracking(ledger, position))

    def clear(self, cursor: SQLiteCursor) -> None:
        """Forget every row and position."""
        for table in (*_TABLES, "open_accounts"):
            cursor.execute(f"DELETE FROM {table}")
        cursor.execute("DELETE FROM tracking WHERE application_name <> ?", (self.table_migration_identifier,))

    def forget(self, cursor: SQLiteCursor, account: str) -> None:
        """Drop an account's rows."""
        for table in (*_TABLES, "open_accounts"):
            cursor.execute(f"DELETE FROM {table} WHERE account = ?", (account,))

    def add(self, cursor: SQLiteCursor, account: str, case: Case) -> None:
        """An account's rows as its case projects them, where it has none."""
        if has_open_incident(case):
            cursor.execute("INSERT INTO open_accounts VALUES (?)", (account,))
        else:
            _insert(cursor, "months", month_rows(case, account, 0))
        _insert(cursor, "claims", claim_rows(case))
        _insert(cursor, "vouchers", voucher_rows(case))


def _insert(cursor: SQLiteCursor, table: str, rows: Iterable[msgspec.Struct]) -> None:
    marks = ",".join("?" * len(_TABLES[table][0].__struct_fields__))
    cursor.executemany(f"INSERT INTO {table} VALUES ({marks})", map(msgspec.structs.astuple, rows))


class Views:
    """The projections of a ledger, up to date as of when they are opened."""

    def __init__(self, recorder: ViewsRecorder) -> None:
        self._recorder = recorder

    @classmethod
    @contextmanager
    def of(
        cls, ledger: Ledger, *, upto: int | None = None, on_progress: Progress = lambda done, total: None
    ) -> Iterator[Views]:
        """The ledger's projections, caught up; kept beside it where that may be written, else made in memory.

        With `upto` they are those of the log up to a position, made in memory.
        """
        with explained(location.views_path(ledger.path)):
            views = cls.caught_up(ledger, on_progress) if upto is None else cls.folded(ledger, upto, on_progress)
            try:
                yield views
            finally:
                views.close()

    @classmethod
    def caught_up(cls, ledger: Ledger, on_progress: Progress, *, clear: bool = False, anew: bool = False) -> Views:
        """The views up to date, all made again with `clear`; where what is kept cannot be read, its file is dropped."""
        views = cls(_recorder(_database(ledger, anew=anew)))
        try:
            if clear:
                views.clear()
            views.catch_up(ledger, on_progress)
        except (sqlite3.DatabaseError, DatabaseError, Damaged):
            views.close()
            if anew:
                raise
            return cls.caught_up(ledger, on_progress, anew=True)
        return views

    @classmethod
    def folded(cls, ledger: Ledger, upto: int, on_progress: Progress) -> Views:
        """The views as they were when a position had been recorded, in memory; what is kept stays as it is."""
        views = cls(_recorder(MEMORY))
        views.catch_up(ledger, on_progress, upto)
        return views

    def clear(self) -> None:
        """Forget every row."""
        with self._recorder.datastore.transaction(commit=True) as cursor:
            self._recorder.clear(cursor)

    def close(self) -> None:
        """Let go of the file."""
        self._recorder.datastore.close()

    def months(self, month: str | None = None) -> list[MonthRow]:
        """The measured months that had an outage, of accounts without an open incident."""
        return self._select(MonthRow, "months", month=month)

    def claims(self, month: str | None = None) -> list[ClaimRow]:
        """The claims, in order of month and account."""
        return sorted(self._select(ClaimRow, "claims", month=month), key=lambda row: (row.month, row.account))

    def vouchers(self, account: str | None = None) -> list[VoucherRow]:
        """The vouchers with their balances, in order of id."""
        return self._select(VoucherRow, "vouchers", account=account)

    def open_accounts(self) -> list[str]:
        """The accounts whose months depend on when one looks."""
        with self._recorder.datastore.transaction(commit=False) as cursor:
            cursor.execute("SELECT account FROM open_accounts ORDER BY account")
            return [row[0] for row in cursor.fetchall()]

    def _select(self, kind: type[_Row], table: str, **where: str | None) -> list[_Row]:
        given = {name: value for name, value in where.items() if value is not None}
        conditions = " AND ".join(f"{name} = ?" for name in given)
        statement = f"SELECT * FROM {table} {'WHERE ' + conditions if given else ''} ORDER BY {_TABLES[table][1]}"
        with self._recorder.datastore.transaction(commit=False) as cursor:
            cursor.execute(statement, list(given.values()))
            return [kind(**dict(zip(kind.__struct_fields__, row, strict=True))) for row in cursor.fetchall()]

    def catch_up(self, ledger: Ledger, on_progress: Progress, upto: int | None = None) -> None:
        """Project what was recorded since the position reached, up to a position where one is given."""
        with ledger.reading(upto) as log:
            name, position = log.ledger_id() or "", log.position()
            with self._recorder.datastore.transaction(commit=False) as cursor:
                if self._recorder.reached(cursor, name) == position:
                    return
            with self._recorder.datastore.transaction(commit=True) as cursor:
                reached = self._recorder.reached(cursor, name)
                if reached > position or not reached:
                    self._recorder.clear(cursor)
                    reached = 0
                for done, (account, case) in enumerate(_changed(log, reached), start=1):
                    if reached:
                        self._recorder.forget(cursor, account)
                    self._recorder.add(cursor, account, case)
                    on_progress(done, 0)
                if reached < position:
                    self._recorder.advance(cursor, name, position)


def rebuild(ledger: Ledger, *, on_progress: Progress = lambda done, total: None) -> int:
    """Drop the projections and make them again from the events; gives the number of accounts.

    Raises Refusal `read_only` where the projections may not be written.
    """
    with explained(location.views_path(ledger.path)):
        Views.caught_up(ledger, on_progress, clear=True).close()
    with ledger.reading() as log:
        return len(log.accounts())


def _changed(log: Reader, reached: int) -> Iterator[tuple[str, Case]]:
    """The accounts that events after a position concern, each with its case: all of them where the event is shared."""
    owners = _owners_since(log, reached) if reached else None
    if owners is not None:
        yield from ((account, log.case(account)) for account in owners)
        return
    position = log.position()
    for life in log.lives(*layout.ACCOUNTS):
        case = life.case(position)
        if case.account is not None:
            yield life.account, case


def _owners_since(log: Reader, reached: int) -> list[str] | None:
    """The accounts that own the events after a position; None where an event is shared."""
    owners: set[str] = set()
    for row in log.since(reached):
        if row.stream.startswith((layout.SHARED_INCIDENTS, "~/terms/")):
            return None
        owners.add(layout.owner(row.stream))
    return sorted(owners - {layout.SHARED})


def _database(ledger: Ledger, *, anew: bool) -> str:
    """The SQLite name of the views: a file beside the ledger, or memory where that may not be written.

    A file that is no database is dropped, and `anew` drops any.
    """
    path = location.views_path(ledger.path)
    writable = location.is_writable(path) if path.exists() else location.is_writable(path.absolute().parent)
    if not (ledger.writable and writable):
        return MEMORY
    if anew or not _is_database(path):
        for file in (path, path.with_name(path.name + "-wal"), path.with_name(path.name + "-shm")):
            file.unlink(missing_ok=True)
    return location.sqlite_uri(path, writable=True, create=True)


def _is_database(path: Path) -> bool:
    try:
        with closing(sqlite3.connect(path)) as raw:
            raw.execute("SELECT COUNT(*) FROM sqlite_master")
    except sqlite3.DatabaseError as error:
        return "locked" in str(error)
    return True


def _recorder(database: str) -> ViewsRecorder:
    """The recorder on its tables, made where they are missing or of another format."""
    if database == MEMORY:
        return _constructed(database, create=True)
    with closing(sqlite3.connect(database, uri=True)) as raw:
        found = raw.execute("PRAGMA user_version").fetchone()[0]
    try:
        return _constructed(database, create=found != FORMAT)
    except IntegrityError:  # another reader made the tables in the same moment
        return _constructed(database, create=False)


def _constructed(database: str, *, create: bool) -> ViewsRecorder:
    env = {"SQLITE_DBNAME": database, "ORIGINATOR_ID_TYPE": "text", "CREATE_TABLE": "yes" if create else "no"}
    recorder = Factory(Environment(env=env)).tracking_recorder(ViewsRecorder)
    if not isinstance(recorder, ViewsRecorder):
        raise PersistenceError(f"not our recorder: {type(recorder).__name__}")
    return recorder
