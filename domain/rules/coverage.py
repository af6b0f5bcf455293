"""The contract's opening words: the agreement covers general availability, not beta (R17)."""

from __future__ import annotations

from datetime import date

from domain.account import Account
from domain.intervals import Span, intersect, union
from domain.terms.versions import Terms
from domain.time import FOREVER, days_in, first_day, local


def covered(account: Account, terms: Terms) -> list[Span]:
    """The set of an account's covered time: between enrolment and closure, while in stage `general`.

    An account marked `covered_in_beta`, or terms that cover beta, are covered in every stage.
    """
    end = FOREVER if account.closed_at is None else account.closed_at
    any_stage = account.covered_in_beta or terms.service.beta_covered.value
    moments = [(account.enrolled_at, account.stage), *sorted(account.restaged.items())]
    spans = []
    for index, (since, stage) in enumerate(moments):
        until = moments[index + 1][0] if index + 1 < len(moments) else end
        if any_stage or stage == "general":
            spans.append((max(since, account.enrolled_at), min(until, end)))
    return union(spans)


def service_month(covered: list[Span], month: str, span: Span, terms: Terms) -> tuple[date, date] | None:
    """The first and the last day of a service month that is only a part of the calendar month.

    Terms may say that it is the days within the term of the service: from the first covered day to the last.
    `span` is the month's. None where it is the whole month, or where nothing of the month is covered.
    """
    within = intersect(covered, [span]) if terms.within_term else []
    if not within:
        return None
    first, last = local(within[0][0], terms.zone).date(), local(within[-1][1] - 1, terms.zone).date()
    starts = first_day(month)
    return max(first, starts), max(starts, min(last, starts.replace(day=days_in(month))))
