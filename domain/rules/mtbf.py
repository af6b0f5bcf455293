"""Clause 2.1, mean time between failures over a natural year, against clause 2.2's 90 days (R10)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from itertools import pairwise

import msgspec

from domain.incident import Incident
from domain.intervals import Span, intersect
from domain.refusals import Refusal
from domain.rules.availability import availability, meets_commitment
from domain.rules.unavailability import OPEN_ENDED, Run, measure, outages, runs
from domain.terms.versions import Terms, Version, in_force
from domain.time import DAY_US, month_of, month_span

Covered = Callable[[Terms], list[Span]]
"""The account's covered time under terms (R17)."""


class Failure(msgspec.Struct, frozen=True):
    """An event of the mean: when it began, and when the service had recovered from it."""

    start: int
    recovered: int


class Mtbf(msgspec.Struct, frozen=True, kw_only=True):
    """A year's mean. Below two events `mean_us` is None, which is no breach; terms may have no `commitment_days`."""

    events: int
    mean_us: Fraction | None
    commitment_days: int | None
    meets_commitment: bool


def mtbf(incidents: Sequence[Incident], covered: Covered, year: int, at: int, versions: Sequence[Version]) -> Mtbf:
    """The mean of (next start - previous recovery) over the failures that start in a year, exact.

    Each month's failures are found under the terms that govern it; months before the first version have none.
    Raises Refusal `no_terms` for a year that lies wholly before the first version.
    """
    months = _governed(year, versions)
    failures: list[Failure] = []
    for terms in dict.fromkeys(months.values()):
        own = [month for month, governing in months.items() if governing == terms]
        failures += _failures(incidents, covered(terms), own, at, terms)
    failures.sort(key=lambda failure: (failure.start, failure.recovered))
    gaps = [after.start - before.recovered for before, after in pairwise(failures)]
    mean = Fraction(sum(gaps), len(gaps)) if gaps else None
    promised = months[max(months)].commitment.mtbf_days
    days = None if promised is None else promised.value
    return Mtbf(
        events=len(failures),
        mean_us=mean,
        commitment_days=days,
        meets_commitment=mean is None or days is None or mean >= days * DAY_US,
    )


def _governed(year: int, versions: Sequence[Version]) -> dict[str, Terms]:
    months: dict[str, Terms] = {}
    refused: Refusal | None = None
    for month in (f"{year:04d}-{number:02d}" for number in range(1, 13)):
        try:
            months[month] = in_force(versions, month).terms
        except Refusal as refusal:
            refused = refusal
    if not months and refused is not None:
        raise refused
    return months


def _failures(
    incidents: Sequence[Incident], covered: list[Span], months: list[str], at: int, terms: Terms
) -> list[Failure]:
    if terms.readings.mtbf_event == "month_below_target":
        return [failure for month in months if (failure := _bad_month(incidents, covered, month, at, terms))]
    return [
        failure
        for failure in counted_outages(incidents, covered, at, terms)
        if month_of(failure.start, terms.zone) in months
    ]


def counted_outages(
    incidents: Iterable[Incident], covered: list[Span], at: int, terms: Terms, clip: Span = OPEN_ENDED
) -> list[Failure]:
    """The outages with any counted time, each from the start of its raw run to its recovery.

    The pieces that exclusions leave of one raw run are one outage.
    """
    found = outages(incidents, at, clip)
    pieces = [run for run in runs(found, terms) if intersect(run.counted, covered)]
    if terms.readings.minimum_tested == "before_exclusions":
        return [Failure(run.start, run.end) for run in pieces]
    raw = msgspec.structs.replace(terms.readings, minimum_tested="before_exclusions")
    whole = runs(found, msgspec.structs.replace(terms, readings=raw))
    return [Failure(run.start, run.end) for run in whole if any(_is_part(piece, run) for piece in pieces)]


def _is_part(piece: Run, whole: Run) -> bool:
    return whole.start <= piece.start and piece.end <= whole.end and set(piece.incidents) <= set(whole.incidents)


def _bad_month(incidents: Iterable[Incident], covered: list[Span], month: str, at: int, terms: Terms) -> Failure | None:
    measured = measure(incidents, covered, month, at, terms)
    if meets_commitment(availability(measured.total_us, measured.unavailable_us), terms):
        return None
    window = month_span(month, terms.zone)
    clip = window if terms.readings.month_straddle == "clip_then_test" else OPEN_ENDED
    counted = counted_outages(incidents, intersect(covered, [window]), at, terms, clip)
    return Failure(min(each.start for each in counted), max(each.recovered for each in counted))
