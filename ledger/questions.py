"""Questions that go over accounts: who fell short in a month, and what waits."""

from __future__ import annotations

import msgspec

from domain.assessment import MonthResult, assess_month, window_of, would_credit
from domain.case import account_of, touching
from domain.rules.coverage import covered
from domain.rules.mtbf import Mtbf, mtbf
from domain.terms import in_force, latest
from ledger.application import Ledger
from ledger.store.reader import Reader
from ledger.store.views import Views
from projections.claims import ClaimRow
from projections.months import MonthRow, month_rows


class Breach(msgspec.Struct, frozen=True, kw_only=True):
    """A month below the commitment, and what a claim in time would get, in fen."""

    account: str
    month: str
    numerator: int
    denominator: int
    tier: int
    credit_fen: int


class Unclaimed(msgspec.Struct, frozen=True, kw_only=True):
    """A breach without a claim that stands; `earlier` is what became of one: `withdrawn`, or refused as `too_early`.

    The window is None where its working days are not recorded yet.
    """

    breach: Breach
    earlier: str | None
    opens_at: int | None
    closes_at: int | None


class Work(msgspec.Struct, frozen=True, kw_only=True):
    """What waits."""

    unclaimed: list[Unclaimed]
    to_decide: list[ClaimRow]
    to_issue: list[ClaimRow]


def month_of_account(log: Reader, account: str, month: str, at: int) -> MonthResult:
    """A month of an account, open outages up to `at`. Raises Refusal `unknown_account`, `no_terms`."""
    return assess_month(log.case(account), account, month, at)


def mtbf_of_account(log: Reader, account: str, year: int, at: int) -> Mtbf:
    """An account's mean time between failures. Raises Refusal `unknown_account`, `no_terms`."""
    case = log.case(account)
    holder = account_of(case, account)
    terms = latest(case.versions).terms
    return mtbf(touching(case), covered(holder, terms), year, at, case.versions)


def breaches_of(ledger: Ledger, month: str, at: int) -> list[Breach]:
    """The accounts below the commitment in a month, in order. Raises Refusal `no_terms`."""
    with ledger.reading() as log:
        in_force(log.rules().versions, month)
    with Views.of(ledger) as views:
        kept, open_accounts = views.months(month), views.open_accounts()
    with ledger.reading() as log:
        return _breaches(log, [*kept, *_open_months(log, open_accounts, at, month)])


def _open_months(log: Reader, accounts: list[str], at: int, month: str | None = None) -> list[MonthRow]:
    rows = [row for account in accounts for row in month_rows(log.case(account), account, at)]
    return [row for row in rows if month in (None, row.month)]


def _breaches(log: Reader, rows: list[MonthRow]) -> list[Breach]:
    found = []
    for row in sorted(rows, key=lambda row: (row.month, row.account)):
        if row.tier is not None:
            case = log.case(row.account)
            terms = in_force(case.versions, row.month).terms
            found.append(
                Breach(
                    account=row.account,
                    month=row.month,
                    numerator=row.numerator,
                    denominator=row.denominator,
                    tier=row.tier,
                    credit_fen=would_credit(case, row.month, row.tier, terms),
                )
            )
    return found


def work(ledger: Ledger, at: int) -> Work:
    """What waits at an instant: breaches without a claim whose window has not closed, claims, awards."""
    with Views.of(ledger) as views:
        kept, open_accounts, claims = views.months(), views.open_accounts(), views.claims()
    spoken_for = {(row.account, row.month) for row in claims if not _can_be_filed(row)}
    with ledger.reading() as log:
        rows = [*kept, *_open_months(log, open_accounts, at)]
        breaches = _breaches(log, [row for row in rows if (row.account, row.month) not in spoken_for])
        rules = log.rules()
    earlier = {(row.account, row.month): row.outcome or row.status for row in claims}
    unclaimed = []
    for breach in breaches:
        window = window_of(rules, breach.month)
        if window is None or at < window.closes_at:
            opens_at, closes_at = (window.opens_at, window.closes_at) if window else (None, None)
            unclaimed.append(
                Unclaimed(
                    breach=breach,
                    earlier=earlier.get((breach.account, breach.month)),
                    opens_at=opens_at,
                    closes_at=closes_at,
                )
            )
    return Work(
        unclaimed=unclaimed,
        to_decide=[row for row in claims if row.status == "filed"],
        to_issue=[row for row in claims if row.status in ("awarded", "disputed") and row.awarded_fen > row.issued_fen],
    )


def _can_be_filed(row: ClaimRow) -> bool:
    """Whether a month's claim does not stand in the way of another: withdrawn, or refused as too early."""
    return row.status == "withdrawn" or (row.status == "refused" and row.outcome == "too_early")
