"""Every command that the ledger takes, as data. The command line and a batch line build the same structs.

`ARGUMENTS` are the fields that come before the options on the command line, in that order.
"""

from __future__ import annotations

from typing import Annotated

import msgspec

from domain.account_commands import CloseAccount, CorrectAccount, EnrollAccount, MoveAccount, RestageAccount
from domain.bill_commands import BillFees, CorrectFees, VoidFees
from domain.command import Command, MonthCommand
from domain.time import Instant, MonthText, Seconds
from domain.values import Clause, EvidenceField, FunctionName, Id, Words
from domain.voucher_commands import (
    CancelVoucher,
    IssueMonth,
    IssueVoucher,
    IssueVoucherOrMonth,
    RedeemVoucher,
    ReverseRedemption,
)

__all__ = [
    "BillFees",
    "CancelVoucher",
    "CloseAccount",
    "Command",
    "CorrectAccount",
    "CorrectFees",
    "EnrollAccount",
    "IssueMonth",
    "IssueVoucher",
    "IssueVoucherOrMonth",
    "MonthCommand",
    "MoveAccount",
    "RedeemVoucher",
    "RestageAccount",
    "ReverseRedemption",
    "VoidFees",
]


class PublishTerms(Command, tag="terms publish", frozen=True, kw_only=True):
    """Publish a version of the agreement, or one again with other readings."""

    ARGUMENTS = ("file",)
    file: str | None = None
    document: str | None = None
    noticed_at: Instant | None = None
    reason: Words | None = None


class PublishCalendar(Command, tag="calendar publish", frozen=True, kw_only=True):
    """Record a year's working days, from the published calendar or from a file."""

    ARGUMENTS = ("year",)
    year: Annotated[int, msgspec.Meta(ge=2000, le=2200)]
    file: str | None = None
    source: Words | None = None
    reason: Words | None = None


class OpenIncident(Command, tag="incident open", frozen=True, kw_only=True):
    """Record that a function became unavailable."""

    ARGUMENTS = ("incident",)
    incident: Id
    function: FunctionName
    started_at: Instant
    account: Id | None = None
    accounts: tuple[Id, ...] | None = None
    regions: tuple[Id, ...] | None = None
    all_accounts: bool = False
    uncertainty_seconds: Seconds | None = None
    again: bool = False


class CloseIncident(Command, tag="incident close", frozen=True, kw_only=True):
    """Record that an incident ended."""

    ARGUMENTS = ("incident",)
    incident: Id
    ended_at: Instant
    uncertainty_seconds: Seconds | None = None


class CorrectIncident(Command, tag="incident correct", frozen=True, kw_only=True):
    """Correct an incident's start, end or function."""

    ARGUMENTS = ("incident",)
    incident: Id
    started_at: Instant | None = None
    ended_at: Instant | None = None
    function: FunctionName | None = None
    uncertainty_seconds: Seconds | None = None
    reason: Words


class ReopenIncident(Command, tag="incident reopen", frozen=True, kw_only=True):
    """Record that an incident's end is not known after all."""

    ARGUMENTS = ("incident",)
    incident: Id
    reason: Words


class WithdrawIncident(Command, tag="incident withdraw", frozen=True, kw_only=True):
    """Withdraw an incident recorded in error."""

    ARGUMENTS = ("incident",)
    incident: Id
    reason: Words


class ApplyExclusion(Command, tag="exclusion apply", frozen=True, kw_only=True, rename={"from_": "from"}):
    """Exclude an incident or a part of it for a cause of clause 2.3."""

    ARGUMENTS = ("incident",)
    incident: Id
    clause: Clause
    from_: Instant | None = None
    to: Instant | None = None
    notified_at: Instant | None = None
    announced_from: Instant | None = None
    announced_to: Instant | None = None
    reason: Words | None = None
    evidence: tuple[EvidenceField, ...] = ()
    again: bool = False


class WithdrawExclusion(Command, tag="exclusion withdraw", frozen=True, kw_only=True):
    """Withdraw an exclusion."""

    ARGUMENTS = ("incident", "exclusion")
    incident: Id
    exclusion: Annotated[int, msgspec.Meta(ge=1)]
    reason: Words


class FileClaim(Command, tag="claim file", frozen=True, kw_only=True):
    """Record an account's claim for a month that has ended."""

    ARGUMENTS = ("account", "month")
    account: Id
    month: MonthText
    filed_at: Instant
    statement: Words | None = None
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


COMMANDS: tuple[type[Command], ...] = (
    EnrollAccount,
    RestageAccount,
    MoveAccount,
    CorrectAccount,
    CloseAccount,
    PublishTerms,
    PublishCalendar,
    OpenIncident,
    CloseIncident,
    CorrectIncident,
    ReopenIncident,
    WithdrawIncident,
    ApplyExclusion,
    WithdrawExclusion,
    BillFees,
    CorrectFees,
    VoidFees,
    FileClaim,
    WithdrawClaim,
    DecideClaimOrMonth,
    DisputeClaim,
    RedecideClaim,
    IssueVoucherOrMonth,
    RedeemVoucher,
    ReverseRedemption,
    CancelVoucher,
)
"""The wire form of every command, by which a line is decoded."""
BY_WORDS: dict[str, type[Command]] = {str(kind.__struct_config__.tag): kind for kind in COMMANDS}
