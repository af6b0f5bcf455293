"""Which outage of the ledger a statement is about: each statement has at most one, and each outage at most one."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate

import msgspec

from domain.refusals import Refusal
from domain.time import FOREVER
from ledger.imports.growing import grown
from ledger.imports.holdings import Holding
from ledger.imports.statements import OutageStatement, Policy


class Matched(msgspec.Struct, kw_only=True):
    """Statements of one key with their outages: None where the ledger holds none. `unmatched` are told by none.

    By what is told now, `absorbed` are parts of other outages and `without_length` began and ended at one instant;
    `faults` is what cannot be told apart.
    """

    key: str
    pairs: list[tuple[OutageStatement, Holding | None]]
    unmatched: list[Holding]
    absorbed: list[Holding] = []
    without_length: list[Holding] = []
    faults: list[Refusal] = []


def matches(
    statements: Sequence[OutageStatement],
    held: Sequence[Holding],
    policy: Policy,
    ends: Mapping[str, Sequence[int]],
) -> list[Matched]:
    """Statements and outages, key by key, in the order in which the keys first appear; `ends` are the reading's."""
    by_key: dict[str, tuple[list[OutageStatement], list[Holding]]] = defaultdict(lambda: ([], []))
    for statement in statements:
        by_key[statement.key][0].append(statement)
    for holding in held:
        by_key[holding.key][1].append(holding)
    return [_match(key, told, known, policy, ends.get(key, ())) for key, (told, known) in by_key.items()]


def end_of(statement: OutageStatement) -> int:
    """The end of a statement's outage, `FOREVER` while it goes on."""
    return FOREVER if statement.end is None else statement.end.us


def _match(key: str, told: list[OutageStatement], known: list[Holding], policy: Policy, ends: Sequence[int]) -> Matched:
    told.sort(key=lambda one: (one.start.us, end_of(one)))
    known.sort(key=lambda one: (one.start, one.end))
    if policy.grows:
        return _match_growing(key, told, known, ends)
    chosen: dict[int, Holding] = {}
    taken: set[int] = set()
    for _, index, number in sorted(_candidates(told, known)):
        if index not in chosen and number not in taken:
            chosen[index] = known[number]
            taken.add(number)
    if policy.one_a_key:
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
        faults=faults,
    )


def _candidates(
    told: Sequence[OutageStatement], known: Sequence[Holding]
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
            overlap = min(end, holding.end) - max(start, holding.start)
            if overlap > 0 or start == holding.start:
                yield (not holding.stands, abs(start - holding.start), -overlap), index, number


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
