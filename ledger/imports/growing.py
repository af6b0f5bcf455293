"""Statements of a source whose outages grow, an Alertmanager: what overlaps or touches is one outage.

A file says what came since the file before it. So a statement may go on with an outage of the ledger, join two of
them, or be the end alone of one that is open.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

import msgspec

from domain.time import FOREVER
from ledger.imports.holdings import Holding
from ledger.imports.source import SourceTime
from ledger.imports.statements import OutageStatement

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def end_of(statement: OutageStatement) -> int:
    """The end of a statement's outage, `FOREVER` while it goes on."""
    return FOREVER if statement.end is None else statement.end.us


def ended(holding: Holding, told: Iterable[OutageStatement]) -> int:
    """The end of an outage after statements of its key: an open one ends with the first end that is not before it."""
    if holding.end != FOREVER:
        return holding.end
    return min((end for end in map(end_of, told) if end >= holding.start), default=FOREVER)


def grown(statements: Sequence[OutageStatement], held: Sequence[Holding]) -> list[OutageStatement]:
    """The statements; those that overlap or touch each other, or one outage of the ledger, are one with that."""
    told: dict[str, list[OutageStatement]] = defaultdict(list)
    known: dict[str, list[Holding]] = defaultdict(list)
    for statement in statements:
        told[statement.key].append(statement)
    for holding in held:
        if holding.stands and holding.key in told:
            known[holding.key].append(holding)
    return [joined for key, own in told.items() for joined in _joined(own, known[key])]


class _Group(msgspec.Struct):
    """What overlaps or touches: statements, and from when to when all of it lasts."""

    start: int
    end: int
    statements: list[OutageStatement]


def _joined(told: Sequence[OutageStatement], known: Sequence[Holding]) -> list[OutageStatement]:
    spans = [_Group(each.start.us, end_of(each), [each]) for each in told]
    spans += [_Group(each.start, ended(each, told), []) for each in known]
    groups: list[_Group] = []
    for span in sorted(spans, key=lambda each: (each.start, each.end)):
        if groups and span.start <= groups[-1].end:
            groups[-1].end = max(groups[-1].end, span.end)
            groups[-1].statements += span.statements
        else:
            groups.append(span)
    return [_as_one(group) for group in groups if group.statements]


def _as_one(group: _Group) -> OutageStatement:
    """One statement of a group, with the earliest start and the latest end in it."""
    first = min(group.statements, key=lambda each: each.start.us)
    last = max(group.statements, key=end_of)
    if (first.start.us, end_of(last)) == (group.start, group.end) and len(group.statements) == 1:
        return first
    return msgspec.structs.replace(
        first,
        start=_moment(first.start, group.start),
        end=None if group.end == FOREVER else _moment(last.end or last.start, group.end),
        said_at=max((each.said_at for each in group.statements if each.said_at is not None), default=None),
    )


def _moment(told: SourceTime, at_us: int) -> SourceTime:
    """An instant that the ledger may hold, with the place of the statement that it goes on in."""
    if told.us == at_us:
        return told
    at = _EPOCH + timedelta(microseconds=at_us)
    return SourceTime(at, at.isoformat(), told.place)
