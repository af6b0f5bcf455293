"""The steps about time: the terms, the claim window, coverage, exclusions, outages, the availability."""

from __future__ import annotations

from collections.abc import Iterable

from domain.decision import AvailabilityRecord, Step, Value
from domain.derivation.step import step_of
from domain.incident import Exclusion, Incident
from domain.intervals import Span
from domain.money import percent_text
from domain.rules.claim_window import Window, timing_of
from domain.rules.unavailability import Measured
from domain.terms.versions import Terms, Version


def terms_step(month: str, span: Span, version: Version) -> list[Step]:
    """Clause 4: the version that governs the month."""
    terms = version.terms
    start, end = span
    return [
        step_of(
            terms.amendments.notice_days.clause,
            "terms",
            terms.version,
            month=month,
            month_start=start,
            month_end=end,
            effective_at=terms.effective_at,
            version_in_force=terms.readings.version_in_force,
        )
    ]


def window_step(filed_at: int, window: Window, terms: Terms) -> list[Step]:
    """Clause 3.2: whether the claim was filed in time."""
    workday = window.nth_workday
    return [
        step_of(
            terms.claims.clause,
            "window",
            timing_of(filed_at, window) or "in_time",
            filed_at=filed_at,
            nth_workday=None if workday is None else workday.isoformat(),
            opens_at=window.opens_at,
            closes_at=window.closes_at,
        )
    ]


def coverage_step(measured: Measured, terms: Terms) -> list[Step]:
    """Opening clause: how much of the month is covered."""
    return [
        step_of(
            terms.service.beta_covered.clause,
            "coverage",
            bool(measured.covered_us),
            covered_us=measured.covered_us,
            total_us=measured.total_us,
        )
    ]


def exclusion_steps(measured: Measured, incidents: Iterable[Incident], terms: Terms) -> list[Step]:
    """Clause 2.3: each cause excluded on an incident of the month's episodes."""
    names = {name for episode in measured.episodes for name in episode.incidents}
    concerned = (incident for incident in incidents if incident.incident in names)
    return [
        step_of(
            exclusion.clause,
            "exclusion",
            "excluded",
            incident=incident.incident,
            exclusion=exclusion.number,
            from_at=incident.started_at if exclusion.from_at is None else exclusion.from_at,
            to_at=incident.ended_at if exclusion.to_at is None else exclusion.to_at,
            notified_at=exclusion.notified_at,
            reason=exclusion.reason,
            evidence=tuple(piece.sha256 for piece in exclusion.evidence),
            **_window_said(exclusion, terms),
        )
        for incident in sorted(concerned, key=lambda incident: (incident.started_at, incident.incident))
        for exclusion in incident.exclusions
        if exclusion.stands
    ]


def _window_said(exclusion: Exclusion, terms: Terms) -> dict[str, Value]:
    """The announced window, where the terms read it as a bound of what is excluded (R23)."""
    if exclusion.announced is None or terms.readings.maintenance_excluded == "actual":
        return {}
    return {"announced_from_at": exclusion.announced_from, "announced_to_at": exclusion.announced_to}


def episode_steps(measured: Measured, terms: Terms) -> list[Step]:
    """Clause 1: each unbroken condition of the month, and where its time went."""
    minimum = terms.service.minimum_outage_seconds
    return [
        step_of(
            minimum.clause,
            "episode",
            episode.counted_us,
            start=episode.start,
            end=episode.end,
            incidents=episode.incidents,
            length_us=episode.length_us,
            minimum_seconds=minimum.value,
            long_enough=episode.long_enough,
            excluded_us=episode.excluded_us,
            deducted_us=episode.deducted_us,
            outside_us=episode.outside_us,
            uncovered_us=episode.uncovered_us,
            repeated_us=episode.repeated_us,
        )
        for episode in measured.episodes
    ]


def availability_steps(measured: Measured, result: AvailabilityRecord, terms: Terms) -> list[Step]:
    """Clauses 2.1 and 2.2: the unavailable time, the ratio, and whether it meets the commitment."""
    commitment = terms.commitment.availability
    return [
        step_of(
            terms.service.minimum_outage_seconds.clause,
            "unavailable",
            measured.unavailable_us,
            episodes=len(measured.episodes),
        ),
        step_of(
            terms.measure.kind.clause,
            "availability",
            f"{result.numerator}/{result.denominator}",
            total_us=measured.total_us,
            unavailable_us=measured.unavailable_us,
        ),
        step_of(
            commitment.clause,
            "commitment",
            result.meets_commitment,
            commitment=percent_text(commitment.value),
            availability=f"{result.numerator}/{result.denominator}",
        ),
    ]
