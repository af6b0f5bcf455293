"""The claims of an account, each with its status."""

from __future__ import annotations

import msgspec

from domain.case import Case
from domain.claim import status


class ClaimRow(msgspec.Struct, frozen=True, kw_only=True):
    """A claim's state; amounts in fen; `outcome` is the latest decision's."""

    account: str
    month: str
    status: str
    filed_at: int
    outcome: str | None
    awarded_fen: int
    issued_fen: int
    overpaid_fen: int


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
            issued_fen=claim.issued_fen,
            overpaid_fen=claim.overpaid_fen,
        )
        for _, claim in sorted(case.claims.items())
    ]
