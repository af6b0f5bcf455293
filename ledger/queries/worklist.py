"""Queries over accounts: breaches of a month, and the worklist."""

from __future__ import annotations

from typing import Literal

import msgspec

from domain.approval import is_needed
from domain.as_of import as_of
from domain.assessment import MonthResult, assess_month, window_of, would_credit
from domain.case import Case, Fact, account_of, fold, incidents_of
from domain.controls import Controls
from domain.rules.claim_window import Window
from domain.rules.coverage import covered
from domain.rules.mtbf import Mtbf, by_other_event, mtbf
from domain.terms.versions import Version, in_force, zone_of
from domain.voucher import Voucher
from ledger.application import Ledger
from ledger.commands.handlers.voucher import voucher_of
from ledger.log.approvers import approvers
from ledger.log.codec import decode
from ledger.log.reader import Reader
from ledger.queries.late_facts import ToRedecide, WithoutBill, can_be_filed, open_months, to_redecide, without_bill
from ledger.queries.open_outages import OpenOutage, open_after_month, open_in_month
from ledger.queries.read_models import ReadModels
from ledger.refusals.commands import UnknownVoucher
from projections.claims import ClaimRow
from projections.months import MonthRow
from projections.vouchers import VoucherRow


class AccountThen(msgspec.Struct, frozen=True, kw_only=True):
    """An account as it was at `valid_at`, as known at `known_at`, which is the log up to `position`.

    `known` are all facts known, `facts` those of them that had happened, `case` their fold.
    """

    position: int
    known_at: int
    valid_at: int
    known: list[Fact]
    facts: list[Fact]
    case: Case


class Breach(msgspec.Struct, frozen=True, kw_only=True):
    """A month below the commitment, and the credit that a claim in time would get, in fen."""

    account: str
    month: str
    numerator: int
    denominator: int
    tier: int
    credit_fen: int
    still_open: tuple[str, ...]
    """The open outages that the month counts: its figures grow until their ends are recorded."""


class Unclaimed(msgspec.Struct, frozen=True, kw_only=True):
    """A breach without a valid claim; `earlier` tells of an invalid one: `withdrawn`, or refused as `too_early`.

    The window is None where its working days are not recorded yet.
    """

    breach: Breach
    earlier: str | None
    opens_at: int | None
    closes_at: int | None


class Work(msgspec.Struct, frozen=True, kw_only=True):
    """The worklist: what waits for a clerk.

    `to_approve` are awards that are issued once they are approved; `to_issue` are all others that are due.
    `without_approver` are those to approve of which everybody who could approve them made a decision.
    `given_back` are vouchers that were cancelled and can be spent again, since a redemption was reversed.
    """

    unclaimed: list[Unclaimed]
    without_bill: list[WithoutBill]
    to_decide: list[ClaimRow]
    disputed: list[ClaimRow]
    to_approve: list[ClaimRow]
    without_approver: list[ClaimRow]
    to_issue: list[ClaimRow]
    overpaid: list[ClaimRow]
    to_redecide: list[ToRedecide]
    given_back: list[VoucherRow]
    still_open: list[OpenOutage]


class MtbfBy(msgspec.Struct, frozen=True, kw_only=True):
    """A mean time between failures, and what counts as a failure (R10)."""

    event: Literal["outage", "month_below_target"]
    found: Mtbf


def of_account(work: Work, account: str | None) -> Work:
    """The part of a worklist for one account; all of it where none is named."""
    if account is None:
        return work
    return Work(
        unclaimed=[one for one in work.unclaimed if one.breach.account == account],
        without_bill=[one for one in work.without_bill if one.account == account],
        to_decide=[row for row in work.to_decide if row.account == account],
        disputed=[row for row in work.disputed if row.account == account],
        to_approve=[row for row in work.to_approve if row.account == account],
        without_approver=[row for row in work.without_approver if row.account == account],
        to_issue=[row for row in work.to_issue if row.account == account],
        overpaid=[row for row in work.overpaid if row.account == account],
        to_redecide=[one for one in work.to_redecide if one.account == account],
        given_back=[row for row in work.given_back if row.account == account],
        still_open=[one for one in work.still_open if one.account in (None, account)],
    )


def month_of_account(log: Reader, account: str, month: str, at: int) -> MonthResult:
    """Measure a month of an account; open outages count up to `at`. Raises Refusal `unknown_account`, `no_terms`."""
    return assess_month(log.case(account), account, month, at)


def mtbf_of_account(log: Reader, account: str, year: int, at: int) -> tuple[MtbfBy, MtbfBy]:
    """An account's mean time between failures, and the same by the other value of R10.

    Raises Refusal `unknown_account`, `no_terms`.
    """
    case = log.case(account)
    holder = account_of(case, account)

    def by(versions: tuple[Version, ...]) -> MtbfBy:
        found = mtbf(
            lambda terms: incidents_of(case, terms, at), lambda terms: covered(holder, terms), year, at, versions
        )
        return MtbfBy(event=in_force(versions, f"{year:04d}-12").terms.readings.mtbf_event, found=found)

    return by(case.versions), by(by_other_event(case.versions))


