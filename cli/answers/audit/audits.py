"""The results of audits: decisions that replay differently or would come out differently, and damage."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from cli.answers.readings import SettingShown, print_says
from cli.terminal.numbers import money
from cli.terminal.output import WIDTH, plain, print_table, print_text, wrapped
from cli.terminal.vocabulary import word
from domain.case import Fact
from domain.money import Fen
from domain.text import Said, counted, said
from ledger.audit.impact import Impact, Outcome
from ledger.audit.replay import Difference, Replayed
from ledger.audit.since import ReplayedSince
from ledger.audit.verified import Damage, SinceReceipt


class ReplayAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """`slaledger audit replay`: the number of decisions that come out the same, and the others."""

    decisions: int
    identical: int
    different: list[Difference]
    events: int
    seconds: int
    since: SinceReceipt | msgspec.UnsetType = msgspec.UNSET
    damage: list[Damage] | msgspec.UnsetType = msgspec.UNSET

    def table(self) -> None:
        """What was not read again, the damage, the differences, and the count of decisions."""
        if isinstance(self.since, SinceReceipt):
            print_since(self.since)
        print_damage(self.damage or ())
        print_differences(self.different)
        print_text(
            said(
                "{replayed}, {identical} identical ({events})",
                replayed=replayed_decisions(self.decisions),
                identical=self.identical,
                events=counted("{n} event", "{n} events", n=self.events),
            )
        )


def replayed_decisions(n: int) -> Said:
    """How many decisions were replayed."""
    return counted("{n} decision replayed", "{n} decisions replayed", n=n)


def replay_answer(found: Replayed, elapsed_ms: int, new: ReplayedSince | None = None) -> ReplayAnswer:
    """The result of a replay; of what is new since a receipt where that is given."""
    return ReplayAnswer(
        decisions=found.decisions,
        identical=found.decisions - len(found.different),
        different=list(found.different),
        events=found.events,
        seconds=elapsed_ms // 1000,
        since=msgspec.UNSET if new is None else new.since,
        damage=msgspec.UNSET if new is None else new.damage,
    )


def print_since(since: SinceReceipt) -> None:
    """Print how much of the log was not read again."""
    print_text(
        counted(
            "the first {size} events were verified before; {n} of them was read again",
            "the first {size} events were verified before; {n} of them were read again",
            n=since.read_again,
            size=since.size,
        )
    )


def print_damage(damage: Iterable[Damage]) -> None:
    """Print what is impossible in an intact ledger, with its position where that is known."""
    for each in damage:
        text = said("{kind}: {message}", kind=word(each.kind), message=each.message)
        if each.position is not None:
            text = said("position {position}: {text}", position=each.position, text=text)
        print_text(text, width=WIDTH)


def print_differences(different: Sequence[Difference]) -> None:
    """Print the decisions that come out otherwise when they are made again."""
    for each in different:
        print_text(
            said(
                "{account} {month} decision {number} (position {position}): {path}",
                account=each.account,
                month=each.month,
                number=each.number,
                position=each.position,
                path=each.path,
            )
        )
        print_text(said("  recorded  {value}", value=plain(each.recorded)))
        print_text(said("  replayed  {value}", value=plain(each.replayed)))


class OutcomeShown(msgspec.Struct, frozen=True, kw_only=True):
    """The result of a decision; `refused` is why it cannot be made."""

    outcome: str
    tier: int | None
    credit: Fen
    refused: str | msgspec.UnsetType


class CauseShown(msgspec.Struct, frozen=True, kw_only=True):
    """An event because of which a decision would come out differently."""

    position: int
    stream: str
    topic: str
    actor: str
    reason: str | None


class ImpactShown(msgspec.Struct, frozen=True, kw_only=True):
    """A decision that would come out differently."""

    account: str
    month: str
    number: int
    old: OutcomeShown
    new: OutcomeShown
    difference: Fen
    owed: Fen
    overpaid: Fen
    causes: list[CauseShown]


class ImpactsAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """`slaledger audit impact` and `what-if`: the decisions that would come out differently, with totals."""

    changed: list[ImpactShown]
    owed: Fen
    overpaid: Fen
    readings: list[SettingShown] | msgspec.UnsetType = msgspec.UNSET
    """The readings that were tried, with what each says; left out where none were."""

    def table(self) -> None:
        """What was tried, the decisions, their causes, and the sums."""
        if self.readings:
            print_says([each.says for each in self.readings])
            print()
        if not self.changed:
            print_text(said("no decision would change"))
            return
        rows = [
            (
                said("{account} {month} no. {number}", account=each.account, month=each.month, number=each.number),
                word(each.old.outcome),
                money(each.old.credit),
                word(each.new.outcome),
                money(each.new.credit),
            )
            for each in self.changed
        ]
        columns = (said("decision"), said("outcome"), said("credit"), said("new outcome"), said("new credit"))
        print_table(columns, rows, right=["credit", "new credit"])
        for each in self.changed:
            for cause in each.causes:
                _print_cause(each, cause)
        print_text(
            counted(
                "{n} decision; owed {owed}, overpaid {overpaid}",
                "{n} decisions; owed {owed}, overpaid {overpaid}",
                n=len(self.changed),
                owed=money(self.owed),
                overpaid=money(self.overpaid),
            )
        )


def _print_cause(each: ImpactShown, cause: CauseShown) -> None:
    text = said(
        "{account} {month}: position {position}, {topic} {subject}",
        account=each.account,
        month=each.month,
        position=cause.position,
        topic=word(cause.topic),
        subject=cause.stream.partition("/")[2],
    )
    if cause.reason:
        text = said("{text} ({reason})", text=text, reason=cause.reason)
    for line in wrapped(text, WIDTH - 2):
        print(f"  {line}")


def impacts_answer(found: Sequence[Impact], tried: list[SettingShown] | None = None) -> ImpactsAnswer:
    """Decisions that would come out differently, with their totals; `tried` are the readings that were tried."""
    return ImpactsAnswer(
        changed=[_impact(each) for each in found],
        owed=Fen(sum(each.owed_fen for each in found)),
        overpaid=Fen(sum(each.overpaid_fen for each in found)),
        readings=tried or msgspec.UNSET,
    )


def _impact(each: Impact) -> ImpactShown:
    return ImpactShown(
        account=each.account,
        month=each.month,
        number=each.number,
        old=_outcome(each.old),
        new=_outcome(each.new),
        difference=Fen(each.difference_fen),
        owed=Fen(each.owed_fen),
        overpaid=Fen(each.overpaid_fen),
        causes=[_cause(fact) for fact in each.causes],
    )


def _outcome(found: Outcome) -> OutcomeShown:
    refused = found.refused or msgspec.UNSET
    return OutcomeShown(outcome=found.outcome, tier=found.tier, credit=Fen(found.credit_fen), refused=refused)


def _cause(fact: Fact) -> CauseShown:
    return CauseShown(
        position=fact.position, stream=fact.stream, topic=fact.topic, actor=fact.actor, reason=fact.reason
    )
