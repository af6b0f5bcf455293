"""`slaledger voucher`: issue, redeem, reverse, cancel; and list, show."""

from __future__ import annotations

import click

from cli.answers import shapes
from cli.commands.completion import accounts, vouchers
from cli.commands.recording import group
from cli.options.context import open_ledger
from cli.options.known_at import Asked, currency_known, knowing, knowledge_options, zone_known
from cli.terminal.numbers import currency, money
from cli.terminal.output import Json, emit, format_option, print_pairs, print_table, short
from cli.terminal.vocabulary import word
from domain.case import unknown_account
from domain.text import said
from ledger.log import streams
from ledger.queries.read_models import Views
from ledger.queries.worklist import voucher_then

voucher = group("voucher", "Vouchers: issued for an award, redeemed on later bills, reversed, cancelled.")


@voucher.command("list", short_help="Vouchers with their balances.")
@click.option("--account", shell_complete=accounts, metavar="ID", help="Only this account's.")
@knowledge_options
@format_option
def list_(account: str | None, asked: Asked, format_: str | None) -> None:
    """Vouchers with their balances.

    \b
    Example:
      slaledger voucher list --account 1001
    """
    with open_ledger() as ledger, knowing(ledger, asked) as known, Views.of(ledger, upto=known.upto) as views:
        with ledger.reading(known.upto) as log:
            zone = zone_known(log, known)
            currency = currency_known(log)
            if account is not None and not log.version(streams.account(account)):
                raise unknown_account(account)
        rows = [shapes.voucher_row(row, zone, currency) for row in views.vouchers(account)]
    columns = ("voucher", "issued", "redeemed", "cancelled", "balance")
    emit(rows, format_, lambda: _print_vouchers(rows, columns))


def _print_vouchers(rows: list[Json], columns: tuple[str, ...]) -> None:
    table = [[row["voucher"], *(money(row[column]) for column in columns[1:])] for row in rows]
    print_table(list(map(word, columns)), table, right=columns[1:])


@voucher.command("show", short_help="One voucher from claim to last redemption.")
@click.argument("voucher_id", metavar="VOUCHER", shell_complete=vouchers)
@knowledge_options
@format_option
def show(voucher_id: str, asked: Asked, format_: str | None) -> None:
    """One voucher from claim to last redemption.

    \b
    Example:
      slaledger voucher show V-1001-2026-03-1
    """
    with open_ledger() as ledger, knowing(ledger, asked) as known:
        found = voucher_then(ledger, voucher_id, known.upto)
        with ledger.reading(known.upto) as log:
            shape = shapes.voucher(found, zone_known(log, known), currency_known(log))
    emit(shape, format_, lambda: _print_voucher(shape))


def _print_voucher(shape: Json) -> None:
    names = ("voucher", "account", "month", "decision", "issued_at")
    amounts = ("issued", "redeemed", "cancelled", "balance")
    pairs = [(word(name.replace("_", " ")), shape[name]) for name in names]
    print_pairs([*pairs, *((word(name), currency(shape[name], shape["currency"])) for name in amounts)])
    if shape["redemptions"]:
        print()
        rows = [
            (
                one["redemption"],
                one["bill"],
                word(one["part"]),
                money(one["amount"]),
                short(one["redeemed_at"]),
                word(one["status"]),
            )
            for one in shape["redemptions"]
        ]
        columns = (said("no."), said("bill"), said("part"), said("amount"), said("redeemed"), said("status"))
        print_table(columns, rows, right=["no.", "amount"])
