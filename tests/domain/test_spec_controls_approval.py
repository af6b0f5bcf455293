"""Maker and checker: what may be approved and by whom, and what is issued without; every refusal in its order."""

from __future__ import annotations

import msgspec
import pytest
from build import at, fen, row
from spec import Given, given
from test_golden_events import GOLDEN

from domain import approval, claim, voucher
from domain.claim import Claim
from domain.commands import IssueVoucher
from domain.controls import Controls
from domain.decision import Decision, Outcome
from domain.decision_record import decode, encode, record_sha256
from domain.events import ClaimApproved, ClaimDecided, ClaimDisputed, ClaimFiled, ClaimPaid, Event, VoucherCancelled
from domain.refusals import Refusal
from domain.refusals.controls import (
    ApprovalNeeded,
    ApprovalNotNeeded,
    FactsChanged,
    NoLimitSet,
    NothingToApprove,
    OwnDecision,
    OwnDecisionByAnotherName,
)
from domain.refusals.voucher import ClaimNotDecided, NothingAwarded
from domain.time import MonthText
from domain.values import Id
from ledger.log.codec import open_state

ABOVE_100 = Controls(approval_above_fen=fen("100"))
SEEN = 41
FILED = ClaimFiled(account="1001", month="2026-03", filed_at=at("04-10 09:00"))
PAID = ClaimPaid(account="1001", month="2026-03", voucher="V", amount_fen=fen("150"))
CANCELLED = VoucherCancelled(voucher="V", amount_fen=fen("10"))
DISPUTED = ClaimDisputed(account="1001", month="2026-03", disputed_at=at("04-20 09:00"), grounds="it was longer")


def made(number: int = 1, yuan: str = "150", outcome: Outcome = "awarded") -> Decision:
    """A decision of March that awards an amount."""
    golden = open_state("claim.decided", (GOLDEN / "claim.decided.json").read_bytes(), 1, "1001/x").data
    plain = decode(bytes(golden.decision))
    assert plain.credit is not None
    credit = msgspec.structs.replace(plain.credit, total_fen=fen(yuan)) if outcome == "awarded" else None
    return msgspec.structs.replace(plain, number=number, outcome=outcome, credit=credit)


def decided(number: int = 1, yuan: str = "150", outcome: Outcome = "awarded") -> ClaimDecided:
    record = msgspec.Raw(encode(made(number, yuan, outcome)))
    return ClaimDecided(account="1001", month="2026-03", decision=record)


def approved(number: int = 1, yuan: str = "150", due: str | None = None) -> ClaimApproved:
    return ClaimApproved(
        account="1001",
        month="2026-03",
        decision=number,
        decision_sha256=record_sha256(encode(made(number, yuan))),
        amount_fen=fen(due or yuan),
        position=SEEN,
    )


def folded(state: Claim | None, event: Event, actor: str | None) -> Claim:
    """A claim's state, where a spec gives the actor in the place of the reason."""
    return claim.evolve(state, event, None, actor or "clerk")


def after(*events: Event | tuple[Event, str]) -> Given:
    return given(folded, FILED, *events)


def approve(state: Given, *expected: Event | type[Refusal], by: str = "checker", at_: Controls = ABOVE_100) -> None:
    state.when(approval.approve, by, SEEN, at_).then(*expected)


def issue(state: Given, *, refused: bool, controls: Controls = ABOVE_100, again: bool = False) -> None:
    """Whether an issue is refused for want of an approval."""
    command = IssueVoucher(account=Id("1001"), month=MonthText("2026-03"), again=again)
    if refused:
        state.when(voucher.issue, command, at("12-31 00:00"), "2018-08-01", controls).then(ApprovalNeeded)
    else:
        (issued,) = voucher.issue(state.state, command, at("12-31 00:00"), "2018-08-01", controls)
        assert issued.amount_fen == state.state.due_fen


