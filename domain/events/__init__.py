"""Every fact that the ledger can hold: past tense, immutable, units in the names, instants in microseconds.

An event says only *what happened*. Who recorded it, when and why stands beside it in the envelope
(`ledger/log/codec.py`). `domain/events/topics.py` gives each its stable name in the store.
"""

from __future__ import annotations

from domain.events.account import (
    AccountClosed,
    AccountCorrected,
    AccountEnrolled,
    AccountMoved,
    AccountNamed,
    AccountRestaged,
)
from domain.events.actor import ActorKeyAdded, ActorKeyRetired
from domain.events.bill import (
    FeesBilled,
    FeesCorrected,
    FeesOffsetExplained,
    FeesPaidByVoucher,
    FeesPaymentReversed,
    FeesRestored,
    FeesVoided,
)
from domain.events.claim import (
    ClaimApproved,
    ClaimDecided,
    ClaimDisputed,
    ClaimEvidenced,
    ClaimFiled,
    ClaimPaid,
    ClaimPaymentCancelled,
    ClaimWithdrawn,
)
from domain.events.controls import ControlsSet
from domain.events.event import Event, Function, Part, Scope, Stage
from domain.events.incident import (
    Evidence,
    ExclusionApplied,
    ExclusionAppliedAsAnnounced,
    ExclusionWithdrawn,
    IncidentClosed,
    IncidentClosedWithin,
    IncidentCorrected,
    IncidentCorrectedWithin,
    IncidentFunctionCorrected,
    IncidentJoined,
    IncidentKept,
    IncidentOpened,
    IncidentOpenedWithin,
    IncidentReleased,
    IncidentReopened,
    IncidentReported,
    IncidentRestored,
    IncidentWithdrawn,
    Moment,
)
from domain.events.ledger import Heard, IdReserved, KeyUsed, LedgerCreated, LedgerUpgraded, SourceRead
from domain.events.terms import CalendarPublished, NamedDay, TermsPublished
from domain.events.voucher import RedemptionReversed, VoucherCancelled, VoucherIssued, VoucherRedeemed

__all__ = [
    "AccountClosed",
    "AccountCorrected",
    "AccountEnrolled",
    "AccountMoved",
    "AccountNamed",
    "AccountRestaged",
    "ActorKeyAdded",
    "ActorKeyRetired",
    "CalendarPublished",
    "ClaimApproved",
    "ClaimDecided",
    "ClaimDisputed",
    "ClaimEvidenced",
    "ClaimFiled",
    "ClaimPaid",
    "ClaimPaymentCancelled",
    "ClaimWithdrawn",
    "ControlsSet",
    "Event",
    "Evidence",
    "ExclusionApplied",
    "ExclusionAppliedAsAnnounced",
    "ExclusionWithdrawn",
    "FeesBilled",
    "FeesCorrected",
    "FeesOffsetExplained",
    "FeesPaidByVoucher",
    "FeesPaymentReversed",
    "FeesRestored",
    "FeesVoided",
    "Function",
    "Heard",
    "IdReserved",
    "IncidentClosed",
    "IncidentClosedWithin",
    "IncidentCorrected",
    "IncidentCorrectedWithin",
    "IncidentFunctionCorrected",
    "IncidentJoined",
    "IncidentKept",
    "IncidentOpened",
    "IncidentOpenedWithin",
    "IncidentReleased",
    "IncidentReopened",
    "IncidentReported",
    "IncidentRestored",
    "IncidentWithdrawn",
    "KeyUsed",
    "LedgerCreated",
    "LedgerUpgraded",
    "Moment",
    "NamedDay",
    "Part",
    "RedemptionReversed",
    "Scope",
    "SourceRead",
    "Stage",
    "TermsPublished",
    "VoucherCancelled",
    "VoucherIssued",
    "VoucherRedeemed",
]
