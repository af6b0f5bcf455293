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
from cli.terminal.output import emit, format_option, warn
from cli.terminal.progress import progress
from domain.commands import BY_WORDS
from domain.nearest import nearest_word
from domain.text import Said, said
from ledger.commands.batch import Batch
from ledger.commands.batch_report import Report
from ledger.commands.templates import template_line, template_table
from ledger.files.kinds import START, Kind, Wanted, other_kind
from ledger.files.lines import LineFile, bounded_lines
from ledger.files.reading import unreadable
from ledger.imports.command_table import command_lines
from ledger.refusals.imports.kinds import OtherKind


def _known(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:
    """The words of a command. Raises click.BadParameter."""
    if value is None or value in BY_WORDS:
        return value
    near = nearest_word(value, BY_WORDS)
    if near is not None:
        raise click.BadParameter(said("{words} is no command; did you mean {near!r}?", words=repr(value), near=near))
    known = ", ".join(BY_WORDS)
    raise click.BadParameter(said("{words} is no command; there are {known}", words=repr(value), known=known))


@click.command()
@click.argument("file", shell_complete=files, required=False)
@click.option(
    "--keep-going", is_flag=True, help="Continue after a refusal; list all refusals at the end, exit status 1."
)
@click.option("--dry-run", is_flag=True, help="Check every line in turn and record nothing.")
@click.option("--command", "words", callback=_known, metavar="WORDS", help="The file is a CSV table of this command.")
@click.option("--only-fields", is_flag=True, help="Leave out columns that are no field of the command, and name them.")
@click.option(
    "--template", callback=_known, metavar="WORDS", help="Print an empty line of this command, or table (--format csv)."
)
@format_option
def batch(
    file: str | None,
    keep_going: bool,
    dry_run: bool,
    words: str | None,
    only_fields: bool,
    template: str | None,
    format_: str | None,
) -> int:
    """Run a file of commands, JSON Lines in UTF-8; - reads standard input.

    It stops at the first refusal; what earlier lines recorded is kept. Run an interrupted file again to continue it.
    With --command 'claim file' the file is a CSV table whose header names the fields of that command. --template 'claim
    file' prints what such a line or table looks like, with a placeholder wherever a value is required.

    \b
    Example:
      slaledger batch month-end.jsonl --keep-going
    """
    if template is not None:
        return _print_template(template, format_, alone=file is None and words is None)
    if file is None:
        raise click.UsageError(said("give a FILE of commands, or - for standard input"))
    if words is None and file.lower().endswith(".csv"):
        raise click.UsageError(said("say of which command the rows are, as in --command 'claim file'"))
    if words is None and only_fields:
        raise click.UsageError(said("--only-fields is for a table: say of which command it is with --command"))
    left_out: list[str] | None = [] if only_fields else None
    opened = _opened_as(file, "JSON") if words is None else _table(file, words, left_out)
    with opened as lines, open_ledger() as ledger, progress("lines") as advance:
        run = Batch(
            ledger, lines, actor=actor(ledger), keep_going=keep_going, on_progress=lambda done: advance(done, 0)
        )
        report = run.run(dry_run=dry_run)
    answer = batch_answer(report)
    emit(answer, format_, answer.table)
    if left_out:
        warn(said("columns left out: {columns}", columns=", ".join(left_out)))
    _tell_refusals(file, report)
    return report.status


def _print_template(words: str, format_: str | None, *, alone: bool) -> int:
    """Print an empty line or table of a command."""
    if not alone:
        raise click.UsageError(said("--template reads no file: leave FILE and --command out"))
    print(template_table(words) if format_ == "csv" else template_line(words), end="" if format_ == "csv" else "\n")
    return 0


def _opened(file: str) -> IO[bytes]:
    """Open the file as a seekable stream: standard input, or a pipe, is copied into a temporary file first."""
    if file == "-":
        return _spooled(bounded_lines(sys.stdin.buffer, file))
    try:
        opened = LineFile(file)
    except (OSError, ValueError) as error:
        raise unreadable(file, getattr(error, "strerror", None) or str(error)) from None
    if opened.seekable():
        return opened
    with opened:
        return _spooled(opened)


def _opened_as(file: str, wanted: Wanted) -> IO[bytes]:
    """Open the file, which has lines of JSON or is a CSV table. Raises Unreadable, also where it is something else."""
    opened = _opened(file)
    start = opened.read(START)
    opened.seek(0)
    kind = None if wanted == "JSON" and b"{" in start else other_kind(start, wanted)
    if kind is None:
        return opened
    opened.close()
    raise OtherKind(place=file, kind=kind.name, advice=_advice(kind))


def _advice(kind: Kind) -> Said:
    match kind.found:
        case "CSV":
            return said("say of which command the rows are, as in --command 'claim file'")
        case "JSON":
            return said("leave --command out: each line names its command")
        case None:
            return kind.advice


def _table(file: str, words: str, left_out: list[str] | None) -> IO[bytes]:
    """The batch lines of a table's rows, in a temporary file. Raises Unreadable, ManyFaults."""
    with _opened_as(file, "CSV") as lines:
        return _spooled(command_lines(lines, file, words, left_out))


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
