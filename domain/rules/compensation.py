"""Clause 3.1, the amounts: a tier's rates on the month's bases, to the fen (R13)."""

from __future__ import annotations

from fractions import Fraction

import msgspec

from domain.money import half_up
from domain.rules.fees import Bases
from domain.terms.versions import Terms


class PartCredit(msgspec.Struct, frozen=True, kw_only=True):
    """One part's credit: a rate as an exact ratio and an amount in fen."""

    rate: Fraction
    amount_fen: int


class Credit(msgspec.Struct, frozen=True, kw_only=True):
    """A month's service credit; `total_fen` is the sum of its parts. A fee without parts is all in `service`."""

    service: PartCredit
    call: PartCredit
    total_fen: int


def credit(bases: Bases, tier_number: int, terms: Terms) -> Credit:
    """The credit of a tier (1 the mildest) on a month's net bases.

    Each part is rounded half up, then both are added; or the exact sum is rounded once, and the call part is that
    sum less the rounded service part (R13). A fee without parts has one rate, up to the cap.
    """
    tier = terms.tiers[tier_number - 1]
    service, service_parts = tier.service_rate.numerator * bases.service.net_fen, tier.service_rate.denominator
    call_rate = tier.call_rate or Fraction(0)
    call, call_parts = call_rate.numerator * bases.call.net_fen, call_rate.denominator
    service_fen, call_fen = half_up(service, service_parts), half_up(call, call_parts)
    if terms.readings.rounding == "once_on_total":
        call_fen = half_up(service * call_parts + call * service_parts, service_parts * call_parts) - service_fen
    cap = cap_fen(bases, terms)
    service_fen = service_fen if cap is None else min(service_fen, cap)  # a fee with a cap has no call part
    return Credit(
        service=PartCredit(rate=tier.service_rate, amount_fen=service_fen),
        call=PartCredit(rate=call_rate, amount_fen=call_fen),
        total_fen=service_fen + call_fen,
    )


def uncapped_fen(bases: Bases, tier_number: int, terms: Terms) -> int:
    """The credit of a tier on a fee without parts, before any cap, in fen, rounded half up."""
    rate = terms.tiers[tier_number - 1].service_rate
    return half_up(rate.numerator * bases.service.net_fen, rate.denominator)


def cap_fen(bases: Bases, terms: Terms) -> int | None:
    """The cap of a month in fen, rounded down: a share of the fee net of vouchers. None where the terms have none."""
    cap = terms.credit.cap
    if cap is None:
        return None
    paid_fen = max(0, bases.service.fee_fen - bases.service.voucher_offset_fen)
    return cap.value.numerator * paid_fen // cap.value.denominator


def too_small(total_fen: int, terms: Terms) -> bool:
    """Whether a credit is too small to be given: it must be above the minimum, or above zero where there is none."""
    minimum = terms.credit.minimum_credit
    return total_fen <= (0 if minimum is None else minimum.value)
