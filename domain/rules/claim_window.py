"""Clause 3.2: when a month can be claimed (R14, R15)."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache

import msgspec

from domain.calendar import Calendars, CalendarYear, next_workday
from domain.terms import Terms
from domain.time import add_months, days_in, first_day, midnight

_DAY = timedelta(days=1)


class Window(msgspec.Struct, frozen=True, kw_only=True):
    """`opens_at` is the first instant at which a claim is in time, `closes_at` the first at which it no longer is."""

    nth_workday: date
    last_day: date
    opens_at: int
    closes_at: int
    years: tuple[int, ...]
    """The years whose calendars were used."""


def claim_window(month: str, terms: Terms, calendars: Calendars) -> Window:
    """The claim window of a month.

    Raises Refusal `calendar_missing` where a year's working days are needed that were never recorded.
    """
    return _window(month, terms, frozenset(calendars.values()))


@lru_cache(maxsize=1024)
def _window(month: str, terms: Terms, years: frozenset[CalendarYear]) -> Window:
    calendars = {year.year: year for year in years}
    workday = nth_workday(add_months(month, 1), terms.claims.opens_after_working_day.value, calendars)
    opens = workday if terms.readings.claim_opens == "on_the_day" else workday + _DAY
    nominal = _last_day(month, terms)
    last = next_workday(calendars, nominal) if terms.readings.deadline_rolls else nominal
    used = {workday.year} | ({nominal.year, last.year} if terms.readings.deadline_rolls else set())
    return Window(
        nth_workday=workday,
        last_day=last,
        opens_at=midnight(opens, terms.zone),
        closes_at=midnight(last + _DAY, terms.zone),
        years=tuple(sorted(used)),
    )


def nth_workday(month: str, number: int, calendars: Calendars) -> date:
    """The `number`-th working day counted from a month's first day, make-up days included (R14)."""
    day = next_workday(calendars, first_day(month))
    for _ in range(number - 1):
        day = next_workday(calendars, day + _DAY)
    return day


def _last_day(month: str, terms: Terms) -> date:
    """R15: the last day of the month that ends the period, or the day there with the number of the month's last."""
    closing = add_months(month, terms.claims.closes_after_months.value)
    length = days_in(closing)
    day = length if terms.readings.claim_closes == "end_of_month" else min(days_in(month), length)
    return first_day(closing).replace(day=day)
