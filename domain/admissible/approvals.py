"""What the approval of an award may record."""

from __future__ import annotations

from domain import approval
from domain import events as e
from domain.admissible.act import Act, Forbidden
from domain.decision_record import basis
from domain.text import said


def approved(act: Act, event: e.ClaimApproved) -> tuple[e.Event, ...]:
    """The event of the same approval, by an actor who may approve. What the facts gave then is not decided again."""
    claim = act.claim(event.month)
    expected = approval.approve(claim, act.fact.actor, event.position, act.case.controls)
    decided_on = basis(claim.decisions[-1].record).facts.position
    if not decided_on <= event.position < act.fact.position:
        raise Forbidden("other_position", said("position {position} was not the log's then", position=event.position))
    return expected
