"""A voucher: its redemptions and cancellations, and the commands that may change it."""

from __future__ import annotations

import msgspec

from domain.bill import Bill, owed_fen
from domain.claim import Claim
from domain.commands import IssueVoucher, RedeemVoucher, ReverseRedemption
from domain.events import (
    ClaimPaid,
    Event,
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
    ClaimNotDecided,
    IssuedBeforeDecided,
    NothingAwarded,
    NothingLeft,
    RedemptionWasReversed,
    UnknownRedemption,
)
from domain.rules import vouchers as rules
from domain.terms.versions import Terms


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
    """A cancellation of the voucher's balance."""

    amount_fen: int
    reason: str | None


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


def evolve(voucher: Voucher | None, event: Event, reason: str | None) -> Voucher:
    """Apply one more event to a voucher's state."""
    match event:
        case VoucherIssued():
            return Voucher(
                voucher=event.voucher,
                account=event.account,
                month=event.month,
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
            voucher.cancellations.append(Cancellation(amount_fen=event.amount_fen, reason=reason))
        case _:
            raise ValueError(f"{type(event).__name__} is no event of a voucher")
    return voucher


def issue(claim: Claim, command: IssueVoucher, issued_at: int, version: str) -> tuple[VoucherIssued, ...]:
    """Issue a voucher for the latest award less the month's earlier vouchers. No event where nothing is left.

    Raises Refusal `claim_undecided`, `nothing_awarded`, `issued_before_decided`.
    """
    latest = claim.latest
    if latest is None:
        raise ClaimNotDecided(account=claim.account, month=claim.month)
    if claim.to_issue_fen == 0:
        if latest.outcome != "awarded" and not claim.paid:
            raise NothingAwarded(account=claim.account, month=claim.month, outcome=latest.outcome)
        return ()
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
            amount_fen=claim.to_issue_fen,
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
) -> tuple[VoucherRedeemed, FeesPaidByVoucher] | tuple[()]:
    """Redeem a voucher: one event for the voucher, one for the bill. No event where the same redemption is valid.

    Raises Refusal as the rules of `domain/rules/vouchers.py` do, `beyond_balance` and `beyond_bill`.
    """
    amount_fen = int(command.amount)
    for redemption in voucher.redemptions:
        same = (voucher.account, redemption.bill, redemption.part, redemption.amount_fen, redemption.redeemed_at)
        wanted = (command.account, command.bill, command.part, amount_fen, command.redeemed_at)
        if redemption.reversed is None and same == wanted:
            return ()
    rules.check_usable(voucher.voucher, voucher.account, voucher.issued_at, bill, command, terms)
    if amount_fen > voucher.balance_fen:
        raise BeyondBalance(voucher=voucher.voucher, balance=voucher.balance_fen, amount=amount_fen)
    if amount_fen > owed_fen(bill, command.part):
        raise BeyondBill(part=command.part, bill=bill.bill, owed=owed_fen(bill, command.part), amount=amount_fen)
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
    return redeemed, bill_side


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


def cancel(voucher: Voucher, reason: str) -> tuple[Event, ...]:
    """Cancel the balance. Raises Refusal `nothing_left` where it is zero and was not cancelled for this reason."""
    if voucher.balance_fen:
        return (VoucherCancelled(voucher=voucher.voucher, amount_fen=voucher.balance_fen),)
    if any(cancellation.reason == reason for cancellation in voucher.cancellations):
        return ()
    raise NothingLeft(voucher=voucher.voucher)
