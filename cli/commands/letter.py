"""`slaledger claim letter`: what the customer gets."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import click

from cli.answers.exports import LetterWritten
from cli.commands.availability import parsed_month
from cli.options.completion import accounts, months
from cli.options.context import open_ledger
from cli.options.known_at import KnownAtOptions, knowing, knowledge_options
from cli.options.output_file import print_receipt, target_options
from cli.terminal.language import LANGUAGES, language
from cli.terminal.output import warn
from domain.text import said
from ledger.copies.transfer import check_is_not
from ledger.demo import is_demo
from ledger.files.writing import new_file

FORMATS = {"html": (".html", ".htm"), "txt": (".txt",)}


@click.command("letter", short_help="Write the letter that tells a customer the decision.")
@click.argument("account", shell_complete=accounts)
@click.argument("month", callback=parsed_month, shell_complete=months)
@target_options(FORMATS)
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
    account: str,
    month: str,
    file: str,
    format_: str,
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
    from cli.letters.letter import letter_of  # most commands need no Jinja2
    from cli.letters.rendering import Kind, letter_bytes

    with open_ledger() as ledger, knowing(ledger, asked) as known, ledger.reading(known.upto) as log:
        check_is_not(ledger, file)
        controls = log.controls()
        made = letter_of(log.case(account), controls, account, month, is_demo=is_demo(log.ledger_id()))
    with new_file(file, force=force) as out:  # `--lang` set the language before anything was printed
        data = letter_bytes(made, cast(Kind, format_), language(), folder)
        out.write(data)
    if controls.provider_name is None:
        warn(said("the letter names no provider: `slaledger controls set --provider-name NAME --reason …` records it"))
    words = said("the letter of {account} for {month}, {count} bytes", account=account, month=month, count=len(data))
    print_receipt(LetterWritten(file=file, account=account, month=month, bytes=len(data)), words)
