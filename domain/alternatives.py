"""What a claim would get under other rules: other terms, or another reading of a doubtful clause."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import msgspec

from domain.as_of import touches_span
from domain.assessment import assess
from domain.case import Case
from domain.decision import NO_FACTS, Decision
from domain.refusals import Refusal
from domain.terms.months import span_of, tiled
from domain.terms.readings import NUMBERS, OF_NO_CREDIT, Setting, others, with_readings
from domain.terms.versions import Version, in_force
from domain.time import DAY_US

Choose = Callable[[Sequence[Version], str], Version]
"""Chooses the version that governs a month; for work on several processes it must be picklable."""


class Swing(msgspec.Struct, frozen=True, kw_only=True):
    """How much of a claim's credit hangs on one reading: the greatest difference, in fen, and what causes it."""

    reading: str
    key: str
    value: str | int | bool
    amount_fen: int


def decided_under(case: Case, account: str, month: str, at: int, choose: Choose) -> Decision:
    """What a claim gets under other rules, by which its month lies where they say.

    Raises Refusal as `assess` does, and `no_terms`.
    """
    span = tiled(month, lambda asked: choose(case.versions, asked))
    return assess(case, account, month, choose(case.versions, month), at, NO_FACTS, span=span)


def reading_chooser(changed: Setting) -> Choose:
    """A function that chooses the version in force with some readings changed. It raises Unreadable `bad_reading`."""
    return partial(_with_changed, changed)


def document_chooser(version: Version) -> Choose:
    """A function that chooses one version for every month."""
    return partial(_always, version)


def _with_changed(changed: Setting, versions: Sequence[Version], month: str) -> Version:
    return in_force(with_readings(versions, changed), month)


def _always(version: Version, versions: Sequence[Version], month: str) -> Version:
    return version


def swing(case: Case, account: str, month: str, at: int) -> Swing | None:
    """The reading by which the credit of a claim, decided at `at`, differs most; None where it never differs.

    Each other value of each switch is tried by itself. One under which nothing can be decided, as without the calendar
    that it needs, tells no difference. Of two that differ as much, the first counts.
    """
    case = _near(case, month, at)
    as_read = _credit_fen(case, account, month, at, in_force)
    if as_read is None:
        return None
    found: Swing | None = None
    for key, value in others(in_force(case.versions, month).terms.readings):
        if key in OF_NO_CREDIT:
            continue
        credit_fen = _credit_fen(case, account, month, at, reading_chooser({key: value}))
        amount_fen = 0 if credit_fen is None else abs(credit_fen - as_read)
        if amount_fen > (0 if found is None else found.amount_fen):
            found = Swing(reading=NUMBERS[key], key=key, value=value, amount_fen=amount_fen)
    return found


def _near(case: Case, month: str, at: int) -> Case:
    """The case without incidents that no reading brings into the month.

    Another clock moves a month's edges by a day at most, and a minimum is a day at most: what an outage that reaches
    into the month had more than three days before or after it changes nothing there.
    """
    start, end = span_of(case.versions, month)
    margin_us = 3 * DAY_US
    near = {
        name: found
        for name, found in case.incidents.items()
        if touches_span(found, start - margin_us, end + margin_us, at)
    }
    return msgspec.structs.replace(case, incidents=near)


def _credit_fen(case: Case, account: str, month: str, at: int, choose: Choose) -> int | None:
    """A claim's credit under some rules; None where nothing can be decided."""
    try:
        made = decided_under(case, account, month, at, choose)
    except Refusal as refusal:
        if refusal.status != 1:
            raise
        return None
    return 0 if made.credit is None else made.credit.total_fen
