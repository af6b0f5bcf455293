"""The claims of an account, each with its status."""

from __future__ import annotations

import msgspec

from domain.case import Case
from domain.claim import status


class ClaimRow(msgspec.Struct, frozen=True, kw_only=True):
    """A claim's state; amounts in fen; `outcome` is the latest decision's.

    `issued_fen` is what the month's vouchers hold: their faces less what was cancelled. `undone` is the voucher that
    was cancelled since the latest decision, where something is due. `late` is as in `domain.claim.Claim`.
    `decided_by` are the actors that made its decisions; `approved_by` is who gave the approval that stands.
    """

    account: str
    month: str
    status: str
    filed_at: int
    outcome: str | None
    awarded_fen: int
    issued_fen: int
    cancelled_fen: int
    due_fen: int
    overpaid_fen: int
    undone: str | None
    disputed_at: int | None
    late: str | None
    decided_by: str | None
    approved_by: str | None


def claim_rows(case: Case) -> list[ClaimRow]:
    """A row for each claim, in order of month."""
    return [
        ClaimRow(
            account=claim.account,
            month=claim.month,
            status=status(claim),
            filed_at=claim.filed_at,
            outcome=None if claim.latest is None else claim.latest.outcome,
            awarded_fen=claim.awarded_fen,
            issued_fen=claim.held_fen,
            cancelled_fen=claim.cancelled_fen,
            due_fen=claim.due_fen,
            overpaid_fen=claim.overpaid_fen,
            undone=None if claim.undone is None else claim.undone.voucher,
            disputed_at=claim.disputes[-1].disputed_at if claim.disputed else None,
            late=claim.late,
            decided_by=", ".join(claim.deciders) or None,
            approved_by=None if claim.approval is None else claim.approval.by,
        )
        for _, claim in sorted(case.claims.items())
    ]
