"""Clause 1: which incidents touch an account, and while it was where they were (R18, R22)."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from domain.account import Account
from domain.incident import Incident
from domain.intervals import Span, intersect, union
from domain.rules.coverage import covered
from domain.terms.versions import Terms
from domain.time import FOREVER

_EVER: Span = (-FOREVER, FOREVER)


def touching(account: Account, incidents: Iterable[Incident], terms: Terms, at: int = FOREVER) -> list[Incident]:
    """The incidents that touch an account, without those that were taken back; open ones last up to `at` (R19).

    An incident of the account itself, or that it joined by name, always touches it. One of regions counts only while
    the account is there (R22): where it came or left meanwhile, the incident is cut to that time, in as many pieces as
    the account was there.
    """
    found: list[Incident] = []
    in_coverage = covered(account, terms)
    for incident in incidents:
        if incident.withdrawn is not None:
            continue
        if incident.scope in ("account", "accounts"):
            found.append(incident)
        else:
            found += _shared(account, in_coverage, incident, terms, at)
    return found


def _shared(account: Account, in_coverage: list[Span], incident: Incident, terms: Terms, at: int) -> list[Incident]:
    """What of an incident of regions or of everybody touches the account."""
    there = [_EVER] if incident.scope == "all" else residence(account, incident.regions)
    span = incident.started_at, at if incident.ended_at is None else incident.ended_at
    if terms.readings.shared_touches == "at_start":
        touches = account.enrolled_at <= span[0] and any(start <= span[0] < end for start, end in there)
    else:
        touches = bool(intersect(intersect([span], there), in_coverage))
    if not touches:
        return []
    if any(start <= span[0] and span[1] <= end for start, end in there):
        return [incident]
    return [_cut(incident, piece, at) for piece in intersect([span], there)]


def residence(account: Account, regions: Iterable[str]) -> list[Span]:
    """The set of the time in which an account was in one of the regions; before its enrolment as at it."""
    wanted = set(regions)
    moments = [(-FOREVER, account.region), *sorted(account.moved.items())]
    ends = [since for since, _ in moments[1:]] + [FOREVER]
    return union((since, until) for (since, region), until in zip(moments, ends, strict=True) if region in wanted)


def _cut(incident: Incident, piece: Span, at: int) -> Incident:
    """An incident as far as it lies in a piece of its span; where it is cut, the instant is exact."""
    start, end = piece
    still_open = incident.ended_at is None and end == at
    cut = msgspec.structs.replace(incident, started_at=start, ended_at=None if still_open else end)
    if start != incident.started_at:
        cut.started_within_us = None
    if end != incident.ended_at:
        cut.ended_within_us = None
    return cut
