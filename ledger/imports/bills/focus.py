"""Fees from a FOCUS billing file (FinOps Open Cost and Usage Specification 1.0 to 1.2, CSV).

A bill here is an account's rows of one billing period, which must be a month. What counts is BilledCost, the basis of
the invoice; EffectiveCost spreads what was bought ahead and is not what was billed. Usage counts; whether purchases,
taxes, credits, adjustments and corrections of earlier periods belong to the fee is for a person to say. FOCUS has no
column for what vouchers paid: a provider's own column is named. The texts NULL, null and \\N are nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256

import msgspec

from domain.text import counted, said
from ledger.imports.bills.charges import ZERO, BillSums, Charge, Currencies
from ledger.imports.bills.focus_cells import (
    CORRECTION,
    PURCHASE,
    USAGE,
    amount_of,
    cell_of,
    kind_of,
    month_of,
    required_cell,
)
from ledger.imports.bills.statements import BillKey, BillReading, BillStatement
from ledger.imports.csv_rows import CsvRow, decoded, rows
from ledger.imports.source import checked_id, microseconds
from ledger.imports.statements import Faults, LeftOut, SourceFile
from ledger.refusals.imports.focus import (
    RepeatedRow,
    SeveralServices,
    UndecidedCategory,
    UnknownAccountValue,
    UnknownService,
)

SOURCE = "focus"
ACCOUNT_COLUMNS = ("SubAccountId", "BillingAccountId")
COLUMNS = ("BillingPeriodStart", "BillingPeriodEnd", "BilledCost", "BillingCurrency", "ChargeCategory", "ServiceName")
DECIDABLE = (PURCHASE, "Tax", "Credit", "Adjustment", CORRECTION)
"""Categories, and the one class, of rows of which a person says whether they count."""
_HINT = said("give a FOCUS file with these columns, in UTF-8")


class FocusOptions(msgspec.Struct, frozen=True, kw_only=True):
    """What a person said of the file.

    `accounts` maps values of `account_column` to accounts; without any, each value is an account. `services` are those
    whose cost is the service fee; without any, there must be one at most. With `no_calls` no row need bear one of
    `call_services`. `zone` is the clock of times without offset.
    """

    account_column: str
    accounts: Mapping[str, str] = {}
    call_services: frozenset[str] = frozenset()
    services: frozenset[str] = frozenset()
    voucher_column: str | None = None
    zone: str | None = None
    take: frozenset[str] = frozenset()
    leave_out: frozenset[str] = frozenset()
    rounded: bool = False
    repeated_rows: bool = False
    no_calls: bool = False
    currency: str


def read_focus(files: Sequence[SourceFile], *, asked: FocusOptions) -> BillReading:
    """One statement per account and month, in the order in which they first appear.

    Raises Unreadable, or ManyFaults with all that is wrong in the files.
    """
    faults = Faults()
    found = _Charges(asked, ", ".join(file.name for file in files))
    columns = [asked.account_column, *COLUMNS, *([asked.voucher_column] if asked.voucher_column else [])]
    for file in files:
        with faults.gathering():
            for row in rows(decoded(file.lines, file.name), file.name, columns, _HINT, faults.add):
                with faults.gathering():
                    found.take(row)
    statements = found.check(faults)
    faults.check()
    return BillReading(
        source=SOURCE,
        stem=SOURCE,
        statements=tuple(statements),
        left_out=tuple(found.left_out()),
        notes=tuple(found.notes()),
    )


class _Charges:
    """What the rows read so far come to: two sums a month, however many rows there are."""

    def __init__(self, asked: FocusOptions, files: str) -> None:
        self._sums = BillSums(rounded=asked.rounded, tells_vouchers=asked.voucher_column is not None)
        self._currencies = Currencies(asked.currency)
        self._asked = asked
        self._files = files
        self._left_out: dict[str, int] = {}
        self._services: dict[str, None] = {}
        self._accounts: set[str] = set()
        self._seen: set[bytes] = set()
        self._months: dict[tuple[str, str], tuple[str, int]] = {}

    def take(self, row: CsvRow) -> None:
        """Add a row. Raises Unreadable with its place."""
        asked = self._asked
        given = cell_of(row, asked.account_column)
        if asked.accounts and given not in asked.accounts:
            return self._leave_out(said("other accounts"))
        self._accounts.add(given)
        service = cell_of(row, "ServiceName")
        is_call = service in asked.call_services
        if service and asked.services and not is_call and service not in asked.services:
            return self._leave_out(said("other services"))
        if service:
            self._services[service] = None
        kind = kind_of(row)
        if kind in asked.leave_out:
            return self._leave_out(kind)
        if kind != USAGE and kind not in asked.take:
            raise UndecidedCategory(place=row.place, kind=kind)
        required_cell(row, "ServiceName")
        self._check_new(row)
        return self._add(row, checked_id(asked.accounts.get(given, given), row.place), is_call, kind == PURCHASE)

    def check(self, faults: Faults) -> list[BillStatement]:
        """The bills; gathers what is wrong with names, currencies and sums."""
        asked = self._asked
        unknown_calls = () if asked.no_calls and self._sums else sorted(asked.call_services - self._services.keys())
        unknown = [*unknown_calls, *sorted(asked.services - self._services.keys())]
        others = [service for service in self._services if service not in asked.call_services]
        if unborne := sorted(asked.accounts.keys() - self._accounts):
            faults.add(UnknownAccountValue(place=self._files, name=repr(unborne[0])))
        elif unknown:
            faults.add(UnknownService(place=self._files, name=repr(unknown[0])))
        elif not asked.services and len(others) > 1:
            faults.add(SeveralServices(place=self._files, names=", ".join(map(repr, others))))
        self._currencies.check(faults)
        return self._sums.statements(faults)

    def left_out(self) -> Iterator[LeftOut]:
        """What was left out, and how many rows of it."""
        for what, n in self._left_out.items():
            yield LeftOut(what, counted("{n} row", "{n} rows", n))

    def notes(self) -> Iterator[str]:
        """What was left out, and what is worth a look."""
        if not self._sums and not self._left_out:
            yield said("the file has no rows under its header")
        for what, n in self._left_out.items():
            yield counted("{n} row left out: {what}", "{n} rows left out: {what}", n, what=what)
        yield from self._sums.notes(expects_calls=bool(self._asked.call_services) and not self._asked.no_calls)

    def _leave_out(self, what: str) -> None:
        self._left_out[what] = self._left_out.get(what, 0) + 1

    def _check_new(self, row: CsvRow) -> None:
        digest = sha256(msgspec.json.encode(row.cells)).digest()[:16]
        if digest in self._seen and not self._asked.repeated_rows:
            raise RepeatedRow(place=row.place)
        self._seen.add(digest)

    def _add(self, row: CsvRow, account: str, is_call: bool, is_purchase: bool) -> None:
        column = self._asked.voucher_column
        fee = amount_of(row, "BilledCost", required_cell(row, "BilledCost"))
        voucher = amount_of(row, column, cell_of(row, column)) if column else ZERO
        month, end_us = self._month(row)
        self._currencies.take(account, month, cell_of(row, "BillingCurrency"), row.place)
        self._sums.add(
            Charge(
                place=row.place,
                key=BillKey(account, month, 1),
                is_call=is_call,
                fee=fee,
                voucher=voucher,
                billed=(0, end_us),
                is_purchase=is_purchase,
            )
        )

    def _month(self, row: CsvRow) -> tuple[str, int]:
        """The billing period's month and its end; the rows of a file have few periods, so each is read once."""
        texts = row.cells["BillingPeriodStart"], row.cells["BillingPeriodEnd"]
        if texts not in self._months:
            month, end = month_of(row, self._asked.zone)
            self._months[texts] = month, microseconds(end)
        return self._months[texts]
