"""`slaledger readings`: list."""

from __future__ import annotations

import click

from cli.answers.readings import print_readings_listed, readings_listed
from cli.options.completion import versions
from cli.options.context import open_ledger
from cli.options.known_at import KnownAtOptions, knowing, knowledge_options
from cli.terminal.output import emit, format_option
from domain.terms.versions import by_name, latest


@click.group()
def readings() -> None:
    """List how doubtful clauses are read, and how else they could be."""


@readings.command("list", short_help="List the readings, each with its value in force and its other values.")
@click.argument("version", required=False, shell_complete=versions)
@knowledge_options
@format_option
def list_(version: str | None, asked: KnownAtOptions, format_: str | None) -> None:
    """List how a version of the agreement, the latest by default, reads doubtful clauses: each reading with its value
    in force, marked *, and each other value with what would be otherwise.

    \b
    Example:
      slaledger readings list
    """
    with open_ledger() as ledger, knowing(ledger, asked) as known, ledger.reading(known.upto) as log:
        found = latest(log.versions()) if version is None else by_name(log.versions(), version)
    listed = readings_listed(found.terms)
    emit(listed, format_, lambda: print_readings_listed(listed))
