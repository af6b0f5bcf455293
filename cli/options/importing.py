"""Shared parts of the importers: the function that runs a reader, and common options."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import click

from cli.answers.copies import import_answer
from cli.options.completion import accounts, files
from cli.options.context import actor, open_ledger
from cli.terminal.output import emit, warn
from domain.terms.versions import currency_of
from domain.text import said
from ledger.files.lines import open_lines
from ledger.imports import source
from ledger.imports.record import take_over

_Command = TypeVar("_Command", bound=Callable[..., Any])

dry_run_option = click.option("--dry-run", is_flag=True, help="Check everything and record nothing.")
file_argument = click.argument("file", shell_complete=files)
account_option = click.option(
    "--account",
    "accounts",
    multiple=True,
    shell_complete=accounts,
    metavar="ID",
    help="The account that they touch; repeatable.",
)
all_accounts_option = click.option("--all-accounts", is_flag=True, help="They touch everybody.")
only_mapped_option = click.option("--only-mapped", is_flag=True, help="Leave out whatever no --map fits.")


def whom_options(command: _Command) -> _Command:
    """Add the options for the accounts that outages affect."""
    return account_option(all_accounts_option(command))


def check_whom(accounts: tuple[str, ...], all_accounts: bool) -> None:
    """Check that outages affect either named accounts or all. Raises click.UsageError."""
    if bool(accounts) == all_accounts:
        raise click.UsageError(said("say whom they touch: --account, repeatable, or --all-accounts"))


def pair(text: str, form: str) -> tuple[str, str]:
    """`A=B` as given to an option, divided at the last equals sign. Raises click.UsageError."""
    left, _, right = text.rpartition("=")
    if not left or not right:
        raise click.UsageError(said("{text} is not {form}", text=repr(text), form=form))
    return left, right


def label(text: str, form: str = "LABEL=VALUE") -> tuple[str, str]:
    """`LABEL=VALUE` as given to an option, divided at the first equals sign. Raises click.UsageError."""
    name, equals, value = text.partition("=")
    if not name or not equals:
        raise click.UsageError(said("{text} is not {form}", text=repr(text), form=form))
    return name, value


def terms_currency() -> str:
    """The currency of the terms: bills in another one are refused. Raises Refusal."""
    with open_ledger(read_only=True) as ledger, ledger.reading() as log:
        return currency_of(log.versions())


def take(file: str, read: source.Reader, dry_run: bool, format_: str | None) -> None:
    """Read a file and record all of it, or nothing; print the result. Raises Refusal."""
    with open_lines(file, source.LARGEST) as lines:
        found = read(lines)
    with open_ledger() as ledger:
        taken = take_over(ledger, found.commands, actor(), dry_run=dry_run)
    notes = [*found.notes, *taken.left_alone]
    _tell_notes(notes)
    answer = import_answer(file, len(found.commands), taken, notes, dry_run=dry_run)
    emit(answer, format_, answer.table)


def _tell_notes(notes: Iterable[str]) -> None:
    for note in notes:
        warn(note)