@pytest.mark.parametrize(
    ("yuan", "limit", "refused"),
    [
        row("no limit", "150", None, False),
        row("a limit of nothing", "0.01", "0", True),
        row("a fen below", "99.99", "100", False),
        row("as much as the limit", "100", "100", False),
        row("a fen above", "100.01", "100", True),
    ],
)
def test_an_award_above_the_limit_is_issued_only_once_it_is_approved(
    yuan: str, limit: str | None, refused: bool
) -> None:
    controls = Controls(approval_above_fen=None if limit is None else fen(limit))
    issue(after(decided(yuan=yuan)), refused=refused, controls=controls)
    issue(after(decided(yuan=yuan), (approved(yuan=yuan), "checker")), refused=False, controls=controls)


def test_the_whole_award_counts_however_little_of_it_is_due() -> None:
    state = after(decided(), PAID, decided(2, "150.01"))
    assert state.state.due_fen == 1
    issue(state, refused=True)
    approve(state, approved(2, "150.01", "0.01"))
    issue(after(decided(), PAID, decided(2, "150.01"), (approved(2, "150.01", "0.01"), "checker")), refused=False)


def test_a_new_decision_voids_an_approval_and_a_dispute_does_not() -> None:
    issue(after(decided(), (approved(), "checker"), DISPUTED), refused=False)
    issue(after(decided(), (approved(), "checker"), decided(2)), refused=True)
    approve(after(decided(), (approved(), "checker"), decided(2)), approved(2))


def test_what_is_issued_again_after_a_cancellation_is_approved_anew() -> None:
    state = after(decided(), (approved(), "checker"), PAID, CANCELLED)
    issue(state, refused=True, again=True)
    approve(state, approved(due="10"))
    issue(after(decided(), PAID, CANCELLED, (approved(due="10"), "checker")), refused=False, again=True)


def test_an_approval_is_for_what_a_decision_awards_and_no_voucher_holds() -> None:
    approve(after(), ClaimNotDecided)
    approve(after(decided(outcome="commitment_met")), NothingAwarded)
    approve(after(decided(), PAID), NothingToApprove)
    approve(after(decided()), approved())


def test_an_approval_that_no_control_asks_for_is_refused() -> None:
    approve(after(decided()), NoLimitSet, at_=Controls())
    approve(after(decided(yuan="100")), ApprovalNotNeeded)


def test_who_made_any_decision_of_the_claim_cannot_approve() -> None:
    one = after((decided(), "maker"))
    approve(one, OwnDecision, by="maker")
    approve(one, approved(), by="checker")
    two = after((decided(), "maker"), (decided(2), "other"))
    for decider in ("maker", "other"):
        approve(two, OwnDecision, by=decider)
    approve(two, approved(2), by="checker")
    assert two.state.deciders == ["maker", "other"]


def test_all_names_of_a_person_are_one_approver() -> None:
    one = after((decided(), "Carol Ng"))
    one.when(approval.approve, "carol", SEEN, ABOVE_100, {"carol", "Carol Ng"}).then(OwnDecisionByAnotherName)
    one.when(approval.approve, "dave", SEEN, ABOVE_100, {"dave", "Dave Wu"}).then(approved())
    one.when(approval.approve, "Carol Ng", SEEN, ABOVE_100, {"carol", "Carol Ng"}).then(OwnDecision)


def test_an_approval_that_stands_is_not_recorded_again() -> None:
    standing = after((decided(), "maker"), (approved(), "checker"))
    approve(standing)
    approve(standing, by="another")
    approve(standing, at_=Controls())
    approve(standing, OwnDecision, by="maker")
    approve(after((decided(), "maker"), (approved(), "checker"), PAID))


def test_an_approval_is_refused_where_deciding_again_would_come_out_differently() -> None:
    held = after(decided()).state.decisions[-1]
    approval.check_facts(held, None, SEEN)
    for again in (made(2, "150.01"), made(2, outcome="commitment_met")):
        with pytest.raises(FactsChanged) as refused:
            approval.check_facts(held, again, SEEN)
        assert again.outcome in refused.value.message
