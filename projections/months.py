"""The months of an account that had an outage, measured."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import msgspec

from domain.assessment import assess_months
from domain.case import Case, incidents_of, open_incidents
from domain.incident import Incident
from domain.intervals import Span
from domain.refusals.terms import NoTerms
from domain.rules.fees import covers
from domain.terms.months import span_of
from domain.terms.versions import Version, in_force
from domain.time import DAY_US, DEFAULT_ZONE, add_months, month_of, months_between


class MonthRow(msgspec.Struct, frozen=True, kw_only=True):
    """A month as measured: microseconds, the availability in lowest terms, `tier` None where none applies.

    `bill` is one of the bills for the month, by which it is seen that there is one.
    """

    account: str
    month: str
    unavailable_us: int
    numerator: int
    denominator: int
    tier: int | None
    bill: str | None


def has_open_incident(case: Case) -> bool:
    """Whether an outage is still open. The account's months then depend on the time of asking, and are not stored."""
    return bool(open_incidents(case))


def month_rows(case: Case, account: str, at: int) -> list[MonthRow]:
    """A row for each month with an outage; open ones count up to `at`. Months before the first terms have none."""
    months = outage_months(case, at)
    measured = assess_months(case, account, months, at) if months else []
    return [
        MonthRow(
            account=account,
            month=month,
            unavailable_us=result.availability.unavailable_us,
            numerator=result.availability.numerator,
            denominator=result.availability.denominator,
            tier=result.availability.tier,
            bill=next((name for name, bill in case.bills.items() if covers(bill, month)), None),
        )
        for month, result in zip(months, measured, strict=True)
    ]


def outage_months(case: Case, at: int) -> list[str]:
    """The months with terms in force that an outage of the account touches."""
    found: set[str] = set()
    for version in case.versions:
        for incident in incidents_of(case, version.terms, at):
            months = _months(incident, at, case.versions)
            found.update(month for month, governing in months if governing == version.sha256)
    return sorted(found)


def _months(incident: Incident, at: int, versions: tuple[Version, ...]) -> Iterator[tuple[str, str]]:
    """The months that an incident touches, each with the hash of the document that governs it."""
    end = at if incident.ended_at is None else incident.ended_at
    if end <= incident.started_at:
        return
    for month, (first, last), governing in _windows(incident.started_at // DAY_US, end // DAY_US, versions):
        if incident.started_at < last and end > first:
            yield month, governing


@lru_cache(maxsize=4096)
def _windows(first_day: int, last_day: int, versions: tuple[Version, ...]) -> list[tuple[str, Span, str]]:
    """The months with terms in force around two days (UTC, since 1970), each as a span."""
    month, last = (month_of(day * DAY_US, DEFAULT_ZONE) for day in (first_day, last_day))
    months = (add_months(month, index) for index in range(-1, months_between(month, last) + 2))
    return [(month, *window) for month in months if (window := _window(month, versions)) is not None]


def _window(month: str, versions: tuple[Version, ...]) -> tuple[Span, str] | None:
    try:
        version = in_force(versions, month)
    except NoTerms:
        return None
    return span_of(versions, month), version.sha256
