"""Clause 1, unavailability: how much of an account's outage time counts in a month (R6, R8, R17, R18)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import msgspec

from domain.incident import Incident
from domain.intervals import Span, intersect, length, subtract, union
from domain.rules.coverage import service_month
from domain.rules.outages import OPEN_ENDED, outages
from domain.rules.runs import Run, runs
from domain.terms.versions import Terms
from domain.time import DAY_US, MINUTE_US, days_in, month_span


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
    """A month measured: `total_us` is the days of the month (clause 1), `covered_us` its covered part (R17).

    Where the clocks go back a month is longer than its days: no part of it is more than they are.
    """

    total_us: int
    covered_us: int
    unavailable_us: int
    episodes: tuple[Episode, ...]


class Asked(NamedTuple):
    """A month to measure: its span (R8), and whether it is written as formats 1 and 2 wrote it."""

    month: str
    span: Span
    as_before: bool = False

    @classmethod
    def alone(cls, month: str, terms: Terms) -> Asked:
        """A month on the clock of its own terms."""
        return cls(month, month_span(month, terms.zone))


def measure(incidents: Iterable[Incident], covered: list[Span], asked: Asked, at: int, terms: Terms) -> Measured:
    """The unavailable time of a month, exact to the microsecond.

    `covered` is the set of the account's covered time, `at` the instant up to which open outages count (R19).
    """
    clip = asked.span if terms.readings.month_straddle == "clip_then_test" else OPEN_ENDED
    return _measured(runs(outages(incidents, at, terms, clip, asked.span), terms), covered, asked, terms)


def measure_months(
    incidents: Sequence[Incident], covered: list[Span], months: Sequence[Asked], at: int, terms: Terms
) -> list[Measured]:
    """Measure several months, earliest first, as `measure` does; runs that no month cuts are tested only once."""
    if terms.readings.month_straddle == "clip_then_test":
        return [measure(incidents, covered, asked, at, terms) for asked in months]
    window = months[0].span[0], months[-1].span[1]
    found = runs(outages(incidents, at, terms, OPEN_ENDED, window), terms)
    return [_measured(found, covered, asked, terms) for asked in months]


def _measured(found: list[Run], covered: list[Span], asked: Asked, terms: Terms) -> Measured:
    first, last = asked.span
    under_terms = intersect(covered, [asked.span])
    inside = [run for run in found if run.start < last and run.end > first]
    episodes = _episodes(inside, under_terms, asked, terms)
    days = service_month(covered, asked.month, asked.span, terms)
    total_us = (days_in(asked.month) if days is None else (days[1] - days[0]).days + 1) * DAY_US
    covered_us = length(under_terms)
    return Measured(
        total_us=total_us,
        covered_us=covered_us if asked.as_before else min(total_us, covered_us),
        unavailable_us=min(total_us, sum(episode.counted_us for episode in episodes)),
        episodes=tuple(episodes),
    )


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


def _episodes(found: list[Run], covered: list[Span], asked: Asked, terms: Terms) -> list[Episode]:
    """The episodes of a month, with how their time was counted."""
    episodes = []
    for run, within, under_terms, own in parts(found, covered, asked.span):
        within_us, own_us = length(within), length(own)
        under_terms_us = within_us if under_terms is within else length(under_terms)
        episodes.append(
            Episode(
                start=run.start,
                end=None if run.open or (asked.as_before and run.open_within) else run.end,
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
