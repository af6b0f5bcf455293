"""Clause 1, unavailability: which of an account's outage time counts in a month (R1 to R7, R17 to R19)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from operator import attrgetter
from typing import NamedTuple, TypeVar

import msgspec

from domain.incident import Exclusion, Incident
from domain.intervals import Span, intersect, length, subtract, union
from domain.rules.coverage import service_month
from domain.terms.versions import Readings, Terms
from domain.time import DAY_US, MINUTE_US, SECOND_US, days_in, month_span

OPEN_ENDED: Span = (-(2**62), 2**62)


class Outage(msgspec.Struct, frozen=True):
    """One incident as a span. While it is open, `end` is where it is cut. `excluded` is within the span."""

    incident: str
    function: str
    start: int
    end: int
    open: bool
    excluded: list[Span]


_ONE = {"agent_sign_in": "agents", "agent_calls": "agents"}
"""An agent who cannot sign in cannot call, so these functions count as one (R3)."""
_Named = TypeVar("_Named", Incident, Outage)


class Run(msgspec.Struct, frozen=True):
    """An unbroken run of outages that is tested against the minimum (R3), and the part of it that counts."""

    start: int
    end: int
    open: bool
    incidents: tuple[str, ...]
    long_enough: bool
    excluded_us: int
    deducted_us: int
    counted: list[Span]


class Episode(msgspec.Struct, frozen=True, kw_only=True):
    """A run within one month: how its time was counted, in microseconds.

    `length_us` = excluded + deducted + outside the month + not covered + repeated + counted, where it was long
    enough and nothing was rounded.
    """

    start: int
    end: int | None
    length_us: int
    counted_us: int
    incidents: tuple[str, ...]
    long_enough: bool
    excluded_us: int
    deducted_us: int
    outside_us: int
    uncovered_us: int
    repeated_us: int


class Measured(msgspec.Struct, frozen=True, kw_only=True):
    """A month measured: `total_us` is the whole month (clause 1), `covered_us` its covered part (R17)."""

    total_us: int
    covered_us: int
    unavailable_us: int
    episodes: tuple[Episode, ...]


def measure(incidents: Iterable[Incident], covered: list[Span], month: str, at: int, terms: Terms) -> Measured:
    """The unavailable time of a month, exact to the microsecond.

    `covered` is the set of the account's covered time, `at` the instant up to which open outages count (R19).
    """
    window = month_span(month, terms.zone)
    clip = window if terms.readings.month_straddle == "clip_then_test" else OPEN_ENDED
    return _measured(runs(outages(incidents, at, terms, clip, window), terms), covered, month, terms)


def measure_months(
    incidents: Sequence[Incident], covered: list[Span], months: Sequence[str], at: int, terms: Terms
) -> list[Measured]:
    """Measure several months, earliest first, as `measure` does; runs that no month cuts are tested only once."""
    if terms.readings.month_straddle == "clip_then_test":
        return [measure(incidents, covered, month, at, terms) for month in months]
    window = month_span(months[0], terms.zone)[0], month_span(months[-1], terms.zone)[1]
    found = runs(outages(incidents, at, terms, OPEN_ENDED, window), terms)
    return [_measured(found, covered, month, terms) for month in months]


def _measured(found: list[Run], covered: list[Span], month: str, terms: Terms) -> Measured:
    first, last = window = month_span(month, terms.zone)
    under_terms = intersect(covered, [window])
    episodes = _episodes([run for run in found if run.start < last and run.end > first], under_terms, window, terms)
    days = service_month(covered, month, terms)
    total_us = (days_in(month) if days is None else (days[1] - days[0]).days + 1) * DAY_US
    return Measured(
        total_us=total_us,
        covered_us=length(under_terms),
        unavailable_us=min(total_us, sum(episode.counted_us for episode in episodes)),
        episodes=tuple(episodes),
    )


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
        for begins, ends, members in _joined(spans)
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


def runs(found: Sequence[Outage], terms: Terms) -> list[Run]:
    """The runs in order of start, each tested against the minimum, with the part that counts."""
    readings = terms.readings
    silenced = (
        union(span for outage in found for span in outage.excluded) if readings.exclusion_removes == "time" else []
    )
    tested = _raw_runs if readings.minimum_tested == "before_exclusions" else _remaining_runs
    result = [run for group in _groups(found, readings) for run in tested(group, silenced, terms)]
    return sorted(result, key=attrgetter("start", "end", "incidents"))


def _groups(found: Sequence[Outage], readings: Readings) -> list[list[Outage]]:
    """R3: the outages that form runs together: all of the account's, those of one function (agents signing in and
    calling are one), or each incident alone."""
    if readings.minimum_applies_to == "merged":
        return [list(found)]
    if readings.minimum_applies_to == "per_incident":
        return [[outage] for outage in found]
    by_function: dict[str, list[Outage]] = {}
    for outage in found:
        by_function.setdefault(_ONE.get(outage.function, outage.function), []).append(outage)
    return list(by_function.values())


def _raw_runs(group: list[Outage], silenced: list[Span], terms: Terms) -> list[Run]:
    """R4, before exclusions: the raw run is tested, then excluded time is taken out of it."""
    exact, result = _ends_are_exact(terms), []
    for start, end, members in _joined([(outage.start, outage.end, outage) for outage in group]):
        outages = [outage for _, _, outage in members]
        condition = subtract(_left(start, end, outages), silenced)
        still_open = any(outage.open and (outage.end == end or not exact) for outage in outages)
        result.append(_run(start, end, still_open, outages, end - start - length(condition), condition, terms))
    return result


def _ends_are_exact(terms: Terms) -> bool:
    """Whether a run ends with the known end of its last outage, where an open one was cut before that.

    Decisions of formats 1 and 2 called such a run open.
    """
    return terms.readings.first() is None


def _left(start: int, end: int, outages: list[Outage]) -> list[Span]:
    """The rest of a run after each outage's excluded time is taken out of that outage alone."""
    if not [span for outage in outages for span in outage.excluded]:
        return [(start, end)]
    return union(span for o in outages for span in subtract([(o.start, o.end)], o.excluded))


