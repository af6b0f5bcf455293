"""The answers of commands that change the ledger: a receipt, or the result of a month's run."""

from __future__ import annotations

from cli.terminal.language import localized
from cli.terminal.numbers import money
from cli.terminal.output import WIDTH, Json, print_pairs, print_table, print_text
from cli.terminal.vocabulary import label, word
from domain.money import DEFAULT_CURRENCY, yuan
from domain.refusals import Refusal
from domain.text import counted, said
from ledger.commands.execution import Done
from ledger.commands.month_run import MonthRun
from ledger.commands.receipts import DecisionReceipt, IssueReceipt, Receipt

Value = str | int
"""A field of a receipt as it is printed."""


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
    """The result of a command."""
    head: Json = {
        "command": answer.command,
        "noop": answer.noop,
        "recorded": answer.recorded,
        "position": answer.position,
    }
    warnings: Json = {"warnings": answer.warnings} if answer.warnings else {}
    return head | values(answer.receipt) | warnings


def print_done(answer: Done) -> None:
    """Print the result of a command."""
    outcome = (
        said("nothing to do")
        if answer.noop
        else counted(
            "{n} event recorded, position {position}",
            "{n} events recorded, position {position}",
            n=answer.recorded,
            position=answer.position,
        )
    )
    print_text(said("{command}: {outcome}", command=answer.command, outcome=outcome))
    print_pairs((f"  {localized(label(name))}", _plain(name, value)) for name, value in values(answer.receipt).items())


def _plain(name: str, value: Value) -> object:
    """A field of a receipt as people read it."""
    if name == "amount":
        return money(str(value))
    return word(str(value)) if name == "outcome" else value


def month_run(run: MonthRun) -> Json:
    """The result of a month's run, account by account."""
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


def print_month_run(run: MonthRun) -> None:
    """Print the result of a month's run: one line per account, the total, and what to do about refusals."""
    rows = [(receipt.account, _result(receipt), money(yuan(receipt.amount_fen))) for receipt in run.done]
    refused = [(each.account, said("refused: {message}", message=each.refusal.message), "") for each in run.refused]
    summed = said("{done} done, {refused} refused", done=len(run.done), refused=len(run.refused))
    amounts = said("yuan") if run.currency == DEFAULT_CURRENCY else run.currency
    columns = (said("account"), said("result"), amounts)
    total = money(yuan(run.total_fen))
    print_table(columns, [*rows, *refused, ("", summed, total)], right=[amounts], title=run.month)
    for each in run.refused:
        if each.refusal.hint:
            print_text(said("{account}: what to do: {hint}", account=each.account, hint=each.refusal.hint), width=WIDTH)


def _result(receipt: DecisionReceipt | IssueReceipt) -> str:
    return word(receipt.outcome) if isinstance(receipt, DecisionReceipt) else receipt.voucher
