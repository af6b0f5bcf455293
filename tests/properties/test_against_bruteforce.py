"""The domain against an independent reading of the contract, second by second, over random histories."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from typing import Any

import bruteforce as brute
import msgspec
import pytest
from build import SECOND_US, account, bill, terms, versions
from histories import EVER, MEASURING, History, histories, month_history, seeded, year_history, years
from hypothesis import event, given
from hypothesis import strategies as st

from domain.account import Account
from domain.bill import Bill, Payment
from domain.intervals import union
from domain.money import yuan
from domain.rules.availability import availability, tier_of
from domain.rules.compensation import credit
from domain.rules.coverage import covered
from domain.rules.fees import Base, Bases, bases
from domain.rules.mtbf import mtbf
from domain.rules.unavailability import Asked, Measured, measure


def measured(history: History) -> Measured:
    readings = terms(**history.readings)
    return measure(
        history.incidents(), history.covered_us(), Asked.alone(history.month, readings), history.at_us, readings
    )


def second_by_second(history: History, **changed: object) -> int:
    reading = history.reading(**changed)
    return brute.counted_seconds(history.outages, history.covered, history.month, history.at, reading)


def check_month(history: History) -> int | None:
    """Time, ratio and tier of a month are what counting its seconds gives; the tier."""
    found, seconds, total = measured(history), second_by_second(history), brute.total_seconds(history.month)
    ratio = availability(found.total_us, found.unavailable_us)
    tier = brute.tier(Fraction(total - seconds, total), history.reading())
    assert found.unavailable_us == seconds * SECOND_US
    assert found.total_us == total * SECOND_US
    assert ratio == Fraction(total - seconds, total)
    assert tier_of(ratio, terms(**history.readings)) == tier
    return tier


def check_year(history: History) -> int:
    """The mean time between failures is what counting the year's seconds gives; the number of failures."""
    events, mean = brute.mtbf(history.outages, history.covered, 2026, history.at, history.reading())
    (shipped,) = versions()
    version = msgspec.structs.replace(shipped, terms=terms(**history.readings))
    found = mtbf(lambda terms: history.incidents(), lambda terms: history.covered_us(), 2026, history.at_us, [version])
    assert found.events == events
    assert found.mean_us == (None if mean is None else mean * SECOND_US)
    assert found.meets_commitment == (mean is None or mean >= 90 * brute.DAY)
    return events


def _stage_at(account: Account, instant: int) -> str:
    """The stage that holds at an instant: that of the latest change, or the one at enrolment."""
    changes = [(at, stage) for at, stage in account.restaged.items() if at <= instant]
    return max(changes)[1] if changes else account.stage


@given(histories())
def test_a_month_is_what_counting_its_seconds_gives(history: History) -> None:
    event(f"tier {check_month(history)}")


@given(years())
def test_mean_time_between_failures_is_what_counting_gives(history: History) -> None:
    event(f"{history.readings['mtbf_event']}: {min(check_year(history), 3)} failures or more")


@pytest.mark.parametrize("first", [0, *(pytest.param(n, marks=pytest.mark.soak) for n in range(1000, 6000, 1000))])
def test_thousands_of_months_are_what_counting_their_seconds_gives(first: int) -> None:
    wrong = [seed for seed in range(first, first + 1000) if not agrees(check_month, seeded(month_history, seed))]
    assert wrong == [], f"seeded(month_history, {wrong[0]}): {seeded(month_history, wrong[0])}"


@pytest.mark.parametrize("first", [0, *(pytest.param(n, marks=pytest.mark.soak) for n in range(500, 4000, 500))])
def test_thousands_of_years_have_the_mean_that_counting_gives(first: int) -> None:
    wrong = [seed for seed in range(first, first + 500) if not agrees(check_year, seeded(year_history, seed))]
    assert wrong == [], f"seeded(year_history, {wrong[0]}): {seeded(year_history, wrong[0])}"


def agrees(check: Callable[[History], object], history: History) -> bool:
    try:
        check(history)
    except AssertionError:
        return False
    return True


def test_episodes_account_for_every_microsecond() -> None:
    for seed in range(1000):
        history = seeded(month_history, seed)
        for episode in measured(history).episodes:
            parts = (
                *(episode.excluded_us, episode.deducted_us, episode.outside_us),
                *(episode.uncovered_us, episode.repeated_us, episode.counted_us),
            )
            assert min(parts) >= 0
            assert episode.long_enough or episode.counted_us == 0
            if episode.long_enough and history.readings["quantise"] == "exact":
                assert sum(parts) == episode.length_us


