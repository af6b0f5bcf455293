"""A bill: its amounts and payments, and the commands that record, void and restore it."""

from __future__ import annotations

import msgspec

from domain.commands import BillFees
from domain.events import (
    Event,
    FeesBilled,
    FeesCorrected,
    FeesOffsetExplained,
    FeesPaidByVoucher,
    FeesPaymentReversed,
    FeesRestored,
    FeesVoided,
    Part,
)
from domain.refusals.bill import (
    BadMonths,
    BillUndone,
    BillVoided,
    CallAboveProduct,
    CallFeeMissing,
    NoCallPart,
    RedemptionsStand,
    VouchersAboveFee,
)
from domain.time import check_month
from domain.values import VoucherOffset

MAX_MONTHS = 120
PARTS: tuple[Part, ...] = ("service", "call")
"""The parts of a bill that vouchers pay: the fee without calls, and that of calls."""


class Payment(msgspec.Struct, kw_only=True):
    """A redemption as the bill sees it; `shown` where the bill's own voucher offset shows the same payment."""

    voucher: str
    redemption: int
    voucher_month: str
    part: Part
    amount_fen: int
    reversed: bool = False
    shown: bool = False


class Bill(msgspec.Struct, kw_only=True):
    """A bill's state. The voucher amounts were paid with vouchers outside this ledger."""

    bill: str
    account: str
    first_month: str
    months: int
    billed_at: int
    product_fee_fen: int
    call_fee_fen: int
    service_voucher_fen: int
    call_voucher_fen: int
    voided: str | None = None
    payments: list[Payment] = []

    @property
    def service_fee_fen(self) -> int:
        """Clause 1: the service fee is the product fee without the call fee (R12)."""
        return self.product_fee_fen - self.call_fee_fen


def redeemed_fen(bill: Bill, part: Part) -> int:
    """The amount that redemptions paid on a part, in fen; reversed ones do not count."""
    return sum(payment.amount_fen for payment in bill.payments if payment.part == part and not payment.reversed)


def fee_fen(bill: Bill, part: Part) -> int:
    """The fee of a part, in fen."""
    return bill.service_fee_fen if part == "service" else bill.call_fee_fen


def offset_fen(bill: Bill, part: Part) -> int:
    """The amount of a part that vouchers paid by the bill's own words, in fen."""
    return bill.service_voucher_fen if part == "service" else bill.call_voucher_fen


def unexplained_fen(bill: Bill, part: Part) -> int:
    """The amount of the bill's own offset that no redemption explains: a payment that is shown counts once."""
    shown = (payment for payment in bill.payments if payment.part == part and payment.shown and not payment.reversed)
    return offset_fen(bill, part) - sum(payment.amount_fen for payment in shown)


def is_shown(bill: Bill, voucher: str, redemption: int) -> bool:
    """Whether the bill's own offset shows a redemption, reversed or not."""
    return any(one.shown for one in bill.payments if (one.voucher, one.redemption) == (voucher, redemption))


def owed_fen(bill: Bill, part: Part) -> int:
    """The amount of a part that no voucher has paid yet, in fen."""
    return fee_fen(bill, part) - unexplained_fen(bill, part) - redeemed_fen(bill, part)


def evolve(bill: Bill | None, event: Event, reason: str | None) -> Bill:
    """Apply one more event to a bill's state."""
    match event:
        case FeesBilled():
            return begun(event)
        case _ if bill is None:
            raise ValueError(f"a bill cannot begin with {type(event).__name__}")
        case FeesCorrected():
            for name in ("product_fee_fen", "call_fee_fen", "service_voucher_fen", "call_voucher_fen"):
                amount = getattr(event, name)
                if amount is not None:
                    setattr(bill, name, amount)
        case FeesVoided():
            bill.voided = reason or ""
        case FeesRestored():
            bill.voided = None
        case FeesPaidByVoucher():
            bill.payments.append(_payment(event))
        case FeesPaymentReversed():
            for payment in bill.payments:
                if (payment.voucher, payment.redemption) == (event.voucher, event.redemption):
                    payment.reversed = True
        case FeesOffsetExplained():
            for payment in bill.payments:
                if (payment.voucher, payment.redemption) == (event.voucher, event.redemption):
                    payment.shown = True
        case _:
            raise ValueError(f"{type(event).__name__} is no event of a bill")
    return bill


