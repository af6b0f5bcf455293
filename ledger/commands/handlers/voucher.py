"""Vouchers: issued, redeemed, reversed and cancelled."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from domain import approval
from domain import commands as c
from domain import voucher as vouchers
from domain.alternatives import Swing
from domain.claim import Claim
from domain.decision_record import decode
from domain.events import VoucherIssued
from domain.money import Fen, yuan
from domain.refusals import Refusal
from domain.refusals.controls import ApprovalNeeded
from domain.terms import versions as agreement
from domain.text import said
from ledger.commands.handlers.bill import bill_of
from ledger.commands.handlers.claim import claim_of, decide_again, known_of, swing_of_decision
from ledger.commands.handlers.effect import Effect, Handler, Origin, content_sha256, on, reserve
from ledger.commands.receipts import (
    ApprovalReceipt,
    ClaimReceipt,
    IssueReceipt,
    RedemptionReceipt,
    ReversalReceipt,
    VoucherReceipt,
)
from ledger.log import streams
from ledger.log.approvers import nobody_else
from ledger.log.reader import Reader
from ledger.refusals.approvals import ApprovalNeededWithSwing, NobodyElseMayApprove, NobodyElseRecords
from ledger.refusals.commands import UnknownVoucher
from ledger.refusals.ids import VoucherIdTaken


def _approve(log: Reader, command: c.ApproveVoucher, origin: Origin) -> Effect:
    account = str(command.account)
    claim, position = claim_of(log, account, command.month), log.position()
    events = approval.approve(claim, origin.actor, position, log.controls(), log.logins().own(origin.actor))
    if not events:
        return Effect(receipt=ClaimReceipt(account=account, month=command.month))
    (event,), made = events, claim.decisions[-1]
    record = decode(made.record)
    known = known_of(log, account)
    again = decide_again(known, account, command.month, record.decided_at, record)
    approval.check_facts(made, again, position)
    receipt = ApprovalReceipt(
        account=account, month=command.month, decision=event.decision, amount=Fen(event.amount_fen)
    )
    effect = on(streams.claim(account, command.month), events, receipt)
    found = swing_of_decision(known, account, command.month, record)
    effect.warnings = [*_swinging(account, command.month, found), *_claimed(account, command.month, origin)]
    return effect


def _swinging(account: str, month: str, found: Swing | None) -> list[str]:
    """A warning where a doubtful clause decides over the award."""
    if found is None:
        return []
    return [
        said(
            "{account} {month}: {reading} decides over {amount}; see `slaledger claim explain {account} {month} "
            "--readings`",
            account=account,
            month=month,
            reading=found.reading,
            amount=yuan(found.amount_fen),
        )
    ]


def _claimed(account: str, month: str, origin: Origin) -> list[str]:
    """A warning where an approval rests on the approver's own word for who they are."""
    if not origin.is_claimed:
        return []
    return [
        said(
            "{account} {month}: approved as {actor}; on this store anybody can claim to be an actor, so the approval "
            "proves no second person",
            account=account,
            month=month,
            actor=origin.actor,
        )
    ]


def _taken(id_: str, where: str) -> Refusal:
    return VoucherIdTaken(id=id_, where=where)


def _issue(log: Reader, command: c.IssueVoucher, origin: Origin) -> Effect:
    account = str(command.account)
    claim = claim_of(log, account, command.month)
    version = agreement.in_force(log.versions(), command.month).terms
    issued_at = origin.now if command.issued_at is None else int(command.issued_at)
    effect = Effect(receipt=ClaimReceipt(account=account, month=command.month))
    for event in _issued(log, claim, command, issued_at, version.version):
        effect.events = [
            (streams.voucher(account, event.voucher), event),
            (streams.claim(account, command.month), vouchers.paid(event)),
            *reserve(log, "voucher", event.voucher, account, content_sha256(event), partial(_taken, event.voucher)),
        ]
        effect.receipt = IssueReceipt(
            account=account, month=command.month, voucher=event.voucher, amount=Fen(event.amount_fen)
        )
    return effect