def _remaining_runs(group: list[Outage], silenced: list[Span], terms: Terms) -> list[Run]:
    """R4, after exclusions: the remaining time is tested, each unbroken piece by itself."""
    pieces = [
        (start, end, outage)
        for outage in group
        for start, end in subtract(subtract([(outage.start, outage.end)], outage.excluded), silenced)
    ]
    exact, result = _ends_are_exact(terms), []
    for start, end, members in _joined(pieces):
        still_open = any(
            outage.open and piece_end == outage.end and (piece_end == end or not exact)
            for _, piece_end, outage in members
        )
        result.append(_run(start, end, still_open, [member[2] for member in members], 0, [(start, end)], terms))
    return result


def _joined(pieces: list[tuple[int, int, _Named]]) -> list[tuple[int, int, list[tuple[int, int, _Named]]]]:
    """Group pieces that overlap or touch, in order of start; each group has its start, its end and its pieces."""
    if len(pieces) > 1:
        pieces.sort(key=_order)
    joined: list[tuple[int, int, list[tuple[int, int, _Named]]]] = []
    members: list[tuple[int, int, _Named]] = []
    begun = reach = 0
    for piece in pieces:
        start, end, _ = piece
        if members and start <= reach:
            members.append(piece)
            reach = end if end > reach else reach
            continue
        if members:
            joined.append((begun, reach, members))
        members, begun, reach = [piece], start, end
    if members:
        joined.append((begun, reach, members))
    return joined


def _order(piece: tuple[int, int, Incident | Outage]) -> tuple[int, int, str]:
    return piece[0], piece[1], piece[2].incident


def _run(
    start: int, end: int, still_open: bool, outages: list[Outage], excluded_us: int, condition: list[Span], terms: Terms
) -> Run:
    """R1 and R2: whether a run is long enough, and which part of it counts."""
    minimum_us = terms.service.minimum_outage_seconds.value * SECOND_US
    lasted = end - start
    enough = lasted >= minimum_us if terms.readings.minimum_inclusive else lasted > minimum_us
    counted = condition if enough else []
    if terms.readings.minimum_kind == "deductible":
        counted = subtract(counted, [(start, start + minimum_us)])
    deducted_us = length(condition) - length(counted) if counted is not condition and enough else 0
    names = tuple(sorted({outage.incident for outage in outages})) if len(outages) > 1 else (outages[0].incident,)
    return Run(start, end, still_open, names, enough, excluded_us, deducted_us, counted)


class Part(NamedTuple):
    """A run within one month: its counted time there, that of it which is covered, and that in no earlier run."""

    run: Run
    within: list[Span]
    under_terms: list[Span]
    own: list[Span]


def parts(found: Iterable[Run], covered: list[Span], window: Span) -> Iterator[Part]:
    """Each run's own part of the month: within it, covered (R17), and not counted by an earlier run already.

    `covered` is the covered time of the month; the runs are in order of start.
    """
    seen: list[Span] = []
    reach = window[0]
    whole = covered == [window]
    for run in found:
        within = _within(run, window)
        under_terms = within if whole else intersect(within, covered)
        own = subtract(under_terms, union(seen)) if run.start < reach else under_terms
        seen += own
        reach = max(reach, run.end)
        yield Part(run, within, under_terms, own)


def _episodes(found: list[Run], covered: list[Span], window: Span, terms: Terms) -> list[Episode]:
    """The episodes of a month, with how their time was counted."""
    episodes = []
    for run, within, under_terms, own in parts(found, covered, window):
        within_us, own_us = length(within), length(own)
        under_terms_us = within_us if under_terms is within else length(under_terms)
        episodes.append(
            Episode(
                start=run.start,
                end=None if run.open else run.end,
                length_us=run.end - run.start,
                counted_us=_quantised(own_us, terms),
                incidents=run.incidents,
                long_enough=run.long_enough,
                excluded_us=run.excluded_us,
                deducted_us=run.deducted_us,
                outside_us=0 if within is run.counted else length(run.counted) - within_us,
                uncovered_us=within_us - under_terms_us,
                repeated_us=under_terms_us - own_us,
            )
        )
    return episodes


def _within(run: Run, window: Span) -> list[Span]:
    """The counted spans of a run within a month."""
    return run.counted if run.start >= window[0] and run.end <= window[1] else intersect(run.counted, [window])


def _quantised(span_us: int, terms: Terms) -> int:
    """R6: an episode's elapsed time as it is, rounded up to whole minutes, or cut to the whole minutes it filled."""
    if terms.whole_minutes_only:
        return span_us // MINUTE_US * MINUTE_US
    return span_us if terms.readings.quantise == "exact" else -(-span_us // MINUTE_US) * MINUTE_US
