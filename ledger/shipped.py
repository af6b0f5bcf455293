"""Data that comes with the software or its calendar package: agreements, and published working days."""

from __future__ import annotations

from datetime import date
from importlib.metadata import version
from importlib.resources import files

from domain.calendar import published
from domain.events import CalendarPublished
from domain.refusals import Refusal
from domain.terms.versions import REFERENCE_AGREEMENT, Terms, parse_terms
from ledger.refusals.commands import CalendarUnpublished, UnknownAgreement

FIRST_CALENDAR_YEAR = 2018


def shipped_agreements(agreement: str = REFERENCE_AGREEMENT) -> list[str]:
    """The documents of an agreement's versions, earliest first by file name, the reference's by default.

    Raises Unreadable `unknown_agreement`.
    """
    found = [text for text, terms in shipped() if terms.agreement == agreement]
    if not found:
        raise UnknownAgreement(agreement=repr(agreement))
    return found


def shipped() -> list[tuple[str, Terms]]:
    """Every shipped document with its terms, by file name: agreements by name, their versions by date."""
    folder = files("ledger") / "agreements"
    entries = sorted((entry for entry in folder.iterdir() if entry.name.endswith(".toml")), key=lambda e: e.name)
    texts = [entry.read_text(encoding="utf-8") for entry in entries]
    return [(text, parse_terms(text)) for text in texts]


def published_calendar(year: int) -> CalendarPublished:
    """A year's working days as the State Council published them, by the `holidays` package.

    That package answers with guesses for years that were not published; only a published year has make-up
    working days. Raises Refusal `calendar_unpublished`.
    """
    import holidays

    package = f"holidays {version('holidays')}"
    china = holidays.country_holidays("CN", years=year, language="zh_CN")
    workdays = {day: "调休上班" for day in china.weekend_workdays if day.year == year}
    if not workdays:
        raise CalendarUnpublished(year=year, package=package)
    off = {day: name for day, name in china.items() if day.year == year}
    return published(year, package, off, workdays)


def published_years(today: date) -> list[int]:
    """The years from the agreement's first to next year whose working days are published."""
    return [year for year in range(FIRST_CALENDAR_YEAR, today.year + 2) if _is_published(year)]


def _is_published(year: int) -> bool:
    try:
        published_calendar(year)
    except Refusal:
        return False
    return True