def test_microseconds_shift_what_counts_and_nothing_else() -> None:
    """Outages inside a month, their exclusions and coverage moved by part of a second count alike."""
    for seed in range(1000):
        history, shift_us = seeded(month_history, seed), 1 + 7919 * seed % 999_999
        start, end = brute.month_bounds(history.month, str(history.readings["timezone"]))
        outages = tuple(o for o in history.outages if o.end is not None and start < o.start and o.end < end)
        inside = replace(history, outages=outages)
        moved = inside.incidents()
        for each in moved:
            each.started_at, each.ended_at = each.started_at + shift_us, (each.ended_at or 0) + shift_us
            for exclusion in each.exclusions:
                exclusion.from_at = None if exclusion.from_at is None else exclusion.from_at + shift_us
                exclusion.to_at = None if exclusion.to_at is None else exclusion.to_at + shift_us
        spans = [(since + shift_us, until + shift_us) for since, until in history.covered_us()]
        read = terms(**history.readings)
        found = measure(moved, spans, Asked.alone(history.month, read), history.at_us, read)
        assert found.unavailable_us == measured(inside).unavailable_us


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
    left, shown = dict(zip(("service", "call"), offsets, strict=True)), list[int]()
    for place, payment in enumerate(payment for payment in held.payments if not payment.reversed):
        if payment.amount_fen <= left[payment.part] and draw(st.booleans()):
            left[payment.part] -= payment.amount_fen
            payment.shown = True
            shown.append(place)
    return held, brute.Bill(first, months, service + call, call, *offsets, standing, tuple(shown))


@given(st.lists(paid_bills(), max_size=3), st.sampled_from(("2026-01", "2026-02", "2026-03")))
def test_the_bases_are_the_same(bills: list[tuple[Bill, brute.Bill]], month: str) -> None:
    found = bases([held for held, _ in bills], month, terms())
    expected = brute.bases([other for _, other in bills], month)
    event("some base is zero" if not all(expected) else "no base is zero")
    event(f"some payment is shown: {any(other.shown for _, other in bills)}")
    assert (found.service.net_fen, found.call.net_fen) == expected


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
        expected = in_force and (covered_in_beta or _stage_at(held, instant) == "general")
        assert any(start <= instant < end for start, end in spans) == expected


def matters(history: History, key: str, here: int) -> bool:
    """Whether another value of one reading alone would give another result."""
    return any(second_by_second(history, **{key: other}) != here for other in MEASURING[key])


# Of a hundred histories, at least as many …
AT_LEAST = {
    "minimum_inclusive matters": 3,
    "minimum_kind matters": 40,
    "minimum_applies_to matters": 10,
    "minimum_tested matters": 10,
    "exclusion_removes matters": 5,
    "quantise matters": 40,
    "month_straddle matters": 5,
    "timezone matters": 20,
    "exclusions matter": 25,
    "coverage matters": 10,
    "something counts": 60,
    "tier None": 30,
    "tier 1": 4,
    "tier 2": 5,
    "tier 3": 5,
}


def test_the_months_are_not_trivial() -> None:
    seen: Counter[str] = Counter()
    for seed in range(500):
        history = seeded(month_history, seed)
        here = second_by_second(history)
        seen.update(f"{key} matters" for key in MEASURING if matters(history, key, here))
        bare = tuple(replace(outage, exclusions=()) for outage in history.outages)
        seen["exclusions matter"] += second_by_second(replace(history, outages=bare)) != here
        seen["coverage matters"] += second_by_second(replace(history, covered=(EVER,))) != here
        seen["something counts"] += here > 0
        seen[f"tier {check_month(history)}"] += 1
    share = {name: seen[name] / 5 for name in AT_LEAST}
    assert {name: share[name] for name in AT_LEAST if share[name] < AT_LEAST[name]} == {}, share


def test_the_years_are_not_trivial() -> None:
    seen: Counter[tuple[object, int]] = Counter()
    for seed in range(300):
        history = seeded(year_history, seed)
        events, _ = brute.mtbf(history.outages, history.covered, 2026, history.at, history.reading())
        seen[history.readings["mtbf_event"], min(events, 2)] += 1
    least = {("outage", 2): 20, ("month_below_target", 2): 5, ("outage", 1): 5, ("month_below_target", 1): 5}
    share = {name: seen[name] / 3 for name in least}
    assert {name: share[name] for name in least if share[name] < least[name]} == {}, share
