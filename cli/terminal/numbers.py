"""Amounts and instants in the reader's notation, by Babel's patterns. Amounts are exact decimals."""

from __future__ import annotations

from decimal import Decimal

from cli.terminal.language import LOCALES, language

_GROUPED = "#,##0.00"


def _decimal(amount: int | str) -> Decimal:
    return Decimal(amount) if isinstance(amount, str) else Decimal(amount).scaleb(-2)


def money(amount: int | str | None) -> str | None:
    """An amount in fen, or as decimal yuan, in a table: the reader's decimal and grouping signs; None stays None."""
    if amount is None:
        return None
    from babel.numbers import format_decimal

    return format_decimal(_decimal(amount), format=_GROUPED, locale=LOCALES[language()])


def currency(amount: int | str, code: str) -> str:
    """An amount in fen, or as decimal yuan, with its currency, for headlines."""
    from babel.numbers import format_currency

    return format_currency(_decimal(amount), code, locale=LOCALES[language()])


def moment(instant: str, lang: str | None = None) -> str:
    """An instant `YYYY-MM-DD HH:MM:SS` of a sentence: as it is in English, else its date by the locale's pattern."""
    day, _, clock = instant.partition(" ")
    return f"{date_of(day, lang)} {clock}"


def date_of(day: str, lang: str | None = None) -> str:
    """A date of a sentence, in the reader's language or another: ISO 8601 in English, else by the long pattern."""
    lang = lang or language()
    if lang == "en":
        return day
    from datetime import date

    from babel.dates import format_date

    return format_date(date.fromisoformat(day), "long", locale=LOCALES[lang])
