"""Receipts: ids, outcomes and fen as values that a command reports. The command line prints them.

Each field has its place in the answer: `DoneAnswer` in `cli/answers/receipts.py`.
"""

from __future__ import annotations

import msgspec

from domain.decision import Outcome
from domain.money import Fen


class Receipt(msgspec.Struct, frozen=True, kw_only=True):
    """Base of all receipts; by itself, the receipt of a command whose key was used before."""


class LedgerReceipt(Receipt, frozen=True, kw_only=True):
    """A ledger was created, or brought up to date."""

    ledger: str


class AccountReceipt(Receipt, frozen=True, kw_only=True):
    """An account was enrolled, corrected, restaged or closed."""

    account: str


class TermsReceipt(Receipt, frozen=True, kw_only=True):
    """A version of an agreement was published."""

    agreement: str
    version: str


class CalendarReceipt(Receipt, frozen=True, kw_only=True):
    """A year's working days were published."""

    year: int
    sha256: str


class ControlsReceipt(Receipt, frozen=True, kw_only=True):
    """The controls that hold now; None for one that is not set. Stewards are told where commands must be signed."""

    approval_above: Fen | None
    provider_name: str | None
    provider_address: str | None
    signed: bool
    stewards: tuple[str, ...] | msgspec.UnsetType = msgspec.UNSET


class ActorKeyReceipt(Receipt, frozen=True, kw_only=True):
    """A key of an actor was registered or retired."""

    actor: str
    public_key: str


class IncidentReceipt(Receipt, frozen=True, kw_only=True):
    """An incident was opened, closed, corrected or withdrawn, or already had the exclusion."""

    incident: str


class ExclusionReceipt(IncidentReceipt, frozen=True, kw_only=True):
    """An exclusion was applied or withdrawn; `exclusion` is its number in the incident."""

    exclusion: int


class BillReceipt(Receipt, frozen=True, kw_only=True):
    """A bill was recorded, corrected or voided."""

    bill: str


class ClaimReceipt(Receipt, frozen=True, kw_only=True):
    """A claim was filed, withdrawn or disputed, or nothing was left to decide or issue for it."""

    account: str
    month: str


class DecisionReceipt(ClaimReceipt, frozen=True, kw_only=True):
    """A claim was decided."""

    decision: int
    outcome: Outcome
    amount: Fen


class ApprovalReceipt(ClaimReceipt, frozen=True, kw_only=True):
    """The award of a decision was approved."""

    decision: int
    amount: Fen


class IssueReceipt(ClaimReceipt, frozen=True, kw_only=True):
    """A voucher was issued for a claim."""

    voucher: str
    amount: Fen


class VoucherReceipt(Receipt, frozen=True, kw_only=True):
    """A voucher was cancelled, or nothing was left to redeem."""

    voucher: str


class RedemptionReceipt(VoucherReceipt, frozen=True, kw_only=True):
    """A voucher paid a part of a bill."""

    redemption: int
    balance: Fen


class ReversalReceipt(VoucherReceipt, frozen=True, kw_only=True):
    """A redemption was reversed, now or before."""

    redemption: int
