"""Refusals of the provider's billing interface."""

from __future__ import annotations

from ledger.refusals import Misread, UnknownWord
from ledger.refusals.imports.by_hand import BILL_BY_HAND


class NotABill(Misread, code="not_a_bill"):
    """The file is not an answer of the billing interface."""

    message = "there are neither Items nor Modules"
    hint = "give what QueryInstanceBill, DescribeInstanceBill or QueryInstanceGaapCost answered"


class UnknownCallItemInAnswer(Misread, code="unknown_call_item"):
    """--call-item names an item that the answers have: else its fees would count as service fees."""

    message = "no item is called {name}"
    hint = (
        "an item that is not called so would count as a service fee: ask with IsBillingItem=true; where there were no "
        "calls, say --no-calls"
    )
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


class MorePages(Misread, code="incomplete"):
    """The interface answers in pages, and some are missing."""

    message = "the last page names a next one, {token!r}, which is not there"
    hint = "ask with that NextToken until it comes back empty, and give all pages"
    token: str


class TokenTwice(Misread, code="page_twice"):
    """A page that stands there twice would count its fees twice."""

    message = "two pages name the same next one, {token!r}"
    hint = "give one query's pages, each once"
    token: str


class AlikePages(Misread, code="page_twice"):
    """A page that stands there twice would count its fees twice."""

    message = "an earlier page has the very same items"
    hint = "give one query's pages, each once"


class PagesOfSeveral(Misread, code="mixed_answers"):
    """Pages of several queries of one month and account could tell the same fees."""

    message = "{n} pages say that they are the last of this month and account"
    hint = "give the pages of one query"
    n: int


class NotText(Misread, code="wrong_shape"):
    """The file is not of the form that its source exports."""

    message = "a text or a number is expected here"
    hint = "export the file again, and leave it as it comes"


class UnknownBillType(UnknownWord, code="unknown_bill_type"):
    """A bill item is of a type that is not known: a charge, a refund or neither."""

    message = "unknown bill type: {value}"
    hint = BILL_BY_HAND


class UnknownSubscriptionType(UnknownWord, code="unknown_subscription_type"):
    """An item is prepaid or paid as it is used."""

    message = "unknown subscription type: {value}"
    hint = BILL_BY_HAND
