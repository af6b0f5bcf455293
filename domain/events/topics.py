"""The stable name of every event in the store, and the shapes of former times.

`domain` may be rearranged, topics may not. A shape that was ever written stays readable: see `UPCASTERS`.
"""

from __future__ import annotations

from collections.abc import Callable

from domain.events import (
    AccountClosed,
    AccountCorrected,
    AccountEnrolled,
    AccountMoved,
    AccountRestaged,
    CalendarPublished,
    ClaimApproved,
    ClaimDecided,
    ClaimDisputed,
    ClaimFiled,
    ClaimPaid,
    ClaimPaymentCancelled,
    ClaimWithdrawn,
    ControlsSet,
    Event,
    Evidence,
    ExclusionApplied,
    ExclusionAppliedAsAnnounced,
    ExclusionWithdrawn,
    FeesBilled,
    FeesCorrected,
    FeesOffsetExplained,
    FeesPaidByVoucher,
    FeesPaymentReversed,
    FeesRestored,
    FeesVoided,
    IdReserved,
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
    IncidentRestored,
    IncidentWithdrawn,
    KeyUsed,
    LedgerCreated,
    RedemptionReversed,
    SourceRead,
    TermsPublished,
    VoucherCancelled,
    VoucherIssued,
    VoucherRedeemed,
)
from domain.events.event import InstantUs


class ExclusionAppliedV1(Event, frozen=True, kw_only=True):
    """The first shape of `ExclusionApplied`, with one piece of evidence at most. It is no longer written."""

    incident: str
    exclusion: int
    clause: str
    from_at: InstantUs | None = None
    to_at: InstantUs | None = None
    notified_at: InstantUs | None = None
    evidence: Evidence | None = None


def several_pieces_of_evidence(old: Event) -> Event:
    """Today's shape of an `ExclusionAppliedV1`: its piece of evidence is the only one."""
    if not isinstance(old, ExclusionAppliedV1):
        raise TypeError(f"{type(old).__name__} is not the first shape of an exclusion")
    return ExclusionApplied(
        incident=old.incident,
        exclusion=old.exclusion,
        clause=old.clause,
        from_at=old.from_at,
        to_at=old.to_at,
        notified_at=old.notified_at,
        evidence=() if old.evidence is None else (old.evidence,),
    )


TOPICS: dict[str, type[Event]] = {
    "ledger.created": LedgerCreated,
    "id.reserved": IdReserved,
    "key.used": KeyUsed,
    "terms.published": TermsPublished,
    "calendar.published": CalendarPublished,
    "controls.set": ControlsSet,
    "account.enrolled": AccountEnrolled,
    "account.restaged": AccountRestaged,
    "account.moved": AccountMoved,
    "account.corrected": AccountCorrected,
    "account.closed": AccountClosed,
    "incident.opened": IncidentOpened,
    "incident.opened_within": IncidentOpenedWithin,
    "incident.joined": IncidentJoined,
    "incident.closed": IncidentClosed,
    "incident.closed_within": IncidentClosedWithin,
    "incident.corrected": IncidentCorrected,
    "incident.corrected_within": IncidentCorrectedWithin,
    "incident.withdrawn": IncidentWithdrawn,
    "incident.reopened": IncidentReopened,
    "incident.function_corrected": IncidentFunctionCorrected,
    "incident.restored": IncidentRestored,
    "incident.kept": IncidentKept,
    "incident.released": IncidentReleased,
    "exclusion.applied.v2": ExclusionApplied,
    "exclusion.applied_as_announced": ExclusionAppliedAsAnnounced,
    "exclusion.withdrawn": ExclusionWithdrawn,
    "source.read": SourceRead,
    "fees.billed": FeesBilled,
    "fees.corrected": FeesCorrected,
    "fees.voided": FeesVoided,
    "fees.restored": FeesRestored,
    "fees.paid_by_voucher": FeesPaidByVoucher,
    "fees.payment_reversed": FeesPaymentReversed,
    "fees.offset_explained": FeesOffsetExplained,
    "claim.filed": ClaimFiled,
    "claim.withdrawn": ClaimWithdrawn,
    "claim.decided": ClaimDecided,
    "claim.approved": ClaimApproved,
    "claim.disputed": ClaimDisputed,
    "claim.paid": ClaimPaid,
    "claim.payment_cancelled": ClaimPaymentCancelled,
    "voucher.issued": VoucherIssued,
    "voucher.redeemed": VoucherRedeemed,
    "voucher.redemption_reversed": RedemptionReversed,
    "voucher.cancelled": VoucherCancelled,
}

UPCASTERS: dict[str, tuple[type[Event], Callable[[Event], Event]]] = {
    "exclusion.applied": (ExclusionAppliedV1, several_pieces_of_evidence),
}
"""Topics of shapes no longer written: the old shape, and the pure function that makes today's event of it."""
