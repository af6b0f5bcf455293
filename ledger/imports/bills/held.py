"""The bills that the ledger holds of an account, and whose word each of them is.

Events that an import recorded carry their source in the envelope. All others are a person's word. Bills of releases
that did not record the source are known by the ids that imports gave them: `aliyun:…` and `focus:…`.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from domain import bill as bills
from domain import events as e
from domain.bill import Bill
from domain.case import Fact
from domain.time import months_between
from ledger.imports.bills.statements import Amounts, BillKey, amounts_of
from ledger.log.codec import decode
from ledger.log.reader import Reader

STEMS = ("aliyun", "focus")
"""How the ids of imported bills begin."""


class HeldBill(msgspec.Struct, frozen=True, kw_only=True):
    """A bill that the ledger holds.

    `source` is the format that recorded it, `last` the one that spoke of it last; None where a person did. `scope` says
    whether it is a month's part of what was paid for several (`SPREAD`), or has something bought ahead (`PURCHASED`).
    `told` is its first event, `said` what its source last said. `is_corrected` says that a person corrected it since,
    `is_undone` that a person voided it. `said_at` is when a source last said something of it, in microseconds.
    """

    bill: Bill
    told: e.FeesBilled
    source: str | None = None
    last: str | None = None
    scope: str = ""
    said: Amounts
    is_corrected: bool = False
    is_undone: bool = False
    said_at: int | None = None

    @property
    def id(self) -> str:
        return self.bill.bill

    @property
    def key(self) -> BillKey:
        return BillKey(self.bill.account, self.bill.first_month, self.bill.months)

    @property
    def stands(self) -> bool:
        return self.bill.voided is None

    @property
    def amounts(self) -> Amounts:
        return amounts_of(self.bill)

    def overlaps(self, key: BillKey) -> bool:
        """Whether it and another bill of the account cover a month together."""
        ahead = months_between(self.bill.first_month, key.first_month)
        return -key.months < ahead < self.bill.months


def held_bills(log: Reader, account: str) -> list[HeldBill]:
    """Every bill of an account, void ones too, in the order in which they were recorded."""
    facts: dict[str, list[Fact]] = {}
    for row in log.range(f"{account}/bill/"):
        facts.setdefault(row.stream, []).append(decode(row))
    return [held_bill(own) for own in facts.values()]


def held_bill(facts: Iterable[Fact]) -> HeldBill:
    """A bill of its own events, in order."""
    state: Bill | None = None
    told: e.FeesBilled | None = None
    first: Fact | None = None
    said = Amounts()
    is_corrected = is_undone = False
    said_at: int | None = None
    last: str | None = None
    for fact in facts:
        state = bills.evolve(state, fact.event, fact.reason)
        is_sources = fact.source is not None
        last = last if fact.source is None else fact.source.name
        if isinstance(fact.event, e.FeesBilled):
            told, first, said = fact.event, fact, amounts_of(state)
        elif isinstance(fact.event, e.FeesCorrected):
            is_corrected = not is_sources
            said = amounts_of(state) if is_sources else said
        elif isinstance(fact.event, e.FeesVoided):
            is_undone = not is_sources
        elif isinstance(fact.event, e.FeesRestored):
            is_undone = False
        if fact.source is not None and fact.source.said_at is not None:
            said_at = max(said_at or 0, fact.source.said_at)
    if state is None or told is None or first is None:
        raise ValueError("a bill has a first event")
    return HeldBill(
        bill=state,
        told=told,
        source=_source(first, told.bill),
        last=last or _source(first, told.bill),
        scope="" if first.source is None else first.source.scope,
        said=said,
        is_corrected=is_corrected,
        is_undone=is_undone,
        said_at=said_at,
    )


def _source(first: Fact, id_: str) -> str | None:
    """The source that recorded a bill; that of an older release is known by the id's beginning."""
    if first.source is not None:
        return first.source.name
    stem, colon, _ = id_.partition(":")
    return stem if colon and stem in STEMS else None
