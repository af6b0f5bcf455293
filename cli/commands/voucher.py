"""`slaledger voucher`: list and show. The commands that change the ledger are generated."""

from __future__ import annotations

import click

from cli.answers.names import named
from cli.answers.vouchers import print_vouchers, voucher_answer, voucher_listed
from cli.options.completion import accounts, vouchers
from cli.options.context import open_ledger
from cli.options.known_at import KnownAtOptions, knowing, knowledge_options, zone_known
from cli.terminal.output import emit, format_option
from domain.case import unknown_account
from domain.terms.versions import currency_of
from ledger.log import streams
from ledger.queries.read_models import ReadModels
from ledger.queries.worklist import voucher_then


@click.command("list", short_help="List the vouchers with their balances.")
@click.option("--account", shell_complete=accounts, metavar="ID", help="Only this account's.")
@knowledge_options
@format_option
def list_(account: str | None, asked: KnownAtOptions, format_: str | None) -> None:
    """List the vouchers with their balances.

    \b
    Example:
      slaledger voucher list --account 1001
    """
    with open_ledger() as ledger, knowing(ledger, asked) as known, ReadModels.of(ledger, upto=known.upto) as views:
        with ledger.reading(known.upto) as log:
            zone = zone_known(log, known)
            currency, names = currency_of(log.versions()), log.account_names()
            if account is not None and not log.version(streams.account(account)):
                raise unknown_account(account)
        rows = named((voucher_listed(row, zone, currency) for row in views.vouchers(account)), names)
    emit(rows, format_, lambda: print_vouchers(rows))


@click.command("show", short_help="Show a voucher from its claim to its last redemption.")
@click.argument("voucher_id", metavar="VOUCHER", shell_complete=vouchers)
@knowledge_options
@format_option
def show(voucher_id: str, asked: KnownAtOptions, format_: str | None) -> None:
    """Show a voucher from its claim to its last redemption.

    \b
    Example:
      slaledger voucher show V-1001-2026-03-1
    """
    with open_ledger() as ledger, knowing(ledger, asked) as known:
        found = voucher_then(ledger, voucher_id, known.upto)
        with ledger.reading(known.upto) as log:
            answer = voucher_answer(found, zone_known(log, known), currency_of(log.versions()))
    emit(answer, format_, answer.table)
