"""What bills, claims and vouchers may record."""

from __future__ import annotations

import msgspec

from domain import bill as bills
from domain import bill_corrections as corrections
from domain import claim as claims
from domain import commands as c
from domain import events as e
from domain import voucher as vouchers
from domain.admissible.act import Act, Forbidden, amount, evidence_field, is_one_act, maybe_amount
from domain.controls import Controls
from domain.decision import Decision, terms_used
from domain.decision_record import decode, encode
from domain.money import yuan
from domain.recording_rules import WITH_CLOCK
from domain.terms import versions as agreement
from domain.text import said
from domain.time import MonthText, month_span
from domain.values import ExplainedBy, Id, VoucherId, VoucherOffset, Words


def _has_single_fee(act: Act) -> bool:
    return agreement.latest(act.case.versions).terms.single_fee


def billed(act: Act, event: e.FeesBilled) -> tuple[e.Event, ...]:
    """The event of the same bill. An id belongs to one bill alone."""
    act.account()
    if event.bill in act.case.bills:
        raise Forbidden("id_taken", said("bill {bill} was recorded before", bill=event.bill))
    command = c.BillFees(
        bill=Id.parse(event.bill),
        account=Id.parse(event.account),
        first_month=MonthText.parse(event.first_month),
        months=event.months,
        billed_at=act.at(event.billed_at),
        product_fee=amount(event.product_fee_fen),
        call_fee=amount(event.call_fee_fen),
        voucher_offset=VoucherOffset(service=amount(event.service_voucher_fen), call=amount(event.call_voucher_fen)),
    )
    return (bills.billed(command, _has_single_fee(act)),)


def corrected(act: Act, event: e.FeesCorrected) -> tuple[e.Event, ...]:
    """The events of the same correction, with the redemptions that it says the offset shows."""
    shown = [f"{one.voucher}/{one.redemption}" for one in act.same_act(e.FeesOffsetExplained)]
    command = c.CorrectFees(
        bill=Id.parse(event.bill),
        product_fee=maybe_amount(event.product_fee_fen),
        call_fee=maybe_amount(event.call_fee_fen),
        voucher_offset=VoucherOffset(
            service=maybe_amount(event.service_voucher_fen), call=maybe_amount(event.call_voucher_fen)
        ),
        offset_explained_by=ExplainedBy.parse(",".join(shown) or "none"),
        reason=act.reason,
    )
    return corrections.correct(act.bill(event.bill), command, _has_single_fee(act))


def offset_explained(act: Act, event: e.FeesOffsetExplained) -> tuple[e.Event, ...]:
    """The event that marks the same redemption as shown."""
    named = ExplainedBy.parse(f"{event.voucher}/{event.redemption}")
    return corrections.explained(act.bill(event.bill), named)


def voided(act: Act, event: e.FeesVoided) -> tuple[e.Event, ...]:
    """The events of the same voiding."""
    return bills.void(act.bill(event.bill), act.reason)


def restored(act: Act, event: e.FeesRestored) -> tuple[e.Event, ...]:
    """The events of the same restoring."""
    return bills.repeat(act.bill(event.bill), again=True)


def filed(act: Act, event: e.ClaimFiled) -> tuple[e.Event, ...]:
    """The events of the same filing."""
    act.account()
    month = MonthText.parse(event.month)
    command = c.FileClaim(
        account=Id.parse(event.account),
        month=month,
        filed_at=act.at(event.filed_at),
        statement=None if event.statement is None else Words.parse(event.statement),
        evidence=tuple(evidence_field(piece) for sent in act.same_act(e.ClaimEvidenced)[:1] for piece in sent.evidence),
        again=True,
    )
    zone = agreement.in_force(act.case.versions, month).terms.zone
    return claims.file(act.case.claims.get(event.month), command, month_span(month, zone)[1])


def withdrawn(act: Act, event: e.ClaimWithdrawn) -> tuple[e.Event, ...]:
    """The events of the same withdrawal."""
    return claims.withdraw(act.claim(event.month), act.reason)


def decided(act: Act, event: e.ClaimDecided) -> tuple[e.Event, ...]:
    """The same decision, where the claim waits for one, or was decided and is decided again for a reason.

    What it says is checked by making it again (`audit replay`).
    """
    claim, made = act.claim(event.month), decode(bytes(event.decision))
    if (made.account, made.month) != (event.account, event.month):
        raise Forbidden(
            "other_decision", said("the decision is of {account} {month}", account=made.account, month=made.month)
        )
    if made.number != len(claim.decisions) + 1:
        raise Forbidden("other_decision", said("the decision says that it is number {n}", n=made.number))
    _check_record(act, made, bytes(event.decision))
    again = claim.pending is None
    command: c.DecideClaim | c.RedecideClaim
    if again:
        claims.check_is_decided(claim)
        command = c.RedecideClaim(
            account=Id.parse(event.account), month=MonthText.parse(event.month), reason=act.reason
        )
    else:
        command = c.DecideClaim(account=Id.parse(event.account), month=MonthText.parse(event.month))
    claims.check_decided_at(claim, command, act.at(made.decided_at))
    return (event,)


