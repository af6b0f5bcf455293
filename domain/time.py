"""Instants, months and zones. Instants are integer microseconds since 1970-01-01T00:00:00Z."""

from __future__ import annotations

import calendar
import re
from datetime import UTC, date, datetime, timedelta
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from domain.refusals.values import (
    BadMonth,
    BadSeconds,
    BadTime,
    ImpossibleTime,
    TimeMeant,
    TimeOutOfRange,
    TimeTooFine,
    TimeWithoutOffset,
    UnreadableSeconds,
)
from domain.text import words_of

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

SECOND_US = 1_000_000
MINUTE_US = 60 * SECOND_US
HOUR_US = 60 * MINUTE_US
DAY_US = 24 * HOUR_US
DEFAULT_ZONE = "Asia/Shanghai"
"""The time zone of messages where no terms name another (R8's default)."""
FOREVER = 2**62
"""Later than any instant that can be written. It is the end of a span that has not ended."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
END_OF_TIME_US = (datetime(2200, 1, 1, tzinfo=UTC) - _EPOCH) // _MICROSECOND
_RFC3339 = re.compile(r"(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d:\d\d)(?:\.(\d+))?([Zz]|[+-]\d\d:\d\d)?", re.ASCII)
_DAY_AND_CLOCK = re.compile(r"(\d{4}-\d\d-\d\d)(?:[Tt ]([01]\d:[0-5]\d|2[0-3]:[0-5]\d)(:[0-5]\d)?)?", re.ASCII)
_SECONDS = re.compile(r"(\d{1,9})(?:\.(\d{1,6}))?", re.ASCII)
LONGEST_UNCERTAINTY_US = 31 * DAY_US
"""The greatest uncertainty of an instant."""
CLOCK_TOLERANCE_US = 5 * MINUTE_US
"""How far an instant may be ahead of the clock that it is recorded by."""
_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])", re.ASCII)
FIRST_YEAR, LAST_YEAR = 1970, 2199
"""Recorded instants lie in these years, so that no calendar, time zone or subtraction fails on them."""


class Instant(int):
    """An instant in a command, in microseconds since the epoch. Its text form is RFC 3339 with an offset."""

    @classmethod
    def parse(cls, text: str) -> Instant:
        """Parse an RFC 3339 text.

        Raises BadValue: `bad_time` where it is no RFC 3339 or finer than a microsecond, `time_without_offset`.
        """
        matched = _RFC3339.fullmatch(text)
        if matched is None:
            raise _not_rfc3339(text)
        day, clock, fraction, offset = matched.groups()
        if offset is None:
            raise TimeWithoutOffset(text=text, meant=f"{day}T{clock}{'.' + fraction if fraction else ''}")
        digits = (fraction or "").rstrip("0")
        if len(digits) > 6:
            raise TimeTooFine(text=text)
        try:
            moment = datetime.fromisoformat(f"{day}T{clock}.{digits:0<6}{offset.upper().replace('Z', '+00:00')}")
            instant = cls((moment - _EPOCH) // _MICROSECOND)
        except (ValueError, OverflowError) as error:
            raise ImpossibleTime(text=text, error=words_of(error)) from None
        if not 0 <= instant < END_OF_TIME_US:
            raise TimeOutOfRange(text=text, first_year=FIRST_YEAR, last_year=LAST_YEAR)
        return instant


def _not_rfc3339(text: str) -> BadTime:
    """The refusal of a text that is no RFC 3339; a day, or a day with a clock, is told what it may mean."""
    matched = _DAY_AND_CLOCK.fullmatch(text)
    if matched is None or not _is_day(matched[1]):
        return BadTime(text=text)
    clock, seconds = matched[2] or "00:00", matched[3] or ":00"
    return TimeMeant(text=text, meant=f"{matched[1]}T{clock}{seconds}")


def _is_day(text: str) -> bool:
    try:
        return FIRST_YEAR <= date.fromisoformat(text).year <= LAST_YEAR
    except ValueError:
        return False


def in_zone(local_time: str, zone: str) -> str:
    """A time without an offset as RFC 3339 on a zone's clock; the same text where it is no time."""
    try:
        return datetime.fromisoformat(local_time).replace(tzinfo=zone_info(zone)).isoformat()
    except ValueError:
        return local_time


