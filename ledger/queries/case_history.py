"""An account's month as it was known at each event that concerns it, for the slider of a page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from domain.as_of import touches_span
from domain.assessment import window_of
from domain.case import Case, Fact, evolve, fold
from domain.refusals.terms import NoTerms
from domain.rules.claim_window import Window
from domain.terms.months import span_of
from domain.terms.versions import Terms, Version, in_force
from domain.time import months_between
from ledger.log.account_history import AccountHistory
from ledger.log.codec import decode
from ledger.log.reader import Reader

_Subject = tuple[str, str]


RULES = ("terms", "calendar")
"""The kinds of streams that hold the rules of all accounts."""


class CaseMoment(NamedTuple):
    """The case as known after an event, at `fact.recorded_at`; `case` is valid until the next moment."""

    fact: Fact
    case: Case


class Concerned(NamedTuple):
    """The events that concern a month, in log order, and the account's other events."""

    facts: list[Fact]
    others: list[Fact]


def concerned(facts: Sequence[Fact], month: str) -> Concerned:
    """An account's facts that concern a month: those of the account, incidents that touched it, bills for it, its
    claim and its vouchers, and of rules published since the enrolment that changed the month's.

    An incident touches by the span between any start and end recorded for it. Without an end, it lasts up to the
    recording of a claim's event, and up to the last event.
    """
    touched: set[_Subject] = set()
    rules: set[int] = set()
    case, known = fold(()), _Rules(None, None)
    for fact in facts:
        evolve(case, fact)
        if subject(fact)[0] in RULES:
            before, known = known, _rules(case, month)
            if case.account is not None and known != before:
                rules.add(fact.position)
        else:
            touched |= _touched(case, fact, month, known, fact is facts[-1])
    own = [fact for fact in facts if subject(fact) in touched or fact.position in rules]
    others = [fact for fact in facts if subject(fact) not in touched and subject(fact)[0] not in RULES]
    return Concerned(own, others)


def _touched(case: Case, fact: Fact, month: str, rules: _Rules, is_last: bool) -> set[_Subject]:
    """The parts of a case that touch a month, as a fact shows."""
    about = kind, id_ = subject(fact)
    found = {("account", ""), ("claim", month)}
    if kind == "bill":
        bill = case.bills[id_]
        found |= {about} if 0 <= months_between(bill.first_month, month) < bill.months else set()
    if rules.version is None:
        return found
    window = span_of(case.versions, month)
    if is_last or about == ("claim", month):
        open_too = case.incidents.items()
        found |= {("incident", name) for name, one in open_too if touches_span(one, *window, fact.recorded_at)}
    match kind:
        case "incident" if id_ in case.incidents and case.incidents[id_].ended_at is not None:
            return found | {about} if touches_span(case.incidents[id_], *window, 0) else found
        case "voucher" if case.vouchers[id_].month == month:
            return found | {about}
    return found


class _Rules(NamedTuple):
    """The known rules of a month: the version that governs it and its claim window."""

    version: Version | None
    window: Window | None


def _rules(case: Case, month: str) -> _Rules:
    try:
        return _Rules(in_force(case.versions, month), window_of(case, month))
    except NoTerms:
        return _Rules(None, None)


def subject(fact: Fact) -> _Subject:
    """The subject of an event, from its stream: the kind and the id."""
    kind, _, id_ = fact.stream.partition("/")[2].partition("/")
    return kind, id_


def moments(log: Reader, account: str, of: Sequence[Fact]) -> Iterator[CaseMoment]:
    """The account as it was known at each of the given events, in log order, from its enrolment on."""
    life, taken = AccountHistory(account, log.common()), 0
    own = [decode(row) for row in log.range(f"{account}/")]
    for fact in of:
        count = taken
        while count < len(own) and own[count].position <= fact.position:
            count += 1
        life.take_in(own[taken:count])
        taken = count
        case = life.case(fact.position)
        if case.account is not None:
            yield CaseMoment(fact, case)


def terms_of(case: Case, month: str) -> Terms | None:
    """The known terms that govern a month; None where there are none."""
    version = _rules(case, month).version
    return None if version is None else version.terms
