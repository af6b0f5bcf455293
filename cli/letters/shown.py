"""Months and days as letters have them."""

from __future__ import annotations

from cli.terminal.language import LOCALES, language
from cli.terminal.numbers import date_of
from cli.terminal.values import ZonedInstant
from domain.time import first_day


def month_words(month: str) -> str:
    """A month `YYYY-MM` in the reader's language, such as `March 2026`."""
    from babel.dates import format_skeleton

    return format_skeleton("yMMMM", first_day(month), locale=LOCALES[language()])


def day(instant: int, zone: str) -> str:
    """The date of an instant on a clock, in the reader's language."""
    return date_of(ZonedInstant(instant, zone).day())


def last_day(closes_at: int, zone: str) -> str:
    """The last day before an instant at which something closes."""
    return day(closes_at - 1, zone)
