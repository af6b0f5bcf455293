"""`slaledger audit duties`: through whose hands the money of claims went, and where one person did what two should."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from cli.terminal.numbers import money
from cli.terminal.output import WIDTH, print_table, print_text
from domain.duties import STAGES, Hands, OneHand
from domain.money import Fen
from domain.text import counted, enumerated, said
from ledger.audit.duties import Duties, people

_DOING = {
    "incident": said("incident"),
    "exclusion": said("exclusion"),
    "fee": said("fee"),
    "decision": said("deciding"),
    "approval": said("approving"),
    "issue": said("issuing"),
    "redemption": said("redeeming"),
}
"""The stages in tables: what was recorded, or what was done."""


class StageShown(msgspec.Struct, frozen=True, kw_only=True):
    """A stage of a claim's money: whose hands, and at which positions of the log."""

    stage: str
    persons: list[str]
    positions: list[int]


class HandledClaim(msgspec.Struct, frozen=True, kw_only=True):
    """A decided claim, with the stages of its money."""

    account: str
    month: str
    awarded: Fen
    stages: list[StageShown]


class OneHandShown(msgspec.Struct, frozen=True, kw_only=True):
    """A person did two stages of the same money; of one voucher where it is named."""

    account: str
    month: str
    voucher: str | None
    person: str
    actors: list[str]
    stages: list[str]
    amount: Fen
    approved_by: list[str]
    positions: list[int]
    why: str


class PersonAlone(msgspec.Struct, frozen=True, kw_only=True):
    """The findings of a person, and the money of their claims."""

    person: str
    actors: list[str]
    claims: int
    findings: int
    amount: Fen


class DutiesAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Claims, findings, and their sum for each person. `since` is the position behind which they lie."""

    since: int
    claims: list[HandledClaim]
    findings: list[OneHandShown]
    people: list[PersonAlone]

    def table(self) -> None:
        """Each claim with its persons, why two stages should be two persons', and the persons."""
        _print_hands(self.claims, self.findings)
        if not self.findings:
            print_text(said("nobody did alone what two people should do"))
            return
        for first, second, why in dict.fromkeys((*one.stages, one.why) for one in self.findings):
            told = said("{stages}: {why}", stages=_stages((first, second)), why=why)
            print_text(told, width=WIDTH)
        print()
        _print_people(self.people)
        print_text(counted("{n} finding", "{n} findings", n=len(self.findings)))


def _print_hands(claims: Sequence[HandledClaim], findings: Sequence[OneHandShown]) -> None:
    """A row for each person of each claim; `at stake` is what went through several stages by the person alone."""
    alone: dict[tuple[str, str, str], list[OneHandShown]] = {}
    for one in findings:
        alone.setdefault((one.account, one.month, one.person), []).append(one)
    rows = []
    for claim in claims:
        for person in dict.fromkeys(person for stage in claim.stages for person in stage.persons):
            did = _stages(stage.stage for stage in claim.stages if person in stage.persons)
            found = alone.get((claim.account, claim.month, person), [])
            amount = money(max(one.amount for one in found)) if found else "-"
            approved = ", ".join(found[0].approved_by) if found else ""
            rows.append((claim.account, claim.month, person, did, amount, approved or "-"))
    columns = (
        said("account"),
        said("month"),
        said("person"),
        said("did"),
        said("at stake"),
        said("approved by"),
    )
    print_table(columns, rows, right=["at stake"], title=said("Through whose hands the money went"))


def _print_people(found: Sequence[PersonAlone]) -> None:
    rows = [(one.person, ", ".join(one.actors), one.claims, one.findings, money(one.amount)) for one in found]
    columns = (said("person"), said("names"), said("claims"), said("findings"), said("amount"))
    print_table(columns, rows, right=["claims", "findings", "amount"], title=said("People"))


def _stages(stages: Iterable[str]) -> str:
    """Stages as words, each once, in the order in which money goes through them."""
    held = set(stages)
    return enumerated([_DOING[stage] for stage in STAGES if stage in held])


def duties_answer(found: Iterable[Duties], since: int) -> DutiesAnswer:
    """The answer of the parts that the accounts were divided into."""
    parts = list(found)
    findings = [one for part in parts for one in part.findings]
    return DutiesAnswer(
        since=since,
        claims=[_claim(one) for part in parts for one in part.claims],
        findings=[_finding(one) for one in findings],
        people=[
            PersonAlone(
                person=one.person,
                actors=list(one.actors),
                claims=one.claims,
                findings=one.findings,
                amount=Fen(one.amount_fen),
            )
            for one in people(findings)
        ],
    )


def _claim(one: Hands) -> HandledClaim:
    stages = []
    for stage in STAGES:
        acts = [act for act in one.acts if act.stage == stage]
        if acts:
            persons = list(dict.fromkeys(act.person for act in acts))
            stages.append(StageShown(stage=stage, persons=persons, positions=[act.position for act in acts]))
    return HandledClaim(account=one.account, month=one.month, awarded=Fen(one.awarded_fen), stages=stages)


def _finding(one: OneHand) -> OneHandShown:
    return OneHandShown(
        account=one.account,
        month=one.month,
        voucher=one.voucher,
        person=one.person,
        actors=list(one.actors),
        stages=[one.conflict.first, one.conflict.second],
        amount=Fen(one.amount_fen),
        approved_by=list(one.approved_by),
        positions=list(one.positions),
        why=one.conflict.why,
    )
