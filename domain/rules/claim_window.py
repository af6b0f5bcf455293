"""Clause 3.2: when a month can be claimed (R14, R15)."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache
from typing import Literal

import msgspec

from domain.calendar import Calendars, CalendarYear, next_workday
from domain.refusals.terms import CalendarMissing
from domain.terms.versions import Terms
from domain.time import add_months, days_in, first_day, midnight

_DAY = timedelta(days=1)


class Window(msgspec.Struct, frozen=True, kw_only=True):
    """`opens_at` is the first instant at which a claim is in time, `closes_at` the first at which it no longer is."""

    nth_workday: date | None
    """The working day that must have passed; None where a claim may be made from the month's end on."""
    last_day: date | None
    """None where a claim may be made at any later time; so is `closes_at` then."""
    opens_at: int
    closes_at: int | None
    years: tuple[int, ...]
    """The years whose calendars were used."""


def claim_window(
    month: str, terms: Terms, calendars: Calendars, filed_at: int | None = None, ended_on: date | None = None
) -> Window:
    """The claim window of a month; with `filed_at` as far as it matters for a claim that was filed then.

    `ended_on` is the last day of a service month that ended before the calendar month did.
    A claim that was filed up to the nominal last day is in time whether that day moves or not: it needs no working
    days to tell. Raises Refusal `calendar_missing` where a year's working days are needed that were never recorded.
    """
    years = frozenset(calendars.values())
    try:
        return _window(month, terms, years, ended_on)
    except CalendarMissing:
        nominal = _last_day(month, terms, ended_on)
        if filed_at is None or nominal is None or filed_at >= midnight(nominal + _DAY, terms.zone):
            raise
    return _window(month, terms, years, ended_on, rolls=False)


@lru_cache(maxsize=1024)
def _window(
    month: str, terms: Terms, years: frozenset[CalendarYear], ended_on: date | None, rolls: bool = True
) -> Window:
    """The window; its last day stays where it is with `rolls` false (R15)."""
    calendars = {year.year: year for year in years}
    workday, opens = _opening(month, terms, calendars)
    last = nominal = _last_day(month, terms, ended_on)
    used = {workday.year} if workday else set()
    if nominal is not None and rolls and terms.readings.deadline_rolls:
        last = next_workday(calendars, nominal)
        used |= {nominal.year, last.year}
    return Window(
        nth_workday=workday,
        last_day=last,
        opens_at=midnight(opens, terms.zone),
        closes_at=None if last is None else midnight(last + _DAY, terms.zone),
        years=tuple(sorted(used)),
    )


def _opening(month: str, terms: Terms, calendars: Calendars) -> tuple[date | None, date]:
    """The working day that counts, if any, and the first day on which a claim is in time (R14)."""
    following = add_months(month, 1)
    if terms.claims.opens_after_working_day is None:
        return None, first_day(following)
    workday = nth_workday(following, terms.claims.opens_after_working_day.value, calendars)
    return workday, workday if terms.readings.claim_opens == "on_the_day" else workday + _DAY


def timing_of(filed_at: int, window: Window) -> Literal["too_early", "too_late"] | None:
    """Clause 3.2: in time is at or after the opening and before the closing instant."""
    if filed_at < window.opens_at:
        return "too_early"
    return "too_late" if window.closes_at is not None and filed_at >= window.closes_at else None


def nth_workday(month: str, number: int, calendars: Calendars) -> date:
    """The `number`-th working day counted from a month's first day, make-up days included (R14)."""
    day = next_workday(calendars, first_day(month))
    for _ in range(number - 1):
        day = next_workday(calendars, day + _DAY)
    return day


def _last_day(month: str, terms: Terms, ended_on: date | None) -> date | None:
    """R15: the last day of the month that ends the period, or its day with the number of the claimed month's last.

    Where the period is counted in days, it ends that many days after the claimed month's last day. None where it never
    ends.
    """
    if terms.claims.closes_after_days is not None:
        ended = first_day(add_months(month, 1)) - _DAY if ended_on is None else ended_on
        return ended + timedelta(days=terms.claims.closes_after_days.value)
    if terms.claims.closes_after_months is None:
        return None
    closing = add_months(month, terms.claims.closes_after_months.value)
    length = days_in(closing)
    day = length if terms.readings.claim_closes == "end_of_month" else min(days_in(month), length)
    return first_day(closing).replace(day=day)
