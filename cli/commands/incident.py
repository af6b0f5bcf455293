"""`slaledger incident`: list and show. The commands that change the ledger are generated."""

from __future__ import annotations

import click

from cli.answers.recorded.incidents import incident_answer, incident_listed, print_incidents
from cli.commands.availability import parsed_month
from cli.options.completion import accounts, incidents, months
from cli.options.context import open_ledger
from cli.options.known_at import KnownAtOptions, knowing, knowledge_options, zone_known
from cli.terminal.output import emit, emit_each, format_option
from ledger.queries import recorded


@click.command("list", short_help="List the incidents.")
@click.option("--account", shell_complete=accounts, metavar="ID", help="Only those that affect this account.")
@click.option(
    "--month", callback=parsed_month, shell_complete=months, metavar="YYYY-MM", help="Only those of this month."
)
@click.option("--open", "is_open", is_flag=True, help="Only those without an end.")
@click.option("--source", metavar="NAME", help="Only those that this source told of, such as pagerduty.")
@knowledge_options
@format_option
def list_(
    account: str | None,
    month: str | None,
    is_open: bool,
    source: str | None,
    asked: KnownAtOptions,
    format_: str | None,
) -> None:
    """List the incidents by account and id, those of several accounts last.

    \b
    Example:
      slaledger incident list --account 1001 --open
    """
    only = recorded.Filters(account=account, month=month, is_open=is_open, source=source)
    with open_ledger() as ledger, knowing(ledger, asked) as known, ledger.reading(known.upto) as log:
        zone = zone_known(log, known)
        emit_each((incident_listed(found, zone) for found in recorded.incidents(log, only)), format_, print_incidents)


@click.command("show", short_help="Show an incident, and who recorded what about it.")
@click.argument("incident_id", metavar="INCIDENT", shell_complete=incidents)
@knowledge_options
@format_option
def show(incident_id: str, asked: KnownAtOptions, format_: str | None) -> None:
    """Show an incident with its exclusions, and who recorded what about it, when and why.

    \b
    Example:
      slaledger incident show INC-7
    """
    with open_ledger() as ledger, knowing(ledger, asked) as known, ledger.reading(known.upto) as log:
        found = recorded.incident(log, incident_id)
        accounts_named = recorded.accounts_named_by(log, found.incident)
        answer = incident_answer(found, accounts_named, zone_known(log, known))
    emit(answer, format_, answer.table)
