"""A voucher: its redemptions and cancellations, and the commands that may change it."""

from __future__ import annotations

import msgspec

from domain.approval import check_issue
from domain.bill import Bill, is_shown, owed_fen, unexplained_fen
from domain.claim import Claim
from domain.commands import CancelVoucher, IssueVoucher, RedeemVoucher, ReverseRedemption
from domain.controls import Controls
from domain.events import (
    ClaimPaid,
    ClaimPaymentCancelled,
    Event,
    FeesOffsetExplained,
    FeesPaidByVoucher,
    FeesPaymentReversed,
    Part,
    RedemptionReversed,
    VoucherCancelled,
    VoucherIssued,
    VoucherRedeemed,
)
from domain.refusals.voucher import (
    BeyondBalance,
    BeyondBill,
    CancelsBeyondBalance,
    ClaimNotDecided,
    IssuedBeforeDecided,
    IssueUndone,
    NothingAwarded,
    NothingLeft,
    NothingToCancel,
    NotShownOnBill,
    RecordedAsAnother,
    RedemptionUndone,
    RedemptionWasReversed,
    SamePayment,
    UnknownRedemption,
)
from domain.rules import vouchers as rules
from domain.terms.versions import Terms
from domain.time import check_month


class Redemption(msgspec.Struct, kw_only=True):
    """A part of a bill that the voucher paid; `number` counts from 1 within the voucher."""

    number: int
    bill: str
    part: Part
    amount_fen: int
    redeemed_at: int
    reversed: str | None = None
    """The reason of its reversal; None while the redemption is valid."""


class Cancellation(msgspec.Struct, kw_only=True, frozen=True):
    """A cancellation of the voucher's balance or a part of it; `left_fen` is what it left."""

    amount_fen: int
    reason: str | None
    left_fen: int


class Voucher(msgspec.Struct, kw_only=True):
    """A voucher of an account for a month; `version` names the terms under which it is used."""

    voucher: str
    account: str
    month: str
    amount_fen: int
    issued_at: int
    decision: int
    version: str
    redemptions: list[Redemption] = []
    cancellations: list[Cancellation] = []

    @property
    def redeemed_fen(self) -> int:
        return sum(redemption.amount_fen for redemption in self.redemptions if redemption.reversed is None)

    @property
    def cancelled_fen(self) -> int:
        return sum(cancellation.amount_fen for cancellation in self.cancellations)

    @property
    def balance_fen(self) -> int:
        return self.amount_fen - self.redeemed_fen - self.cancelled_fen

    @property
    def given_back_fen(self) -> int:
        """What can be spent of a voucher that was wholly cancelled, since a redemption was reversed afterwards."""
        was_cancelled = bool(self.cancellations) and self.cancellations[-1].left_fen == 0
        return self.balance_fen if was_cancelled else 0


def evolve(voucher: Voucher | None, event: Event, reason: str | None) -> Voucher:
    """Apply one more event to a voucher's state."""
    match event:
        case VoucherIssued():
            return Voucher(
                voucher=event.voucher,
                account=event.account,
                month=check_month(event.month),
                amount_fen=event.amount_fen,
                issued_at=event.issued_at,
                decision=event.decision,
                version=event.version,
                redemptions=[],
                cancellations=[],
            )
        case _ if voucher is None:
            raise ValueError(f"a voucher cannot begin with {type(event).__name__}")
        case VoucherRedeemed():
            voucher.redemptions.append(
                Redemption(
                    number=event.redemption,
                    bill=event.bill,
                    part=event.part,
                    amount_fen=event.amount_fen,
                    redeemed_at=event.redeemed_at,
                )
            )
        case RedemptionReversed():
            voucher.redemptions[event.redemption - 1].reversed = reason or ""
        case VoucherCancelled():
            left_fen = voucher.balance_fen - event.amount_fen
            voucher.cancellations.append(Cancellation(amount_fen=event.amount_fen, reason=reason, left_fen=left_fen))
        case _:
            raise ValueError(f"{type(event).__name__} is no event of a voucher")
    return voucher


