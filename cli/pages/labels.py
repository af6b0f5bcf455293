"""The words of pages for codes and values of the ledger."""

from __future__ import annotations

from cli.terminal.language import localized
from cli.terminal.numbers import currency
from cli.terminal.steps.shown import duration
from cli.terminal.values import ZonedInstant
from cli.terminal.vocabulary import word
from domain.claim import Claim, status
from domain.text import Said, said


def when(instant: int | None, zone: str) -> str | Said:
    """An instant in the terms' time zone, which the page names once; an open end in words."""
    return said("still open") if instant is None else ZonedInstant(instant, zone).in_table()


def moment(instant: int, zone: str) -> str:
    """The time of a record or decision, to the second; the table of events has the fraction."""
    return ZonedInstant(instant, zone).to_the_second()


def money(fen: int, code: str) -> str:
    """An amount with its currency, in the reader's notation."""
    return currency(fen, code)


def lasted(span_us: int) -> str:
    """A span as hours, minutes, seconds."""
    return duration(span_us)


def outcome(code: str | None) -> Said:
    """The words for a decision's outcome, or for a claim without one."""
    return {
        "awarded": said("Awarded"),
        "commitment_met": said("Commitment met: nothing is owed"),
        "nothing_to_credit": said("Nothing to credit"),
        "too_early": said("Filed too early"),
        "too_late": said("Filed too late"),
        "not_covered": said("Not covered by the agreement"),
        "undecided": said("Not decided yet"),
        "withdrawn": said("Claim withdrawn"),
        None: said("Not claimed"),
    }[code]


def outcome_code(claim: Claim | None) -> str | None:
    """The outcome of a claim as it is known; `undecided` or `withdrawn` before any, None without a claim."""
    if claim is None:
        return None
    if claim.latest is not None:
        return claim.latest.outcome
    return "undecided" if claim.pending is not None else "withdrawn"


def claim_status(claim: Claim | None) -> Said:
    """The words for a claim's status."""
    return status_words(None if claim is None else status(claim))


def status_words(code: str | None) -> Said:
    """A claim's status in words."""
    return {
        None: said("no claim was filed"),
        "filed": said("filed, waits for a decision"),
        "withdrawn": said("withdrawn"),
        "refused": said("refused, not filed in time"),
        "awarded": said("awarded, waits for its voucher"),
        "not_awarded": said("decided, nothing awarded"),
        "disputed": said("disputed, waits to be decided again"),
        "settled": said("settled"),
    }[code]


def function(code: str) -> str | Said:
    """The words for a function of the service; functions of other agreements keep their own names."""
    known = {
        "agent_sign_in": said("Agents signing in"),
        "agent_calls": said("Agents' calls"),
        "inbound_routing": said("Inbound routing"),
    }
    return known.get(code) or code.replace("_", " ")


def topic(code: str) -> str:
    """What happened, as people say it in the reader's language: `exclusion.withdrawn` is "Exclusion withdrawn"."""
    spoken = localized(word(code))
    return spoken if spoken != code else code.replace(".v2", "").replace(".", " ").replace("_", " ").capitalize()


def part(code: str) -> Said:
    """The part of a bill that a voucher paid."""
    return {"service": said("service"), "call": said("calls")}[code]


def spoken(value: object) -> str:
    """A label or a value as text in the reader's language."""
    return localized(value) if isinstance(value, Said) else str(value)
