"""The commands that change a bill."""

from __future__ import annotations

from domain.commands.command import Command
from domain.money import Fen
from domain.time import Instant, MonthText
from domain.values import ExplainedBy, Id, VoucherOffset, Words


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
    offset_explained_by: ExplainedBy | None = None
    again: bool = False


class CorrectFees(Command, tag="fees correct", frozen=True, kw_only=True):
    """Correct a bill's amounts."""

    ARGUMENTS = ("bill",)
    bill: Id
    product_fee: Fen | None = None
    call_fee: Fen | None = None
    voucher_offset: VoucherOffset | None = None
    offset_explained_by: ExplainedBy | None = None
    reason: Words


class VoidFees(Command, tag="fees void", frozen=True, kw_only=True):
    """Void a bill; its redemptions must be reversed first."""

    ARGUMENTS = ("bill",)
    bill: Id
    reason: Words
