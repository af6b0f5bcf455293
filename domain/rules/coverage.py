"""The contract's opening words: the agreement covers general availability, not beta (R17)."""

from __future__ import annotations

from datetime import date

from domain.account import Account
from domain.intervals import Span, intersect, union
from domain.terms.versions import Terms
from domain.time import FOREVER, local, month_span


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


def service_month(covered: list[Span], month: str, terms: Terms) -> tuple[date, date] | None:
    """The first and the last day of a service month that is only a part of the calendar month.

    Terms may say that it is the days within the term of the service: from the first covered day to the last.
    None where it is the whole month, or where nothing of the month is covered.
    """
    within = intersect(covered, [month_span(month, terms.zone)]) if terms.within_term else []
    if not within:
        return None
    return local(within[0][0], terms.zone).date(), local(within[-1][1] - 1, terms.zone).date()
