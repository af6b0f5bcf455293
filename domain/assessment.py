"""Deciding a claim: every clause in its order, as one pure and total function.

The live decision, a replay, and every "what if" call `assess`; there is no second copy of it.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from itertools import groupby

import msgspec

from domain import decision as record
from domain.bill import Bill
from domain.calendar import combined_sha256
from domain.case import Case, account_of, incidents_of
from domain.decision import AvailabilityRecord, Decision, EpisodeRecord, Facts, Outcome, Step, Value
from domain.incident import Incident
from domain.money import percent_text
from domain.refusals.terms import CalendarMissing
from domain.rules.availability import availability, meets_commitment, tier_of
from domain.rules.claim_window import Window, claim_window
from domain.rules.compensation import Credit, PartCredit, cap_fen, credit, too_small, uncapped_fen
from domain.rules.coverage import covered
from domain.rules.fees import Base, Bases, bases, covers
from domain.rules.unavailability import Episode, Measured, measure, measure_months
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
    holder, incidents = account_of(case, account), incidents_of(case)
    results = []
    for version, own in groupby(months, partial(in_force, case.versions)):
        terms = version.terms
        for measured in measure_months(incidents, covered(holder, terms), list(own), at, terms):
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


def assess(case: Case, account: str, month: str, version: Version, at: int, facts: Facts) -> Decision:
    """Decide a filed claim at the instant `at`, under the given terms.

    The conditions are, in order: in time (3.2), covered (opening), below the commitment (2.2), something to credit
    (3.1). The first that fails is the outcome; later ones are not evaluated. Every outcome is a value. Refusal is
    raised only where a rule's own parameters are missing: `unknown_account`, `calendar_missing`.
    """
    claim = case.claims[month]
    window = claim_window(month, version.terms, case.calendars)
    trail = [*_terms_step(month, version), *_window_step(claim.filed_at, window, version.terms)]
    decided = Decision(
        number=len(claim.decisions) + 1,
        format=record.format_under(version.terms),
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
    timing = _timing(claim.filed_at, window)
    if timing is not None:
        return _ended(decided, timing, trail)
    return _assess_month(case, account, month, version, decided, trail)


def _assess_month(
    case: Case, account: str, month: str, version: Version, decided: Decision, trail: list[Step]
) -> Decision:
    terms = version.terms
    incidents = incidents_of(case)
    measured = measure(incidents, covered(account_of(case, account), terms), month, decided.decided_at, terms)
    trail += _coverage_step(measured, terms)
    if not measured.covered_us:
        return _ended(decided, "not_covered", trail)
    result = judged(measured, terms)
    decided = msgspec.structs.replace(decided, availability=result)
    trail += _exclusion_steps(measured, incidents)
    trail += _episode_steps(measured, terms)
    trail += _availability_steps(measured, result, terms)
    if result.meets_commitment or result.tier is None:
        return _ended(decided, "commitment_met", trail)
    billed = [bill for bill in case.bills.values() if covers(bill, month)]
    base = bases(billed, month, terms)
    amount = credit(base, result.tier, terms)
    decided = msgspec.structs.replace(decided, bases=base)
    trail += _fee_steps(base, billed, terms)
    trail += _credit_steps(base, amount, result.tier, terms)
    trail += _minimum_step(amount, terms)
    if too_small(amount.total_fen, terms):
        return _ended(decided, "nothing_to_credit", trail)
    return _ended(msgspec.structs.replace(decided, credit=amount), "awarded", trail)


def _timing(filed_at: int, window: Window) -> Outcome | None:
    """Clause 3.2: a claim is in time at or after the opening instant and before the closing one."""
    if filed_at < window.opens_at:
        return "too_early"
    return "too_late" if filed_at >= window.closes_at else None


def window_of(case: Case, month: str) -> Window | None:
    """A month's claim window, or None where the working days that it needs are not recorded yet."""
    try:
        return claim_window(month, in_force(case.versions, month).terms, case.calendars)
    except CalendarMissing:
        return None


def timing(case: Case, month: str, filed_at: int) -> Outcome | None:
    """Whether a claim filed at an instant is `too_early` or `too_late`; None in time, or without a calendar."""
    window = window_of(case, month)
    return None if window is None else _timing(filed_at, window)


def _ended(decided: Decision, outcome: Outcome, trail: list[Step]) -> Decision:
    return msgspec.structs.replace(decided, outcome=outcome, steps=tuple(trail))


def _step(clause: str, step: str, result: Value, **inputs: Value) -> Step:
    return Step(clause=clause, step=step, inputs=inputs, result=result)


