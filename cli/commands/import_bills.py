"""`slaledger import` of bills: FOCUS files, the provider's billing interface."""

from __future__ import annotations

from collections.abc import Iterable

import click

from cli.options.importing import dry_run_option, file_argument, take, terms_currency
from cli.terminal.output import format_option
from domain.text import said
from domain.time import zone_info
from ledger.imports import focus as of_focus
from ledger.imports.bss import read_bss
from ledger.imports.source import Reading


def _zone(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:
    """Check an IANA time zone, as a click callback. Raises click.BadParameter."""
    try:
        if value is not None:
            zone_info(value)
    except (KeyError, ValueError, OSError):
        raise click.BadParameter(said("{zone} is no zone such as Asia/Shanghai", zone=repr(value))) from None
    return value


def _accounts(given: tuple[str, ...]) -> dict[str, str]:
    """Parse options `VALUE` or `VALUE=ID` into a mapping to ids."""
    return dict(
        (value, id_) if equals else (text, text) for text in given for value, equals, id_ in [text.rpartition("=")]
    )


@click.command("focus", short_help="A FOCUS 1.0 to 1.2 billing file (CSV).")
@file_argument
@click.option(
    "--account-column", type=click.Choice(of_focus.ACCOUNT_COLUMNS), required=True, help="Where accounts are."
)
@click.option("--account", "accounts", multiple=True, metavar="VALUE[=ID]", help="Only this account; repeatable.")
@click.option("--call-service", "call_services", multiple=True, metavar="NAME", help="A ServiceName that is calls.")
@click.option("--service", "services", multiple=True, metavar="NAME", help="A ServiceName that is the service.")
@click.option("--voucher-column", metavar="NAME", help="The column of what vouchers paid.")
@click.option("--timezone", "zone", callback=_zone, metavar="ZONE", help="The clock of the bill, as Asia/Shanghai.")
@click.option("--take", "taken", multiple=True, type=click.Choice(of_focus.DECIDABLE), help="Rows that count too.")
@click.option("--leave-out", multiple=True, type=click.Choice(of_focus.DECIDABLE), help="Rows that do not count.")
@click.option("--round", "rounded", is_flag=True, help="Round sums half up to two decimals.")
@click.option("--repeated-rows", is_flag=True, help="Rows alike in every column are charges of their own.")
@dry_run_option
@format_option
def focus(
    file: str,
    account_column: str,
    accounts: tuple[str, ...],
    call_services: tuple[str, ...],
    services: tuple[str, ...],
    voucher_column: str | None,
    zone: str | None,
    taken: tuple[str, ...],
    leave_out: tuple[str, ...],
    rounded: bool,
    repeated_rows: bool,
    dry_run: bool,
    format_: str | None,
) -> None:
    """A billing file as FOCUS has it: a bill per account and billing period, of BilledCost. Usage counts; of other
    kinds of charges say whether they do.

    \b
    Example:
      slaledger import focus focus.csv --account-column SubAccountId --call-service Calls --take Purchase
    """
    if both := sorted(set(taken) & set(leave_out)):
        raise click.UsageError(said("{kind} is both taken and left out", kind=both[0]))
    asked = of_focus.FocusOptions(
        account_column=account_column,
        accounts=_accounts(accounts),
        call_services=frozenset(call_services),
        services=frozenset(services),
        voucher_column=voucher_column,
        zone=zone,
        take=frozenset(taken),
        leave_out=frozenset(leave_out),
        rounded=rounded,
        repeated_rows=repeated_rows,
        currency=terms_currency(),
    )
    take(file, lambda lines: of_focus.read_focus(lines, name=file, asked=asked), dry_run, format_)


@click.command("bss", short_help="The provider's billing interface (JSON).")
@file_argument
@click.option("--call-item", "call_items", multiple=True, required=True, metavar="NAME", help="An item that is calls.")
@click.option("--product", "products", multiple=True, metavar="NAME", help="Only items of this product; repeatable.")
@dry_run_option
@format_option
def bss(file: str, call_items: tuple[str, ...], products: tuple[str, ...], dry_run: bool, format_: str | None) -> None:
    """What QueryInstanceBill, DescribeInstanceBill or QueryInstanceGaapCost answered, all pages of a billing cycle:
    what was payable, and what of it vouchers (代金券) paid.

    \b
    Example:
      slaledger import bss costs.json --call-item 通话费
    """
    calls, wanted, currency = frozenset(call_items), frozenset(products), terms_currency()

    def read(lines: Iterable[bytes]) -> Reading:
        return read_bss(lines, name=file, call_items=calls, products=wanted, currency=currency)

    take(file, read, dry_run, format_)