class Seconds(int):
    """The uncertainty of an instant, in microseconds. Its text form is decimal seconds."""

    @classmethod
    def parse(cls, text: str) -> Seconds:
        """Parse a span above zero and of at most 31 days. Raises BadValue `bad_seconds`."""
        matched = _SECONDS.fullmatch(text)
        span = 0 if matched is None else int(matched[1]) * SECOND_US + int((matched[2] or "").ljust(6, "0"))
        if not 0 < span <= LONGEST_UNCERTAINTY_US:
            kind = UnreadableSeconds if matched is None else BadSeconds
            raise kind(text=repr(text[:40]))
        return cls(span)


class MonthText(str):
    """A natural month in a command, `YYYY-MM`."""

    __slots__ = ()

    @classmethod
    def parse(cls, text: str) -> MonthText:
        """Parse `YYYY-MM`. Raises BadValue `bad_month`."""
        if _MONTH.fullmatch(text) is None or not FIRST_YEAR <= int(text[:4]) <= LAST_YEAR:
            raise BadMonth(text=text)
        return cls(text)


@lru_cache(maxsize=4096)
def check_month(month: str) -> str:
    """A recorded month, where it is one that a command can name. Raises ValueError."""
    try:
        MonthText.parse(month)
    except BadMonth:
        raise ValueError(f"{month!r} is no month of the years {FIRST_YEAR} to {LAST_YEAR}") from None
    return month


@lru_cache(maxsize=4096)
def add_months(month: str, count: int) -> str:
    """The month `count` months after `month` (before it where negative)."""
    index = int(month[:4]) * 12 + int(month[5:]) - 1 + count
    return f"{index // 12:04d}-{index % 12 + 1:02d}"


@lru_cache(maxsize=16_384)
def months_between(first: str, last: str) -> int:
    """The number of months from `first` to `last`; negative where `last` is earlier."""
    return (int(last[:4]) - int(first[:4])) * 12 + int(last[5:]) - int(first[5:])


@lru_cache(maxsize=4096)
def days_in(month: str) -> int:
    """The number of days of a natural month, leap years included."""
    return calendar.monthrange(int(month[:4]), int(month[5:]))[1]


def first_day(month: str) -> date:
    """The first day of a month."""
    return date(int(month[:4]), int(month[5:]), 1)


@cache
def zone_info(zone: str) -> ZoneInfo:
    """The time zone of an IANA name. Raises KeyError, ValueError or OSError where there is none."""
    from zoneinfo import ZoneInfo  # most commands need no time zone

    return ZoneInfo(zone)


@lru_cache(maxsize=4096)
def midnight(day: date, zone: str) -> int:
    """The instant at which a day begins in a time zone, in microseconds."""
    return (datetime(day.year, day.month, day.day, tzinfo=zone_info(zone)) - _EPOCH) // _MICROSECOND


def month_start(month: str, zone: str) -> int:
    """The instant at which a month begins in a time zone (clause 1, R8), in microseconds."""
    return midnight(first_day(month), zone)


@lru_cache(maxsize=4096)
def month_span(month: str, zone: str) -> tuple[int, int]:
    """A month as a half-open span of microseconds in a time zone (clause 1, R8)."""
    return month_start(month, zone), month_start(add_months(month, 1), zone)


def month_of(instant: int, zone: str) -> str:
    """The month in which an instant falls in a time zone."""
    moment = local(instant, zone)
    return f"{moment.year:04d}-{moment.month:02d}"


def local(instant: int, zone: str) -> datetime:
    """An instant as date and time in a time zone."""
    return (_EPOCH + timedelta(microseconds=instant)).astimezone(zone_info(zone))


def rfc3339(instant: int, zone: str) -> str:
    """An instant as RFC 3339 in a time zone; it has a fraction only where it needs one.

    What was never recorded as an instant, and no calendar can show, stays a number of microseconds.
    """
    try:
        return local(instant, zone).isoformat()
    except OverflowError:
        return str(instant)


def seconds_text(span_us: int) -> str:
    """A span of microseconds as decimal seconds with at most six decimals, exactly."""
    whole, rest = divmod(abs(span_us), SECOND_US)
    sign = "-" if span_us < 0 else ""
    return sign + (f"{whole}.{rest:06d}".rstrip("0") if rest else str(whole))
