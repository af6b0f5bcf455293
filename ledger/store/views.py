"""Where projections are kept: a store beside the log, caught up when it is read, and worth nothing by itself.

Each account's rows are replaced as a whole by what its case projects; the position reached stands in the same
transaction, under the ledger's id. Rows that cannot be trusted (another ledger's, another format's, ahead of the
log) are dropped and made again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from typing import TypeVar

import msgspec

from domain.case import Case
from domain.refusals import Damaged, Unreadable
from ledger.application import Ledger
from ledger.store import layout
from ledger.store.embedded import TEMPORARY, SqliteKept
from ledger.store.reader import Reader
from ledger.store.session import Kept, KeptError, Table, transaction
from projections.claims import ClaimRow, claim_rows
from projections.months import MonthRow, has_open_incident, month_rows
from projections.vouchers import VoucherRow, voucher_rows

FORMAT = 2
"""Raised whenever a projection changes: what an older version kept is made again."""
_ROWS: dict[str, type[msgspec.Struct]] = {"months": MonthRow, "claims": ClaimRow, "vouchers": VoucherRow}
_KEYS = {"months": ("account", "month"), "claims": ("account", "month"), "vouchers": ("voucher",)}
_INDEXES = {"months": ("month",), "claims": ("month",), "vouchers": ("account",)}
Progress = Callable[[int, int], None]
_Row = TypeVar("_Row", bound=msgspec.Struct)


def _table(name: str) -> Table:
    """A projection's table: a column for each of its row's fields."""
    fields = msgspec.structs.fields(_ROWS[name])
    columns = {field.name: "text" if field.type in (str, str | None) else "int" for field in fields}
    return msgspec.convert({"columns": columns, "key": _KEYS[name], "indexes": _INDEXES[name]}, Table)


TABLES = {name: _table(name) for name in _ROWS} | {
    "open_accounts": Table(columns={"account": "text"}, key=("account",)),
    "tracking": Table(columns={"application_name": "text", "notification_id": "int"}, key=("application_name",)),
}
"""Each projection, the accounts with an open incident, and the position up to which a ledger's events are in them."""
_BY_ACCOUNT = (*_ROWS, "open_accounts")


