"""Refusals of the ledger's controls, and of approvals: an award above the limit takes two people."""

from __future__ import annotations

from domain.refusals import AmountFen, Code, Refusal


class _OfAward(Refusal):
    """A refusal about one account's award for one month."""

    account: str
    month: str


class ApprovalNeeded(_OfAward, code="approval_needed"):
    """Somebody who made none of the claim's decisions approves an award above the limit before a voucher is issued. A
    new decision, and a voucher that is cancelled, take another approval.
    """

    message = "{account} {month}: the award of {award} is above {limit}, so decision {number} needs an approval"
    hint = "`slaledger voucher approve {account} {month}`, by an actor other than {deciders}"
    award: AmountFen
    limit: AmountFen
    number: int
    deciders: str


class NothingToApprove(_OfAward, code="nothing_due"):
    """An approval is for what is still to be issued."""

    message = "{account} {month}: vouchers hold all of the award, so nothing is left to approve"
    hint = "`slaledger claim show {account} {month}` shows the award and its vouchers"


class NoLimitSet(_OfAward, code="approval_not_needed"):
    """An approval that no control asks for would say nothing."""

    message = "{account} {month}: no award of this ledger needs an approval"
    hint = (
        "`slaledger voucher issue {account} {month}` issues it; `slaledger controls set --help` says how to set a limit"
    )


class ApprovalNotNeeded(_OfAward, code="approval_not_needed"):
    """Only an award above the limit needs an approval."""

    message = "{account} {month}: the award of {award} is not above {limit} and needs no approval"
    hint = "`slaledger voucher issue {account} {month}`"
    award: AmountFen
    limit: AmountFen


class OwnDecision(_OfAward, code="own_decision"):
    """Who made any decision of a claim cannot approve its award, whatever command or file the decision came by."""

    message = "{account} {month}: {actor} made decision {number} of this claim, so somebody else must approve it"
    hint = "`slaledger voucher approve {account} {month}`, by an actor other than {deciders}"
    actor: str
    number: int
    deciders: str


class OwnDecisionByAnotherName(_OfAward, code="own_decision"):
    """All names of a login are one person: who decided under one of them cannot approve under another."""

    message = (
        "{account} {month}: {decider} made decision {number} of this claim, and is the same login as {actor}, so "
        "somebody else must approve it"
    )
    hint = "`slaledger voucher approve {account} {month}`, by another login than that of {deciders}"
    actor: str
    decider: str
    number: int
    deciders: str


class FactsChanged(_OfAward, code="facts_changed"):
    """An approval is for what the facts give now: a decision that would come out differently is decided again first."""

    message = (
        "{account} {month}: the facts of decision {number} have changed: it is {outcome}, {amount}, and by those at "
        "position {position} it would be {outcome_now}, {amount_now}"
    )
    hint = "`slaledger claim redecide {account} {month} --reason …` decides it again; approve that decision"
    number: int
    outcome: Code
    amount: AmountFen
    position: int
    outcome_now: Code
    amount_now: AmountFen


class NoControlGiven(Refusal, code="nothing_given"):
    """A command that sets controls names at least one of them."""

    message = "no control is given to set"
    hint = "`slaledger controls set --help` lists them; what is left out stays as it is"
