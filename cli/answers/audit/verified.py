"""`slaledger audit verify`: what was found of the log."""

from __future__ import annotations

import msgspec

from cli.answers.audit.audits import print_damage, print_differences, print_since, replayed_decisions
from cli.answers.audit.witnesses import PolicyShown
from cli.terminal.output import WIDTH, print_text
from domain.admissible.check import Inadmissible
from domain.keys import encoded
from domain.text import counted, said
from ledger.audit.replay import Difference
from ledger.audit.signatures import Signatures
from ledger.audit.verified import Damage, SinceReceipt, Verified


class VerifiedAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """`slaledger audit verify`: the log's root from its rows, damage, and decisions that replay differently.

    It tells of signatures where the log has any.
    """

    ledger: str
    size: int
    root: str
    position: int
    decisions: int
    first_bad_position: int | None
    damage: list[Damage]
    inadmissible: list[Inadmissible]
    different: list[Difference]
    signatures: Signatures | msgspec.UnsetType = msgspec.UNSET
    since: SinceReceipt | msgspec.UnsetType = msgspec.UNSET
    policy: PolicyShown | msgspec.UnsetType = msgspec.UNSET


def verified_answer(found: Verified, policy: PolicyShown | msgspec.UnsetType = msgspec.UNSET) -> VerifiedAnswer:
    """The result of a verification; and of a policy, what it found of the checkpoint."""
    return VerifiedAnswer(
        ledger=found.ledger,
        size=0 if found.tree is None else found.tree.size,
        root="" if found.tree is None else encoded(found.tree.root()),
        position=0 if found.tree is None else found.position,
        decisions=found.decisions,
        first_bad_position=found.first_bad_position,
        damage=found.damage,
        inadmissible=found.inadmissible,
        different=found.different,
        signatures=found.signatures if found.signatures.signed else msgspec.UNSET,
        since=found.since or msgspec.UNSET,
        policy=policy,
    )


def print_verified(answer: VerifiedAnswer, file: str | None) -> None:
    """Print what was not read again, the damage and the differences, or that the ledger is sound.

    `file` has the checkpoint that it extends.
    """
    if isinstance(answer.since, SinceReceipt):
        print_since(answer.since)
    print_damage(answer.damage)
    for bad in answer.inadmissible:
        print_text(bad.told(), width=WIDTH)
    print_differences(answer.different)
    if not answer.damage and not answer.inadmissible and not answer.different:
        text = said(
            "sound: {events}, {replayed}",
            events=counted("{n} event", "{n} events", n=answer.size),
            replayed=replayed_decisions(answer.decisions),
        )
        print_text(said("{text}, and extends {file}", text=text, file=file) if file else text)
        print_text(said("root {root}", root=answer.root))
    if isinstance(answer.signatures, Signatures) and answer.signatures.checked == answer.signatures.signed:
        print_text(counted("{n} signature checked", "{n} signatures checked", n=answer.signatures.checked))
    if isinstance(answer.policy, PolicyShown):
        answer.policy.table()
