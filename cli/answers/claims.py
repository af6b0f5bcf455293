"""A claim with its decisions, and the list of claims."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from cli.answers.decisions import DecisionAnswer, WindowShown, decision_answer
from cli.answers.names import holder
from cli.terminal.numbers import currency, money
from cli.terminal.output import print_pairs, print_table
from cli.terminal.values import ZonedInstant, zoned
from cli.terminal.vocabulary import word
from domain.assessment import window_of
from domain.case import Case
from domain.claim import Approval, Claim, status
from domain.events import Evidence
from domain.money import Fen
from domain.terms.versions import in_force
from domain.text import said
from projections.claims import ClaimRow


class DisputeShown(msgspec.Struct, frozen=True, kw_only=True):
    """The customer's grounds against a decision, and their date."""

    disputed_at: ZonedInstant
    grounds: str


class ApprovalShown(msgspec.Struct, frozen=True, kw_only=True):
    """An approval of a decision's award; `stands` where no later decision or cancellation has voided it."""

    decision: int
    amount: Fen
    by: str
    reason: str | None
    position: int
    stands: bool
    signed_by: str | msgspec.UnsetType = msgspec.UNSET


class ClaimAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """`slaledger claim show`: a claim with all its decisions."""

    account: str
    month: str
    status: str
    filed_at: ZonedInstant
    statement: str | None
    window: WindowShown
    currency: str
    awarded: Fen
    issued: Fen
    cancelled: Fen
    due: Fen
    overpaid: Fen
    disputes: list[DisputeShown]
    decisions: list[DecisionAnswer]
    vouchers: list[str]
    approvals: list[ApprovalShown] | msgspec.UnsetType
    """Given where there is any."""
    evidence: tuple[Evidence, ...] | msgspec.UnsetType
    """Given where there is any: what the customer sent with the latest filing."""

    def table(self) -> None:
        """Print the claim, and its decisions one per row."""
        opens, closes = ("?" if edge is None else edge.rfc3339() for edge in (self.window.opens, self.window.closes))
        if self.window.opens is not None and self.window.closes is None:
            closes = said("any later time")
        rest = {"cancelled": self.cancelled, "due": self.due, "overpaid": self.overpaid}
        amounts = {"awarded": self.awarded, "issued": self.issued} | {name: fen for name, fen in rest.items() if fen}
        print_pairs(
            [
                (said("account"), self.account),
                (said("month"), self.month),
                (said("status"), word(self.status)),
                (said("filed at"), self.filed_at),
                (said("window"), said("{opens} to {closes}", opens=opens, closes=closes)),
                *((word(name), currency(amount, self.currency)) for name, amount in amounts.items()),
                (said("vouchers"), " ".join(self.vouchers) or None),
                *((said("approval"), _approved(one)) for one in self.approvals or ()),
                *((said("evidence"), _document(piece)) for piece in self.evidence or ()),
            ]
        )
        if self.decisions:
            _print_decisions(self.decisions)


def _document(piece: Evidence) -> str:
    return " ".join(part for part in (piece.name, f"sha256 {piece.sha256}", piece.uri) if part)


def _approved(one: ApprovalShown) -> str:
    told = said("decision {number}, {amount}, by {actor}", number=one.decision, amount=money(one.amount), actor=one.by)
    if isinstance(one.signed_by, str):
        told = said("{what}, signed by {key}", what=told, key=one.signed_by)
    return told if one.stands else said("{approval}; void since", approval=told)


def _print_decisions(decisions: Sequence[DecisionAnswer]) -> None:
    print()
    rows = [
        (
            made.number,
            made.decided_at.to_the_second(),
            word(made.outcome),
            "-" if made.credit is None else money(made.credit.total),
            made.reason,
        )
        for made in decisions
    ]
    columns = (said("no."), said("decided"), said("outcome"), said("credit"), said("reason"))
    print_table(columns, rows, right=["no.", "credit"])


def claim_answer(case: Case, found: Claim, lang: str) -> ClaimAnswer:
    """A claim of a case, with the steps of its decisions in a language."""
    terms = in_force(case.versions, found.month).terms
    zone, window = terms.zone, window_of(case, found.month)
    return ClaimAnswer(
        account=found.account,
        month=found.month,
        status=status(found),
        filed_at=ZonedInstant(found.filed_at, zone),
        statement=found.filings[-1].statement,
        window=WindowShown(
            opens=None if window is None else ZonedInstant(window.opens_at, zone),
            closes=None if window is None else zoned(window.closes_at, zone),
        ),
        currency=terms.currency,
        awarded=Fen(found.awarded_fen),
        issued=Fen(found.held_fen),
        cancelled=Fen(found.cancelled_fen),
        due=Fen(found.due_fen),
        overpaid=Fen(found.overpaid_fen),
        disputes=[
            DisputeShown(disputed_at=ZonedInstant(dispute.disputed_at, zone), grounds=dispute.grounds)
            for dispute in found.disputes
        ],
        decisions=[decision_answer(decided, lang) for decided in found.decisions],
        vouchers=sorted(found.paid),
        approvals=[_approval(one, found) for one in found.approvals] or msgspec.UNSET,
        evidence=found.filings[-1].evidence or msgspec.UNSET,
    )


def _approval(one: Approval, claim: Claim) -> ApprovalShown:
    return ApprovalShown(
        decision=one.decision,
        amount=Fen(one.amount_fen),
        by=one.by,
        reason=one.reason,
        position=one.position,
        stands=one is claim.approval,
        signed_by=one.signed_by or msgspec.UNSET,
    )


class ClaimListed(msgspec.Struct, frozen=True, kw_only=True):
    """A claim in a list; `outcome` is the latest decision's."""

    account: str
    month: str
    status: str
    filed_at: ZonedInstant
    outcome: str | None
    awarded: Fen
    issued: Fen
    cancelled: Fen
    due: Fen
    overpaid: Fen
    currency: str
    name: str | msgspec.UnsetType = msgspec.UNSET


def claim_listed(row: ClaimRow, zone: str, currency: str) -> ClaimListed:
    """A claim in a list."""
    return ClaimListed(
        account=row.account,
        month=row.month,
        status=row.status,
        filed_at=ZonedInstant(row.filed_at, zone),
        outcome=row.outcome,
        awarded=Fen(row.awarded_fen),
        issued=Fen(row.issued_fen),
        cancelled=Fen(row.cancelled_fen),
        due=Fen(row.due_fen),
        overpaid=Fen(row.overpaid_fen),
        currency=currency,
    )


def print_claims(claims: Sequence[ClaimListed]) -> None:
    """Print claims one per row, with a column for overpaid amounts only where there are any."""
    any_overpaid = any(claim.overpaid for claim in claims)
    columns = ("account", "month", "status", "outcome", "awarded", "issued", *(("overpaid",) if any_overpaid else ()))
    rows = [
        (
            holder(claim),
            claim.month,
            word(claim.status),
            word(claim.outcome) if claim.outcome else "",
            money(claim.awarded),
            money(claim.issued),
            *((money(claim.overpaid),) if any_overpaid else ()),
        )
        for claim in claims
    ]
    print_table(list(map(word, columns)), rows, right=columns[4:])
