"""Refusals of FOCUS files."""

from __future__ import annotations

from ledger.refusals import Misread


class UnknownCategory(Misread, code="unknown_category"):
    """FOCUS lists the categories of charges, and this is none of them."""

    message = "unknown ChargeCategory: {name}"
    hint = (
        "FOCUS 1.0 to 1.2 are known; enter this bill by hand with `slaledger fees bill BILL --account … "
        "--first-month … --billed-at … --product-fee … --call-fee …`"
    )
    name: str


class UnknownClass(Misread, code="unknown_class"):
    """FOCUS lists the classes of charges, and this is none of them."""

    message = "unknown ChargeClass: {name}"
    hint = (
        "FOCUS 1.0 to 1.2 are known; enter this bill by hand with `slaledger fees bill BILL --account … "
        "--first-month … --billed-at … --product-fee … --call-fee …`"
    )
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
