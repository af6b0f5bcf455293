"""Where a ledger stands: how far it goes, what was read of each source, what waits, and what holds."""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from domain.controls import Controls
from domain.events import SourceRead
from domain.terms.versions import Version, in_force, zone_of
from domain.time import add_months, month_of
from ledger.application import Ledger
from ledger.log import streams
from ledger.log.codec import decode
from ledger.log.reader import Reader
from ledger.queries.worklist import Work, work
from ledger.transparency.last_verified import Verification, last_verified
from ledger.transparency.tree import tree_as_kept


class SourceStanding(msgspec.Struct, frozen=True, kw_only=True):
    """The last import of a source: when it was read and by whom, and when the source said it (microseconds)."""

    source: str
    scope: str
    read_at: int
    said_at: int | None
    actor: str
    position: int


class Covered(NamedTuple):
    """The part of the log that the latest checkpoint or proof covers: its size, its last position, the events since."""

    size: int
    position: int
    since: int


class VerifiedUpTo(NamedTuple):
    """A verification, and the number of events since."""

    done: Verification
    since: int


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """Where a ledger stands at an instant; `month` is the last one that has ended.

    `proved` is None where no checkpoint or proof was made here, `verified` and `verified_whole` where no sound
    verification, or none of the whole ledger, is known here.
    """

    ledger: str | None
    position: int
    recorded_at: int
    version: Version
    month: str
    accounts: int
    sources: list[SourceStanding]
    work: Work
    controls: Controls
    proved: Covered | None
    verified: VerifiedUpTo | None
    verified_whole: VerifiedUpTo | None


def standing(ledger: Ledger, at: int, upto: int | None = None) -> Standing:
    """Where a ledger stands at an instant, as known at a position. Raises Refusal `no_terms`."""
    waiting = work(ledger, at, upto)
    with tree_as_kept(ledger) as tree:
        covered = None if tree is None or upto is not None else (tree.size, tree.position)
    with ledger.reading(upto) as log:
        versions = log.versions()
        running = month_of(at, zone_of(versions))
        latest, whole = (None, None) if upto is not None else last_verified(ledger, log.ledger_id(), log.position())
        return Standing(
            ledger=log.ledger_id(),
            position=log.position(),
            recorded_at=log.recorded_at(),
            version=in_force(versions, running),
            month=add_months(running, -1),
            accounts=log.count_accounts(),
            sources=_sources(log),
            work=waiting,
            controls=log.controls(),
            proved=None if covered is None else Covered(*covered, log.count_since(covered[1])),
            verified=_upto(log, latest),
            verified_whole=_upto(log, whole),
        )


def _upto(log: Reader, done: Verification | None) -> VerifiedUpTo | None:
    return None if done is None else VerifiedUpTo(done, log.count_since(done.position))


def _sources(log: Reader) -> list[SourceStanding]:
    """The last import of each source and scope, in order of names."""
    prefix = streams.source("")
    latest: dict[tuple[str, str], SourceStanding] = {}
    for rows in log.each_stream(f"{prefix}%", prefix, streams.after(prefix)):
        for fact in map(decode, rows):
            if isinstance(fact.event, SourceRead):
                latest[fact.event.source, fact.event.scope] = SourceStanding(
                    source=fact.event.source,
                    scope=fact.event.scope,
                    read_at=fact.recorded_at,
                    said_at=fact.event.said_at,
                    actor=fact.actor,
                    position=fact.position,
                )
    return [latest[each] for each in sorted(latest)]
