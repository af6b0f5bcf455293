"""Every command that the ledger takes, as data. The command line and a batch line build the same structs.

`ARGUMENTS` are the fields that come before the options on the command line, in that order.
`domain/commands/imports.py` has those that only an import gives.
"""

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
from domain.commands.claim import (
    DecideClaim,
    DecideClaimOrMonth,
    DecideMonth,
    DisputeClaim,
    FileClaim,
    RedecideClaim,
    WithdrawClaim,
)
from domain.commands.command import Command, MonthCommand
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
    IssueMonth,
    IssueVoucher,
    IssueVoucherOrMonth,
    RedeemVoucher,
    ReverseRedemption,
)
from domain.commands.wire import BY_WORDS, COMMANDS

__all__ = [
    "BY_WORDS",
    "COMMANDS",
    "AddKey",
    "ApplyExclusion",
    "ApproveVoucher",
    "BillFees",
    "CancelVoucher",
    "CloseAccount",
    "CloseIncident",
    "Command",
    "CorrectAccount",
    "CorrectFees",
    "CorrectIncident",
    "DecideClaim",
    "DecideClaimOrMonth",
    "DecideMonth",
    "DisputeClaim",
    "EnrollAccount",
    "FileClaim",
    "IssueMonth",
    "IssueVoucher",
    "IssueVoucherOrMonth",
    "MonthCommand",
    "MoveAccount",
    "OpenIncident",
    "PublishCalendar",
    "PublishTerms",
    "RedecideClaim",
    "RedeemVoucher",
    "RenameAccount",
    "ReopenIncident",
    "RestageAccount",
    "RetireKey",
    "ReverseRedemption",
    "SetControls",
    "VoidFees",
    "WithdrawClaim",
    "WithdrawExclusion",
    "WithdrawIncident",
]
