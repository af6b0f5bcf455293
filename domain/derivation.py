"""The derivation of a decision: each clause with what went in and what came out, as steps.

Nothing here decides: `domain/assessment.py` calls these in the order of the clauses.
"""

from __future__ import annotations

from collections.abc import Iterable

from domain.bill import Bill
from domain.decision import AvailabilityRecord, Step, Value
from domain.incident import Exclusion, Incident
from domain.intervals import Span
from domain.money import percent_text
from domain.rules.claim_window import Window, timing_of
from domain.rules.compensation import Credit, PartCredit, cap_fen, too_small, uncapped_fen
from domain.rules.fees import Base, Bases
from domain.rules.unavailability import Measured
from domain.terms.versions import Terms, Version


def _step(clause: str, step: str, result: Value, **inputs: Value) -> Step:
    return Step(clause=clause, step=step, inputs=inputs, result=result)


def terms_step(month: str, span: Span, version: Version) -> list[Step]:
    """Clause 4: the version that governs the month."""
    terms = version.terms
    start, end = span
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


def window_step(filed_at: int, window: Window, terms: Terms) -> list[Step]:
    """Clause 3.2: whether the claim was filed in time."""
    workday = window.nth_workday
    return [
        _step(
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
        _step(
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


def availability_steps(measured: Measured, result: AvailabilityRecord, terms: Terms) -> list[Step]:
    """Clauses 2.1 and 2.2: the unavailable time, the ratio, and whether it meets the commitment."""
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


def fee_steps(base: Bases, billed: Iterable[Bill], terms: Terms) -> list[Step]:
    """Clause 1, fees, and what is left of each part net of vouchers; one base where the fee has no parts."""
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
    """A part's base; `gross` stands where the terms take rates of the fee whatever vouchers paid of it."""
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


def credit_steps(base: Bases, amount: Credit, tier: int, terms: Terms) -> list[Step]:
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
    """Said only where it is no voucher, as in decisions before there was a choice."""
    return {} if terms.remedy == "voucher" else {"remedy": terms.remedy}


def _cap_step(base: Bases, amount: Credit, terms: Terms) -> list[Step]:
    """The most that a month is worth, where the terms cap it."""
    cap, most_fen = terms.credit.cap, cap_fen(base, terms)
    if cap is None or most_fen is None:
        return []
    paid_fen = max(0, base.service.fee_fen - base.service.voucher_offset_fen)
    lowered = amount.total_fen == most_fen
    return [_step(cap.clause, "cap", most_fen, share=percent_text(cap.value), paid_fen=paid_fen, reached=lowered)]


def minimum_step(amount: Credit, terms: Terms) -> list[Step]:
    """What a credit must be above to be given, where the terms say so."""
    minimum = terms.credit.minimum_credit
    if minimum is None:
        return []
    enough = not too_small(amount.total_fen, terms)
    return [_step(minimum.clause, "minimum", enough, minimum_fen=int(minimum.value), credit_fen=amount.total_fen)]