def account_then(log: Reader, account: str, known_at: int, valid_at: int | None = None) -> AccountThen:
    """An account in the known log; with `valid_at`, only what had happened by that instant.

    `known_at` is the instant of the knowledge. Raises Damaged as the fold does.
    """
    known = [decode(row) for row in log.case_rows(account)]
    happened = known if valid_at is None else as_of(known, valid_at)
    positions = {fact.position for fact in happened}
    return AccountThen(
        position=log.position(),
        known_at=known_at,
        valid_at=known_at if valid_at is None else valid_at,
        known=known,
        facts=[fact for fact in known if fact.position in positions],
        case=fold(happened),
    )


def voucher_then(ledger: Ledger, voucher: str, upto: int | None) -> Voucher:
    """A voucher in the log up to a position. Raises Refusal `unknown_voucher`."""
    with ledger.reading() as log:
        stream, found = voucher_of(log, voucher)
    if upto is None:
        return found
    with ledger.reading(upto) as log:
        then = log.fold_streams(stream).vouchers.get(voucher)
    if then is None:
        raise UnknownVoucher(voucher=voucher)
    return then


def breaches_of(ledger: Ledger, month: str, at: int, upto: int | None = None) -> list[Breach]:
    """The accounts below the commitment in a month, in order; `upto` limits what is known.

    Raises Refusal `no_terms`.
    """
    with ledger.reading(upto) as log:
        in_force(log.rules().versions, month)
    with ReadModels.of(ledger, upto=upto) as views:
        kept, open_accounts = views.months(month), views.open_accounts()
    with ledger.reading(upto) as log:
        return _breaches(log, [*kept, *open_months(log, open_accounts, at, month)])


def _breaches(log: Reader, rows: list[MonthRow]) -> list[Breach]:
    found = []
    case: Case | None = None
    holder = ""
    for row in sorted(rows, key=lambda row: (row.account, row.month)):
        if row.tier is not None:
            if case is None or holder != row.account:
                case, holder = log.case(row.account), row.account
            terms = in_force(case.versions, row.month).terms
            found.append(
                Breach(
                    account=row.account,
                    month=row.month,
                    numerator=row.numerator,
                    denominator=row.denominator,
                    tier=row.tier,
                    credit_fen=would_credit(case, row.month, row.tier, terms),
                    still_open=open_in_month(case, row.month, terms.zone),
                )
            )
    return sorted(found, key=lambda breach: (breach.month, breach.account))


def work(ledger: Ledger, at: int, upto: int | None = None) -> Work:
    """The worklist at an instant: unclaimed breaches whose window has not closed, claims to decide, awards to issue,
    and what else waits. `upto` limits what is known.
    """
    with ReadModels.of(ledger, upto=upto) as views:
        kept, open_accounts, claims = views.months(), views.open_accounts(), views.claims()
        given_back = [row for row in views.vouchers() if row.given_back_fen]
    spoken_for = {(row.account, row.month) for row in claims if not can_be_filed(row)}
    with ledger.reading(upto) as log:
        rows = [*kept, *open_months(log, open_accounts, at)]
        unbilled, late = without_bill(log, rows, claims, at), to_redecide(log, claims)
        breaches = _breaches(log, [row for row in rows if (row.account, row.month) not in spoken_for])
        rules, controls = log.rules(), log.controls()
        windows = [_window_of(log, rules, breach) for breach in breaches]
        still_open = open_after_month(log, at, zone_of(rules.versions))
        due = [row for row in claims if row.status in ("awarded", "disputed") and row.due_fen]
        to_approve = [row for row in due if _waits_for_approval(row, controls)]
        without_approver = _without_approver(log, to_approve)
    earlier = {(row.account, row.month): row.outcome or row.status for row in claims}
    unclaimed = []
    for breach, window in zip(breaches, windows, strict=True):
        if window is None or window.closes_at is None or at < window.closes_at:
            opens_at, closes_at = (window.opens_at, window.closes_at) if window else (None, None)
            before = earlier.get((breach.account, breach.month))
            unclaimed.append(Unclaimed(breach=breach, earlier=before, opens_at=opens_at, closes_at=closes_at))
    return Work(
        unclaimed=unclaimed,
        without_bill=unbilled,
        to_decide=[row for row in claims if row.status == "filed"],
        disputed=[row for row in claims if row.status == "disputed"],
        to_approve=to_approve,
        without_approver=without_approver,
        to_issue=[row for row in due if not _waits_for_approval(row, controls)],
        overpaid=[row for row in claims if row.overpaid_fen],
        to_redecide=late,
        given_back=given_back,
        still_open=still_open,
    )


def _waits_for_approval(row: ClaimRow, controls: Controls) -> bool:
    return row.approved_by is None and is_needed(row.awarded_fen, controls)


def _without_approver(log: Reader, rows: list[ClaimRow]) -> list[ClaimRow]:
    """The awards of which everybody who could approve them made a decision."""
    if not rows:
        return []
    found = approvers(log)

    def is_one(row: ClaimRow) -> bool:
        """Look the deciders up only where every approver's name occurs in what is said of them."""
        named = row.decided_by or ""
        if not all(any(name in named for name in own) for own in found.names):
            return False
        claim = log.claim_case(row.account, row.month).claims[row.month]
        return not found.other_than(claim.deciders)

    return [row for row in rows if is_one(row)]


def _window_of(log: Reader, rules: Case, breach: Breach) -> Window | None:
    """A breach's claim window, which may depend on when the account's service ended."""
    within_term = in_force(rules.versions, breach.month).terms.within_term
    return window_of(log.case(breach.account) if within_term else rules, breach.month)
