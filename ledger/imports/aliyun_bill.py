"""Fees from the provider's instance-detail bill: a CSV of 41 columns, one row per instance and billing item.

A bill here is an account's rows of one month and one order. What is payable (应付金额) is already net of
discounts and coupons; only 代金券抵扣 is paid with vouchers: a coupon (优惠券抵扣) lowers the price and a
stored value card (储值卡支付金额) is money. Sums are exact and rounded half up to the fen once per bill and part.
Times have no zone in the file: they are the provider's billing clock, +08:00.
"""

import io
import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from fractions import Fraction

import msgspec

from domain.bill import MAX_MONTHS
from domain.text import said
from ledger.imports.charges import Charge, ChargedBill, bill_fields, next_month
from ledger.imports.csv_rows import CsvRow, rows
from ledger.imports.source import Reading, Sourced, checked_id, whole
from ledger.refusals.imports.aliyun_bill import (
    BadAmountInBill,
    BadBillingMonth,
    BadEncoding,
    BadTimeInBill,
    BillingEndsBeforeStart,
    NotYuan,
    PeriodsDiffer,
    SeveralProducts,
    TooManyMonths,
    UnknownCallItem,
    UnknownProduct,
)

# fmt: off
COLUMNS = (
    "账期", "财务单元", "账号ID", "账号", "Owner账号", "产品Code", "产品", "产品明细Code", "产品明细",
    "消费类型", "消费时间", "账单开始时间", "账单结束时间", "服务时长", "订单号/账单号", "账单类型",
    "计费方式", "实例ID", "实例昵称", "资源组", "实例标签", "实例配置", "实例规格", "公网IP", "私网IP",
    "地域", "可用区", "计费项", "单价", "单价单位", "用量", "用量单位", "资源包抵扣", "原价", "优惠金额",
    "优惠券抵扣", "应付金额", "现金支付", "代金券抵扣", "储值卡支付金额", "欠费金额",
)
# fmt: on
PREPAID = ("包年包月", "预付费", "Subscription")
YUAN = {"", "CNY", "RMB", "人民币"}
LARGEST = 256 * 2**20
"""Bytes of a file; two encodings are tried on it, so it is read as one piece."""
_MONTH = re.compile(r"(20[0-9]{2})[-/]?(0[1-9]|1[0-2])")
_AMOUNT = re.compile(r"([+-]?)([0-9]{1,18})(?:\.([0-9]{1,10}))?")
_DAY = r"(20[0-9]{2})[-/]([0-9]{1,2})[-/]([0-9]{1,2})"
_TIME = re.compile(_DAY + r"(?:[ T]([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}))?)?")


class Period(msgspec.Struct, frozen=True):
    """The months a row pays for: `months` of them from `first_month` (`YYYY-MM`) on."""

    first_month: str
    months: int


def read_aliyun_bill(
    lines: Iterable[bytes], *, name: str, call_items: frozenset[str], products: frozenset[str] = frozenset()
) -> Reading:
    """One `fees bill` per account, month and order, in the order in which they first appear.

    `call_items` are the billing items (计费项) that are call fees; every other item is a service fee.
    `products` names what to read (产品Code, 产品 or 产品明细) and is needed when the file bears more than one
    product. Raises Unreadable.
    """
    text = _text(whole(lines, name, LARGEST), name)
    hint = said("export the instance-detail bill (实例账单明细) with all of its 41 columns")
    borne = list(rows(io.StringIO(text, newline=""), name, COLUMNS, hint))
    notes: list[str] = [] if borne else [said("the file has no rows under its header")]
    kept = _of_products(borne, name, products, notes)
    if unborne := sorted(call_items - {row.cells["计费项"] for row in kept}):
        raise UnknownCallItem(place=name, unborne=unborne[0])
    bills: dict[str, list[CsvRow]] = {}
    for row in kept:
        bills.setdefault(_bill_id(row), []).append(row)
    commands = [
        Sourced(place=part[0].place, fields=_bill(bill, part, call_items, notes)) for bill, part in bills.items()
    ]
    return Reading(commands=tuple(commands), notes=tuple(notes))


def _text(data: bytes, file: str) -> str:
    """The file as text: UTF-8 where it is that, else GB18030 (which GBK and GB2312 are part of)."""
    for encoding in ("utf-8", "gb18030"):
        try:
            return data.decode(encoding).removeprefix("\ufeff")
        except UnicodeDecodeError:
            continue
    raise BadEncoding(place=file)


def _of_products(rows: list[CsvRow], file: str, products: frozenset[str], notes: list[str]) -> list[CsvRow]:
    """The rows of the products asked for; without a choice, all of them, if they are of one product."""
    if not products:
        for column in ("产品Code", "产品"):
            if len(found := sorted({row.cells[column] for row in rows})) > 1:
                raise SeveralProducts(place=file, column=column, products=", ".join(map(repr, found)))
        return rows
    kept = [row for row in rows if products & _product_names(row)]
    if unborne := sorted(products - {word for row in rows for word in _product_names(row)}):
        raise UnknownProduct(place=file, unborne=unborne[0])
    if len(kept) < len(rows):
        notes.append(said("rows of other products were left out: {n}", n=len(rows) - len(kept)))
    return kept


