"""Events of the rules: versions of the agreement, and calendars of working days."""

from __future__ import annotations

import msgspec

from domain.events.event import Event, InstantUs


class TermsPublished(Event, frozen=True, kw_only=True):
    """A version of the agreement; `document` is its text exactly as published, `effective_at` its first instant."""

    agreement: str
    version: str
    effective_at: int
    sha256: str
    document: str
    noticed_at: InstantUs | None = None


class NamedDay(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A date (`YYYY-MM-DD`) and its name."""

    date: str
    name: str


class CalendarPublished(Event, frozen=True, kw_only=True):
    """A year's exceptions to Monday-to-Friday weeks: holidays, and make-up working days."""

    country: str
    year: int
    sha256: str
    source: str
    holidays: tuple[NamedDay, ...]
    workdays: tuple[NamedDay, ...]
