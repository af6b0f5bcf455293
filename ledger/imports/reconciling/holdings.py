"""What the ledger holds of a source: its outages, and whose word each of their fields is.

Events that an import recorded carry their source in the envelope. All others are a person's word. Events of releases
that did not record the source are known by the id and the key that importers gave then.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Literal

import msgspec

from domain import events as e
from domain import incident as incidents
from domain.case import Fact
from domain.incident import Incident
from domain.time import FOREVER
from ledger.imports.outages import source_key
from ledger.imports.statements import OutageStatement
from ledger.log import streams
from ledger.log.codec import Row, decode
from ledger.log.reader import Reader

Field = Literal["started_at", "ended_at", "function", "exclusions", "withdrawn"]
_RESERVATIONS = streams.reservation("incident", "")
_BUNCH = 200
"""From so many shared outages on, one query for all shared incidents is faster than one for each."""


class Holding(msgspec.Struct, kw_only=True):
    """An outage that the ledger holds of a source.

    `persons` are the fields that a person's word decides. `kept` says that a person confirmed it though its source no
    longer tells of it. `said_at` is when the source last said something of it, in microseconds.
    """

    incident: Incident
    key: str
    scope: str
    persons: frozenset[Field] = frozenset()
    kept: bool = False
    said_at: int | None = None
    end_inferred: bool = False
    """Whether the source did not say the end by itself: it was concluded from another word of it."""
    parent: str = ""
    """The key of the outage that its source merged it into."""
    lasting_at: int | None = None
    """When the source said that it began again, where that changed nothing: an end before that is no end."""

    @property
    def id(self) -> str:
        return self.incident.incident

    @property
    def start(self) -> int:
        return self.incident.started_at

    @property
    def end(self) -> int:
        """The end, or `FOREVER` while it is open."""
        return FOREVER if self.incident.ended_at is None else self.incident.ended_at

    @property
    def stands(self) -> bool:
        return self.incident.withdrawn is None


class _Owned(msgspec.Struct, frozen=True):
    """An incident's id, its owner, and the source's key and scope as far as they are known."""

    id: str
    owner: str
    key: str
    scope: str


def reads_of(log: Reader, source: str) -> list[e.SourceRead]:
    """What was read of a source before, in order."""
    events = (decode(row).event for row in log.stream(streams.source(source)))
    return [event for event in events if isinstance(event, e.SourceRead)]


def holdings(
    log: Reader,
    source: str,
    statements: Sequence[OutageStatement],
    *,
    one_a_key: bool,
    reads: Iterable[e.SourceRead] = (),
) -> list[Holding]:
    """Every outage that the ledger holds of a source, withdrawn ones too. `one_a_key` is the source's policy.

    An outage of an older release counts where one of `statements` tells by its id what it was; `reads` tell of outages
    that the source said began again.
    """
    owned = [*_marked(log, source)]
    known = {each.id for each in owned}
    owned += [each for each in _of_older_releases(log, source, statements, one_a_key) if each.id not in known]
    lasting = {one.key: one.said_at for read in reads for one in read.lasting}
    return [_held(each, source, rows, lasting.get(each.key)) for each, rows in _rows(log, owned)]


def _marked(log: Reader, source: str) -> Iterator[_Owned]:
    """Incidents whose reservation names the source."""
    sign = f'"source":{{"name":"{source}"'.encode()
    for row in log.range(_RESERVATIONS):
        if sign in row.state:
            fact = decode(row)
            if isinstance(fact.event, e.IdReserved) and fact.source is not None:
                yield _Owned(fact.event.id, fact.event.owner, fact.source.key, fact.source.scope)


def _of_older_releases(
    log: Reader, source: str, statements: Iterable[OutageStatement], one_a_key: bool
) -> Iterator[_Owned]:
    """Incidents that an older release imported, by the ids that it gave them."""
    for stem, statement in {_stem(each.incident, each, one_a_key): each for each in statements}.items():
        for id_ in log.reserved_ids("incident", stem, 10_000):
            if id_ == stem or id_.startswith(f"{stem}:"):
                fact = decode(log.stream(streams.reservation("incident", id_))[0])
                if fact.source is None and isinstance(fact.event, e.IdReserved):
                    yield _Owned(id_, fact.event.owner, statement.key, statement.scope)


def _stem(id_: str, statement: OutageStatement, one_a_key: bool) -> str:
    """What the ids of all outages of a key begin with: the source's own id, or all but the start behind the colon."""
    if one_a_key:
        return statement.key if id_.startswith(statement.key) else id_
    return id_.rpartition(":")[0] or id_


def _rows(log: Reader, owned: Sequence[_Owned]) -> Iterator[tuple[_Owned, list[Row]]]:
    """Each incident's events, in order."""
    shared: dict[str, list[Row]] | None = None
    if sum(each.owner == streams.SHARED for each in owned) > _BUNCH:
        shared = {}
        for row in log.range(streams.SHARED_INCIDENTS):
            shared.setdefault(row.stream, []).append(row)
    for each in owned:
        stream = streams.incident(each.owner, each.id)
        of_bunch = shared is not None and each.owner == streams.SHARED
        yield each, shared.get(stream, []) if of_bunch and shared is not None else log.stream(stream)


def _held(owned: _Owned, source: str, rows: Iterable[Row], lasting_at: int | None) -> Holding:
    state: Incident | None = None
    persons: set[Field] = set()
    kept, said_at, end_inferred, parent = False, None, False, ""
    for fact in map(decode, rows):
        state = incidents.evolve(state, fact.event, fact.reason)
        if "ended_at" in _fields(fact.event):
            end_inferred = fact.source is not None and fact.source.inferred
        if isinstance(fact.event, e.IncidentReleased):
            persons.clear()
            kept = False
        elif isinstance(fact.event, e.IncidentKept):
            kept = True
        elif not _is_of(fact, owned.id, source):
            persons |= _fields(fact.event)
        elif fact.source is not None:
            parent = fact.source.parent
            if fact.source.said_at is not None:
                said_at = max(said_at or 0, fact.source.said_at)
    if state is None:
        raise ValueError(f"incident {owned.id} is reserved and has no events")
    return Holding(
        incident=state,
        key=owned.key,
        scope=owned.scope,
        persons=frozenset(persons),
        kept=kept,
        said_at=said_at,
        end_inferred=end_inferred,
        parent=parent,
        lasting_at=lasting_at,
    )


def _is_of(fact: Fact, id_: str, source: str) -> bool:
    """Whether an event is the source's word; an older release marked it by its key."""
    if fact.source is not None:
        return fact.source.name == source
    return isinstance(fact.event, e.IncidentOpened) or fact.key in (
        source_key(source, id_, "close"),
        source_key(source, id_, "exclusion"),
    )


def _fields(event: e.Event) -> set[Field]:
    """The fields that an event decides."""
    match event:
        case e.IncidentClosed() | e.IncidentReopened():
            return {"ended_at"}
        case e.IncidentCorrected():
            given: set[Field] = set()
            if event.started_at is not None:
                given.add("started_at")
            if event.ended_at is not None:
                given.add("ended_at")
            return given
        case e.IncidentFunctionCorrected():
            return {"function"}
        case e.IncidentWithdrawn() | e.IncidentRestored():
            return {"withdrawn"}
        case e.ExclusionApplied() | e.ExclusionWithdrawn():
            return {"exclusions"}
        case _:
            return set()
