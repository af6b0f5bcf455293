"""`slaledger claim letter`: what the customers get."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

from cli.commands.availability import parsed_month
from cli.options.completion import account_then_month
from cli.options.context import open_ledger
from cli.options.known_at import KnownAtOptions, knowing, knowledge_options
from cli.options.output_file import by_ending, print_receipt, receipt_format, target_options
from cli.options.wire_fields import account_and_month
from cli.terminal.language import LANGUAGES
from cli.terminal.output import emit, warn
from domain.text import said
from ledger.copies.transfer import check_is_not
from ledger.files.writing import STDOUT

if TYPE_CHECKING:
    from cli.letters.rendering import Kind

FORMATS = {"html": (".html", ".htm"), "txt": (".txt",)}


_MONTH = click.Argument(["month"])
"""For messages about a month that is none."""


@click.command("letter", short_help="Write the letter that tells a customer the decision.")
@click.argument("words", nargs=-1, metavar="(ACCOUNT MONTH | --all MONTH)", shell_complete=account_then_month)
@click.option(
    "--all",
    is_flag=True,
    help="Write a letter for each decided claim of MONTH, into the folder that -o names.",
)
@target_options()
@click.option(
    "--format",
    "format_",
    type=click.Choice(list(FORMATS)),
    help="Format of the file; by default that of its ending, and html with --all.",
)
@click.option(
    "--templates",
    "folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    metavar="FOLDER",
    help="Use the templates of this folder instead of ours.",
)
@click.option(
    "--lang",
    type=click.Choice(LANGUAGES),
    expose_value=False,
    help="Language of the letter; the interface's by default.",
)
@knowledge_options
def letter(
    words: tuple[str, ...],
    all: bool,  # as completion and other commands name it
    file: str,
    format_: str | None,
    force: bool,
    folder: Path | None,
    asked: KnownAtOptions,
) -> None:
    """Write the letter about the latest decision on a claim: the outcome in plain words, what counted and what did not,
    the amount with its arithmetic, and how to use the voucher, to object and to check it. It prints to A4.

    \b
    Example:
      slaledger claim letter 1001 2026-03 -o letter.html
    """
    named = account_and_month(words, all)
    month = parsed_month(click.get_current_context(), _MONTH, named["month"]) or ""
    if all and file == STDOUT:
        raise click.UsageError(said("--all needs -o FOLDER"))
    kind = format_ or ("html" if all else by_ending(file, FORMATS))
    from cli.letters.writing import Letters  # most commands need no Jinja2

    with open_ledger() as ledger, knowing(ledger, asked) as known, ledger.reading(known.upto) as log:
        letters = Letters(log, kind=cast("Kind", kind), templates=folder, force=force)
        if all:
            answer = letters.of_month(month, Path(file))
            emit(answer, receipt_format(), answer.table)
        else:
            check_is_not(ledger, file)
            written = letters.of(named["account"], month, file)
            told = said("the letter of {account} for {month}, {count} bytes", count=written.bytes, **named)
            print_receipt(written, told)
    if letters.controls.provider_name is None:
        warn(said("the letter names no provider: `slaledger controls set --provider-name NAME --reason …` records it"))
