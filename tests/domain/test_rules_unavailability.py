"""Clause 1, what counts as unavailable (R1 to R8), in tables of outages of 3 March 2026."""

from __future__ import annotations

import pytest
from build import ALWAYS, account, at, clock, counted, incidents, measured, row, terms

from domain.incident import Incident
from domain.rules.coverage import covered


@pytest.mark.parametrize(
    ("outage", "from_two_minutes", "over_two_minutes"),
    [
        row("no time at all", "inbound 10:00 to 10:00", "0:00", "0:00"),
        row("1 min 59 s", "inbound 10:00 to 10:01:59", "0:00", "0:00"),
        row("1 min 59.999999 s", "inbound 10:00 to 10:01:59.999999", "0:00", "0:00"),
        row("2 min exactly", "inbound 10:00 to 10:02", "2:00", "0:00"),
        row("2 min 0.000001 s", "inbound 10:00 to 10:02:00.000001", "2:00.000001", "2:00.000001"),
        row("2 min, off the second", "inbound 10:00:00.000001 to 10:02:00.000001", "2:00", "0:00"),
        row("microseconds", "inbound 10:00:00.000001 to 10:05:00.000003", "5:00.000002", "5:00.000002"),
    ],
)
def test_r1_two_minutes_count_and_less_does_not(outage: str, from_two_minutes: str, over_two_minutes: str) -> None:
    assert counted(outage) == from_two_minutes
    assert counted(outage, minimum_inclusive=False) == over_two_minutes


def test_an_outage_without_length_is_no_episode_and_a_moment_is_one() -> None:
    assert measured(incidents("inbound 10:00 to 10:00")).episodes == ()
    (episode,) = measured(incidents("inbound 10:00 to 10:00:00.000001")).episodes
    assert (episode.length_us, episode.long_enough) == (1, False)


@pytest.mark.parametrize(
    ("outage", "all_of_it", "beyond_two_minutes"),
    [
        row("below", "inbound 10:00 to 10:01:59.999999", "0:00", "0:00"),
        row("2 min exactly", "inbound 10:00 to 10:02", "2:00", "0:00"),
        row("a microsecond more", "inbound 10:00 to 10:02:00.000001", "2:00.000001", "0:00.000001"),
        row("5 min", "inbound 10:00 to 10:05", "5:00", "3:00"),
        row("the first two minutes were excluded", "inbound 10:00 to 10:05 less 10:00 to 10:03", "2:00", "2:00"),
        row("the third minute was excluded", "inbound 10:00 to 10:05 less 10:02 to 10:03", "4:00", "2:00"),
    ],
)
def test_r2_franchise_or_deductible(outage: str, all_of_it: str, beyond_two_minutes: str) -> None:
    assert counted(outage) == all_of_it
    assert counted(outage, minimum_kind="deductible") == beyond_two_minutes


def test_r2_each_piece_that_exclusions_leave_has_its_own_deductible() -> None:
    outage = "inbound 10:00 to 10:10 less 10:03 to 10:05"
    assert counted(outage, minimum_kind="deductible", minimum_tested="after_exclusions") == "4:00"
    assert counted(outage, minimum_kind="deductible") == "6:00"


SIGN_IN_THEN_CALLS = ("sign_in 10:00 to 10:01", "calls 10:01 to 10:02")
SIGN_IN_THEN_INBOUND = ("sign_in 10:00 to 10:01", "inbound 10:01 to 10:02")


