"""An account's month as it was known at each event that concerns it: what the slider of a page moves over."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from domain.as_of import touches_span
from domain.assessment import window_of
from domain.case import Case, Fact, evolve, fold
from domain.refusals.terms import NoTerms
from domain.rules.claim_window import Window
from domain.terms.versions import Terms, Version, in_force
from domain.time import month_span, months_between
from ledger.log.account_history import Life
from ledger.log.codec import decode
from ledger.log.reader import Reader

_Subject = tuple[str, str]


class Moment(NamedTuple):
    """What was known when an event had been recorded, at `fact.recorded_at`; `case` is valid until the next one."""

    fact: Fact
    case: Case


class Concerned(NamedTuple):
    """The events that concern a month, in log order, and the others of the account that do not."""

    facts: list[Fact]
    others: list[Fact]


_RULES = ("terms", "calendar")


def concerned(facts: Sequence[Fact], month: str) -> Concerned:
    """Which of an account's facts concern a month: those about the account, about incidents that touched it, bills for
    it, its claim and its vouchers; and rules published since the enrolment that changed the month's.

    An incident touches by the span between its start and end as ever recorded; one without an end up to when a claim's
    event was recorded, and up to the last event.
    """
    touched: set[_Subject] = set()
    rules: set[int] = set()
    case, known = fold(()), _Rules(None, None)
    for fact in facts:
        evolve(case, fact)
        if subject(fact)[0] in _RULES:
            before, known = known, _rules(case, month)
            if case.account is not None and known != before:
                rules.add(fact.position)
        else:
            touched |= _touched(case, fact, month, known, fact is facts[-1])
    own = [fact for fact in facts if subject(fact) in touched or fact.position in rules]
    others = [fact for fact in facts if subject(fact) not in touched and subject(fact)[0] not in _RULES]
    return Concerned(own, others)


def _touched(case: Case, fact: Fact, month: str, rules: _Rules, is_last: bool) -> set[_Subject]:
    """What of a case a fact shows to touch a month."""
    if rules.version is None:
        return {("account", "")}
    window = month_span(month, rules.version.terms.zone)
    about = kind, id_ = subject(fact)
    found = {("account", ""), ("claim", month)}
    if is_last or about == ("claim", month):
        open_too = case.incidents.items()
        found |= {("incident", name) for name, one in open_too if touches_span(one, *window, fact.recorded_at)}
    match kind:
        case "incident" if id_ in case.incidents and case.incidents[id_].ended_at is not None:
            return found | {about} if touches_span(case.incidents[id_], *window, 0) else found
        case "bill":
            bill = case.bills[id_]
            return found | {about} if 0 <= months_between(bill.first_month, month) < bill.months else found
        case "voucher" if case.vouchers[id_].month == month:
            return found | {about}
    return found


_RULES = ("terms", "calendar")


class _Rules(NamedTuple):
    """The rules of a month as they are known: the version that governs it and the window of its claim."""

    version: Version | None
    window: Window | None


def _rules(case: Case, month: str) -> _Rules:
    try:
        return _Rules(in_force(case.versions, month), window_of(case, month))
    except NoTerms:
        return _Rules(None, None)


def subject(fact: Fact) -> _Subject:
    """What an event is about, as its stream says: the kind and the id."""
    kind, _, id_ = fact.stream.partition("/")[2].partition("/")
    return kind, id_


def moments(log: Reader, account: str, of: Sequence[Fact]) -> Iterator[Moment]:
    """The account as it was known at each of some events, in log order, once it was enrolled."""
    life, taken = Life(account, log.common()), 0
    own = [decode(row) for row in log.range(f"{account}/")]
    for fact in of:
        count = taken
        while count < len(own) and own[count].position <= fact.position:
            count += 1
        life.take_in(own[taken:count])
        taken = count
        case = life.case(fact.position)
        if case.account is not None:
            yield Moment(fact, case)


def terms_of(case: Case, month: str) -> Terms | None:
    """The terms that govern a month as they are known; None before any were."""
    version = _rules(case, month).version
    return None if version is None else version.terms
