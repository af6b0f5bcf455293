"""`slaledger import` of bills: the provider's CSV and billing interface, FOCUS files."""

from __future__ import annotations

import click

from cli.options.bill_files import BillFiles, bill_options, take_bills
from cli.options.importing import terms_currency
from domain.text import said
from domain.time import zone_info
from ledger.imports.bills import focus as of_focus
from ledger.imports.bills.aliyun_bill import AliyunBillOptions, read_aliyun_bill
from ledger.imports.bills.bss import BssOptions, read_bss


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


def _call_names(names: tuple[str, ...], given: BillFiles) -> frozenset[str]:
    """What calls are called. Raises click.UsageError where nothing says which fees are call fees."""
    if not names and not given.no_calls:
        raise click.UsageError(said("say which items are calls: --call-item, repeatable, or --no-calls"))
    return frozenset(names)


@click.command("aliyun-bill", short_help="The provider's instance bill (41-column CSV).")
@click.option("--call-item", "call_items", multiple=True, metavar="NAME", help="A 计费项 that is calls.")
@click.option("--product", "products", multiple=True, metavar="NAME", help="Only rows of this 产品; repeatable.")
@bill_options
def aliyun_bill(given: BillFiles, call_items: tuple[str, ...], products: tuple[str, ...]) -> None:
    """The provider's instance bill, UTF-8 or GB18030: what was payable, and what of it vouchers (代金券) paid.
    Several files are one bill.

    \b
    Example:
      slaledger import aliyun-bill bill.csv --call-item 通话费
    """
    asked = AliyunBillOptions(
        call_items=_call_names(call_items, given), products=frozenset(products), no_calls=given.no_calls
    )
    take_bills(given, lambda files: read_aliyun_bill(files, asked=asked))


@click.command("bss", short_help="The provider's billing interface (JSON).")
@click.option("--call-item", "call_items", multiple=True, metavar="NAME", help="An item that is calls.")
@click.option("--product", "products", multiple=True, metavar="NAME", help="Only items of this product; repeatable.")
@bill_options
def bss(given: BillFiles, call_items: tuple[str, ...], products: tuple[str, ...]) -> None:
    """What QueryInstanceBill, DescribeInstanceBill or QueryInstanceGaapCost answered, all pages of a billing cycle:
    what was payable, and what of it vouchers (代金券) paid.

    \b
    Example:
      slaledger import bss costs.json --call-item 通话费
    """
    asked = BssOptions(
        call_items=_call_names(call_items, given),
        products=frozenset(products),
        no_calls=given.no_calls,
        currency=terms_currency(),
    )
    take_bills(given, lambda files: read_bss(files, asked=asked))


@click.command("focus", short_help="A FOCUS 1.0 to 1.2 billing file (CSV).")
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
@bill_options
def focus(
    given: BillFiles,
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
        no_calls=given.no_calls,
        currency=terms_currency(),
    )
    take_bills(given, lambda files: of_focus.read_focus(files, asked=asked))
