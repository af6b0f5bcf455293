"""Maker and checker: an award above the ledger's limit is issued only after a second person approved it."""

from __future__ import annotations

from collections.abc import Collection

from domain.claim import Claim, Decided
from domain.controls import Controls
from domain.decision import Decision
from domain.decision_record import record_sha256
from domain.events import ClaimApproved
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
from domain.text import enumerated


def is_needed(awarded_fen: int, controls: Controls) -> bool:
    """Whether an award is above the limit. What counts is the whole award, however little of it is due."""
    return controls.approval_above_fen is not None and awarded_fen > controls.approval_above_fen


def check_issue(claim: Claim, controls: Controls) -> None:
    """Check that an award that needs an approval has one. Raises Refusal `approval_needed`."""
    limit = controls.approval_above_fen
    if (
        limit is None
        or claim.latest is None
        or claim.approval is not None
        or not is_needed(claim.awarded_fen, controls)
    ):
        return
    raise ApprovalNeeded(
        account=claim.account,
        month=claim.month,
        award=claim.awarded_fen,
        limit=limit,
        number=claim.latest.number,
        deciders=enumerated(claim.deciders),
    )


def approve(
    claim: Claim, actor: str, position: int, controls: Controls | None, own: Collection[str] = ()
) -> tuple[ClaimApproved, ...]:
    """Approve what the latest decision awards and no voucher holds. No event where an approval of it stands.

    `position` is the log's, `controls` None where they are not known; `own` are other names of the same person.
    Raises Refusal `claim_undecided`, `nothing_awarded`, `nothing_due`, `approval_not_needed`, `own_decision`.
    """
    if claim.latest is None:
        raise ClaimNotDecided(account=claim.account, month=claim.month)
    if claim.approval is None:
        _check_due(claim)
        _check_needed(claim, controls)
    _check_actor(claim, actor, own)
    if claim.approval is not None:
        return ()
    return (
        ClaimApproved(
            account=claim.account,
            month=claim.month,
            decision=claim.latest.number,
            decision_sha256=record_sha256(claim.decisions[-1].record),
            amount_fen=claim.due_fen,
            position=position,
        ),
    )


def _check_due(claim: Claim) -> None:
    if claim.latest is not None and claim.latest.outcome != "awarded":
        raise NothingAwarded(account=claim.account, month=claim.month, outcome=claim.latest.outcome)
    if claim.due_fen == 0:
        raise NothingToApprove(account=claim.account, month=claim.month)


def _check_needed(claim: Claim, controls: Controls | None) -> None:
    if controls is None or is_needed(claim.awarded_fen, controls):
        return
    if controls.approval_above_fen is None:
        raise NoLimitSet(account=claim.account, month=claim.month)
    raise ApprovalNotNeeded(
        account=claim.account, month=claim.month, award=claim.awarded_fen, limit=controls.approval_above_fen
    )


def _check_actor(claim: Claim, actor: str, own: Collection[str]) -> None:
    """Check that the actor made none of the decisions, under whatever name. Raises Refusal `own_decision`."""
    deciders = enumerated(claim.deciders)
    for made in reversed(claim.decisions):
        number = made.head.number
        if made.by == actor:
            raise OwnDecision(account=claim.account, month=claim.month, actor=actor, number=number, deciders=deciders)
        if made.by in own:
            raise OwnDecisionByAnotherName(
                account=claim.account,
                month=claim.month,
                actor=actor,
                decider=made.by,
                number=number,
                deciders=deciders,
            )


def check_facts(made: Decided, again: Decision | None, position: int) -> None:
    """Check that a claim is decided by the facts at a position as it was; `again` is None where it is.

    Raises Refusal `facts_changed`.
    """
    if again is None:
        return
    raise FactsChanged(
        account=again.account,
        month=again.month,
        number=made.head.number,
        outcome=made.head.outcome,
        amount=made.head.awarded_fen,
        position=position,
        outcome_now=again.outcome,
        amount_now=0 if again.credit is None else again.credit.total_fen,
    )
