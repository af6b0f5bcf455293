"""Clauses 1 and 2.3: an account's incidents as spans, and the part of each that is excluded (R7, R19, R23)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

import msgspec

from domain.incident import Exclusion, Incident
from domain.intervals import Span, intersect, union
from domain.terms.versions import Terms

OPEN_ENDED: Span = (-(2**62), 2**62)


class Outage(msgspec.Struct, frozen=True):
    """One incident as a span. While it is open, `end` is where it is cut. `excluded` is within the span."""

    incident: str
    function: str
    start: int
    end: int
    open: bool
    excluded: list[Span]


_Named = TypeVar("_Named", Incident, Outage)


def outages(
    incidents: Iterable[Incident], at: int, terms: Terms, clip: Span = OPEN_ENDED, window: Span = OPEN_ENDED
) -> list[Outage]:
    """The incidents that were not withdrawn, as spans within `clip` (R7); an open one is cut at `at` (R19).

    They belong to unbroken runs that reach into `window`: no other incident can affect it.
    """
    spans = []
    first, last = clip
    for incident in incidents:
        start, end = incident.started_at, at if incident.ended_at is None else incident.ended_at
        start, cut = start if start > first else first, end if end < last else last
        if incident.withdrawn is None and start < cut:
            spans.append((start, cut, incident))
    return [
        _outage(incident, start, cut, at, terms)
        for begins, ends, members in joined(spans)
        if begins < window[1] and ends > window[0]
        for start, cut, incident in members
    ]


def _outage(incident: Incident, start: int, cut: int, at: int, terms: Terms) -> Outage:
    still_open = incident.ended_at is None and cut == at
    excluded = _excluded(incident, start, cut, terms) if incident.exclusions else []
    return Outage(incident.incident, incident.function, start, cut, still_open, excluded)


def _excluded(incident: Incident, start: int, end: int, terms: Terms) -> list[Span]:
    """Clause 2.3: the part of an incident that is excluded."""
    spans = union(_span(exclusion, start, end, terms) for exclusion in incident.exclusions if exclusion.stands)
    return intersect(spans, [(start, end)])


def _span(exclusion: Exclusion, start: int, end: int, terms: Terms) -> Span:
    """What an exclusion takes out of an incident; of announced maintenance what lies in its window alone (R23)."""
    since = start if exclusion.from_at is None else exclusion.from_at
    until = end if exclusion.to_at is None else exclusion.to_at
    window = exclusion.announced if terms.readings.maintenance_excluded == "announced" else None
    return (since, until) if window is None else (max(since, window[0]), min(until, window[1]))


def joined(pieces: list[tuple[int, int, _Named]]) -> list[tuple[int, int, list[tuple[int, int, _Named]]]]:
    """Group pieces that overlap or touch, in order of start; each group has its start, its end and its pieces."""
    if len(pieces) > 1:
        pieces.sort(key=_order)
    groups: list[tuple[int, int, list[tuple[int, int, _Named]]]] = []
    members: list[tuple[int, int, _Named]] = []
    begun = reach = 0
    for piece in pieces:
        start, end, _ = piece
        if members and start <= reach:
            members.append(piece)
            reach = end if end > reach else reach
            continue
        if members:
            groups.append((begun, reach, members))
        members, begun, reach = [piece], start, end
    if members:
        groups.append((begun, reach, members))
    return groups


def _order(piece: tuple[int, int, Incident | Outage]) -> tuple[int, int, str]:
    return piece[0], piece[1], piece[2].incident
