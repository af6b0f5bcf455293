"""`slaledger import --config FILE`: every import that a file names, one after the other."""

from __future__ import annotations

from collections.abc import Mapping

import click

from cli.answers.bills import BillsAnswer
from cli.answers.imports import ImportAnswer
from cli.main import print_error, print_errors
from cli.options.import_config import ConfiguredImport, configured_imports
from cli.options.importing import GATHERED
from cli.terminal.output import emit
from domain.refusals import ManyFaults, Refusal
from ledger.refusals.imports.config import ConfiguredRefused


def run_configured(
    ctx: click.Context, file: str, formats: Mapping[str, click.Command], dry_run: bool, format_: str | None
) -> int:
    """Run every import of a file; gives the exit status of the first that failed, 0 where none did.

    One that is refused stops none of the others: each is a transaction of its own.
    """
    answers: list[ImportAnswer | BillsAnswer] = []
    ctx.meta[GATHERED] = answers
    statuses = [_run(ctx, each, formats[each.format], dry_run) for each in configured_imports(file, frozenset(formats))]
    if answers:
        emit(answers, format_, lambda: _print(answers))
    return next((status for status in statuses if status), 0)


def _run(ctx: click.Context, asked: ConfiguredImport, command: click.Command, dry_run: bool) -> int:
    words = [*asked.words, *(["--dry-run"] if dry_run else [])]
    try:
        with command.make_context(asked.format, words, parent=ctx) as own:
            command.invoke(own)
    except Refusal as refusal:
        return print_error(refusal)
    except ManyFaults as faults:
        return print_errors(faults.refusals)
    except click.UsageError as error:
        return print_error(ConfiguredRefused(place=asked.place, what=error.format_message(), format=asked.format))
    return 0


def _print(answers: list[ImportAnswer | BillsAnswer]) -> None:
    for answer in answers:
        answer.table()
