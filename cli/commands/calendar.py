"""`slaledger calendar`: publish, show."""

from __future__ import annotations

import click

from cli.commands.recording import group
from cli.options.context import open_ledger
from cli.options.known_at import Asked, knowing, knowledge_options
from cli.refusals import CalendarNotRecorded
from cli.terminal.output import Json, emit, format_option, print_pairs, print_table
from cli.terminal.vocabulary import label, word
from domain.text import said

calendar = group("calendar", "Working days, as the State Council published them.")


@calendar.command("show", short_help="A year's days off and make-up working days.")
@click.argument("year", type=click.IntRange(2000, 2200))
@knowledge_options
@format_option
def show(year: int, asked: Asked, format_: str | None) -> None:
    """A year's days off and make-up working days, as recorded.

    \b
    Example:
      slaledger calendar show 2026
    """
    with open_ledger() as ledger, knowing(ledger, asked) as known, ledger.reading(known.upto) as log:
        found = log.rules().calendars.get(year)
        if found is None:
            raise CalendarNotRecorded(year=year)
    days = [(day, "holiday", name) for day, name in found.holidays.items()]
    days += [(day, "workday", name) for day, name in found.workdays.items()]
    shape: Json = {
        "year": year,
        "sha256": found.sha256,
        "source": found.source,
        "days": [{"date": day.isoformat(), "kind": kind, "name": name} for day, kind, name in sorted(days)],
    }
    emit(shape, format_, lambda: _print_year(shape))


def _print_year(shape: Json) -> None:
    print_pairs([(label(name), shape[name]) for name in ("year", "source", "sha256")])
    print()
    rows = [(day["date"], word(day["kind"]), day["name"]) for day in shape["days"]]
    print_table((said("date"), said("kind"), said("name")), rows)