def _check_record(act: Act, made: Decision, record: bytes) -> None:
    """A record's bytes are those in which it is written, and it cites the terms that governed its month."""
    try:
        is_as_written = encode(made) == record
    except ValueError:  # its format has no place for what it says
        is_as_written = False
    if not is_as_written:
        raise Forbidden("other_decision", said("its record is not written as a decision is"))
    governing = agreement.in_force(act.case.versions, made.month)
    if made.terms != terms_used(governing):
        raise Forbidden("other_decision", said("it cites other terms than {version}", version=governing.terms.version))


def disputed(act: Act, event: e.ClaimDisputed) -> tuple[e.Event, ...]:
    """The events of the same dispute."""
    command = c.DisputeClaim(
        account=Id.parse(event.account),
        month=MonthText.parse(event.month),
        disputed_at=act.at(event.disputed_at),
        grounds=Words.parse(event.grounds),
    )
    return claims.dispute(act.claim(event.month), command)


def issued(act: Act, event: e.VoucherIssued) -> tuple[e.Event, ...]:
    """The same voucher with the claim's side, within what its decision leaves to issue.

    By the first rules, less was issued where a voucher of the month was cancelled, so a smaller amount is admissible.
    """
    if event.voucher in act.case.vouchers:
        raise Forbidden("id_taken", said("voucher {voucher} was issued before", voucher=event.voucher))
    claim = act.claim(event.month)
    command = c.IssueVoucher(
        account=Id.parse(event.account),
        month=MonthText.parse(event.month),
        issued_at=act.at(event.issued_at),
        voucher=VoucherId.parse(event.voucher),
        again=True,
    )
    version = agreement.in_force(act.case.versions, event.month).terms.version
    expected = vouchers.issue(claim, command, event.issued_at, version, act.case.controls or Controls())
    if not expected:
        raise Forbidden("nothing_due", said("the award of {month} is issued already", month=event.month))
    least = claim.due_fen if act.case.rules >= WITH_CLOCK else 1
    if not least <= event.amount_fen <= claim.due_fen:
        raise Forbidden(
            "beyond_award",
            said("{due} is left to issue, and not {amount}", due=yuan(claim.due_fen), amount=yuan(event.amount_fen)),
        )
    (made,) = expected
    same = msgspec.structs.replace(made, amount_fen=event.amount_fen)
    return same, vouchers.paid(same)


def redeemed(act: Act, event: e.VoucherRedeemed) -> tuple[e.Event, ...]:
    """The same redemption with the bill's side."""
    voucher, bill = act.voucher(event.voucher), act.bill(event.bill)
    third = act.parts(3)[2:]  # behind the side of the bill
    shown = any(isinstance(one.event, e.FeesOffsetExplained) and is_one_act([act.fact, one]) for one in third)
    command = c.RedeemVoucher(
        voucher=VoucherId.parse(event.voucher),
        account=Id.parse(voucher.account),
        bill=Id.parse(event.bill),
        part=event.part,
        amount=amount(event.amount_fen),
        redeemed_at=act.at(event.redeemed_at),
        shown_on_bill=shown,
        again=True,
    )
    terms = agreement.by_name(act.case.versions, voucher.version).terms
    return vouchers.redeem(voucher, bill, command, terms)


def reversed_(act: Act, event: e.RedemptionReversed) -> tuple[e.Event, ...]:
    """The same reversal with the bill's side."""
    if event.redemption < 1:
        raise Forbidden("unknown_redemption", said("redemptions are counted from 1"))
    command = c.ReverseRedemption(
        voucher=VoucherId.parse(event.voucher), redemption=event.redemption, reason=act.reason
    )
    return vouchers.reverse(act.voucher(event.voucher), command)


def cancelled(act: Act, event: e.VoucherCancelled) -> tuple[e.Event, ...]:
    """The same cancellation with the claim's side, which was not recorded by the first rules."""
    voucher = act.voucher(event.voucher)
    command = c.CancelVoucher(
        voucher=VoucherId.parse(event.voucher), amount=amount(event.amount_fen), reason=act.reason
    )
    expected = vouchers.cancel(voucher, command)
    if not expected:
        return ()
    told = act.case.rules >= WITH_CLOCK or act.same_act(e.ClaimPaymentCancelled)
    return (*expected, vouchers.cancelled(voucher, expected[0])) if told else expected
