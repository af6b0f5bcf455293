"""What PagerDuty's answers and events say of an incident: one word a row or event, and what they come to together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from domain.text import said
from domain.time import SECOND_US
from ledger.imports.outages import source_id
from ledger.imports.source import Node, SourceTime
from ledger.imports.statements import Faults
from ledger.refusals.imports.pagerduty import PagerdutyEndToldOtherwise, PagerdutyStartToldOtherwise

SOURCE = "pagerduty"
RESOLVED, REOPENED = "incident.resolved", "incident.reopened"
REOPENING = 2
"""The rank of a word that an incident began again: behind its end at the same instant."""


class Word(msgspec.Struct, frozen=True, kw_only=True):
    """What a row or an event says of an incident. `changed`: when its status became this one, as far as it tells.

    `service` are the names that a mapping may use. An event about something else tells the status by the way; where
    that is "resolved", it has no `end`.
    `told` orders what else was changed, such as the service; `rank` the changes of one instant.
    """

    node: Node
    id: str
    service: tuple[str, str]
    start: SourceTime
    over: bool
    end: SourceTime | None
    changed: SourceTime
    told: int
    rank: int
    row: bool
    urgency: str | None
    priority: tuple[str, ...]
    parent: str | None

    @property
    def name(self) -> str:
        return said("incident {id} of service {service}", id=self.id, service=self.service[1] or self.service[0])


class PagedIncident(msgspec.Struct, frozen=True, kw_only=True):
    """An incident by all that was said of it: `word` is the latest on what it is, the rest on how it stands.

    `services` are those that it was of, the last one being the present. `said_at`: when the source last said something
    of it. `end_told=False`: it is over, and no word says since when.
    """

    word: Word
    end: SourceTime | None
    end_told: bool
    parent: str | None
    said_at: int
    services: tuple[tuple[str, str], ...]
    began_again: bool


class IncidentPage(msgspec.Struct, frozen=True, kw_only=True):
    """A page of an answer: the ids of its incidents, and `offset`, `limit` and `total` where it tells them."""

    place: str
    ids: frozenset[object]
    offset: int | None
    limit: int | None
    total: int | None
    more: bool

    @property
    def is_all(self) -> bool:
        """Whether it is the only page of its answer."""
        return not self.offset and not self.more


class Found(msgspec.Struct, kw_only=True):
    """The words of all files, by incident and in order of receipt; the pages; how many events tell nothing.

    `ids` are those of all incidents that are named and not skipped, of which some may have no word that can be read.
    """

    words: dict[str, list[Word]]
    pages: list[IncidentPage]
    ids: set[str] = msgspec.field(default_factory=set)
    skipped: set[str] = msgspec.field(default_factory=set)
    silent: int = 0

    def add(self, word: Word) -> None:
        """One more word on an incident."""
        self.words.setdefault(word.id, []).append(word)


def names(id_: str) -> tuple[str, str]:
    """What PagerDuty calls an incident, and what the ledger does."""
    return id_, source_id(SOURCE, id_)


def incidents(words: Iterable[Sequence[Word]], faults: Faults) -> dict[str, PagedIncident]:
    """What the words on each incident come to."""
    found = {}
    for said_of_one in words:
        with faults.gathering():
            incident = _incident(said_of_one)
            found[incident.word.id] = incident
    return found


def _incident(words: Sequence[Word]) -> PagedIncident:
    """What the words on one incident come to. Raises Unreadable `contradiction`."""
    _check_agree(words)
    latest = max(words, key=lambda word: word.told)
    in_order = sorted(words, key=lambda word: (word.changed.us, word.rank))
    closing: list[Word] = []
    for word in in_order:
        closing = [*closing, word] if word.over else []
    ends = [word.end for word in closing if word.end is not None]
    return PagedIncident(
        word=latest,
        end=ends[-1] if ends else None,
        end_told=bool(ends) or not closing,
        parent=next((word.parent for word in reversed(closing) if word.parent), None),
        said_at=latest.told,
        services=tuple(dict.fromkeys(word.service for word in sorted(words, key=lambda word: word.told))),
        began_again=in_order[-1].rank == REOPENING,
    )


def _check_agree(words: Sequence[Word]) -> None:
    """Two words of the same instant must say the same. Raises Unreadable `contradiction`."""
    rows: dict[int, Word] = {}
    told: dict[int, Word] = {}
    for word in words:
        row = rows.setdefault(word.changed.us, word) if word.row else word
        if (row.over, row.end and row.end.us) != (word.over, word.end and word.end.us):
            raise PagerdutyEndToldOtherwise(place=word.node.place, name=word.name, earlier=row.node.place)
        known = told.setdefault(word.told, word)
        if known.service[0] != word.service[0] or abs(known.start.us - word.start.us) >= SECOND_US:
            raise PagerdutyStartToldOtherwise(place=word.node.place, name=word.name, earlier=known.node.place)
