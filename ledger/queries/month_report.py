"""A month over all accounts: the availability of each, its credit, and the status of its claim."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from functools import partial

import msgspec

from domain.account import Account
from domain.alternatives import Swing
from domain.approval import is_needed
from domain.assessment import assess_month, would_credit
from domain.case import Case
from domain.claim import Claim, status
from domain.controls import Controls
from domain.intervals import Span
from domain.terms.months import span_of
from domain.terms.versions import Version, in_force
from domain.time import month_span
from ledger.application import Ledger
from ledger.demo import is_demo
from ledger.log.account_history import AccountHistory
from ledger.log.codec import decode
from ledger.log.reader import Reader
from ledger.parallel.work import Progress, Workers, over_accounts
from ledger.queries.controls_held import LimitHeld, controlled, held_at, limits
from ledger.queries.open_outages import open_in_month
from ledger.queries.swings import swing_of_claim
from ledger.queries.voucher_movements import RollForward, books_of


class AccountMonth(msgspec.Struct, frozen=True, kw_only=True):
    """An account's month, amounts in fen; `credit_fen` is what a claim in time would get on the known facts.

    `status` and `outcome` are the claim's, None without one. `issued_fen` is what the month's vouchers hold.
    """

    account: str
    covered: bool
    unavailable_us: int
    total_us: int
    numerator: int
    denominator: int
    tier: int | None
    credit_fen: int
    status: str | None
    outcome: str | None
    awarded_fen: int
    issued_fen: int
    cancelled_fen: int
    due_fen: int
    overpaid_fen: int
    still_open: tuple[str, ...]
    """The open outages that the month counts."""
    name: str | None
    """The account's name for people to read."""
    awaits_approval: bool = False
    """Whether what is due waits for an approval."""
    swing: Swing | None = None
    """How much of the claim's credit hangs on a reading; None without a claim, or where nothing does."""

    @property
    def ratio(self) -> Fraction:
        return Fraction(self.numerator, self.denominator)


class Totals(msgspec.Struct, frozen=True, kw_only=True):
    """The totals of a month, amounts in fen. `unclaimed` are breaches without a valid claim."""

    accounts: int
    not_covered: int
    with_outage: int
    below: int
    by_tier: dict[int, int]
    credit_fen: int
    claims: int
    awarded_fen: int
    issued_fen: int
    cancelled_fen: int
    due_fen: int
    overpaid_fen: int
    unclaimed: int
    unclaimed_fen: int


class MonthReport(msgspec.Struct, frozen=True, kw_only=True):
    """All accounts that existed in a month, by id, as known at `position` of `ledger`; open outages count up to `at`.

    `limits` are those that held at its decisions and vouchers, none where the ledger never had one.
    `actors_are_claimed` where nothing holds who recorded to a login. `roll_forward` is over the vouchers of all
    accounts, those that did not exist in the month too.
    """

    month: str
    position: int
    at: int
    version: Version
    accounts: list[AccountMonth]
    roll_forward: RollForward
    is_demo: bool
    ledger: str | None = None
    limits: list[LimitHeld] = []
    actors_are_claimed: bool = False

    @property
    def totals(self) -> Totals:
        return _totals(self.accounts)


class _Part(msgspec.Struct, frozen=True, kw_only=True):
    """A month over a range of accounts; `held` has the position of each limit that held, 0 for none."""

    accounts: list[AccountMonth]
    roll_forward: RollForward
    held: set[int]


def month_report(
    ledger: Ledger, log: Reader, month: str, at: int, workers: Workers, on_progress: Progress = lambda done, total: None
) -> MonthReport:
    """Report a month over all accounts, in one pass over the log, among workers.

    Raises Refusal `no_terms`, and as `over_accounts` does.
    """
    version = in_force(log.rules().versions, month)
    found, roll_forward, held = [], RollForward(*month_span(month, version.terms.zone)), set()
    task = partial(_month_of_range, month=month, at=at)
    for part in over_accounts(ledger, log, task, workers, on_progress):
        found += part.accounts
        roll_forward.join(part.roll_forward)
        held |= part.held
    known = {_set_at(limit): limit for limit in (LimitHeld(), *limits(log))} if held else {}
    return MonthReport(
        month=month,
        position=log.position(),
        at=at,
        version=version,
        accounts=found,
        ledger=log.ledger_id(),
        roll_forward=roll_forward,
        is_demo=is_demo(log.ledger_id()),
        limits=[known[position] for position in sorted(held)],
        actors_are_claimed=log.logins().login is None,
    )


