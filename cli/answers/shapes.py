"""The JSON shapes of the interface, made of what the domain knows. Instants are printed in the terms' zone."""

from __future__ import annotations

import msgspec

from cli.terminal.output import Json
from cli.terminal.step_sentences import says
from domain import decision as record
from domain.assessment import window_of
from domain.case import Case
from domain.claim import Claim, Decided, status
from domain.decision import AvailabilityRecord, Decision
from domain.money import percent_cut, percent_text, yuan
from domain.rules.compensation import PartCredit
from domain.rules.fees import Bases
from domain.terms.versions import Terms, in_force
from domain.time import seconds_text, written
from domain.voucher import Voucher
from projections.claims import ClaimRow
from projections.vouchers import VoucherRow


def seconds(span_us: int) -> int | msgspec.Raw:
    """A span as a JSON number of seconds with at most six decimals, exactly."""
    text = seconds_text(span_us)
    return int(text) if "." not in text else msgspec.Raw(text.encode())


def instant(at: int | None, zone: str) -> str | None:
    """An instant as it is printed; None stays None."""
    return None if at is None else written(at, zone)


def ratio(numerator: int, denominator: int) -> Json:
    """An availability: the exact ratio, and a percentage cut to four decimals for the eye."""
    return {"numerator": numerator, "denominator": denominator, "percent": percent_cut(numerator, denominator)}


def availability(
    account: str, month: str, agreement: str, version: str, zone: str, month_record: AvailabilityRecord
) -> Json:
    """A measured month."""
    return {
        "account": account,
        "month": month,
        "terms": {"agreement": agreement, "version": version},
        "total_seconds": seconds(month_record.total_us),
        "covered_seconds": seconds(month_record.covered_us),
        "unavailable_seconds": seconds(month_record.unavailable_us),
        "availability": ratio(month_record.numerator, month_record.denominator),
        "meets_commitment": month_record.meets_commitment,
        "tier": month_record.tier,
        "episodes": [
            {
                "start": written(episode.start, zone),
                "end": instant(episode.end, zone),
                "seconds": seconds(episode.length_us),
                "counted_seconds": seconds(episode.counted_us),
                "incidents": list(episode.incidents),
            }
            for episode in month_record.episodes
        ],
    }


def month_under(account: str, month: str, terms: Terms, month_record: AvailabilityRecord) -> Json:
    """A month measured under terms."""
    return availability(account, month, terms.agreement, terms.version, terms.zone, month_record)


def decision(decided: Decided, lang: str) -> Json:
    """A decision with its steps in words; `sha256` is over the record's stored bytes, without the words."""
    made = record.decode(decided.record)
    zone = made.terms.readings.timezone
    return {
        "number": made.number,
        "format": made.format,
        "outcome": made.outcome,
        "currency": made.currency,
        "decided_at": written(made.decided_at, zone),
        "filed_at": written(made.filed_at, zone),
        "reason": decided.reason,
        "account": made.account,
        "month": made.month,
        "terms": {
            "agreement": made.terms.agreement,
            "version": made.terms.version,
            "sha256": made.terms.sha256,
            "readings": msgspec.to_builtins(made.terms.readings),
        },
        "calendar": {"sha256": made.calendar.sha256, "years": list(made.calendar.years)},
        "facts": msgspec.to_builtins(made.facts),
        "window": {"opens": written(made.window.opens_at, zone), "closes": written(made.window.closes_at, zone)},
        "availability": _measured(made, zone),
        "bases": None if made.bases is None else _bases(made.bases),
        "credit": _credit(made),
        "remedy": made.remedy,
        "steps": [
            {
                "clause": step.clause,
                "step": step.step,
                "inputs": dict(step.inputs),
                "result": step.result,
                "says": says(step, zone, lang),
            }
            for step in made.steps
        ],
        "sha256": record.record_sha256(decided.record),
    }


def _measured(made: Decision, zone: str) -> Json | None:
    if made.availability is None:
        return None
    return availability(made.account, made.month, made.terms.agreement, made.terms.version, zone, made.availability)


