"""Amounts and instants as the reader writes them, by Babel's patterns. Amounts are made of exact decimals."""

from __future__ import annotations

from decimal import Decimal

from cli.language import language, locale

_GROUPED = "#,##0.00"


def money(yuan: str | None) -> str | None:
    """An amount in a table: the reader's decimal and grouping signs; None stays None."""
    if yuan is None:
        return None
    from babel.numbers import format_decimal

    return format_decimal(Decimal(yuan), format=_GROUPED, locale=locale())


def currency(yuan: str, code: str = "CNY") -> str:
    """An amount with its currency, for headlines."""
    from babel.numbers import format_currency

    return format_currency(Decimal(yuan), code, locale=locale())


def moment(instant: str) -> str:
    """An instant of a sentence, its zone standing elsewhere: ISO 8601 in English, else by the locale's pattern."""
    day, _, clock = instant[:-6].partition("T")
    return f"{date_of(day)} {clock}"


def date_of(day: str) -> str:
    """A date of a sentence: ISO 8601 in English, else by the locale's long pattern."""
    if language() == "en":
        return day
    from datetime import date

    from babel.dates import format_date

    return format_date(date.fromisoformat(day), "long", locale=locale())
