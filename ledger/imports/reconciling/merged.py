"""Outages that their source merged into others: each lasts as long as its parent, whichever file tells of that."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from msgspec.structs import replace

from domain.commands import CloseIncident, Command, ReopenIncident
from domain.time import FOREVER, Instant
from domain.values import Id, Words
from ledger.imports.reconciling.compare import held_as_target, instant_of
from ledger.imports.reconciling.holdings import Holding
from ledger.imports.statements import Faults, OutageStatement
from ledger.refusals.imports.pagerduty import EndNotTold, MergedIntoMissing


def with_parents(
    statements: Sequence[OutageStatement], held: Sequence[Holding], faults: Faults
) -> Sequence[OutageStatement]:
    """The statements, each as long as its parent, and one more for each outage of the ledger whose parent's end moved.

    `faults` gets `merged` for a parent of which neither the files nor the ledger tell, and `missing_time` for an outage
    that is over and of which neither tells the end.
    """
    standing = {one.key: one for one in held if one.stands}
    statements = [_without_older_end(one, standing.get(one.key)) for one in statements]
    if not any(one.parent or not one.end_told for one in statements) and not any(one.parent for one in held):
        return statements
    told = {one.key: one for one in statements if one.parent_told and one.end_told}
    orphans = {one.key: one for one in statements if not one.parent_told}
    _follow(told, orphans, standing)
    for orphan in _parents_first(orphans):
        with faults.gathering():
            told[orphan.key] = _adopted(orphan, told, standing)
    _follow(told, orphans, standing)
    for silent in _parents_first({one.key: one for one in statements if not one.end_told}):
        with faults.gathering():
            told[silent.key] = _as_held(silent, told.get(silent.key), held)
        _follow(told, orphans, standing)
    return tuple(told.values())


def _without_older_end(statement: OutageStatement, holding: Holding | None) -> OutageStatement:
    """A statement, open where it tells of an end that the source took back in a word that the ledger heard."""
    if holding is None or holding.end != FOREVER or (statement.said_at or FOREVER) >= (holding.lasting_at or 0):
        return statement
    return replace(statement, end=None, end_told=True)


def _parents_first(statements: Mapping[str, OutageStatement]) -> Iterator[OutageStatement]:
    """Statements in an order in which each comes behind its parent, where that is among them."""
    left = dict(statements)
    while left:
        for key in [key for key, one in left.items() if one.parent not in left] or list(left):
            yield left.pop(key)


def relinked(statement: OutageStatement, holding: Holding, end: int, reason: Words) -> list[Command]:
    """Commands by which the ledger remembers another parent of an outage that is open, and stays so.

    The source ended it by merging it, and it goes on with its parent. None where nothing is to be remembered, or where
    a person said how long it lasts.
    """
    if statement.parent == holding.parent or end != FOREVER or "ended_at" in holding.persons:
        return []
    if (statement.said_at or FOREVER) < (holding.said_at or 0):
        return []  # an older word, delivered late
    changed_at = statement.said_at if statement.merged_at is None else statement.merged_at.us
    if changed_at is None or changed_at <= holding.start:
        return []
    id_ = Id(holding.id)
    return [CloseIncident(incident=id_, ended_at=Instant(changed_at)), ReopenIncident(incident=id_, reason=reason)]


def _adopted(
    orphan: OutageStatement, told: Mapping[str, OutageStatement], standing: Mapping[str, Holding]
) -> OutageStatement:
    """A statement with the end of its parent, which is no earlier than its own. Raises Misread `merged`."""
    if orphan.parent in told:
        end = told[orphan.parent].end
    elif orphan.parent in standing:
        parent = standing[orphan.parent]
        end = None if parent.end == FOREVER else instant_of(parent.end, orphan.place)
    else:
        raise MergedIntoMissing(place=orphan.place, name=orphan.name, id=orphan.key, parent=orphan.parent)
    if end is not None and orphan.end is not None:
        end = max(end, orphan.end, key=lambda at: at.us)
    return replace(orphan, end=end)


def _as_held(silent: OutageStatement, now: OutageStatement | None, held: Iterable[Holding]) -> OutageStatement:
    """A statement with the end that the ledger has, or by its parent has `now`. Raises Misread `missing_time`."""
    known = next((one for one in held if one.key == silent.key and (one.end != FOREVER or one.parent)), None)
    if known is None:
        raise EndNotTold(place=silent.place, name=silent.name)
    end = None if known.end == FOREVER else instant_of(known.end, silent.place)
    return replace(silent, end=end if now is None else now.end, end_told=True, parent=known.parent)


def _follow(
    told: dict[str, OutageStatement], orphans: Mapping[str, OutageStatement], standing: Mapping[str, Holding]
) -> None:
    """Add a statement for each outage of which nothing is told, where its parent's end is not that of the ledger."""
    while followers := dict(_followers(told, orphans, standing)):
        told |= followers


def _followers(
    told: Mapping[str, OutageStatement], orphans: Mapping[str, OutageStatement], standing: Mapping[str, Holding]
) -> Iterator[tuple[str, OutageStatement]]:
    for child in standing.values():
        parent, known = told.get(child.parent), standing.get(child.parent)
        if parent is None or known is None or child.key in told or child.key in orphans:
            continue
        end = FOREVER if parent.end is None else parent.end.us
        if end not in (known.end, child.end) and end > child.start:
            yield child.key, _as_long_as(parent, child)


def _as_long_as(parent: OutageStatement, child: Holding) -> OutageStatement:
    """What a file says of an outage by telling of its parent alone."""
    said_at: Iterable[int] = (at for at in (parent.said_at, child.said_at) if at is not None)
    return OutageStatement(
        key=child.key,
        incident=child.id,
        name=child.id,
        scope=child.scope,
        function=child.incident.function,
        target=held_as_target(child),
        start=instant_of(child.start, parent.place),
        end=parent.end,
        place=parent.place,
        said_at=max(said_at, default=None),
        parent=child.parent,
    )