@pytest.mark.parametrize(
    ("lines", "merged", "per_function", "per_incident"),
    [
        row("signing in, then calls, touching: one function", SIGN_IN_THEN_CALLS, "2:00", "2:00", "0:00"),
        row("signing in, then inbound, touching", SIGN_IN_THEN_INBOUND, "2:00", "0:00", "0:00"),
        row("inbound first", ("inbound 10:00 to 10:01", "calls 10:01 to 10:02"), "2:00", "0:00", "0:00"),
        row("one function twice", ("inbound 10:00 to 10:01", "inbound 10:01 to 10:02"), "2:00", "2:00", "0:00"),
        row(
            "a microsecond between",
            ("sign_in 10:00 to 10:01", "calls 10:01:00.000001 to 10:02:00.000001"),
            "0:00",
            "0:00",
            "0:00",
        ),
        row("overlapping", ("sign_in 10:00 to 10:01:30", "inbound 10:01 to 10:02"), "2:00", "0:00", "0:00"),
        row(
            "overlapping, a microsecond short",
            ("sign_in 10:00 to 10:01:30", "inbound 10:01 to 10:01:59.999999"),
            "0:00",
            "0:00",
            "0:00",
        ),
        row("both long", ("sign_in 10:00 to 10:05", "inbound 10:03 to 10:08"), "8:00", "8:00", "8:00"),
        row("the same minutes", ("sign_in 10:00 to 10:05", "inbound 10:00 to 10:05"), "5:00", "5:00", "5:00"),
        row("one inside the other", ("sign_in 10:00 to 10:09", "inbound 10:03 to 10:06"), "9:00", "9:00", "9:00"),
        row("a short tail", ("sign_in 10:00 to 10:05", "inbound 10:04 to 10:05:30"), "5:30", "5:00", "5:00"),
        row("a short tail of its own", ("sign_in 10:00 to 10:05", "calls 10:04 to 10:05:30"), "5:30", "5:30", "5:00"),
        row(
            "a long one holds two shorts together",
            ("inbound 10:00 to 10:10", "sign_in 09:59 to 10:00", "sign_in 10:10 to 10:11"),
            "12:00",
            "10:00",
            "10:00",
        ),
        row(
            "a long one goes on after a short one inside it",
            ("sign_in 10:00 to 10:09", "inbound 10:03 to 10:04", "calls 10:08 to 10:09:30"),
            "9:30",
            "9:30",
            "9:00",
        ),
        row(
            "two inside a long one",
            ("inbound 10:00 to 10:10", "calls 10:01 to 10:04", "sign_in 10:05 to 10:08"),
            "10:00",
            "10:00",
            "10:00",
        ),
        row("far apart", ("inbound 10:00 to 10:02", "inbound 11:00 to 11:03"), "5:00", "5:00", "5:00"),
    ],
)
def test_r3_what_must_last_two_minutes(
    lines: tuple[str, ...], merged: str, per_function: str, per_incident: str
) -> None:
    for told in (lines, lines[::-1]):
        assert counted(*told) == merged
        assert counted(*told, minimum_applies_to="per_function") == per_function
        assert counted(*told, minimum_applies_to="per_incident") == per_incident


@pytest.mark.parametrize(
    ("lines", "before", "after"),
    [
        row("1 and 2 min remain", ("inbound 10:00 to 10:05 less 10:01 to 10:03",), "3:00", "2:00"),
        row("1 and almost 2 min", ("inbound 10:00 to 10:05 less 10:01 to 10:03:00.000001",), "2:59.999999", "0:00"),
        row("only the end excluded", ("inbound 10:00 to 10:03 less 10:02 to 10:03",), "2:00", "2:00"),
        row("almost 2 min remain", ("inbound 10:00 to 10:03 less 10:01:59.999999 to end",), "1:59.999999", "0:00"),
        row("all of it", ("inbound 10:00 to 10:05 less start to end",), "0:00", "0:00"),
        row("a span over the whole incident", ("inbound 10:00 to 10:05 less 09:00 to 11:00",), "0:00", "0:00"),
        row("a span over its beginning", ("inbound 10:00 to 10:05 less 09:00 to 10:02",), "3:00", "3:00"),
        row("a span over its end", ("inbound 10:00 to 10:05 less 10:03:30 to 11:00",), "3:30", "3:30"),
        row("spans beside it", ("inbound 10:00 to 10:05 less 09:00 to 10:00 less 10:05 to 11:00",), "5:00", "5:00"),
        row("overlapping spans", ("inbound 10:00 to 10:09 less 10:02 to 10:04 less 10:03 to 10:05",), "6:00", "6:00"),
        row("too short before", ("inbound 10:00 to 10:01:59 less 10:00 to 10:00:01",), "0:00", "0:00"),
        row(
            "an excluded incident holds two shorts together",
            ("inbound 10:00 to 10:01", "calls 10:01 to 10:03 less start to end", "inbound 10:03 to 10:04"),
            "2:00",
            "0:00",
        ),
        row(
            "what remains of one joins the other",
            ("inbound 10:00 to 10:03 less 10:01 to end", "calls 10:01 to 10:02"),
            "2:00",
            "2:00",
        ),
    ],
)
def test_r4_exclusions_after_the_test_or_before_it(lines: tuple[str, ...], before: str, after: str) -> None:
    assert counted(*lines) == before
    assert counted(*lines, minimum_tested="after_exclusions") == after


