"""The domain against an independent reading of the contract, second by second, over random histories."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from typing import Any

import bruteforce as brute
import pytest
from build import account, bill, terms, versions
from histories import CHOICES, SECOND_US, History, covered_of, histories, incidents_of, terms_of, years
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from domain.account import Account, stage_at
from domain.bill import Bill, Payment
from domain.money import yuan
from domain.rules.availability import availability, tier_of
from domain.rules.compensation import credit
from domain.rules.coverage import covered
from domain.rules.fees import Base, Bases, bases
from domain.rules.mtbf import mtbf
from domain.rules.unavailability import Measured, measure
from domain.spans import union
from domain.terms import Version

relaxed = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


def measured(history: History) -> Measured:
    return measure(
        incidents_of(history.outages),
        covered_of(history),
        history.month,
        history.at * SECOND_US,
        terms_of(history.readings),
    )


def second_by_second(history: History, **changed: object) -> int:
    return brute.counted_seconds(
        history.outages, history.covered, history.month, history.at, history.reading(**changed)
    )


@settings(relaxed, max_examples=1500)
@given(histories())
def test_unavailable_time_is_what_counting_the_seconds_gives(history: History) -> None:
    found = measured(history)
    event(f"{len(found.episodes)} episodes" if len(found.episodes) < 4 else "4 or more episodes")
    event("some time counts" if found.unavailable_us else "nothing counts")
    assert found.unavailable_us == second_by_second(history) * SECOND_US
    assert found.total_us == brute.total_seconds(history.month) * SECOND_US


@settings(relaxed, max_examples=400)
@given(histories())
def test_the_tier_is_the_same(history: History) -> None:
    found = measured(history)
    exact = brute.availability(history.outages, history.covered, history.month, history.at, history.reading())
    ratio = availability(found.total_us, found.unavailable_us)
    tier = brute.tier(exact, history.reading())
    event(f"tier {tier}")
    assert ratio == exact
    assert tier_of(ratio, terms_of(history.readings)) == tier


@settings(relaxed, max_examples=400)
@given(histories())
def test_episodes_account_for_every_microsecond(history: History) -> None:
    found = measured(history)
    exact = history.readings["quantise"] == "exact"
    for episode in found.episodes:
        parts = (
            episode.excluded_us,
            episode.deducted_us,
            episode.outside_us,
            episode.uncovered_us,
            episode.repeated_us,
            episode.counted_us,
        )
        assert min(parts) >= 0
        if exact and episode.long_enough:
            assert sum(parts) == episode.length_us
        if not episode.long_enough:
            assert episode.counted_us == 0


@settings(relaxed, max_examples=150)
@given(histories(), st.integers(1, 999_999))
def test_microseconds_shift_what_counts_and_nothing_else(history: History, shift_us: int) -> None:
    """Outages, exclusions, coverage and `at` moved by less than a second, away from the month's edges, count alike."""
    start, end = brute.month_bounds(history.month, str(history.readings["timezone"]))
    inside = [o for o in history.outages if o.end is not None and start < o.start and o.end < end]
    readings = terms_of(history.readings)
    moved = incidents_of(inside)
    for each in moved:
        each.started_at += shift_us
        each.ended_at = (each.ended_at or 0) + shift_us
        for exclusion in each.exclusions:
            exclusion.from_at = None if exclusion.from_at is None else exclusion.from_at + shift_us
            exclusion.to_at = None if exclusion.to_at is None else exclusion.to_at + shift_us
    spans = covered_of(history)
    later = [(since + shift_us, until + shift_us) for since, until in spans]
    at = history.at * SECOND_US
    unmoved = measure(incidents_of(inside), spans, history.month, at, readings)
    assert measure(moved, later, history.month, at, readings).unavailable_us == unmoved.unavailable_us


def one_version(history: History) -> list[Version]:
    (shipped,) = versions()
    return [Version(terms=terms(**history.readings), sha256=shipped.sha256, document=shipped.document, noticed_at=None)]


@settings(relaxed, max_examples=500)
@given(years())
def test_mean_time_between_failures_is_the_same(history: History) -> None:
    events, mean = brute.mtbf(history.outages, history.covered, 2026, history.at, history.reading())
    found = mtbf(incidents_of(history.outages), covered_of(history), 2026, history.at * SECOND_US, one_version(history))
    event(f"{history.readings['mtbf_event']}: {min(events, 3)} events")
    assert found.events == events
    assert found.mean_us == (None if mean is None else mean * SECOND_US)
    assert found.meets_commitment == (mean is None or mean >= 90 * brute.DAY)


fen = st.one_of(st.integers(0, 12), st.integers(0, 10**7))
redemptions = st.tuples(
    st.sampled_from(("2026-01", "2026-02", "2026-03")), st.sampled_from(("service", "call")), fen, st.booleans()
)


