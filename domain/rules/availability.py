"""Clauses 2.1, 2.2 and 3.1: the month's availability as an exact ratio, and the tier in which it falls (R9)."""

from __future__ import annotations

from fractions import Fraction

from domain.money import half_up
from domain.terms.versions import Terms


def availability(total_us: int, unavailable_us: int) -> Fraction:
    """Clause 2.1: the part of the month in which the service was available, in lowest terms."""
    return Fraction(total_us - unavailable_us, total_us)


def compared(ratio: Fraction, terms: Terms) -> Fraction:
    """The value that is compared with the commitment: the exact ratio, or its percentage rounded half up (R9)."""
    decimals = terms.readings.availability_decimals
    if decimals == "exact":
        return ratio
    scale = 100 * 10**decimals
    return Fraction(half_up(ratio.numerator * scale, ratio.denominator), scale)


def meets_commitment(ratio: Fraction, terms: Terms) -> bool:
    """Clause 2.2: exactly the committed availability meets it."""
    return compared(ratio, terms) >= terms.commitment.availability.value


def tier_of(ratio: Fraction, terms: Terms) -> int | None:
    """Clause 3.1: the tier, 1 the mildest, whose span holds the availability; None where the commitment is met.

    A bound belongs to the better side: "equal to or above".
    """
    value = compared(ratio, terms)
    for number, tier in enumerate(terms.tiers, start=1):
        if value < tier.below and (tier.at_least is None or value >= tier.at_least):
            return number
    return None
