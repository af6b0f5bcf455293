"""The whole log: its events as they were recorded, and where a text stands in them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from cli.answers.history.events import event_shown, print_event
from cli.terminal.language import localized
from cli.terminal.output import WIDTH, chosen, emit_each, print_text, to_json, wrapped
from cli.terminal.values import ZonedInstant
from cli.terminal.vocabulary import label, word
from domain.case import Fact
from domain.text import said
from ledger.queries.whole_log import Hit


class LogEvent(msgspec.Struct, frozen=True, kw_only=True):
    """An event of the log; `data` is its content, and `source` the source that an import recorded it for."""

    position: int
    recorded_at: ZonedInstant
    actor: str
    topic: str
    stream: str
    version: int
    reason: str | None
    key: str | None
    source: str | None
    data: msgspec.Raw


class PlaceShown(msgspec.Struct, frozen=True, kw_only=True):
    """A field of an event in which a text stands, and all that it says."""

    field: str
    text: str


class HitShown(msgspec.Struct, frozen=True, kw_only=True):
    """An event in which a text stands, and where."""

    position: int
    recorded_at: ZonedInstant
    actor: str
    topic: str
    stream: str
    places: list[PlaceShown]


def emit_log(facts: Iterable[Fact], zone: str, last: int, format_: str | None) -> None:
    """Print events one by one as they are read; `last` is the highest position, for the table's first column."""
    if chosen(format_) == "table":
        _print_events(facts, zone, len(str(last)))
    else:
        emit_each((_log_event(fact, zone) for fact in facts), format_, lambda rows: None)


def _print_events(facts: Iterable[Fact], zone: str, width: int) -> None:
    none = True
    for fact in facts:
        print_event(event_shown(fact, zone), fact.stream, width)
        none = False
    if none:
        print_text(said("none"))


def _log_event(fact: Fact, zone: str) -> LogEvent:
    return LogEvent(
        position=fact.position,
        recorded_at=ZonedInstant(fact.recorded_at, zone),
        actor=fact.actor,
        topic=fact.topic,
        stream=fact.stream,
        version=fact.version,
        reason=fact.reason,
        key=fact.key,
        source=None if fact.source is None else fact.source.name,
        data=msgspec.Raw(to_json(fact.event).encode()),
    )


def hits_shown(hits: Iterable[Hit], zone: str) -> Iterator[HitShown]:
    """The events in which a text stands, one by one."""
    for hit in hits:
        yield HitShown(
            position=hit.fact.position,
            recorded_at=ZonedInstant(hit.fact.recorded_at, zone),
            actor=hit.fact.actor,
            topic=hit.fact.topic,
            stream=hit.fact.stream,
            places=[PlaceShown(field=place.field, text=place.text) for place in hit.places],
        )


def print_hits(hits: Iterable[HitShown]) -> None:
    """Print each event with the fields in which the text stands."""
    none = True
    for hit in hits:
        none = False
        recorded = f"{hit.position}  {hit.recorded_at.to_the_second()}  {hit.actor}"
        print_text(f"{recorded}  {localized(word(hit.topic))}  {hit.stream}")
        for place in hit.places:
            told = said("{field}: {value}", field=label(place.field), value=place.text)
            for line in wrapped(told, WIDTH - 4):
                print_text(f"    {line}")
    if none:
        print_text(said("none"))
