"""Every command that the ledger takes, as data. The command line and a batch line build the same structs.

`ARGUMENTS` are the fields that come before the options on the command line, in that order.
"""

from __future__ import annotations

from abc import abstractmethod
from typing import Annotated, ClassVar

import msgspec

from domain.events import Evidence, Part, Stage
from domain.money import Fen
from domain.time import Instant, MonthText, Seconds
from domain.values import Clause, FunctionName, Hash, Id, Key, VoucherId, VoucherOffset, Words


class EvidenceField(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A document outside the ledger, pinned by its hash, as a command names it."""

    name: Words
    sha256: Hash
    uri: Words | None = None

    def recorded(self) -> Evidence:
        """The evidence as an event stores it."""
        return Evidence(name=str(self.name), sha256=str(self.sha256), uri=self.uri and str(self.uri))


class Command(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True, tag_field="command"
):
    """Base of all commands. Once a command with a `key` was carried out, the same command changes nothing."""

    ARGUMENTS: ClassVar[tuple[str, ...]] = ()
    key: Key | None = None

    def wire(self) -> Command:
        """The command as a batch line spells it."""
        return self


class EnrollAccount(Command, tag="account enroll", frozen=True, kw_only=True):
    """Enrol an account under the agreement."""

    ARGUMENTS = ("account",)
    account: Id
    enrolled_at: Instant
    stage: Stage = "general"
    region: Id | None = None
    covered_in_beta: bool = False


class RestageAccount(Command, tag="account restage", frozen=True, kw_only=True):
    """Record that an account moved between beta and general availability."""

    ARGUMENTS = ("account",)
    account: Id
    stage: Stage
    changed_at: Instant


class CorrectAccount(Command, tag="account correct", frozen=True, kw_only=True):
    """Correct an account's enrolment."""

    ARGUMENTS = ("account",)
    account: Id
    enrolled_at: Instant | None = None
    stage: Stage | None = None
    region: Id | None = None
    covered_in_beta: bool | None = None
    reason: Words


class CloseAccount(Command, tag="account close", frozen=True, kw_only=True):
    """Close an account; its covered months can still be claimed and its vouchers used."""

    ARGUMENTS = ("account",)
    account: Id
    closed_at: Instant


class PublishTerms(Command, tag="terms publish", frozen=True, kw_only=True):
    """Publish a version of the agreement."""

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


class CloseIncident(Command, tag="incident close", frozen=True, kw_only=True):
    """Record that an incident ended."""

    ARGUMENTS = ("incident",)
    incident: Id
    ended_at: Instant
    uncertainty_seconds: Seconds | None = None


class CorrectIncident(Command, tag="incident correct", frozen=True, kw_only=True):
    """Correct an incident's start or end."""

    ARGUMENTS = ("incident",)
    incident: Id
    started_at: Instant | None = None
    ended_at: Instant | None = None
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
    reason: Words | None = None
    evidence: tuple[EvidenceField, ...] = ()


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

    def parsed(self) -> DecideClaim | DecideMonth:
        """The command that this is the wire form of."""
        if self.account is None:
            return DecideMonth(month=self.month, decided_at=self.decided_at, key=self.key)
        return DecideClaim(account=self.account, month=self.month, decided_at=self.decided_at, key=self.key)


class DecideClaim(Command, tag="claim decide", frozen=True, kw_only=True):
    """Decide a claim."""

    account: Id
    month: MonthText
    decided_at: Instant | None = None


class DecideMonth(MonthCommand, tag="claim decide", frozen=True, kw_only=True):
    """Decide every claim of a month that waits."""

    decided_at: Instant | None = None

    def wire(self) -> DecideClaimOrMonth:
        return DecideClaimOrMonth(month=self.month, decided_at=self.decided_at, all=True, key=self.key)

    def of(self, account: Id) -> DecideClaim:
        return DecideClaim(account=account, month=self.month, decided_at=self.decided_at)


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
    CorrectAccount,
    CloseAccount,
    PublishTerms,
    PublishCalendar,
    OpenIncident,
    CloseIncident,
    CorrectIncident,
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


def content(command: Command) -> bytes:
    """A command without its key as canonical bytes: equal exactly where the commands are equal."""
    return msgspec.json.encode(msgspec.structs.replace(command.wire(), key=None), order="sorted", enc_hook=_plain)


def _plain(value: object) -> object:
    if isinstance(value, int):
        return int(value)
    return str(value)
