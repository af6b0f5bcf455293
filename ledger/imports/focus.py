"""Fees from a FOCUS billing file (FinOps Open Cost and Usage Specification 1.0 to 1.2, CSV).

A bill here is an account's rows of one billing period, which must be a month. What counts is BilledCost, the basis of
the invoice; EffectiveCost spreads what was bought ahead and is not what was billed. Usage counts; whether purchases,
taxes, credits, adjustments and corrections of earlier periods belong to the fee is for a person to say. FOCUS has no
column for what vouchers paid: a provider's own column is named. The text NULL is nothing.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from fractions import Fraction
from hashlib import sha256

import msgspec

from domain.text import counted, said
from domain.time import zone_info
from ledger.imports.charges import Charge, ChargedBill, bill_fields, check_currency, next_month
from ledger.imports.csv_rows import CsvRow, decoded, rows
from ledger.imports.outages import source_id
from ledger.imports.source import Reading, Sourced, checked_id
from ledger.refusals.imports.focus import (
    BadAmountInFocus,
    BadTimeInFocus,
    BillingPeriodNotMonth,
    BillTimeWithoutOffset,
    RepeatedRow,
    SeveralServices,
    UndecidedCategory,
    UnknownAccountValue,
    UnknownCategory,
    UnknownClass,
    UnknownService,
)
from ledger.refusals.imports.shared import MissingCell

SOURCE = "focus"
ACCOUNT_COLUMNS = ("SubAccountId", "BillingAccountId")
COLUMNS = ("BillingPeriodStart", "BillingPeriodEnd", "BilledCost", "BillingCurrency", "ChargeCategory", "ServiceName")
USAGE, CORRECTION = "Usage", "Correction"
CATEGORIES = frozenset({USAGE, "Purchase", "Tax", "Credit", "Adjustment"})
DECIDABLE = ("Purchase", "Tax", "Credit", "Adjustment", CORRECTION)
"""Categories, and the one class, of rows of which a person says whether they count."""
_AMOUNT = re.compile(r"[+-]?[0-9]{1,18}(\.[0-9]{1,30})?([eE][+-]?[0-9]{1,2})?")
_TIME = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:[T ]([0-9]{2}:[0-9]{2}:[0-9]{2})(?:\.0{1,9})?(Z|[+-][0-9]{2}:?[0-9]{2})?)?"
)


class FocusOptions(msgspec.Struct, frozen=True, kw_only=True):
    """What a person said of the file.

    `accounts` maps values of `account_column` to accounts; without any, each value is an account. `services` are those
    whose cost is the service fee; without any, there must be one at most. `zone` is the clock of times without offset.
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
    currency: str


class Month(msgspec.Struct, frozen=True):
    """An account's month and the end of its billing period, RFC 3339."""

    account: str
    month: str
    end: str


def read_focus(lines: Iterable[bytes], *, name: str, asked: FocusOptions) -> Reading:
    """One `fees bill` per account and month, in the order in which they first appear. Raises Unreadable."""
    found = _Charges(asked, name)
    columns = [asked.account_column, *COLUMNS, *([asked.voucher_column] if asked.voucher_column else [])]
    hint = said("give a FOCUS file with these columns, in UTF-8")
    for row in rows(decoded(lines, name), name, columns, hint):
        found.take(row)
    found.check()
    commands = []
    for month, charges in found.charges.items():
        bill = ChargedBill(
            bill=source_id(SOURCE, month.account, month.month),
            account=month.account,
            first_month=month.month,
            billed_at=month.end,
            rounded=asked.rounded,
        )
        place = next(iter(charges.values())).place
        commands.append(Sourced(place=place, fields=bill_fields(bill, charges.values())))
    return Reading(commands=tuple(commands), notes=tuple(found.notes()))


