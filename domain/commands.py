"""Every command that the ledger takes, as data. The command line and a batch line build the same structs.

`ARGUMENTS` are the fields that come before the options on the command line, in that order.
"""

from __future__ import annotations

from abc import abstractmethod
from typing import Annotated

import msgspec

from domain.account_commands import CloseAccount, CorrectAccount, EnrollAccount, MoveAccount, RestageAccount
from domain.command import Command
from domain.events import Part
from domain.money import Fen
from domain.time import Instant, MonthText, Seconds
from domain.values import Clause, EvidenceField, FunctionName, Id, VoucherId, VoucherOffset, Words

__all__ = ["CloseAccount", "Command", "CorrectAccount", "EnrollAccount", "MoveAccount", "RestageAccount"]


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


class BillFees(Command, tag="fees bill", frozen=True, kw_only=True):
    """Record what an account was billed for one month or several."""

    ARGUMENTS = ("bill",)
    bill: Id
    account: Id
    first_month: MonthText
    months: int = 1
    billed_at: Instant
    product_fee: Fen
    call_fee: Fen | None = None
    voucher_offset: VoucherOffset | None = None
    again: bool = False


class CorrectFees(Command, tag="fees correct", frozen=True, kw_only=True):
    """Correct a bill's amounts."""

    ARGUMENTS = ("bill",)
    bill: Id
    product_fee: Fen | None = None
    call_fee: Fen | None = None
    voucher_offset: VoucherOffset | None = None
    reason: Words


class VoidFees(Command, tag="fees void", frozen=True, kw_only=True):
    """Void a bill; its redemptions must be reversed first."""

    ARGUMENTS = ("bill",)
    bill: Id
    reason: Words


class FileClaim(Command, tag="claim file", frozen=True, kw_only=True):
    """Record an account's claim for a month that has ended."""

    ARGUMENTS = ("account", "month")
    account: Id
    month: MonthText
    filed_at: Instant
    statement: Words | None = None


class WithdrawClaim(Command, tag="claim withdraw", frozen=True, kw_only=True):
    """Withdraw a claim that is not decided yet."""

    ARGUMENTS = ("account", "month")
    account: Id
    month: MonthText
    reason: Words


class MonthCommand(Command, frozen=True, kw_only=True):
    """Base of the month's runs: a command for every account of a month that has something to do."""

    month: MonthText

    @abstractmethod
    def of(self, account: Id) -> Command:
        """The command for one of the accounts. It has no key: the key belongs to the run."""


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


class IssueVoucherOrMonth(Command, tag="voucher issue", frozen=True, kw_only=True):
    """Issue what the latest decision awards, less what was already issued for that month."""

    ARGUMENTS = ("account", "month")
    account: Id | None = None
    month: MonthText
    issued_at: Instant | None = None
    voucher: VoucherId | None = None
    all: bool = False

    def parsed(self) -> IssueVoucher | IssueMonth:
        """The command that this is the wire form of."""
        if self.account is None:
            return IssueMonth(month=self.month, issued_at=self.issued_at, voucher=self.voucher, key=self.key)
        return IssueVoucher(
            account=self.account, month=self.month, issued_at=self.issued_at, voucher=self.voucher, key=self.key
        )


class IssueVoucher(Command, tag="voucher issue", frozen=True, kw_only=True):
    """Issue what an account's latest decision for a month awards, less what was already issued for it."""

    account: Id
    month: MonthText
    issued_at: Instant | None = None
    voucher: VoucherId | None = None


class IssueMonth(MonthCommand, tag="voucher issue", frozen=True, kw_only=True):
    """Issue every voucher of a month that is awarded and not issued."""

    issued_at: Instant | None = None
    voucher: VoucherId | None = None

    def wire(self) -> IssueVoucherOrMonth:
        return IssueVoucherOrMonth(
            month=self.month, issued_at=self.issued_at, voucher=self.voucher, all=True, key=self.key
        )

    def of(self, account: Id) -> IssueVoucher:
        return IssueVoucher(account=account, month=self.month, issued_at=self.issued_at, voucher=self.voucher)


class RedeemVoucher(Command, tag="voucher redeem", frozen=True, kw_only=True):
    """Pay a part of a later bill of the same account with a voucher."""

    ARGUMENTS = ("voucher",)
    voucher: VoucherId
    account: Id
    bill: Id
    part: Part
    amount: Fen
    redeemed_at: Instant


class ReverseRedemption(Command, tag="voucher reverse", frozen=True, kw_only=True):
    """Reverse a redemption."""

    ARGUMENTS = ("voucher", "redemption")
    voucher: VoucherId
    redemption: Annotated[int, msgspec.Meta(ge=1)]
    reason: Words


class CancelVoucher(Command, tag="voucher cancel", frozen=True, kw_only=True):
    """Cancel a voucher's balance."""

    ARGUMENTS = ("voucher",)
    voucher: VoucherId
    reason: Words


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
