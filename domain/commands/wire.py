"""The commands that a batch line can spell, by their words."""

from __future__ import annotations

from domain.commands.account import (
    CloseAccount,
    CorrectAccount,
    EnrollAccount,
    MoveAccount,
    RenameAccount,
    RestageAccount,
)
from domain.commands.actor import AddKey, RetireKey
from domain.commands.bill import BillFees, CorrectFees, VoidFees
from domain.commands.claim import DecideClaimOrMonth, DisputeClaim, FileClaim, RedecideClaim, WithdrawClaim
from domain.commands.command import Command
from domain.commands.controls import SetControls
from domain.commands.incident import (
    ApplyExclusion,
    CloseIncident,
    CorrectIncident,
    OpenIncident,
    ReopenIncident,
    WithdrawExclusion,
    WithdrawIncident,
)
from domain.commands.terms import PublishCalendar, PublishTerms
from domain.commands.voucher import (
    ApproveVoucher,
    CancelVoucher,
    IssueVoucherOrMonth,
    RedeemVoucher,
    ReverseRedemption,
)

COMMANDS: tuple[type[Command], ...] = (
    EnrollAccount,
    RestageAccount,
    MoveAccount,
    RenameAccount,
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
    ApproveVoucher,
    IssueVoucherOrMonth,
    RedeemVoucher,
    ReverseRedemption,
    CancelVoucher,
    SetControls,
    AddKey,
    RetireKey,
)
"""The wire form of every command, by which a line is decoded."""
BY_WORDS: dict[str, type[Command]] = {str(kind.__struct_config__.tag): kind for kind in COMMANDS}
