"""Reports that grow together: those of one outage overlap or touch, from its earliest start to its latest end.

An Alertmanager's replicas tell one outage several times, and its start moves while it fires. What the ledger holds is
what earlier receipts said; the statements are what later ones say, already put together among themselves.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence

import msgspec

from domain.refusals import Refusal
from domain.time import FOREVER
from ledger.imports.reconciling.compare import instant_of
from ledger.imports.reconciling.holdings import Holding
from ledger.imports.source import SourceTime
from ledger.imports.statements import OutageStatement
from ledger.refusals.imports.reconcile import OpenUnderTwoStarts


class Grown(msgspec.Struct, kw_only=True):
    """An outage of statements and of what the ledger holds of it: the first one, and others that it takes in."""

    statement: OutageStatement
    holding: Holding | None
    absorbed: list[Holding]


class _Item(msgspec.Struct):
    """A report: its span, whether its end is inferred, and the statement or the outage of the ledger that it is of."""

    start: int
    end: int
    inferred: bool
    statement: OutageStatement | None
    holding: Holding | None


def grown(
    told: Sequence[OutageStatement], known: Sequence[Holding], ends: Sequence[int]
) -> tuple[list[Grown], list[Refusal]]:
    """The outages of one key that statements tell, by start, and what cannot be told apart.

    `ends` are the ends that were received, each later than all before it.
    """
    faults: list[Refusal] = []
    items = [_Item(one.start.us, _end(one), one.end_inferred, one, None) for one in told]
    for holding in known:
        if holding.stands:
            ended_at, inferred = _end_now(holding, told, ends, faults)
            items.append(_Item(holding.start, ended_at, inferred, None, holding))
    withdrawn = [holding for holding in known if not holding.stands]
    found = [_grown(cluster, withdrawn) for cluster in _clusters(items) if any(one.statement for one in cluster)]
    return found, faults


def _end(statement: OutageStatement) -> int:
    return FOREVER if statement.end is None else statement.end.us


def _end_now(
    holding: Holding, told: Sequence[OutageStatement], ends: Sequence[int], faults: list[Refusal]
) -> tuple[int, bool]:
    """When an outage of the ledger ended by what is told now, and whether that is concluded from another start's end.

    Where its own start is told again and fired since, or another covers it, what is told is all. One that is open has
    else ended with the first end that is not before it. Another start that fires at the same time is the same outage
    where a list says what fires now; receipts without an end do not say whether it is one outage or two.
    """
    own = next((one.starts[holding.start] for one in told if holding.start in one.starts), None)
    if own == "fired" or (own == "ended" and holding.end_inferred) or (own is not None and holding.end == FOREVER):
        return holding.start, False
    if holding.end != FOREVER:
        return holding.end, holding.end_inferred
    if any(one.end is not None and one.start.us <= holding.start <= one.end.us for one in told):
        return holding.start, False
    first = bisect_left(ends, holding.start)
    if first < len(ends):
        return ends[first], True
    for one in told:
        if one.end is None and not one.states_all:
            faults.append(
                OpenUnderTwoStarts(
                    place=one.place,
                    name=one.name,
                    key=one.key,
                    incident=holding.id,
                    held_at=holding.start,
                    told_at=one.start.us,
                )
            )
    return FOREVER, False


def _clusters(items: Iterable[_Item]) -> list[list[_Item]]:
    """Items that overlap or touch, together."""
    found: list[list[_Item]] = []
    end = -1
    for item in sorted(items, key=lambda one: (one.start, one.end)):
        if found and item.start <= end:
            found[-1].append(item)
        else:
            found.append([item])
            end = item.end
        end = max(end, item.end)
    return found


def _grown(cluster: Sequence[_Item], withdrawn: Sequence[Holding]) -> Grown:
    start, end = cluster[0].start, max(one.end for one in cluster)
    statements = [one.statement for one in cluster if one.statement is not None]
    held = [one.holding for one in cluster if one.holding is not None]
    statement = msgspec.structs.replace(
        statements[0],
        start=next((one.start for one in statements if one.start.us == start), instant_of(start, statements[0].place)),
        end=None if end == FOREVER else _told_end(end, statements),
        end_inferred=all(one.inferred for one in cluster if one.end == end),
    )
    if not held:
        again = [one for one in withdrawn if _is_again(one, start, end)]
        again.sort(key=lambda one: ("withdrawn" not in one.persons, one.start))
        return Grown(statement=statement, holding=again[0] if again else None, absorbed=[])
    return Grown(statement=statement, holding=held[0], absorbed=held[1:])


def _told_end(end: int, statements: Sequence[OutageStatement]) -> SourceTime:
    """An end as a statement tells it, or as the ledger holds it."""
    return next(
        (one.end for one in statements if one.end is not None and one.end.us == end),
        instant_of(end, statements[-1].place),
    )


def _is_again(holding: Holding, start: int, end: int) -> bool:
    """Whether what is told is an outage that was withdrawn: by the source, only where it starts at the same instant; by
    a person while it was open, only where its start is covered.
    """
    if "withdrawn" not in holding.persons:
        return holding.start == start
    return start <= holding.end and holding.start <= end and (holding.end != FOREVER or start <= holding.start)
