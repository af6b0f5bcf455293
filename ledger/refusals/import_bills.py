"""What is refused of import_bills."""

from __future__ import annotations

from ledger.refusals import Misread, UnknownWord


class BadEncoding(Misread, code="bad_encoding"):
    """The bill is text in one of the two encodings that Aliyun exports."""

    message = "the file is neither UTF-8 nor GB18030"
    hint = "save it as CSV in UTF-8"


class TooManyMonths(Misread, code="too_many_months"):
    """A payment covers a limited number of months."""

    message = "the row pays for more than {max_months} months"
    hint = "enter it by hand as several bills with `slaledger fees bill`"
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
    hint = "look at the 计费项 column; an item that is not called so would count as a service fee"
    unborne: str


class UnknownProduct(Misread, code="unknown_product"):
    """--product names a product that the bill has."""

    message = "no row bears the product {unborne!r}"
    hint = "compare --product with the 产品 column"
    unborne: str


class NotYuan(Misread, code="not_yuan"):
    """The bill is in another currency."""

    message = "币种 is {currency!r}; the ledger counts yuan"
    hint = "enter this bill by hand with `slaledger fees bill`"
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
    hint = "enter this bill by hand with `slaledger fees bill`"


class PeriodsDiffer(Misread, code="periods_differ"):
    """The rows of one bill pay for the same months."""

    message = (
        "this row pays for {months} months from {first_month}, the bill's first for {bill_months} from "
        "{bill_first_month}"
    )
    hint = "enter this bill by hand with `slaledger fees bill`"
    months: int
    first_month: str
    bill_months: int
    bill_first_month: str


class SeveralProducts(Misread, code="several_products"):
    """Fees of another product would enlarge the base of the credit."""

    message = "rows of more than one product ({column}): {products}"
    hint = "say which of them to read: --product NAME, which may be repeated"
    column: str
    products: str


class NotABill(Misread, code="not_a_bill"):
    """The file is not an answer of the billing interface."""

    message = "there are neither Items nor Modules"
    hint = "give what QueryInstanceBill, DescribeInstanceBill or QueryInstanceGaapCost answered"


class UnknownCallItemInAnswer(Misread, code="unknown_call_item"):
    """--call-item names an item that the answers have: else its fees would count as service fees."""

    message = "no item is called {name}"
    hint = "an item that is not called so would count as a service fee: ask with IsBillingItem=true"
    name: str


class MixedAnswers(Misread, code="mixed_answers"):
    """Bills and costs spread over months tell the same fees."""

    message = "bills and spread costs in one file would count the same fees twice"
    hint = "give the one or the other"


class Prepaid(Misread, code="prepaid"):
    """What is paid for several months is in the spread costs, month by month."""

    message = "a prepaid item is not this month's alone"
    hint = "ask QueryInstanceGaapCost, which gives each month its part"


class DailyItem(Misread, code="daily_item"):
    """Bills are imported by the month."""

    message = "an item of one day, {day}"
    hint = "ask with Granularity=MONTHLY"
    day: object


class BadBillingCycle(Misread, code="bad_month"):
    """The answer's month is not as the interface gives it."""

    message = "{text} is no month such as 2026-03"
    hint = "give the answers as they came"
    text: str


class BadAmountInAnswer(Misread, code="bad_amount"):
    """The answer's amount is not as the interface gives it."""

    message = "{text} is no amount"
    hint = "give the answers as they came"
    text: str


class UnknownProductInAnswer(Misread, code="unknown_product"):
    """--product names a product that the answers have."""

    message = "no item is of the product {name}"
    hint = "mistyped?"
    name: str


class FailedAnswer(Misread, code="failed_answer"):
    """The interface answered with an error, so the bill is not there."""

    message = "the interface answered {given_code}: {text}"
    hint = "ask again"
    given_code: object
    text: object


class SeveralProductsInAnswer(Misread, code="several_products"):
    """Fees of another product would enlarge the base of the credit."""

    message = "items of more than one product: {names}"
    hint = "say which of them to read: --product"
    names: str


class PageTwice(Misread, code="page_twice"):
    """A page that stands there twice would count its fees twice."""

    message = "page {n} is there more than once"
    hint = "give one query's pages, each once"
    n: str | None


class Incomplete(Misread, code="incomplete"):
    """The interface answers in pages, and some are missing."""

    message = "{given} items of {total}"
    hint = "give all pages in one file"
    given: int
    total: str


class MissingCell(Misread, code="missing_cell"):
    """The row lacks a value that is needed."""

    message = "{column} is blank"
    hint = "export the bill again with all of its cells"
    column: str


class UnknownCategory(Misread, code="unknown_category"):
    """FOCUS lists the categories of charges, and this is none of them."""

    message = "unknown ChargeCategory: {name}"
    hint = "FOCUS 1.0 to 1.2 are known; enter this bill by hand with `slaledger fees bill`"
    name: str


class UnknownClass(Misread, code="unknown_class"):
    """FOCUS lists the classes of charges, and this is none of them."""

    message = "unknown ChargeClass: {name}"
    hint = "FOCUS 1.0 to 1.2 are known; enter this bill by hand with `slaledger fees bill`"
    name: str


class BadAmountInFocus(Misread, code="bad_amount"):
    """The amount is not written as FOCUS says."""

    message = "{column} {text} is no amount"
    hint = "an amount has a point and no thousands separators"
    column: str
    text: str


class BillingPeriodNotMonth(Misread, code="bad_month"):
    """Bills are imported by the month, on the clock of --timezone."""

    message = "the billing period {start} to {end} is no month"
    hint = "name the clock of the bill with --timezone"
    start: str
    end: str


class BillTimeWithoutOffset(Misread, code="time_without_offset"):
    """A time without its offset from UTC could be any of many instants."""

    message = "{column} {text} has no offset from UTC"
    hint = "name the clock of the bill with --timezone"
    column: str
    text: str


class UndecidedCategory(Misread, code="undecided_category"):
    """Somebody must say how charges of this kind count."""

    message = "a charge of the kind {kind}"
    hint = "say whether it counts: --take {kind} or --leave-out {kind}"
    kind: str


class UnknownAccountValue(Misread, code="unknown_account_value"):
    """--account-value names an account that the file has."""

    message = "no row bears the account {name}"
    hint = "mistyped?"
    name: str


class UnknownService(Misread, code="unknown_service"):
    """--service names a service that the file has."""

    message = "no row bears the service {name}"
    hint = "look at the ServiceName column"
    name: str


class SeveralServices(Misread, code="several_services"):
    """Fees of another service would enlarge the base of the credit."""

    message = "rows of more than one service: {names}"
    hint = "say whose cost is the service fee: --service, repeatable"
    names: str


class RepeatedRow(Misread, code="repeated_row"):
    """The same row twice may be one charge or two."""

    message = "this row stands there twice, alike in every column"
    hint = "where such rows are charges of their own, say --repeated-rows"


class BadTimeInFocus(Misread, code="bad_time"):
    """The time is not written as FOCUS says."""

    message = "{column} {text} is no time"
    hint = "write it like 2026-03-01T00:00:00Z"
    column: str
    text: str


class UnknownBillType(UnknownWord, code="unknown_bill_type"):
    """A bill item is of a type that is not known: a charge, a refund or neither."""

    message = "unknown bill type: {value}"
    hint = "enter this bill by hand with `slaledger fees bill`"


class UnknownSubscriptionType(UnknownWord, code="unknown_subscription_type"):
    """An item is prepaid or paid as it is used."""

    message = "unknown subscription type: {value}"
    hint = "enter this bill by hand with `slaledger fees bill`"
