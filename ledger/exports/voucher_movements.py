"""The history of each voucher as movements of money, as an accountant books them."""

from __future__ import annotations

from collections.abc import Iterator
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


def books(log: Reader) -> Iterator[Book]:
    """Every voucher, in order of account and issue; memory does not grow with the number of accounts."""
    for life in log.account_histories(*streams.ACCOUNTS):
        yield from _books(life)


def _books(life: AccountHistory) -> Iterator[Book]:
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
    return Movement(kind=kind, at=at, amount_fen=amount_fen, position=fact.position, bill=bill)
