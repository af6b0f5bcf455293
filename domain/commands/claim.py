"""The commands that change a claim."""

from __future__ import annotations

from domain.commands.command import Command, MonthCommand
from domain.time import Instant, MonthText
from domain.values import EvidenceField, Id, Words


class FileClaim(Command, tag="claim file", frozen=True, kw_only=True):
    """Record an account's claim for a month that has ended."""

    ARGUMENTS = ("account", "month")
    account: Id
    month: MonthText
    filed_at: Instant
    statement: Words | None = None
    evidence: tuple[EvidenceField, ...] = ()
    again: bool = False


class WithdrawClaim(Command, tag="claim withdraw", frozen=True, kw_only=True):
    """Withdraw a claim that is not decided yet."""

    ARGUMENTS = ("account", "month")
    account: Id
    month: MonthText
    reason: Words


class DecideClaimOrMonth(Command, tag="claim decide", frozen=True, kw_only=True):
    """Decide a claim clause by clause, or all waiting claims of a month."""

    ARGUMENTS = ("account", "month")
    account: Id | None = None
    month: MonthText
    decided_at: Instant | None = None
    all: bool = False
    strict: bool = False

    def parsed(self) -> DecideClaim | DecideMonth:
        """The command that this is the wire form of."""
        if self.account is None:
            return DecideMonth(month=self.month, decided_at=self.decided_at, strict=self.strict, key=self.key)
        return DecideClaim(
            account=self.account, month=self.month, decided_at=self.decided_at, strict=self.strict, key=self.key
        )


class DecideClaim(Command, tag="claim decide", frozen=True, kw_only=True):
    """Decide a claim."""

    account: Id
    month: MonthText
    decided_at: Instant | None = None
    strict: bool = False


class DecideMonth(MonthCommand, tag="claim decide", frozen=True, kw_only=True):
    """Decide every claim of a month that waits."""

    decided_at: Instant | None = None
    strict: bool = False

    def wire(self) -> DecideClaimOrMonth:
        return DecideClaimOrMonth(
            month=self.month, decided_at=self.decided_at, all=True, strict=self.strict, key=self.key
        )

    def of(self, account: Id) -> DecideClaim:
        return DecideClaim(account=account, month=self.month, decided_at=self.decided_at, strict=self.strict)


class DisputeClaim(Command, tag="claim dispute", frozen=True, kw_only=True):
    """Record that the customer disputes a decision."""

    ARGUMENTS = ("account", "month")
    account: Id
    month: MonthText
    disputed_at: Instant
    grounds: Words


class RedecideClaim(Command, tag="claim redecide", frozen=True, kw_only=True):
    """Decide a claim again on the facts known now."""

    ARGUMENTS = ("account", "month")
    account: Id
    month: MonthText
    reason: Words
    decided_at: Instant | None = None
