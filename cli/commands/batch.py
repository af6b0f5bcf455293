"""`slaledger batch`: a file of commands, one per line."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterable
from typing import IO

import click

from cli.answers.batch import batch_answer
from cli.main import print_error, wants_json
from cli.options.completion import files
from cli.options.context import actor, open_ledger
from cli.refusals import LinesRefused
from cli.terminal.output import emit, format_option
from cli.terminal.progress import progress
from domain.commands import BY_WORDS
from domain.text import said
from ledger.commands.batch import Batch
from ledger.commands.batch_report import Report
from ledger.files.lines import LineFile, bounded_lines
from ledger.files.reading import unreadable
from ledger.imports.command_table import command_lines


def _known(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:
    """The words of a command. Raises click.BadParameter."""
    if value is not None and value not in BY_WORDS:
        known = ", ".join(BY_WORDS)
        raise click.BadParameter(said("{words} is no command; there are {known}", words=repr(value), known=known))
    return value


@click.command()
@click.argument("file", shell_complete=files)
@click.option(
    "--keep-going", is_flag=True, help="Continue after a refusal; list all refusals at the end, exit status 1."
)
@click.option("--dry-run", is_flag=True, help="Check every line in turn and record nothing.")
@click.option("--command", "words", callback=_known, metavar="WORDS", help="The file is a CSV table of this command.")
@format_option
def batch(file: str, keep_going: bool, dry_run: bool, words: str | None, format_: str | None) -> int:
    """Run a file of commands, JSON Lines in UTF-8; - reads standard input.

    It stops at the first refusal; what earlier lines recorded is kept. Run an interrupted file again to continue it.
    With --command 'claim file' the file is a CSV table whose header names the fields of that command.

    \b
    Example:
      slaledger batch month-end.jsonl --keep-going
    """
    if words is None and file.lower().endswith(".csv"):
        raise click.UsageError(said("say of which command the rows are, as in --command 'claim file'"))
    opened = _opened(file) if words is None else _table(file, words)
    with opened as lines, open_ledger() as ledger, progress("lines") as advance:
        run = Batch(
            ledger, lines, actor=actor(ledger), keep_going=keep_going, on_progress=lambda done: advance(done, 0)
        )
        report = run.run(dry_run=dry_run)
    answer = batch_answer(report, dry_run=dry_run)
    emit(answer, format_, answer.table)
    _tell_refusals(file, report)
    return report.status


def _opened(file: str) -> IO[bytes]:
    """Open the file as a seekable stream: standard input is copied into a temporary file first."""
    if file == "-":
        return _spooled(bounded_lines(sys.stdin.buffer, file))
    try:
        return LineFile(file)
    except (OSError, ValueError) as error:
        raise unreadable(file, getattr(error, "strerror", None) or str(error)) from None


def _table(file: str, words: str) -> IO[bytes]:
    """The batch lines of a table's rows, in a temporary file. Raises Unreadable, ManyFaults."""
    with _opened(file) as lines:
        return _spooled(command_lines(lines, file, words))


def _spooled(lines: Iterable[bytes]) -> IO[bytes]:
    spooled: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - closed by the caller
    spooled.writelines(lines)
    spooled.seek(0)
    return spooled


def _tell_refusals(name: str, report: Report) -> None:
    if wants_json() and len(report.refused) > 1:
        first = report.refused[0]
        print_error(LinesRefused(n=len(report.refused), name=name, line=first.line, what=first.refusal.message))
        return
    for each in report.refused:
        each.refusal.reword(said("{name}:{line}: {message}", name=name, line=each.line, message=each.refusal.message))
        print_error(each.refusal, each.line)
