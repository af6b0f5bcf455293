"""Clauses 2.1, 2.2 and 3.1: availability against the bounds of 99.8 %, 99 % and 95 % (R9), on both sides of each."""

from __future__ import annotations

from fractions import Fraction

import pytest
from build import SECOND_US, at, incidents, measured, row, terms
from hypothesis import given
from hypothesis import strategies as st

from domain.money import percent_cut
from domain.rules.availability import availability, meets_commitment, tier_of

DAY_US = 86_400 * SECOND_US

# Seconds of downtime at which a month still stands at a bound or above it: the last better one; a microsecond
# or a second more is worse. Of a 30-day month 0.2 % are 5,184 s, 1 % are 25,920 s, 5 % are 129,600 s.
BOUNDS = [
    row("28 days, 99.8 %", "2026-02", 4838, None, 1),
    row("28 days, 99 %", "2026-02", 24_192, 1, 2),
    row("28 days, 95 %", "2026-02", 120_960, 2, 3),
    row("29 days, 99.8 %", "2028-02", 5011, None, 1),
    row("29 days, 99 %", "2028-02", 25_056, 1, 2),
    row("29 days, 95 %", "2028-02", 125_280, 2, 3),
    row("30 days, 99.8 %", "2026-04", 5184, None, 1),
    row("30 days, 99 %", "2026-04", 25_920, 1, 2),
    row("30 days, 95 %", "2026-04", 129_600, 2, 3),
    row("31 days, 99.8 %", "2026-03", 5356, None, 1),
    row("31 days, 99 %", "2026-03", 26_784, 1, 2),
    row("31 days, 95 %", "2026-03", 133_920, 2, 3),
]


def month_down(month: str, down_us: int) -> Fraction:
    """The availability of a month with one outage of that length from its third day on."""
    (outage,) = incidents(f"inbound {month}-03 00:00 to open")
    outage.ended_at = at(f"{month}-03 00:00") + down_us
    result = measured([outage], month)
    assert result.unavailable_us == down_us
    return availability(result.total_us, result.unavailable_us)


@pytest.mark.parametrize(("month", "seconds", "tier", "worse_tier"), BOUNDS)
def test_every_bound_belongs_to_the_better_side(
    month: str, seconds: int, tier: int | None, worse_tier: int | None
) -> None:
    assert tier_of(month_down(month, seconds * SECOND_US), terms()) == tier
    assert tier_of(month_down(month, (seconds + 1) * SECOND_US), terms()) == worse_tier


@pytest.mark.parametrize(("month", "seconds", "tier", "worse_tier"), BOUNDS)
def test_a_second_less_than_the_bound_is_on_the_better_side_too(
    month: str, seconds: int, tier: int | None, worse_tier: int | None
) -> None:
    assert tier_of(month_down(month, (seconds - 1) * SECOND_US), terms()) == tier


@pytest.mark.parametrize(
    ("month", "bound_us", "tier", "worse_tier"),
    [
        row("28 days: 4,838.4 s", "2026-02", 4_838_400_000, None, 1),
        row("29 days: 5,011.2 s", "2028-02", 5_011_200_000, None, 1),
        row("30 days: 5,184 s", "2026-04", 5_184_000_000, None, 1),
        row("31 days: 5,356.8 s", "2026-03", 5_356_800_000, None, 1),
        row("30 days: 25,920 s", "2026-04", 25_920_000_000, 1, 2),
        row("30 days: 129,600 s", "2026-04", 129_600_000_000, 2, 3),
    ],
)
def test_a_bound_is_exact_to_the_microsecond(month: str, bound_us: int, tier: int | None, worse_tier: int) -> None:
    assert tier_of(month_down(month, bound_us), terms()) == tier
    assert tier_of(month_down(month, bound_us + 1), terms()) == worse_tier


@pytest.mark.parametrize(
    ("unavailable_us", "tier"),
    [
        row("never down", 0, None),
        row("a third of the month down", 10 * DAY_US, 3),
        row("all of the month down", 30 * DAY_US, 3),
    ],
)
def test_the_extremes(unavailable_us: int, tier: int | None) -> None:
    assert tier_of(availability(30 * DAY_US, unavailable_us), terms()) == tier


def test_the_ratio_is_in_lowest_terms() -> None:
    ratio = month_down("2026-03", 5400 * SECOND_US)
    assert (ratio.numerator, ratio.denominator) == (495, 496)


@pytest.mark.parametrize(
    ("seconds_of_30_days", "decimals", "tier"),
    [
        row("99.79996…, exact", 5185, "exact", 1),
        row("99.79996… to 5 decimals: 99.79996", 5185, 5, 1),
        row("99.79996… to 4 decimals: 99.8000", 5185, 4, None),
        row("99.79996… to 2 decimals: 99.80", 5185, 2, None),
        row("99.75 to 1 decimal, half up: 99.8", 6480, 1, None),
        row("just below 99.75 to 1 decimal: 99.7", 6481, 1, 1),
        row("99.5 to 0 decimals, half up: 100", 12_960, 0, None),
        row("just below 99.5 to 0 decimals: 99", 12_961, 0, 1),
        row("98.5 to 0 decimals, half up: 99", 38_880, 0, 1),
        row("just below 98.5 to 0 decimals: 98", 38_881, 0, 2),
        row("94.95 to 1 decimal, half up: 95.0", 130_896, 1, 2),
        row("just below 94.95 to 1 decimal: 94.9", 130_897, 1, 3),
    ],
)
def test_r9_rounded_half_up_before_the_tiers_or_not_at_all(
    seconds_of_30_days: int, decimals: str | int, tier: int | None
) -> None:
    under = terms(availability_decimals=decimals)
    ratio = month_down("2026-04", seconds_of_30_days * SECOND_US)
    assert tier_of(ratio, under) == tier
    assert meets_commitment(ratio, under) == (tier is None)


@pytest.mark.parametrize(
    ("unavailable_us", "percent"),
    [
        row("never down", 0, "100.0000"),
        row("a microsecond", 1, "99.9999"),
        row("exactly at the commitment", 5184 * SECOND_US, "99.8000"),
        row("a second below, 99.79996…", 5185 * SECOND_US, "99.7999"),
        row("a third down", 10 * DAY_US, "66.6666"),
        row("almost always down", 30 * DAY_US - 1, "0.0000"),
        row("always down", 30 * DAY_US, "0.0000"),
    ],
)
def test_the_percentage_is_cut_and_never_rounded_up(unavailable_us: int, percent: str) -> None:
    ratio = availability(30 * DAY_US, unavailable_us)
    assert percent_cut(ratio.numerator, ratio.denominator) == percent


@given(st.sampled_from([28, 29, 30, 31]), st.data())
def test_the_percentage_shown_is_at_most_the_ratio_and_less_than_a_ten_thousandth_below(
    days: int, data: st.DataObject
) -> None:
    ratio = availability(days * DAY_US, data.draw(st.integers(0, days * DAY_US)))
    shown = Fraction(percent_cut(ratio.numerator, ratio.denominator)) / 100
    assert shown <= ratio < shown + Fraction(1, 1_000_000)
