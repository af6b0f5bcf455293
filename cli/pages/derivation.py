"""A decision clause by clause, each number with its sources: earlier steps, or events of the ledger."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from cli.pages import labels
from cli.terminal.language import language
from cli.terminal.steps.sentences import says
from domain import decision_record as record
from domain import events as e
from domain.case import Fact
from domain.claim import Decided
from domain.decision import Decision, Step
from domain.text import Said
from ledger.queries.case_history import subject

MOST_EPISODES = 60
"""The largest number of episodes and exclusions that are written out; the page sums up the others."""


class Line(NamedTuple):
    """A step: its number, clause, sentence, the earlier steps that it uses, and the positions of its events.

    `further` is the number of steps that it uses and that are not written out.
    """

    number: int
    clause: str
    words: str
    steps: list[int]
    further: int
    events: list[int]


class DerivationView(NamedTuple):
    """A decision on a page; `left_out` steps are not written out, and their episodes count `left_out_us`."""

    number: int
    outcome: Said
    outcome_code: str
    credit: str | None
    decided_at: str | Said
    reason: str | None
    lines: list[Line]
    left_out: int
    left_out_time: str
    record_sha256: str
    made: Decision


def derived(decided: Decided, facts: Sequence[Fact], currency: str) -> DerivationView:
    """A decision with its steps in the reader's language; `facts` are all that concern the account."""
    made = record.decode(decided.record)
    zone = made.terms.readings.timezone
    known = [fact for fact in facts if fact.position <= made.facts.position]
    lines: list[Line] = []
    left_out, left_out_us = 0, 0
    written: set[int] = set()
    for number, step in enumerate(made.steps, start=1):
        kept = step.step not in ("episode", "exclusion") or number <= MOST_EPISODES
        if not kept:
            left_out += 1
            left_out_us += step.result if step.step == "episode" and isinstance(step.result, int) else 0
            continue
        written.add(number)
        before = _steps_before(step, number, made.steps)
        lines.append(
            Line(
                number=number,
                clause=step.clause,
                words=says(step, zone, language()),
                steps=[other for other in before if other in written],
                further=len(set(before) - written),
                events=sorted({fact.position for fact in _events(step, made, known)}),
            )
        )
    return DerivationView(
        number=made.number,
        outcome=labels.outcome(made.outcome),
        outcome_code=made.outcome,
        credit=None if made.credit is None else labels.money(made.credit.total_fen, currency),
        decided_at=labels.moment(made.decided_at, zone),
        reason=decided.reason,
        lines=lines,
        left_out=left_out,
        left_out_time=labels.lasted(left_out_us),
        record_sha256=record.record_sha256(decided.record),
        made=made,
    )


_FROM_STEPS: dict[str, tuple[tuple[str, str | None], ...]] = {
    "episode": (("exclusion", None),),
    "unavailable": (("episode", None),),
    "availability": (("unavailable", None),),
    "commitment": (("availability", None), ("terms", None)),
    "base": (("fees", None),),
    "tier": (("availability", None), ("terms", None)),
    "credit": (("base", "part"), ("tier", None)),
    "total": (("credit", None),),
}
"""The earlier steps that a step uses; where a field is named, only those with the same value in it."""


def _steps_before(step: Step, number: int, steps: Sequence[Step]) -> list[int]:
    found = []
    for other_number, other in enumerate(steps[: number - 1], start=1):
        for name, field in _FROM_STEPS.get(step.step, ()):
            same = field is None or step.inputs.get(field) == other.inputs.get(field)
            if other.step == name and same and _is_of(step, other):
                found.append(other_number)
    return found


def _is_of(step: Step, other: Step) -> bool:
    """Whether an exclusion belongs to an incident of an episode; true for any other step."""
    if step.step != "episode":
        return True
    incidents = step.inputs["incidents"]
    return isinstance(incidents, tuple | list) and other.inputs["incident"] in incidents


def _events(step: Step, made: Decision, known: Iterable[Fact]) -> Iterator[Fact]:
    """The events from which a step's numbers come."""
    for fact in known:
        event, (kind, id_) = fact.event, subject(fact)
        match step.step:
            case "terms" if isinstance(event, e.TermsPublished) and event.version == made.terms.version:
                yield fact
            case "window" if (kind, id_) == ("claim", made.month) and isinstance(event, e.ClaimFiled):
                yield fact
            case "window" if isinstance(event, e.CalendarPublished) and event.year in made.calendar.years:
                yield fact
            case "coverage" if kind == "account":
                yield fact
            case "exclusion" if isinstance(event, e.ExclusionApplied) and _same_exclusion(step, event):
                yield fact
            case "episode" if kind == "incident" and id_ in _names(step, "incidents"):
                yield fact
            case "fees" if kind == "bill" and id_ in _names(step, "bills") and isinstance(event, _FEES):
                yield fact
            case "base" if _is_payment(step, event) and id_ in _billed(made):
                yield fact
            case _:
                continue


_FEES = (e.FeesBilled, e.FeesCorrected)


def _is_payment(step: Step, event: e.Event) -> bool:
    """Whether a voucher paid on a base's part of a bill, or a payment was undone."""
    if isinstance(event, e.FeesPaidByVoucher):
        return event.part == step.inputs["part"]
    return isinstance(event, e.FeesPaymentReversed)


def _names(step: Step, field: str) -> tuple[str, ...]:
    value = step.inputs[field]
    return tuple(value) if isinstance(value, tuple | list) else ()


def _billed(made: Decision) -> tuple[str, ...]:
    return next((_names(step, "bills") for step in made.steps if step.step == "fees"), ())


def _same_exclusion(step: Step, event: e.ExclusionApplied) -> bool:
    return (event.incident, event.exclusion) == (step.inputs["incident"], step.inputs["exclusion"])
