"""The log as a whole: its events by time, actor and topic, and those in which a text stands."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import islice
from typing import Any, NamedTuple

import msgspec

from domain.case import Fact
from domain.events.topics import TOPICS, UPCASTERS
from domain.nearest import nearest_word
from domain.refusals import Refusal
from ledger.log.codec import Row, decode
from ledger.log.reader import Reader
from ledger.refusals.queries import UnknownTopicAsked

_NOT_SEARCHED = frozenset({"document", "decision"})
"""Fields of events that hold a whole document or record."""


class Which(msgspec.Struct, frozen=True, kw_only=True):
    """Which events: after a position, up to another, of an actor, of a topic or of all that begin with its word."""

    after: int = 0
    last: int
    actor: str | None = None
    topic: str | None = None
    limit: int | None = None


class Place(NamedTuple):
    """Where a text stands in an event: a field, and what it says."""

    field: str
    text: str


class Hit(NamedTuple):
    """An event in which a text stands, and where."""

    fact: Fact
    places: list[Place]


def events(log: Reader, which: Which, *, newest_first: bool) -> Iterator[Fact]:
    """The events that are asked for, one by one. Raises Refusal `unknown_topic`, Damaged as `decode` does."""
    _check_topic(which.topic)
    rows = log.between(which.after, which.last, which.topic, newest_first=newest_first)
    return islice((fact for fact in map(decode, rows) if which.actor in (None, fact.actor)), which.limit)


def _check_topic(topic: str | None) -> None:
    known = sorted({*TOPICS, *UPCASTERS})
    groups = {each.partition(".")[0] for each in known}
    if topic is not None and topic not in groups and topic not in known:
        raise unknown_topic(topic, known, sorted(groups))


def unknown_topic(topic: str, known: list[str], groups: list[str]) -> Refusal:
    """The refusal of a topic that no event has."""
    return UnknownTopicAsked(topic=topic, near=nearest_word(topic, [*known, *groups]) or ", ".join(groups))


def search(log: Reader, text: str) -> Iterator[Hit]:
    """The events in which a text stands, capitals apart, in order: in ids, names, reasons, statements, evidence."""
    wanted = text.casefold()
    stored = json.dumps(wanted, ensure_ascii=False)[1:-1].casefold()
    for row in log.since(0):
        if _may_hold(row, wanted, stored):
            fact = decode(row)
            if places := _places(fact, wanted):
                yield Hit(fact, places)


def _may_hold(row: Row, wanted: str, stored: str) -> bool:
    """Whether a text can stand in an event, from its bytes alone: most events need not be decoded."""
    return wanted in row.stream.casefold() or stored in row.state.decode(errors="replace").casefold()


def _places(fact: Fact, wanted: str) -> list[Place]:
    """Where a text stands in an event; its stream, which repeats ids, only where it stands nowhere else."""
    around = {"actor": fact.actor, "reason": fact.reason, "key": fact.key, "source": fact.source}
    found = [place for name, value in around.items() for place in _texts(name, value)]
    found += [place for field, value in _fields(fact.event) for place in _texts(field, value)]
    hits = [place for place in found if wanted in place.text.casefold()]
    if not hits and wanted in fact.stream.casefold():
        return [Place("stream", fact.stream)]
    return hits


def _fields(thing: msgspec.Struct) -> Iterator[tuple[str, Any]]:
    return ((name, getattr(thing, name)) for name in thing.__struct_fields__ if name not in _NOT_SEARCHED)


def _texts(name: str, value: object) -> Iterator[Place]:
    """Every text in a value, by the names of the fields that lead to it."""
    match value:
        case str():
            yield Place(name, value)
        case msgspec.Struct():
            for field, inner in _fields(value):
                yield from _texts(f"{name}.{field}", inner)
        case tuple() | list():
            for inner in value:
                yield from _texts(name, inner)
        case _:
            return
