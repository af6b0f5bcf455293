"""One account of many: its own events are applied one by one; the rules and shared incidents are read only once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from operator import attrgetter
from typing import NamedTuple

import msgspec

from domain.case import Case, Fact, evolve, fold
from domain.events import IncidentJoined
from ledger.log.codec import Row
from ledger.log.leaves import Leaf
from ledger.log.shared_history import History, SharedHistory

CONCERNED_BY = ("account.enrolled", "account.moved", "account.corrected", "incident.joined")
"""The topics that say which shared incidents concern an account."""


class AccountRows(NamedTuple):
    """An account with its own events in log order; `before` has the log's last position before each decision."""

    account: str
    rows: list[Row]
    before: dict[int, int]


class AccountHistory:
    """An account's state by the events applied so far; `own` is what its own events alone make of it."""

    def __init__(self, account: str, common: SharedHistory) -> None:
        self.account = account
        self.facts: list[Fact] = []
        self._common = common
        self.own = fold(())
        self._joined: set[str] = set()
        self._shared: list[History] | None = None

    def take_in(self, facts: Sequence[Fact]) -> None:
        """Apply more of the account's own events, in log order. Raises Damaged as `evolve` does."""
        for fact in facts:
            if fact.topic in CONCERNED_BY:
                self._shared = None
                if isinstance(fact.event, IncidentJoined):
                    self._joined.add(fact.event.incident)
            evolve(self.own, fact)
        self.facts += facts

    def _concerning(self) -> list[History]:
        """The shared incidents that affect the account by its known region and memberships."""
        if self._shared is None:
            holder = self.own.account
            regions = set() if holder is None else holder.regions
            self._shared = self._common.incidents(regions, self._joined)
        return self._shared

    def case(self, position: int) -> Case:
        """The account's case as known at a position, which must be at or after its last applied event.

        It is valid until the next event is applied, and must not be changed.
        """
        rules = self._common.rules.at(position)
        incidents = self.own.incidents.copy()
        for shared in self._concerning():
            incidents |= shared.at(position).incidents
        return msgspec.structs.replace(
            self.own, incidents=incidents, versions=rules.versions, calendars=rules.calendars
        )

    def common_leaves(self, position: int, years: Iterable[int]) -> list[Leaf]:
        """The leaves of the shared events that concern the account; of the calendars only those of some years."""
        shared = [each for history in self._concerning() for each in history.leaves(position)]
        return [*self._common.rule_leaves(position, years), *shared]

    def all_facts(self) -> list[Fact]:
        """The account's own facts among all that concern it, in log order."""
        shared = (fact for history in self._concerning() for fact in history.facts)
        return sorted([*self.facts, *self._common.rules.facts, *shared], key=attrgetter("position"))
