"""What late facts leave to do: breaches without a bill, and decisions that a fact recorded since would change."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import msgspec

from domain.assessment import assess, window_of
from domain.case import Case, Fact, fold
from domain.decision import NO_FACTS, Decision
from domain.decision_record import decode as decode_record
from domain.refusals import Refusal
from domain.terms.months import span_of
from domain.terms.versions import in_force
from ledger.application import Ledger
from ledger.log.account_history import AccountHistory
from ledger.log.codec import decode
from ledger.log.reader import Reader
from ledger.log.shared_history import SharedHistory
from ledger.queries.read_models import ReadModels
from projections.claims import ClaimRow
from projections.months import MonthRow, month_rows

_LATE = ("fees.billed", "fees.corrected", "fees.voided", "fees.restored", "fees.offset_explained")
"""Topics of a bill that may change a decision made before. A later redemption changes a later redecision only (R26)."""


class WithoutBill(msgspec.Struct, frozen=True, kw_only=True):
    """A breach of a month that has ended without a bill; `closes_at` is None without a calendar of working days."""

    account: str
    month: str
    tier: int
    closes_at: int | None


class ToRedecide(msgspec.Struct, frozen=True, kw_only=True):
    """A decision that late facts would change: its outcome, and the bill that came since, if one did."""

    account: str
    month: str
    outcome: str
    bill: str | None
    name: str | msgspec.UnsetType = msgspec.UNSET


class Late(msgspec.Struct, frozen=True, kw_only=True):
    """A month's breaches without a bill, and its decisions that late facts would change."""

    without_bill: list[WithoutBill]
    to_redecide: list[ToRedecide]


def late_in_month(ledger: Ledger, month: str, at: int) -> Late:
    """What late facts leave to do for one month."""
    with ReadModels.of(ledger) as views:
        kept, open_accounts, claims = views.months(month), views.open_accounts(), views.claims(month)
    with ledger.reading() as log:
        rows = [*kept, *open_months(log, open_accounts, at, month)]
        return Late(without_bill=without_bill(log, rows, claims, at), to_redecide=to_redecide(log, claims))


def open_months(log: Reader, accounts: Iterable[str], at: int, month: str | None = None) -> list[MonthRow]:
    """The measured months of accounts with an open incident, or one of their months."""
    rows = [row for account in accounts for row in month_rows(log.case(account), account, at)]
    return [row for row in rows if month in (None, row.month)]


def without_bill(log: Reader, rows: Iterable[MonthRow], claims: Iterable[ClaimRow], at: int) -> list[WithoutBill]:
    """The breaches without a bill for which one still matters: a claim waits or stands, or can still be filed."""
    rules = log.rules()
    known = {(row.account, row.month): row for row in claims}
    found = []
    for row in sorted(rows, key=lambda row: (row.month, row.account)):
        if row.tier is None or row.bill is not None:
            continue
        terms = in_force(rules.versions, row.month).terms
        if span_of(rules.versions, row.month)[1] > at:
            continue
        window = window_of(log.case(row.account) if terms.within_term else rules, row.month)
        closes_at = None if window is None else window.closes_at
        claim = known.get((row.account, row.month))
        if _rests_on_bill(claim) or (can_be_filed(claim) and (closes_at is None or at < closes_at)):
            found.append(WithoutBill(account=row.account, month=row.month, tier=row.tier, closes_at=closes_at))
    return found


def can_be_filed(claim: ClaimRow | None) -> bool:
    """Whether a month can be claimed: no claim was filed, it was withdrawn, or it was refused as too early."""
    if claim is None or claim.status == "withdrawn":
        return True
    return claim.status == "refused" and claim.outcome == "too_early"


def _rests_on_bill(claim: ClaimRow | None) -> bool:
    """Whether a claim waits for a decision, or was decided by the month's fees."""
    return claim is not None and (
        claim.status == "filed" or (claim.status != "withdrawn" and claim.outcome in ("awarded", "nothing_to_credit"))
    )


def to_redecide(log: Reader, claims: Sequence[ClaimRow]) -> list[ToRedecide]:
    """The standing decisions that bills, enrolments, stages and regions recorded since would change."""
    late: dict[str, list[ClaimRow]] = {}
    for row in claims:
        if row.late is not None and row.status not in ("filed", "withdrawn"):
            late.setdefault(row.account, []).append(row)
    if not late:
        return []
    common = log.common()
    found = [one for account, rows in late.items() for one in _changed(log, common, account, rows)]
    return sorted(found, key=lambda one: (one.month, one.account))


def _changed(log: Reader, common: SharedHistory, account: str, rows: Iterable[ClaimRow]) -> Iterator[ToRedecide]:
    history = AccountHistory(account, common)
    history.take_in([decode(row) for row in log.range(f"{account}/")])
    facts, case = history.all_facts(), history.case(log.position())
    for row in rows:
        made = decode_record(case.claims[row.month].decisions[-1].record)
        then = fold(fact for fact in facts if fact.position <= made.facts.position or _is_late(fact))
        if _credit_fen(_again(then, made)) != _credit_fen(made):
            yield ToRedecide(account=account, month=row.month, outcome=made.outcome, bill=row.late or None)


def _is_late(fact: Fact) -> bool:
    return fact.topic in _LATE or fact.topic.startswith("account.")


def _again(case: Case, made: Decision) -> Decision | None:
    """The decision again, at its own instant and in its own format; None where a rule's own parameters are missing."""
    try:
        version = in_force(case.versions, made.month)
        return assess(case, made.account, made.month, version, made.decided_at, NO_FACTS, written=made.format)
    except Refusal as refusal:
        if refusal.status != 1:
            raise
        return None


def _credit_fen(decision: Decision | None) -> tuple[str, int] | None:
    """What a customer gets by a decision: its outcome and the amount."""
    if decision is None:
        return None
    return decision.outcome, 0 if decision.credit is None else decision.credit.total_fen