def _month_of_range(log: Reader, first: str, end: str, *, month: str, at: int) -> _Part:
    """The month over the accounts with streams from `first` up to `end`."""
    position, rules = log.position(), log.rules()
    window = span_of(rules.versions, month)
    roll_forward = RollForward(*month_span(month, in_force(rules.versions, month).terms.zone))
    known, controls = limits(log), log.controls()
    found, held = [], set()
    for life in log.account_histories(first, end):
        case = life.case(position)
        if case.account is not None and (month in case.claims or _was_there(case.account, window)):
            account = account_month(case, life.account, month, at, controls)
            swing = None if month not in case.claims else swing_of_claim(life, case, month, at)
            found.append(msgspec.structs.replace(account, swing=swing))
            for fact in controlled(life.facts, month) if known else ():
                held.add(_set_at(held_at(known, fact.position)))
        for book in books_of(life):
            for movement in book.movements:
                roll_forward.add(movement)
    return _Part(accounts=found, roll_forward=roll_forward, held=held)


def _set_at(limit: LimitHeld) -> int:
    return 0 if limit.set_by is None else limit.set_by.position


def histories_of(log: Reader, accounts: Iterable[str]) -> Iterator[AccountHistory]:
    """Some accounts, each with all its events applied. Raises Damaged as `AccountHistory.take_in` does."""
    common = log.common()
    for account in accounts:
        life = AccountHistory(account, common)
        life.take_in(list(map(decode, log.account_own(account).rows)))
        yield life


def _was_there(account: Account, window: Span) -> bool:
    return account.enrolled_at < window[1] and (account.closed_at is None or account.closed_at > window[0])


def account_month(case: Case, account: str, month: str, at: int, controls: Controls) -> AccountMonth:
    """An account's month; open outages count up to `at`. Raises Refusal `unknown_account`, `no_terms`."""
    result = assess_month(case, account, month, at)
    measured, claim = result.availability, case.claims.get(month)
    credit_fen = 0 if measured.tier is None else would_credit(case, month, measured.tier, result.version.terms)
    return AccountMonth(
        account=account,
        covered=bool(measured.covered_us),
        unavailable_us=measured.unavailable_us,
        total_us=measured.total_us,
        numerator=measured.numerator,
        denominator=measured.denominator,
        tier=measured.tier,
        credit_fen=credit_fen,
        status=None if claim is None else status(claim),
        outcome=None if claim is None or claim.latest is None else claim.latest.outcome,
        awarded_fen=0 if claim is None else claim.awarded_fen,
        issued_fen=0 if claim is None else claim.held_fen,
        cancelled_fen=0 if claim is None else claim.cancelled_fen,
        due_fen=0 if claim is None else claim.due_fen,
        overpaid_fen=0 if claim is None else claim.overpaid_fen,
        still_open=open_in_month(case, month, result.version.terms.zone),
        name=None if case.account is None else case.account.name,
        awaits_approval=claim is not None and _awaits_approval(claim, controls),
    )


def _awaits_approval(claim: Claim, controls: Controls) -> bool:
    return bool(claim.due_fen) and claim.approval is None and is_needed(claim.awarded_fen, controls)


def _totals(accounts: Iterable[AccountMonth]) -> Totals:
    rows = list(accounts)
    below = [row for row in rows if row.tier is not None]
    unclaimed = [row for row in below if row.status is None or row.status == "withdrawn"]
    by_tier: dict[int, int] = {}
    for row in below:
        if row.tier is not None:
            by_tier[row.tier] = by_tier.get(row.tier, 0) + 1
    return Totals(
        accounts=len(rows),
        not_covered=sum(not row.covered for row in rows),
        with_outage=sum(row.unavailable_us > 0 for row in rows),
        below=len(below),
        by_tier=dict(sorted(by_tier.items())),
        credit_fen=sum(row.credit_fen for row in below),
        claims=sum(row.status is not None for row in rows),
        awarded_fen=sum(row.awarded_fen for row in rows),
        issued_fen=sum(row.issued_fen for row in rows),
        cancelled_fen=sum(row.cancelled_fen for row in rows),
        due_fen=sum(row.due_fen for row in rows),
        overpaid_fen=sum(row.overpaid_fen for row in rows),
        unclaimed=len(unclaimed),
        unclaimed_fen=sum(row.credit_fen for row in unclaimed),
    )
