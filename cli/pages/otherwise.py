"""What a decision would have come to, were a doubtful clause read otherwise."""

from __future__ import annotations

from typing import NamedTuple

from cli.answers.readings import readings_of
from cli.pages import labels
from domain.case import Case
from domain.text import Said
from ledger.log.reader import Reader


class OtherwiseRow(NamedTuple):
    """Another reading that changes a decision: what it says, the outcome, the credit, and the difference."""

    says: str
    outcome: Said
    credit: str
    difference: str


class Otherwise(NamedTuple):
    """The readings that would change the latest decision, and its number."""

    decision: int
    rows: list[OtherwiseRow]


def otherwise(log: Reader, case: Case, account: str, month: str, currency: str) -> Otherwise | None:
    """The other readings that change the latest decision on a claim; None while there is no decision."""
    latest = case.claims[month].latest if month in case.claims else None
    if latest is None:
        return None
    rows = [
        OtherwiseRow(
            says=each.says,
            outcome=labels.outcome(each.outcome),
            credit=labels.money(each.credit, currency),
            difference=labels.money(each.difference, currency),
        )
        for each in readings_of(log, account, month, latest.number)
    ]
    return Otherwise(latest.number, rows)
