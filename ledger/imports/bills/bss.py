"""Fees from the provider's billing interface (BssOpenApi 2017-12-14): answers of QueryInstanceBill, of its successor
DescribeInstanceBill, and of QueryInstanceGaapCost, one answer, a list of pages, or one a line.

A bill here is an account's items of one billing cycle. PretaxAmount is what was payable, DeductedByCashCoupons what of
it vouchers (代金券) paid; a coupon (优惠券, DeductedByCoupons) lowered the price and a stored value card (储值卡,
DeductedByPrepaidCard) is money. QueryInstanceGaapCost spreads what was prepaid over its months: its MonthGaap… amounts
are the cycle's own. A prepaid item of QueryInstanceBill is refused: it is the whole price in the month of purchase.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from fractions import Fraction

import msgspec

from domain.text import counted, said
from ledger.imports.bills.aliyun_bill import STEM
from ledger.imports.bills.aliyun_cells import BILLING_CLOCK
from ledger.imports.bills.bss_pages import BillPage, read_pages, word
from ledger.imports.bills.charges import ZERO, BillSums, Charge, Currencies, next_month
from ledger.imports.bills.statements import BillKey, BillReading
from ledger.imports.source import Node, checked_id, microseconds
from ledger.imports.statements import Faults, LeftOut, SourceFile
from ledger.refusals.imports.bss import (
    BadAmountInAnswer,
    BadBillingCycle,
    DailyItem,
    Prepaid,
    SeveralProductsInAnswer,
    UnknownBillType,
    UnknownCallItemInAnswer,
    UnknownProductInAnswer,
    UnknownSubscriptionType,
)

SOURCE = "bss"
BILL_TYPES = frozenset({"SubscriptionOrder", "PayAsYouGoBill", "Refund", "Adjustment"})
SUBSCRIPTION_TYPES = frozenset({"Subscription", "PayAsYouGo"})
_PRODUCT = ("ProductDetail", "ProductName", "ProductType", "ProductCode")
_MONTH = re.compile(r"20[0-9]{2}-(0[1-9]|1[0-2])")
_AMOUNT = re.compile(r"[+-]?[0-9]{1,18}(\.[0-9]{1,30})?([eE][+-]?[0-9]{1,2})?")


class BssOptions(msgspec.Struct, frozen=True, kw_only=True):
    """What a person said of the answers.

    `call_items` are the items that are call fees, by BillingItem, or where items have none by ProductDetail,
    ProductName, ProductType or ProductCode; every other item is a service fee. With `no_calls` no item need be called
    so. `products` names what to read and is needed when there is more than one. `currency` is that of the terms.
    """

    call_items: frozenset[str] = frozenset()
    products: frozenset[str] = frozenset()
    no_calls: bool = False
    currency: str


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """One item of a bill: whose, of which cycle, and by which names it and its product go."""

    node: Node
    account: str
    month: str
    code: str
    products: frozenset[str]
    names: frozenset[str]
    currency: str
    order: str
    fee: Fraction
    voucher: Fraction
    unpaid: Fraction


def read_bss(files: Sequence[SourceFile], *, asked: BssOptions) -> BillReading:
    """One statement per account and billing cycle, in the order in which they first appear.

    Raises Unreadable, or ManyFaults with all that is wrong in the files.
    """
    faults = Faults()
    pages = read_pages(files, faults)
    items: list[Item] = []
    for page in pages:
        for node in page.items:
            with faults.gathering():
                items.append(_item(node, page))
    names = ", ".join(file.name for file in files)
    kept: list[Item] = []
    with faults.gathering():
        kept = _of_products(items, names, asked.products)
    unborne = sorted(asked.call_items - {each for item in kept for each in item.names})
    if unborne and kept and not asked.no_calls and not faults:
        faults.add(UnknownCallItemInAnswer(place=names, name=repr(unborne[0])))
    is_spread = any(page.is_spread for page in pages)
    sums, currencies = BillSums(is_spread=is_spread), Currencies(asked.currency)
    for item in kept:
        currencies.take(item.account, item.month, item.currency, item.node.at("Currency").place)
        sums.add(_charge(item, asked.call_items))
    currencies.check(faults)
    statements = sums.statements(faults)
    faults.check()
    return BillReading(
        source=SOURCE,
        stem=STEM,
        statements=tuple(statements),
        left_out=tuple(_left_out(items, kept)),
        notes=(
            *(() if items else (said("there are no items in the file"),)),
            *_others(len(items) - len(kept)),
            *sums.notes(expects_calls=bool(asked.call_items) and not asked.no_calls),
        ),
    )


def _item(node: Node, page: BillPage) -> Item:
    node.choice("BillType" if page.is_spread else "Item", BILL_TYPES, UnknownBillType)
    prepaid = node.choice("SubscriptionType", SUBSCRIPTION_TYPES, UnknownSubscriptionType) == "Subscription"
    if prepaid and not page.is_spread:
        raise Prepaid(place=node.at("SubscriptionType").place)
    if day := word(node, "BillingDate"):
        raise DailyItem(place=node.at("BillingDate").place, day=day)
    month = _month(node if word(node, "BillingCycle") else page.node)
    owner, column = (node, "OwnerID") if word(node, "OwnerID") else (page.node, "AccountID")
    named = [word(node, key) for key in _PRODUCT]
    item = word(node, "BillingItem")
    prefix = "MonthGaap" if page.is_spread else ""
    return Item(
        node=node,
        account=checked_id(owner.text(column), node.place),
        month=month,
        code=named[-1],
        products=frozenset(named) - {""},
        names=frozenset([item] if item else named) - {""},
        currency=node.text("Currency"),
        order=word(node, "OrderId") or word(node, "RecordID"),
        fee=_amount(node, f"{prefix}PretaxAmount"),
        voucher=_amount(node, f"{prefix}DeductedByCashCoupons"),
        unpaid=ZERO if node.at("OutstandingAmount").value in (None, "") else _amount(node, "OutstandingAmount"),
    )


def _month(node: Node) -> str:
    text = node.text("BillingCycle")
    if not _MONTH.fullmatch(text):
        raise BadBillingCycle(place=node.at("BillingCycle").place, text=repr(text))
    return text


def _amount(node: Node, key: str) -> Fraction:
    """An amount, a number or its text, exactly as it is written. Raises Unreadable `bad_amount`."""
    text = node.at(key).value
    if not isinstance(text, str) or not _AMOUNT.fullmatch(text):
        raise BadAmountInAnswer(place=node.at(key).place, text=repr(text))
    return Fraction(text)


def _of_products(items: list[Item], file: str, products: frozenset[str]) -> list[Item]:
    """The items of the products asked for; without a choice, all of them, if they are of one product."""
    if not products:
        codes = sorted({item.code for item in items})
        if len(codes) > 1:
            raise SeveralProductsInAnswer(place=file, names=", ".join(codes))
        return items
    if unborne := sorted(products - {each for item in items for each in item.products}):
        raise UnknownProductInAnswer(place=file, name=repr(unborne[0]))
    return [item for item in items if products & item.products]


def _left_out(items: list[Item], kept: list[Item]) -> list[LeftOut]:
    """Of each product that was not asked for, how many items it has."""
    counts: dict[str, int] = {}
    taken = {id(item) for item in kept}
    for item in items:
        if id(item) not in taken:
            counts[item.code] = counts.get(item.code, 0) + 1
    return [
        LeftOut(code, counted("{n} item of another product", "{n} items of another product", n))
        for code, n in counts.items()
    ]


def _others(n: int) -> list[str]:
    if not n:
        return []
    return [counted("{n} item of other products was left out", "{n} items of other products were left out", n)]


def _charge(item: Item, call_items: frozenset[str]) -> Charge:
    """A cycle is billed when it is over, on the billing clock (+08:00)."""
    over = next_month(datetime.fromisoformat(f"{item.month}-01").replace(tzinfo=BILLING_CLOCK))
    return Charge(
        place=item.node.place,
        key=BillKey(item.account, item.month, 1),
        is_call=bool(call_items & item.names),
        fee=item.fee,
        voucher=item.voucher,
        unpaid=item.unpaid,
        billed=(0, microseconds(over)),
        order=item.order,
    )
