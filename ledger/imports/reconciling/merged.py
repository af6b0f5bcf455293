"""Outages that their source merged into others of which only the ledger tells: each lasts as long as its parent."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from msgspec.structs import replace

from domain.text import Said, said
from domain.time import FOREVER
from ledger.imports.reconciling.compare import instant_of
from ledger.imports.reconciling.holdings import Holding
from ledger.imports.statements import Faults, OutageStatement
from ledger.refusals.imports.pagerduty import MergedIntoMissing


def with_held_parents(
    statements: Iterable[OutageStatement], held: Sequence[Holding], faults: Faults, notes: list[str]
) -> Iterator[OutageStatement]:
    """The statements; one whose parent is not in the files ends when that ends by the ledger, and not before it says so
    itself. `faults` gets `merged` where the ledger does not hold the parent either.
    """
    for statement in statements:
        if not statement.parent:
            yield statement
            continue
        parent = next((one for one in held if one.key == statement.parent and one.stands), None)
        if parent is None:
            faults.add(
                MergedIntoMissing(place=statement.place, name=statement.name, id=statement.key, parent=statement.parent)
            )
            continue
        if parent.end == FOREVER:
            notes.append(_open(statement, parent))
        yield _as_long_as(parent, statement)


def _as_long_as(parent: Holding, statement: OutageStatement) -> OutageStatement:
    if parent.end == FOREVER:
        return replace(statement, end=None)
    if statement.end is None or parent.end <= statement.end.us:
        return statement
    return replace(statement, end=instant_of(parent.end, statement.place))


def _open(statement: OutageStatement, parent: Holding) -> Said:
    return said(
        "{name} was merged into {incident}, which is still open: give both in one import when that has ended",
        name=statement.name,
        incident=parent.id,
    )
