"""Clause 3.1, the amounts: a tier's rates on the month's bases, to the fen (R13)."""

from __future__ import annotations

from fractions import Fraction

import msgspec

from domain.money import half_up
from domain.rules.fees import Bases
from domain.terms import Terms


class PartCredit(msgspec.Struct, frozen=True, kw_only=True):
    """One part's credit: a rate as an exact ratio and an amount in fen."""

    rate: Fraction
    amount_fen: int


class Credit(msgspec.Struct, frozen=True, kw_only=True):
    """A month's service credit; `total_fen` is the sum of its parts."""

    service: PartCredit
    call: PartCredit
    total_fen: int


def credit(bases: Bases, tier_number: int, terms: Terms) -> Credit:
    """The credit of a tier (1 the mildest) on a month's net bases.

    Each part is rounded half up by itself and then added; or the exact sum is rounded once, the call part
    being what the rounded service part leaves of it (R13).
    """
    tier = terms.tiers[tier_number - 1]
    service, service_parts = tier.service_rate.numerator * bases.service.net_fen, tier.service_rate.denominator
    call, call_parts = tier.call_rate.numerator * bases.call.net_fen, tier.call_rate.denominator
    service_fen, call_fen = half_up(service, service_parts), half_up(call, call_parts)
    if terms.readings.rounding == "once_on_total":
        call_fen = half_up(service * call_parts + call * service_parts, service_parts * call_parts) - service_fen
    return Credit(
        service=PartCredit(rate=tier.service_rate, amount_fen=service_fen),
        call=PartCredit(rate=tier.call_rate, amount_fen=call_fen),
        total_fen=service_fen + call_fen,
    )
