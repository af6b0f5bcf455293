"""A month over all accounts."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import msgspec

from cli.answers.availability import TermsNamed
from cli.answers.names import holder
from cli.terminal.numbers import currency, money
from cli.terminal.output import WIDTH, print_pairs, print_table, print_text
from cli.terminal.values import Ratio, ZonedInstant, ratio
from cli.terminal.vocabulary import word
from domain.money import Fen
from domain.text import said
from domain.time import Seconds
from ledger.queries.month_report import AccountMonth, MonthReport
from ledger.queries.month_report import Totals as Sums
from ledger.queries.voucher_movements import RollForward


class AccountRow(msgspec.Struct, frozen=True, kw_only=True):
    """An account's month; `claim` and `outcome` are None without a claim."""

    account: str
    covered: bool
    availability: Ratio
    unavailable_seconds: Seconds
    tier: int | None
    credit: Fen
    claim: str | None
    outcome: str | None
    awarded: Fen
    issued: Fen
    cancelled: Fen
    due: Fen
    overpaid: Fen
    still_open: tuple[str, ...]
    name: str | msgspec.UnsetType = msgspec.UNSET


class TotalsShown(msgspec.Struct, frozen=True, kw_only=True):
    """The totals of a month."""

    accounts: int
    not_covered: int
    with_outage: int
    below: int
    by_tier: dict[int, int]
    credit: Fen
    claims: int
    awarded: Fen
    issued: Fen
    cancelled: Fen
    due: Fen
    overpaid: Fen
    unclaimed: int
    unclaimed_credit: Fen


class RollForwardShown(msgspec.Struct, frozen=True, kw_only=True):
    """The vouchers' worth through a period, by when each movement was recorded; `to` is no part of it.

    `closing` is opening + issued + reversed - redeemed - cancelled.
    """

    from_: ZonedInstant = msgspec.field(name="from")
    to: ZonedInstant
    opening: Fen
    issued: Fen
    reversed: Fen
    redeemed: Fen
    cancelled: Fen
    closing: Fen


class ReportAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """`slaledger report`: a month over all accounts."""

    month: str
    position: int
    known_at: ZonedInstant
    terms: TermsNamed
    commitment: Fraction
    totals: TotalsShown
    accounts: list[AccountRow]
    vouchers_roll_forward: RollForwardShown


def report_answer(found: MonthReport) -> ReportAnswer:
    """A month over all accounts."""
    terms = found.version.terms
    return ReportAnswer(
        month=found.month,
        position=found.position,
        known_at=ZonedInstant(found.at, terms.zone),
        terms=TermsNamed(agreement=terms.agreement, version=terms.version),
        commitment=terms.commitment.availability.value,
        totals=_totals(found.totals),
        accounts=[_account(row) for row in found.accounts],
        vouchers_roll_forward=_roll_forward(found.roll_forward, terms.zone),
    )


def _roll_forward(found: RollForward, zone: str) -> RollForwardShown:
    return RollForwardShown(
        from_=ZonedInstant(found.begins, zone),
        to=ZonedInstant(found.ends, zone),
        opening=Fen(found.opening_fen),
        issued=Fen(found.issued_fen),
        reversed=Fen(found.reversed_fen),
        redeemed=Fen(found.redeemed_fen),
        cancelled=Fen(found.cancelled_fen),
        closing=Fen(found.closing_fen),
    )


def _account(row: AccountMonth) -> AccountRow:
    return AccountRow(
        account=row.account,
        covered=row.covered,
        availability=ratio(row.numerator, row.denominator),
        unavailable_seconds=Seconds(row.unavailable_us),
        tier=row.tier,
        credit=Fen(row.credit_fen),
        claim=row.status,
        outcome=row.outcome,
        awarded=Fen(row.awarded_fen),
        issued=Fen(row.issued_fen),
        cancelled=Fen(row.cancelled_fen),
        due=Fen(row.due_fen),
        overpaid=Fen(row.overpaid_fen),
        still_open=row.still_open,
        name=row.name or msgspec.UNSET,
    )


