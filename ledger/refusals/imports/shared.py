"""Refusals that several formats share."""

from __future__ import annotations

from domain.refusals import AmountFen
from ledger.refusals import Misread
from ledger.refusals.imports.by_hand import BILL_BY_HAND


class OtherCurrency(Misread, code="other_currency"):
    """The ledger counts in the currency of its terms, and nothing is converted."""

    message = "the currency is {given}; the terms count in {wanted}"
    hint = "nothing is converted: take a bill in {wanted}"
    given: str
    wanted: str


class VouchersExceedFee(Misread, code="vouchers_exceed_fee"):
    """Vouchers paid more than the fee that the rows add up to, as after a refund."""

    message = "vouchers of {voucher} paid on a {what} of {fee}"
    hint = BILL_BY_HAND
    voucher: AmountFen
    what: str
    fee: AmountFen


class NegativeTotal(Misread, code="negative_total"):
    """A bill's fee is not negative: refunds are netted first."""

    message = "the bill's {what} adds up to less than zero"
    hint = (
        "a refund lowers an earlier bill: enter it by hand with `slaledger fees correct BILL --product-fee … "
        "--reason …`"
    )
    what: str


class FinerThanFen(Misread, code="finer_than_fen"):
    """The bill has fractions of a fen."""

    message = "the bill's {what} has more than two decimals"
    hint = "have it rounded half up, once per bill and part: --round"
    what: str


class EmptyFile(Misread, code="empty_file"):
    """An empty file may be an export that failed."""

    message = "there is nothing in the file"
    hint = "export it again"


class FileTooLarge(Misread, code="too_large"):
    """A file that is too long for the memory is refused before it is read whole."""

    message = "it is longer than {most} bytes"
    hint = "split it: what one file says is recorded wholly or not at all, and need not be all there is"
    most: int


class FileNotUtf8(Misread, code="not_utf8"):
    """The file is UTF-8 text."""

    message = "the file is not UTF-8 text"
    hint = "save it as UTF-8"


class ToldEndBeforeStart(Misread, code="ends_before_start"):
    """A source says an end of an outage that is before its start."""

    message = "the end {end} is before the start {start}"
    hint = "{advice}"
    end: str
    start: str
    advice: str


class ForeignFunction(Misread, code="unknown_function"):
    """A function has the form of a name; the terms list those that there are."""

    message = "{text!r} is no function"
    hint = "`slaledger terms show` lists them"
    text: str


class ForeignId(Misread, code="bad_id"):
    """What a file calls an account has the form of an id."""

    message = "{text!r} cannot be an id in the ledger"
    hint = "ids have 1 to 64 of A-Z a-z 0-9 . _ : @ -"
    text: str
