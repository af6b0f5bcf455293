"""The events of an account as they were recorded, and their table with one line per event."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

import msgspec

from cli.terminal.language import localized
from cli.terminal.numbers import money
from cli.terminal.output import WIDTH, plain, print_text, wrapped
from cli.terminal.values import ZonedInstant, is_instant, zoned
from cli.terminal.vocabulary import CODED, label, word
from domain import decision_record as record
from domain.case import Fact, SourceMark
from domain.events import ClaimDecided, Event, Evidence, NamedDay
from domain.text import counted, listed, said
from domain.time import seconds_text


class SourceShown(msgspec.Struct, frozen=True, kw_only=True):
    """The source that an import recorded an event for: its format, page or query, own key, and when it said so."""

    name: str
    scope: str
    key: str
    said_at: ZonedInstant | None


class EventShown(msgspec.Struct, frozen=True, kw_only=True):
    """An event as it was recorded."""

    position: int
    recorded_at: ZonedInstant
    actor: str
    reason: str | None
    stream: str
    version: int
    topic: str
    data: Event
    source: SourceShown | msgspec.UnsetType = msgspec.UNSET
    signed_by: str | msgspec.UnsetType = msgspec.UNSET


def event_shown(fact: Fact, zone: str) -> EventShown:
    """An event as it was recorded, with instants in a time zone."""
    return EventShown(
        position=fact.position,
        recorded_at=ZonedInstant(fact.recorded_at, zone),
        actor=fact.actor,
        reason=fact.reason,
        stream=fact.stream,
        version=fact.version,
        topic=fact.topic,
        data=fact.event,
        source=msgspec.UNSET if fact.source is None else _source(fact.source, zone),
        signed_by=fact.signed_by or msgspec.UNSET,
    )


def _source(mark: SourceMark, zone: str) -> SourceShown:
    return SourceShown(name=mark.name, scope=mark.scope, key=mark.key, said_at=zoned(mark.said_at, zone))


NONE_TOLD: Mapping[int, Sequence[str]] = MappingProxyType({})
_SHOWN_ELSEWHERE = {"account", "incident", "bill", "voucher", "month", "decision", "document"}
"""Fields that the subject's name or another part of the line has, and the agreement's text: its hash stands there."""


def print_events(events: Sequence[EventShown], changes: Mapping[int, Sequence[str]] = NONE_TOLD) -> None:
    """Print one line per event, with its fields and reason below it, within 80 columns.

    `changes` are told instead of the fields of the events at these positions, where there are any.
    """
    width = max((len(str(event.position)) for event in events), default=1)
    for event in events:
        print_event(event, event.stream.partition("/")[2], width, changes.get(event.position, ()))


def print_event(event: EventShown, subject: str, width: int, changes: Sequence[str] = ()) -> None:
    """Print an event of a subject, its position in a width, with `changes` or its fields below, and its reason."""
    recorded = f"{event.position:>{width}}  {event.recorded_at.to_the_second()}  {event.actor}"
    first, *rest = wrapped(f"{recorded}  {localized(word(event.topic))}  {subject}", WIDTH)
    print(first)
    for line in rest:
        print(f"{'':<{width + 4}}{line}")
    for line in wrapped(_about(event, changes), WIDTH - width - 4):
        print(f"{'':<{width + 4}}{line}")


def print_line(event: EventShown) -> None:
    """Print an event in a line: what it is, of what, its fields and its reason."""
    told = said("{topic} {subject}", topic=word(event.topic), subject=event.stream.removeprefix("~/"))
    about = [*_content(event), *_because(event)]
    if about:
        told = said("{event}: {about}", event=told, about=listed(about))
    first, *rest = wrapped(told, WIDTH - 4)
    print_text(f"  {first}")
    for line in rest:
        print_text(f"    {line}")


def _about(event: EventShown, changes: Sequence[str]) -> str:
    told = [*changes, *_decided(event.data)] if changes else _content(event)
    return listed([*told, *_because(event), *_told_by(event.source), *_signed(event)])


def _content(event: EventShown) -> list[str]:
    """The fields of an event, without those that its stream names; a decision by its outcome."""
    zone = event.recorded_at.zone
    given = [_told(name, value, zone) for name, value in _given(event.data) if name not in _SHOWN_ELSEWHERE]
    return [*given, *_decided(event.data)]


def _because(event: EventShown) -> list[str]:
    return [said("because: {reason}", reason=event.reason)] if event.reason else []


def _signed(event: EventShown) -> list[str]:
    if isinstance(event.signed_by, msgspec.UnsetType):
        return []
    return [said("signed by {key} of {actor}", key=event.signed_by, actor=event.actor)]


def _told_by(source: SourceShown | msgspec.UnsetType) -> list[str]:
    if isinstance(source, msgspec.UnsetType):
        return []
    if source.said_at is None:
        return [said("as {source} said", source=source.name)]
    return [said("as {source} said at {at}", source=source.name, at=source.said_at.in_table())]


def _given(event: Event) -> Iterator[tuple[str, object]]:
    """The stored fields of an event: those with their default value are not stored."""
    for field in msgspec.structs.fields(event):
        value = getattr(event, field.name)
        if value != field.default:
            yield field.encode_name, value


def _told(name: str, value: object, zone: str) -> str:
    return said("{field} {value}", field=label(name), value=_value(name, value, zone))


def _value(name: str, value: object, zone: str) -> str:
    if isinstance(value, int) and name.endswith("_fen"):
        return money(value) or ""
    if isinstance(value, int) and name.endswith("_us"):
        return said("{seconds} s", seconds=seconds_text(value))
    if isinstance(value, int) and is_instant(name):
        return ZonedInstant(value, zone).in_table()
    if isinstance(value, tuple) and value and all(isinstance(item, NamedDay) for item in value):
        return counted("{n} day", "{n} days", n=len(value))
    if isinstance(value, tuple):
        return ", ".join(item.name if isinstance(item, Evidence) else str(item) for item in value)
    return word(plain(value)) if name in CODED else plain(value)


def _decided(event: Event) -> list[str]:
    if not isinstance(event, ClaimDecided):
        return []
    made = record.head(bytes(event.decision))
    told = said("decision {number}: {outcome}", number=made.number, outcome=word(made.outcome))
    if made.credit is not None:
        told = said("{told}, credit {credit}", told=told, credit=money(made.credit.total_fen))
    return [told]
