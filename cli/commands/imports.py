"""`slaledger import`: a status page's incidents, the provider's bill, a whole ledger's events."""

from __future__ import annotations

import click

from cli.commands.import_bills import aliyun_bill, bss, focus
from cli.commands.import_events import cloudevents
from cli.commands.import_outages import alertmanager, pagerduty, prometheus
from cli.commands.transfer import counts, print_receipt
from cli.options.context import lock_seconds, settings
from cli.options.importing import check_whom, dry_run_option, file_argument, pair, take, whom_options
from cli.terminal.output import format_option
from cli.terminal.progress import progress
from domain.text import said
from ledger.copies import transfer
from ledger.imports.statuspage import read_statuspage


@click.group("import")
def imports() -> None:
    """Take over a status page's, a bill's or a ledger's export: wholly, or not at all."""


@imports.command("statuspage", short_help="Incidents of an Atlassian Statuspage (v2 JSON).")
@file_argument
@whom_options
@click.option("--map", "mapping", multiple=True, required=True, metavar="COMPONENT=FUNCTION", help="Repeatable.")
@click.option("--skip", multiple=True, metavar="INCIDENT", help="Leave an incident of the page out; repeatable.")
@dry_run_option
@format_option
def statuspage(
    file: str,
    accounts: tuple[str, ...],
    all_accounts: bool,
    mapping: tuple[str, ...],
    skip: tuple[str, ...],
    dry_run: bool,
    format_: str | None,
) -> None:
    """Incidents of a Statuspage, a component's outages from its status transitions; maintenance that was
    announced before it began is excluded under 2.3(5).

    \b
    Example:
      slaledger import statuspage incidents.json --all-accounts --map 'Inbound calls=inbound_routing'
    """
    check_whom(accounts, all_accounts)
    functions = dict(pair(text, "COMPONENT=FUNCTION") for text in mapping)
    take(
        file,
        lambda lines: read_statuspage(
            lines, name=file, accounts=accounts, all_accounts=all_accounts, functions=functions, skip=frozenset(skip)
        ),
        dry_run,
        format_,
    )


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
    if dry_run:
        words = said("{file}: {events} events checked, none recorded, up to position {position}", **counts(file, moved))
        print_receipt(file, moved, words, format_, dry_run=True)
    else:
        words = said("{file}: {events} events recorded, up to position {position}", **counts(file, moved))
        print_receipt(file, moved, words, format_)


for _command in (alertmanager, prometheus, pagerduty, aliyun_bill, focus, bss, cloudevents):
    imports.add_command(_command)
