"""Clause 2.1, mean time between failures over a natural year, against clause 2.2's 90 days (R10)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from fractions import Fraction
from itertools import pairwise
from typing import Literal

import msgspec

from domain.incident import Incident
from domain.intervals import Span, intersect
from domain.refusals import Refusal
from domain.refusals.terms import NoTerms
from domain.rules.availability import availability, meets_commitment
from domain.rules.outages import OPEN_ENDED, outages
from domain.rules.runs import Run, runs
from domain.rules.unavailability import Asked, measure
from domain.terms.months import month_at, span_of
from domain.terms.versions import Terms, Version, in_force
from domain.time import DAY_US, add_months, midnight

Touching = Callable[[Terms], Sequence[Incident]]
"""The incidents that touch the account under terms (R22)."""
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


def mtbf(touching: Touching, covered: Covered, year: int, at: int, versions: Sequence[Version]) -> Mtbf:
    """The mean of (next start - previous recovery) over the failures that start in a year, exact.

    Each month's failures are found under the terms that govern it; months before the first version have none. Failures
    that overlap or touch are one, so that no gap is below zero.
    Raises Refusal `no_terms` for a year that lies wholly before the first version.
    """
    months = _governed(year, versions)
    promised = months[f"{year:04d}-12"]
    first, last = _edges(year, versions, promised)
    found = _joined(_all_failures(touching, covered, year, at, versions))
    failures = [failure for failure in found if first <= failure.start < last]
    gaps = [after.start - before.recovered for before, after in pairwise(failures)]
    mean = Fraction(sum(gaps), len(gaps)) if gaps else None
    days = None if promised.commitment.mtbf_days is None else promised.commitment.mtbf_days.value
    return Mtbf(
        events=len(failures),
        mean_us=mean,
        commitment_days=days,
        meets_commitment=mean is None or days is None or mean >= days * DAY_US,
    )


def _edges(year: int, versions: Sequence[Version], promised: Terms) -> Span:
    """The year from its first month to its last; before the first version on the clock of its last month's terms."""
    try:
        first = span_of(versions, f"{year:04d}-01")[0]
    except NoTerms:
        first = midnight(date(year, 1, 1), promised.zone)
    return first, midnight(date(year + 1, 1, 1), promised.zone)


def by_other_event(versions: Sequence[Version]) -> tuple[Version, ...]:
    """The same versions, each by the other value of `mtbf_event` (R10)."""
    return tuple(_by_other_event(version) for version in versions)


def _by_other_event(version: Version) -> Version:
    by_month = version.terms.readings.mtbf_event == "month_below_target"
    other: Literal["outage", "month_below_target"] = "outage" if by_month else "month_below_target"
    readings = msgspec.structs.replace(version.terms.readings, mtbf_event=other)
    return msgspec.structs.replace(version, terms=msgspec.structs.replace(version.terms, readings=readings))


def _governed(year: int, versions: Sequence[Version]) -> dict[str, Terms]:
    """The terms of the year's months and of the month on either side, without months before the first version."""
    months: dict[str, Terms] = {}
    refused: Refusal | None = None
    for month in (add_months(f"{year:04d}-01", number) for number in range(-1, 13)):
        try:
            months[month] = in_force(versions, month).terms
        except Refusal as refusal:
            refused = refusal if month[:4] == f"{year:04d}" else refused
    if refused is not None and f"{year:04d}-12" not in months:
        raise refused
    return months


def _all_failures(
    touching: Touching, covered: Covered, year: int, at: int, versions: Sequence[Version]
) -> list[Failure]:
    """The failures around a year: what overlaps or touches one of the year's may begin earlier, or end later."""
    months = _governed(year, versions)
    failures: list[Failure] = []
    for terms in dict.fromkeys(months.values()):
        incidents, spans = touching(terms), covered(terms)
        if terms.readings.mtbf_event == "month_below_target":
            own = (month for month, governing in months.items() if governing == terms)
            found = (_bad_month(incidents, spans, Asked(month, span_of(versions, month)), at, terms) for month in own)
            failures += [failure for failure in found if failure is not None]
        else:
            failures += [
                failure
                for failure in counted_outages(incidents, spans, at, terms)
                if _terms_at(failure.start, terms, versions) == terms
            ]
    return failures


def _terms_at(instant: int, terms: Terms, versions: Sequence[Version]) -> Terms | None:
    """The terms that govern an instant's month; None before the first version."""
    month = month_at(versions, instant, terms.zone)
    return None if month is None else in_force(versions, month).terms


def _joined(failures: Iterable[Failure]) -> list[Failure]:
    """The failures in order, those that overlap or touch as one."""
    joined: list[Failure] = []
    for failure in sorted(failures, key=lambda failure: (failure.start, failure.recovered)):
        if joined and failure.start <= joined[-1].recovered:
            joined[-1] = Failure(joined[-1].start, max(joined[-1].recovered, failure.recovered))
        else:
            joined.append(failure)
    return joined


def counted_outages(
    incidents: Iterable[Incident], covered: list[Span], at: int, terms: Terms, clip: Span = OPEN_ENDED
) -> list[Failure]:
    """The outages with any counted time, each from the start of its raw run to its recovery.

    The pieces that exclusions leave of one raw run are one outage.
    """
    found = outages(incidents, at, terms, clip)
    pieces = [run for run in runs(found, terms) if intersect(run.counted, covered)]
    if terms.readings.minimum_tested == "before_exclusions":
        return [Failure(run.start, run.end) for run in pieces]
    raw = msgspec.structs.replace(terms.readings, minimum_tested="before_exclusions")
    whole = runs(found, msgspec.structs.replace(terms, readings=raw))
    return [Failure(run.start, run.end) for run in whole if any(_is_part(piece, run) for piece in pieces)]


def _is_part(piece: Run, whole: Run) -> bool:
    return whole.start <= piece.start and piece.end <= whole.end and set(piece.incidents) <= set(whole.incidents)


def _bad_month(
    incidents: Iterable[Incident], covered: list[Span], asked: Asked, at: int, terms: Terms
) -> Failure | None:
    measured = measure(incidents, covered, asked, at, terms)
    if meets_commitment(availability(measured.total_us, measured.unavailable_us), terms):
        return None
    window = asked.span
    clip = window if terms.readings.month_straddle == "clip_then_test" else OPEN_ENDED
    counted = counted_outages(incidents, intersect(covered, [window]), at, terms, clip)
    return Failure(min(each.start for each in counted), max(each.recovered for each in counted))
