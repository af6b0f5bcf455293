"""Checks accounts one by one, each event decoded and applied once: would the rules have let it in, do its decisions
come out the same, do its amounts agree, and are its stored projections those of its events?
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from typing import NamedTuple

from domain.admissible.check import Inadmissible, checked_act
from domain.case import Fact
from domain.refusals import Refusal
from ledger.application import Ledger
from ledger.audit.balances import unbalanced
from ledger.audit.known_rules import rules_known
from ledger.audit.replay import Difference, decided_month, past_decision, replay
from ledger.audit.verified import Damage
from ledger.log.account_history import AccountHistory, AccountRows
from ledger.log.codec import decode
from ledger.log.leaves import Leaf, leaf
from ledger.log.reader import Reader
from ledger.queries.projected import projected
from ledger.queries.stored_rows import StoredRows


class AccountsPart(NamedTuple):
    """The result for a range of accounts.

    `stored` counts the rows of the stored projections that were compared, None where they could not be; `is_stale`
    where some of them are not those of the events.
    """

    decisions: int
    damage: list[Damage]
    inadmissible: list[Inadmissible]
    different: list[Difference]
    stored: Counter[str] | None
    is_stale: bool

    def join(self, other: AccountsPart) -> AccountsPart:
        """This range and the one behind it."""
        return AccountsPart(
            decisions=self.decisions + other.decisions,
            damage=self.damage + other.damage,
            inadmissible=self.inadmissible + other.inadmissible,
            different=self.different + other.different,
            stored=None if self.stored is None or other.stored is None else self.stored + other.stored,
            is_stale=self.is_stale or other.is_stale,
        )


NO_ACCOUNTS = AccountsPart(0, [], [], [], Counter(), is_stale=False)


def check_accounts(log: Reader, first: str, end: str, *, url: str) -> AccountsPart:
    """Check the accounts with streams from `first` up to `end`, and their projections in the ledger at a URL.

    Raises Damaged where an event or a record cannot be read.
    """
    with Ledger.open(url, read_only=True) as ledger, StoredRows.at(ledger, log.position()) as stored:
        check = AccountsCheck(log, stored)
        for own in log.accounts_rows(first, end):
            check.take(own)
    return check.result()


class AccountsCheck:
    """The state of the check, account by account: of their stored projections too where these are given.

    The events up to the position `after` are applied and not checked, nor are their decisions made again.
    """

    def __init__(self, log: Reader, stored: StoredRows | None = None, after: int = 0) -> None:
        self._position = log.position()
        self._after = after
        self._common = log.common()
        self._rules = rules_known(log, self._common)
        self._stored = stored
        self.decisions = 0
        self.damage: list[Damage] = []
        self.inadmissible: list[Inadmissible] = []
        self.different: list[Difference] = []
        self.is_stale = False

    def take(self, own: AccountRows) -> None:
        """Check one more account."""
        life = AccountHistory(own.account, self._common)
        if not self._applied(life, own):
            return
        case = life.case(self._position)
        self.damage += unbalanced(case, own.account)
        if self._stored is not None and case.account is not None:
            self.is_stale |= not self._stored.are_of(projected(own.account, case))

    def result(self) -> AccountsPart:
        """The result for the accounts so far."""
        return AccountsPart(
            decisions=self.decisions,
            damage=self.damage,
            inadmissible=self.inadmissible,
            different=self.different,
            stored=None if self._stored is None else self._stored.seen,
            is_stale=self.is_stale,
        )

    def _applied(self, life: AccountHistory, own: AccountRows) -> bool:
        """Apply an account's events act by act; False where one cannot be applied."""
        facts, hashed = list(map(decode, own.rows)), list[Leaf]()
        done = bisect_right([row.position for row in own.rows], self._after)
        life.take_in(facts[:done])
        while done < len(facts):
            found, count = checked_act(facts, done, life.own, self._rules(facts[done].position - 1))
            self.inadmissible += [] if found is None else [found]
            for place in range(done, done + count):
                if decided_month(own.rows[place]) is not None:
                    hashed += map(leaf, own.rows[len(hashed) : place])
                    self._replay(life, own, facts[place], hashed)
                try:
                    life.take_in(facts[place : place + 1])
                except Refusal as refusal:
                    self.inadmissible.append(Inadmissible.of(facts[place], refusal.code, refusal.message))
                    return False
            done += count
        return True

    def _replay(self, life: AccountHistory, own: AccountRows, fact: Fact, hashed: list[Leaf]) -> None:
        row = own.rows[len(hashed)]
        difference = replay(past_decision(life, row, fact, own.before[row.position], hashed))
        self.decisions += 1
        self.different += [] if difference is None else [difference]