@pytest.mark.parametrize(
    ("lines", "cause", "time"),
    [
        row("the same minutes", ("inbound 10:00 to 10:10 less start to end", "calls 10:00 to 10:10"), "10:00", "0:00"),
        row("alone", ("inbound 10:00 to 10:10 less 10:02 to 10:05",), "7:00", "7:00"),
        row(
            "another goes on meanwhile",
            ("inbound 10:00 to 10:10 less 10:02 to 10:05", "calls 10:03 to 10:20"),
            "19:00",
            "17:00",
        ),
        row(
            "another of the same function",
            ("inbound 10:00 to 10:10 less start to end", "inbound 10:05 to 10:15"),
            "10:00",
            "5:00",
        ),
        row(
            "an exclusion silences nothing where its own incident was not",
            ("inbound 10:00 to 10:05 less 10:00 to 10:30", "calls 10:05 to 10:20"),
            "15:00",
            "15:00",
        ),
        row(
            "each excluded in its half",
            ("inbound 10:00 to 10:10 less 10:00 to 10:05", "calls 10:00 to 10:10 less 10:05 to 10:10"),
            "10:00",
            "0:00",
        ),
    ],
)
def test_r5_an_exclusion_removes_a_cause_or_a_time(lines: tuple[str, ...], cause: str, time: str) -> None:
    for told in (lines, lines[::-1]):
        assert counted(*told) == cause
        assert counted(*told, exclusion_removes="time") == time


@pytest.mark.parametrize(
    ("lines", "exact", "whole_minutes"),
    [
        row("below the minimum", ("inbound 10:00 to 10:01:59",), "0:00", "0:00"),
        row("2 min", ("inbound 10:00 to 10:02",), "2:00", "2:00"),
        row("a microsecond more", ("inbound 10:00 to 10:02:00.000001",), "2:00.000001", "3:00"),
        row("two episodes", ("inbound 10:00 to 10:02:01", "inbound 11:00 to 11:02:01"), "4:02", "6:00"),
        row("one merged episode", ("inbound 10:00 to 10:02:01", "calls 10:02:01 to 10:04:02"), "4:02", "5:00"),
        row("what exclusions leave", ("inbound 10:00 to 10:05 less 10:00:30 to 10:01",), "4:30", "5:00"),
        row("the whole month", ("inbound 02-01 00:00 to 04-30 00:00",), "44640:00", "44640:00"),
        row("almost the month", ("inbound 03-01 00:00:00.000001 to 04-30 00:00",), "44639:59.999999", "44640:00"),
    ],
)
def test_r6_exact_or_minutes_begun(lines: tuple[str, ...], exact: str, whole_minutes: str) -> None:
    assert counted(*lines) == exact
    assert counted(*lines, quantise="ceil_minute_per_episode") == whole_minutes


def test_r6_minutes_begun_never_exceed_the_month() -> None:
    lines = ("inbound 02-01 00:00 to 03-10 00:00:30", "inbound 03-10 00:00:31 to 04-30 00:00")
    assert counted(*lines) == "44639:59"
    assert counted(*lines, quantise="ceil_minute_per_episode") == "44640:00"


