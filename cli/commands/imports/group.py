"""`slaledger import`: a status page's incidents, the provider's bill, a whole ledger's events."""

from __future__ import annotations

import click
from click.core import ParameterSource

from cli.commands.imports.bills import aliyun_bill, bss, focus
from cli.commands.imports.config import run_configured
from cli.commands.imports.events import cloudevents
from cli.commands.imports.outages import alertmanager, pagerduty, prometheus, statuspage
from cli.commands.whole.transfer import print_receipt
from cli.options.completion import files
from cli.options.context import lock_seconds, settings
from cli.options.importing import dry_run_option, file_argument
from cli.terminal.output import format_option
from cli.terminal.progress import progress
from domain.text import counted, said
from ledger.copies import transfer


@click.group("import", invoke_without_command=True)
@click.option("--config", metavar="FILE", shell_complete=files, help="Run every import that a TOML file names.")
@click.option("--dry-run", is_flag=True, help="With --config: check everything and record nothing.")
@format_option
@click.pass_context
def imports(ctx: click.Context, config: str | None, dry_run: bool, format_: str | None) -> None:
    """Import incidents and bills that other systems state, or a whole ledger's events."""
    if ctx.invoked_subcommand is not None:
        is_format_typed = ctx.get_parameter_source("format_") is ParameterSource.COMMANDLINE
        if config is not None or dry_run or is_format_typed:
            raise click.UsageError(
                said("give options behind the format; --config runs what its file names, and no other")
            )
        return
    if config is None:
        print(ctx.get_help())
        ctx.exit(2)
    formats = {name: command for name, command in imports.commands.items() if name != "events"}
    ctx.exit(run_configured(ctx, config, formats, dry_run, format_))


@imports.command("events", short_help="A whole ledger, as `export events` wrote it.")
@file_argument
@dry_run_option
@format_option
def events(file: str, dry_run: bool, format_: str | None) -> None:
    """Make the ledger that --ledger names of an export: the same events at the same positions, with the same root.

    There must be no ledger yet, or an empty one. - reads standard input.

    \b
    Example:
      slaledger --ledger sqlite:///moved.db import events events.jsonl
    """
    with progress("events") as advance:
        moved = transfer.import_events(
            settings().url, file, dry_run=dry_run, lock_seconds=lock_seconds(), on_progress=advance
        )
    about = {"file": file, "position": moved.position}
    words = (
        counted(
            "{file}: {n} event checked, none recorded, up to position {position}",
            "{file}: {n} events checked, none recorded, up to position {position}",
            n=moved.events,
            **about,
        )
        if dry_run
        else counted(
            "{file}: {n} event recorded, up to position {position}",
            "{file}: {n} events recorded, up to position {position}",
            n=moved.events,
            **about,
        )
    )
    print_receipt(file, moved, words, format_)


for _command in (statuspage, alertmanager, prometheus, pagerduty, aliyun_bill, focus, bss, cloudevents):
    imports.add_command(_command)
