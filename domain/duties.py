"""Segregation of duties: through whose hands a claim's money went, and where one person did what two should have."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Literal, NamedTuple, get_args

import msgspec

from domain import events as e
from domain import incident as incidents
from domain.case import Case, Fact
from domain.decision_record import head
from domain.intervals import Span
from domain.terms.months import span_of
from domain.text import Said, said
from domain.time import months_between

Stage = Literal["incident", "exclusion", "fee", "decision", "approval", "issue", "redemption"]
STAGES: tuple[Stage, ...] = get_args(Stage)
"""The stages of a claim's money, in their order."""

STAGE_OF: dict[type[e.Event], Stage] = {
    e.IncidentOpened: "incident",
    e.IncidentOpenedWithin: "incident",
    e.IncidentClosed: "incident",
    e.IncidentClosedWithin: "incident",
    e.IncidentCorrected: "incident",
    e.IncidentCorrectedWithin: "incident",
    e.IncidentFunctionCorrected: "incident",
    e.IncidentReopened: "incident",
    e.IncidentWithdrawn: "incident",
    e.IncidentRestored: "incident",
    e.ExclusionApplied: "exclusion",
    e.ExclusionAppliedAsAnnounced: "exclusion",
    e.ExclusionWithdrawn: "exclusion",
    e.FeesBilled: "fee",
    e.FeesCorrected: "fee",
    e.FeesVoided: "fee",
    e.FeesRestored: "fee",
    e.ClaimDecided: "decision",
    e.ClaimApproved: "approval",
    e.VoucherIssued: "issue",
    e.VoucherRedeemed: "redemption",
}
"""The stage that an event belongs to. Other events have no part in how much is paid, or only follow one of these."""


class TwoPersons(msgspec.Struct, frozen=True):
    """Two stages of the same money that two persons should do, and why."""

    first: Stage
    second: Stage
    why: Said


_FACTS = said("who records the facts can make an award, and should not also confirm it")
_EXCLUDED = said("an exclusion reduces the award, and its effect should not go unseen")
_FEE = said("the award is a part of the fee that was recorded")
CONFLICTS: tuple[TwoPersons, ...] = (
    TwoPersons("incident", "decision", _FACTS),
    TwoPersons("incident", "approval", _FACTS),
    TwoPersons("exclusion", "decision", _EXCLUDED),
    TwoPersons("exclusion", "approval", _EXCLUDED),
    TwoPersons("fee", "decision", _FEE),
    TwoPersons("fee", "approval", _FEE),
    TwoPersons("decision", "approval", said("an approval is a second person's look at the decision")),
    TwoPersons("decision", "issue", said("who awards money should not also pay it out")),
    TwoPersons("approval", "issue", said("who approves money should not also pay it out")),
    TwoPersons("issue", "redemption", said("who makes a voucher should not also spend it")),
)
"""The stages that one person should not have done for the same money: to record, to authorise, to pay out, to spend."""


