"""The result of a verification."""

from __future__ import annotations

import msgspec

from domain.admissible.check import Inadmissible
from domain.refusals import Refusal
from domain.text import Said
from ledger.audit.replay import Difference
from ledger.audit.signatures import Signatures
from ledger.transparency.last_verified import Verification
from ledger.transparency.log_root import Peaks


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


class SinceReceipt(msgspec.Struct, frozen=True, kw_only=True):
    """From which size a verification went on, and how many of the events before it were read and proved again."""

    size: int
    read_again: int


class Verified(msgspec.Struct, frozen=True, kw_only=True):
    """The result of a verification.

    It has the log's tree from its rows, None where a row is of a wrong kind, and its last position; damage, events that
    no rule would have let in, by position, decisions that replay differently, and how many signatures were checked.
    `recorded_at` is the latest time that later events must not precede, in microseconds; 0 where none is. `since` is
    set where only what is new was verified.
    """

    ledger: str
    tree: Peaks | None
    position: int
    recorded_at: int
    decisions: int
    damage: list[Damage]
    inadmissible: list[Inadmissible]
    different: list[Difference]
    signatures: Signatures
    since: SinceReceipt | None = None

    @property
    def is_sound(self) -> bool:
        return not self.damage and not self.inadmissible and not self.different

    @property
    def first_bad_position(self) -> int | None:
        damaged = (each.position for each in self.damage if each.position is not None)
        return min((*damaged, *(each.position for each in self.inadmissible)), default=None)

    def verification(self, actor: str | None, at: int) -> Verification | None:
        """What `status` tells of it later; None where it is not sound."""
        if not self.is_sound or self.tree is None:
            return None
        return Verification(
            size=self.tree.size,
            position=self.position,
            verified_at=at,
            actor=actor,
            went_on_from=None if self.since is None else self.since.size,
        )
