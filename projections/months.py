"""The months of an account that had an outage, measured."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from domain.assessment import assess_month
from domain.case import Case, touching
from domain.incident import Incident
from domain.refusals import Refusal
from domain.terms import Version, in_force
from domain.time import DEFAULT_ZONE, add_months, month_of, month_span


class MonthRow(msgspec.Struct, frozen=True, kw_only=True):
    """A month as measured: microseconds, the availability in lowest terms, `tier` None where none applies."""

    account: str
    month: str
    unavailable_us: int
    numerator: int
    denominator: int
    tier: int | None


def has_open_incident(case: Case) -> bool:
    """Whether an outage still goes on: then the account's months depend on when one looks, and are not kept."""
    return any(incident.ended_at is None for incident in touching(case))


def month_rows(case: Case, account: str, at: int) -> list[MonthRow]:
    """A row for each month with an outage; open ones count up to `at`. Months before the first terms have none."""
    rows = []
    for month in outage_months(case, at):
        result = assess_month(case, account, month, at)
        rows.append(
            MonthRow(
                account=account,
                month=month,
                unavailable_us=result.availability.unavailable_us,
                numerator=result.availability.numerator,
                denominator=result.availability.denominator,
                tier=result.availability.tier,
            )
        )
    return rows


def outage_months(case: Case, at: int) -> list[str]:
    """The months with terms in force that an outage of the account touches, each on the clock of its own terms."""
    return sorted({month for incident in touching(case) for month in _months(incident, at, case.versions)})


def _months(incident: Incident, at: int, versions: Sequence[Version]) -> Iterator[str]:
    end = at if incident.ended_at is None else incident.ended_at
    if end <= incident.started_at:
        return
    month = add_months(month_of(incident.started_at, DEFAULT_ZONE), -1)
    last = add_months(month_of(end, DEFAULT_ZONE), 1)
    while month <= last:
        window = _window(month, versions)
        if window is not None and incident.started_at < window[1] and end > window[0]:
            yield month
        month = add_months(month, 1)


def _window(month: str, versions: Sequence[Version]) -> tuple[int, int] | None:
    try:
        return month_span(month, in_force(versions, month).terms.zone)
    except Refusal as refusal:
        if refusal.code != "no_terms":
            raise
        return None