class Views:
    """The projections of a ledger, up to date as of when they are opened."""

    def __init__(self, kept: Kept) -> None:
        self._kept = kept

    @classmethod
    @contextmanager
    def of(
        cls, ledger: Ledger, *, upto: int | None = None, on_progress: Progress = lambda done, total: None
    ) -> Iterator[Views]:
        """The ledger's projections, caught up; kept beside it where that may be written, else made for this once.

        With `upto` they are those of the log up to a position, made for this once.
        """
        with ledger.store.explained("views"):
            views = cls.caught_up(ledger, on_progress) if upto is None else cls.folded(ledger, upto, on_progress)
            try:
                yield views
            finally:
                views.close()

    @classmethod
    def caught_up(cls, ledger: Ledger, on_progress: Progress, *, clear: bool = False) -> Views:
        """The views up to date, all made again with `clear`; what is kept and cannot be used is dropped."""
        if not ledger.store.may_keep("views"):
            return cls.folded(ledger, None, on_progress)
        try:
            return cls._opened(ledger, ledger.store.kept("views"), on_progress, clear=clear)
        except KeptError as error:
            if error.forbids_writing:
                return cls.folded(ledger, None, on_progress)
            if error.is_passing:
                raise
        except Damaged:
            pass
        return cls._opened(ledger, ledger.store.kept("views", anew=True), on_progress)

    @classmethod
    def folded(cls, ledger: Ledger, upto: int | None, on_progress: Progress) -> Views:
        """The views as they were when a position had been recorded, for this once; what is kept stays as it is."""
        return cls._opened(ledger, SqliteKept(TEMPORARY), on_progress, upto)

    @classmethod
    def _opened(
        cls, ledger: Ledger, kept: Kept, on_progress: Progress, upto: int | None = None, *, clear: bool = False
    ) -> Views:
        views = cls(kept)
        with ExitStack() as undo:
            undo.callback(views.close)
            views._make_tables()
            views.catch_up(ledger, on_progress, upto, clear=clear)
            undo.pop_all()
        return views

    def _make_tables(self) -> None:
        """The tables, where they are missing or of another format."""
        if self._kept.format() != FORMAT:
            with transaction(self._kept, writing=True):
                if self._kept.format() != FORMAT:  # else another reader made them in the same moment
                    self._kept.make(TABLES, FORMAT)

    def close(self) -> None:
        """Let go of the store."""
        self._kept.close()

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
        return [account for (account,) in self._kept.query("SELECT account FROM open_accounts ORDER BY account")]

    def _select(self, kind: type[_Row], table: str, **where: str | None) -> list[_Row]:
        given = {name: value for name, value in where.items() if value is not None}
        conditions = " AND ".join(f"{name} = ?" for name in given)
        order = ", ".join(_KEYS[table])
        statement = (
            f"SELECT {', '.join(kind.__struct_fields__)} FROM {table} {'WHERE ' + conditions if given else ''} "
            f"ORDER BY {order}"
        )
        return [
            kind(**dict(zip(kind.__struct_fields__, row, strict=True)))
            for row in self._kept.query(statement, *given.values())
        ]

    def catch_up(self, ledger: Ledger, on_progress: Progress, upto: int | None = None, *, clear: bool = False) -> None:
        """Project what was recorded since the position reached, up to a position where one is given."""
        with ledger.reading(upto) as log:
            name, position = log.ledger_id() or "", log.position()
            if not clear and self._reached(name) == position:
                return
            with transaction(self._kept, writing=True):
                reached = self._reached(name)
                if clear or reached > position or not reached:
                    self._clear()
                    reached = 0
                accounts = _changed_accounts(log, reached)
                for done, account in enumerate(accounts, start=1):
                    self._replace(account, log.case(account))
                    on_progress(done, len(accounts))
                if reached < position:
                    self._advance(name, position)

    def _reached(self, ledger: str) -> int:
        """The position up to which this ledger's events are projected."""
        rows = self._kept.query("SELECT notification_id FROM tracking WHERE application_name = ?", ledger)
        return rows[0][0] if rows else 0

    def _advance(self, ledger: str, position: int) -> None:
        """Note the position reached, in the running transaction."""
        self._kept.query("DELETE FROM tracking")
        self._kept.query("INSERT INTO tracking VALUES (?, ?)", ledger, position)

    def _clear(self) -> None:
        """Forget every row and position."""
        for table in TABLES:
            self._kept.query(f"DELETE FROM {table}")

    def _replace(self, account: str, case: Case) -> None:
        """An account's rows as its case projects them."""
        for table in _BY_ACCOUNT:
            self._kept.query(f"DELETE FROM {table} WHERE account = ?", account)
        if has_open_incident(case):
            self._kept.query("INSERT INTO open_accounts VALUES (?)", account)
        else:
            self._insert("months", month_rows(case, account, 0))
        self._insert("claims", claim_rows(case))
        self._insert("vouchers", voucher_rows(case))

    def _insert(self, table: str, rows: Iterable[msgspec.Struct]) -> None:
        marks = ",".join("?" * len(TABLES[table].columns))
        self._kept.execute_many(f"INSERT INTO {table} VALUES ({marks})", map(msgspec.structs.astuple, rows))


def rebuild(ledger: Ledger, *, on_progress: Progress = lambda done, total: None) -> int:
    """Drop the projections and make them again from the events; gives the number of accounts.

    Raises Refusal `read_only` where the projections may not be written.
    """
    if not ledger.store.may_keep("views"):
        ledger.store.check_writable()
        raise Unreadable("read_only", f"the projections of {ledger.store.name} may not be written here")
    with ledger.store.explained("views"):
        Views.caught_up(ledger, on_progress, clear=True).close()
    with ledger.reading() as log:
        return len(log.accounts())


def _changed_accounts(log: Reader, reached: int) -> list[str]:
    """The accounts that events after a position concern: all of them where the event is shared."""
    owners: set[str] = set()
    for row in log.since(reached):
        if row.stream.startswith((layout.SHARED_INCIDENTS, "~/terms/")):
            return log.accounts()
        owners.add(layout.owner(row.stream))
    return sorted(owners - {layout.SHARED})
