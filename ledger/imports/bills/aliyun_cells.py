"""The cells of a row of Aliyun's bill: months, amounts, periods and instants."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone
from fractions import Fraction

from domain.bill import MAX_MONTHS
from ledger.imports.bills.charges import next_month
from ledger.imports.csv_rows import CsvRow
from ledger.imports.source import microseconds
from ledger.refusals.imports.aliyun_bill import (
    BadAmountInBill,
    BadBillingMonth,
    BadTimeInBill,
    BillingEndsBeforeStart,
    TooManyMonths,
)

# fmt: on
PREPAID = ("包年包月", "预付费", "Subscription")
BILLING_CLOCK = timezone(timedelta(hours=8))
_MONTH = re.compile(r"(20[0-9]{2})[-/]?(0[1-9]|1[0-2])")
_AMOUNT = re.compile(r"([+-]?)([0-9]{1,18})(?:\.([0-9]{1,10}))?")
_DAY = r"(20[0-9]{2})[-/]([0-9]{1,2})[-/]([0-9]{1,2})"
_TIME = re.compile(_DAY + r"(?:[ T]([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}))?)?")


def _month(row: CsvRow) -> str:
    """账期 as `YYYY-MM`."""
    if not (match := _MONTH.fullmatch(row.required("账期"))):
        raise BadBillingMonth(place=row.place, month=row.cells["账期"])
    return f"{match[1]}-{match[2]}"


def amount_of(row: CsvRow, column: str) -> Fraction:
    """An amount in yuan, exactly; blank is zero."""
    if not (text := row.cells[column]):
        return Fraction(0)
    if not _AMOUNT.fullmatch(text):
        raise BadAmountInBill(place=row.place, column=column, text=text)
    return Fraction(text)


def is_prepaid(row: CsvRow) -> bool:
    """Whether a row is of what was paid ahead for a time."""
    cells = [row.cells[column] for column in ("计费方式", "消费类型", "账单类型")]
    return any(word in cell for word in PREPAID for cell in cells)


def is_bounded(row: CsvRow) -> bool:
    """Whether a row says from when to when it counts."""
    return bool(row.cells["账单开始时间"] and row.cells["账单结束时间"])


def period_of(row: CsvRow) -> tuple[str, int]:
    """Prepaid with start and end: the months bought, from the start's month. Else the month of 账期."""
    month = _month(row)
    if not (is_prepaid(row) and is_bounded(row)):
        return month, 1
    start, end = _time(row, "账单开始时间"), _time(row, "账单结束时间")
    if end <= start:
        raise BillingEndsBeforeStart(place=row.place)
    for months in range(1, MAX_MONTHS + 1):
        if end <= _last_end(start, months):
            return f"{start:%Y-%m}", months
    raise TooManyMonths(place=row.place, max_months=MAX_MONTHS)


def _last_end(start: datetime, months: int) -> datetime:
    """The latest end of that many months from `start`.

    A purchase in the middle of a day runs to the midnight after the same day, so a day is granted:
    from 5 March 10:00 three months end on 5 June or at 6 June 00:00.
    """
    first = start.replace(day=1, hour=0, minute=0, second=0)
    for _ in range(months):
        first = next_month(first)
    days = (next_month(first) - first).days
    return first + timedelta(days=min(start.day, days))


def billed_at_of(row: CsvRow) -> tuple[int, int]:
    """When it was billed: its 消费时间, else its 账单结束时间, else the start of the next month.

    The end of what was prepaid lies ahead, so it says nothing of when that was billed.
    """
    if row.cells["消费时间"]:
        return 2, microseconds(_time(row, "消费时间"))
    if row.cells["账单结束时间"] and not is_prepaid(row):
        return 1, microseconds(_time(row, "账单结束时间"))
    return 0, microseconds(next_month(datetime.fromisoformat(f"{_month(row)}-01").replace(tzinfo=BILLING_CLOCK)))


def _time(row: CsvRow, column: str) -> datetime:
    """A time of the billing clock; a date alone is its midnight."""
    if match := _TIME.fullmatch(row.cells[column]):
        try:
            year, month, day, hour, minute, second = (int(part or 0) for part in match.groups())
            return datetime(year, month, day, hour, minute, second, tzinfo=BILLING_CLOCK)
        except ValueError:
            pass
    raise BadTimeInBill(place=row.place, column=column, text=row.cells[column])