def _issued(
    log: Reader, claim: Claim, command: c.IssueVoucher, issued_at: int, version: str
) -> tuple[VoucherIssued, ...]:
    """The events of an issue. Raises Refusal as `domain.voucher.issue` does, and says where nobody could approve."""
    try:
        return vouchers.issue(claim, command, issued_at, version, log.controls())
    except ApprovalNeeded as needed:
        raise _told(log, claim, needed) from None


def _told(log: Reader, claim: Claim, needed: ApprovalNeeded) -> ApprovalNeeded:
    """The same refusal, telling more: that nobody could approve, or how much of the award hangs on a reading."""
    if nobody_else(log, claim.deciders):
        return _as(NobodyElseRecords if log.logins().login is None else NobodyElseMayApprove, needed)
    made = decode(claim.decisions[-1].record)
    found = swing_of_decision(known_of(log, claim.account), claim.account, claim.month, made)
    if found is None:
        return needed
    return _as(ApprovalNeededWithSwing, needed, reading=found.reading, swing=found.amount_fen)


def _as(kind: Callable[..., ApprovalNeeded], needed: ApprovalNeeded, **more: object) -> ApprovalNeeded:
    """A refusal as one of a class that tells more."""
    return kind(**needed.values, **more)


def voucher_of(log: Reader, id_: str) -> tuple[str, vouchers.Voucher]:
    """A voucher's stream and state, by its id alone. Raises Refusal `unknown_voucher`."""
    reserved = log.reservation("voucher", id_)
    if reserved is None:
        raise UnknownVoucher(voucher=id_)
    stream = streams.voucher(reserved.owner, id_)
    return stream, log.fold_streams(stream).vouchers[id_]


def _redeem(log: Reader, command: c.RedeemVoucher, origin: Origin) -> Effect:
    stream, voucher = voucher_of(log, command.voucher)
    bill_stream, bill = bill_of(log, command.bill)
    terms = agreement.by_name(log.versions(), voucher.version).terms
    events = vouchers.redeem(voucher, bill, command, terms)
    if not events:
        return Effect(receipt=VoucherReceipt(voucher=voucher.voucher))
    redeemed, *on_bill = events
    receipt = RedemptionReceipt(
        voucher=voucher.voucher,
        redemption=redeemed.redemption,
        balance=Fen(voucher.balance_fen - redeemed.amount_fen),
    )
    return Effect(events=[(stream, redeemed), *((bill_stream, event) for event in on_bill)], receipt=receipt)


def _reverse(log: Reader, command: c.ReverseRedemption, origin: Origin) -> Effect:
    stream, voucher = voucher_of(log, command.voucher)
    receipt = ReversalReceipt(voucher=voucher.voucher, redemption=command.redemption)
    events = vouchers.reverse(voucher, command)
    if not events:
        return Effect(receipt=receipt)
    undone, on_bill = events
    bill_stream, _ = bill_of(log, on_bill.bill)
    effect = Effect(events=[(stream, undone), (bill_stream, on_bill)], receipt=receipt)
    vouchers.evolve(voucher, undone, command.reason)
    effect.warnings = _given_back(voucher)
    return effect


def _given_back(voucher: vouchers.Voucher) -> list[str]:
    """What a reversal gives back of a cancelled voucher."""
    if not voucher.given_back_fen:
        return []
    return [
        said(
            "voucher {voucher} was cancelled; {amount} of it can be spent again. Where it must not be: `slaledger "
            "voucher cancel {voucher} --reason …`",
            voucher=voucher.voucher,
            amount=yuan(voucher.given_back_fen),
        )
    ]


def _cancel(log: Reader, command: c.CancelVoucher, origin: Origin) -> Effect:
    stream, voucher = voucher_of(log, command.voucher)
    effect = Effect(receipt=VoucherReceipt(voucher=voucher.voucher))
    claim = streams.claim(voucher.account, voucher.month)
    for event in vouchers.cancel(voucher, command):
        effect.events += [(stream, event), (claim, vouchers.cancelled(voucher, event))]
    return effect


HANDLERS: dict[type[c.Command], Handler] = {
    c.ApproveVoucher: _approve,
    c.IssueVoucher: _issue,
    c.RedeemVoucher: _redeem,
    c.ReverseRedemption: _reverse,
    c.CancelVoucher: _cancel,
}
