"""Outages that are still open: each counts until its end is recorded."""

from __future__ import annotations

import msgspec

from domain.case import Case, incidents_of
from domain.terms.versions import in_force
from domain.time import FOREVER, month_of, month_span
from ledger.log.codec import decode
from ledger.log.reader import Reader


class OpenOutage(msgspec.Struct, frozen=True, kw_only=True):
    """An outage without an end: whom it touches, since when (microseconds), and the source that told of it."""

    incident: str
    account: str | None
    scope: str
    started_at: int
    source: str | None


def open_outages(log: Reader) -> list[OpenOutage]:
    """Every outage that is open, in order of its start."""
    found = []
    for stream in log.open_incident_streams():
        rows = log.stream(stream)
        source = decode(rows[0]).source
        ((_, incident),) = log.fold_streams(stream).incidents.items()
        found.append(
            OpenOutage(
                incident=incident.incident,
                account=incident.account,
                scope=incident.scope,
                started_at=incident.started_at,
                source=None if source is None else source.name,
            )
        )
    return sorted(found, key=lambda one: (one.started_at, one.incident))


def open_after_month(log: Reader, at: int, zone: str) -> list[OpenOutage]:
    """The outages that are open at an instant though the month in which they began has ended."""
    now = month_of(at, zone)
    return [one for one in open_outages(log) if month_of(one.started_at, zone) < now]


def open_in_month(case: Case, month: str, zone: str) -> tuple[str, ...]:
    """The open outages that an account's month counts, by id."""
    ends_at = month_span(month, zone)[1]
    lasting = (
        one
        for one in incidents_of(case, in_force(case.versions, month).terms, FOREVER)
        if one.ended_at is None and one.started_at < ends_at
    )
    return tuple(sorted(one.incident for one in lasting))
