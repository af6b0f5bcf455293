"""Deciding a claim: every clause in its order, as one pure and total function.

The live decision, a replay, and every "what if" call `assess`; there is no second copy of it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import partial
from itertools import groupby
from typing import NamedTuple

import msgspec

from domain import decision as record
from domain.calendar import combined_sha256
from domain.case import Case, account_of, incidents_of
from domain.decision import AvailabilityRecord, Decision, EpisodeRecord, Facts, Outcome, Step, alike
from domain.decision_record import LATEST_FORMAT
from domain.derivation.money import credit_steps, fee_steps, minimum_step
from domain.derivation.time import (
    availability_steps,
    coverage_step,
    episode_steps,
    exclusion_steps,
    terms_step,
    window_step,
)
from domain.intervals import Span
from domain.refusals.terms import CalendarMissing
from domain.rules.availability import availability, meets_commitment, tier_of
from domain.rules.claim_window import Window, claim_window, timing_of
from domain.rules.compensation import Credit, credit, too_small
from domain.rules.coverage import covered, service_month
from domain.rules.fees import Bases, bases, counts
from domain.rules.unavailability import Asked, Episode, Measured, measure, measure_months
from domain.terms.months import span_of
from domain.terms.versions import Terms, Version, in_force
from domain.time import month_span


class MonthResult(msgspec.Struct, frozen=True, kw_only=True):
    """A month measured and judged, whether claimed or not."""

    version: Version
    measured: Measured
    availability: AvailabilityRecord


def assess_month(case: Case, account: str, month: str, at: int) -> MonthResult:
    """Measure a month of an account under the terms that govern it. Open outages count up to `at`.

    Raises Refusal `unknown_account`, `no_terms`.
    """
    return assess_months(case, account, (month,), at)[0]


def assess_months(case: Case, account: str, months: Iterable[str], at: int) -> list[MonthResult]:
    """Measure several months, earliest first. Each result is that of `assess_month`."""
    holder = account_of(case, account)
    results = []
    for version, own in groupby(months, partial(in_force, case.versions)):
        terms = version.terms
        incidents = incidents_of(case, terms, at)
        asked = [Asked(month, span_of(case.versions, month)) for month in own]
        for measured in measure_months(incidents, covered(holder, terms), asked, at, terms):
            results.append(MonthResult(version=version, measured=measured, availability=judged(measured, terms)))
    return results


def judged(measured: Measured, terms: Terms) -> AvailabilityRecord:
    """Clauses 2.1 and 2.2: compare a measured month's exact availability with the commitment and the tiers."""
    ratio = availability(measured.total_us, measured.unavailable_us)
    return AvailabilityRecord(
        total_us=measured.total_us,
        covered_us=measured.covered_us,
        unavailable_us=measured.unavailable_us,
        numerator=ratio.numerator,
        denominator=ratio.denominator,
        meets_commitment=meets_commitment(ratio, terms),
        tier=tier_of(ratio, terms) if measured.covered_us else None,
        episodes=tuple(_episode(episode) for episode in measured.episodes),
    )


def _episode(episode: Episode) -> EpisodeRecord:
    return EpisodeRecord(
        start=episode.start,
        end=episode.end,
        length_us=episode.length_us,
        counted_us=episode.counted_us,
        incidents=episode.incidents,
    )


def would_credit(case: Case, month: str, tier: int, terms: Terms) -> int:
    """The credit that a claim in time would get for a month in a tier, in fen."""
    total_fen = credit(bases(case.bills.values(), month, terms), tier, terms).total_fen
    return 0 if too_small(total_fen, terms) else total_fen


def assess(
    case: Case,
    account: str,
    month: str,
    version: Version,
    at: int,
    facts: Facts,
    *,
    written: int = LATEST_FORMAT,
    span: Span | None = None,
) -> Decision:
    """Decide a filed claim at the instant `at`, under the given terms.

    `written` is the format whose arithmetic is asked for; `span` is the month's; it is found if left out.

    The conditions are, in order: in time (3.2), covered (opening), below the commitment (2.2), something to credit
    (3.1). The first that fails is the outcome; later ones are not evaluated. Every outcome is a value. Refusal is
    raised only where a rule's own parameters are missing: `unknown_account`, `calendar_missing`.
    """
    claim = case.claims[month]
    asked = _asked(case, month, version, written, span)
    window = claim_window(
        month,
        version.terms,
        case.calendars,
        claim.filed_at if written == LATEST_FORMAT else None,
        _ended_on(case, month, asked.span, version.terms),
    )
    trail = [*terms_step(month, asked.span, version), *window_step(claim.filed_at, window, version.terms)]
    decided = Decision(
        number=len(claim.decisions) + 1,
        format=written,
        outcome="awarded",
        decided_at=at,
        filed_at=claim.filed_at,
        account=account,
        month=month,
        terms=record.terms_used(version),
        calendar=record.CalendarUsed(sha256=combined_sha256(case.calendars, window.years), years=window.years),
        facts=facts,
        window=window,
        availability=None,
        bases=None,
        credit=None,
        steps=(),
        currency=version.terms.currency,
        remedy=version.terms.remedy,
    )
    timing = timing_of(claim.filed_at, window)
    if timing is not None:
        return _ended(decided, timing, trail)
    found = _assess_month(case, account, asked, version, at)
    return msgspec.structs.replace(
        decided,
        outcome=found.outcome,
        availability=found.availability,
        bases=found.bases,
        credit=found.credit,
        steps=(*trail, *found.steps),
    )


