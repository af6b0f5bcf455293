"""The breaches of a month, and the worklist."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction

import msgspec

from cli.terminal.numbers import money
from cli.terminal.output import WIDTH, print_table, print_text
from cli.terminal.sparkline import bar
from cli.terminal.values import Ratio, ZonedInstant, ratio, zoned
from cli.terminal.vocabulary import word
from domain.money import Fen
from domain.text import said
from ledger.queries.worklist import Breach, Unclaimed, Work


class BreachRow(msgspec.Struct, frozen=True, kw_only=True):
    """A month below the commitment, and the credit that a claim would get."""

    account: str
    month: str
    availability: Ratio
    tier: int
    credit: Fen
    currency: str
    still_open: tuple[str, ...]

    @property
    def unavailable(self) -> Fraction:
        """The share of the month that was unavailable."""
        return Fraction(self.availability.denominator - self.availability.numerator, self.availability.denominator)


def breach_row(found: Breach, currency: str) -> BreachRow:
    """A breach in a list."""
    return BreachRow(
        account=found.account,
        month=found.month,
        availability=ratio(found.numerator, found.denominator),
        tier=found.tier,
        credit=Fen(found.credit_fen),
        currency=currency,
        still_open=found.still_open,
    )


def print_breaches(found: Sequence[BreachRow]) -> None:
    """Print the accounts, each with a bar: its unavailability relative to the worst account's."""
    worst = max((breach.unavailable for breach in found), default=Fraction(1))
    rows = [
        (
            breach.account,
            breach.month,
            breach.availability.percent,
            _bar(breach.unavailable / worst),
            breach.tier,
            money(breach.credit),
        )
        for breach in found
    ]
    columns = (
        said("account"),
        said("month"),
        said("availability %"),
        said("unavailable"),
        said("tier"),
        said("credit"),
    )
    print_table(columns, rows, right=["availability %", "tier", "credit"])
    print_still_open(found)


def print_still_open(found: Iterable[BreachRow]) -> None:
    """The months whose figures grow, as they count an outage that is open."""
    for one in found:
        if one.still_open:
            print_text(
                said(
                    "{account} {month}: counts outages that are still open: {incidents}",
                    account=one.account,
                    month=one.month,
                    incidents=", ".join(one.still_open),
                ),
                width=WIDTH,
            )


def _bar(share: Fraction) -> str:
    return bar(share.numerator, share.denominator, len("unavailable"))


class UnclaimedRow(BreachRow, frozen=True, kw_only=True):
    """A breach without a claim; the window is None where its calendar is not recorded yet."""

    earlier: str | None
    opens: ZonedInstant | None
    closes: ZonedInstant | None


class ToDecide(msgspec.Struct, frozen=True, kw_only=True):
    """A claim that waits for a decision."""

    account: str
    month: str
    filed_at: ZonedInstant


class ToIssue(msgspec.Struct, frozen=True, kw_only=True):
    """An award that waits for a voucher."""

    account: str
    month: str
    amount: Fen
    currency: str


class StillOpen(msgspec.Struct, frozen=True, kw_only=True):
    """An outage that is open though the month in which it began has ended; `scope` where it is not one account's."""

    incident: str
    account: str | msgspec.UnsetType
    scope: str | msgspec.UnsetType
    started_at: ZonedInstant
    source: str | None


class Worklist(msgspec.Struct, frozen=True, kw_only=True):
    """`slaledger worklist`: breaches to claim, claims to decide, vouchers to issue."""

    unclaimed: list[UnclaimedRow]
    to_decide: list[ToDecide]
    to_issue: list[ToIssue]
    still_open: list[StillOpen]

    def table(self) -> None:
        """Print the worklist."""
        if not (self.unclaimed or self.to_decide or self.to_issue or self.still_open):
            print_text(said("the worklist is empty"))
        if self.unclaimed:
            _print_unclaimed(self.unclaimed)
        if self.to_decide:
            print()
            claims = [(one.account, one.month, one.filed_at.in_table()) for one in self.to_decide]
            print_table((said("account"), said("month"), said("filed at")), claims, title=said("Claims to decide"))
        if self.to_issue:
            print()
            awards = [(one.account, one.month, money(one.amount)) for one in self.to_issue]
            of_awards = (said("account"), said("month"), said("amount"))
            print_table(of_awards, awards, right=["amount"], title=said("Awards to issue"))
        if self.still_open:
            _print_still_open(self.still_open)


def _print_still_open(outages: list[StillOpen]) -> None:
    print()
    rows = [
        (
            one.incident,
            word(one.scope) if isinstance(one.scope, str) else one.account,
            one.started_at.in_table(),
            one.source or "-",
        )
        for one in outages
    ]
    columns = (said("incident"), said("account"), said("start"), said("source"))
    print_table(columns, rows, title=said("Outages still open after their month"))


def _print_unclaimed(unclaimed: list[UnclaimedRow]) -> None:
    rows = [
        (
            one.account,
            one.month,
            one.tier,
            money(one.credit),
            word(one.earlier) if one.earlier else "-",
            _day(one.opens),
            _day(one.closes),
        )
        for one in unclaimed
    ]
    columns = (
        said("account"),
        said("month"),
        said("tier"),
        said("credit"),
        said("earlier claim"),
        said("claim from"),
        said("before"),
    )
    print_table(columns, rows, right=["tier", "credit"], title=said("Breaches without a claim"))
    print_still_open(unclaimed)


def _day(edge: ZonedInstant | None) -> str:
    """An edge of a claim window, which is a midnight; `?` where its calendar is not recorded yet."""
    return "?" if edge is None else edge.day()


def worklist(found: Work, zone: str, currency: str) -> Worklist:
    """The worklist, with instants in a zone and amounts in a currency."""
    return Worklist(
        unclaimed=[_unclaimed(one, zone, currency) for one in found.unclaimed],
        to_decide=[
            ToDecide(account=row.account, month=row.month, filed_at=ZonedInstant(row.filed_at, zone))
            for row in found.to_decide
        ],
        to_issue=[
            ToIssue(
                account=row.account, month=row.month, amount=Fen(row.awarded_fen - row.issued_fen), currency=currency
            )
            for row in found.to_issue
        ],
        still_open=[
            StillOpen(
                incident=one.incident,
                account=one.account or msgspec.UNSET,
                scope=msgspec.UNSET if one.account else one.scope,
                started_at=ZonedInstant(one.started_at, zone),
                source=one.source,
            )
            for one in found.still_open
        ],
    )


def _unclaimed(one: Unclaimed, zone: str, currency: str) -> UnclaimedRow:
    return UnclaimedRow(
        account=one.breach.account,
        month=one.breach.month,
        availability=ratio(one.breach.numerator, one.breach.denominator),
        tier=one.breach.tier,
        credit=Fen(one.breach.credit_fen),
        currency=currency,
        still_open=one.breach.still_open,
        earlier=one.earlier,
        opens=zoned(one.opens_at, zone),
        closes=zoned(one.closes_at, zone),
    )
