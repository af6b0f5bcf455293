"""The stream in which an event must stand, by its data."""

from __future__ import annotations

from domain import events as e
from domain.case import Fact
from ledger.log import streams


def stream_of(fact: Fact) -> str:
    """The stream that an event's data belongs to; where the data does not name the account, the stream's is taken."""
    event, owner = fact.event, streams.owner(fact.stream)
    match event:
        case e.LedgerCreated() | e.LedgerUpgraded():
            return streams.LEDGER
        case e.IdReserved():
            return streams.reservation(event.kind, event.id)
        case e.KeyUsed():
            return streams.key(event.key)
        case e.SourceRead():
            return streams.source(event.source)
        case e.TermsPublished():
            return streams.terms(event.agreement)
        case e.ControlsSet():
            return streams.CONTROLS
        case e.ActorKeyAdded() | e.ActorKeyRetired():
            return streams.actor(event.actor)
        case e.CalendarPublished():
            return streams.calendar(event.country, event.year)
        case e.IncidentOpened():
            return streams.incident(event.account or streams.SHARED, event.incident)
        case e.AccountEnrolled() | e.AccountRestaged() | e.AccountMoved() | e.AccountCorrected() | e.AccountClosed():
            return streams.account(event.account)
        case e.AccountNamed():
            return streams.account(event.account)
    return _stream_of_part(event, owner)


def _stream_of_part(event: e.Event, owner: str) -> str:
    """The stream of an event of an incident, a bill, a claim or a voucher."""
    match event:
        case e.IncidentJoined():
            return streams.incident(event.account, event.incident)
        case e.IncidentClosed() | e.IncidentCorrected() | e.IncidentFunctionCorrected() | e.IncidentReopened():
            return streams.incident(owner, event.incident)
        case e.IncidentReported():
            return streams.incident(owner, event.incident)
        case e.IncidentWithdrawn() | e.IncidentRestored() | e.IncidentKept() | e.IncidentReleased():
            return streams.incident(owner, event.incident)
        case e.ExclusionApplied() | e.ExclusionWithdrawn():
            return streams.incident(owner, event.incident)
        case e.FeesBilled():
            return streams.bill(event.account, event.bill)
        case e.FeesCorrected() | e.FeesVoided() | e.FeesRestored() | e.FeesOffsetExplained():
            return streams.bill(owner, event.bill)
        case e.FeesPaidByVoucher() | e.FeesPaymentReversed():
            return streams.bill(owner, event.bill)
        case e.ClaimFiled() | e.ClaimWithdrawn() | e.ClaimDecided() | e.ClaimApproved() | e.ClaimDisputed():
            return streams.claim(event.account, event.month)
        case e.ClaimEvidenced() | e.ClaimPaid() | e.ClaimPaymentCancelled():
            return streams.claim(event.account, event.month)
        case e.VoucherIssued():
            return streams.voucher(event.account, event.voucher)
        case e.VoucherRedeemed() | e.RedemptionReversed() | e.VoucherCancelled():
            return streams.voucher(owner, event.voucher)
        case _:
            raise ValueError(f"{type(event).__name__} has no stream")
