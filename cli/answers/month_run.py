"""The answer of a month's run."""

from __future__ import annotations

import msgspec

from cli.answers.worklist.rows import LateBill
from cli.answers.worklist.tables import print_to_redecide, print_without_bill
from cli.answers.worklist.worklist import without_bill
from cli.answers.would_record import Events, More, dry_run_of
from cli.terminal.numbers import money
from cli.terminal.output import WIDTH, print_table, print_text
from cli.terminal.vocabulary import word
from domain.decision import Outcome
from domain.money import DEFAULT_CURRENCY, Fen, yuan
from domain.text import counted, said
from ledger.commands.month_run import MonthRun
from ledger.queries.late_facts import Late, ToRedecide

Text = str | msgspec.UnsetType


class RunLine(msgspec.Struct, frozen=True, kw_only=True):
    """An account in a month's run: the outcome of its decision, or its voucher, and the amount."""

    account: str
    outcome: Outcome | msgspec.UnsetType = msgspec.UNSET
    voucher: Text = msgspec.UNSET
    amount: Fen


class RefusedLine(msgspec.Struct, frozen=True, kw_only=True):
    """An account for which a month's run was refused."""

    account: str
    code: str
    message: str
    hint: Text


class MonthRunAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The result of a month's run, account by account.

    A run of decisions names the month's breaches without a bill, and its decisions that late facts would change.
    """

    month: str
    done: list[RunLine]
    refused: list[RefusedLine]
    total: Fen
    currency: str
    recorded: int
    position: int
    without_bill: list[LateBill] | msgspec.UnsetType
    to_redecide: list[ToRedecide] | msgspec.UnsetType
    dry_run: bool | msgspec.UnsetType
    would_record: Events
    would_record_more: More

    def table(self) -> None:
        """Print one line per account, the total, and what to do about refusals."""
        rows = [(each.account, _result(each), money(yuan(each.amount))) for each in self.done]
        refused = [(each.account, said("refused: {message}", message=each.message), "") for each in self.refused]
        summed = said("{done} done, {refused} refused", done=len(self.done), refused=len(self.refused))
        amounts = said("yuan") if self.currency == DEFAULT_CURRENCY else self.currency
        columns = (said("account"), said("result"), amounts)
        if self.dry_run:
            print_text(
                counted(
                    "dry run: {n} event would be recorded", "dry run: {n} events would be recorded", n=self.recorded
                )
            )
        total = money(yuan(self.total))
        print_table(columns, [*rows, *refused, ("", summed, total)], right=[amounts], title=self.month)
        for each in self.refused:
            if each.hint:
                print_text(said("{account}: what to do: {hint}", account=each.account, hint=each.hint), width=WIDTH)
        if self.without_bill:
            print()
            print_without_bill(self.without_bill)
        if self.to_redecide:
            print()
            print_to_redecide(self.to_redecide)


def _result(line: RunLine) -> str:
    return word(line.outcome) if line.outcome else str(line.voucher)


def month_run_answer(run: MonthRun, late: Late | None, zone: str) -> MonthRunAnswer:
    """The result of a month's run, account by account; `late` is what late facts leave to do in the month."""
    receipts = [msgspec.structs.asdict(receipt) for receipt in run.done]
    refused = [(each.account, each.refusal) for each in run.refused]
    return MonthRunAnswer(
        month=run.month,
        done=[RunLine(**{name: one[name] for name in RunLine.__struct_fields__ if name in one}) for one in receipts],
        refused=[
            RefusedLine(account=account, code=each.code, message=each.message, hint=each.hint or msgspec.UNSET)
            for account, each in refused
        ],
        total=run.total,
        currency=run.currency,
        recorded=run.recorded,
        position=run.position,
        without_bill=msgspec.UNSET if late is None else without_bill(late.without_bill, zone),
        to_redecide=msgspec.UNSET if late is None else late.to_redecide,
        **msgspec.structs.asdict(dry_run_of(run.supposed)),
    )
