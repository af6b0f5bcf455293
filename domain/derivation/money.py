"""The steps about money: fees, bases, the credit."""

from __future__ import annotations

from collections.abc import Iterable

from domain.bill import Bill
from domain.decision import Step, Value
from domain.derivation.step import step_of
from domain.money import percent_text
from domain.rules.compensation import Credit, PartCredit, cap_fen, too_small, uncapped_fen
from domain.rules.fees import Base, Bases
from domain.terms.versions import Terms


def fee_steps(base: Bases, billed: Iterable[Bill], terms: Terms) -> list[Step]:
    """Clause 1, fees, and what is left of each part net of vouchers; one base where the fee has no parts."""
    used = tuple(sorted(bill.bill for bill in billed))
    clause, base_clause = _fee_clauses(terms)
    if terms.single_fee:
        return [step_of(clause, "fees", base.product_fee_fen, bills=used), _base_step(base_clause, "fee", base, terms)]
    return [
        step_of(
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
    return step_of(
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
    tier_step = step_of(
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
        step_of(
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
    return step_of(clause, "credit", amount.amount_fen, part=part, net_fen=base.net_fen, rate=percent_text(amount.rate))


def _single_total_step(amount: Credit, clause: str, terms: Terms) -> Step:
    return step_of(clause, "total", amount.total_fen, rounding=terms.readings.rounding, **_remedy_said(terms))


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
    return [step_of(cap.clause, "cap", most_fen, share=percent_text(cap.value), paid_fen=paid_fen, reached=lowered)]


def minimum_step(amount: Credit, terms: Terms) -> list[Step]:
    """What a credit must be above to be given, where the terms say so."""
    minimum = terms.credit.minimum_credit
    if minimum is None:
        return []
    enough = not too_small(amount.total_fen, terms)
    return [step_of(minimum.clause, "minimum", enough, minimum_fen=int(minimum.value), credit_fen=amount.total_fen)]
