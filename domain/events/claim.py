"""Events of a claim."""

from __future__ import annotations

import msgspec

from domain.events.event import Event, InstantUs
from domain.events.incident import Evidence


class ClaimFiled(Event, frozen=True, kw_only=True):
    """The customer claimed a month."""

    account: str
    month: str
    filed_at: InstantUs
    statement: str | None = None


class ClaimEvidenced(Event, frozen=True, kw_only=True):
    """What the customer sent with the claim that was filed with it."""

    account: str
    month: str
    evidence: tuple[Evidence, ...]


class ClaimWithdrawn(Event, frozen=True, kw_only=True):
    """The claim was withdrawn before it was decided."""

    account: str
    month: str


class ClaimDecided(Event, frozen=True, kw_only=True):
    """The claim was decided; `decision` is the exact bytes of its record (`domain/decision_record.py`)."""

    account: str
    month: str
    decision: msgspec.Raw


class ClaimApproved(Event, frozen=True, kw_only=True):
    """The award of a decision was approved: the decision, the amount that is due, and the log's position then."""

    account: str
    month: str
    decision: int
    decision_sha256: str
    amount_fen: int
    position: int


class ClaimDisputed(Event, frozen=True, kw_only=True):
    """The customer disputed the latest decision."""

    account: str
    month: str
    disputed_at: InstantUs
    grounds: str


class ClaimPaid(Event, frozen=True, kw_only=True):
    """The claim's side of an issued voucher."""

    account: str
    month: str
    voucher: str
    amount_fen: int


class ClaimPaymentCancelled(Event, frozen=True, kw_only=True):
    """The claim's side of a cancelled voucher: the claim knows of it. Amounts are summed over the vouchers alone."""

    account: str
    month: str
    voucher: str
    amount_fen: int
