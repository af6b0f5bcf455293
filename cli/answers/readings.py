"""The readings of doubtful clauses: their values in words, what each would change, and how much hangs on them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from cli.terminal.language import localized
from cli.terminal.numbers import money
from cli.terminal.output import WIDTH, print_table, print_text, wrapped
from cli.terminal.reading_words import FURTHER, in_force_words, otherwise_words
from cli.terminal.vocabulary import cited, word
from domain.alternatives import Swing
from domain.money import Fen
from domain.terms.readings import NUMBERS, VALUES, Setting, Value, clause_of, written
from domain.terms.versions import Readings, Terms
from domain.text import said
from ledger.audit.impact import OtherReading, other_readings
from ledger.audit.replay import past_decisions
from ledger.log.reader import Reader


class OtherValue(msgspec.Struct, frozen=True, kw_only=True):
    """Another value of a switch, and what would be otherwise by it."""

    value: Value
    says: str


class ReadingListed(msgspec.Struct, frozen=True, kw_only=True):
    """A switch: its value in force and what that says, and its other values; `clause` is what it reads."""

    reading: str
    key: str
    clause: str
    value: Value
    says: str
    others: list[OtherValue]


def readings_listed(terms: Terms) -> list[ReadingListed]:
    """The switches of a version, in the order of their numbers, with sentences in the reader's language."""
    return [_listed(key, getattr(terms.readings, key), terms) for key in VALUES]


def _listed(key: str, now: Value, terms: Terms) -> ReadingListed:
    return ReadingListed(
        reading=NUMBERS[key],
        key=key,
        clause=clause_of(key, terms),
        value=now,
        says=localized(in_force_words(key, now)),
        others=[
            OtherValue(value=value, says=localized(otherwise_words(key, value, now)))
            for value in VALUES[key]
            if value != now
        ],
    )


def print_readings_listed(listed: Sequence[ReadingListed]) -> None:
    """Print each switch with its values, the one in force first."""
    for each in listed:
        if each is not listed[0]:
            print()
        print_text(said("{heading} ({clause})", heading=each.key, clause=cited(each.clause)))
        _print_value("*", each.value, each.says)
        for other in each.others:
            _print_value(" ", other.value, other.says)
        if each.key in FURTHER:
            print_text(said("    {values}", values=FURTHER[each.key]))


def _print_value(mark: str, value: Value, says: str) -> None:
    print(f"  {mark} {written(value)}")
    for line in wrapped(says, WIDTH - 6):
        print(f"      {line}")


class SettingShown(msgspec.Struct, frozen=True, kw_only=True):
    """A reading that `audit what-if` was asked to try."""

    reading: str
    key: str
    value: Value
    says: str


def settings_shown(changed: Setting, now: Readings) -> list[SettingShown]:
    """The readings that are tried, with what each changes of those in force."""
    return [
        SettingShown(
            reading=NUMBERS[key],
            key=key,
            value=value,
            says=localized(otherwise_words(key, value, getattr(now, key))),
        )
        for key, value in changed.items()
    ]


class ChangedReading(msgspec.Struct, frozen=True, kw_only=True):
    """A reading that would have changed a decision, and the changed result."""

    reading: str
    key: str
    value: Value
    outcome: str
    tier: int | None
    credit: Fen
    difference: Fen
    says: str


def readings_of(log: Reader, account: str, month: str, number: int) -> list[ChangedReading]:
    """The other readings that change a decision when it is made again from the facts that it knew."""
    for past in past_decisions(log.account_own(account), log.common(), month):
        if past.made.number == number:
            now = past.made.terms.readings
            return [_changed(each, now) for each in other_readings(past)]
    return []


def _changed(each: OtherReading, now: Readings) -> ChangedReading:
    return ChangedReading(
        reading=each.reading,
        key=each.key,
        value=each.value,
        outcome=each.impact.new.outcome,
        tier=each.impact.new.tier,
        credit=Fen(each.impact.new.credit_fen),
        difference=Fen(each.impact.difference_fen),
        says=localized(otherwise_words(each.key, each.value, getattr(now, each.key))),
    )


def print_readings(readings: Sequence[ChangedReading]) -> None:
    """Print the readings that change the decision, or that none does."""
    print()
    if not readings:
        print_text(said("No other reading changes this claim."))
        return
    columns = (said("reading"), said("key"), said("value"), said("outcome"), said("credit"), said("difference"))
    rows = [
        (each.reading, each.key, written(each.value), word(each.outcome), money(each.credit), money(each.difference))
        for each in readings
    ]
    print_table(columns, rows, right=columns[4:])
    print()
    print_says([each.says for each in readings])


def print_says(sentences: Sequence[str]) -> None:
    """Print sentences about readings, each once."""
    for sentence in dict.fromkeys(sentences):
        print_text(sentence, width=WIDTH)


class SwingShown(msgspec.Struct, frozen=True, kw_only=True):
    """How much of a claim's credit hangs on one reading."""

    reading: str
    key: str
    value: Value
    amount: Fen


def swing_shown(found: Swing | None) -> SwingShown | None:
    """A swing as answers have it; None where nothing hangs on a reading."""
    if found is None:
        return None
    return SwingShown(reading=found.reading, key=found.key, value=found.value, amount=Fen(found.amount_fen))


MOST = 20
"""The largest number of swings that are printed, the greatest first."""


def print_swings(found: Iterable[tuple[str, SwingShown | None]]) -> None:
    """Print whose credit hangs on a reading, and how much of it, the greatest amounts first."""
    swings = sorted(((whose, one) for whose, one in found if one is not None), key=lambda pair: -pair[1].amount)
    if not swings:
        return
    print()
    print_text(said("Where a doubtful clause decides (see `slaledger claim explain --readings`):"))
    for whose, one in swings[:MOST]:
        print_text(said("  {claim}: {swing}", claim=whose, swing=swing_said(one)))
    if len(swings) > MOST:
        print_text(said("  and {n} more: `--format json` has all", n=len(swings) - MOST))


def swing_said(one: SwingShown) -> str:
    """How much hangs on a reading, in words."""
    return said("{reading} decides over {amount}", reading=one.reading, amount=money(one.amount))
