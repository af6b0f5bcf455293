"""What the importers of bills share: their options, and one place that reads the files and records what they say."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any

import click
import msgspec

from cli.answers.bills import bills_answer
from cli.options.completion import files as complete_files
from cli.options.context import actor, open_ledger
from cli.options.importing import dry_run_option, instant, tell
from cli.options.other_kinds import naming_other_kinds
from cli.terminal.meant import line_with
from cli.terminal.output import format_option
from domain.refusals import ManyFaults
from domain.text import said
from ledger.files.kinds import StartOfLines
from ledger.files.lines import open_lines
from ledger.imports.bills.reconcile import EVERY, AskedOfBills
from ledger.imports.bills.record import record_bills
from ledger.imports.bills.statements import BillReading
from ledger.imports.source import LARGEST
from ledger.imports.statements import SourceFile
from ledger.refusals.imports.bills import BillsDisagree, SharesDiffer


class BillFiles(msgspec.Struct, frozen=True, kw_only=True):
    """The files of bills as they were named, and what was said of all of them."""

    names: tuple[str, ...]
    no_calls: bool
    asked: AskedOfBills
    as_of: int | None
    dry_run: bool
    format_: str | None


def bill_options(command: Callable[..., None]) -> Callable[..., None]:
    """The files and options of every import of bills; the command gets them as `given`."""

    @click.argument("files", nargs=-1, required=True, metavar="FILE...", shell_complete=complete_files)
    @click.option("--no-calls", is_flag=True, help="There were no calls: no call fee need stand there.")
    @click.option(
        "--take-source",
        multiple=True,
        is_flag=False,
        flag_value=EVERY,
        metavar="[ID]",
        help="Where a bill differs, the source is right; repeatable; without an ID every such bill.",
    )
    @click.option(
        "--skip",
        multiple=True,
        is_flag=False,
        flag_value=EVERY,
        metavar="[ID]",
        help="Leave out a bill, by its id or ACCOUNT@MONTH; without an ID each that is in question.",
    )
    @click.option("--as-of", callback=instant, metavar="T", help="When the source said so.")
    @click.option("--older", is_flag=True, help="Take a file that is older than what was taken before.")
    @dry_run_option
    @format_option
    @functools.wraps(command)
    def asking(
        *words: Any,
        files: tuple[str, ...],
        no_calls: bool,
        take_source: tuple[str, ...],
        skip: tuple[str, ...],
        as_of: int | None,
        older: bool,
        dry_run: bool,
        format_: str | None,
        **given: Any,
    ) -> None:
        asked = AskedOfBills(take_source=frozenset(take_source), skip=frozenset(skip), older=older)
        named = BillFiles(names=files, no_calls=no_calls, asked=asked, as_of=as_of, dry_run=dry_run, format_=format_)
        command(*words, given=named, **given)

    return asking


def take_bills(given: BillFiles, read: Callable[[Sequence[SourceFile]], BillReading]) -> None:
    """Read the files and record all that they say, or nothing; tell what it came to. Raises Refusal, ManyFaults."""
    with ExitStack() as opened:
        files = [StartOfLines(name, opened.enter_context(open_lines(name, LARGEST))) for name in given.names]
        format_ = click.get_current_context().info_name
        with naming_other_kinds(files, "JSON" if format_ == "bss" else "CSV", format_):
            reading = read([SourceFile(each.name, each) for each in files])
        reading = msgspec.structs.replace(reading, said_at=given.as_of)
    with open_ledger() as ledger, _suggesting_whose_counts():
        names = ", ".join(given.names)
        taken = record_bills(ledger, reading, actor(ledger), names=names, asked=given.asked, dry_run=given.dry_run)
    tell(bills_answer(given.names, taken), given.format_)


@contextmanager
def _suggesting_whose_counts() -> Iterator[None]:
    """Advise the whole line, where a source's bill differs from the ledger's, that takes the one or keeps the other."""
    try:
        yield
    except BillsDisagree as refusal:
        _suggest_whose_counts(refusal)
        raise
    except ManyFaults as faults:
        for each in faults.refusals:
            if isinstance(each, BillsDisagree):
                _suggest_whose_counts(each)
        raise


def _suggest_whose_counts(refusal: BillsDisagree) -> None:
    words = ("--skip", refusal.bill) if isinstance(refusal, SharesDiffer) else ("--take-source", refusal.first)
    line = line_with(*words)
    if line is not None:
        refusal.reword(refusal.message, said("{hint}: `{line}`", hint=refusal.hint, line=line))
