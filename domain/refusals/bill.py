"""Refusals of bills."""

from __future__ import annotations

from domain.refusals import AmountFen, Code, Refusal, Undone, Unreadable


class BadMonths(Refusal, code="bad_months", clause="1"):
    """A payment covers a whole number of months (R11)."""

    message = "bill {bill}: {months} months; a bill covers 1 to {max_months}"
    hint = "give --months; a longer period is recorded as several bills"
    bill: str
    months: int
    max_months: int


class CallFeeMissing(Unreadable, code="bad_field"):
    """Under these terms a bill says which part of it are calls."""

    message = "call_fee: bill {bill} does not give it"
    hint = "give --call-fee; 0.00 where there were no calls"
    bill: str


class NothingToCorrectInBill(Refusal, code="nothing_given"):
    """A correction names at least one field to correct."""

    message = "bill {bill}: give the amounts to correct"
    hint = "`slaledger fees correct {bill} --product-fee … --reason …`; `--help` lists the other amounts"
    bill: str


class BillVoided(Refusal, code="bill_voided"):
    """A void bill stays void."""

    message = "bill {bill} is void: {voided}"
    hint = (
        "record a new one: `slaledger fees bill BILL --account … --first-month … --billed-at … --product-fee … "
        "--call-fee …`"
    )
    bill: str
    voided: str


class BillUndone(Undone):
    """What was done and then undone is not done again by itself."""

    message = "bill {bill} was recorded before and voided: {voided}"
    hint = "say --again where it was billed after all; another bill needs an id of its own"
    bill: str
    voided: str


class NoCallPart(Refusal, code="no_call_part"):
    """The fee of this agreement has no parts: all of it is the product fee."""

    message = "bill {bill}: the fee of this agreement has no call part"
    hint = "give all of it as the product fee, and leave call_fee out"
    bill: str


class CallAboveProduct(Refusal, code="call_above_product", clause="1"):
    """The call fee is a part of the product fee (clause 1)."""

    message = "bill {bill}: the call fee {call_fee} is above the product fee {product_fee}, which includes it"
    hint = "the product fee is the whole: the service and its calls together"
    bill: str
    call_fee: AmountFen
    product_fee: AmountFen


class VouchersAboveFee(Refusal, code="vouchers_above_fee", clause="3.1"):
    """Vouchers pay no more than the fee of their part (clause 1)."""

    message = "bill {bill}: {vouchers} paid with vouchers is above the {part} fee {fee}"
    hint = "give a --{part}-voucher of {fee} at most"
    bill: str
    vouchers: AmountFen
    part: Code
    fee: AmountFen


class BelowRedeemed(Refusal, code="below_redeemed", clause="3.1"):
    """A correction leaves at least what vouchers have paid of each part."""

    message = "bill {bill}: vouchers have paid {redeemed} of the {part} part, more than the corrected amount"
    hint = "`slaledger voucher reverse {voucher} {redemption} --reason …` first"
    bill: str
    redeemed: AmountFen
    part: Code
    voucher: str
    redemption: int


class RedemptionsStand(Refusal, code="redemptions_stand", clause="3.1"):
    """A bill that a voucher paid in part is void only once the redemption is reversed."""

    message = "bill {bill} was paid in part by voucher {voucher}"
    hint = "`slaledger voucher reverse {voucher} {redemption} --reason …` first"
    bill: str
    voucher: str
    redemption: int


class OffsetUnexplained(Refusal, code="same_payment", clause="1"):
    """A voucher offset of a bill and a redemption recorded here may be two records of one payment, which counts once.
    Whether they are is for the person to say.
    """

    message = (
        "bill {bill}: {offset} of the {part} part would be paid with vouchers outside, and redemption {redemption} of "
        "voucher {voucher} pays it here; are these one payment?"
    )
    hint = (
        "`slaledger fees correct {bill} --{part}-voucher {whole} --offset-explained-by {voucher}/{redemption} "
        "--reason …` if they are; none in place of {voucher}/{redemption} if not"
    )
    bill: str
    offset: AmountFen
    whole: AmountFen
    part: Code
    voucher: str
    redemption: int


class ExplainedBeyondOffset(Refusal, code="beyond_offset", clause="1"):
    """A bill's own voucher offset is at least what the redemptions come to that it shows."""

    message = "bill {bill}: the {part} part has an offset of {offset}, and redemptions of {shown} would be shown in it"
    hint = (
        "correct the offset, or reverse the redemptions that it does not show: `slaledger voucher reverse VOUCHER "
        "1 --reason …`"
    )
    bill: str
    part: Code
    offset: AmountFen
    shown: AmountFen


class NoSuchPayment(Refusal, code="unknown_redemption"):
    """An offset is explained by redemptions that stand on the bill."""

    message = "bill {bill}: no redemption {name} stands on it"
    hint = "name one that stands there, such as VOUCHER/1; if none explains the offset, say none"
    bill: str
    name: str


class SeveralSuchPayments(Refusal, code="unknown_redemption"):
    """Redemptions are numbered within their voucher, and several vouchers may pay one bill."""

    message = "bill {bill}: several vouchers paid it, each with a redemption {redemption}"
    hint = "name the voucher too, as in VOUCHER/{redemption}"
    bill: str
    redemption: int
