"""The rules and shared incidents, which accounts have in common. They are read and folded once for all accounts."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from functools import cached_property

from domain.calendar import COUNTRY
from domain.case import Case, Fact, fold
from domain.events import IncidentOpened
from ledger.log import streams as layout
from ledger.log.codec import Row, decode
from ledger.log.leaves import Leaf, leaf


class History:
    """A few events in log order, and the case folded up to each of them. Its results must not be changed."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self.rows = rows
        self._positions = [row.position for row in rows]
        self._cases: dict[int, Case] = {}

    @cached_property
    def facts(self) -> list[Fact]:
        """The events, decoded. Raises Damaged as `decode` does."""
        return list(map(decode, self.rows))

    @cached_property
    def _leaves(self) -> list[Leaf]:
        return list(map(leaf, self.rows))

    def at(self, position: int) -> Case:
        """The case as it was known at a position. Raises Damaged as `decode` and `fold` do."""
        count = bisect_right(self._positions, position)
        if count not in self._cases:
            self._cases[count] = fold(self.facts[:count])
        return self._cases[count]

    def leaves(self, position: int) -> list[Leaf]:
        """The leaves up to a position."""
        return self._leaves[: bisect_right(self._positions, position)]


class SharedHistory:
    """The rules and the shared incidents, as they were known at every position."""

    def __init__(self, rows: Iterable[Row]) -> None:
        incidents: dict[str, list[Row]] = {}
        rules: dict[str, list[Row]] = {}
        for row in sorted(rows):
            kind = incidents if row.stream.startswith(layout.SHARED_INCIDENTS) else rules
            kind.setdefault(row.stream, []).append(row)
        self.rules = History(sorted(row for stream in rules.values() for row in stream))
        self._rules = rules
        self._cited: dict[tuple[int, ...], History] = {}
        self._incidents: dict[str, History] = {}
        self._everybodys: set[str] = set()
        self._of_region: dict[str, set[str]] = {}
        for of_stream in incidents.values():
            self._take_in(of_stream)

    def _take_in(self, rows: list[Row]) -> None:
        """Index a shared incident by the accounts it affects; one without an opening event affects none."""
        opened = decode(rows[0]).event if rows[0].version == 1 else None
        if not isinstance(opened, IncidentOpened):
            return
        self._incidents[opened.incident] = History(rows)
        if opened.scope == "all":
            self._everybodys.add(opened.incident)
        for region in opened.regions:
            self._of_region.setdefault(region, set()).add(opened.incident)

    def incidents(self, regions: Iterable[str], joined: set[str]) -> list[History]:
        """The shared incidents that affect an account: of all accounts, of its regions, and those that name it."""
        names = self._everybodys.union(*(self._of_region.get(region, ()) for region in regions))
        return [self._incidents[name] for name in names | (joined & self._incidents.keys())]

    def all_rows(self) -> list[Row]:
        """Every event of the rules and of shared incidents."""
        return [*self.rules.rows, *(row for shared in self._incidents.values() for row in shared.rows)]

    def all_incidents(self) -> Iterable[History]:
        """Every shared incident."""
        return self._incidents.values()

    def rule_leaves(self, position: int, years: Iterable[int]) -> list[Leaf]:
        """The leaves of the terms, and of the calendars of some years, up to a position."""
        cited = tuple(years)
        if cited not in self._cited:
            streams = {layout.calendar(COUNTRY, year) for year in cited}
            streams |= {stream for stream in self._rules if stream.startswith(layout.TERMS)}
            self._cited[cited] = History(sorted(row for stream in streams for row in self._rules.get(stream, ())))
        return self._cited[cited].leaves(position)
