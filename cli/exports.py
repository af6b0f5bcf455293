"""`slaledger export`: what the ledger knows as files that other tools read."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import click

from cli.context import open_ledger
from cli.knowledge import Asked, knowing, knowledge_options, zone_known
from cli.output import Json, emit
from cli.transfer import export_events
from domain.refusals import Unreadable
from domain.wording import Said, counted, said
from ledger.exchange.journal import STYLES, write_journal
from ledger.exchange.moving import check_is_not
from ledger.execution import CLOCK_TOLERANCE_US
from ledger.new_files import STDOUT, new_file


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
    @functools.wraps(command)
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
        emit({"file": file, **answer}, None, lambda: print(f"{file}: {words}"))


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
            written = write_journal(log, zone_known(log, known), until, STYLES[format_], out.write)
    vouchers = counted("{n} voucher", "{n} vouchers", n=written.vouchers)
    words = counted(
        "{vouchers}, {n} transaction", "{vouchers}, {n} transactions", n=written.transactions, vouchers=vouchers
    )
    tell(file, {"vouchers": written.vouchers, "transactions": written.transactions}, words)
