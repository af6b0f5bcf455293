"""The month's run: every claim of a month that waits for a decision, or every award that waits for a voucher."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from domain.commands import DecideClaim, Id, IssueVoucher
from domain.money import Fen, yuan
from domain.refusals import Refusal
from ledger.commands.execution import Done, is_spent
from ledger.log import streams
from ledger.log.reader import Reader

RunCommand = DecideClaim | IssueVoucher


class RunLine(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What was done for an account; `amount` in yuan."""

    account: str
    outcome: str | None = None
    voucher: str | None = None
    amount: str


class RunRefusal(msgspec.Struct, frozen=True, kw_only=True):
    """Why nothing was done for an account."""

    account: str
    refusal: Refusal


class MonthRun(msgspec.Struct, frozen=True, kw_only=True):
    """What a month's run did, a line an account; `total` is in yuan."""

    month: str
    done: list[RunLine]
    refused: list[RunRefusal]
    total: str
    recorded: int
    position: int


def waiting(log: Reader, command: RunCommand) -> list[str]:
    """The accounts for which a month's run has something to do, in order; none where its key is spent.

    Raises Refusal `key_taken`.
    """
    accounts: list[str] = []
    if is_spent(log, command):
        return accounts
    for account in log.claimants(command.month):
        claim = log.fold_streams(streams.claim(account, command.month)).claims[command.month]
        undecided = isinstance(command, DecideClaim) and claim.pending is not None
        if undecided or (isinstance(command, IssueVoucher) and claim.to_issue_fen):
            accounts.append(account)
    return accounts


def run_month(
    command: RunCommand, accounts: list[str], carry_out: Callable[[RunCommand], Done], position: int
) -> MonthRun:
    """Carry a command out for each account by itself; a refusal of one does not stop the rest."""
    done: list[RunLine] = []
    refused: list[RunRefusal] = []
    total = recorded = 0
    for account in accounts:
        try:
            result = carry_out(msgspec.structs.replace(command, all=False, account=Id(account), key=None))
        except Refusal as refusal:
            if refusal.status != 1:
                raise
            refused.append(RunRefusal(account=account, refusal=refusal))
            continue
        position = result.position
        recorded += result.recorded
        if not result.noop:
            told = result.told
            amount = told["amount"]
            total += Fen.parse(amount)
            done.append(
                RunLine(account=account, outcome=told.get("outcome"), voucher=told.get("voucher"), amount=amount)
            )
    return MonthRun(
        month=str(command.month), done=done, refused=refused, total=yuan(total), recorded=recorded, position=position
    )
