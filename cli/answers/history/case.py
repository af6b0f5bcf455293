"""An account's case: its incidents, bills, claims and vouchers, and its months."""

from __future__ import annotations

import msgspec

from cli.answers.availability import MeasuredMonth, month_under
from cli.answers.vouchers import VoucherAnswer, voucher_answer
from cli.terminal.values import ZonedInstant, zoned
from domain.as_of import concerning
from domain.assessment import assess_month
from domain.bill import Bill, Payment
from domain.calendar import COUNTRY
from domain.case import Case
from domain.claim import Claim, status
from domain.events import Evidence
from domain.incident import Exclusion, Incident
from domain.money import Fen
from domain.refusals.terms import NoTerms
from domain.terms.versions import currency_of
from domain.time import Seconds


class ExclusionShown(msgspec.Struct, frozen=True, kw_only=True, rename={"from_": "from"}):
    """A cause of clause 2.3 for a part of an incident."""

    exclusion: int
    clause: str
    from_: ZonedInstant | None
    to: ZonedInstant | None
    notified_at: ZonedInstant | None
    announced_from: ZonedInstant | msgspec.UnsetType
    announced_to: ZonedInstant | msgspec.UnsetType
    evidence: tuple[Evidence, ...]
    reason: str | None
    status: str


class IncidentShown(msgspec.Struct, frozen=True, kw_only=True):
    """An incident with its exclusions, and the uncertainty of its start and end where they were measured in steps."""

    incident: str
    function: str
    scope: str
    started_at: ZonedInstant
    ended_at: ZonedInstant | None
    status: str
    started_within_seconds: Seconds | msgspec.UnsetType
    ended_within_seconds: Seconds | msgspec.UnsetType
    exclusions: list[ExclusionShown]


class VoucherOffsetShown(msgspec.Struct, frozen=True, kw_only=True):
    """The amounts that were paid with vouchers outside the ledger."""

    service: Fen
    call: Fen


class PaymentShown(msgspec.Struct, frozen=True, kw_only=True):
    """A redemption as the bill sees it."""

    voucher: str
    redemption: int
    part: str
    amount: Fen
    status: str
    shown_on_bill: bool


class BillShown(msgspec.Struct, frozen=True, kw_only=True):
    """A bill with the amounts that vouchers paid of it."""

    bill: str
    first_month: str
    months: int
    billed_at: ZonedInstant
    product_fee: Fen
    call_fee: Fen
    voucher_offset: VoucherOffsetShown
    status: str
    payments: list[PaymentShown]


class ClaimShown(msgspec.Struct, frozen=True, kw_only=True):
    """A claim with its status."""

    month: str
    status: str
    filed_at: ZonedInstant
    outcome: str | None
    awarded: Fen
    issued: Fen
    cancelled: Fen
    due: Fen
    overpaid: Fen


class CaseShown(msgspec.Struct, frozen=True, kw_only=True):
    """An account's incidents, bills, claims and vouchers as they are known."""

    incidents: list[IncidentShown]
    bills: list[BillShown]
    claims: list[ClaimShown]
    vouchers: list[VoucherAnswer]


def case_shown(case: Case, zone: str) -> CaseShown:
    """An account's incidents, bills, claims and vouchers as they are known."""
    incidents = sorted(case.incidents.values(), key=lambda found: (found.started_at, found.incident))
    currency = currency_of(case.versions)
    return CaseShown(
        incidents=[incident_shown(found, zone) for found in incidents],
        bills=[bill_shown(found, zone) for _, found in sorted(case.bills.items())],
        claims=[claim_shown(found, zone) for _, found in sorted(case.claims.items())],
        vouchers=[voucher_answer(found, zone, currency) for _, found in sorted(case.vouchers.items())],
    )


def incident_shown(found: Incident, zone: str) -> IncidentShown:
    """An incident with its exclusions."""
    return IncidentShown(
        incident=found.incident,
        function=found.function,
        scope=found.scope,
        started_at=ZonedInstant(found.started_at, zone),
        ended_at=zoned(found.ended_at, zone),
        status=found.status,
        started_within_seconds=_within(found.started_within_us),
        ended_within_seconds=_within(found.ended_within_us),
        exclusions=[_exclusion(exclusion, zone) for exclusion in found.exclusions],
    )


def _within(span_us: int | None) -> Seconds | msgspec.UnsetType:
    return msgspec.UNSET if span_us is None else Seconds(span_us)


def _exclusion(found: Exclusion, zone: str) -> ExclusionShown:
    return ExclusionShown(
        exclusion=found.number,
        clause=found.clause,
        from_=zoned(found.from_at, zone),
        to=zoned(found.to_at, zone),
        notified_at=zoned(found.notified_at, zone),
        announced_from=_announced(found.announced_from, zone),
        announced_to=_announced(found.announced_to, zone),
        evidence=found.evidence,
        reason=found.reason,
        status="stands" if found.stands else "withdrawn",
    )


def _announced(instant: int | None, zone: str) -> ZonedInstant | msgspec.UnsetType:
    """An edge of the announced window; left out where none was recorded."""
    return msgspec.UNSET if instant is None else ZonedInstant(instant, zone)


def bill_shown(found: Bill, zone: str) -> BillShown:
    """A bill with the amounts that vouchers paid of it."""
    return BillShown(
        bill=found.bill,
        first_month=found.first_month,
        months=found.months,
        billed_at=ZonedInstant(found.billed_at, zone),
        product_fee=Fen(found.product_fee_fen),
        call_fee=Fen(found.call_fee_fen),
        voucher_offset=VoucherOffsetShown(service=Fen(found.service_voucher_fen), call=Fen(found.call_voucher_fen)),
        status="stands" if found.voided is None else "void",
        payments=[_payment(payment) for payment in found.payments],
    )


def _payment(found: Payment) -> PaymentShown:
    return PaymentShown(
        voucher=found.voucher,
        redemption=found.redemption,
        part=found.part,
        amount=Fen(found.amount_fen),
        status="reversed" if found.reversed else "stands",
        shown_on_bill=found.shown,
    )


def claim_shown(found: Claim, zone: str) -> ClaimShown:
    """A claim with its status."""
    return ClaimShown(
        month=found.month,
        status=status(found),
        filed_at=ZonedInstant(found.filed_at, zone),
        outcome=found.latest.outcome if found.latest else None,
        awarded=Fen(found.awarded_fen),
        issued=Fen(found.held_fen),
        cancelled=Fen(found.cancelled_fen),
        due=Fen(found.due_fen),
        overpaid=Fen(found.overpaid_fen),
    )


def month_measured(case: Case, account: str, name: str, at: int) -> MeasuredMonth | None:
    """A month measured; None where no terms governed it."""
    try:
        result = assess_month(case, account, name, at)
    except NoTerms:
        return None
    return month_under(account, name, result.version.terms, result.availability)


def subjects(case: Case) -> set[tuple[str, str]]:
    """All subjects of a case's events."""
    rules = {("terms", version.terms.agreement) for version in case.versions}
    rules |= {("calendar", f"{COUNTRY}-{year}") for year in case.calendars}
    own = (("incident", case.incidents), ("bill", case.bills), ("claim", case.claims), ("voucher", case.vouchers))
    return {("account", ""), *rules, *((kind, id_) for kind, things in own for id_ in things)}


def limited(case: Case, month: str | None, at: int) -> Case:
    """The part of a case that matters for a month, or all of it."""
    return case if month is None else concerning(case, month, at)
