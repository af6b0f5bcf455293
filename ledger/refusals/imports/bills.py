"""Refusals of bills, whichever file tells them, and where they do not go together with the ledger's."""

from __future__ import annotations

from domain.refusals import InstantUs
from ledger.refusals import Misread


class TwoCurrencies(Misread, code="two_currencies"):
    """A bill of an account's month has one currency. In two of them, it could be either, or two bills."""

    message = "the bill of {account} for {month} is in more than one currency: {given}"
    hint = "give a file of one currency; nothing is converted"
    account: str
    month: str
    given: str


class RowInTwoFiles(Misread, code="repeated_row"):
    """A row that stands in two of the files given may be one charge or two."""

    message = "this row stands in an earlier file too, alike in every column"
    hint = "give each export once; where two exports overlap, import them one after the other"


class BillsDisagree(Misread):
    """What a source tells of a bill, and the ledger's bills of the same months; refused by a rule: exit status 1."""

    status = 1
    bill: str
    source: str
    told: str
    held: str
    bills: str
    first: str


class OtherAmounts(BillsDisagree, code="bill_differs"):
    """A source tells other amounts than the ledger holds for the same months."""

    message = "{bill}: {source} says {told}; the ledger holds {held} ({bills}, {recorder})"
    hint = (
        "compare the two: --take-source {first} corrects the bill as the source says, --skip {bill} keeps the ledger's"
    )
    recorder: str


class TypedBill(BillsDisagree, code="bill_typed"):
    """A bill that a person recorded covers months of one that the source tells: one of the two would count twice."""

    message = "{bill}: {source} says {told}; a person recorded {bills} for these months: {held}"
    hint = "--skip {bill} keeps what the person recorded; --take-source {first} voids that and takes the source's"


class CoveredOtherwise(BillsDisagree, code="bill_overlaps"):
    """An import recorded these months in another division: the same fees would count twice."""

    message = "{bill}: {source} says {told}; the ledger holds the same months divided otherwise: {bills}, {held}"
    hint = "--skip {bill} keeps the ledger's; --take-source {first} voids those and takes the source's"


class SharesDiffer(BillsDisagree, code="bill_differs", clause="R11"):
    """The source's cost of a month differs from the month's shares of the bills that the ledger holds."""

    message = "{bill}: {source} says {told}; the month's shares of {bills} come to {held}"
    hint = (
        "correct the bill with `slaledger fees correct {first} --product-fee … --reason …`, or leave the month "
        "out with --skip {bill}"
    )


class OlderBill(Misread, code="older_file"):
    """A file that is older than what the ledger took would bring back what the source has changed."""

    status = 1
    message = "{bill}: {source} said {told} at {said_at}; the ledger holds what a source said at {taken_at}: {held}"
    hint = "import a newer file; say --older to take this one nevertheless"
    bill: str
    source: str
    told: str
    held: str
    said_at: InstantUs
    taken_at: InstantUs
