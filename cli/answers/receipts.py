"""What a command that changes the ledger answers: its receipt, or that of a month's run."""

from __future__ import annotations

from cli.terminal.output import Json
from domain.money import yuan
from domain.refusals import Refusal
from ledger.commands.execution import Done
from ledger.commands.month_run import MonthRun
from ledger.commands.receipts import DecisionReceipt, IssueReceipt, Receipt

Value = str | int


def values(receipt: Receipt) -> dict[str, Value]:
    """A receipt's fields as they are printed, in order; amounts in yuan."""
    shown: dict[str, Value] = {}
    for field in receipt.__struct_fields__:
        value = getattr(receipt, field)
        if field.endswith("_fen"):
            shown[field.removesuffix("_fen")] = yuan(value)
        else:
            shown[field] = str(value) if isinstance(value, str) else value
    return shown


def done(answer: Done) -> Json:
    """What a command came to."""
    head: Json = {
        "command": answer.command,
        "noop": answer.noop,
        "recorded": answer.recorded,
        "position": answer.position,
    }
    warnings: Json = {"warnings": answer.warnings} if answer.warnings else {}
    return head | values(answer.receipt) | warnings


def month_run(run: MonthRun) -> Json:
    """What a month's run did, account by account."""
    return {
        "month": run.month,
        "done": [_line(receipt) for receipt in run.done],
        "refused": [{"account": each.account, **_refusal(each.refusal)} for each in run.refused],
        "total": yuan(run.total_fen),
        "currency": run.currency,
        "recorded": run.recorded,
        "position": run.position,
    }


def _line(receipt: DecisionReceipt | IssueReceipt) -> Json:
    """An account's line in the answer to a month's run, which names the month once."""
    return {name: value for name, value in values(receipt).items() if name not in ("month", "decision")}


def _refusal(refusal: Refusal) -> Json:
    told = {"code": refusal.code, "message": refusal.message, "hint": refusal.hint}
    return {name: value for name, value in told.items() if value}
