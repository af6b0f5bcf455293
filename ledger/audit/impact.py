"""Finds past decisions that would come out differently: on the facts known now, or under other terms or readings."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial

import msgspec

from domain.assessment import assess, assess_again
from domain.case import Case, Fact, fold
from domain.claim import Claim
from domain.decision import NO_FACTS, Decision
from domain.decision_record import decode as decode_record
from domain.events import CalendarPublished
from domain.intervals import Span
from domain.refusals import Refusal
from domain.terms.months import span_of, tiled
from domain.terms.readings import NUMBERS, others, with_readings
from domain.terms.versions import Version, in_force
from domain.time import month_span, months_between
from ledger.audit.replay import RecordedDecision, past_decisions
from ledger.log.account_history import AccountHistory, AccountRows
from ledger.log.codec import decode
from ledger.log.reader import Reader
from ledger.log.shared_history import SharedHistory

Choose = Callable[[Sequence[Version], str], Version]
"""Chooses the version that governs a month; for work on several processes it must be picklable."""


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """The result of a decision; `refused` is why it cannot be made."""

    outcome: str
    tier: int | None
    credit_fen: int
    refused: str | None = None


class Impact(msgspec.Struct, frozen=True, kw_only=True):
    """A decision that would come out differently; `owed_fen` and `overpaid_fen` are the amounts after it.

    They are the new credit less what the month's vouchers hold, and the other way round. Nothing is owed by a decision
    that a later one replaced.
    """

    account: str
    month: str
    number: int
    old: Outcome
    new: Outcome
    owed_fen: int
    overpaid_fen: int
    causes: list[Fact]

    @property
    def difference_fen(self) -> int:
        return self.new.credit_fen - self.old.credit_fen


def outcome_of(decision: Decision) -> Outcome:
    """The result of a decision."""
    return Outcome(
        outcome=decision.outcome,
        tier=decision.availability.tier if decision.availability else None,
        credit_fen=decision.credit.total_fen if decision.credit else 0,
    )


def impacts_of_now(log: Reader, first: str, end: str, *, at: int) -> list[Impact]:
    """The decisions that `claim redecide` would make differently at `at`, on the facts in the log.

    They are those of the accounts with streams from `first` up to `end`.
    """
    found: list[Impact] = []
    position = log.position()
    for life in log.account_histories(first, end):
        found += _impact_of_now(life, position, at)
    return found


def _impact_of_now(life: AccountHistory, position: int, at: int) -> Iterator[Impact]:
    account, case = life.account, life.case(position)
    for month, claim in sorted(case.claims.items()):
        if claim.latest is None or claim.pending is not None or claim.withdrawn is not None:
            continue
        made = decode_record(claim.decisions[-1].record)
        again = _decided_again(case, account, month, at, made)
        if again is None:
            continue
        new = again if isinstance(again, Outcome) else outcome_of(again)
        yield Impact(
            account=account,
            month=month,
            number=made.number,
            old=outcome_of(made),
            new=new,
            owed_fen=max(0, new.credit_fen - claim.held_fen),
            overpaid_fen=max(0, claim.held_fen - new.credit_fen),
            causes=_causes(life.all_facts(), made, case, month),
        )


def _decided_again(case: Case, account: str, month: str, at: int, made: Decision) -> Decision | Outcome | None:
    """What redeciding gives; None where it changes nothing."""
    try:
        return assess_again(case, account, month, in_force(case.versions, month), at, NO_FACTS, made)
    except Refusal as refusal:
        return _refused(refusal)


def _decided(case: Case, account: str, month: str, at: int, choose: Choose) -> Decision | Outcome:
    """What a claim gets under other rules, by which its month lies where they say."""
    try:
        span = tiled(month, lambda asked: choose(case.versions, asked))
        return assess(case, account, month, choose(case.versions, month), at, NO_FACTS, span=span)
    except Refusal as refusal:
        return _refused(refusal)


def _refused(refusal: Refusal) -> Outcome:
    if refusal.status != 1:
        raise refusal
    return Outcome(outcome="refused", tier=None, credit_fen=0, refused=refusal.message)


def _causes(facts: Sequence[Fact], made: Decision, case: Case, month: str) -> list[Fact]:
    """The events since a decision that can affect its month, by the case then or now."""
    before = fold(fact for fact in facts if fact.position <= made.facts.position)
    return [
        fact
        for fact in facts
        if fact.position > made.facts.position
        and (_concerns(fact, case, month, made) or _concerns(fact, before, month, made))
    ]


def _concerns(fact: Fact, case: Case, month: str, made: Decision) -> bool:
    """Whether an event can affect a month: the terms, the calendars used, the account, its bills, its incidents.

    An incident that ends where the month begins, or begins where it ends, belongs to an outage of the month (R7).
    """
    kind, event = fact.topic.partition(".")[0], fact.event
    if isinstance(event, CalendarPublished):
        return event.year in made.calendar.years
    if kind in ("account", "terms"):
        return True
    bill = case.bills.get(str(getattr(event, "bill", "")))
    if kind == "fees" and bill is not None:
        return 0 <= months_between(bill.first_month, month) < bill.months
    incident = case.incidents.get(str(getattr(event, "incident", "")))
    if kind in ("incident", "exclusion") and incident is not None:
        start, end = _reach(case, month, made)
        return incident.started_at <= end and (incident.ended_at is None or incident.ended_at >= start)
    return False


def _reach(case: Case, month: str, made: Decision) -> Span:
    """The month as it was decided and as it is now: where an amendment changes the clock they differ."""
    spans = month_span(month, made.terms.readings.timezone), span_of(case.versions, month)
    return min(start for start, _ in spans), max(end for _, end in spans)


def impacts_of_rules(log: Reader, first: str, end: str, *, choose: Choose) -> list[Impact]:
    """The decisions that come out differently under other rules, of the accounts in a range of streams."""
    found: list[Impact] = []
    common = log.common()
    for own in log.accounts_rows(first, end):
        impacts = [impact_of_rules(past, choose) for past in past_decisions(own, common)]
        found += _with_holdings([impact for impact in impacts if impact is not None], own, common)
    return found


def _with_holdings(impacts: list[Impact], own: AccountRows, common: SharedHistory) -> list[Impact]:
    """The impacts with what would be owed after them, by what the vouchers hold now."""
    if not impacts:
        return []
    history = AccountHistory(own.account, common)
    history.take_in([decode(row) for row in own.rows])
    claims = history.case(own.rows[-1].position).claims
    return [_with_holding(impact, claims[impact.month]) for impact in impacts]


def _with_holding(impact: Impact, claim: Claim) -> Impact:
    if claim.latest is None or claim.latest.number != impact.number:
        return impact
    return msgspec.structs.replace(
        impact,
        owed_fen=max(0, impact.new.credit_fen - claim.held_fen),
        overpaid_fen=max(0, claim.held_fen - impact.new.credit_fen),
    )


def impact_of_rules(past: RecordedDecision, choose: Choose) -> Impact | None:
    """Make a recorded decision again under other rules, on the facts that it knew; None where nothing changes.

    What would be owed after it is not said.
    """
    made = past.made
    again = _decided(past.case, past.account, past.month, made.decided_at, choose)
    old, new = outcome_of(made), again if isinstance(again, Outcome) else outcome_of(again)
    if old == new:
        return None
    return Impact(
        account=past.account,
        month=past.month,
        number=made.number,
        old=old,
        new=new,
        owed_fen=0,
        overpaid_fen=0,
        causes=[],
    )


class OtherReading(msgspec.Struct, frozen=True, kw_only=True):
    """A reading that would have changed a decision, and the changed result."""

    reading: str
    key: str
    value: str | int | bool
    impact: Impact


def other_readings(past: RecordedDecision) -> list[OtherReading]:
    """The alternative readings that change a decision. R11, R12, R17, R18 and R19 have no alternative."""
    changed = []
    for key, value in others(past.made.terms.readings):
        found = impact_of_rules(past, reading_chooser({key: value}))
        if found is not None:
            changed.append(OtherReading(reading=NUMBERS[key], key=key, value=value, impact=found))
    return changed


def reading_chooser(changed: dict[str, str | int | bool]) -> Choose:
    """A function that chooses the version in force with some readings changed. It raises Unreadable `bad_reading`."""
    return partial(_with_changed, changed)


def document_chooser(version: Version) -> Choose:
    """A function that chooses one version for every month."""
    return partial(_always, version)


def _with_changed(changed: dict[str, str | int | bool], versions: Sequence[Version], month: str) -> Version:
    return in_force(with_readings(versions, changed), month)


def _always(version: Version, versions: Sequence[Version], month: str) -> Version:
    return version
