"""Commands carried out in a transaction that is dropped: to see what they would do before they are recorded."""

from __future__ import annotations

from collections.abc import Iterable

from domain.commands import Command, DecideClaim, IssueVoucher
from domain.refusals import Refusal
from ledger.application import Writer
from ledger.commands.execution import carry_out
from ledger.commands.month_run import run_month, waiting
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
    if not (isinstance(command, DecideClaim | IssueVoucher) and command.all):
        carry_out(log, command, actor, now)
        return
    run = run_month(command, waiting(log, command), lambda one: carry_out(log, one, actor, now), log.position())
    if run.refused:
        first = run.refused[0]
        first.refusal.at(first.account)
        raise first.refusal
