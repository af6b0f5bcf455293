"""Refusals of Aliyun's bills as CSV."""

from __future__ import annotations

from ledger.refusals import Misread
from ledger.refusals.imports.by_hand import BILL_BY_HAND


class BadEncoding(Misread, code="bad_encoding"):
    """The bill is text in one of the two encodings that Aliyun exports."""

    message = "the file is neither UTF-8 nor GB18030"
    hint = "save it as CSV in UTF-8"


class TooManyMonths(Misread, code="too_many_months"):
    """A payment covers a limited number of months."""

    message = "the row pays for more than {max_months} months"
    hint = (
        "enter it by hand as several bills with `slaledger fees bill BILL --account … --first-month … --billed-at "
        "… --product-fee … --call-fee …`"
    )
    max_months: int


class BadTimeInBill(Misread, code="bad_time"):
    """The bill's times are not as Aliyun exports them."""

    message = "{column} {text!r} is no time such as 2026-03-31 23:59:59"
    hint = "export the bill again: a spreadsheet may have rewritten its times"
    column: str
    text: str


class UnknownCallItem(Misread, code="unknown_call_item"):
    """--call-item names an item that the bill has: else its fees would count as service fees."""

    message = "no row bears the call item {unborne!r}"
    hint = (
        "look at the 计费项 column; an item that is not called so would count as a service fee; where there were no "
        "calls, say --no-calls"
    )
    unborne: str


class UnknownProduct(Misread, code="unknown_product"):
    """--product names a product that the bill has."""

    message = "no row bears the product {unborne!r}"
    hint = "compare --product with the 产品 column"
    unborne: str


class NotYuan(Misread, code="not_yuan"):
    """The bill is in another currency."""

    message = "币种 is {currency!r}; the ledger counts yuan"
    hint = BILL_BY_HAND
    currency: str


class BadBillingMonth(Misread, code="bad_month"):
    """The bill's months are not as Aliyun exports them."""

    message = "账期 {month!r} is no month such as 2026-03"
    hint = "export the bill again: a spreadsheet may have rewritten its months"
    month: str


class BadAmountInBill(Misread, code="bad_amount"):
    """The bill's amounts are not as Aliyun exports them."""

    message = "{column} {text!r} is no amount"
    hint = "an amount has a point, at most 10 decimals and no thousands separators"
    column: str
    text: str


class BillingEndsBeforeStart(Misread, code="ends_before_start"):
    """A billing period ends after it begins."""

    message = "账单结束时间 is not after 账单开始时间"
    hint = BILL_BY_HAND


class SeveralProducts(Misread, code="several_products"):
    """Fees of another product would enlarge the base of the credit."""

    message = "rows of more than one product ({column}): {products}"
    hint = "say which of them to read: --product NAME, which may be repeated"
    column: str
    products: str
