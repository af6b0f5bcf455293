"""Fees from the provider's billing interface (BssOpenApi 2017-12-14): answers of QueryInstanceBill, of its successor
DescribeInstanceBill, and of QueryInstanceGaapCost, one answer, a list of pages, or one a line.

A bill here is an account's items of one billing cycle. PretaxAmount is what was payable, DeductedByCashCoupons what of
it vouchers (代金券) paid; a coupon (优惠券, DeductedByCoupons) lowered the price and a stored value card (储值卡,
DeductedByPrepaidCard) is money. QueryInstanceGaapCost spreads what was prepaid over its months: its MonthGaap… amounts
are the cycle's own. A prepaid item of QueryInstanceBill is refused: it is the whole price in the month of purchase.
The id of a bill is that of `import aliyun-bill` for the same account and month, so that nothing is counted twice.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from fractions import Fraction

import msgspec

from domain.text import counted, said
from ledger.imports.charges import Charge, ChargedBill, bill_fields, check_currency, next_month
from ledger.imports.source import Node, Reading, Sourced, checked_id, documents
from ledger.refusals.imports.bss import (
    BadAmountInAnswer,
    BadBillingCycle,
    DailyItem,
    FailedAnswer,
    Incomplete,
    MixedAnswers,
    NotABill,
    PageTwice,
    Prepaid,
    SeveralProductsInAnswer,
    UnknownBillType,
    UnknownCallItemInAnswer,
    UnknownProductInAnswer,
    UnknownSubscriptionType,
)

BILL_TYPES = frozenset({"SubscriptionOrder", "PayAsYouGoBill", "Refund", "Adjustment"})
SUBSCRIPTION_TYPES = frozenset({"Subscription", "PayAsYouGo"})
_MONTH = re.compile(r"20[0-9]{2}-(0[1-9]|1[0-2])")
_AMOUNT = re.compile(r"[+-]?[0-9]{1,18}(\.[0-9]{1,30})?([eE][+-]?[0-9]{1,2})?")


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """One item of a bill: whose, of which cycle, and by which names it and its product go."""

    node: Node
    account: str
    month: str
    products: frozenset[str]
    names: frozenset[str]
    fee: Fraction
    voucher: Fraction


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """One answer: its items, how many there are in all pages, and which page it is, where it says so."""

    node: Node
    kind: str
    number: str | None
    total: str | None
    items: tuple[Node, ...]


def read_bss(
    lines: Iterable[bytes],
    *,
    name: str,
    call_items: frozenset[str],
    products: frozenset[str],
    currency: str,
) -> Reading:
    """One `fees bill` per account and billing cycle, in the order in which they first appear.

    `call_items` are the items that are call fees, by BillingItem, or where items have none by ProductDetail,
    ProductName, ProductType or ProductCode; every other item is a service fee. `products` names what to read and is
    needed when there is more than one. Raises Unreadable.
    """
    pages = [page for root in documents(lines, name) for page in _pages(root)]
    _check_complete(pages)
    items = [_item(node, page, currency) for page in pages for node in page.items]
    notes: list[str] = [] if items else [said("there are no items in the file")]
    kept = _of_products(items, name, products, notes)
    if unborne := sorted(call_items - {each for item in kept for each in item.names}):
        raise UnknownCallItemInAnswer(place=name, name=repr(unborne[0]))
    bills: dict[str, list[Item]] = {}
    for item in kept:
        bills.setdefault(checked_id(f"aliyun:{item.account}:{item.month}", item.node.place), []).append(item)
    commands = [Sourced(place=own[0].node.place, fields=_bill(bill, own, call_items)) for bill, own in bills.items()]
    return Reading(commands=tuple(commands), notes=tuple(notes))


def _pages(root: Node) -> Iterator[Page]:
    """The answers of a document, which may be a list of them. Raises Unreadable `failed_answer`, `not_a_bill`."""
    answers = [root]
    if isinstance(root.value, list):
        answers = [Node(root.file, f"{root.path}[{index}]", value) for index, value in enumerate(root.value)]
    for answer in answers:
        if answer.fields().get("Success") is not True:
            raise FailedAnswer(place=answer.place, given_code=answer.at("Code").value, text=answer.at("Message").value)
        yield _page(answer.at("Data"))


def _page(data: Node) -> Page:
    for kind, place in (("Items", "Item"), ("Modules", "Module")):
        held = data.at(kind)
        if held.value is None:
            continue
        items = data.items(kind) if isinstance(held.value, list) else held.items(place)
        number, total = (
            None if data.at(each).value is None else str(data.at(each).value) for each in ("PageNum", "TotalCount")
        )
        return Page(node=data, kind=kind, number=number, total=total, items=tuple(items))
    raise NotABill(place=data.place)


def _check_complete(pages: Iterable[Page]) -> None:
    """All pages of a cycle's query are there, once each.

    Raises Unreadable `page_twice`, `incomplete`, `mixed_answers`.
    """
    of_cycle: dict[tuple[object, ...], list[Page]] = {}
    for page in pages:
        told = next(iter(page.items), page.node) if page.kind == "Modules" else page.node
        key = told.at("BillingCycle").value, page.node.at("AccountID").value
        of_cycle.setdefault(key, []).append(page)
    if len({page.kind for own in of_cycle.values() for page in own}) > 1:
        last = next(reversed(of_cycle.values()))[-1]
        raise MixedAnswers(place=last.node.place)
    for own in of_cycle.values():
        numbers = [page.number for page in own if page.number is not None]
        for page in own:
            if numbers.count(page.number or "") > 1:
                raise PageTwice(place=page.node.at("PageNum").place, n=page.number)
        given = sum(len(page.items) for page in own)
        for page in own:
            if page.total is not None and page.total != str(given):
                raise Incomplete(place=page.node.at("TotalCount").place, given=given, total=page.total)


def _item(node: Node, page: Page, currency: str) -> Item:
    spread = page.kind == "Modules"
    node.choice("BillType" if spread else "Item", BILL_TYPES, UnknownBillType)
    prepaid = node.choice("SubscriptionType", SUBSCRIPTION_TYPES, UnknownSubscriptionType) == "Subscription"
    if prepaid and not spread:
        raise Prepaid(place=node.at("SubscriptionType").place)
    if node.at("BillingDate").value:
        raise DailyItem(place=node.at("BillingDate").place, day=node.at("BillingDate").value)
    month = _month(node if node.at("BillingCycle").value else page.node)
    check_currency(node.at("Currency").place, node.text("Currency"), currency)
    owner = node if node.at("OwnerID").value else page.node
    named = [str(node.at(key).value or "") for key in ("ProductDetail", "ProductName", "ProductType", "ProductCode")]
    item = str(node.at("BillingItem").value or "")
    prefix = "MonthGaap" if spread else ""
    return Item(
        node=node,
        account=owner.text("OwnerID" if owner is node else "AccountID"),
        month=month,
        products=frozenset(named) - {""},
        names=frozenset([item] if item else named) - {""},
        fee=_amount(node, f"{prefix}PretaxAmount"),
        voucher=_amount(node, f"{prefix}DeductedByCashCoupons"),
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


def _of_products(items: list[Item], file: str, products: frozenset[str], notes: list[str]) -> list[Item]:
    """The items of the products asked for; without a choice, all of them, if they are of one product."""
    if not products:
        codes = sorted({str(item.node.at("ProductCode").value) for item in items})
        if len(codes) > 1:
            raise SeveralProductsInAnswer(place=file, names=", ".join(codes))
        return items
    kept = [item for item in items if products & item.products]
    if unborne := sorted(products - {each for item in items for each in item.products}):
        raise UnknownProductInAnswer(place=file, name=repr(unborne[0]))
    if others := len(items) - len(kept):
        notes.append(
            counted("{n} item of other products was left out", "{n} items of other products were left out", others)
        )
    return kept


def _bill(bill: str, items: list[Item], call_items: frozenset[str]) -> dict[str, object]:
    """The `fees bill` command of one bill's items; a cycle is billed when it is over, on the billing clock (+08:00)."""
    first = items[0]
    end = next_month(datetime.fromisoformat(f"{first.month}-01"))
    head = ChargedBill(bill=bill, account=first.account, first_month=first.month, billed_at=f"{end.isoformat()}+08:00")
    charges = (
        Charge(place=item.node.place, is_call=bool(call_items & item.names), fee=item.fee, voucher=item.voucher)
        for item in items
    )
    return bill_fields(head, charges)
