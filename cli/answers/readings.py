"""`claim explain --readings`: the other readings of doubtful clauses that would change a claim, and the results."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from cli.terminal.numbers import money
from cli.terminal.output import print_table, print_text
from cli.terminal.vocabulary import word
from domain.money import Fen
from domain.text import said
from ledger.audit.impact import OtherReading, other_readings
from ledger.audit.replay import past_decisions
from ledger.log.reader import Reader


class ChangedReading(msgspec.Struct, frozen=True, kw_only=True):
    """A reading that would have changed a decision, and the changed result."""

    reading: str
    key: str
    value: str | int | bool
    outcome: str
    tier: int | None
    credit: Fen
    difference: Fen


def readings_of(log: Reader, account: str, month: str, number: int) -> list[ChangedReading]:
    """The other readings that change a decision when it is made again from the facts that it knew."""
    for past in past_decisions(log.account_own(account), log.common(), month):
        if past.made.number == number:
            return [_changed(each) for each in other_readings(past)]
    return []


def _changed(each: OtherReading) -> ChangedReading:
    return ChangedReading(
        reading=each.reading,
        key=each.key,
        value=each.value,
        outcome=each.impact.new.outcome,
        tier=each.impact.new.tier,
        credit=Fen(each.impact.new.credit_fen),
        difference=Fen(each.impact.difference_fen),
    )


def print_readings(readings: Sequence[ChangedReading]) -> None:
    """Print the readings that change the decision, or that none does."""
    print()
    if not readings:
        print_text(said("No other reading changes this claim."))
        return
    columns = (said("reading"), said("key"), said("value"), said("outcome"), said("credit"), said("difference"))
    rows = [
        (each.reading, each.key, each.value, word(each.outcome), money(each.credit), money(each.difference))
        for each in readings
    ]
    print_table(columns, rows, right=columns[4:])
