"""The read models: a disposable side store of projections, brought up to date on every read.

Each account's rows are replaced as a whole by the projection of its case. The position reached is stored in the same
transaction, under the ledger's id. Rows that cannot be trusted (of another ledger or format, or ahead of the log) are
dropped and made again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from itertools import zip_longest
from typing import Any, NamedTuple, TypeVar

import msgspec

from domain.refusals import Damaged
from domain.text import said
from ledger.application import Ledger
from ledger.log import leaves
from ledger.log.database import SideStore, SideStoreError, opened_or_made_anew, transaction
from ledger.log.reader import Reader
from ledger.parallel.work import ALONE, Workers, over_accounts
from ledger.queries.projected import (
    BY_ACCOUNT,
    FORMAT,
    PART_OF,
    TABLES,
    Progress,
    Projected,
    all_projected,
    owners_since,
    projected,
)
from ledger.queries.sealed_tables import SealBroken, SealedTables, Values
from ledger.refusals.store import ReadOnlyProjections
from ledger.store.sqlite.side_store import SqliteSideStore
from ledger.store.sqlite.store import TEMPORARY
from projections.claims import ClaimRow
from projections.months import MonthRow
from projections.vouchers import VoucherRow

_Row = TypeVar("_Row", bound=msgspec.Struct)
_CHANGED = said("the projections were damaged or changed, and are made again from the events")


class ReadModels:
    """The projections of a ledger, up to date as of when they are opened."""

    def __init__(self, kept: SideStore, ledger: Ledger, upto: int | None = None) -> None:
        self._kept = kept
        self._ledger = ledger
        self._upto = upto
        self._tables = SealedTables(kept, BY_ACCOUNT, PART_OF)

    @classmethod
    @contextmanager
    def of(
        cls, ledger: Ledger, *, upto: int | None = None, on_progress: Progress = lambda done, total: None
    ) -> Iterator[ReadModels]:
        """The ledger's projections, caught up in the side store where it may be written, else in a temporary one.

        With `upto` they are those of the log up to a position, in a temporary store.
        """
        with ledger.store.translating_errors("views"):
            views = cls.caught_up(ledger, on_progress) if upto is None else cls.folded(ledger, upto, on_progress)
            try:
                yield views
            finally:
                views.close()

    @classmethod
    def caught_up(
        cls, ledger: Ledger, on_progress: Progress, *, clear: bool = False, workers: Workers = ALONE
    ) -> ReadModels:
        """Bring the read models up to date; make all again with `clear`. An unusable side store is dropped."""
        if not ledger.store.can_write_side_store("views"):
            return cls.continued(ledger, on_progress)

        def opened(kept: SideStore) -> ReadModels:
            return cls._opened(ledger, kept, on_progress, clear=clear, workers=workers)

        try:
            views, broken = opened_or_made_anew(ledger.store, "views", opened)
        except SideStoreError as error:
            if error.forbids_writing:
                return cls.folded(ledger, None, on_progress)
            raise
        except Damaged:
            return cls._opened(ledger, ledger.store.kept("views", anew=True), on_progress, workers=workers)
        if broken is not None:
            ledger.store.notes.append(_CHANGED)
        return views

    @classmethod
    def folded(cls, ledger: Ledger, upto: int | None, on_progress: Progress) -> ReadModels:
        """The read models as of a position, in a temporary store; the side store stays as it is."""
        return cls._opened(ledger, SqliteSideStore(TEMPORARY), on_progress, upto)

    @classmethod
    def continued(cls, ledger: Ledger, on_progress: Progress) -> ReadModels:
        """The read models in a temporary store, begun with the owner's rows where only the owner can write them."""
        if not ledger.store.trusts_side_store():
            return cls.folded(ledger, None, on_progress)
        temporary = SqliteSideStore(TEMPORARY)
        with ExitStack() as undo:
            undo.callback(temporary.close)
            with suppress(SideStoreError):
                _copy_rows(ledger, temporary)
            undo.pop_all()
        return cls._opened(ledger, temporary, on_progress)

    @classmethod
    def _opened(
        cls,
        ledger: Ledger,
        kept: SideStore,
        on_progress: Progress,
        upto: int | None = None,
        *,
        clear: bool = False,
        workers: Workers = ALONE,
    ) -> ReadModels:
        views = cls(kept, ledger, upto)
        with ExitStack() as undo:
            undo.callback(views.close)
            try:
                views._catch_up(on_progress, clear=clear, workers=workers)
            except SealBroken:
                views._make_anew(on_progress)
            undo.pop_all()
        return views

    def _is_made(self) -> bool:
        """Whether the tables exist in this version's format."""
        return self._kept.format() == FORMAT

    def close(self) -> None:
        """Close the store."""
        self._kept.close()

    def months(self, month: str | None = None) -> list[MonthRow]:
        """The measured months that had an outage, of accounts without an open incident."""
        return list(_as(MonthRow, self._read("months", month)))

    def claims(self, month: str | None = None) -> list[ClaimRow]:
        """The claims, in order of month and account."""
        return sorted(_as(ClaimRow, self._read("claims", month)), key=lambda row: (row.month, row.account))

    def vouchers(self, account: str | None = None) -> list[VoucherRow]:
        """The vouchers with their balances, in order of id."""
        return list(_as(VoucherRow, self._read("vouchers", account)))

    def open_accounts(self) -> list[str]:
        """The accounts with an open incident, whose months depend on the time of asking."""
        return [account for (account,) in self._read("open_accounts", None)]

    def same_as(self, other: ReadModels) -> bool:
        """Whether both have the same rows, as they are stored; memory does not grow with their number."""
        with transaction(self._kept), transaction(other._kept):
            return all(
                mine == theirs
                for table in BY_ACCOUNT
                for mine, theirs in zip_longest(self._in_order(table), other._in_order(table))
            )

    def _in_order(self, name: str) -> Iterator[tuple[Any, ...]]:
        table = BY_ACCOUNT[name]
        return self._kept.rows(f"SELECT {', '.join(table.columns)} FROM {name} ORDER BY {', '.join(table.key)}")

    @contextmanager
    def reading(self) -> Iterator[None]:
        """A snapshot, in which `each_claim` and `each_voucher` are called: both are checked before a row is given."""
        if not self.is_whole():
            self._make_anew()
        with transaction(self._kept):
            yield

    def is_whole(self) -> bool:
        """Whether every row is as it was stored, and none is missing; memory does not grow with their number."""
        try:
            with transaction(self._kept):
                for name in BY_ACCOUNT:
                    self._tables.check(name)
        except SealBroken:
            return False
        return True

    def position(self) -> int:
        """The position up to which the log is projected."""
        return max((position for (position,) in self._kept.query("SELECT notification_id FROM tracking")), default=0)

    def each_claim(self) -> Iterator[ClaimRow]:
        """Every claim, in order of month and account, read lazily."""
        return _as(ClaimRow, self._tables.each("claims", "month, account"))

    def each_voucher(self) -> Iterator[VoucherRow]:
        """Every voucher, in order of id, read lazily."""
        return _as(VoucherRow, self._tables.each("vouchers", "voucher"))

    def _read(self, table: str, part: str | None) -> list[Values]:
        """The rows of a table, or of a part of it; where somebody changed them, they are made anew before."""
        try:
            with transaction(self._kept):
                return self._tables.read(table, part)
        except SealBroken:
            self._make_anew()
        with transaction(self._kept):
            return self._tables.read(table, part)

    def _make_anew(self, on_progress: Progress = lambda done, total: None) -> None:
        """Project all events again, and say why."""
        self._ledger.store.notes.append(_CHANGED)
        self._catch_up(on_progress, clear=True)

    def _catch_up(self, on_progress: Progress, *, clear: bool = False, workers: Workers = ALONE) -> None:
        """Project the events since the position reached. Raises SealBroken where an account's rows were changed."""
        ledger = self._ledger
        with ledger.reading(self._upto) as log:
            name, position = log.ledger_id() or "", log.position()
            if not clear and self._is_made() and self._reached(name) == position and self._is_of(log, position):
                return
            with transaction(self._kept, writing=True):  # tables are created and filled in one transaction
                if not self._is_made():
                    self._kept.make(TABLES, FORMAT)
                reached = self._reached(name)
                if not clear and self.position() and not (reached <= position and self._is_of(log, reached)):
                    ledger.store.notes.append(said("the projections were of another log, and are made again"))
                    clear = True
                owners = owners_since(log, reached) if reached and not clear else None
                if owners is None:
                    self._clear()
                    reached = 0
                for account in self._changed(log, owners, workers, on_progress):
                    if reached:
                        self._tables.forget(account.account)
                    self._add(account)
                self._tables.finish()
                if reached < position:
                    self._advance(name, position, _leaf_sha256(log, position))

    def _reached(self, ledger: str) -> int:
        """The position up to which a ledger's events are projected."""
        rows = self._kept.query("SELECT notification_id FROM tracking WHERE application_name = ?", ledger)
        return rows[0][0] if rows else 0

    def _is_of(self, log: Reader, position: int) -> bool:
        """Whether what is projected ends with the event that a log has at a position."""
        return self._kept.query("SELECT leaf_sha256 FROM tracking") == [(_leaf_sha256(log, position),)]

    def _advance(self, ledger: str, position: int, leaf_sha256: str) -> None:
        """Store the position reached and the hash of its event, in the running transaction."""
        self._kept.query("DELETE FROM tracking")
        self._kept.query("INSERT INTO tracking VALUES (?, ?, ?)", ledger, position, leaf_sha256)

    def _clear(self) -> None:
        """Delete every row and the position."""
        self._tables.clear()
        self._kept.query("DELETE FROM tracking")

    def _changed(
        self, log: Reader, owners: list[str] | None, workers: Workers, on_progress: Progress
    ) -> Iterator[Projected]:
        """The projections of accounts, or of all of them."""
        if owners is not None:
            for done, account in enumerate(owners, start=1):
                yield projected(account, log.case(account))
                on_progress(done, len(owners))
        else:
            for part in over_accounts(self._ledger, log, all_projected, workers, on_progress):
                yield from part

    def _add(self, account: Projected) -> None:
        """Insert an account's rows."""
        if account.is_open:
            self._tables.add("open_accounts", [(account.account,)])
        self._tables.add("months", map(msgspec.structs.astuple, account.months))
        self._tables.add("claims", map(msgspec.structs.astuple, account.claims))
        self._tables.add("vouchers", map(msgspec.structs.astuple, account.vouchers))


