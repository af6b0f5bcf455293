"""What a policy of witnesses finds of a checkpoint: who cosigned it, and when."""

from __future__ import annotations

import msgspec

from cli.terminal.output import WIDTH, print_text
from cli.terminal.values import ZonedInstant
from domain.text import Said, counted, said
from domain.time import DEFAULT_ZONE
from ledger.transparency.policies import PolicyResult


class WitnessShown(msgspec.Struct, frozen=True, kw_only=True):
    """A witness, by the name and id of its key, and when it cosigned."""

    witness: str
    cosigned_at: ZonedInstant


class PolicyShown(msgspec.Struct, frozen=True, kw_only=True):
    """Whether enough witnesses cosigned the first `size` events: `needed` of `known`.

    In a dossier, `covers` of its events are among these.
    """

    met: bool
    needed: int
    known: int
    size: int
    covers: int | msgspec.UnsetType = msgspec.UNSET
    witnesses: list[WitnessShown]

    def table(self) -> None:
        """Print who cosigned, and whether these are enough."""
        for each in self.witnesses:
            print_text(
                said("{witness} cosigned at {at}", witness=each.witness, at=each.cosigned_at.rfc3339()), width=WIDTH
            )
        print_text(self._verdict(), width=WIDTH)

    def _verdict(self) -> Said:
        count = len(self.witnesses)
        if not self.met:
            return said(
                "not enough witnesses: {count} of the {needed} needed cosigned it, up to event {size}",
                count=count,
                size=self.size,
                needed=self.needed,
            )
        told = said(
            "the policy is met: {count} of {known} cosigned it, up to event {size}",
            count=count,
            known=self.known,
            size=self.size,
        )
        if isinstance(self.covers, int):
            return counted(
                "{told}; that covers {n} event of this dossier",
                "{told}; that covers {n} events of this dossier",
                n=self.covers,
                told=told,
            )
        return told


def policy_shown(
    found: PolicyResult, size: int, covers: int | msgspec.UnsetType = msgspec.UNSET, zone: str = DEFAULT_ZONE
) -> PolicyShown:
    """What a policy found of a checkpoint of some size; of a dossier, how many of its events that covers."""
    return PolicyShown(
        met=found.is_met,
        needed=found.policy.needed,
        known=len(found.policy.keys),
        size=size,
        covers=covers,
        witnesses=[
            WitnessShown(witness=each.key.short_name, cosigned_at=ZonedInstant(each.time_s * 1_000_000, zone))
            for each in found.by
        ],
    )
