"""Shared parts of the importers: the function that runs a reader, and common options."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, TypeVar

import click
import msgspec

from cli.answers.imports import ImportAnswer, import_answer
from cli.options.completion import accounts, files
from cli.options.context import actor, open_ledger
from cli.options.other_kinds import naming_other_kinds
from cli.terminal.output import emit, format_option, warn
from domain.refusals import BadValue
from domain.terms.versions import currency_of, latest
from domain.text import said
from domain.time import DEFAULT_ZONE, Instant
from ledger.files.kinds import StartOfLines
from ledger.files.lines import open_lines
from ledger.imports import source
from ledger.imports.reconciling.outcome import AskedOfOutages
from ledger.imports.record import ReadFile, reconcile_source, take_over
from ledger.imports.statements import Reading, SourceFile
from ledger.refusals.imports.reconcile import BadGone, Vanished

if TYPE_CHECKING:
    from cli.answers.bills import BillsAnswer

_Command = TypeVar("_Command", bound=Callable[..., Any])

GATHERED = "slaledger.imports"
"""Where a run of several imports gathers their answers, in the context's `meta`."""
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
    """Read a file of commands and record all that it says, or nothing; tell what it came to. Raises Refusal."""
    with open_lines(file, source.LARGEST) as lines:
        given = StartOfLines(file, lines)
        with naming_other_kinds([given], "JSON", click.get_current_context().info_name):
            found = read(given)
    with open_ledger() as ledger:
        taken = take_over(ledger, found.commands, actor(ledger), dry_run=dry_run)
    taken.notes = [*found.notes, *taken.notes]
    tell(import_answer((file,), taken, DEFAULT_ZONE), format_)


class SourceOptions(msgspec.Struct, frozen=True, kw_only=True):
    """What every import of statements is asked: `as_of` is when the source said it, in microseconds."""

    asked: AskedOfOutages
    as_of: int | None
    dry_run: bool
    format_: str | None


def source_options(command: Callable[..., None]) -> Callable[..., None]:
    """The files, and what a person says about their source; the command gets `files` and `options`."""

    @click.argument("files", nargs=-1, required=True, metavar="FILE...", shell_complete=files)
    @click.option("--gone", multiple=True, metavar="ID=WORD", help="What became of a vanished outage; repeatable.")
    @click.option("--take-source", multiple=True, metavar="ID", help="Take the source's word again; repeatable.")
    @click.option("--older", is_flag=True, help="Take a file older than what the ledger took.")
    @click.option(
        "--as-of", callback=instant, metavar="T", help="When the source said this, where the file does not tell."
    )
    @dry_run_option
    @format_option
    @functools.wraps(command)
    def asking(
        *words: Any,
        gone: tuple[str, ...],
        take_source: tuple[str, ...],
        older: bool,
        as_of: int | None,
        dry_run: bool,
        format_: str | None,
        **given: Any,
    ) -> None:
        asked = AskedOfOutages(gone=dict(map(_gone, gone)), take_source=frozenset(take_source), older=older)
        options = SourceOptions(asked=asked, as_of=as_of, dry_run=dry_run, format_=format_)
        command(*words, options=options, **given)

    return asking


def _gone(text: str) -> tuple[str, int | str]:
    """`ID=END`, `ID=withdrawn` or `ID=kept`. Raises Unreadable `bad_gone`."""
    id_, _, word = text.partition("=")
    if word in ("withdrawn", "kept"):
        return id_, word
    try:
        return id_, int(Instant.parse(word))
    except BadValue:
        raise BadGone(place="--gone", text=text) from None


def instant(ctx: click.Context, param: click.Parameter, value: str | None) -> int | None:
    """An RFC 3339 instant in microseconds, as a click callback. Raises BadValue, which names the option."""
    try:
        return None if value is None else int(Instant.parse(value))
    except BadValue as refusal:
        refusal.at(param.opts[0])
        raise


def take_statements(
    names: Sequence[str], read: Callable[[Sequence[SourceFile]], Reading], options: SourceOptions
) -> None:
    """Read the files of one source, bring the ledger to what they state, and tell what that came to.

    Raises Refusal or ManyFaults, and nothing is recorded; or Refusal `vanished` after all else was recorded.
    """
    with ExitStack() as opened:
        given = [_Hashed(name, opened.enter_context(open_lines(name, source.LARGEST))) for name in names]
        with naming_other_kinds(given, "JSON", click.get_current_context().info_name):
            reading = read([SourceFile(each.name, each) for each in given])
        read_files = [ReadFile(each.name, each.finish()) for each in given]
    if options.as_of is not None:
        statements = tuple(msgspec.structs.replace(each, said_at=None) for each in reading.statements)
        reading = msgspec.structs.replace(reading, said_at=options.as_of, statements=statements)
    with open_ledger() as ledger:
        taken = reconcile_source(
            ledger, reading, read_files, actor(ledger), asked=options.asked, dry_run=options.dry_run
        )
        with ledger.reading() as log:
            zone = latest(log.versions()).terms.zone
    tell(import_answer(names, taken, zone), options.format_)
    if taken.outcome.vanished:
        raise Vanished(source=reading.source, incidents=", ".join(taken.outcome.vanished))


class _Hashed(StartOfLines):
    """A file's lines, hashed as they are read."""

    def __init__(self, name: str, lines: Iterable[bytes]) -> None:
        super().__init__(name, lines)
        self._hash = hashlib.sha256()

    def __iter__(self) -> Iterator[bytes]:
        for line in super().__iter__():
            self._hash.update(line)
            yield line

    def finish(self) -> str:
        """The SHA-256 of the whole file; what nobody read is read here."""
        for _ in self:
            pass
        return self._hash.hexdigest()


def tell(answer: ImportAnswer | BillsAnswer, format_: str | None) -> None:
    """Print an import's notes and what it came to; a run of several imports gathers the answers instead."""
    for note in answer.notes:
        warn(note)
    gathered = click.get_current_context().meta.get(GATHERED)
    if gathered is None:
        emit(answer, format_, answer.table)
    else:
        gathered.append(answer)