def _product_names(row: CsvRow) -> set[str]:
    return {row.cells["产品Code"], row.cells["产品"], row.cells["产品明细"]}


def _bill_id(row: CsvRow) -> str:
    if row.cells.get("币种", "") not in YUAN:
        raise NotYuan(place=row.place, currency=row.cells["币种"])
    parts = ["aliyun", row.required("账号ID"), _month(row)]
    if order := row.cells["订单号/账单号"]:
        parts.append(order)
    return checked_id(":".join(parts), row.place)


def _month(row: CsvRow) -> str:
    """账期 as `YYYY-MM`."""
    if not (match := _MONTH.fullmatch(row.required("账期"))):
        raise BadBillingMonth(place=row.place, month=row.cells["账期"])
    return f"{match[1]}-{match[2]}"


def _bill(bill: str, rows: list[CsvRow], call_items: frozenset[str], notes: list[str]) -> dict[str, object]:
    """The `fees bill` command of one bill's rows."""
    period = _period(rows)
    if any(_is_prepaid(row) and not _is_bounded(row) for row in rows):
        notes.append(said("{bill}: prepaid, but without its start and end: taken as one month", bill=bill))
    head = ChargedBill(
        bill=bill,
        account=rows[0].cells["账号ID"],
        first_month=period.first_month,
        months=period.months,
        billed_at=_billed_at(rows),
    )
    return bill_fields(head, (_charge(row, call_items) for row in rows))


def _charge(row: CsvRow, call_items: frozenset[str]) -> Charge:
    fee, voucher = _amount(row, "应付金额"), _amount(row, "代金券抵扣")
    return Charge(place=row.place, is_call=row.cells["计费项"] in call_items, fee=fee, voucher=voucher)


def _amount(row: CsvRow, column: str) -> Fraction:
    """An amount in yuan, exactly; blank is zero."""
    if not (text := row.cells[column]):
        return Fraction(0)
    if not _AMOUNT.fullmatch(text):
        raise BadAmountInBill(place=row.place, column=column, text=text)
    return Fraction(text)


def _is_prepaid(row: CsvRow) -> bool:
    cells = [row.cells[column] for column in ("计费方式", "消费类型", "账单类型")]
    return any(word in cell for word in PREPAID for cell in cells)


def _is_bounded(row: CsvRow) -> bool:
    return bool(row.cells["账单开始时间"] and row.cells["账单结束时间"])


def _period(rows: list[CsvRow]) -> Period:
    """The months that the bill pays for; its rows must agree."""
    periods = [_row_period(row) for row in rows]
    for row, period in zip(rows, periods, strict=True):
        if period != periods[0]:
            raise PeriodsDiffer(
                place=row.place,
                months=period.months,
                first_month=period.first_month,
                bill_months=periods[0].months,
                bill_first_month=periods[0].first_month,
            )
    return periods[0]


def _row_period(row: CsvRow) -> Period:
    """Prepaid with start and end: the months bought, from the start's month. Else the month of 账期."""
    if not (_is_prepaid(row) and _is_bounded(row)):
        return Period(_month(row), 1)
    start, end = _time(row, "账单开始时间"), _time(row, "账单结束时间")
    if end <= start:
        raise BillingEndsBeforeStart(place=row.place)
    for months in range(1, MAX_MONTHS + 1):
        if end <= _last_end(start, months):
            return Period(f"{start:%Y-%m}", months)
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


def _billed_at(rows: list[CsvRow]) -> str:
    """The bill's date: the latest 消费时间, else the latest 账单结束时间, else the start of the next month.

    The end of what was prepaid lies ahead, so it says nothing of when that was billed.
    """
    times = _times(rows, "消费时间")
    if not times and not any(_is_prepaid(row) for row in rows):
        times = _times(rows, "账单结束时间")
    at = max(times) if times else next_month(datetime.fromisoformat(f"{_month(rows[0])}-01"))
    return f"{at.isoformat()}+08:00"


def _times(rows: Iterable[CsvRow], column: str) -> list[datetime]:
    return [_time(row, column) for row in rows if row.cells[column]]


def _time(row: CsvRow, column: str) -> datetime:
    """A local time of the billing clock; a date alone is its midnight."""
    if match := _TIME.fullmatch(row.cells[column]):
        try:
            year, month, day, hour, minute, second = (int(part or 0) for part in match.groups())
            return datetime(year, month, day, hour, minute, second)  # noqa: DTZ001 - the billing clock's, by column
        except ValueError:
            pass
    raise BadTimeInBill(place=row.place, column=column, text=row.cells[column])