def issue(
    claim: Claim, command: IssueVoucher, issued_at: int, version: str, controls: Controls
) -> tuple[VoucherIssued, ...]:
    """Issue a voucher for the latest award less what the month's vouchers hold. No event where nothing is due.

    Raises Refusal `claim_undecided`, `nothing_awarded`, `undone`, `approval_needed`, `issued_before_decided`.
    """
    latest = claim.latest
    if latest is None:
        raise ClaimNotDecided(account=claim.account, month=claim.month)
    if claim.due_fen == 0:
        if latest.outcome != "awarded" and not claim.paid:
            raise NothingAwarded(account=claim.account, month=claim.month, outcome=latest.outcome)
        return ()
    if claim.undone is not None and not command.again:
        raise IssueUndone(
            account=claim.account,
            month=claim.month,
            voucher=claim.undone.voucher,
            cancelled=claim.undone.reason,
            due=claim.due_fen,
        )
    check_issue(claim, controls)
    if issued_at < latest.decided_at:
        raise IssuedBeforeDecided(
            account=claim.account, month=claim.month, decided_at=latest.decided_at, issued_at=issued_at
        )
    number = len(claim.paid) + 1
    return (
        VoucherIssued(
            voucher=str(command.voucher or f"V-{claim.account}-{claim.month}-{number}"),
            account=claim.account,
            month=claim.month,
            amount_fen=claim.due_fen,
            issued_at=issued_at,
            decision=latest.number,
            version=version,
        ),
    )


def paid(event: VoucherIssued) -> ClaimPaid:
    """The claim's side of an issue."""
    return ClaimPaid(account=event.account, month=event.month, voucher=event.voucher, amount_fen=event.amount_fen)


def redeem(
    voucher: Voucher, bill: Bill, command: RedeemVoucher, terms: Terms
) -> tuple[VoucherRedeemed, *tuple[FeesPaidByVoucher | FeesOffsetExplained, ...]] | tuple[()]:
    """Redeem a voucher: one event for the voucher, then those for the bill. No event where the same redemption stands.

    Raises Refusal `undone`, `same_payment`, as the rules of `domain/rules/vouchers.py` do, `beyond_balance`,
    `beyond_offset` and `beyond_bill`.
    """
    if _stands(voucher, bill, command):
        return ()
    amount_fen = int(command.amount)
    rules.check_usable(voucher.voucher, voucher.account, voucher.issued_at, bill, command, terms)
    if amount_fen > voucher.balance_fen:
        raise BeyondBalance(voucher=voucher.voucher, balance=voucher.balance_fen, amount=amount_fen)
    _check_room(bill, command)
    number = len(voucher.redemptions) + 1
    redeemed = VoucherRedeemed(
        voucher=voucher.voucher,
        redemption=number,
        bill=bill.bill,
        part=command.part,
        amount_fen=amount_fen,
        redeemed_at=int(command.redeemed_at),
    )
    bill_side = FeesPaidByVoucher(
        bill=bill.bill,
        voucher=voucher.voucher,
        redemption=number,
        voucher_month=voucher.month,
        part=command.part,
        amount_fen=amount_fen,
    )
    if not command.shown_on_bill:
        return redeemed, bill_side
    return redeemed, bill_side, FeesOffsetExplained(bill=bill.bill, voucher=voucher.voucher, redemption=number)


def _stands(voucher: Voucher, bill: Bill, command: RedeemVoucher) -> bool:
    """Whether the same redemption stands. Raises Refusal `same_payment`, and `undone` where it was reversed."""
    same = [redemption for redemption in voucher.redemptions if _same(voucher, redemption, command)]
    standing = next((redemption for redemption in same if redemption.reversed is None), None)
    if standing is not None:
        if command.shown_on_bill and not is_shown(bill, voucher.voucher, standing.number):
            raise RecordedAsAnother(redemption=standing.number, voucher=voucher.voucher, bill=bill.bill)
        return True
    said = command.shown_on_bill
    undone = [one for one in same if said in (None, is_shown(bill, voucher.voucher, one.number))]
    if undone and not command.again:
        number, reversed_for = undone[-1].number, undone[-1].reversed or ""
        raise RedemptionUndone(redemption=number, voucher=voucher.voucher, reversed=reversed_for)
    return False


