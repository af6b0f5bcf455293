"""Events of a voucher."""

from __future__ import annotations

from domain.events.event import Event, InstantUs, Part


class VoucherIssued(Event, frozen=True, kw_only=True):
    """A voucher was issued for a claim's award less earlier vouchers; `version` names the terms that govern it."""

    voucher: str
    account: str
    month: str
    amount_fen: int
    issued_at: InstantUs
    decision: int
    version: str


class VoucherRedeemed(Event, frozen=True, kw_only=True):
    """The voucher's side of a redemption; `redemption` is its number within the voucher, from 1."""

    voucher: str
    redemption: int
    bill: str
    part: Part
    amount_fen: int
    redeemed_at: InstantUs


class RedemptionReversed(Event, frozen=True, kw_only=True):
    """The voucher's side of a reversed redemption."""

    voucher: str
    redemption: int


class VoucherCancelled(Event, frozen=True, kw_only=True):
    """The voucher's balance, or a part of it, was cancelled."""

    voucher: str
    amount_fen: int