class Handling(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody did with a claim's money: from the decision on with an amount, from the issue on with a voucher."""

    stage: Stage
    person: str
    actor: str
    position: int
    amount_fen: int | None = None
    voucher: str | None = None


class Hands(msgspec.Struct, frozen=True, kw_only=True):
    """A decided claim, and every act that its money rests on, in log order."""

    account: str
    month: str
    awarded_fen: int
    acts: tuple[Handling, ...]


class OneHand(msgspec.Struct, frozen=True, kw_only=True):
    """A person did two stages of the same money. `amount_fen` is what went through both of their hands.

    `voucher` is given where it is about one voucher alone; `approved_by` are others who approved the award.
    """

    account: str
    month: str
    voucher: str | None
    person: str
    actors: tuple[str, ...]
    conflict: TwoPersons
    amount_fen: int
    positions: tuple[int, ...]
    approved_by: tuple[str, ...]


def hands(case: Case, account: str, facts: Sequence[Fact], person: Callable[[str], str]) -> Iterator[Hands]:
    """The decided claims of an account, by all facts that concern it; `person` is who an actor is.

    What was recorded of outages, exclusions and fees after the last decision had no part in it.
    """
    outages = _outages(facts)
    for month, claim in sorted(case.claims.items()):
        if not claim.decisions:
            continue
        span = span_of(case.versions, month)
        decided = [fact.position for fact in facts if isinstance(fact.event, e.ClaimDecided) and _is_of(fact, month)]
        within = {name for name, known in outages.items() if any(_touches(known, span, at) for at in decided)}
        concerning = (fact for fact in facts if _concerns(fact, case, month, within, decided[-1]))
        acts = tuple(_act(fact, case, person(fact.actor)) for fact in concerning)
        yield Hands(account=account, month=month, awarded_fen=claim.awarded_fen, acts=acts)


class _SpanKnown(NamedTuple):
    """When an incident began and ended, as it was known from a position on."""

    position: int
    started_at: int
    ended_at: int | None


def _outages(facts: Iterable[Fact]) -> dict[str, list[_SpanKnown]]:
    """The spans that each incident had, one after the other: what was corrected since may have made an award."""
    states: dict[str, incidents.Incident] = {}
    spans: dict[str, list[_SpanKnown]] = {}
    for fact in facts:
        if STAGE_OF.get(type(fact.event)) in ("incident", "exclusion"):
            name = str(getattr(fact.event, "incident", ""))
            states[name] = state = incidents.evolve(states.get(name), fact.event, fact.reason)
            spans.setdefault(name, []).append(_SpanKnown(fact.position, state.started_at, state.ended_at))
    return spans


def _touches(known: Sequence[_SpanKnown], span: Span, decided: int) -> bool:
    """Whether an outage belonged to a month as it was known to a decision; one that ends where it begins does (R7)."""
    then = [one for one in known if one.position < decided]
    if not then:
        return False
    start, end = span
    return then[-1].started_at <= end and (then[-1].ended_at is None or then[-1].ended_at >= start)


def _is_of(fact: Fact, month: str) -> bool:
    return getattr(fact.event, "month", None) == month


def _concerns(fact: Fact, case: Case, month: str, within: set[str], decided: int) -> bool:
    """Whether an event is an act of a claim's money."""
    match STAGE_OF.get(type(fact.event)):
        case None:
            return False
        case "incident" | "exclusion":
            return fact.position < decided and getattr(fact.event, "incident", None) in within
        case "fee":
            bill = case.bills[str(getattr(fact.event, "bill", ""))]
            return fact.position < decided and 0 <= months_between(bill.first_month, month) < bill.months
        case "redemption":
            return case.vouchers[str(getattr(fact.event, "voucher", ""))].month == month
        case _:
            return _is_of(fact, month)


def _act(fact: Fact, case: Case, person: str) -> Handling:
    amount: int | None = None
    match fact.event:
        case e.ClaimDecided() as decided:
            amount = head(bytes(decided.decision)).awarded_fen
        case e.ClaimApproved() | e.VoucherIssued() | e.VoucherRedeemed() as moved:
            amount = moved.amount_fen
    voucher = getattr(fact.event, "voucher", None)
    return Handling(
        stage=STAGE_OF[type(fact.event)],
        person=person,
        actor=fact.actor,
        position=fact.position,
        amount_fen=amount,
        voucher=voucher,
    )


def one_hand(found: Hands) -> Iterator[OneHand]:
    """Where one person did two stages of a claim's money that two should have, in the order of `CONFLICTS`."""
    for conflict in CONFLICTS:
        if conflict.first == "issue":
            for voucher in dict.fromkeys(act.voucher for act in found.acts if act.stage == "issue"):
                yield from _same(found, conflict, voucher)
        else:
            yield from _same(found, conflict, None)


def _same(found: Hands, conflict: TwoPersons, voucher: str | None) -> Iterator[OneHand]:
    """The persons of both stages of a conflict; of one voucher where it is given."""
    acts = [act for act in found.acts if voucher is None or act.voucher == voucher]
    first = [act for act in acts if act.stage == conflict.first]
    second = [act for act in acts if act.stage == conflict.second]
    for person in dict.fromkeys(act.person for act in first):
        sides = [[act for act in side if act.person == person] for side in (first, second)]
        if not sides[1]:
            continue
        both = sorted((act for side in sides for act in side), key=lambda act: act.position)
        yield OneHand(
            account=found.account,
            month=found.month,
            voucher=voucher,
            person=person,
            actors=tuple(dict.fromkeys(act.actor for act in both)),
            conflict=conflict,
            amount_fen=min(amount for side in sides if (amount := _amount(side)) is not None),
            positions=tuple(act.position for act in both),
            approved_by=tuple(
                dict.fromkeys(act.person for act in found.acts if act.stage == "approval" and act.person != person)
            ),
        )


def _amount(acts: Sequence[Handling]) -> int | None:
    """The amount of a person's acts of one stage: decisions and approvals replace each other, vouchers add up."""
    amounts = [act.amount_fen for act in acts if act.amount_fen is not None]
    if not amounts:
        return None
    return max(amounts) if acts[0].stage in ("decision", "approval") else sum(amounts)
