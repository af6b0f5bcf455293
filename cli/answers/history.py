"""The JSON shapes of an account's history: its events as they stand in the log, and what they come to."""

from __future__ import annotations

import msgspec

from cli.answers import shapes
from cli.terminal.output import Json
from domain.as_of import concerning
from domain.assessment import assess_month
from domain.bill import Bill
from domain.calendar import COUNTRY
from domain.case import Case, Fact
from domain.claim import Claim, status
from domain.incident import Exclusion, Incident
from domain.money import DEFAULT_CURRENCY, yuan
from domain.refusals.terms import NoTerms
from domain.time import DEFAULT_ZONE, written
from ledger.queries.worklist import AccountThen
from projections.months import outage_months

RULES = ("terms", "calendar")
"""What an event is about where it is about everybody's rules."""


def subject(fact: Fact) -> tuple[str, str]:
    """What an event is about, as its stream says: the kind and the id."""
    kind, _, id_ = fact.stream.partition("/")[2].partition("/")
    return kind, id_


def subjects(case: Case) -> set[tuple[str, str]]:
    """All that events of a case may be about."""
    rules = {("terms", version.terms.agreement) for version in case.versions}
    rules |= {("calendar", f"{COUNTRY}-{year}") for year in case.calendars}
    own = (("incident", case.incidents), ("bill", case.bills), ("claim", case.claims), ("voucher", case.vouchers))
    return {("account", ""), *rules, *((kind, id_) for kind, things in own for id_ in things)}


def limited(case: Case, month: str | None, at: int) -> Case:
    """What of a case concerns a month, or all of it."""
    return case if month is None else concerning(case, month, at)


def zone_of_case(case: Case) -> str:
    """The zone of the latest terms of a case, in which its instants are printed."""
    return case.versions[-1].terms.zone if case.versions else DEFAULT_ZONE


def currency_of_case(case: Case) -> str:
    """The currency of the latest terms of a case, in which its amounts are."""
    return case.versions[-1].terms.currency if case.versions else DEFAULT_CURRENCY


def history(then: AccountThen, account: str, only: str | None) -> Json:
    """An account's history: its events in order and what they come to; of a month `only` what concerns it."""
    zone = zone_of_case(then.case)
    case = limited(then.case, only, then.valid_at)
    concerned = subjects(case)
    facts = [fact for fact in then.facts if subject(fact) in concerned and subject(fact)[0] not in RULES]
    return {
        "account": account,
        "position": then.position,
        "known_at": written(then.known_at, zone),
        "valid_at": written(then.valid_at, zone),
        "events": [event(fact, zone) for fact in facts],
        **lists(case, zone),
        "months": [shape for shape in months(then.case, account, then.valid_at) if only in (None, shape["month"])],
    }


def event(fact: Fact, zone: str) -> Json:
    """An event as it was recorded."""
    return {
        "position": fact.position,
        "recorded_at": written(fact.recorded_at, zone),
        "actor": fact.actor,
        "reason": fact.reason,
        "stream": fact.stream,
        "version": fact.version,
        "topic": fact.topic,
        "data": msgspec.Raw(msgspec.json.encode(fact.event)),
    }


def lists(case: Case, zone: str) -> dict[str, list[Json]]:
    """An account's incidents, bills, claims and vouchers as they are known."""
    incidents = sorted(case.incidents.values(), key=lambda found: (found.started_at, found.incident))
    return {
        "incidents": [incident(found, zone) for found in incidents],
        "bills": [bill(found, zone) for _, found in sorted(case.bills.items())],
        "claims": [claim(found, zone) for _, found in sorted(case.claims.items())],
        "vouchers": [shapes.voucher(found, zone, currency_of_case(case)) for _, found in sorted(case.vouchers.items())],
    }


def months(case: Case, account: str, at: int) -> list[Json]:
    """The months that had an outage, measured; open ones count up to `at`. Months before the first terms have none."""
    measured = (month(case, account, name, at) for name in outage_months(case, at))
    return [shape for shape in measured if shape is not None]


def month(case: Case, account: str, name: str, at: int) -> Json | None:
    """A month measured; None where no terms governed it."""
    try:
        result = assess_month(case, account, name, at)
    except NoTerms:
        return None
    return shapes.month_under(account, name, result.version.terms, result.availability)


def incident(found: Incident, zone: str) -> Json:
    """An incident with its exclusions."""
    return {
        "incident": found.incident,
        "function": found.function,
        "scope": found.scope,
        "started_at": written(found.started_at, zone),
        "ended_at": shapes.instant(found.ended_at, zone),
        "status": found.status,
        **_within(found),
        "exclusions": [_exclusion(exclusion, zone) for exclusion in found.exclusions],
    }


def _within(found: Incident) -> Json:
    """How far off its start and end may be, in seconds, where they were measured in steps."""
    spans = {"started_within_seconds": found.started_within_us, "ended_within_seconds": found.ended_within_us}
    return {name: shapes.seconds(span) for name, span in spans.items() if span is not None}


def _exclusion(found: Exclusion, zone: str) -> Json:
    return {
        "exclusion": found.number,
        "clause": found.clause,
        "from": shapes.instant(found.from_at, zone),
        "to": shapes.instant(found.to_at, zone),
        "notified_at": shapes.instant(found.notified_at, zone),
        "evidence": msgspec.to_builtins(found.evidence),
        "reason": found.reason,
        "status": "stands" if found.stands else "withdrawn",
    }


def bill(found: Bill, zone: str) -> Json:
    """A bill with what vouchers paid of it."""
    return {
        "bill": found.bill,
        "first_month": found.first_month,
        "months": found.months,
        "billed_at": written(found.billed_at, zone),
        "product_fee": yuan(found.product_fee_fen),
        "call_fee": yuan(found.call_fee_fen),
        "voucher_offset": {"service": yuan(found.service_voucher_fen), "call": yuan(found.call_voucher_fen)},
        "status": "stands" if found.voided is None else "void",
        "payments": [
            {
                "voucher": payment.voucher,
                "redemption": payment.redemption,
                "part": payment.part,
                "amount": yuan(payment.amount_fen),
                "status": "reversed" if payment.reversed else "stands",
            }
            for payment in found.payments
        ],
    }


def claim(found: Claim, zone: str) -> Json:
    """A claim where it stands."""
    return {
        "month": found.month,
        "status": status(found),
        "filed_at": written(found.filed_at, zone),
        "outcome": found.latest.outcome if found.latest else None,
        "awarded": yuan(found.awarded_fen),
        "issued": yuan(found.issued_fen),
        "overpaid": yuan(found.overpaid_fen),
    }
