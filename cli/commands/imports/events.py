"""`slaledger import` of commands that other systems send as CloudEvents."""

from __future__ import annotations

import click

from cli.options.importing import dry_run_option, file_argument, take
from cli.terminal.output import format_option
from ledger.imports.cloudevents import PREFIX, CloudEventsOptions, read_cloudevents


@click.command("cloudevents", short_help="Commands as CloudEvents 1.0 (JSON).")
@file_argument
@click.option("--prefix", default=PREFIX, show_default=True, metavar="TEXT", help="What their types begin with.")
@click.option("--skip", multiple=True, metavar="TYPE", help="Leave events of a type out; repeatable.")
@dry_run_option
@format_option
def cloudevents(file: str, prefix: str, skip: tuple[str, ...], dry_run: bool, format_: str | None) -> None:
    """Events of type slaledger.incident.open and so on, whose data are the fields of a batch line: one event, a batch,
    or one a line. Source and id are the command's key.

    \b
    Example:
      slaledger import cloudevents events-of-others.json
    """
    asked = CloudEventsOptions(prefix, frozenset(skip))
    take(file, lambda lines: read_cloudevents(lines, name=file, asked=asked), dry_run, format_)
