"""The commands that issue and change vouchers."""

from __future__ import annotations

from typing import Annotated

import msgspec

from domain.commands.command import Command, MonthCommand
from domain.events import Part
from domain.money import Fen
from domain.time import Instant, MonthText
from domain.values import Id, VoucherId, Words


class ApproveVoucher(Command, tag="voucher approve", frozen=True, kw_only=True):
    """Approve an award that needs a second person, before its voucher is issued."""

    ARGUMENTS = ("account", "month")
    account: Id
    month: MonthText
    reason: Words | None = None


class IssueVoucherOrMonth(Command, tag="voucher issue", frozen=True, kw_only=True):
    """Issue what the latest decision awards, less what the month's vouchers hold."""

    ARGUMENTS = ("account", "month")
    account: Id | None = None
    month: MonthText
    issued_at: Instant | None = None
    voucher: VoucherId | None = None
    all: bool = False
    again: bool = False

    def parsed(self) -> IssueVoucher | IssueMonth:
        """The command that this is the wire form of."""
        if self.account is None:
            return IssueMonth(month=self.month, issued_at=self.issued_at, voucher=self.voucher, key=self.key)
        return IssueVoucher(
            account=self.account,
            month=self.month,
            issued_at=self.issued_at,
            voucher=self.voucher,
            again=self.again,
            key=self.key,
        )


class IssueVoucher(Command, tag="voucher issue", frozen=True, kw_only=True):
    """Issue what an account's latest decision for a month awards, less what the month's vouchers hold."""

    account: Id
    month: MonthText
    issued_at: Instant | None = None
    voucher: VoucherId | None = None
    again: bool = False


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
    """Pay a part of a later bill of the same account with a voucher; `account` is the voucher's, if it is given."""

    ARGUMENTS = ("voucher",)
    voucher: VoucherId
    account: Id | None = None
    bill: Id
    part: Part
    amount: Fen
    redeemed_at: Instant
    shown_on_bill: bool | None = None
    again: bool = False


class ReverseRedemption(Command, tag="voucher reverse", frozen=True, kw_only=True):
    """Reverse a redemption."""

    ARGUMENTS = ("voucher", "redemption")
    voucher: VoucherId
    redemption: Annotated[int, msgspec.Meta(ge=1)]
    reason: Words


class CancelVoucher(Command, tag="voucher cancel", frozen=True, kw_only=True):
    """Cancel what is left of a voucher, or a part of it."""

    ARGUMENTS = ("voucher",)
    voucher: VoucherId
    amount: Fen | None = None
    reason: Words
