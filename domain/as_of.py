"""An account's state at an instant of valid time (when things happened), by the facts that are known.

Corrections and withdrawals of facts are knowledge: they apply once they are known, and the corrected instant decides
whether something had happened. Acts that have no instant of their own (a claim withdrawn, a redemption reversed, a
voucher cancelled) happened when they were recorded, and never before the act that they undo.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from domain import events as e
from domain.bill import Bill
from domain.case import Case, Fact, fold
from domain.decision_record import head
from domain.incident import Incident
from domain.refusals.terms import NoTerms
from domain.terms.months import span_of
from domain.terms.versions import zone_of
from domain.time import FOREVER, month_span, months_between

ALWAYS = -FOREVER
"""The instant of terms and calendars: they hold at every instant, since they say themselves when they apply."""
_Link = tuple[str | int, ...]
_Links = dict[_Link, int]


def as_of(facts: Iterable[Fact], valid_at: int) -> list[Fact]:
    """The facts that had happened by an instant, ready for `domain.case.fold`; `facts` are in log order.

    Each keeps its position. A span that begins at the instant has begun; one that ends at it has ended. An incident
    that ended later is open. Raises Damaged as `domain.case.fold` does.
    """
    known = list(facts)
    case = fold(known)
    happened = [fact for fact, instant in _instants(known, case) if instant <= valid_at]
    still_open = {
        incident.incident
        for incident in case.incidents.values()
        if incident.ended_at is not None and incident.ended_at > valid_at
    }
    return list(_foldable(happened, still_open))


def _instants(facts: list[Fact], case: Case) -> Iterator[tuple[Fact, int]]:
    """Each fact with the instant from which it holds; `links` keeps the instants that later facts depend on."""
    links: _Links = {}
    for fact in facts:
        own = _instant(fact.event, case, links)
        instant = max(fact.recorded_at, *_floors(fact, links)) if own is None else own
        match fact.event:
            case e.ClaimFiled(month=month):
                links["filed", fact.stream] = links["sent", month] = instant
            case e.ClaimDecided():
                links["decided", fact.stream] = instant
            case e.VoucherIssued(voucher=voucher):
                links["issued", voucher] = instant
            case e.VoucherRedeemed(voucher=voucher, redemption=number):
                links["redeemed", voucher, number] = instant
            case e.RedemptionReversed(voucher=voucher, redemption=number):
                links["undone", voucher, number] = links["act", voucher] = instant
            case e.VoucherCancelled(voucher=voucher):
                links["act", voucher] = instant
        yield fact, instant


def _floors(fact: Fact, links: _Links) -> list[int]:
    """The earliest instants for an act that has none itself: those of the act it undoes and of earlier such acts."""
    match fact.event:
        case e.RedemptionReversed(voucher=voucher, redemption=number):
            keys: list[_Link] = [("redeemed", voucher, number), ("act", voucher)]
        case e.VoucherCancelled(voucher=voucher):
            keys = [("issued", voucher), ("act", voucher)]
        case e.ClaimApproved():
            keys = [("decided", fact.stream)]
        case _:
            keys = [("filed", fact.stream)]
    return [links.get(key, ALWAYS) for key in keys]


def _instant(event: e.Event, case: Case, links: _Links) -> int | None:
    """When an event happened, by all that is known; None for an act that records no instant."""
    match event:
        case e.TermsPublished() | e.CalendarPublished() | e.AccountNamed():
            return ALWAYS
        case e.AccountEnrolled() | e.AccountRestaged() | e.AccountCorrected() | e.AccountClosed() | e.AccountMoved():
            return _of_account(event, case)
        case e.IncidentOpened() | e.IncidentJoined() | e.IncidentClosed() | e.IncidentCorrected():
            return _of_incident(event, case.incidents.get(event.incident))
        case e.IncidentFunctionCorrected() | e.IncidentReopened() | e.IncidentRestored() | e.IncidentKept():
            return _of_incident(event, case.incidents.get(event.incident))
        case e.IncidentReported():
            return _of_incident(event, case.incidents.get(event.incident))
        case e.IncidentReleased() | e.IncidentWithdrawn() | e.ExclusionApplied() | e.ExclusionWithdrawn():
            return _of_incident(event, case.incidents.get(event.incident))
        case e.FeesBilled() | e.FeesCorrected() | e.FeesVoided() | e.FeesRestored():
            return case.bills[event.bill].billed_at
        case e.FeesPaidByVoucher() | e.FeesOffsetExplained() | e.FeesPaymentReversed():
            return _of_payment(event, case, links)
        case e.ClaimFiled():
            return event.filed_at
        case e.ClaimEvidenced():
            return links["sent", event.month]
        case e.ClaimDecided():
            return head(bytes(event.decision)).decided_at
        case e.ClaimDisputed():
            return event.disputed_at
        case e.ClaimPaid():
            return links.get(("issued", event.voucher))
        case e.ClaimPaymentCancelled():
            return links.get(("act", event.voucher))
        case e.VoucherIssued():
            return event.issued_at
        case e.VoucherRedeemed():
            return max(event.redeemed_at, _billed_at(case, event.bill))
        case e.ClaimWithdrawn() | e.ClaimApproved() | e.RedemptionReversed() | e.VoucherCancelled():
            return None
        case _:
            raise ValueError(f"{type(event).__name__} is no event of an account")


def _of_account(event: e.Event, case: Case) -> int:
    """When an event of an account happened: never before its enrolment."""
    enrolled_at = ALWAYS if case.account is None else case.account.enrolled_at
    match event:
        case e.AccountRestaged():
            return max(enrolled_at, event.changed_at)
        case e.AccountMoved():
            return max(enrolled_at, event.moved_at)
        case e.AccountClosed():
            return max(enrolled_at, event.closed_at)
        case _:
            return enrolled_at


def _of_incident(event: e.Event, incident: Incident | None) -> int:
    """When an event of an incident happened: never before its start; its end and exclusions have their own instants."""
    if incident is None:
        return ALWAYS
    own = None
    match event:
        case e.IncidentClosed():
            own = incident.ended_at
        case e.IncidentReported():
            own = incident.ended_at if event.moment == "end" else None
        case e.ExclusionApplied() | e.ExclusionWithdrawn():
            own = incident.exclusions[event.exclusion - 1].from_at
    return incident.started_at if own is None else max(incident.started_at, own)


def _of_payment(
    event: e.FeesPaidByVoucher | e.FeesOffsetExplained | e.FeesPaymentReversed, case: Case, links: _Links
) -> int:
    """When a bill's side of a redemption, or of its reversal, happened: with the voucher's side."""
    act = "undone" if isinstance(event, e.FeesPaymentReversed) else "redeemed"
    return links.get((act, event.voucher, event.redemption), _billed_at(case, event.bill))


def _billed_at(case: Case, bill: str) -> int:
    """A bill's date. Both sides of a redemption hold from then on at the earliest."""
    return case.bills[bill].billed_at if bill in case.bills else ALWAYS


