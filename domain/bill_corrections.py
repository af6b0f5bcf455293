"""Corrections of a bill, and which redemptions its own voucher offset shows: one payment is subtracted once."""

from __future__ import annotations

import msgspec

from domain.bill import (
    PARTS,
    Bill,
    begun,
    check_amounts,
    check_no_call_part,
    check_not_voided,
    offset_fen,
    owed_fen,
    redeemed_fen,
    unexplained_fen,
)
from domain.commands import CorrectFees
from domain.events import Event, FeesBilled, FeesCorrected, FeesOffsetExplained, Part
from domain.refusals.bill import (
    BelowRedeemed,
    ExplainedBeyondOffset,
    NoSuchPayment,
    NothingToCorrectInBill,
    OffsetUnexplained,
    SeveralSuchPayments,
)
from domain.values import ExplainedBy, VoucherOffset


def correct(bill: Bill, command: CorrectFees, single_fee: bool = False) -> tuple[Event, ...]:
    """Correct a bill's amounts.

    Redemptions that the bill's offset is said to show are marked. Raises Refusal `nothing_given`, `bill_voided`,
    `unknown_redemption`, `call_above_product`, `vouchers_above_fee`, `no_call_part`, `same_payment`, `beyond_offset`,
    `below_redeemed`.
    """
    check_not_voided(bill)
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
        check_amounts(corrected)
        if single_fee:
            check_no_call_part(bill.bill, corrected.call_fee_fen, corrected.call_voucher_fen)
        for part in PARTS:
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
    for part in PARTS:
        _check_payments(bill, marked, part, asked=False)
    return events


def check_named(billed: FeesBilled, named: ExplainedBy | None) -> None:
    """Check that a new bill names no redemptions: none can stand on it. Raises Refusal `unknown_redemption`."""
    explain(begun(billed), named)


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
