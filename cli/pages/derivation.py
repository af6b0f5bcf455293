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
from domain.text import Said, said
from ledger.queries.case_history import subject

MOST_EPISODES = 60
"""The largest number of episodes and exclusions that are written out; the page sums up the others."""


class Line(NamedTuple):
    """A step: its number, clause, sentence, the earlier steps that it uses, and the positions of its events.

    `further` is the number of steps that it uses and that are not written out.
    """

    number: int
    clause: str
    step: str
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

    @property
    def heading(self) -> Said:
        """The decision by its number."""
        return said("Decision {number}", number=self.number)


def derived(decided: Decided, facts: Sequence[Fact], currency: str) -> DerivationView:
    """A decision with its steps in the reader's language; `facts` are all that concern the account."""
    made = record.decode(decided.record)
    zone = made.terms.readings.timezone
    known = [fact for fact in facts if fact.position <= made.facts.position]
    rules = UsedRules(made.month, made.terms.version, made.calendar.years)
    lines = lines_of(made.steps, rules, known, zone)
    written = {line.number for line in lines}
    left_out = [step for number, step in enumerate(made.steps, start=1) if number not in written]
    return DerivationView(
        number=made.number,
        outcome=labels.outcome(made.outcome),
        outcome_code=made.outcome,
        credit=None if made.credit is None else labels.money(made.credit.total_fen, currency),
        decided_at=labels.moment(made.decided_at, zone),
        reason=decided.reason,
        lines=lines,
        left_out=len(left_out),
        left_out_time=labels.lasted(sum(map(_episode_us, left_out))),
        record_sha256=record.record_sha256(decided.record),
        made=made,
    )


class UsedRules(NamedTuple):
    """The month of some steps, the version of the terms that they used, and the years of the calendars."""

    month: str
    version: str
    years: tuple[int, ...]


def lines_of(steps: Sequence[Step], rules: UsedRules, known: Sequence[Fact], zone: str) -> list[Line]:
    """The steps in the reader's language, with their sources among the known facts; of many episodes the first."""
    lines: list[Line] = []
    written: set[int] = set()
    for number, step in enumerate(steps, start=1):
        if step.step in ("episode", "exclusion") and number > MOST_EPISODES:
            continue
        written.add(number)
        before = _steps_before(step, number, steps)
        lines.append(
            Line(
                number=number,
                clause=step.clause,
                step=step.step,
                words=says(step, zone, language()),
                steps=[other for other in before if other in written],
                further=len(set(before) - written),
                events=sorted({fact.position for fact in _events(step, steps, rules, known)}),
            )
        )
    return lines


def _episode_us(step: Step) -> int:
    return step.result if step.step == "episode" and isinstance(step.result, int) else 0


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


def _events(step: Step, steps: Sequence[Step], rules: UsedRules, known: Iterable[Fact]) -> Iterator[Fact]:
    """The events from which a step's numbers come."""
    for fact in known:
        event, (kind, id_) = fact.event, subject(fact)
        match step.step:
            case "terms" if isinstance(event, e.TermsPublished) and event.version == rules.version:
                yield fact
            case "window" if (kind, id_) == ("claim", rules.month) and isinstance(event, e.ClaimFiled):
                yield fact
            case "window" if isinstance(event, e.CalendarPublished) and event.year in rules.years:
                yield fact
            case "coverage" if kind == "account":
                yield fact
            case "exclusion" if isinstance(event, e.ExclusionApplied) and _same_exclusion(step, event):
                yield fact
            case "episode" if kind == "incident" and id_ in _names(step, "incidents"):
                yield fact
            case "fees" if kind == "bill" and id_ in _names(step, "bills") and isinstance(event, _FEES):
                yield fact
            case "base" if _is_payment(step, event) and id_ in _billed(steps):
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


def _billed(steps: Sequence[Step]) -> tuple[str, ...]:
    return next((_names(step, "bills") for step in steps if step.step == "fees"), ())


def _same_exclusion(step: Step, event: e.ExclusionApplied) -> bool:
    return (event.incident, event.exclusion) == (step.inputs["incident"], step.inputs["exclusion"])
