"""Which outage of the ledger a statement is about: each statement has at most one, and each outage at most one."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import accumulate

import msgspec

from domain.refusals import Refusal
from domain.text import Said, said
from domain.time import DEFAULT_ZONE, FOREVER, rfc3339
from ledger.imports.reconciling.growing import grown
from ledger.imports.reconciling.holdings import Holding
from ledger.imports.statements import Extent, LeftOut, OutageStatement, Reading


class Matched(msgspec.Struct, kw_only=True):
    """Statements of one key with their outages: None where the ledger holds none. `unmatched` are told by none.

    By what is told now, `absorbed` are parts of other outages and `without_length` began and ended at one instant;
    `left_out` had no length and ended nothing. `faults` is what cannot be told apart.
    """

    key: str
    pairs: list[tuple[OutageStatement, Holding | None]]
    unmatched: list[Holding]
    absorbed: list[Holding] = []
    without_length: list[Holding] = []
    left_out: list[LeftOut] = []
    notes: list[str] = []
    faults: list[Refusal] = []


def matches(reading: Reading, statements: Sequence[OutageStatement], held: Sequence[Holding]) -> list[Matched]:
    """Statements of a reading and outages, key by key, in the order in which the keys first appear."""
    begins = _begins(reading.extents)
    by_key: dict[str, tuple[list[OutageStatement], list[Holding]]] = defaultdict(lambda: ([], []))
    for statement in statements:
        by_key[statement.key][0].append(statement)
    for holding in held:
        by_key[holding.key][1].append(holding)
    found = []
    for key, (told, known) in by_key.items():
        told.sort(key=lambda one: (one.start.us, end_of(one)))
        known.sort(key=lambda one: (one.start, one.end))
        if reading.policy.grows:
            found.append(_match_growing(key, told, known, reading.ends.get(key, ())))
        else:
            found.append(_match(key, told, known, begins.get(key), in_order=reading.policy.one_a_key))
        if reading.skip_incidents:
            _leave_out(found[-1], reading.skip_incidents)
    return found


def _leave_out(matched: Matched, skip: frozenset[str]) -> None:
    """Take apart a statement and the outage that a person asked to leave out by its id, and all parts of that."""
    for statement, holding in matched.pairs:
        if holding is not None and holding.id in skip:
            matched.left_out.append(LeftOut(f"{statement.key}@{statement.start.text}", said("--skip names it")))
            matched.unmatched += [holding, *matched.absorbed]
            matched.absorbed = []
    matched.pairs = [pair for pair in matched.pairs if pair[1] is None or pair[1].id not in skip]


def end_of(statement: OutageStatement) -> int:
    """The end of a statement's outage, `FOREVER` while it goes on."""
    return FOREVER if statement.end is None else statement.end.us


def _match(
    key: str, told: list[OutageStatement], known: list[Holding], begins: int | None, *, in_order: bool
) -> Matched:
    """Statements with the outages that they overlap, and then in order of time where the source edits times."""
    chosen: dict[int, Holding] = {}
    taken: set[int] = set()
    for _, index, number in sorted(_candidates(told, known, begins)):
        if index not in chosen and number not in taken:
            chosen[index] = known[number]
            taken.add(number)
    if in_order:
        _match_in_order(told, known, chosen, taken)
    return Matched(
        key=key,
        pairs=[(statement, chosen.get(index)) for index, statement in enumerate(told)],
        unmatched=[holding for number, holding in enumerate(known) if number not in taken],
    )


def _match_growing(key: str, told: list[OutageStatement], known: list[Holding], ends: Sequence[int]) -> Matched:
    """Outages of reports that overlap or touch; one without length ends what it touches and is nothing by itself."""
    found, faults = grown(told, known, ends)
    lasting = [each for each in found if end_of(each.statement) > each.statement.start.us]
    absorbed = [holding for each in found for holding in each.absorbed]
    met = {id(holding) for each in found for holding in (each.holding, *each.absorbed)}
    return Matched(
        key=key,
        pairs=[(each.statement, each.holding) for each in lasting],
        unmatched=[holding for holding in known if id(holding) not in met],
        absorbed=absorbed,
        without_length=[each.holding for each in found if each.holding is not None and each not in lasting],
        left_out=[_without_length(each.statement) for each in found if each.holding is None and each not in lasting],
        notes=[note for each in lasting if (note := _ended_by_later_start(each.statement, each.holding)) is not None],
        faults=faults,
    )


def _without_length(statement: OutageStatement) -> LeftOut:
    return LeftOut(statement.key, said("the outage at {at} has no length", at=statement.start.text))


def _ended_by_later_start(statement: OutageStatement, holding: Holding | None) -> Said | None:
    """A note where an outage that was open is ended by a later start's end: nobody told when it ended by itself."""
    if holding is None or not holding.stands or holding.end != FOREVER or statement.end is None:
        return None
    if min(statement.starts, default=holding.start) <= holding.start:
        return None
    return said(
        "{incident} was open since {held}; the end that was received, {end}, is of a later start of {name}: both are "
        "taken as one outage",
        incident=holding.id,
        held=rfc3339(holding.start, DEFAULT_ZONE),
        end=rfc3339(end_of(statement), DEFAULT_ZONE),
        name=statement.name,
    )


def _begins(extents: Iterable[Extent]) -> dict[str, int]:
    """Where the files begin, by key, as far as an extent says so."""
    found: dict[str, int] = {}
    for extent in extents:
        for key, (first, _) in (extent.keys or {}).items():
            found[key] = min(first, found.get(key, first))
    return found


def _candidates(
    told: Sequence[OutageStatement], known: Sequence[Holding], begins: int | None
) -> Iterable[tuple[tuple[bool, int, int], int, int]]:
    """Pairs that overlap, the best ones lowest: outages that stand first, then the nearest start, then the longest
    overlap.
    """
    starts = [holding.start for holding in known]
    latest_ends = list(accumulate((holding.end for holding in known), max))
    for index, statement in enumerate(told):
        start, end = statement.start.us, end_of(statement)
        for number in range(bisect_right(starts, end) - 1, -1, -1):
            if latest_ends[number] < start:
                break
            holding = known[number]
            if not _may_be(statement, holding, begins):
                continue
            overlap = min(end, holding.end) - max(start, holding.start)
            if overlap > 0 or start == holding.start:
                yield (not holding.stands, abs(start - holding.start), -overlap), index, number


def _may_be(statement: OutageStatement, holding: Holding, begins: int | None) -> bool:
    """Whether a statement may be about an outage that lasts.

    One that is open since before the file begins is told from the file's beginning on, or has ended before. One that
    was withdrawn while it was open is told again only where the statement covers its start.
    """
    if holding.end != FOREVER or not statement.start_known:
        return True
    if begins is not None and holding.start < begins:
        return False
    return holding.stands or statement.start.us <= holding.start < end_of(statement)


def _match_in_order(
    told: Sequence[OutageStatement], known: Sequence[Holding], chosen: dict[int, Holding], taken: set[int]
) -> None:
    """What does not overlap is matched in order of time: the source moved it by more than its length."""
    free = [number for number, holding in enumerate(known) if number not in taken and holding.stands]
    for index in range(len(told)):
        if index not in chosen and free:
            number = free.pop(0)
            chosen[index] = known[number]
            taken.add(number)
