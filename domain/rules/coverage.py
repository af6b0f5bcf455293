"""The contract's opening words: the agreement covers general availability, not beta (R17)."""

from __future__ import annotations

from domain.account import Account
from domain.intervals import Span, union
from domain.terms.versions import Terms
from domain.time import FOREVER


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
