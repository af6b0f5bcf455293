"""Which limit held when something was decided or issued, since when, and who set it."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence

import msgspec

from domain.case import Fact
from domain.events import ClaimDecided, ControlsSet, VoucherIssued
from ledger.log import streams
from ledger.log.codec import decode
from ledger.log.reader import Reader


class LimitHeld(msgspec.Struct, frozen=True, kw_only=True):
    """A limit of awards, None where there is none, and the event that set it; that is None where none ever was set.

    `through` is the login behind its actor, where that is another name.
    """

    approval_above_fen: int | None = None
    set_by: Fact | None = None
    through: str | None = None


def limits(log: Reader) -> list[LimitHeld]:
    """Every limit that the ledger had, in order; an event that changes another control is left out."""
    found: list[LimitHeld] = []
    for fact in map(decode, log.stream(streams.CONTROLS)):
        before = found[-1].approval_above_fen if found else None
        if isinstance(fact.event, ControlsSet) and fact.event.approval_above_fen != before:
            through = log.recorded_through([fact.position]).get(fact.position)
            found.append(LimitHeld(approval_above_fen=fact.event.approval_above_fen, set_by=fact, through=through))
    return found


def held_at(known: Sequence[LimitHeld], position: int) -> LimitHeld:
    """The limit that held for an event at a position."""
    set_at = [0 if limit.set_by is None else limit.set_by.position for limit in known]
    before = bisect_left(set_at, position)
    return known[before - 1] if before else LimitHeld()


def controlled(facts: Iterable[Fact], month: str) -> list[Fact]:
    """The decisions and the vouchers of a month: what a limit is about."""
    return [
        fact for fact in facts if isinstance(fact.event, ClaimDecided | VoucherIssued) and fact.event.month == month
    ]
