"""Checks an account's log act by act: would the rules have let it in?"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import msgspec

from domain import events as e
from domain.admissible import approvals, money, outages
from domain.admissible.act import Act, Forbidden, is_one_act
from domain.case import Case, Fact, evolve, fold
from domain.events.topics import TOPICS
from domain.parser_messages import parser_words
from domain.refusals import Refusal
from domain.text import Said, said


class Inadmissible(msgspec.Struct, frozen=True, kw_only=True):
    """An event that the rules would not have let in: where it stands, and which rule it breaks."""

    position: int
    stream: str
    code: str
    message: str

    @classmethod
    def of(cls, fact: Fact, code: str, message: str) -> Inadmissible:
        """What is wrong with an event."""
        return cls(position=fact.position, stream=fact.stream, code=code, message=message)

    def told(self) -> Said:
        """The same as a sentence."""
        return said(
            "position {position}, {stream}: no rule lets this in: {message}",
            position=self.position,
            stream=self.stream,
            message=self.message,
        )


_Expected = Callable[[Act, Any], tuple[e.Event, ...]]
_EXPECTED: dict[type[e.Event], _Expected] = {
    e.AccountEnrolled: outages.enrolled,
    e.AccountRestaged: outages.restaged,
    e.AccountMoved: outages.moved,
    e.AccountNamed: outages.named,
    e.AccountCorrected: outages.account_corrected,
    e.AccountClosed: outages.closed_account,
    e.IncidentOpened: outages.opened,
    e.IncidentOpenedWithin: outages.opened,
    e.IncidentJoined: outages.joined,
    e.IncidentClosed: outages.closed,
    e.IncidentClosedWithin: outages.closed,
    e.IncidentCorrected: outages.corrected,
    e.IncidentCorrectedWithin: outages.corrected,
    e.IncidentFunctionCorrected: outages.function_corrected,
    e.IncidentReopened: outages.reopened,
    e.IncidentWithdrawn: outages.withdrawn,
    e.IncidentReported: outages.reported,
    e.IncidentRestored: outages.restored,
    e.IncidentKept: outages.confirmed,
    e.IncidentReleased: outages.confirmed,
    e.ExclusionApplied: outages.exclusion_applied,
    e.ExclusionAppliedAsAnnounced: outages.exclusion_applied,
    e.ExclusionWithdrawn: outages.exclusion_withdrawn,
    e.FeesBilled: money.billed,
    e.FeesCorrected: money.corrected,
    e.FeesOffsetExplained: money.offset_explained,
    e.FeesVoided: money.voided,
    e.FeesRestored: money.restored,
    e.ClaimFiled: money.filed,
    e.ClaimWithdrawn: money.withdrawn,
    e.ClaimDecided: money.decided,
    e.ClaimDisputed: money.disputed,
    e.ClaimApproved: approvals.approved,
    e.VoucherIssued: money.issued,
    e.VoucherRedeemed: money.redeemed,
    e.RedemptionReversed: money.reversed_,
    e.VoucherCancelled: money.cancelled,
}
"""What the command that an event begins would record. The other events of a command follow that event."""

_TOPIC_OF = {kind: topic for topic, kind in TOPICS.items()}


def inadmissible(facts: Sequence[Fact], rules: Callable[[int], Case]) -> Iterator[Inadmissible]:
    """The events of an account that the rules would not have let in, in log order.

    `facts` are the account's own, or those of a shared outage; `rules` gives the terms, the controls and the rules
    of recording that held at a position. The controls are None where they are not known, as in a dossier without their
    events; then nothing is held to them. Behind an event that cannot be applied, nothing of the account is checked.
    """
    case = fold(())
    done = 0
    while done < len(facts):
        found, count = checked_act(facts, done, case, rules(facts[done].position - 1))
        if found is not None:
            yield found
        for one in facts[done : done + count]:
            try:
                evolve(case, one)
            except Refusal as refusal:
                yield Inadmissible.of(one, refusal.code, refusal.message)
                return
        done += count


def checked_act(facts: Sequence[Fact], place: int, case: Case, known: Case) -> tuple[Inadmissible | None, int]:
    """What is wrong with the act that begins at a place of an account's events, and of how many events it is.

    `case` is the account's before it; the terms, the controls and the rules of recording are set to those of `known`.
    """
    case.versions, case.controls, case.rules = known.versions, known.controls, known.rules
    act = Act(facts, place, case)
    try:
        expected = _expected(act)
    except Forbidden as forbidden:
        return Inadmissible.of(act.fact, forbidden.code, forbidden.message), 1
    except msgspec.MsgspecError as error:
        return Inadmissible.of(act.fact, "unreadable_decision", parser_words(str(error))), 1
    except Refusal as refusal:
        return Inadmissible.of(act.fact, refusal.code, refusal.message), 1
    facts = act.parts(len(expected))
    for number, event in enumerate(expected):
        if number == len(facts) or type(facts[number].event) is not type(event):
            message = said("{topic} is not recorded with it", topic=_TOPIC_OF[type(event)])
            return Inadmissible.of(act.fact, "half_recorded", message), number
        if facts[number].event != event:
            return Inadmissible.of(
                facts[number], "recorded_otherwise", _difference(facts[number].event, event)
            ), number + 1
    if not is_one_act(facts):
        return Inadmissible.of(act.fact, "half_recorded", said("its parts were recorded apart")), len(expected)
    return None, len(expected)


def _expected(act: Act) -> tuple[e.Event, ...]:
    expects = _EXPECTED.get(type(act.fact.event))
    if expects is None:
        raise Forbidden("half_recorded", said("what it belongs to is not recorded with it"))
    expected = expects(act, act.fact.event)
    if not expected:
        raise Forbidden("no_effect", said("its effect held already, so no command records it"))
    return expected


def _difference(found: e.Event, expected: e.Event) -> str:
    name = next(name for name in expected.__struct_fields__ if getattr(found, name) != getattr(expected, name))
    return said(
        "{field} is {found}, and the rules give {expected}",
        field=name,
        found=getattr(found, name),
        expected=getattr(expected, name),
    )
