"""`slaledger calendar`: show. The commands that change the ledger are generated."""

from __future__ import annotations

import click

from cli.answers.whole.setup import calendar_answer
from cli.options.context import open_ledger
from cli.options.known_at import KnownAtOptions, knowing, knowledge_options
from cli.refusals import CalendarNotRecorded
from cli.terminal.output import emit, format_option


@click.command("show", short_help="Show a year's days off and make-up working days.")
@click.argument("year", type=click.IntRange(2000, 2200))
@knowledge_options
@format_option
def show(year: int, asked: KnownAtOptions, format_: str | None) -> None:
    """Show a year's days off and make-up working days, as recorded.

    \b
    Example:
      slaledger calendar show 2026
    """
    with open_ledger() as ledger, knowing(ledger, asked) as known, ledger.reading(known.upto) as log:
        found = log.rules().calendars.get(year)
        if found is None:
            raise CalendarNotRecorded(year=year)
    answer = calendar_answer(year, found)
    emit(answer, format_, answer.table)
