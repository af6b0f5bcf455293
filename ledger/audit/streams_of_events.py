"""The stream in which an event must stand, by its data."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from domain import events as e
from domain.case import Fact
from ledger.log import streams

_StreamOf = Callable[[Any, str], str]
"""The stream of an event; the second argument is the owner of the stream in which it stands."""


def _of_account(event: Any, owner: str) -> str:
    return streams.account(event.account)


def _of_incident(event: Any, owner: str) -> str:
    return streams.incident(owner, event.incident)


def _of_bill(event: Any, owner: str) -> str:
    return streams.bill(owner, event.bill)


def _of_claim(event: Any, owner: str) -> str:
    return streams.claim(event.account, event.month)


def _of_voucher(event: Any, owner: str) -> str:
    return streams.voucher(owner, event.voucher)


_STREAM_OF: dict[type[e.Event], _StreamOf] = {
    e.LedgerCreated: lambda event, owner: streams.LEDGER,
    e.LedgerUpgraded: lambda event, owner: streams.LEDGER,
    e.IdReserved: lambda event, owner: streams.reservation(event.kind, event.id),
    e.KeyUsed: lambda event, owner: streams.key(event.key),
    e.SourceRead: lambda event, owner: streams.source(event.source),
    e.TermsPublished: lambda event, owner: streams.terms(event.agreement),
    e.ControlsSet: lambda event, owner: streams.CONTROLS,
    e.ActorKeyAdded: lambda event, owner: streams.actor(event.actor),
    e.ActorKeyRetired: lambda event, owner: streams.actor(event.actor),
    e.CalendarPublished: lambda event, owner: streams.calendar(event.country, event.year),
    e.IncidentOpened: lambda event, owner: streams.incident(event.account or streams.SHARED, event.incident),
    e.IncidentJoined: lambda event, owner: streams.incident(event.account, event.incident),
    e.FeesBilled: lambda event, owner: streams.bill(event.account, event.bill),
    e.VoucherIssued: lambda event, owner: streams.voucher(event.account, event.voucher),
    **dict.fromkeys((e.AccountEnrolled, e.AccountRestaged, e.AccountMoved), _of_account),
    **dict.fromkeys((e.AccountCorrected, e.AccountClosed, e.AccountNamed), _of_account),
    **dict.fromkeys((e.IncidentClosed, e.IncidentCorrected, e.IncidentFunctionCorrected), _of_incident),
    **dict.fromkeys((e.IncidentReopened, e.IncidentReported, e.IncidentWithdrawn), _of_incident),
    **dict.fromkeys((e.IncidentRestored, e.IncidentKept, e.IncidentReleased), _of_incident),
    **dict.fromkeys((e.ExclusionApplied, e.ExclusionWithdrawn), _of_incident),
    **dict.fromkeys((e.FeesCorrected, e.FeesVoided, e.FeesRestored, e.FeesOffsetExplained), _of_bill),
    **dict.fromkeys((e.FeesPaidByVoucher, e.FeesPaymentReversed), _of_bill),
    **dict.fromkeys((e.ClaimFiled, e.ClaimWithdrawn, e.ClaimDecided, e.ClaimApproved), _of_claim),
    **dict.fromkeys((e.ClaimEvidenced, e.ClaimDisputed, e.ClaimPaid, e.ClaimPaymentCancelled), _of_claim),
    **dict.fromkeys((e.VoucherRedeemed, e.RedemptionReversed, e.VoucherCancelled), _of_voucher),
}
"""A type stands for its kinds, too."""


def stream_of(fact: Fact) -> str:
    """The stream that an event's data belongs to; where the data does not name the account, the stream's is taken."""
    return _for(type(fact.event))(fact.event, streams.owner(fact.stream))


@cache
def _for(kind: type[e.Event]) -> _StreamOf:
    return next(_STREAM_OF[each] for each in kind.__mro__ if each in _STREAM_OF)
