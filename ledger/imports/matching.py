"""Which outage of the ledger a statement is about: each statement has at most one, and each outage at most one."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import accumulate

import msgspec

from domain.time import FOREVER
from ledger.imports.growing import end_of, ended
from ledger.imports.holdings import Holding
from ledger.imports.statements import Extent, OutageStatement, Policy


class Matched(msgspec.Struct, kw_only=True):
    """Statements of one key with their outages: None where the ledger holds none. `unmatched` are told by none.

    `begins` is the first instant of the key in the files, where these say so.
    """

    key: str
    begins: int | None
    pairs: list[tuple[OutageStatement, Holding | None]]
    unmatched: list[Holding]


def matches(
    statements: Sequence[OutageStatement], held: Sequence[Holding], policy: Policy, extents: Sequence[Extent] = ()
) -> list[Matched]:
    """Statements and outages, key by key, in the order in which the keys first appear."""
    begins: dict[str, int] = {}
    for extent in extents:
        begins |= {key: min(first, begins.get(key, first)) for key, (first, _) in (extent.keys or {}).items()}
    by_key: dict[str, tuple[list[OutageStatement], list[Holding]]] = defaultdict(lambda: ([], []))
    for statement in statements:
        by_key[statement.key][0].append(statement)
    for holding in held:
        by_key[holding.key][1].append(holding)
    return [_match(key, told, known, policy, begins.get(key)) for key, (told, known) in by_key.items()]


def _match(key: str, told: list[OutageStatement], known: list[Holding], policy: Policy, begins: int | None) -> Matched:
    told.sort(key=lambda one: (one.start.us, end_of(one)))
    known.sort(key=lambda one: (one.start, one.end))
    chosen: dict[int, Holding] = {}
    taken: set[int] = set()
    for _, index, number in sorted(_candidates(told, known, policy, begins)):
        if index not in chosen and number not in taken:
            chosen[index] = known[number]
            taken.add(number)
    if policy.one_a_key:
        _match_in_order(told, known, chosen, taken)
    return Matched(
        key=key,
        begins=begins,
        pairs=[(statement, chosen.get(index)) for index, statement in enumerate(told)],
        unmatched=[holding for number, holding in enumerate(known) if number not in taken],
    )


def _candidates(
    told: Sequence[OutageStatement], known: Sequence[Holding], policy: Policy, begins: int | None
) -> Iterable[tuple[tuple[bool, int, int], int, int]]:
    """Pairs that overlap, the best ones lowest: outages that stand first, then the longest overlap, then the nearest
    start.
    """
    starts = [holding.start for holding in known]
    ends = [ended(holding, told) if policy.grows else holding.end for holding in known]
    latest_ends = list(accumulate(ends, max))
    for index, statement in enumerate(told):
        start, end = statement.start.us, end_of(statement)
        for number in range(bisect_right(starts, end) - 1, -1, -1):
            if latest_ends[number] < start:
                break
            holding = known[number]
            if policy.grows and start != holding.start and not _may_go_on(holding):
                continue
            if statement.start_known and open_before(holding, begins):
                continue  # it was up where the file begins or later, so what was open before that has ended
            overlap = min(end, ends[number]) - max(start, holding.start)
            if overlap > 0 or start == holding.start or (policy.grows and overlap == 0):
                yield (not holding.stands, -overlap, abs(start - holding.start)), index, number


def open_before(holding: Holding, begins: int | None) -> bool:
    """Whether an outage is open since before the file begins."""
    return begins is not None and holding.start < begins and holding.end == FOREVER


def _may_go_on(holding: Holding) -> bool:
    """Whether a statement with another start may be about an outage: not about one that was withdrawn while open, nor
    about one that became part of another.
    """
    return holding.stands or ("withdrawn" in holding.persons and holding.end != FOREVER)


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