def _totals(sums: Sums) -> TotalsShown:
    return TotalsShown(
        accounts=sums.accounts,
        not_covered=sums.not_covered,
        with_outage=sums.with_outage,
        below=sums.below,
        by_tier=sums.by_tier,
        credit=Fen(sums.credit_fen),
        claims=sums.claims,
        awarded=Fen(sums.awarded_fen),
        issued=Fen(sums.issued_fen),
        cancelled=Fen(sums.cancelled_fen),
        due=Fen(sums.due_fen),
        overpaid=Fen(sums.overpaid_fen),
        unclaimed=sums.unclaimed,
        unclaimed_credit=Fen(sums.unclaimed_fen),
    )


def print_report(answer: ReportAnswer, code: str) -> None:
    """Print the totals, in a currency, and the accounts below the commitment or with a claim."""
    totals = answer.totals
    unclaimed = said(
        "{count}, credit due if claimed {amount}",
        count=totals.unclaimed,
        amount=currency(totals.unclaimed_credit, code),
    )
    seldom = {"cancelled": totals.cancelled, "due": totals.due, "overpaid": totals.overpaid}
    print_pairs(
        [
            (said("month"), answer.month),
            (said("accounts"), _counts(totals)),
            (
                said("below the commitment"),
                said(
                    "{count}, credit due if claimed {amount}",
                    count=totals.below,
                    amount=currency(totals.credit, code),
                ),
            ),
            (
                said("claims"),
                said("{count}, awarded {amount}", count=totals.claims, amount=currency(totals.awarded, code)),
            ),
            (said("issued"), currency(totals.issued, code)),
            *((word(name), currency(amount, code)) for name, amount in seldom.items() if amount),
            (said("unclaimed"), unclaimed),
        ]
    )
    print()
    _print_accounts([row for row in answer.accounts if row.tier is not None or row.claim is not None])
    _print_roll_forward(answer.vouchers_roll_forward, answer.month)


def _counts(totals: TotalsShown) -> str:
    return said(
        "{count}, {outages} with an episode that counts, {uncovered} not covered",
        count=totals.accounts,
        outages=totals.with_outage,
        uncovered=totals.not_covered,
    )


def _print_accounts(accounts: Sequence[AccountRow]) -> None:
    rows = [
        (
            holder(row),
            row.availability.percent,
            row.tier or "-",
            money(row.credit),
            word(row.claim) if row.claim else "-",
            money(row.awarded),
            money(row.issued),
        )
        for row in accounts
    ]
    columns = (
        said("account"),
        said("availability %"),
        said("tier"),
        said("credit"),
        said("claim"),
        said("awarded"),
        said("issued"),
    )
    print_table(columns, rows, right=[columns[1], columns[2], columns[3], columns[5], columns[6]])
    for row in accounts:
        if row.still_open:
            lasting = ", ".join(row.still_open)
            print_text(
                said(
                    "{account}: counts outages that are still open: {incidents}", account=row.account, incidents=lasting
                ),
                width=WIDTH,
            )


def _print_roll_forward(shown: RollForwardShown, month: str) -> None:
    """One row, unless there was no voucher yet."""
    amounts = (shown.opening, shown.issued, shown.reversed, shown.redeemed, shown.cancelled, shown.closing)
    if not any(amounts):
        return
    print()
    columns = (
        said("opening balance"),
        said("issued"),
        said("reversed"),
        said("redeemed"),
        said("cancelled"),
        said("closing balance"),
    )
    title = said("Vouchers, by what was recorded in {month}", month=month)
    print_table(columns, [[money(amount) for amount in amounts]], right=columns, title=title)


class PageMade(msgspec.Struct, frozen=True, kw_only=True):
    """`slaledger report --html`: the page that was written."""

    html: str
    month: str
    accounts: int
    bytes: int
