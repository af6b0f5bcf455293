"""`slaledger export claims`, `vouchers` and `availability`: tables for other tools."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from typing import IO

import click

from cli.answers.exports import RowsWritten
from cli.commands.availability import parsed_month
from cli.options.completion import months as any_month
from cli.options.context import open_ledger
from cli.options.known_at import KnownAt, KnownAtOptions, knowing, knowledge_options, zone_known
from cli.options.output_file import print_receipt, target_options
from cli.refusals import BinaryOnTerminal
from cli.terminal.language import localized
from cli.terminal.progress import progress
from domain.text import counted, said
from domain.time import add_months, months_between
from ledger.application import Ledger
from ledger.copies.transfer import check_is_not
from ledger.exports.csv import About, write_csv
from ledger.exports.parquet import write_parquet
from ledger.exports.tables import (
    AVAILABILITY,
    CLAIMS,
    VOUCHERS,
    Row,
    Table,
    availability_rows,
    claim_rows,
    voucher_rows,
)
from ledger.exports.xlsx import write_xlsx
from ledger.files.writing import STDOUT, new_file
from ledger.log.reader import Reader
from ledger.queries.read_models import ReadModels

WRITERS: dict[str, Callable[[Table, Iterable[Row], About, IO[bytes]], int]] = {
    "csv": write_csv,
    "xlsx": write_xlsx,
    "parquet": write_parquet,
}
Rows = Callable[[Ledger, KnownAt], AbstractContextManager[tuple[Reader, Iterable[Row]]]]
"""Gives the rows of a table, and the log up to the position of the rows."""
TABLE_FILES = {"csv": (".csv",), "xlsx": (".xlsx",), "parquet": (".parquet",)}


@contextmanager
def _kept_rows(
    rows: Callable[[Reader, ReadModels], Iterator[Row]], ledger: Ledger, known: KnownAt
) -> Iterator[tuple[Reader, Iterable[Row]]]:
    """The rows from the read models, and the log up to the position that these have reached."""
    with ReadModels.of(ledger, upto=known.upto) as views, views.reading(), ledger.reading(views.position()) as log:
        yield log, rows(log, views)


@contextmanager
def _measured_rows(months: list[str], ledger: Ledger, known: KnownAt) -> Iterator[tuple[Reader, Iterable[Row]]]:
    with ledger.reading(known.upto) as log:
        yield log, availability_rows(log, months, known.at)


def _export(table: Table, file: str, format_: str, force: bool, asked: KnownAtOptions, rows: Rows) -> None:
    """Write a table of the requested knowledge. Raises Unreadable `binary_on_terminal`, and as `new_file` does."""
    if file == STDOUT and format_ != "csv" and sys.stdout.isatty():
        raise BinaryOnTerminal(format=format_)
    with open_ledger() as ledger, knowing(ledger, asked) as known, rows(ledger, known) as (log, found):
        check_is_not(ledger, file)
        about = About(log.ledger_id() or "", log.position(), known.at, zone_known(log, known), localized)
        with new_file(file, force=force) as out, progress("rows") as advance:
            count = WRITERS[format_](table, _counted(found, advance), about, out)
    print_receipt(RowsWritten(file=file, rows=count), counted("{n} row", "{n} rows", n=count))


def _counted(rows: Iterable[Row], advance: Callable[[int, int], None]) -> Iterator[Row]:
    for done, row in enumerate(rows, start=1):
        if done % 1000 == 0:
            advance(done, 0)
        yield row


@click.command("claims", short_help="Write every claim and its status as a table.")
@target_options(TABLE_FILES)
@knowledge_options
def claims(file: str, format_: str, force: bool, asked: KnownAtOptions) -> None:
    """Write every claim and its status as CSV, XLSX or Parquet.

    \b
    Example:
      slaledger export claims -o claims.csv
    """
    _export(CLAIMS, file, format_, force, asked, partial(_kept_rows, claim_rows))


@click.command("vouchers", short_help="Write every voucher with its balance as a table.")
@target_options(TABLE_FILES)
@knowledge_options
def vouchers(file: str, format_: str, force: bool, asked: KnownAtOptions) -> None:
    """Write every voucher with its balance as CSV, XLSX or Parquet.

    \b
    Example:
      slaledger export vouchers -o vouchers.xlsx
    """
    _export(VOUCHERS, file, format_, force, asked, partial(_kept_rows, voucher_rows))


@click.command("availability", short_help="Write every account's monthly availability as a table.")
@click.argument("month", required=False, callback=parsed_month, shell_complete=any_month)
@click.option("--from", "first", callback=parsed_month, metavar="YYYY-MM", help="The first month, instead of MONTH.")
@click.option("--to", "last", callback=parsed_month, metavar="YYYY-MM", help="The last month.")
@target_options(TABLE_FILES)
@knowledge_options
def availability(
    month: str | None, first: str | None, last: str | None, file: str, format_: str, force: bool, asked: KnownAtOptions
) -> None:
    """Write every account's monthly availability, with or without incidents, as CSV, XLSX or Parquet.

    \b
    Example:
      slaledger export availability 2026-03 -o availability.parquet
    """
    months = _months(month, first, last)
    _export(AVAILABILITY, file, format_, force, asked, partial(_measured_rows, months))


def _months(month: str | None, first: str | None, last: str | None) -> list[str]:
    """The requested months, one or a range. Raises click.UsageError."""
    given = [each for each in (first, last) if each is not None]
    if len(given) != (2 if month is None else 0):
        raise click.UsageError(said("give MONTH, or --from and --to"), click.get_current_context())
    start, end = (month, month) if month is not None else given
    if end < start:
        raise click.UsageError(said("--to {last} is before --from {first}", first=start, last=end))
    return [add_months(start, index) for index in range(months_between(start, end) + 1)]
