"""Refusals of vouchers."""

from __future__ import annotations

from domain.refusals import AmountFen, Code, InstantUs, Refusal, Undone


class VoidBillNotPayable(Refusal, code="bill_voided", clause="3.1"):
    """A voucher cannot pay a void bill."""

    message = "bill {bill} is void: {voided}"
    hint = "pay another bill of account {account} with it"
    bill: str
    voided: str
    account: str


class NothingToRedeem(Refusal, code="nothing_to_redeem", clause="3.1"):
    """A redemption pays more than zero."""

    message = "voucher {voucher}: the amount must be above zero"
    hint = "give --amount, such as 50.00"
    voucher: str


class RedeemedBeforeIssued(Refusal, code="redeemed_before_issued", clause="3.1"):
    """A voucher can pay from its issue on."""

    message = "voucher {voucher} was issued at {issued_at}; it cannot be redeemed at {redeemed_at}"
    hint = "give a --redeemed-at of {issued_at} or later"
    voucher: str
    issued_at: InstantUs
    redeemed_at: InstantUs


class FeeWithoutCallPart(Refusal, code="part_not_payable"):
    """The fee of this agreement has no parts."""

    message = "voucher {voucher}: the fee has no call part"
    hint = "give --part service"
    voucher: str


class CallPartNotPayable(Refusal, code="part_not_payable", clause="3.1"):
    """The terms may let vouchers pay the service part only (R21)."""

    message = "voucher {voucher} pays the service part only, as the terms read it (R21)"
    hint = "give --part service"
    voucher: str


class NotTransferable(Refusal, code="not_transferable", clause="3.1"):
    """A voucher belongs to one account."""

    message = "voucher {voucher} belongs to account {owner}; account {account} cannot use it"
    hint = "`slaledger voucher list --account {account}` shows those that it can use"
    voucher: str
    owner: str
    account: str


class OtherAccountsBill(Refusal, code="other_accounts_bill", clause="3.1"):
    """A voucher pays bills of its own account."""

    message = "bill {bill} is account {account}'s; voucher {voucher} pays bills of {owner} only"
    hint = "name a bill of account {owner}"
    bill: str
    account: str
    voucher: str
    owner: str


class EarlierBill(Refusal, code="earlier_bill", clause="3.1"):
    """A voucher pays later service fees (R20)."""

    message = "bill {bill} {what}; voucher {voucher} was issued later, at {issued_at}"
    hint = "a voucher pays later fees only (R20): name a bill from {issued_at} on"
    bill: str
    what: str
    voucher: str
    issued_at: InstantUs


class NothingLeft(Refusal, code="nothing_left", clause="3.1"):
    """A voucher that is spent or cancelled has nothing left to cancel."""

    message = "voucher {voucher} has nothing left to cancel"
    hint = "`slaledger voucher show {voucher}`"
    voucher: str


class NothingToCancel(Refusal, code="nothing_to_cancel", clause="3.1"):
    """A cancellation takes something."""

    message = "voucher {voucher}: the amount to cancel must be above zero"
    hint = "give --amount, such as 50.00; without it, the whole balance is cancelled"
    voucher: str


class CancelsBeyondBalance(Refusal, code="beyond_balance", clause="3.1"):
    """What was spent is not cancelled."""

    message = "voucher {voucher} has {balance} left; {amount} cannot be cancelled"
    hint = "give an --amount up to what is left; a reversed redemption gives its amount back"
    voucher: str
    balance: AmountFen
    amount: AmountFen


class IssueUndone(Undone, clause="3.1"):
    """What was done and then undone is not done again by itself."""

    message = "{account} {month}: voucher {voucher} was cancelled since the decision: {cancelled}; {due} is due again"
    hint = "`slaledger voucher issue {account} {month} --again` issues it again"
    account: str
    month: str
    voucher: str
    cancelled: str
    due: AmountFen


class ClaimNotDecided(Refusal, code="claim_undecided", clause="3.1"):
    """A voucher is issued for what a decision awards."""

    message = "{account} {month}: the claim is not decided yet"
    hint = "`slaledger claim decide {account} {month}`"
    account: str
    month: str


