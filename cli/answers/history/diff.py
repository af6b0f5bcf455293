"""`slaledger history --diff`: the changes between two states of knowledge, and the events that caused them."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from cli.answers.history import case as shown
from cli.answers.history.changes import FieldChange, Knowledge, KnowledgeDifference, MonthChange
from cli.answers.history.descriptions import Things, described, different
from cli.answers.history.events import event_shown
from cli.terminal.values import ZonedInstant
from domain.assessment import would_credit
from domain.case import Case, Fact, evolve, fold
from domain.money import Fen
from domain.terms.versions import in_force, zone_of
from domain.time import Seconds
from ledger.queries.case_history import RULES, subject
from ledger.queries.worklist import AccountThen
from projections.months import outage_months

_Causes = dict[tuple[str, str], Fact]


def difference(before: AccountThen, after: AccountThen, month: str | None) -> KnowledgeDifference:
    """The changes from one state of knowledge to a later one, or only those that concern a month."""
    zone = zone_of(after.case.versions)
    old, new = (shown.limited(then.case, month, then.valid_at) for then in (before, after))
    concerned = shown.subjects(old) | shown.subjects(new)
    own = [fact for fact in after.known if fact.position > before.position and subject(fact) in concerned]
    return KnowledgeDifference(
        from_=Knowledge(known_at=ZonedInstant(before.known_at, zone), position=before.position),
        to=Knowledge(known_at=ZonedInstant(after.known_at, zone), position=after.position),
        events=[event_shown(fact, zone) for fact in own if subject(fact)[0] not in RULES],
        changes=_changes(_everything(old, zone), _everything(new, zone), _causes(after.known, before, zone), own),
        months=_months(before, after, month),
    )


def _everything(case: Case, zone: str) -> Things:
    return {what: fields for one in sorted(shown.subjects(case)) for what, fields in described(case, one, zone).items()}


def _causes(known: Iterable[Fact], before: AccountThen, zone: str) -> _Causes:
    """For each field the last event that changed it after a position."""
    facts = list(known)
    case = fold(fact for fact in facts if fact.position <= before.position)
    causes: _Causes = {}
    for fact in facts:
        if fact.position > before.position:
            old = described(case, subject(fact), zone)
            evolve(case, fact)
            for what, field, _, _ in different(old, described(case, subject(fact), zone)):
                causes[what, field] = fact
    return causes


def _changes(old: Things, new: Things, causes: _Causes, between: list[Fact]) -> list[FieldChange]:
    """Each changed field with the event that changed it, in log order."""
    changes = []
    for what, field, was, is_ in different(old, new):
        fact = causes.get((what, field)) or _behind(what, between)
        changes.append(
            FieldChange(
                what=what,
                field=field,
                from_=was,
                to=is_,
                by=None if fact is None else fact.actor,
                reason=None if fact is None else fact.reason,
                position=None if fact is None else fact.position,
            )
        )
    return sorted(changes, key=lambda change: change.position or 0)


def _behind(what: str, between: list[Fact]) -> Fact | None:
    """The last event of a subject, else of the account, which may have gained or lost the subject."""
    own = [fact for fact in between if what.endswith(" ".join(subject(fact)))]
    of_account = [fact for fact in between if subject(fact)[0] == "account" or fact.topic == "incident.joined"]
    return next(iter(reversed(own or of_account)), None)


class _Month(msgspec.Struct, frozen=True, kw_only=True):
    """The result of a month; None where no terms governed it."""

    unavailable: Seconds | None = None
    percent: str | None = None
    tier: int | None = None
    credit: Fen | None = None


def _months(before: AccountThen, after: AccountThen, month: str | None) -> list[MonthChange]:
    """The months with different results."""
    names = {*outage_months(before.case, before.valid_at), *outage_months(after.case, after.valid_at)}
    pairs = [(name, _month(before, name), _month(after, name)) for name in sorted(names) if month in (None, name)]
    return [
        MonthChange(
            month=name,
            unavailable_seconds=(was.unavailable, is_.unavailable),
            percent=(was.percent, is_.percent),
            tier=(was.tier, is_.tier),
            credit=(was.credit, is_.credit),
        )
        for name, was, is_ in pairs
        if was != is_
    ]


def _month(then: AccountThen, month: str) -> _Month:
    holder = then.case.account
    found = None if holder is None else shown.month_measured(then.case, holder.account, month, then.valid_at)
    if found is None:
        return _Month()
    terms = in_force(then.case.versions, month).terms
    credit_fen = 0 if found.tier is None else would_credit(then.case, month, found.tier, terms)
    return _Month(
        unavailable=found.unavailable_seconds,
        percent=found.availability.percent,
        tier=found.tier,
        credit=Fen(credit_fen),
    )
