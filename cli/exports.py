"""`slaledger export`: what the ledger knows as files that other tools read."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from functools import partial, wraps
from pathlib import Path
from typing import IO, Any

import click

from cli.completion import versions
from cli.context import open_ledger
from cli.knowledge import Asked, Known, knowing, knowledge_options, zone_known
from cli.language import here
from cli.output import Json, emit
from cli.progress import progress
from cli.reading import parsed_month
from cli.transfer import export_events
from domain.refusals import Unreadable
from domain.terms import by_name, latest
from domain.time import add_months, months_between
from domain.wording import Said, counted, said
from ledger.application import Ledger
from ledger.exchange.journal import STYLES, write_journal
from ledger.exchange.moving import check_is_not
from ledger.exchange.openslo import write_openslo
from ledger.exchange.parquet import write_parquet
from ledger.exchange.sheets import About, write_csv
from ledger.exchange.tables import (
    AVAILABILITY,
    CLAIMS,
    VOUCHERS,
    Row,
    Table,
    availability_rows,
    claim_rows,
    voucher_rows,
)
from ledger.exchange.workbook import write_xlsx
from ledger.execution import CLOCK_TOLERANCE_US
from ledger.new_files import STDOUT, new_file
from ledger.store.reader import Reader
from ledger.store.views import Views


@click.group("export")
def export() -> None:
    """Take what the ledger knows to other tools, as files that are there whole or not at all."""


export.add_command(export_events)


def target_options(formats: Mapping[str, tuple[str, ...]] | None = None) -> Callable[[Callable[..., Any]], Any]:
    """`-o` and `--force`; with formats, by the endings of a file's name that mean them, `--format` of the file too."""

    def decorate(command: Callable[..., Any]) -> Callable[..., Any]:
        command = click.option("--force", is_flag=True, help="Replace FILE where it exists.")(command)
        if formats is not None:
            command = _format_option(command, formats)
        option = click.option(
            "-o", "--output", "file", default=STDOUT, metavar="FILE", help="- is stdout, the default."
        )
        return option(command)

    return decorate


def _format_option(command: Callable[..., Any], formats: Mapping[str, tuple[str, ...]]) -> Callable[..., Any]:
    @wraps(command)
    def chosen(*words: Any, file: str, format_: str | None, **given: Any) -> Any:
        return command(*words, file=file, format_=format_ or _by_ending(file, formats), **given)

    kind = click.Choice(list(formats))
    return click.option("--format", "format_", type=kind, help="The file's; by default as its name ends.")(chosen)


def _by_ending(file: str, formats: Mapping[str, tuple[str, ...]]) -> str:
    """The format that a file's name means. Raises Unreadable `no_format`."""
    for format_, endings in formats.items():
        if Path(file).suffix.lower() in endings:
            return format_
    known = ", ".join(ending for endings in formats.values() for ending in endings)
    raise Unreadable(
        "no_format",
        said("which format {file} is to have cannot be told by its name", file=file),
        hint=said(
            "give --format {formats}, or a name that ends in {endings}", formats="|".join(formats), endings=known
        ),
    )


def tell(file: str, answer: Json, words: Said) -> None:
    """Say what was written, unless it went to standard output itself."""
    if file != STDOUT:
        emit({"file": file, **answer}, None, lambda: print(f"{file}: {here(words)}"))


JOURNALS = {"beancount": (".beancount", ".bean"), "hledger": (".journal", ".hledger", ".j")}


@export.command("journal", short_help="Vouchers as a liability, for Beancount or hledger.")
@target_options(JOURNALS)
@knowledge_options
def journal(file: str, format_: str, force: bool, asked: Asked) -> None:
    """Vouchers as a liability, for Beancount or hledger: issued, redeemed, reversed, cancelled.

    One transaction each, dated in the terms' zone; what is left of each voucher is asserted at the end.

    \b
    Example:
      slaledger export journal --format beancount -o vouchers.beancount
    """
    with open_ledger() as ledger, knowing(ledger, asked) as known, ledger.reading(known.upto) as log:
        check_is_not(ledger, file)
        until = known.at + CLOCK_TOLERANCE_US
        with new_file(file, force=force) as out:
            written = write_journal(log, zone_known(log, known), until, STYLES[format_](here), out.write)
    vouchers = counted("{n} voucher", "{n} vouchers", n=written.vouchers)
    words = counted(
        "{vouchers}, {n} transaction", "{vouchers}, {n} transactions", n=written.transactions, vouchers=vouchers
    )
    tell(file, {"vouchers": written.vouchers, "transactions": written.transactions}, words)


WRITERS: dict[str, Callable[[Table, Iterable[Row], About, IO[bytes]], int]] = {
    "csv": write_csv,
    "xlsx": write_xlsx,
    "parquet": write_parquet,
}
Rows = Callable[[Ledger, Known], AbstractContextManager[tuple[Reader, Iterable[Row]]]]
"""Gives the rows of a table, and the log as far as they are of it."""
TABLE_FILES = {"csv": (".csv",), "xlsx": (".xlsx",), "parquet": (".parquet",)}


