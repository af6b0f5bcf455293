"""A scale of availability on which each tier has the same width, so that 99.8 and 99.4 % look different."""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple

from domain.money import percent_text
from domain.terms.versions import Terms


class Band(NamedTuple):
    """A part of the scale, best first: the commitment met, then the tiers; `tier` 0 where it is met."""

    tier: int
    upper: Fraction
    lower: Fraction


def bands(terms: Terms, least: Fraction = Fraction(0)) -> list[Band]:
    """The bands of an agreement; the last one ends at `least`, where that is inside it."""
    found = [Band(0, Fraction(1), terms.commitment.availability.value)]
    for number, tier in enumerate(terms.tiers, start=1):
        bottom = min(least, tier.below) if tier.at_least is None else tier.at_least
        found.append(Band(number, tier.below, bottom))
    return [band for band in found if band.upper > band.lower]


def place(ratio: Fraction, scale: list[Band], size: int) -> int:
    """The place of an availability on a scale of a size, from the best end, in whole units."""
    for index, band in enumerate(scale):
        if ratio >= band.lower or band == scale[-1]:
            share = (band.upper - ratio) / (band.upper - band.lower)
            return int(size * (index + min(max(share, Fraction(0)), Fraction(1))) / len(scale))
    return size


def bounds(scale: list[Band], size: int) -> list[tuple[int, str]]:
    """Each bound's place and percentage, the best end first."""
    each = [(size * index // len(scale), percent_text(band.upper)) for index, band in enumerate(scale)]
    return [*each, (size, percent_text(scale[-1].lower))]


def rooms(scale: list[Band], size: int) -> list[tuple[int, int, int]]:
    """Each band's tier, place and length."""
    edges = [size * index // len(scale) for index in range(len(scale) + 1)]
    return [(band.tier, edges[index], edges[index + 1] - edges[index]) for index, band in enumerate(scale)]
