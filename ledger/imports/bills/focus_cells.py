"""The cells of a row of a FOCUS file: kinds of charge, amounts, months and instants."""

from __future__ import annotations

import re
from datetime import datetime
from fractions import Fraction

from domain.time import zone_info
from ledger.imports.bills.charges import ZERO, next_month
from ledger.imports.csv_rows import CsvRow
from ledger.refusals.imports.focus import (
    BadAmountInFocus,
    BadTimeInFocus,
    BillingPeriodNotMonth,
    BillTimeWithoutOffset,
    UnknownCategory,
    UnknownClass,
)
from ledger.refusals.imports.table import MissingCell

USAGE, PURCHASE, CORRECTION = "Usage", "Purchase", "Correction"
CATEGORIES = frozenset({USAGE, PURCHASE, "Tax", "Credit", "Adjustment"})
_NOTHING = frozenset({"", "NULL", "null", "Null", "\\N"})
_AMOUNT = re.compile(r"[+-]?([0-9]{1,18}(\.[0-9]{0,30})?|\.[0-9]{1,30})([eE][+-]?[0-9]{1,2})?")
_CLOCK = r"([0-9]{2}:[0-9]{2})(?:(:[0-9]{2})(?:\.0{1,9})?)?"
_OFFSET = r" ?(Z|UTC|[+-][0-9]{2}(?::?[0-9]{2})?)"
_TIME = re.compile(rf"(20[0-9]{{2}}-[0-9]{{2}}-[0-9]{{2}})(?:[T ]{_CLOCK}(?:{_OFFSET})?)?")


def cell_of(row: CsvRow, column: str) -> str:
    """A cell's text; the texts that say nothing are blank."""
    text = row.cells.get(column, "")
    return "" if text in _NOTHING else text


def required_cell(row: CsvRow, column: str) -> str:
    """The same for a cell that must not be blank. Raises Misread `missing_cell`."""
    if not (text := cell_of(row, column)):
        raise MissingCell(place=row.place, column=column)
    return text


def kind_of(row: CsvRow) -> str:
    """The row's category, or that it corrects an earlier period."""
    category, given = cell_of(row, "ChargeCategory"), cell_of(row, "ChargeClass")
    if category not in CATEGORIES:
        raise UnknownCategory(place=row.place, name=repr(category))
    if given not in ("", CORRECTION):
        raise UnknownClass(place=row.place, name=repr(given))
    return CORRECTION if given == CORRECTION else category


def amount_of(row: CsvRow, column: str, text: str) -> Fraction:
    """A cell as an amount, exactly; blank is zero."""
    if not text:
        return ZERO
    if not _AMOUNT.fullmatch(text):
        raise BadAmountInFocus(place=row.place, column=column, text=repr(text))
    return Fraction(text)


def month_of(row: CsvRow, zone: str | None) -> tuple[str, datetime]:
    """The billing period, which must be one month on its own clock, or on that of `zone`; and its end."""
    start, end = _time(row, "BillingPeriodStart", zone), _time(row, "BillingPeriodEnd", zone)
    first = start.replace(day=1, hour=0, minute=0, second=0)
    if start != first or end.replace(tzinfo=None) != next_month(first.replace(tzinfo=None)):
        raise BillingPeriodNotMonth(place=row.place, start=start.isoformat(), end=end.isoformat())
    return f"{start:%Y-%m}", end


def _time(row: CsvRow, column: str, zone: str | None) -> datetime:
    """A time of the bill, on the clock of `zone` where one is named. Raises Unreadable `time_without_offset`."""
    text = required_cell(row, column)
    matched = _TIME.fullmatch(text)
    try:
        if matched is None:
            raise ValueError(text)
        day, clock, second, offset = matched.groups()
        offset = {None: "", "UTC": "Z"}.get(offset, offset)
        at = datetime.fromisoformat(f"{day}T{clock or '00:00'}{second or ':00'}{offset}")
    except ValueError:
        raise BadTimeInFocus(place=row.place, column=column, text=repr(text)) from None
    if at.tzinfo is not None:
        return at if zone is None else at.astimezone(zone_info(zone))
    if zone is None:
        raise BillTimeWithoutOffset(place=row.place, column=column, text=repr(text))
    return at.replace(tzinfo=zone_info(zone))