class IssuedBeforeDecided(Refusal, code="issued_before_decided", clause="3.1"):
    """A voucher is issued at or after its decision."""

    message = "{account} {month}: decided at {decided_at}; a voucher cannot be issued at {issued_at}"
    hint = "give an --issued-at of {decided_at} or later, or leave it out, which means now"
    account: str
    month: str
    decided_at: InstantUs
    issued_at: InstantUs


class BeyondBalance(Refusal, code="beyond_balance", clause="3.1"):
    """A voucher pays at most its balance."""

    message = "voucher {voucher} has {balance} left, less than {amount}"
    hint = "`slaledger voucher show {voucher}` lists what it has paid; give an --amount up to its balance"
    voucher: str
    balance: AmountFen
    amount: AmountFen


class BeyondBill(Refusal, code="beyond_bill", clause="3.1"):
    """A voucher pays at most what a part of the bill still owes."""

    message = "the {part} part of bill {bill} still owes {owed}, less than {amount}"
    hint = "give an --amount up to that; the rest of the voucher can pay another bill"
    part: Code
    bill: str
    owed: AmountFen
    amount: AmountFen


class SamePayment(Refusal, code="same_payment", clause="3.1"):
    """A voucher offset of a bill and a redemption recorded here may be two records of one payment, which counts once.
    Whether they are is for the person to say.
    """

    message = (
        "bill {bill} says itself that {offset} of its {part} part was paid with vouchers; is this redemption of "
        "{amount} a part of that?"
    )
    hint = "say --shown-on-bill true if it is the same payment, --shown-on-bill false if it is another"
    bill: str
    offset: AmountFen
    part: Code
    amount: AmountFen


class RecordedAsAnother(Refusal, code="same_payment", clause="3.1"):
    """A redemption that was recorded beside a bill's offset is not recorded once more as a part of it."""

    message = "redemption {redemption} of voucher {voucher} says the same, as a payment that bill {bill} does not show"
    hint = "if it does: `slaledger fees correct {bill} --offset-explained-by {voucher}/{redemption} --reason …`"
    redemption: int
    voucher: str
    bill: str


class NotShownOnBill(Refusal, code="beyond_offset", clause="3.1"):
    """What a bill shows is at most its own voucher offset."""

    message = "the {part} part of bill {bill} shows {offset} of vouchers that no redemption explains, not {amount}"
    hint = "say --shown-on-bill false, or give the bill its offset: `slaledger fees correct {bill} --help`"
    part: Code
    bill: str
    offset: AmountFen
    amount: AmountFen


class RedemptionUndone(Undone, clause="3.1"):
    """What was done and then undone is not done again by itself."""

    message = "redemption {redemption} of voucher {voucher} said the same and was reversed: {reversed}"
    hint = "say --again if it was paid after all"
    redemption: int
    voucher: str
    reversed: str


class UnknownRedemption(Refusal, code="unknown_redemption"):
    """Redemptions are numbered within their voucher, from 1."""

    message = "voucher {voucher} has no redemption {redemption}"
    hint = "it has {n}: `slaledger voucher show {voucher}`"
    voucher: str
    redemption: int
    n: int


class RedemptionWasReversed(Refusal, code="redemption_reversed", clause="3.1"):
    """A redemption is reversed once."""

    message = "redemption {number} of voucher {voucher} was reversed: {reversed}"
    hint = (
        "if it was paid after all, record it again: `slaledger voucher redeem {voucher} --bill … --part … "
        "--amount … --redeemed-at … --again`"
    )
    number: int
    voucher: str
    reversed: str


class NothingAwarded(Refusal, code="nothing_awarded", clause="3.1"):
    """The latest decision awards nothing."""

    message = "{account} {month}: the claim was decided as {outcome}; there is nothing to issue"
    hint = "`slaledger claim explain {account} {month}`"
    account: str
    month: str
    outcome: Code