def _same(voucher: Voucher, redemption: Redemption, command: RedeemVoucher) -> bool:
    known = (redemption.bill, redemption.part, redemption.amount_fen, redemption.redeemed_at)
    is_owner = command.account in (None, voucher.account)
    return is_owner and known == (command.bill, command.part, int(command.amount), command.redeemed_at)


def _check_room(bill: Bill, command: RedeemVoucher) -> None:
    """Check that a payment fits the bill: within its own offset where it is shown there, else within what is owed.

    Raises Refusal `same_payment` where it must be said which, `beyond_offset`, `beyond_bill`.
    """
    amount_fen, offset_fen = int(command.amount), unexplained_fen(bill, command.part)
    if command.shown_on_bill:
        if amount_fen > offset_fen:
            raise NotShownOnBill(part=command.part, bill=bill.bill, offset=offset_fen, amount=amount_fen)
        return
    if command.shown_on_bill is None and amount_fen <= offset_fen:
        raise SamePayment(bill=bill.bill, offset=offset_fen, part=command.part, amount=amount_fen)
    owed = owed_fen(bill, command.part)
    if amount_fen > owed:
        raise BeyondBill(part=command.part, bill=bill.bill, owed=owed, amount=amount_fen)


def reverse(voucher: Voucher, command: ReverseRedemption) -> tuple[RedemptionReversed, FeesPaymentReversed] | tuple[()]:
    """Reverse a redemption on the voucher and the bill. Raises Refusal `unknown_redemption`, `redemption_reversed`."""
    if command.redemption > len(voucher.redemptions):
        raise UnknownRedemption(voucher=voucher.voucher, redemption=command.redemption, n=len(voucher.redemptions))
    redemption = voucher.redemptions[command.redemption - 1]
    if redemption.reversed == command.reason:
        return ()
    if redemption.reversed is not None:
        raise RedemptionWasReversed(number=redemption.number, voucher=voucher.voucher, reversed=redemption.reversed)
    return (
        RedemptionReversed(voucher=voucher.voucher, redemption=redemption.number),
        FeesPaymentReversed(bill=redemption.bill, voucher=voucher.voucher, redemption=redemption.number),
    )


def cancel(voucher: Voucher, command: CancelVoucher) -> tuple[VoucherCancelled, ...]:
    """Cancel the balance, or a part of it. No event where the same was cancelled for the same reason.

    Raises Refusal `nothing_to_cancel`, `nothing_left`, `beyond_balance`.
    """
    same = [one for one in voucher.cancellations if one.reason == command.reason]
    if any(one.amount_fen == command.amount for one in same):
        return ()
    if command.amount is None and same and voucher.balance_fen == 0:
        return ()
    amount_fen = voucher.balance_fen if command.amount is None else int(command.amount)
    if command.amount == 0:
        raise NothingToCancel(voucher=voucher.voucher)
    if voucher.balance_fen == 0:
        raise NothingLeft(voucher=voucher.voucher)
    if amount_fen > voucher.balance_fen:
        raise CancelsBeyondBalance(voucher=voucher.voucher, balance=voucher.balance_fen, amount=amount_fen)
    return (VoucherCancelled(voucher=voucher.voucher, amount_fen=amount_fen),)


def cancelled(voucher: Voucher, event: VoucherCancelled) -> ClaimPaymentCancelled:
    """The claim's side of a cancellation."""
    return ClaimPaymentCancelled(
        account=voucher.account, month=voucher.month, voucher=voucher.voucher, amount_fen=event.amount_fen
    )
