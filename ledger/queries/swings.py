"""How much of claims' credit hangs on how doubtful clauses are read: computed for the claims that are listed."""

from __future__ import annotations

from collections.abc import Iterable

from domain.alternatives import Swing, swing
from domain.case import Case
from domain.decision_record import decode as decode_record
from ledger.log.account_history import AccountHistory
from ledger.log.codec import decode
from ledger.log.reader import Reader
from projections.claims import ClaimRow

Swings = dict[tuple[str, str], Swing]
"""Swings by account and month; a claim of which nothing hangs on a reading has none."""


def swing_of_claim(life: AccountHistory, case: Case, month: str, at: int) -> Swing | None:
    """A claim's swing: of its latest decision, on the facts that it knew; of one that waits, as if decided at `at`.

    `case` is the account's by all facts. None where nothing hangs on a reading, and for a claim that was withdrawn.
    """
    claim = case.claims[month]
    if claim.pending is not None:
        return swing(case, life.account, month, at)
    if claim.withdrawn is not None or not claim.decisions:
        return None
    made = decode_record(claim.decisions[-1].record)
    return swing(life.case_known_at(made.facts.position), life.account, month, made.decided_at)


def swings(log: Reader, claims: Iterable[ClaimRow], at: int) -> Swings:
    """The swings of some claims, as `swing_of_claim` gives each."""
    months: dict[str, list[str]] = {}
    for row in claims:
        months.setdefault(row.account, []).append(row.month)
    if not months:
        return {}
    found: Swings = {}
    common, position = log.common(), log.position()
    for account, own in sorted(months.items()):
        life = AccountHistory(account, common)
        life.take_in([decode(row) for row in log.range(f"{account}/")])
        case = life.case(position)
        for month in own:
            if (one := swing_of_claim(life, case, month, at)) is not None:
                found[account, month] = one
    return found