class _Charges:
    """What the rows read so far come to: two sums a month, however many rows there are."""

    def __init__(self, asked: FocusOptions, file: str) -> None:
        self.charges: dict[Month, dict[bool, Charge]] = {}
        self._asked = asked
        self._file = file
        self._left_out: dict[str, int] = {}
        self._services: dict[str, None] = {}
        self._accounts: set[str] = set()
        self._seen: set[bytes] = set()

    def take(self, row: CsvRow) -> None:
        """Add a row. Raises Unreadable with its place."""
        asked = self._asked
        given = _cell(row, asked.account_column)
        if asked.accounts and given not in asked.accounts:
            return self._leave_out(said("other accounts"))
        self._accounts.add(given)
        service = _required(row, "ServiceName")
        is_call = service in asked.call_services
        if asked.services and not is_call and service not in asked.services:
            return self._leave_out(said("other services"))
        self._services[service] = None
        kind = _kind(row)
        if kind in asked.leave_out:
            return self._leave_out(kind)
        if kind != USAGE and kind not in asked.take:
            raise UndecidedCategory(place=row.place, kind=kind)
        self._check_new(row)
        return self._add(row, checked_id(asked.accounts.get(given, given), row.place), is_call)

    def check(self) -> None:
        """Raises Unreadable `unknown_account_value`, `unknown_service`, `several_services`."""
        asked = self._asked
        if unborne := sorted(asked.accounts.keys() - self._accounts):
            raise UnknownAccountValue(place=self._file, name=repr(unborne[0]))
        if unborne := sorted((asked.services | asked.call_services) - self._services.keys()):
            raise UnknownService(place=self._file, name=repr(unborne[0]))
        others = [service for service in self._services if service not in asked.call_services]
        if not asked.services and len(others) > 1:
            raise SeveralServices(place=self._file, names=", ".join(map(repr, others)))

    def notes(self) -> Iterator[str]:
        """What was left out."""
        if not self.charges and not self._left_out:
            yield said("the file has no rows under its header")
        for what, n in self._left_out.items():
            yield counted("{n} row left out: {what}", "{n} rows left out: {what}", n, what=what)

    def _leave_out(self, what: str) -> None:
        self._left_out[what] = self._left_out.get(what, 0) + 1

    def _check_new(self, row: CsvRow) -> None:
        digest = sha256(msgspec.json.encode(row.cells)).digest()[:16]
        if digest in self._seen and not self._asked.repeated_rows:
            raise RepeatedRow(place=row.place)
        self._seen.add(digest)

    def _add(self, row: CsvRow, account: str, is_call: bool) -> None:
        column = self._asked.voucher_column
        fee = _amount(row, "BilledCost", _required(row, "BilledCost"))
        voucher = _amount(row, column, _cell(row, column)) if column else Fraction(0)
        month = _month(row, account, self._asked.zone)
        check_currency(row.place, _cell(row, "BillingCurrency"), self._asked.currency)
        charges = self.charges.setdefault(month, {})
        before = charges.get(is_call)
        if before is None:
            charges[is_call] = Charge(place=row.place, is_call=is_call, fee=fee, voucher=voucher)
        else:
            fee, voucher = before.fee + fee, before.voucher + voucher
            charges[is_call] = msgspec.structs.replace(before, fee=fee, voucher=voucher)


def _cell(row: CsvRow, column: str) -> str:
    text = row.cells[column]
    return "" if text == "NULL" else text


def _required(row: CsvRow, column: str) -> str:
    if not (text := _cell(row, column)):
        raise MissingCell(place=row.place, column=column)
    return text


def _kind(row: CsvRow) -> str:
    """The row's category, or that it corrects an earlier period."""
    category, given = _cell(row, "ChargeCategory"), row.cells.get("ChargeClass", "")
    if category not in CATEGORIES:
        raise UnknownCategory(place=row.place, name=repr(category))
    if given not in ("", "NULL", CORRECTION):
        raise UnknownClass(place=row.place, name=repr(given))
    return CORRECTION if given == CORRECTION else category


def _amount(row: CsvRow, column: str, text: str) -> Fraction:
    if not text:
        return Fraction(0)
    if not _AMOUNT.fullmatch(text):
        raise BadAmountInFocus(place=row.place, column=column, text=repr(text))
    return Fraction(text)


def _month(row: CsvRow, account: str, zone: str | None) -> Month:
    """The billing period, which must be one month on its own clock, or on that of `zone`."""
    start, end = _time(row, "BillingPeriodStart", zone), _time(row, "BillingPeriodEnd", zone)
    first = start.replace(day=1, hour=0, minute=0, second=0)
    if start != first or end.replace(tzinfo=None) != next_month(first.replace(tzinfo=None)):
        raise BillingPeriodNotMonth(place=row.place, start=start.isoformat(), end=end.isoformat())
    return Month(account, f"{start:%Y-%m}", end.isoformat())


def _time(row: CsvRow, column: str, zone: str | None) -> datetime:
    """A time of the bill, on the clock of `zone` where one is named. Raises Unreadable `time_without_offset`."""
    text = _required(row, column)
    matched = _TIME.fullmatch(text)
    try:
        if matched is None:
            raise ValueError(text)
        at = datetime.fromisoformat(f"{matched[1]}T{matched[2] or '00:00:00'}{matched[3] or ''}")
    except ValueError:
        raise BadTimeInFocus(place=row.place, column=column, text=repr(text)) from None
    if at.tzinfo is not None:
        return at if zone is None else at.astimezone(zone_info(zone))
    if zone is None:
        raise BillTimeWithoutOffset(place=row.place, column=column, text=repr(text))
    return at.replace(tzinfo=zone_info(zone))
