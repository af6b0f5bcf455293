"""The stable name of every event in the store, and the shapes of former times.

`domain` may be rearranged, topics may not. A shape that was ever written stays readable: see `UPCASTERS`.
"""

from __future__ import annotations

from collections.abc import Callable

from domain import events as e
from domain.events.event import InstantUs


class ExclusionAppliedV1(e.Event, frozen=True, kw_only=True):
    """The first shape of `ExclusionApplied`, with one piece of evidence at most. It is no longer written."""

    incident: str
    exclusion: int
    clause: str
    from_at: InstantUs | None = None
    to_at: InstantUs | None = None
    notified_at: InstantUs | None = None
    evidence: e.Evidence | None = None


def several_pieces_of_evidence(old: e.Event) -> e.Event:
    """Today's shape of an `ExclusionAppliedV1`: its piece of evidence is the only one."""
    if not isinstance(old, ExclusionAppliedV1):
        raise TypeError(f"{type(old).__name__} is not the first shape of an exclusion")
    return e.ExclusionApplied(
        incident=old.incident,
        exclusion=old.exclusion,
        clause=old.clause,
        from_at=old.from_at,
        to_at=old.to_at,
        notified_at=old.notified_at,
        evidence=() if old.evidence is None else (old.evidence,),
    )


TOPICS: dict[str, type[e.Event]] = {
    "ledger.created": e.LedgerCreated,
    "ledger.upgraded": e.LedgerUpgraded,
    "id.reserved": e.IdReserved,
    "key.used": e.KeyUsed,
    "terms.published": e.TermsPublished,
    "calendar.published": e.CalendarPublished,
    "controls.set": e.ControlsSet,
    "actor.key_added": e.ActorKeyAdded,
    "actor.key_retired": e.ActorKeyRetired,
    "account.enrolled": e.AccountEnrolled,
    "account.restaged": e.AccountRestaged,
    "account.moved": e.AccountMoved,
    "account.named": e.AccountNamed,
    "account.corrected": e.AccountCorrected,
    "account.closed": e.AccountClosed,
    "incident.opened": e.IncidentOpened,
    "incident.opened_within": e.IncidentOpenedWithin,
    "incident.joined": e.IncidentJoined,
    "incident.closed": e.IncidentClosed,
    "incident.closed_within": e.IncidentClosedWithin,
    "incident.corrected": e.IncidentCorrected,
    "incident.corrected_within": e.IncidentCorrectedWithin,
    "incident.withdrawn": e.IncidentWithdrawn,
    "incident.reported": e.IncidentReported,
    "incident.reopened": e.IncidentReopened,
    "incident.function_corrected": e.IncidentFunctionCorrected,
    "incident.restored": e.IncidentRestored,
    "incident.kept": e.IncidentKept,
    "incident.released": e.IncidentReleased,
    "exclusion.applied.v2": e.ExclusionApplied,
    "exclusion.applied_as_announced": e.ExclusionAppliedAsAnnounced,
    "exclusion.withdrawn": e.ExclusionWithdrawn,
    "source.read": e.SourceRead,
    "fees.billed": e.FeesBilled,
    "fees.corrected": e.FeesCorrected,
    "fees.voided": e.FeesVoided,
    "fees.restored": e.FeesRestored,
    "fees.paid_by_voucher": e.FeesPaidByVoucher,
    "fees.payment_reversed": e.FeesPaymentReversed,
    "fees.offset_explained": e.FeesOffsetExplained,
    "claim.filed": e.ClaimFiled,
    "claim.evidenced": e.ClaimEvidenced,
    "claim.withdrawn": e.ClaimWithdrawn,
    "claim.decided": e.ClaimDecided,
    "claim.approved": e.ClaimApproved,
    "claim.disputed": e.ClaimDisputed,
    "claim.paid": e.ClaimPaid,
    "claim.payment_cancelled": e.ClaimPaymentCancelled,
    "voucher.issued": e.VoucherIssued,
    "voucher.redeemed": e.VoucherRedeemed,
    "voucher.redemption_reversed": e.RedemptionReversed,
    "voucher.cancelled": e.VoucherCancelled,
}

UPCASTERS: dict[str, tuple[type[e.Event], Callable[[e.Event], e.Event]]] = {
    "exclusion.applied": (ExclusionAppliedV1, several_pieces_of_evidence),
}
"""Topics of shapes no longer written: the old shape, and the pure function that makes today's event of it."""
