"""A bill: its fees, the vouchers that paid them, and the commands that may change it."""

from __future__ import annotations

import msgspec

from domain.commands import BillFees, CorrectFees
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
    BelowRedeemed,
    BillUndone,
    BillVoided,
    CallAboveProduct,
    CallFeeMissing,
    ExplainedBeyondOffset,
    NoCallPart,
    NoSuchPayment,
    NothingToCorrectInBill,
    OffsetUnexplained,
    RedemptionsStand,
    SeveralSuchPayments,
    VouchersAboveFee,
)
from domain.values import ExplainedBy, VoucherOffset

MAX_MONTHS = 120
_PARTS: tuple[Part, ...] = ("service", "call")


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
            return _billed(event)
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


def _billed(event: FeesBilled) -> Bill:
    return Bill(
        bill=event.bill,
        account=event.account,
        first_month=event.first_month,
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
    _check_amounts(_billed(event))
    if single_fee:
        _check_no_call_part(event.bill, event.call_fee_fen, event.call_voucher_fen)
    return event


def correct(bill: Bill, command: CorrectFees, single_fee: bool = False) -> tuple[Event, ...]:
    """Correct a bill's amounts.

    Redemptions that the bill's offset is said to show are marked. Raises Refusal `nothing_given`, `bill_voided`,
    `unknown_redemption`, `call_above_product`, `vouchers_above_fee`, `no_call_part`, `same_payment`, `beyond_offset`,
    `below_redeemed`.
    """
    _not_voided(bill)
    offset = command.voucher_offset or VoucherOffset()
    wanted: dict[str, int | None] = {
        "product_fee_fen": command.product_fee,
        "call_fee_fen": command.call_fee,
        "service_voucher_fen": offset.service,
        "call_voucher_fen": offset.call,
    }
    given = {name: int(amount) for name, amount in wanted.items() if amount is not None}
    if not given and command.offset_explained_by is None:
        raise NothingToCorrectInBill(bill=bill.bill)
    explained = explain(bill, command.offset_explained_by)
    changes = any(getattr(bill, name) != amount for name, amount in given.items())
    corrected = _marked(msgspec.structs.replace(bill, **given), explained)
    if changes or explained:
        _check_amounts(corrected)
        if single_fee:
            _check_no_call_part(bill.bill, corrected.call_fee_fen, corrected.call_voucher_fen)
        for part in _PARTS:
            _check_payments(bill, corrected, part, asked=command.offset_explained_by is None)
    return (*((FeesCorrected(bill=bill.bill, **given),) if changes else ()), *explained)


def explain(bill: Bill, named: ExplainedBy | None) -> tuple[FeesOffsetExplained, ...]:
    """Mark the redemptions that the bill's offset shows; none where nothing is named or all are marked.

    Raises Refusal `unknown_redemption`.
    """
    found: dict[tuple[str, int], None] = {}
    for voucher, number in named.redemptions if named is not None else ():
        same = [
            each
            for each in bill.payments
            if each.redemption == number and voucher in (None, each.voucher) and not each.reversed
        ]
        if not same:
            raise NoSuchPayment(bill=bill.bill, name=f"{voucher}/{number}" if voucher else str(number))
        if len(same) > 1:
            raise SeveralSuchPayments(bill=bill.bill, redemption=number)
        if not same[0].shown:
            found[same[0].voucher, number] = None
    return tuple(FeesOffsetExplained(bill=bill.bill, voucher=voucher, redemption=number) for voucher, number in found)


def explained(bill: Bill, named: ExplainedBy | None) -> tuple[FeesOffsetExplained, ...]:
    """Mark the redemptions that the bill's offset shows. Raises Refusal `unknown_redemption`, `beyond_offset`."""
    events = explain(bill, named)
    marked = _marked(bill, events)
    for part in _PARTS:
        _check_payments(bill, marked, part, asked=False)
    return events


def check_named(billed: FeesBilled, named: ExplainedBy | None) -> None:
    """Check that a new bill names no redemptions: none can stand on it. Raises Refusal `unknown_redemption`."""
    explain(_billed(billed), named)


def _marked(bill: Bill, explained: tuple[FeesOffsetExplained, ...]) -> Bill:
    """A copy of the bill on which the redemptions that its offset shows are marked."""
    marks = {(one.voucher, one.redemption) for one in explained}
    payments = [
        msgspec.structs.replace(one, shown=one.shown or (one.voucher, one.redemption) in marks) for one in bill.payments
    ]
    return msgspec.structs.replace(bill, payments=payments)


def _check_payments(bill: Bill, corrected: Bill, part: Part, *, asked: bool) -> None:
    """Check a corrected part against its redemptions; where `asked`, that none of them may be what its offset shows.

    Raises Refusal `same_payment`, `beyond_offset`, `below_redeemed`.
    """
    standing = [each for each in corrected.payments if each.part == part and not each.reversed]
    apart = next((each for each in standing if not each.shown), None)
    rises = offset_fen(corrected, part) > offset_fen(bill, part) and unexplained_fen(corrected, part) > 0
    if asked and rises and apart is not None:
        raise OffsetUnexplained(
            bill=bill.bill,
            offset=unexplained_fen(corrected, part),
            whole=offset_fen(corrected, part),
            part=part,
            voucher=apart.voucher,
            redemption=apart.redemption,
        )
    if unexplained_fen(corrected, part) < 0:
        shown = sum(each.amount_fen for each in standing if each.shown)
        raise ExplainedBeyondOffset(bill=bill.bill, part=part, offset=offset_fen(corrected, part), shown=shown)
    if owed_fen(corrected, part) < 0:
        raise BelowRedeemed(
            bill=bill.bill,
            redeemed=redeemed_fen(bill, part),
            part=part,
            voucher=standing[0].voucher,
            redemption=standing[0].redemption,
        )


def void(bill: Bill, reason: str) -> tuple[Event, ...]:
    """Void a bill. Raises Refusal `bill_voided`, `redemptions_stand`."""
    if bill.voided == reason:
        return ()
    _not_voided(bill)
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


def _not_voided(bill: Bill) -> None:
    if bill.voided is not None:
        raise BillVoided(bill=bill.bill, voided=bill.voided)


def _check_no_call_part(bill: str, call_fee_fen: int, call_voucher_fen: int) -> None:
    """Under terms whose fee has no parts, all of it is the product fee."""
    if call_fee_fen or call_voucher_fen:
        raise NoCallPart(bill=bill)


def _check_amounts(bill: Bill) -> None:
    """Clause 1: the call fee is a part of the product fee; vouchers pay no more than each part."""
    if bill.service_fee_fen < 0:
        raise CallAboveProduct(bill=bill.bill, call_fee=bill.call_fee_fen, product_fee=bill.product_fee_fen)
    for part in _PARTS:
        if offset_fen(bill, part) > fee_fen(bill, part):
            raise VouchersAboveFee(bill=bill.bill, vouchers=offset_fen(bill, part), part=part, fee=fee_fen(bill, part))
