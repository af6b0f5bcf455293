"""Carries out a month's run, and prints its answer."""

from __future__ import annotations

from cli.answers.month_run import month_run_answer
from cli.options.context import actor, open_ledger
from cli.terminal.output import emit, warn
from domain.commands import DecideMonth, MonthCommand
from domain.terms.versions import zone_of
from ledger.clock import now_us
from ledger.commands.month_run import execute_month, suppose_month, telling_done
from ledger.queries.late_facts import late_in_month


def run_month(command: MonthCommand, dry_run: bool, format_: str | None) -> int:
    """Carry out a month's run, or only say what it would do, and print it; 1 where an account was refused.

    Raises as `execute_month` does.
    """
    with open_ledger() as ledger:
        run = (suppose_month if dry_run else execute_month)(ledger, command, actor(ledger))
        with telling_done(run):
            late = late_in_month(ledger, run.month, now_us()) if isinstance(command, DecideMonth) else None
            with ledger.reading() as log:
                zone = zone_of(log.versions())
    for warning in run.warnings:
        warn(warning)
    answer = month_run_answer(run, late, zone)
    emit(answer, format_, answer.table)
    return 1 if run.refused else 0