@contextmanager
def _kept_rows(
    rows: Callable[[Reader, Views], Iterator[Row]], ledger: Ledger, known: Known
) -> Iterator[tuple[Reader, Iterable[Row]]]:
    """The rows that are made of the projections, and the log up to the position that these have reached."""
    with Views.of(ledger, upto=known.upto) as views, views.reading(), ledger.reading(views.position()) as log:
        yield log, rows(log, views)


@contextmanager
def _measured_rows(months: list[str], ledger: Ledger, known: Known) -> Iterator[tuple[Reader, Iterable[Row]]]:
    with ledger.reading(known.upto) as log:
        yield log, availability_rows(log, months, known.at)


def _export(table: Table, file: str, format_: str, force: bool, asked: Asked, rows: Rows) -> None:
    """Write a table of what was known. Raises Unreadable `binary_on_terminal`, and what writing a file raises."""
    if file == STDOUT and format_ != "csv" and sys.stdout.isatty():
        told = said("{format} is no text, and standard output is a terminal", format=format_)
        raise Unreadable("binary_on_terminal", told, hint=said("give -o FILE, or pipe it to a program"))
    with open_ledger() as ledger, knowing(ledger, asked) as known, rows(ledger, known) as (log, found):
        check_is_not(ledger, file)
        about = About(log.ledger_id() or "", log.position(), known.at, zone_known(log, known), here)
        with new_file(file, force=force) as out, progress("rows") as advance:
            count = WRITERS[format_](table, _counted(found, advance), about, out)
    tell(file, {"rows": count}, counted("{n} row", "{n} rows", n=count))


def _counted(rows: Iterable[Row], advance: Callable[[int, int], None]) -> Iterator[Row]:
    for done, row in enumerate(rows, start=1):
        if done % 1000 == 0:
            advance(done, 0)
        yield row


@export.command("claims", short_help="Every claim and where it stands, as a table.")
@target_options(TABLE_FILES)
@knowledge_options
def claims(file: str, format_: str, force: bool, asked: Asked) -> None:
    """Every claim and where it stands, as CSV, XLSX or Parquet.

    \b
    Example:
      slaledger export claims -o claims.csv
    """
    _export(CLAIMS, file, format_, force, asked, partial(_kept_rows, claim_rows))


@export.command("vouchers", short_help="Every voucher with its balance, as a table.")
@target_options(TABLE_FILES)
@knowledge_options
def vouchers(file: str, format_: str, force: bool, asked: Asked) -> None:
    """Every voucher with its balance, as CSV, XLSX or Parquet.

    \b
    Example:
      slaledger export vouchers -o vouchers.xlsx
    """
    _export(VOUCHERS, file, format_, force, asked, partial(_kept_rows, voucher_rows))


@export.command("availability", short_help="Every account's months, measured, as a table.")
@click.argument("month", required=False, callback=parsed_month)
@click.option("--from", "first", callback=parsed_month, metavar="YYYY-MM", help="The first month, instead of MONTH.")
@click.option("--to", "last", callback=parsed_month, metavar="YYYY-MM", help="The last month.")
@target_options(TABLE_FILES)
@knowledge_options
def availability(
    month: str | None, first: str | None, last: str | None, file: str, format_: str, force: bool, asked: Asked
) -> None:
    """Every account's months, measured, with and without outages, as CSV, XLSX or Parquet.

    \b
    Example:
      slaledger export availability 2026-03 -o availability.parquet
    """
    months = _months(month, first, last)
    _export(AVAILABILITY, file, format_, force, asked, partial(_measured_rows, months))


def _months(month: str | None, first: str | None, last: str | None) -> list[str]:
    """The months that were asked for, one or a span. Raises click.UsageError."""
    given = [each for each in (first, last) if each is not None]
    if len(given) != (2 if month is None else 0):
        raise click.UsageError(said("give MONTH, or --from and --to"), click.get_current_context())
    start, end = (month, month) if month is not None else given
    if end < start:
        raise click.UsageError(said("--to {last} is before --from {first}", first=start, last=end))
    return [add_months(start, index) for index in range(months_between(start, end) + 1)]


@export.command("openslo", short_help="What is promised, as OpenSLO v1.")
@click.argument("version", required=False, shell_complete=versions)
@target_options()
@knowledge_options
def openslo(version: str | None, file: str, force: bool, asked: Asked) -> None:
    """What a version of the agreement promises, the latest by default, as OpenSLO v1 documents in YAML.

    \b
    Example:
      slaledger export openslo -o promise.yaml
    """
    with open_ledger() as ledger, knowing(ledger, asked) as known, ledger.reading(known.upto) as log:
        check_is_not(ledger, file)
        found = latest(log.versions()) if version is None else by_name(log.versions(), version)
        with new_file(file, force=force) as out:
            count = write_openslo(found, here, out.write)
    words = counted("{n} document of {version}", "{n} documents of {version}", n=count, version=found.terms.version)
    tell(file, {"documents": count, "version": found.terms.version}, words)