@pytest.mark.parametrize(
    ("outage", "whole", "clipped"),
    [
        row("1 min each side", "inbound 03-31 23:59 to 04-01 00:01", ("1:00", "1:00"), ("0:00", "0:00")),
        row("2 min and 1", "inbound 03-31 23:58 to 04-01 00:01", ("2:00", "1:00"), ("2:00", "0:00")),
        row(
            "almost 2 min and 2",
            "inbound 03-31 23:58:00.000001 to 04-01 00:02",
            ("1:59.999999", "2:00"),
            ("0:00", "2:00"),
        ),
        row(
            "2 min in all",
            "inbound 03-31 23:59:59.999999 to 04-01 00:01:59.999999",
            ("0:00.000001", "1:59.999999"),
            ("0:00", "0:00"),
        ),
        row("1:59 in all", "inbound 03-31 23:59 to 04-01 00:00:59", ("0:00", "0:00"), ("0:00", "0:00")),
        row("to the month's end", "inbound 03-31 23:58 to 04-01 00:00", ("2:00", "0:00"), ("2:00", "0:00")),
        row("from the month's end", "inbound 04-01 00:00 to 04-01 00:02", ("0:00", "2:00"), ("0:00", "2:00")),
        row("a month and a half", "inbound 02-20 00:00 to 04-01 00:01", ("44640:00", "1:00"), ("44640:00", "0:00")),
    ],
)
def test_r7_across_the_end_of_march(outage: str, whole: tuple[str, str], clipped: tuple[str, str]) -> None:
    months = ("2026-03", "2026-04")
    assert tuple(counted(outage, month=month) for month in months) == whole
    assert tuple(counted(outage, month=month, month_straddle="clip_then_test") for month in months) == clipped


def test_r7_the_deductible_is_taken_once_or_in_each_month() -> None:
    outage = "inbound 03-31 23:57 to 04-01 00:05"
    once = [counted(outage, month=month, minimum_kind="deductible") for month in ("2026-03", "2026-04")]
    assert once == ["1:00", "5:00"]
    each = [
        counted(outage, month=month, minimum_kind="deductible", month_straddle="clip_then_test")
        for month in ("2026-03", "2026-04")
    ]
    assert each == ["1:00", "3:00"]


def test_r8_the_month_is_of_the_zones_clock() -> None:
    outage = "inbound 04-01 07:30 to 04-01 08:30"
    assert counted(outage) == "0:00"
    assert counted(outage, timezone="UTC") == "30:00"
    assert counted(outage, timezone="UTC", month="2026-04") == "30:00"


@pytest.mark.parametrize(
    ("month", "total_days", "unavailable"),
    [
        row("29 days in 2024", "2024-02", 29, "1441:00"),
        row("28 days in 2026", "2026-02", 28, "1:00"),
        row("28 days in 2100", "2100-02", 28, "1:00"),
    ],
)
def test_a_february_has_its_own_days(month: str, total_days: int, unavailable: str) -> None:
    year = month[:4]
    found = incidents(f"inbound {year}-02-28 23:59 to {year}-03-01 00:01")
    result = measured(found, month)
    assert result.total_us == total_days * 86_400_000_000
    assert clock(result.unavailable_us) == unavailable


def test_an_episode_says_where_its_time_went() -> None:
    found: list[Incident] = incidents("inbound 03-31 23:50 to 04-01 00:10 less 23:58 to 23:59", "calls 12:00 to 12:01")
    found[0].exclusions[0].from_at, found[0].exclusions[0].to_at = at("03-31 23:58"), at("03-31 23:59")
    held = account("2026-03-31 23:55")
    result = measured(found, covered=covered(held, terms()), minimum_kind="deductible")
    short, long = result.episodes
    assert (short.incidents, short.long_enough, short.counted_us) == (("B",), False, 0)
    minute = 60_000_000
    assert (long.incidents, long.long_enough, long.length_us) == (("A",), True, 20 * minute)
    assert (long.excluded_us, long.deducted_us, long.outside_us) == (minute, 2 * minute, 10 * minute)
    assert (long.uncovered_us, long.repeated_us, long.counted_us) == (3 * minute, 0, 4 * minute)


def test_the_same_time_is_an_earlier_episodes_own() -> None:
    found = incidents("calls 10:03 to 10:08", "inbound 10:00 to 10:05")
    first, second = measured(found, covered=ALWAYS, minimum_applies_to="per_function").episodes
    assert (first.incidents, clock(first.counted_us), first.repeated_us) == (("B",), "5:00", 0)
    assert (second.incidents, clock(second.counted_us), clock(second.repeated_us)) == (("A",), "3:00", "2:00")
