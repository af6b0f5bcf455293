"""`slaledger audit duties`: where one person did what two should have done."""

from __future__ import annotations

from functools import partial

import click

from cli.answers.audit.duties import duties_answer
from cli.options.context import open_ledger
from cli.options.workers import workers_options
from cli.terminal.instants import instant_asked
from cli.terminal.output import chosen, emit, format_option
from cli.terminal.progress import progress
from ledger import clock
from ledger.audit.duties import duties_of
from ledger.log.reader import Reader
from ledger.parallel.work import Workers, over_accounts

DIFFERENT = 3
"""Exit status where an audit found a difference."""


@click.command("duties", short_help="List where one person did what two should have done.")
@click.option(
    "--since", metavar="T|N", help="Only what has an act recorded after the time T, or behind the position N."
)
@workers_options
@format_option
def duties(since: str | None, workers: Workers, format_: str | None) -> int:
    """List through whose hands the money of each decided claim went: incident, exclusion, fee, decision, approval,
    issue, redemption; and where one person did two of them that two people should do, before the controls were set too.

    Exit status 3 if there is any finding. On a server, all names of a login are one person.

    \b
    Example:
      slaledger audit duties --since 2026-01-01T00:00:00+08:00
    """
    with open_ledger(read_only=True) as ledger, ledger.reading() as log, progress("events") as advance:
        position = 0 if since is None else _position(log, since)
        task = partial(duties_of, since=position, logins=log.logins())
        answer = duties_answer(over_accounts(ledger, log, task, workers, advance), position)
    rows = chosen(format_) in ("csv", "jsonl")
    emit(answer.findings if rows else answer, format_, answer.table)
    return DIFFERENT if answer.findings else 0


def _position(log: Reader, since: str) -> int:
    """A position, or the last one of what was known at an instant. Raises as `instant_asked` does."""
    if since.isascii() and since.isdecimal():
        return int(since)
    return log.position_known_at(instant_asked("--since", since, clock.now_us()))
