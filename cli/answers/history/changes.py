"""The changes between two states of knowledge: by whom and why, and their effect on the months."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby

import msgspec

from cli.answers.history.events import EventShown
from cli.terminal.language import localized
from cli.terminal.numbers import moment, money
from cli.terminal.output import WIDTH, plain, print_table, print_text, wrapped
from cli.terminal.values import ZonedInstant
from cli.terminal.vocabulary import CODED, word
from domain.money import Fen
from domain.text import Said, said
from domain.time import Seconds


class Knowledge(msgspec.Struct, frozen=True, kw_only=True):
    """A state of knowledge: its instant, and its position in the log."""

    known_at: ZonedInstant
    position: int


class FieldChange(msgspec.Struct, frozen=True, kw_only=True, rename={"from_": "from"}):
    """A field that changed, with both values and the event that changed it; None where no single event did."""

    what: str
    field: str
    from_: object
    to: object
    by: str | None
    reason: str | None
    position: int | None


class MonthChange(msgspec.Struct, frozen=True, kw_only=True):
    """A month with a different result: each value before and after; unknown ones are None."""

    month: str
    unavailable_seconds: tuple[Seconds | None, Seconds | None]
    percent: tuple[str | None, str | None]
    tier: tuple[int | None, int | None]
    credit: tuple[Fen | None, Fen | None]


class KnowledgeDifference(msgspec.Struct, frozen=True, kw_only=True, rename={"from_": "from"}):
    """`slaledger history --diff`: the events between two states of knowledge, and their effects."""

    from_: Knowledge
    to: Knowledge
    events: list[EventShown]
    changes: list[FieldChange]
    months: list[MonthChange]


def print_difference(diff: KnowledgeDifference) -> None:
    """Print the changes within 80 columns: each event with its changes, then the effect on the months."""
    print()
    print_text(said("What changed from {before}\nto {after}", before=_edge(diff.from_), after=_edge(diff.to)))
    if not diff.changes:
        print()
        print_text(said("nothing"))
    for _, changes in groupby(diff.changes, key=lambda change: (change.position, change.what)):
        _print_changed(list(changes))
    if diff.months:
        print()
        rows = [
            (
                one.month,
                _pair(one.unavailable_seconds),
                _pair(one.percent),
                _pair(one.tier),
                _pair([money(amount) for amount in one.credit]),
            )
            for one in diff.months
        ]
        columns = (said("month"), said("unavailable s"), said("availability %"), said("tier"), said("credit"))
        print_table(columns, rows, right=columns[1:])


def _edge(known: Knowledge) -> Said:
    at = moment(known.known_at.in_table())
    return said("{known_at} (position {position})", known_at=at, position=known.position)


def _print_changed(changes: Sequence[FieldChange]) -> None:
    first = changes[0]
    who = said("{what}, by {actor}", what=first.what, actor=first.by) if first.by else first.what
    lines = wrapped(f"{plain(first.position)}  {localized(who)}", WIDTH)
    if first.reason:
        because = said("because: {reason}", reason=first.reason)
        lines += [f"    {line}" for line in wrapped(because, WIDTH - 4)]
    for change in changes:
        lines += [f"    {line}" for line in wrapped(change_told(change.field, change.from_, change.to), WIDTH - 4)]
    print("\n" + "\n".join(lines))


def _field(name: str) -> str:
    """The name of a field. One that describes a moment is already a sentence."""
    if isinstance(name, Said):
        return name
    words = name.replace("_", " ")
    return _FIELDS.get(words) or word(words)


_FIELDS: dict[str, Said] = {
    str(one): one
    for one in (
        said("billed at"),
        said("ended at"),
        said("enrolled at"),
        said("notified at"),
        said("shown on bill"),
        said("started at"),
        said("voucher offset.call"),
        said("voucher offset.service"),
    )
}
"""Fields whose names differ from those in the table of events."""


def change_told(field: str, was: object, now: object) -> Said:
    """A changed field with both values, codes by their names."""
    is_coded = field in CODED or field.startswith("stage")
    values = [word(value) if is_coded and isinstance(value, str) else value for value in (was, now)]
    return said("{field}: {value}", field=_field(field), value=_pair(values))


def _pair(values: Iterable[object]) -> str:
    was, is_ = values
    return f"{_value(was)} -> {_value(is_)}" if was != is_ else _value(was)


def _value(value: object) -> str:
    """A value for people: an instant as tables show it."""
    return value.in_table() if isinstance(value, ZonedInstant) else localized(plain(value)) or "-"