def _bases(bases: Bases) -> Json:
    return {
        "service": {
            "product_fee": yuan(bases.product_fee_fen),
            "call_fee": yuan(bases.call_fee_fen),
            "voucher_offset": yuan(bases.service.voucher_offset_fen),
            "net": yuan(bases.service.net_fen),
        },
        "call": {
            "call_fee": yuan(bases.call_fee_fen),
            "voucher_offset": yuan(bases.call.voucher_offset_fen),
            "net": yuan(bases.call.net_fen),
        },
    }


def _credit(made: Decision) -> Json | None:
    if made.credit is None:
        return None
    return {
        "service": _part(made.credit.service),
        "call": _part(made.credit.call),
        "total": yuan(made.credit.total_fen),
    }


def _part(part: PartCredit) -> Json:
    return {"rate": percent_text(part.rate), "amount": yuan(part.amount_fen)}


def claim(case: Case, found: Claim, lang: str) -> Json:
    """A claim with all its decisions."""
    terms = in_force(case.versions, found.month).terms
    zone, window = terms.zone, window_of(case, found.month)
    return {
        "account": found.account,
        "month": found.month,
        "status": status(found),
        "filed_at": written(found.filed_at, zone),
        "statement": found.filings[-1].statement,
        "window": {
            "opens": None if window is None else written(window.opens_at, zone),
            "closes": None if window is None else written(window.closes_at, zone),
        },
        "currency": terms.currency,
        "awarded": yuan(found.awarded_fen),
        "issued": yuan(found.issued_fen),
        "overpaid": yuan(found.overpaid_fen),
        "disputes": [
            {"disputed_at": written(dispute.disputed_at, zone), "grounds": dispute.grounds}
            for dispute in found.disputes
        ],
        "decisions": [decision(decided, lang) for decided in found.decisions],
        "vouchers": sorted(found.paid),
    }


def claim_row(row: ClaimRow, zone: str, currency: str) -> Json:
    """A claim in a list."""
    return {
        "account": row.account,
        "month": row.month,
        "status": row.status,
        "filed_at": written(row.filed_at, zone),
        "outcome": row.outcome,
        "awarded": yuan(row.awarded_fen),
        "issued": yuan(row.issued_fen),
        "overpaid": yuan(row.overpaid_fen),
        "currency": currency,
    }


def voucher_row(row: VoucherRow, zone: str, currency: str) -> Json:
    """A voucher in a list."""
    return {
        "voucher": row.voucher,
        "account": row.account,
        "month": row.month,
        "issued": yuan(row.issued_fen),
        "redeemed": yuan(row.redeemed_fen),
        "cancelled": yuan(row.cancelled_fen),
        "balance": yuan(row.balance_fen),
        "issued_at": written(row.issued_at, zone),
        "currency": currency,
    }


def voucher(found: Voucher, zone: str, currency: str) -> Json:
    """A voucher with its redemptions and cancellations."""
    return {
        "voucher": found.voucher,
        "account": found.account,
        "month": found.month,
        "decision": found.decision,
        "terms": found.version,
        "currency": currency,
        "issued": yuan(found.amount_fen),
        "redeemed": yuan(found.redeemed_fen),
        "cancelled": yuan(found.cancelled_fen),
        "balance": yuan(found.balance_fen),
        "issued_at": written(found.issued_at, zone),
        "redemptions": [
            {
                "redemption": redemption.number,
                "bill": redemption.bill,
                "part": redemption.part,
                "amount": yuan(redemption.amount_fen),
                "redeemed_at": written(redemption.redeemed_at, zone),
                "status": "stands" if redemption.reversed is None else "reversed",
                "reason": redemption.reversed,
            }
            for redemption in found.redemptions
        ],
        "cancellations": [
            {"amount": yuan(cancellation.amount_fen), "reason": cancellation.reason}
            for cancellation in found.cancellations
        ],
    }