@st.composite
def paid_bills(draw: st.DrawFn) -> tuple[Bill, brute.Bill]:
    """A bill as the domain knows it, with a reversed redemption at times, and as the other reading does."""
    call, service = draw(fen), draw(fen)
    first, months = draw(st.sampled_from(("2025-11", "2026-01", "2026-02", "2026-03"))), draw(st.integers(1, 12))
    offsets = draw(st.integers(0, service)), draw(st.integers(0, call))
    paid = draw(st.lists(redemptions, max_size=4))
    held = bill(
        yuan(service + call),
        yuan(call),
        first=first,
        months=months,
        service_voucher=yuan(offsets[0]),
        call_voucher=yuan(offsets[1]),
    )
    held.payments = [
        Payment(voucher="V", redemption=n, voucher_month=month, part=part, amount_fen=amount, reversed=undone)  # type: ignore[arg-type]
        for n, (month, part, amount, undone) in enumerate(paid, start=1)
    ]
    standing = tuple((month, part, amount) for month, part, amount, undone in paid if not undone)
    return held, brute.Bill(first, months, service + call, call, *offsets, standing)


@settings(relaxed, max_examples=400)
@given(st.lists(paid_bills(), max_size=3), st.sampled_from(("2026-01", "2026-02", "2026-03")))
def test_the_bases_are_the_same(bills: list[tuple[Bill, brute.Bill]], month: str) -> None:
    found = bases([held for held, _ in bills], month)
    expected = brute.bases([other for _, other in bills], month)
    event("some base is zero" if not all(expected) else "no base is zero")
    assert (found.service.net_fen, found.call.net_fen) == expected


@settings(relaxed, max_examples=400)
@given(st.tuples(fen, fen), st.sampled_from((1, 2, 3)), st.sampled_from(("per_part", "once_on_total")))
def test_the_credit_is_the_same(net: tuple[int, int], tier: int, rounding: str) -> None:
    service, call = (Base(fee_fen=fee, voucher_offset_fen=0, net_fen=fee) for fee in net)
    amount = credit(
        Bases(product_fee_fen=sum(net), call_fee_fen=net[1], service=service, call=call), tier, terms(rounding=rounding)
    )
    expected = brute.credit(net, tier, brute.READINGS | {"rounding": rounding})
    assert (amount.service.amount_fen, amount.call.amount_fen, amount.total_fen) == expected


small = st.integers(0, 30)
stages = st.sampled_from(("general", "public_beta", "invited_beta"))


@settings(relaxed, max_examples=300)
@given(small, stages, st.dictionaries(small, stages, max_size=4), st.one_of(st.none(), small), st.booleans())
def test_covered_time_is_instant_by_instant_the_stage_between_enrolment_and_closure(
    enrolled: int, stage: Any, changes: dict[int, Any], closed: int | None, covered_in_beta: bool
) -> None:
    held: Account = account(stage=stage, covered_in_beta=covered_in_beta)
    held.enrolled_at = enrolled
    held.restaged = {enrolled + later: to for later, to in changes.items()}
    held.closed_at = None if closed is None else enrolled + max(changes, default=0) + closed
    spans = covered(held, terms())
    assert spans == union(spans)
    for instant in range(100):
        in_force = enrolled <= instant and (held.closed_at is None or instant < held.closed_at)
        expected = in_force and (covered_in_beta or stage_at(held, instant) == "general")
        assert any(start <= instant < end for start, end in spans) == expected


def flips(key: str, value: object) -> list[object]:
    return [other for other in CHOICES[key] if other != value]


def test_the_histories_are_not_trivial() -> None:
    """Each switch alone would change the result of many of them; so would forgetting exclusions or coverage."""
    seen: Counter[str] = Counter()
    count = 400

    @settings(relaxed, max_examples=count, derandomize=True, database=None)
    @given(histories())
    def look(history: History) -> None:
        here = second_by_second(history)
        seen["something counts"] += here > 0
        for key in tuple(CHOICES)[:8]:
            value = history.readings[key]
            seen[key] += any(second_by_second(history, **{key: other}) != here for other in flips(key, value))
        bare = tuple(brute.Outage(o.incident, o.function, o.start, o.end) for o in history.outages)
        everything = ((0, 2**40),)
        told = (history.month, history.at, history.reading())
        seen["exclusions"] += brute.counted_seconds(bare, history.covered, *told) != here
        seen["coverage"] += brute.counted_seconds(history.outages, everything, *told) != here
        seen["open"] += any(o.end is None for o in history.outages)
        ratio = Fraction(brute.total_seconds(history.month) - here, brute.total_seconds(history.month))
        seen[f"tier {brute.tier(ratio, history.reading())}"] += 1

    look()
    least = {
        "something counts": 60,
        "minimum_inclusive": 4,
        "minimum_kind": 40,
        "minimum_applies_to": 10,
        "minimum_tested": 8,
        "exclusion_removes": 8,
        "quantise": 40,
        "month_straddle": 5,
        "timezone": 15,
        "exclusions": 25,
        "coverage": 10,
        "open": 25,
        "tier None": 10,
        "tier 1": 4,
        "tier 2": 3,
        "tier 3": 3,
    }
    share = {name: 100 * seen[name] / count for name in least}
    assert {name: share[name] for name in least if share[name] < least[name]} == {}, share


@pytest.mark.parametrize("key", list(CHOICES)[:8])
def test_an_unknown_reading_is_a_mistake_and_not_a_default(key: str) -> None:
    readings = brute.READINGS | {key: "something else"}
    outage = brute.Outage("A", "agent_calls", 1_772_503_200, 1_772_503_500)
    with pytest.raises((ValueError, KeyError)):
        brute.counted_seconds([outage], [(0, 2**40)], "2026-03", 2**40, readings)