def steps_if_claimed(case: Case, account: str, month: str, at: int) -> tuple[Step, ...]:
    """The steps that the decision of a claim in time would have at `at`, without those of its claim window.

    Raises Refusal `unknown_account`, `no_terms`.
    """
    version, asked = in_force(case.versions, month), Asked(month, span_of(case.versions, month))
    return (*terms_step(month, asked.span, version), *_assess_month(case, account, asked, version, at).steps)


def assess_again(
    case: Case, account: str, month: str, version: Version, at: int, facts: Facts, made: Decision
) -> Decision | None:
    """Decide a claim again at `at`; None where that decides as the recorded decision does, whatever its form.

    Raises Refusal as `assess` does.
    """
    again = assess(case, account, month, version, at, facts)
    if alike(made, again):
        return None
    if made.format != LATEST_FORMAT and _tells_the_same(made, again):
        before = assess(case, account, month, version, at, facts, written=made.format)
        if alike(made, before):
            return None
    return again


def _tells_the_same(made: Decision, again: Decision) -> bool:
    """Whether two decisions give the same for the same availability."""
    told, found = made.availability, again.availability
    same = (made.outcome, made.credit) == (again.outcome, again.credit)
    return same and (told and told.unavailable_us) == (found and found.unavailable_us)


def _asked(case: Case, month: str, version: Version, written: int, span: Span | None) -> Asked:
    """The month to measure: formats 1 and 2 had each month on the clock of its own version, whatever came before."""
    if written != LATEST_FORMAT:
        return Asked(month, month_span(month, version.terms.zone), as_before=True)
    return Asked(month, span_of(case.versions, month) if span is None else span)


class _Assessed(NamedTuple):
    """What follows from a month's facts, and the steps to it."""

    outcome: Outcome
    steps: list[Step]
    availability: AvailabilityRecord | None = None
    bases: Bases | None = None
    credit: Credit | None = None


def _assess_month(case: Case, account: str, asked: Asked, version: Version, at: int) -> _Assessed:
    month, terms = asked.month, version.terms
    measured = measure(incidents_of(case, terms, at), covered(account_of(case, account), terms), asked, at, terms)
    trail = coverage_step(measured, terms)
    if not measured.covered_us:
        return _Assessed("not_covered", trail)
    result = judged(measured, terms)
    trail += exclusion_steps(measured, case.incidents.values(), terms)
    trail += episode_steps(measured, terms)
    trail += availability_steps(measured, result, terms)
    if result.meets_commitment or result.tier is None:
        return _Assessed("commitment_met", trail, result)
    billed = [bill for bill in case.bills.values() if counts(bill, month, terms)]
    base = bases(billed, month, terms)
    amount = credit(base, result.tier, terms)
    trail += fee_steps(base, billed, terms)
    trail += credit_steps(base, amount, result.tier, terms)
    trail += minimum_step(amount, terms)
    if too_small(amount.total_fen, terms):
        return _Assessed("nothing_to_credit", trail, result, base)
    return _Assessed("awarded", trail, result, base, amount)


def window_of(case: Case, month: str, filed_at: int | None = None) -> Window | None:
    """A month's claim window, or None where the working days that it needs are not recorded yet.

    With `filed_at` as far as it matters for a claim that was filed then.
    """
    try:
        terms = in_force(case.versions, month).terms
        span = span_of(case.versions, month)
        return claim_window(month, terms, case.calendars, filed_at, _ended_on(case, month, span, terms))
    except CalendarMissing:
        return None


def _ended_on(case: Case, month: str, span: Span, terms: Terms) -> date | None:
    """The last day of the account's service month, where that is only a part of the calendar month."""
    if case.account is None or not terms.within_term:
        return None
    days = service_month(covered(case.account, terms), month, span, terms)
    return None if days is None else days[1]


def timing(case: Case, month: str, filed_at: int) -> Outcome | None:
    """Whether a claim filed at an instant is `too_early` or `too_late`; None in time, or without a calendar."""
    window = window_of(case, month, filed_at)
    return None if window is None else timing_of(filed_at, window)


def _ended(decided: Decision, outcome: Outcome, trail: list[Step]) -> Decision:
    return msgspec.structs.replace(decided, outcome=outcome, steps=tuple(trail))
