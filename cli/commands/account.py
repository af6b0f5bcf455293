"""`slaledger account`: list and show. The commands that change the ledger are generated."""

from __future__ import annotations

import click

from cli.answers.recorded.accounts import account_answer, account_listed, print_accounts
from cli.options.completion import accounts
from cli.options.context import open_ledger
from cli.options.known_at import KnownAtOptions, knowing, knowledge_options, zone_known
from cli.terminal.output import emit, emit_each, format_option
from ledger.queries import recorded


@click.command("list", short_help="List the accounts.")
@knowledge_options
@format_option
def list_(asked: KnownAtOptions, format_: str | None) -> None:
    """List the accounts, with the stage and region that they have.

    \b
    Example:
      slaledger account list
    """
    with open_ledger() as ledger, knowing(ledger, asked) as known, ledger.reading(known.upto) as log:
        zone = zone_known(log, known)
        rows = (account_listed(found, zone, known.at) for found in recorded.accounts(log))
        emit_each(rows, format_, print_accounts)


@click.command("show", short_help="Show an account, and who recorded what about it.")
@click.argument("account_id", metavar="ACCOUNT", shell_complete=accounts)
@knowledge_options
@format_option
def show(account_id: str, asked: KnownAtOptions, format_: str | None) -> None:
    """Show an account: its stages and regions, and who recorded what about it, when and why.

    \b
    Example:
      slaledger account show 1001
    """
    with open_ledger() as ledger, knowing(ledger, asked) as known, ledger.reading(known.upto) as log:
        found = recorded.account(log, account_id)
        answer = account_answer(found, log.case(account_id), zone_known(log, known), known.at)
    emit(answer, format_, answer.table)
