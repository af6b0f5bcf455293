"""Working days. A year is recorded as the State Council published it, and never changes by itself afterwards."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

import msgspec

from domain.events import CalendarPublished, NamedDay
from domain.refusals.terms import (
    BadCalendarDay,
    BadCalendarRow,
    CalendarDayTwice,
    CalendarMissing,
    CalendarNotCsv,
    CalendarTaken,
    CalendarWithoutHoliday,
    DayOfAnotherYear,
)
from domain.text import words_of

COUNTRY = "CN"
_DAY = timedelta(days=1)


class CalendarYear(msgspec.Struct, frozen=True, kw_only=True):
    """One year's days off and make-up working days; every other day is a working day from Monday to Friday."""

    year: int
    sha256: str
    source: str
    holidays: dict[date, str]
    workdays: dict[date, str]

    def __hash__(self) -> int:
        """Hash only the recorded hash of the days; equality compares all fields."""
        return hash(self.sha256)


Calendars = Mapping[int, CalendarYear]


def evolve(years: dict[int, CalendarYear], event: CalendarPublished) -> dict[int, CalendarYear]:
    """Add a published year to the recorded ones. A year published again replaces the earlier one."""
    return {**years, event.year: _year(event)}


@lru_cache(maxsize=64)
def _year(event: CalendarPublished) -> CalendarYear:
    """The year that an event published. It is cached: folding it again gives the same object, which compares fast."""
    return CalendarYear(
        year=event.year,
        sha256=event.sha256,
        source=event.source,
        holidays={date.fromisoformat(day.date): day.name for day in event.holidays},
        workdays={date.fromisoformat(day.date): day.name for day in event.workdays},
    )


def published(year: int, source: str, holidays: Mapping[date, str], workdays: Mapping[date, str]) -> CalendarPublished:
    """The event that records a year; its hash is over the days alone, as canonical JSON."""
    days = {"holidays": _named(holidays), "workdays": _named(workdays)}
    canonical = msgspec.json.encode({"country": COUNTRY, "year": year, **days}, order="sorted")
    return CalendarPublished(
        country=COUNTRY, year=year, sha256=hashlib.sha256(canonical).hexdigest(), source=source, **days
    )


def _named(days: Mapping[date, str]) -> tuple[NamedDay, ...]:
    return tuple(NamedDay(date=day.isoformat(), name=days[day]) for day in sorted(days))


def publish(known: CalendarYear | None, event: CalendarPublished, reason: str | None) -> tuple[CalendarPublished, ...]:
    """Record a year. No event where the same days are recorded.

    Raises Refusal `calendar_taken`: a year that was recorded with other days is replaced only with a reason.
    """
    if known is not None and known.sha256 == event.sha256:
        return ()
    if known is not None and reason is None:
        raise CalendarTaken(year=event.year)
    return (event,)


def parse_days(text: str, year: int, name: str) -> tuple[dict[date, str], dict[date, str]]:
    """Read holidays and make-up working days from a CSV of date, kind (`holiday` or `workday`) and name.

    Raises Unreadable `bad_calendar` with the file and line.
    """
    days: dict[str, dict[date, str]] = {"holiday": {}, "workday": {}}
    rows = csv.reader(text.splitlines())
    for row in _rows(rows, name):
        place = f"{name}:{rows.line_num}"
        if not row or (rows.line_num == 1 and row[0].strip().lower() == "date"):
            continue
        if len(row) != 3 or row[1].strip() not in days:
            raise BadCalendarRow(place=place, year=year)
        day = _day(row[0].strip(), year, place)
        if any(day in kind for kind in days.values()):
            raise CalendarDayTwice(place=place, day=day)
        days[row[1].strip()][day] = row[2].strip()
    if not days["holiday"]:
        raise CalendarWithoutHoliday(name=name, year=year)
    return days["holiday"], days["workday"]


def _rows(rows: Any, name: str) -> Iterator[list[str]]:
    try:
        yield from rows
    except csv.Error as error:
        raise CalendarNotCsv(name=name, line_num=rows.line_num, error=words_of(error)) from None


def _day(text: str, year: int, place: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise BadCalendarDay(place=place, text=text, year=year) from None
    if day.year != year:
        raise DayOfAnotherYear(place=place, day=day, year=year, other=day.year)
    return day


def is_workday(calendars: Calendars, day: date) -> bool:
    """Whether a day is a working day, make-up days included (R14).

    Raises Refusal `calendar_missing` where the day's year was not recorded.
    """
    year = calendars.get(day.year)
    if year is None:
        raise CalendarMissing(year=day.year)
    if day in year.workdays:
        return True
    return day not in year.holidays and day.weekday() < 5


def next_workday(calendars: Calendars, day: date) -> date:
    """The first working day at or after a day. Raises Refusal as `is_workday` does."""
    while not is_workday(calendars, day):
        day += _DAY
    return day


def combined_sha256(calendars: Calendars, years: tuple[int, ...]) -> str:
    """The hash that a decision cites: a single year's own, or for several the hash over their hashes, in order."""
    hashes = [calendars[year].sha256 for year in years]
    return hashes[0] if len(hashes) == 1 else hashlib.sha256("\n".join(hashes).encode()).hexdigest()
