"""`claim explain --readings`: which other reading of a doubtful clause would change a claim, to what, by how much."""

from __future__ import annotations

from cli.terminal.numbers import money
from cli.terminal.output import Json, print_table, put
from cli.terminal.vocabulary import word
from domain.money import yuan
from domain.text import said
from ledger.audit.impact import OtherReading, other_readings
from ledger.audit.replay import past_decisions
from ledger.log.reader import Reader


def readings_of(log: Reader, account: str, month: str, number: int) -> list[Json]:
    """The other readings that change a decision, made again from the very facts that it knew."""
    for past in past_decisions(log.account_own(account), log.common(), month):
        if past.made.number == number:
            return [_shape(each) for each in other_readings(past)]
    return []


def _shape(each: OtherReading) -> Json:
    return {
        "reading": each.reading,
        "key": each.key,
        "value": each.value,
        "outcome": each.impact.new.outcome,
        "tier": each.impact.new.tier,
        "credit": yuan(each.impact.new.credit_fen),
        "difference": yuan(each.impact.difference_fen),
    }


def print_readings(readings: list[Json]) -> None:
    """The readings that matter, or that none does."""
    print()
    if not readings:
        put(said("No other reading changes this claim."))
        return
    columns = (said("reading"), said("key"), said("value"), said("outcome"), said("credit"), said("difference"))
    rows = [
        (
            each["reading"],
            each["key"],
            each["value"],
            word(each["outcome"]),
            money(each["credit"]),
            money(each["difference"]),
        )
        for each in readings
    ]
    print_table(columns, rows, right=columns[4:])
