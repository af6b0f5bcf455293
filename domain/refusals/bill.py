"""What is refused of bill."""

from __future__ import annotations

from domain.refusals import AmountFen, Refusal, Unreadable


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
    hint = "record a new bill"
    bill: str
    voided: str


class BillUndone(Refusal, code="undone"):
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
    part: str
    fee: AmountFen


class BelowRedeemed(Refusal, code="below_redeemed", clause="3.1"):
    """A correction leaves at least what vouchers have paid of each part."""

    message = "bill {bill}: vouchers have paid {redeemed} of the {part} part, more than the corrected amount"
    hint = "`slaledger voucher reverse {voucher} {redemption} --reason …` first"
    bill: str
    redeemed: AmountFen
    part: str
    voucher: str
    redemption: int


class RedemptionsStand(Refusal, code="redemptions_stand", clause="3.1"):
    """A bill that a voucher paid in part is void only once the redemption is reversed."""

    message = "bill {bill} was paid in part by voucher {voucher}"
    hint = "`slaledger voucher reverse {voucher} {redemption} --reason …` first"
    bill: str
    voucher: str
    redemption: int
