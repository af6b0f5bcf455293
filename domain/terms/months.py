"""Months that tile time: each instant lies in one month, also where versions of the terms have different clocks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache

from domain.intervals import Span
from domain.refusals.terms import NoTerms
from domain.terms.versions import Version, in_force
from domain.time import add_months, month_of, month_span


def tiled(month: str, governing: Callable[[str], Version]) -> Span:
    """A month as a half-open span; `governing` gives the version that governs a month.

    It ends on the clock of its own version, and begins where the month before ends (clause 4, R8, R16). So where an
    amendment changes the clock, the boundary of the earlier version holds until the later one's first whole month.
    Raises what `governing` raises for the month itself.
    """
    start, end = month_span(month, governing(month).terms.zone)
    try:
        before = governing(add_months(month, -1))
    except NoTerms:
        return start, end
    return month_span(month, before.terms.zone)[0], end


def span_of(versions: Sequence[Version], month: str) -> Span:
    """A month under the published versions, as `tiled` gives it. Raises Refusal `no_terms`."""
    return _span_of(tuple(versions), month)


@lru_cache(maxsize=4096)
def _span_of(versions: tuple[Version, ...], month: str) -> Span:
    return tiled(month, lambda asked: in_force(versions, asked))


def month_at(versions: Sequence[Version], instant: int, zone: str) -> str | None:
    """The month in which an instant lies, found from the one on a clock; None before the first version."""
    near = month_of(instant, zone)
    for month in (near, add_months(near, -1), add_months(near, 1)):
        try:
            start, end = span_of(versions, month)
        except NoTerms:
            continue
        if start <= instant < end:
            return month
    return None
