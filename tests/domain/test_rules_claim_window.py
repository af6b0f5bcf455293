"""Clause 3.2: when a month can be claimed (R14, R15), against a second source of working days."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import product
from typing import Any

import bruteforce
import chinese_calendar  # type: ignore[import-untyped]
import pytest
from build import at, bill, calendars, claimed, incidents, row, terms, versions

from domain.assessment import assess, timing
from domain.calendar import CalendarYear, is_workday
from domain.decision import Facts
from domain.refusals import Refusal
from domain.refusals.terms import CalendarMissing
from domain.rules.claim_window import Window, claim_window, timing_of
from domain.time import rfc3339

YEARS = range(2018, 2027)
MONTHS = [bruteforce.later_month("2018-08", n) for n in range(8 * 12 + 1)]
CALENDARS = calendars(*YEARS)
NO_FACTS = Facts(position=1, count=1, sha256="0" * 64)


def window(month: str, known: dict[int, CalendarYear] | None = None, **readings: Any) -> Window:
    return claim_window(month, terms(**readings), CALENDARS if known is None else known)


def clock(instant: int) -> str:
    return rfc3339(instant, "Asia/Shanghai").removesuffix(":00+08:00").replace("T", " ")


def test_the_second_source_reaches_far_enough() -> None:
    """chinesecalendar knows the years up to 2026: the opening for August 2026, in September, lies within."""
    assert MONTHS[0] == "2018-08"
    assert MONTHS[-1] == "2026-08"
    assert {day.year for day in chinese_calendar.holidays} >= set(YEARS)
    with pytest.raises(NotImplementedError):
        chinese_calendar.is_workday(date(2027, 1, 4))


@pytest.mark.parametrize("year", YEARS)
def test_working_days_of_a_year_are_those_of_chinesecalendar(year: int) -> None:
    days = [date(year, 1, 1) + timedelta(days=n) for n in range(366)]
    assert [d for d in days if d.year == year and is_workday(CALENDARS, d) != chinese_calendar.is_workday(d)] == []


@pytest.mark.parametrize(
    ("opens", "closes", "rolls"),
    list(product(("day_after", "on_the_day"), ("end_of_month", "corresponding_day"), (False, True))),
)
def test_the_window_of_every_month_is_the_one_computed_from_chinesecalendar(
    opens: str, closes: str, rolls: bool
) -> None:
    chosen: dict[str, Any] = {"claim_opens": opens, "claim_closes": closes, "deadline_rolls": rolls}
    different = []
    for month in MONTHS:
        expected = bruteforce.claim_window(month, chinese_calendar.is_workday, bruteforce.READINGS | chosen)
        found = window(month, **chosen)
        if (found.opens_at, found.closes_at) != tuple(instant * 1_000_000 for instant in expected):
            different.append(month)
    assert different == []


@pytest.mark.parametrize(
    ("month", "day_after", "on_the_day"),
    [
        row("January 2020: the epidemic's longer spring festival", "2020-01", "2020-02-08 00:00", "2020-02-07 00:00"),
        row("January 2021: five days in a row", "2021-01", "2021-02-06 00:00", "2021-02-05 00:00"),
        row("September 2023: after the golden week", "2023-09", "2023-10-12 00:00", "2023-10-11 00:00"),
        row("September 2025: after eight days off", "2025-09", "2025-10-15 00:00", "2025-10-14 00:00"),
        row("December 2025: the year turns", "2025-12", "2026-01-09 00:00", "2026-01-08 00:00"),
        row("March 2026: Qingming", "2026-03", "2026-04-09 00:00", "2026-04-08 00:00"),
    ],
)
def test_r14_after_the_fifth_working_day_make_up_days_included(month: str, day_after: str, on_the_day: str) -> None:
    assert clock(window(month).opens_at) == day_after
    assert clock(window(month, claim_opens="on_the_day").opens_at) == on_the_day


@pytest.mark.parametrize(
    ("month", "end_of_month", "corresponding_day"),
    [
        row("February, 28 days: 30 or 28 April", "2026-02", "2026-05-01 00:00", "2026-04-29 00:00"),
        row("February, 29 days: 30 or 29 April", "2024-02", "2024-05-01 00:00", "2024-04-30 00:00"),
        row("March: 31 May", "2026-03", "2026-06-01 00:00", "2026-06-01 00:00"),
        row("April: 30 June", "2026-04", "2026-07-01 00:00", "2026-07-01 00:00"),
        row("June: 31 or 30 August", "2026-06", "2026-09-01 00:00", "2026-08-31 00:00"),
        row("July: 30 September", "2026-07", "2026-10-01 00:00", "2026-10-01 00:00"),
        row("November: 31 or 30 January", "2025-11", "2026-02-01 00:00", "2026-01-31 00:00"),
        row("December: 28 February", "2025-12", "2026-03-01 00:00", "2026-03-01 00:00"),
        row("December before a leap year: 29 February", "2023-12", "2024-03-01 00:00", "2024-03-01 00:00"),
    ],
)
def test_r15_within_two_months_after_the_month_ended(month: str, end_of_month: str, corresponding_day: str) -> None:
    assert clock(window(month, deadline_rolls=False).closes_at) == end_of_month
    assert clock(window(month, deadline_rolls=False, claim_closes="corresponding_day").closes_at) == corresponding_day


@pytest.mark.parametrize(
    ("month", "nominal", "rolled"),
    [
        row("Tuesday 31 March stays", "2026-01", "2026-04-01 00:00", "2026-04-01 00:00"),
        row("Saturday 28 February 2026 was worked", "2025-12", "2026-03-01 00:00", "2026-03-01 00:00"),
        row("Saturday 31 October, no feast", "2026-08", "2026-11-01 00:00", "2026-11-03 00:00"),
        row("Sunday 31 May to Monday", "2026-03", "2026-06-01 00:00", "2026-06-02 00:00"),
        row("31 January 2020, in the spring festival", "2019-11", "2020-02-01 00:00", "2020-02-04 00:00"),
        row("30 September 2025, before the golden week", "2025-07", "2025-10-01 00:00", "2025-10-01 00:00"),
        row("31 December 2022 over new year's day", "2022-10", "2023-01-01 00:00", "2023-01-04 00:00"),
    ],
)
def test_r15_a_last_day_off_moves_to_the_next_working_day_where_it_rolls(month: str, nominal: str, rolled: str) -> None:
    assert clock(window(month, deadline_rolls=False).closes_at) == nominal
    assert clock(window(month).closes_at) == rolled


def test_r15_the_corresponding_day_rolls_too_and_a_make_up_sunday_does_not() -> None:
    chosen: dict[str, Any] = {"claim_closes": "corresponding_day", "deadline_rolls": True}
    assert clock(window("2019-02", **chosen).closes_at) == "2019-04-29 00:00"  # Sunday 28 April was worked
    assert clock(window("2025-06", **chosen).closes_at) == "2025-09-02 00:00"  # Saturday 30 August was not


@pytest.mark.parametrize(
    ("month", "recorded", "readings"),
    [
        row("the opening's year", "2025-12", (2025,), {}),
        row("no year at all", "2025-12", (), {}),
        row("the closing's year, where it rolls", "2025-11", (2025,), {}),
        row("the year in which it rolls", "2022-10", (2022,), {}),
    ],
)
def test_a_year_that_was_not_recorded_is_refused_and_never_guessed(
    month: str, recorded: tuple[int, ...], readings: dict[str, Any]
) -> None:
    with pytest.raises(Refusal) as refused:
        window(month, calendars(*recorded), **readings)
    assert (refused.value.code, refused.value.clause) == ("calendar_missing", "3.2")


@pytest.mark.parametrize(
    ("month", "rolls", "years"),
    [
        row("one year", "2026-03", False, (2026,)),
        row("the opening's alone", "2025-11", False, (2025,)),
        row("both, where it rolls", "2025-11", True, (2025, 2026)),
        row("rolled into the next", "2022-10", True, (2022, 2023)),
    ],
)
def test_the_window_names_the_years_it_used(month: str, rolls: bool, years: tuple[int, ...]) -> None:
    assert window(month, calendars(*years), deadline_rolls=rolls).years == years


MARCH_DOWN = incidents("inbound 10:00 to 12:00")


@pytest.mark.parametrize(
    ("filed", "outcome"),
    [
        row("as the month ended", "2026-04-01 00:00", "too_early"),
        row("a microsecond before it opens", "2026-04-08 23:59:59.999999", "too_early"),
        row("as it opens", "2026-04-09 00:00", "awarded"),
        row("a microsecond after it opens", "2026-04-09 00:00:00.000001", "awarded"),
        row("a microsecond before the nominal last day ends", "2026-05-31 23:59:59.999999", "awarded"),
        row("a microsecond before it closes: Sunday 31 May rolls", "2026-06-01 23:59:59.999999", "awarded"),
        row("as it closes", "2026-06-02 00:00", "too_late"),
        row("a microsecond after it closes", "2026-06-02 00:00:00.000001", "too_late"),
    ],
)
def test_a_claim_for_march_is_in_time_from_its_opening_until_just_before_its_close(filed: str, outcome: str) -> None:
    case = claimed(at(filed), found=MARCH_DOWN, bills=[bill("600")])
    decided = assess(case, "1001", "2026-03", versions()[0], at("2026-08-01 00:00"), NO_FACTS)
    assert decided.outcome == outcome
    assert timing(case, "2026-03", at(filed)) == (None if outcome == "awarded" else outcome)
    assert (decided.credit is None) == (outcome != "awarded")
    assert decided.steps[1].clause == "3.2"
    assert decided.steps[1].result == ("in_time" if outcome == "awarded" else outcome)


@pytest.mark.parametrize(
    ("month", "filed", "told"),
    [
        row("before it opens", "2025-11", "2025-12-05 00:00", ("too_early", "2026-02-01 00:00", (2025,))),
        row("in time, whatever the calendar says", "2025-11", "2026-01-31 23:59", (None, "2026-02-01 00:00", (2025,))),
        row("in time, where the next year matters", "2022-10", "2022-12-31 23:59", (None, "2023-01-01 00:00", (2022,))),
    ],
)
def test_r15_no_calendar_is_asked_for_that_cannot_matter(
    month: str, filed: str, told: tuple[str | None, str, tuple[int, ...]]
) -> None:
    recorded = calendars(int(month[:4]))
    found = claim_window(month, terms(), recorded, at(filed))
    assert (timing_of(at(filed), found), clock(found.closes_at), found.years) == told
    with pytest.raises(CalendarMissing):
        claim_window(month, terms(), recorded, found.closes_at)
    with pytest.raises(CalendarMissing):
        claim_window(month, terms(), recorded)


def test_nobody_can_tell_while_the_calendar_is_missing_and_no_decision_is_made() -> None:
    case = claimed(at("2027-01-20 00:00"), month="2026-12", found=MARCH_DOWN)
    assert timing(case, "2026-12", at("2027-01-20 00:00")) is None
    with pytest.raises(Refusal) as refused:
        assess(case, "1001", "2026-12", versions()[0], at("2027-01-21 00:00"), NO_FACTS)
    assert refused.value.code == "calendar_missing"
