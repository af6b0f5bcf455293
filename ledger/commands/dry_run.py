"""Dry runs: commands are carried out in a transaction that is rolled back, to see what they would do."""

from __future__ import annotations

from collections.abc import Iterable

from domain.commands import Command, MonthCommand
from domain.refusals import Refusal
from ledger.application import Writer
from ledger.commands.execution import carry_out
from ledger.commands.month_run import carry_out_month
from ledger.commands.parsing import parse_line


def suppose(log: Writer, lines: Iterable[bytes], name: str, actor: str, now: int) -> None:
    """Carry out a batch's lines at an instant. Raises Refusal with `name:LINE` at the first that is refused."""
    for number, line in enumerate(lines, start=1):
        if line.strip():
            try:
                _carry_out(log, parse_line(line), actor, now)
            except Refusal as refusal:
                refusal.at(f"{name}:{number}")
                raise


def _carry_out(log: Writer, command: Command, actor: str, now: int) -> None:
    if not isinstance(command, MonthCommand):
        carry_out(log, command, actor, now)
        return
    run = carry_out_month(log, command, actor, lambda: now)
    if run.refused:
        first = run.refused[0]
        first.refusal.at(first.account)
        raise first.refusal
