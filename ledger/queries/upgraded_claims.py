"""Claims whose figures an upgrade changed: what was cancelled counted as paid before, and counts as not issued now."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from domain.claim import Claim
from ledger.log.reader import Reader


class UpgradedClaim(msgspec.Struct, frozen=True, kw_only=True):
    """A claim whose due or overpaid amount is another than before, in fen."""

    account: str
    month: str
    due_before_fen: int
    due_fen: int
    overpaid_before_fen: int
    overpaid_fen: int


def upgraded_claims(log: Reader) -> list[UpgradedClaim]:
    """The claims with other figures than before the rule changed, on which nothing was issued by the new rule.

    They have a cancellation of which the claim's own stream does not tell, as those have that were recorded since.
    """
    months: set[tuple[str, str]] = set()
    for stream in log.cancelled_vouchers():
        months |= {(voucher.account, voucher.month) for voucher in log.fold_streams(stream).vouchers.values()}
    found: list[UpgradedClaim] = []
    for account, month in sorted(months):
        found += _upgraded(log.claim_case(account, month).claims[month])
    return found


def _upgraded(claim: Claim) -> Iterator[UpgradedClaim]:
    untold = claim.cancellations[: len(claim.cancellations) - len(claim.told)]
    if not untold or claim.paid_anew:
        return
    before_fen = claim.held_fen + sum(one.amount_fen for one in untold)
    due_before_fen = max(0, claim.awarded_fen - before_fen)
    overpaid_before_fen = max(0, before_fen - claim.awarded_fen)
    if (due_before_fen, overpaid_before_fen) == (claim.due_fen, claim.overpaid_fen):
        return
    yield UpgradedClaim(
        account=claim.account,
        month=claim.month,
        due_before_fen=due_before_fen,
        due_fen=claim.due_fen,
        overpaid_before_fen=overpaid_before_fen,
        overpaid_fen=claim.overpaid_fen,
    )
