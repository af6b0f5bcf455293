"""Fees from the provider's instance-detail bill: a CSV of 41 columns, one row per instance and billing item.

A bill here is an account's rows of the same months, all orders summed up. What is payable (应付金额) is already net of
discounts and coupons; only 代金券抵扣 is paid with vouchers: a coupon (优惠券抵扣) lowers the price and a stored value
card (储值卡支付金额) is money. Times have no zone in the file: they are the provider's billing clock, +08:00.
"""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from hashlib import sha256

import msgspec

from domain.refusals import Refusal
from domain.text import counted, said
from ledger.imports.bills.aliyun_cells import amount_of, billed_at_of, is_bounded, is_prepaid, period_of
from ledger.imports.bills.charges import BillSums, Charge, Currencies
from ledger.imports.bills.statements import BillKey, BillReading
from ledger.imports.csv_rows import CsvRow, rows
from ledger.imports.json_texts import whole
from ledger.imports.source import checked_id
from ledger.imports.statements import Faults, LeftOut, SourceFile
from ledger.refusals.imports.aliyun_bill import BadEncoding, NotYuan, SeveralProducts, UnknownCallItem, UnknownProduct
from ledger.refusals.imports.bills import RowInTwoFiles

SOURCE, STEM = "aliyun-bill", "aliyun"
# fmt: off
COLUMNS = (
    "账期", "财务单元", "账号ID", "账号", "Owner账号", "产品Code", "产品", "产品明细Code", "产品明细",
    "消费类型", "消费时间", "账单开始时间", "账单结束时间", "服务时长", "订单号/账单号", "账单类型",
    "计费方式", "实例ID", "实例昵称", "资源组", "实例标签", "实例配置", "实例规格", "公网IP", "私网IP",
    "地域", "可用区", "计费项", "单价", "单价单位", "用量", "用量单位", "资源包抵扣", "原价", "优惠金额",
    "优惠券抵扣", "应付金额", "现金支付", "代金券抵扣", "储值卡支付金额", "欠费金额",
)
YUAN = {"", "CNY", "RMB", "人民币"}
LARGEST = 256 * 2**20
"""Bytes of a file; two encodings are tried on it, so it is read as one piece."""
_HINT = said("export the instance-detail bill (实例账单明细) with all of its 41 columns")


class AliyunBillOptions(msgspec.Struct, frozen=True, kw_only=True):
    """What a person said of the files.

    `call_items` are the billing items (计费项) that are call fees; every other item is a service fee. With `no_calls`
    no row need bear one. `products` names what to read (产品Code, 产品 or 产品明细) and is needed when the files bear
    more than one product.
    """

    call_items: frozenset[str] = frozenset()
    products: frozenset[str] = frozenset()
    no_calls: bool = False


def read_aliyun_bill(files: Sequence[SourceFile], *, asked: AliyunBillOptions) -> BillReading:
    """One statement per account, first month and number of months, in the order in which they first appear.

    Raises Unreadable, or ManyFaults with all that is wrong in the files.
    """
    unread, faults = Faults(), Faults()
    borne: list[CsvRow] = []
    for file in files:
        with unread.gathering():
            borne += _rows(file, faults.add)
    unread.check()
    names = ", ".join(file.name for file in files)
    if len(files) > 1:
        _check_each_once(borne, faults)
    kept: list[CsvRow] = []
    with faults.gathering():
        kept = _of_products(borne, names, asked.products)
    unborne = sorted(asked.call_items - {row.cells["计费项"] for row in kept})
    if unborne and kept and not asked.no_calls:
        faults.add(UnknownCallItem(place=names, unborne=unborne[0]))
    sums, currencies, unbounded = BillSums(), Currencies("CNY", _not_yuan), list[str]()
    for row in kept:
        with faults.gathering():
            charge = _charge(row, asked.call_items)
            currency = row.cells.get("币种", "")
            yuan = "CNY" if currency in YUAN else currency
            currencies.take(charge.key.account, charge.key.first_month, yuan, row.place)
            sums.add(charge)
            if is_prepaid(row) and not is_bounded(row):
                unbounded.append(charge.key.text)
    currencies.check(faults)
    statements = sums.statements(faults)
    faults.check()
    others = Counter(row.cells["产品"] or row.cells["产品Code"] for row in borne if not _is_asked(row, asked.products))
    return BillReading(
        source=SOURCE,
        stem=STEM,
        statements=tuple(statements),
        left_out=tuple(
            LeftOut(product, counted("{n} row of another product", "{n} rows of another product", n))
            for product, n in others.items()
        ),
        notes=(
            *(() if borne else (said("the file has no rows under its header"),)),
            *([said("rows of other products were left out: {n}", n=others.total())] if others else []),
            *(
                said("{bill}: prepaid, but without its start and end: taken as one month", bill=bill)
                for bill in dict.fromkeys(unbounded)
            ),
            *sums.notes(expects_calls=bool(asked.call_items) and not asked.no_calls),
        ),
    )


def _rows(file: SourceFile, fault: Callable[[Refusal], None]) -> Iterator[CsvRow]:
    text = _text(whole(file.lines, file.name, LARGEST), file.name)
    return rows(io.StringIO(text, newline=""), file.name, COLUMNS, _HINT, fault)


def _text(data: bytes, file: str) -> str:
    """The file as text: UTF-8 where it is that, else GB18030 (which GBK and GB2312 are part of)."""
    for encoding in ("utf-8", "gb18030"):
        try:
            return data.decode(encoding).removeprefix("\ufeff")
        except UnicodeDecodeError:
            continue
    raise BadEncoding(place=file)


def _check_each_once(borne: Iterable[CsvRow], faults: Faults) -> None:
    """A row of one file stands in no other: an export that was given twice would count twice."""
    first: dict[bytes, str] = {}
    for row in borne:
        digest = sha256(msgspec.json.encode(sorted(row.cells.items()))).digest()[:16]
        if first.setdefault(digest, row.file) != row.file:
            faults.add(RowInTwoFiles(place=row.place))


def _of_products(rows: list[CsvRow], file: str, products: frozenset[str]) -> list[CsvRow]:
    """The rows of the products asked for; without a choice, all of them, if they are of one product."""
    if not products:
        for column in ("产品Code", "产品"):
            if len(found := sorted({row.cells[column] for row in rows})) > 1:
                raise SeveralProducts(place=file, column=column, products=", ".join(map(repr, found)))
        return rows
    if unborne := sorted(products - {word for row in rows for word in _product_names(row)}):
        raise UnknownProduct(place=file, unborne=unborne[0])
    return [row for row in rows if _is_asked(row, products)]


def _is_asked(row: CsvRow, products: frozenset[str]) -> bool:
    return not products or bool(products & _product_names(row))


def _product_names(row: CsvRow) -> set[str]:
    return {row.cells["产品Code"], row.cells["产品"], row.cells["产品明细"]}


def _not_yuan(place: str, given: str) -> NotYuan:
    return NotYuan(place=place, currency=given)


def _charge(row: CsvRow, call_items: frozenset[str]) -> Charge:
    account = checked_id(row.required("账号ID"), row.place)
    first_month, months = period_of(row)
    return Charge(
        place=row.place,
        key=BillKey(account, first_month, months),
        is_call=row.cells["计费项"] in call_items,
        fee=amount_of(row, "应付金额"),
        voucher=amount_of(row, "代金券抵扣"),
        unpaid=amount_of(row, "欠费金额"),
        billed=billed_at_of(row),
        order=row.cells["订单号/账单号"],
    )
