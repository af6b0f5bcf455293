"""The result of a verification."""

from __future__ import annotations

import msgspec

from domain.admissible.check import Inadmissible
from domain.refusals import Refusal
from domain.text import Said
from ledger.audit.replay import Difference
from ledger.audit.signatures import Signatures
from ledger.transparency.log_root import LogRoot


class Damage(msgspec.Struct, frozen=True, kw_only=True):
    """Something impossible in an intact ledger; `position` is where it shows first, where that is known."""

    kind: str
    message: str
    position: int | None = None

    @classmethod
    def of(cls, damaged: Refusal, position: int) -> Damage:
        """The damage by which an event cannot be read."""
        return cls(kind=damaged.code, message=damaged.message, position=position)

    @classmethod
    def unbalanced(cls, message: Said) -> Damage:
        """The damage where two sides of one account disagree."""
        return cls(kind="unbalanced", message=message)


class Verified(msgspec.Struct, frozen=True, kw_only=True):
    """The result of a verification.

    It has the log's root from its rows, damage, events that no rule would have let in, by position, decisions that
    replay differently, and how many signatures were checked.
    """

    ledger: str
    log: LogRoot
    decisions: int
    damage: list[Damage]
    inadmissible: list[Inadmissible]
    different: list[Difference]
    signatures: Signatures

    @property
    def first_bad_position(self) -> int | None:
        damaged = (each.position for each in self.damage if each.position is not None)
        return min((*damaged, *(each.position for each in self.inadmissible)), default=None)