def _as(kind: type[_Row], rows: Iterable[Values]) -> Iterator[_Row]:
    """Rows as values of their kind."""
    return (kind(**dict(zip(kind.__struct_fields__, row, strict=True))) for row in rows)


def _copy_rows(ledger: Ledger, to: SideStore) -> None:
    """Copy the stored projections into an empty side store, all or none. Raises SideStoreError."""
    with closing(ledger.store.kept("views", read_only=True)) as kept, transaction(kept):
        if kept.format() != FORMAT:
            return
        with transaction(to, writing=True):
            to.make(TABLES, FORMAT)
            for name, table in TABLES.items():
                marks = ",".join("?" * len(table.columns))
                rows = kept.rows(f"SELECT {', '.join(table.columns)} FROM {name}")
                to.execute_many(f"INSERT INTO {name} VALUES ({marks})", rows)


def _leaf_sha256(log: Reader, position: int) -> str:
    """The leaf hash of the event at a position; an empty string where there is none."""
    row = log.row_at(position)
    return "" if row is None else leaves.leaf_hash(row).hex()


def rebuild(ledger: Ledger, workers: Workers = ALONE, *, on_progress: Progress = lambda done, total: None) -> int:
    """Drop the projections and make them again from the events; returns the number of accounts.

    Raises Refusal `read_only` where the projections may not be written.
    """
    if not ledger.store.can_write_side_store("views"):
        ledger.store.check_writable()
        raise ReadOnlyProjections(name=ledger.store.name)
    with ledger.store.translating_errors("views"):
        ReadModels.caught_up(ledger, on_progress, clear=True, workers=workers).close()
    with ledger.reading() as log:
        return log.count_accounts()


class Kept(NamedTuple):
    """How far the stored projections are, whether they are of this log, and whether their rows are as stored."""

    reached: int
    is_of_log: bool
    is_whole: bool


def as_kept(ledger: Ledger) -> Kept | None:
    """What the stored projections are, without catching up; None where there are none.

    Raises SideStoreError where they cannot be read.
    """
    try:
        kept = ledger.store.kept("views", read_only=True)
    except SideStoreError as error:
        if error.is_passing or error.forbids_writing:
            return None
        raise
    views = ReadModels(kept, ledger)
    try:
        if not views._is_made() or not views.position():
            return None
        with ledger.reading() as log:
            reached = views._reached(log.ledger_id() or "")
            return Kept(views.position(), bool(reached) and views._is_of(log, reached), views.is_whole())
    finally:
        views.close()
