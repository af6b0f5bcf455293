"""The same log stored in the eventsourcing library's default way: a class per event, its transcoder, mapper, recorder.

The fold and the assessment after it are ours: the classes are converted one to one into the domain's events.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import make_dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import msgspec
from eventsourcing.application import Application

from domain.assessment import assess
from domain.case import Case, Fact, evolve, fold
from domain.decision_record import decode, encode
from domain.events import ClaimDecided, Event, IncidentJoined
from domain.events.topics import TOPICS
from domain.terms.versions import in_force
from ledger.application import Ledger
from ledger.log import streams
from ledger.log.codec import TOPIC_OF
from ledger.log.codec import decode as decode_row

PAGE = 5000
"""Notifications per page. On 20,000 events 1000, 5000 and 20,000 take the same time; 100 takes 5 % more, and 10 (the
default) 60 % more."""
_ABOUT = ("originator_id", "originator_version", "recorded_at", "recorded_by", "for_reason", "under_key")
_CLASSES = {
    kind: make_dataclass(
        f"{kind.__name__}Stored",
        [("originator_id", str), ("originator_version", int), *((name, Any) for name in _ABOUT[2:])]
        + [(name, Any) for name in kind.__struct_fields__],
        frozen=True,
        namespace={"__module__": __name__},
    )
    for kind in TOPICS.values()
}
_KINDS = {made: kind for kind, made in _CLASSES.items()}
globals().update({made.__name__: made for made in _KINDS})
_NESTED = {"calendar.published", "exclusion.applied.v2", "incident.opened", "incident.opened_within"}


class Log(Application[str]):
    """The library's application with all defaults, except that ids are text, which it reads much faster than UUIDs."""


def opened(path: Path) -> Log:
    """The application on a SQLite file."""
    return Log(
        env={
            "PERSISTENCE_MODULE": "eventsourcing.sqlite",
            "SQLITE_DBNAME": str(path),
            "ORIGINATOR_ID_TYPE": "text",
        }
    )


def copy(ledger: Ledger, path: Path) -> None:
    """Write a ledger's events as the library does by default."""
    log = opened(path)
    with ledger.reading() as reader:
        events = (_as_class(decode_row(row)) for row in reader.since(0))
        while page := list(islice(events, 10_000)):
            log.events.put(page)
    log.close()


def _as_class(fact: Fact) -> Any:
    if isinstance(fact.event, ClaimDecided):
        fields: list[Any] = [fact.event.account, fact.event.month, bytes(fact.event.decision).decode()]
    else:
        fields = [msgspec.to_builtins(value) for value in msgspec.structs.astuple(fact.event)]
    about = (fact.stream, fact.version, fact.recorded_at, fact.actor, fact.reason, fact.key)
    return _CLASSES[type(fact.event)](*about, *fields)


def facts(log: Log) -> Iterator[Fact]:
    """Read the log back through the library's mapper, in pages of notifications."""
    position = 0
    while page := log.recorder.select_notifications(start=position + 1, limit=PAGE):
        for notification in page:
            position = notification.id
            event: Any = log.mapper.to_domain_event(notification)
            kind = _KINDS[type(event)]
            yield Fact(
                event.originator_id,
                event.originator_version,
                position,
                event.recorded_at,
                event.recorded_by,
                event.for_reason,
                event.under_key,
                TOPIC_OF[kind],
                _as_event(kind, event),
            )


def _as_event(kind: type[Event], event: Any) -> Event:
    if kind is ClaimDecided:
        return ClaimDecided(account=event.account, month=event.month, decision=msgspec.Raw(event.decision.encode()))
    fields = {name: getattr(event, name) for name in kind.__struct_fields__}
    return msgspec.convert(fields, kind) if TOPIC_OF[kind] in _NESTED else kind(**fields)


def replay(log: Log) -> tuple[int, int]:
    """Fold every account in log order and make each decision again, trusting its recorded facts; return how many
    there are, and how many come out the same."""
    rules, shared = fold(()), fold(())
    held: dict[str, Case] = {}
    joined: dict[str, set[str]] = {}
    decisions = same = 0
    for fact in facts(log):
        owner, kind = fact.stream.split("/", 2)[:2]
        if owner == streams.SHARED:
            if kind in ("terms", "calendar"):
                evolve(rules, fact)
            elif kind == "incident":
                evolve(shared, fact)
            continue
        case = held.get(owner)
        if case is None:
            case = held[owner] = fold(())
        if isinstance(fact.event, IncidentJoined):
            joined.setdefault(owner, set()).add(fact.event.incident)
        if isinstance(fact.event, ClaimDecided):
            decisions += 1
            same += _is_same(_whole(case, rules, shared, joined.get(owner, set())), fact.event)
        evolve(case, fact)
    return decisions, same


def _whole(case: Case, rules: Case, shared: Case, joined: set[str]) -> Case:
    region = None if case.account is None else case.account.region
    incidents = {
        name: incident
        for name, incident in shared.incidents.items()
        if incident.scope == "all" or name in joined or region in incident.regions
    }
    incidents.update(case.incidents)
    return msgspec.structs.replace(case, incidents=incidents, versions=rules.versions, calendars=rules.calendars)


def _is_same(case: Case, event: ClaimDecided) -> bool:
    record = bytes(event.decision)
    made = decode(record)
    version = in_force(case.versions, event.month)
    again = assess(case, event.account, event.month, version, made.decided_at, made.facts)
    return encode(again) == record
