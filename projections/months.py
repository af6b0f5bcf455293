"""The months of an account that had an outage, measured."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from domain.assessment import assess_month
from domain.case import Case, touching
from domain.incident import Incident
from domain.refusals import Refusal
from domain.time import DEFAULT_ZONE, add_months, month_of


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
        try:
            result = assess_month(case, account, month, at)
        except Refusal as refusal:
            if refusal.code == "no_terms":
                continue
            raise
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
    """The months that an outage of the account touches, in order."""
    zone = case.versions[-1].terms.zone if case.versions else DEFAULT_ZONE
    return sorted({month for incident in touching(case) for month in _months(incident, at, zone)})


def _months(incident: Incident, at: int, zone: str) -> Iterator[str]:
    end = at if incident.ended_at is None else incident.ended_at
    if end <= incident.started_at:
        return
    month, last = month_of(incident.started_at, zone), month_of(end - 1, zone)
    while month <= last:
        yield month
        month = add_months(month, 1)