def _payment(event: FeesPaidByVoucher) -> Payment:
    return Payment(
        voucher=event.voucher,
        redemption=event.redemption,
        voucher_month=event.voucher_month,
        part=event.part,
        amount_fen=event.amount_fen,
    )


def begun(event: FeesBilled) -> Bill:
    """A bill as it was recorded first."""
    return Bill(
        bill=event.bill,
        account=event.account,
        first_month=check_month(event.first_month),
        months=event.months,
        billed_at=event.billed_at,
        product_fee_fen=event.product_fee_fen,
        call_fee_fen=event.call_fee_fen,
        service_voucher_fen=event.service_voucher_fen,
        call_voucher_fen=event.call_voucher_fen,
        payments=[],
    )


def billed(command: BillFees, single_fee: bool = False) -> FeesBilled:
    """The event of a new bill; `single_fee` where the terms do not divide the fee into parts.

    Raises Refusal `bad_months`, `call_above_product`, `vouchers_above_fee`, `no_call_part`; Unreadable `bad_field`.
    """
    if not 1 <= command.months <= MAX_MONTHS:
        raise BadMonths(bill=command.bill, months=command.months, max_months=MAX_MONTHS)
    if command.call_fee is None and not single_fee:
        raise CallFeeMissing(bill=command.bill)
    offset = command.voucher_offset or VoucherOffset()
    event = FeesBilled(
        bill=str(command.bill),
        account=str(command.account),
        first_month=str(command.first_month),
        months=command.months,
        billed_at=int(command.billed_at),
        product_fee_fen=int(command.product_fee),
        call_fee_fen=int(command.call_fee or 0),
        service_voucher_fen=int(offset.service or 0),
        call_voucher_fen=int(offset.call or 0),
    )
    check_amounts(begun(event))
    if single_fee:
        check_no_call_part(event.bill, event.call_fee_fen, event.call_voucher_fen)
    return event


def void(bill: Bill, reason: str) -> tuple[Event, ...]:
    """Void a bill. Raises Refusal `bill_voided`, `redemptions_stand`."""
    if bill.voided == reason:
        return ()
    check_not_voided(bill)
    standing = [payment for payment in bill.payments if not payment.reversed]
    if standing:
        paid = standing[0]
        raise RedemptionsStand(bill=bill.bill, voucher=paid.voucher, redemption=paid.redemption)
    return (FeesVoided(bill=bill.bill),)


def repeat(bill: Bill, *, again: bool) -> tuple[Event, ...]:
    """A bill that was recorded before is told again with the same words: nothing while it stands.

    A void one stands again where `again` is said, with the amounts that it had. Raises Refusal `undone` otherwise.
    """
    if bill.voided is None:
        return ()
    if not again:
        raise BillUndone(bill=bill.bill, voided=bill.voided)
    return (FeesRestored(bill=bill.bill),)


def check_not_voided(bill: Bill) -> None:
    """Check that a bill stands. Raises Refusal `bill_voided`."""
    if bill.voided is not None:
        raise BillVoided(bill=bill.bill, voided=bill.voided)


def check_no_call_part(bill: str, call_fee_fen: int, call_voucher_fen: int) -> None:
    """Under terms whose fee has no parts, all of it is the product fee. Raises Refusal `no_call_part`."""
    if call_fee_fen or call_voucher_fen:
        raise NoCallPart(bill=bill)


def check_amounts(bill: Bill) -> None:
    """Clause 1: the call fee is a part of the product fee; vouchers pay no more than each part.

    Raises Refusal `call_above_product`, `vouchers_above_fee`.
    """
    if bill.service_fee_fen < 0:
        raise CallAboveProduct(bill=bill.bill, call_fee=bill.call_fee_fen, product_fee=bill.product_fee_fen)
    for part in PARTS:
        if offset_fen(bill, part) > fee_fen(bill, part):
            raise VouchersAboveFee(bill=bill.bill, vouchers=offset_fen(bill, part), part=part, fee=fee_fen(bill, part))
