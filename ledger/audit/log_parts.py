"""Reads a log in its order, in parts: each gives its Merkle tree, and what the order of its events shows.

The parts are those of `ledger/transparency/log_root.py`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import islice
from typing import NamedTuple

from domain.admissible.check import Inadmissible
from domain.case import Fact
from domain.refusals import Damaged
from ledger.audit.admissible import Clock, LogCheck
from ledger.audit.reservations import Reservations
from ledger.audit.signatures import SignatureCheck, Signatures
from ledger.audit.verified import Damage
from ledger.log.codec import Row, decode
from ledger.log.leaves import leaf_hash
from ledger.log.reader import Reader
from ledger.memory import gc_paused
from ledger.transparency.log_root import BEFORE_ALL, Bounds, Peaks

_PAGE = 4096


class LogPart(NamedTuple):
    """What a part shows. Its tree is None where a row's columns are not of their kinds."""

    bounds: Bounds
    tree: Peaks | None
    position: int
    clock: Clock
    reservations: Reservations
    signatures: Signatures
    damage: list[Damage]
    inadmissible: list[Inadmissible]


def read_part(log: Reader, bounds: Bounds, ledger: str, latest: int = 0, before: Peaks | None = None) -> LogPart:
    """Read a part of the log of a ledger.

    `latest` is when the last event before it was recorded, 0 if unknown; `before` is the tree of the events before it,
    which then becomes that of all.
    """
    check = LogCheck() if bounds.after == BEFORE_ALL else _check_behind(log, bounds.after, latest)
    signatures = SignatureCheck(ledger)
    tree: Peaks | None = before or Peaks()
    damage: list[Damage] = []
    forbidden: list[Inadmissible] = []
    position = 0
    rows = log.between(*bounds)
    with gc_paused():
        while page := list(islice(rows, _PAGE)):
            tree, damaged = _extended(tree, page)
            damage += damaged
            for row in page:
                try:
                    fact = decode(row)
                    forbidden += [*check.take(fact), *signatures.take(row, fact)]
                except Damaged as unreadable:
                    damage.append(Damage.of(unreadable, row.position))
            position = page[-1].position
    found = signatures.result()
    return LogPart(bounds, tree, position, check.clock, check.reservations, found, damage, forbidden)


def _extended(tree: Peaks | None, page: list[Row]) -> tuple[Peaks | None, list[Damage]]:
    if tree is None:
        return None, []
    leaves: list[bytes] = []
    try:
        leaves += map(leaf_hash, page)
    except Damaged as damaged:
        return None, [Damage.of(damaged, page[len(leaves)].position)]
    tree.extend(leaves)
    return tree, []


def _check_behind(log: Reader, position: int, latest: int) -> LogCheck:
    published = _readable(row for row in log.published() if row.position <= position)
    return LogCheck.behind(published, log.last_of_command(position), latest)


def _readable(rows: Iterable[Row]) -> Iterator[Fact]:
    for row in rows:
        with suppress(Damaged):  # the part that it is in tells of it
            yield decode(row)


def whole(parts: Iterator[LogPart], log: Reader, ledger: str) -> LogPart:
    """The parts of a log joined into one."""
    joined = next(parts)
    for part in parts:
        if joined.clock.is_behind(part.clock.earliest):  # which of its events are so depends on those before it
            part = read_part(log, part.bounds, ledger, joined.clock.latest)
        joined = _joined(joined, part)
    return joined._replace(inadmissible=[*joined.inadmissible, *joined.reservations.end()])


def _joined(one: LogPart, next_: LogPart) -> LogPart:
    """Two parts as one; the first goes over into the result."""
    is_readable = one.tree is not None and next_.tree is not None
    if one.tree is not None and next_.tree is not None:
        one.tree.join(next_.tree)
    misplaced = one.reservations.join(next_.reservations)
    one.clock.join(next_.clock)
    return LogPart(
        bounds=Bounds(one.bounds.after, next_.bounds.last),
        tree=one.tree if is_readable else None,
        position=next_.position,
        clock=one.clock,
        reservations=one.reservations,
        signatures=one.signatures.plus(next_.signatures),
        damage=one.damage + next_.damage,
        inadmissible=[*one.inadmissible, *misplaced, *next_.inadmissible],
    )