def _foldable(facts: Iterable[Fact], still_open: set[str]) -> Iterator[Fact]:
    """The facts, with withdrawals and reversals renumbered to the exclusions and redemptions that remain."""
    places: dict[str, list[int]] = {}
    for fact in facts:
        event = fact.event
        match event:
            case e.IncidentCorrected() if event.incident in still_open:
                yield _saying(fact, msgspec.structs.replace(event, ended_at=None))
            case e.ExclusionApplied():
                places.setdefault(fact.stream, []).append(event.exclusion)
                yield fact
            case e.ExclusionWithdrawn():
                place = places[fact.stream].index(event.exclusion) + 1
                yield _saying(fact, msgspec.structs.replace(event, exclusion=place))
            case e.VoucherRedeemed():
                places.setdefault(fact.stream, []).append(event.redemption)
                yield fact
            case e.RedemptionReversed():
                place = places[fact.stream].index(event.redemption) + 1
                yield _saying(fact, msgspec.structs.replace(event, redemption=place))
            case _:
                yield fact


def _saying(fact: Fact, event: e.Event) -> Fact:
    return msgspec.structs.replace(fact, event=event)


def concerning(case: Case, month: str, at: int) -> Case:
    """The part of a case that matters for one month: incidents that touch it (open ones up to `at`), bills for it,
    void ones too, its claim, and the vouchers awarded for it. The account and the rules stay."""
    try:
        start, end = span_of(case.versions, month)
    except NoTerms:
        start, end = month_span(month, zone_of(case.versions))
    return msgspec.structs.replace(
        case,
        incidents={name: found for name, found in case.incidents.items() if touches_span(found, start, end, at)},
        bills={name: found for name, found in case.bills.items() if _is_for(found, month)},
        claims={name: found for name, found in case.claims.items() if name == month},
        vouchers={name: found for name, found in case.vouchers.items() if found.month == month},
    )


def touches_span(incident: Incident, start: int, end: int, at: int) -> bool:
    """Whether an incident overlaps a span. An open one lasts up to `at`; one without length counts as its instant.

    So does one that was withdrawn while it was open: it lasted for no time.
    """
    lasting = at if incident.withdrawn is None else incident.started_at
    until = lasting if incident.ended_at is None else incident.ended_at
    return incident.started_at < end and max(until, incident.started_at + 1) > start


def _is_for(bill: Bill, month: str) -> bool:
    return 0 <= months_between(bill.first_month, month) < bill.months
