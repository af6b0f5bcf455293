"""A month as spans that can be drawn: which function was down when, what was merged, excluded, covered and counted.

Nothing is decided here: the spans are those by which `domain/rules/unavailability.py` measures a month.
"""

from __future__ import annotations

import msgspec

from domain.case import Case, account_of, incidents_of
from domain.intervals import Span, intersect, subtract
from domain.rules.coverage import covered
from domain.rules.outages import OPEN_ENDED, Outage, outages
from domain.rules.runs import Run, runs
from domain.rules.unavailability import parts
from domain.terms.months import span_of
from domain.terms.versions import in_force
from domain.time import SECOND_US


class Condition(msgspec.Struct, frozen=True, kw_only=True):
    """A run of outages that is tested against the minimum (R3), and its spans that count in the month."""

    run: Run
    counted: list[Span]


class Picture(msgspec.Struct, frozen=True, kw_only=True):
    """A month of an account as spans of microseconds. They may reach beyond `window`, the month itself."""

    window: Span
    zone: str
    minimum_us: int
    outages: list[Outage]
    conditions: list[Condition]
    uncovered: list[Span]


def picture(case: Case, account: str, month: str, at: int) -> Picture:
    """A month as spans; open outages last up to `at`. Raises Refusal `unknown_account`, `no_terms`."""
    terms = in_force(case.versions, month).terms
    first, last = window = span_of(case.versions, month)
    under_terms = intersect(covered(account_of(case, account), terms), [window])
    clip = window if terms.readings.month_straddle == "clip_then_test" else OPEN_ENDED
    found = outages(incidents_of(case, terms, at), at, terms, clip, window)
    month_runs = [run for run in runs(found, terms) if run.start < last and run.end > first]
    return Picture(
        window=window,
        zone=terms.zone,
        minimum_us=terms.service.minimum_outage_seconds.value * SECOND_US,
        outages=[outage for outage in found if outage.start < last and outage.end > first],
        conditions=[Condition(run=part.run, counted=part.own) for part in parts(month_runs, under_terms, window)],
        uncovered=subtract([window], under_terms),
    )