def _terms_step(month: str, version: Version) -> list[Step]:
    terms = version.terms
    start, end = month_span(month, terms.zone)
    return [
        _step(
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


def _window_step(filed_at: int, window: Window, terms: Terms) -> list[Step]:
    workday = window.nth_workday
    return [
        _step(
            terms.claims.clause,
            "window",
            _timing(filed_at, window) or "in_time",
            filed_at=filed_at,
            nth_workday=None if workday is None else workday.isoformat(),
            opens_at=window.opens_at,
            closes_at=window.closes_at,
        )
    ]


def _coverage_step(measured: Measured, terms: Terms) -> list[Step]:
    return [
        _step(
            terms.service.beta_covered.clause,
            "coverage",
            bool(measured.covered_us),
            covered_us=measured.covered_us,
            total_us=measured.total_us,
        )
    ]


def _exclusion_steps(measured: Measured, incidents: Iterable[Incident]) -> list[Step]:
    """Clause 2.3: each cause excluded on an incident of the month's episodes."""
    names = {name for episode in measured.episodes for name in episode.incidents}
    concerned = (incident for incident in incidents if incident.incident in names)
    return [
        _step(
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
        )
        for incident in sorted(concerned, key=lambda incident: (incident.started_at, incident.incident))
        for exclusion in incident.exclusions
        if exclusion.stands
    ]


def _episode_steps(measured: Measured, terms: Terms) -> list[Step]:
    """Clause 1: each episode of the month, and how its time was counted."""
    minimum = terms.service.minimum_outage_seconds
    return [
        _step(
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


def _availability_steps(measured: Measured, result: AvailabilityRecord, terms: Terms) -> list[Step]:
    commitment = terms.commitment.availability
    return [
        _step(
            terms.service.minimum_outage_seconds.clause,
            "unavailable",
            measured.unavailable_us,
            episodes=len(measured.episodes),
        ),
        _step(
            terms.measure.kind.clause,
            "availability",
            f"{result.numerator}/{result.denominator}",
            total_us=measured.total_us,
            unavailable_us=measured.unavailable_us,
        ),
        _step(
            commitment.clause,
            "commitment",
            result.meets_commitment,
            commitment=percent_text(commitment.value),
            availability=f"{result.numerator}/{result.denominator}",
        ),
    ]


def _fee_steps(base: Bases, billed: Iterable[Bill], terms: Terms) -> list[Step]:
    """Clause 1: the fees, and the base of each part net of vouchers; one base where the fee has no parts."""
    used = tuple(sorted(bill.bill for bill in billed))
    clause, base_clause = _fee_clauses(terms)
    if terms.single_fee:
        return [_step(clause, "fees", base.product_fee_fen, bills=used), _base_step(base_clause, "fee", base, terms)]
    return [
        _step(
            clause,
            "fees",
            base.product_fee_fen,
            bills=used,
            call_fee_fen=base.call_fee_fen,
            service_fee_fen=base.service.fee_fen,
        ),
        _base_step(base_clause, "service", base, terms),
        _base_step(base_clause, "call", base, terms),
    ]


def _fee_clauses(terms: Terms) -> tuple[str, str]:
    """The clauses of the fee and of its base: their own where cited, else those of the month and of vouchers."""
    parts, base = terms.fees.parts, terms.fees.base
    fee = terms.service.period.clause if parts is None else parts.clause
    return fee, terms.vouchers.cash.clause if base is None else base.clause


def _base_step(clause: str, part: str, bases: Bases, terms: Terms) -> Step:
    """A part's base; `gross` is given where the terms apply rates to the fee before vouchers."""
    base = bases.call if part == "call" else bases.service
    gross: dict[str, Value] = {"gross": True} if terms.gross_base else {}
    return _step(
        clause,
        "base",
        base.net_fen,
        part=part,
        fee_fen=base.fee_fen,
        voucher_offset_fen=base.voucher_offset_fen,
        **gross,
    )


def _credit_steps(base: Bases, amount: Credit, tier: int, terms: Terms) -> list[Step]:
    """Clause 3.1: the tier, the amount of each part, and their sum; a cap where it lowers the amount."""
    bounds = terms.tiers[tier - 1]
    tier_step = _step(
        bounds.clause,
        "tier",
        tier,
        below=percent_text(bounds.below),
        at_least=None if bounds.at_least is None else percent_text(bounds.at_least),
    )
    if terms.single_fee:
        whole = PartCredit(rate=bounds.service_rate, amount_fen=uncapped_fen(base, tier, terms))
        credited = _part_step(bounds.clause, "fee", base.service, whole)
        return [tier_step, credited, *_cap_step(base, amount, terms), _single_total_step(amount, bounds.clause, terms)]
    return [
        tier_step,
        _part_step(bounds.clause, "service", base.service, amount.service),
        _part_step(bounds.clause, "call", base.call, amount.call),
        _step(
            bounds.clause,
            "total",
            amount.total_fen,
            service_fen=amount.service.amount_fen,
            call_fen=amount.call.amount_fen,
            rounding=terms.readings.rounding,
            **_remedy_said(terms),
        ),
    ]


def _part_step(clause: str, part: str, base: Base, amount: PartCredit) -> Step:
    return _step(clause, "credit", amount.amount_fen, part=part, net_fen=base.net_fen, rate=percent_text(amount.rate))


def _single_total_step(amount: Credit, clause: str, terms: Terms) -> Step:
    return _step(clause, "total", amount.total_fen, rounding=terms.readings.rounding, **_remedy_said(terms))


def _remedy_said(terms: Terms) -> dict[str, Value]:
    """The remedy where it is not a voucher; none otherwise, as in decisions before there was a choice."""
    return {} if terms.remedy == "voucher" else {"remedy": terms.remedy}


def _cap_step(base: Bases, amount: Credit, terms: Terms) -> list[Step]:
    """The cap on a month's credit, where the terms have one."""
    cap, most_fen = terms.credit.cap, cap_fen(base, terms)
    if cap is None or most_fen is None:
        return []
    paid_fen = max(0, base.service.fee_fen - base.service.voucher_offset_fen)
    lowered = amount.total_fen == most_fen
    return [_step(cap.clause, "cap", most_fen, share=percent_text(cap.value), paid_fen=paid_fen, reached=lowered)]


def _minimum_step(amount: Credit, terms: Terms) -> list[Step]:
    """The minimum that a credit must exceed, where the terms have one."""
    minimum = terms.credit.minimum_credit
    if minimum is None:
        return []
    enough = not too_small(amount.total_fen, terms)
    return [_step(minimum.clause, "minimum", enough, minimum_fen=int(minimum.value), credit_fen=amount.total_fen)]
