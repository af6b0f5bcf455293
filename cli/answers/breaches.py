"""The breaches of a month."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction

import msgspec

from cli.answers.names import holder
from cli.terminal.numbers import money
from cli.terminal.output import WIDTH, print_table, print_text
from cli.terminal.sparkline import bar
from cli.terminal.values import Ratio, ratio
from domain.money import Fen
from domain.text import said
from ledger.queries.worklist import Breach


class BreachRow(msgspec.Struct, frozen=True, kw_only=True):
    """A month below the commitment, and the credit that a claim would get."""

    account: str
    month: str
    availability: Ratio
    tier: int
    credit: Fen
    currency: str
    still_open: tuple[str, ...]
    name: str | msgspec.UnsetType = msgspec.UNSET

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
            holder(breach),
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
