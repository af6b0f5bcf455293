"""Where a claim's credit hangs on how a doubtful clause is read, in words for pages."""

from __future__ import annotations

from typing import NamedTuple

from cli.pages import labels
from cli.terminal.reading_words import otherwise_words
from domain.alternatives import Swing
from domain.terms.versions import Terms
from domain.text import Said, counted, said
from ledger.queries.month_report import MonthReport

MOST = 20
"""The largest number of claims on a month's page that hang on a reading, the greatest amounts first."""


class SwingWords(NamedTuple):
    """How much hangs on a reading, and what that clause could say instead."""

    decides: Said
    says: Said


class MonthSwings(NamedTuple):
    """The claims of a month that hang on a reading: account, name and words; `more` counts those left out."""

    rows: list[tuple[str, str, SwingWords]]
    more: Said | None


def swing_words(one: Swing, terms: Terms) -> SwingWords:
    """A swing in words; `terms` are those of its month."""
    amount = labels.money(one.amount_fen, terms.currency)
    return SwingWords(
        decides=said("{reading} decides over {amount}", reading=one.reading, amount=amount),
        says=otherwise_words(one.key, one.value, getattr(terms.readings, one.key)),
    )


def swings_of_month(report: MonthReport) -> MonthSwings:
    """The claims of a month that hang on a reading, the greatest amounts first."""
    found = [(row, row.swing) for row in report.accounts if row.swing is not None]
    found.sort(key=lambda one: (-one[1].amount_fen, one[0].account))
    terms = report.version.terms
    rows = [(row.account, row.name or "", swing_words(swing, terms)) for row, swing in found[:MOST]]
    return MonthSwings(rows, _more(len(found) - MOST, report.month))


def _more(count: int, month: str) -> Said | None:
    if count <= 0:
        return None
    return counted(
        "{n} further claim is not listed; `slaledger report {month} --format json` has it.",
        "{n} further claims are not listed; `slaledger report {month} --format json` has them.",
        n=count,
        month=month,
    )
