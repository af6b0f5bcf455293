"""What the importers share: one place that runs a reader, and the options that several of them have."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import click

from cli.commands.completion import accounts, files
from cli.options.context import actor, open_ledger
from cli.terminal.output import Json, emit, put, warn
from domain.text import said
from ledger.exports.currency import currency_of
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
    """Whom outages touch."""
    return account_option(all_accounts_option(command))


def check_whom(accounts: tuple[str, ...], all_accounts: bool) -> None:
    """Raises click.UsageError unless outages touch either accounts that were named or everybody."""
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
    """What the terms count in: bills in another currency are refused. Raises Refusal."""
    with open_ledger(read_only=True) as ledger, ledger.reading() as log:
        return currency_of(log.versions())


def take(file: str, read: source.Reader, dry_run: bool, format_: str | None) -> None:
    """Read a file and record all that it says, or nothing; tell what it came to. Raises Refusal."""
    with open_lines(file, source.LARGEST) as lines:
        found = read(lines)
    with open_ledger() as ledger:
        taken = take_over(ledger, found.commands, actor(), dry_run=dry_run)
    notes = [*found.notes, *taken.left_alone]
    _tell_notes(notes)
    answer: Json = {
        "file": file,
        "commands": len(found.commands),
        "recorded": taken.recorded,
        "noops": taken.noops,
        "position": taken.position,
        "notes": [str(note) for note in notes],
    }
    numbers = {"commands": len(found.commands), "recorded": taken.recorded, "noops": taken.noops}
    words = said("{file}: {commands} commands, {recorded} events recorded, {noops} no-ops", file=file, **numbers)
    if dry_run:
        words = said("{file}: {commands} commands would record {recorded} events, {noops} no-ops", file=file, **numbers)
    emit({**answer, "dry_run": True} if dry_run else answer, format_, lambda: put(words))


def _tell_notes(notes: Iterable[str]) -> None:
    for note in notes:
        warn(note)
