"""`slaledger fees`: list and show. The commands that change the ledger are generated."""

from __future__ import annotations

import click

from cli.answers.recorded.bills import bill_answer, bill_listed, print_bills
from cli.commands.availability import parsed_month
from cli.options.completion import accounts, bills, months
from cli.options.context import open_ledger
from cli.options.known_at import KnownAtOptions, knowing, knowledge_options, zone_known
from cli.terminal.output import emit, emit_each, format_option
from domain.terms.versions import currency_of
from ledger.queries import recorded


@click.command("list", short_help="List the bills.")
@click.option("--account", shell_complete=accounts, metavar="ID", help="Only this account's.")
@click.option(
    "--month", callback=parsed_month, shell_complete=months, metavar="YYYY-MM", help="Only those that cover this month."
)
@knowledge_options
@format_option
def list_(account: str | None, month: str | None, asked: KnownAtOptions, format_: str | None) -> None:
    """List the bills by account and id.

    \b
    Example:
      slaledger fees list --month 2026-03
    """
    only = recorded.Filters(account=account, month=month)
    with open_ledger() as ledger, knowing(ledger, asked) as known, ledger.reading(known.upto) as log:
        zone, currency = zone_known(log, known), currency_of(log.versions())
        emit_each((bill_listed(found, zone, currency) for found in recorded.bills(log, only)), format_, print_bills)


@click.command("show", short_help="Show a bill, and who recorded what about it.")
@click.argument("bill_id", metavar="BILL", shell_complete=bills)
@knowledge_options
@format_option
def show(bill_id: str, asked: KnownAtOptions, format_: str | None) -> None:
    """Show a bill with its payments, and who recorded what about it, when and why.

    \b
    Example:
      slaledger fees show B-1
    """
    with open_ledger() as ledger, knowing(ledger, asked) as known, ledger.reading(known.upto) as log:
        answer = bill_answer(recorded.bill(log, bill_id), zone_known(log, known), currency_of(log.versions()))
    emit(answer, format_, answer.table)
