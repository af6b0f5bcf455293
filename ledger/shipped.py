"""Data that comes with the software or its calendar package: agreements, and published working days."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from importlib.metadata import version
from importlib.resources import files

from domain.calendar import published
from domain.events import CalendarPublished
from domain.refusals import Refusal
from domain.terms.parsing import parse_terms
from domain.terms.versions import REFERENCE_AGREEMENT, Terms, Version
from domain.time import Instant
from ledger.refusals.commands import CalendarUnpublished, UnknownAgreement

FIRST_CALENDAR_YEAR = 2018


def shipped_agreements(agreement: str = REFERENCE_AGREEMENT) -> list[str]:
    """The newest document of each of an agreement's versions, earliest first, the reference's by default.

    Raises Unreadable `unknown_agreement`.
    """
    found = {terms.version: text for text, terms in shipped() if terms.agreement == agreement}
    if not found:
        raise UnknownAgreement(agreement=repr(agreement))
    return list(found.values())


def shipped() -> list[tuple[str, Terms]]:
    """Every document that ships, with what it says: agreements by name, their versions by date, then by revision."""
    found = [(text, parse_terms(text)) for text in _documents().values()]
    return sorted(found, key=lambda each: (each[1].agreement, each[1].effective_from, each[1].revision))


def noticed_at(document: str) -> Instant | None:
    """When an amendment that ships was announced, by its document."""
    told = parse_terms(document).source.noticed_at
    return None if told is None else Instant.parse(told.isoformat())


def newer_documents(versions: Sequence[Version]) -> list[tuple[str, Terms]]:
    """The documents that ship of versions that a ledger holds and are newer than its own: file name and terms."""
    held = {(version.terms.agreement, version.terms.version): version.terms.revision for version in versions}
    newest: dict[str, tuple[str, Terms]] = {}
    for name, text in _documents().items():
        terms = parse_terms(text)
        revision = held.get((terms.agreement, terms.version), terms.revision)
        if revision < terms.revision and (
            terms.version not in newest or newest[terms.version][1].revision < terms.revision
        ):
            newest[terms.version] = name, terms
    return list(newest.values())


def shipped_path(name: str) -> str:
    """Where a document that ships lies on this computer."""
    return str(files("ledger") / "agreements" / name)


def _documents() -> dict[str, str]:
    """The text of each document that ships, by file name."""
    folder = files("ledger") / "agreements"
    return {entry.name: entry.read_text(encoding="utf-8") for entry in folder.iterdir() if entry.name.endswith(".toml")}


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
