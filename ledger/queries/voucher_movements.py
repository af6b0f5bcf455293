"""The history of each voucher as movements of money, as an accountant books them, and their sums over a period."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import msgspec

from domain.case import Fact
from domain.events import RedemptionReversed, VoucherCancelled, VoucherIssued, VoucherRedeemed
from ledger.log import streams
from ledger.log.account_history import AccountHistory
from ledger.log.reader import Reader

Kind = Literal["issued", "redeemed", "reversed", "cancelled"]


class Movement(msgspec.Struct, frozen=True, kw_only=True):
    """One movement of a voucher, recorded at a position; `bill` is the one of a redemption or its reversal.

    `at` is when it happened. A reversal and a cancellation state no time: they count from when they were recorded,
    and never before the act that they undo.
    """

    kind: Kind
    at: int
    recorded_at: int
    amount_fen: int
    position: int
    bill: str | None = None

    @property
    def owed_fen(self) -> int:
        """The change in the amount owed to the customer; negative where it decreases."""
        return self.amount_fen if self.kind in ("issued", "reversed") else -self.amount_fen


class Book(msgspec.Struct, frozen=True, kw_only=True):
    """A voucher with all its movements, in the order in which they were recorded."""

    voucher: str
    account: str
    month: str
    movements: tuple[Movement, ...]

    @property
    def balance_fen(self) -> int:
        return sum(movement.owed_fen for movement in self.movements)


@dataclass
class RollForward:
    """What vouchers were worth when a period began, what changed within it, and what they were worth at its end.

    Amounts in fen. A movement belongs to the period in which it was recorded, so that a closed period never changes.
    """

    begins: int
    ends: int
    opening_fen: int = 0
    issued_fen: int = 0
    reversed_fen: int = 0
    redeemed_fen: int = 0
    cancelled_fen: int = 0

    @property
    def closing_fen(self) -> int:
        """Opening + issued + reversed - redeemed - cancelled."""
        return self.opening_fen + self.issued_fen + self.reversed_fen - self.redeemed_fen - self.cancelled_fen

    def join(self, other: RollForward) -> None:
        """Add what other vouchers were worth in the same period."""
        self.opening_fen += other.opening_fen
        self.issued_fen += other.issued_fen
        self.reversed_fen += other.reversed_fen
        self.redeemed_fen += other.redeemed_fen
        self.cancelled_fen += other.cancelled_fen

    def add(self, movement: Movement) -> None:
        """Add a movement; one that was recorded at or after the end is not in the period."""
        if movement.recorded_at >= self.ends:
            return
        if movement.recorded_at < self.begins:
            self.opening_fen += movement.owed_fen
            return
        match movement.kind:
            case "issued":
                self.issued_fen += movement.amount_fen
            case "reversed":
                self.reversed_fen += movement.amount_fen
            case "redeemed":
                self.redeemed_fen += movement.amount_fen
            case "cancelled":
                self.cancelled_fen += movement.amount_fen


def books(log: Reader) -> Iterator[Book]:
    """Every voucher, in order of account and issue; memory does not grow with the number of accounts."""
    for life in log.account_histories(*streams.ACCOUNTS):
        yield from books_of(life)


def books_of(life: AccountHistory) -> Iterator[Book]:
    """The vouchers of an account, in order of issue."""
    told: dict[str, list[Fact]] = {}
    for fact in life.facts:
        if isinstance(fact.event, VoucherIssued | VoucherRedeemed | RedemptionReversed | VoucherCancelled):
            told.setdefault(fact.event.voucher, []).append(fact)
    for voucher, facts in told.items():
        issued = facts[0].event
        if isinstance(issued, VoucherIssued):
            yield Book(
                voucher=voucher, account=life.account, month=issued.month, movements=tuple(_movements(issued, facts))
            )


def _movements(issued: VoucherIssued, facts: list[Fact]) -> Iterator[Movement]:
    redeemed: dict[int, VoucherRedeemed] = {}
    for fact in facts:
        match fact.event:
            case VoucherIssued() as event:
                yield _movement("issued", event.issued_at, event.amount_fen, fact)
            case VoucherRedeemed() as event:
                redeemed[event.redemption] = event
                yield _movement("redeemed", event.redeemed_at, event.amount_fen, fact, event.bill)
            case RedemptionReversed() as event:
                undone = redeemed[event.redemption]
                at = max(fact.recorded_at, undone.redeemed_at)
                yield _movement("reversed", at, undone.amount_fen, fact, undone.bill)
            case VoucherCancelled() as event:
                yield _movement("cancelled", max(fact.recorded_at, issued.issued_at), event.amount_fen, fact)


def _movement(kind: Kind, at: int, amount_fen: int, fact: Fact, bill: str | None = None) -> Movement:
    return Movement(
        kind=kind, at=at, recorded_at=fact.recorded_at, amount_fen=amount_fen, position=fact.position, bill=bill
    )
