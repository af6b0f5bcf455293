"""`slaledger audit`: replay, impact, what-if."""

from __future__ import annotations

import time
from collections.abc import Iterator
from functools import partial
from itertools import chain
from typing import Any, TypeVar

import click

from cli.answers.audit.audits import impacts_answer, replay_answer
from cli.answers.audit.completeness import gap_shown, print_gaps
from cli.answers.readings import SettingShown, settings_shown
from cli.commands.audit.checkpoint import checkpoint, consistency, prove
from cli.commands.audit.duties import DIFFERENT, duties
from cli.commands.audit.timestamp import timestamp
from cli.commands.audit.verify import begun, since_option, verify
from cli.commands.availability import parsed_month
from cli.options.completion import accounts, months
from cli.options.context import actor, open_ledger
from cli.options.workers import workers_options
from cli.terminal.output import emit, format_option
from cli.terminal.progress import progress
from domain.alternatives import Choose, document_chooser, reading_chooser
from domain.case import unknown_account
from domain.refusals import Damaged
from domain.terms.parsing import parse_terms
from domain.terms.readings import check_readings, parse_setting
from domain.terms.versions import Version, document_sha256, latest
from domain.text import said
from ledger import clock
from ledger.application import Ledger
from ledger.audit import completeness
from ledger.audit.impact import Impact, impacts_of_now, impacts_of_rules
from ledger.audit.replay import replay_range, together
from ledger.audit.since import replay_since
from ledger.commands.dry_run import suppose
from ledger.files.reading import read_bytes, read_text
from ledger.log import streams
from ledger.log.codec import decode
from ledger.log.reader import Reader
from ledger.log.recorded import recorded_at
from ledger.parallel.work import ALONE, BY_LENGTH, Task, Workers, over_accounts

_Result = TypeVar("_Result")


@click.group()
def audit() -> None:
    """Replay decisions, ask what would change, and prove what was recorded."""


for _command in (checkpoint, prove, consistency, duties, timestamp, verify):
    audit.add_command(_command)


def _range(log: Reader, account: str) -> tuple[str, str]:
    """The range of an account's streams. Raises Refusal `unknown_account`."""
    if not log.version(streams.account(account)):
        raise unknown_account(account)
    return streams.range_of(account)


@audit.command("replay", short_help="Replay every decision, and compare byte for byte.")
@click.argument("account", required=False, shell_complete=accounts)
@click.option(
    "--month", callback=parsed_month, shell_complete=months, metavar="YYYY-MM", help="Only this month's decisions."
)
@since_option
@workers_options
@format_option
def replay_(account: str | None, month: str | None, since: str | None, workers: Workers, format_: str | None) -> int:
    """Replay every decision from the events that it was based on, and compare the whole record.

    Exit status 3 if a decision differs; each difference names the first differing field and both values. With --workers
    or --cluster, ranges of accounts are replayed in parallel; the answer is the same. With --since, only the decisions
    made behind a receipt, once the log is shown to extend it; exit status 4 where it does not.

    \b
    Example:
      slaledger audit replay
    """
    if since is not None:
        if account is not None or month is not None:
            raise click.UsageError(said("--since is for the whole ledger: leave ACCOUNT and --month out"))
        return _replay_since(since, workers, format_)
    started = time.monotonic_ns()
    with open_ledger(read_only=True) as ledger, ledger.reading() as log, progress("events") as advance:
        task = partial(replay_range, month=month)
        parts = _divided(ledger, log, task, account, workers, advance)
        found = together(parts)
    elapsed_ms = (time.monotonic_ns() - started) // 1_000_000
    answer = replay_answer(found, elapsed_ms)
    emit(answer, format_, answer.table)
    return DIFFERENT if found.different else 0


def _replay_since(since: str, workers: Workers, format_: str | None) -> int:
    started = time.monotonic_ns()
    with open_ledger() as ledger, progress("events") as advance:
        receipt = begun(ledger, since, (), workers, advance)
        found = replay_since(ledger, receipt)
    elapsed_ms = (time.monotonic_ns() - started) // 1_000_000
    answer = replay_answer(found.replayed, elapsed_ms, found)
    emit(answer, format_, answer.table)
    return Damaged.status if found.damage else DIFFERENT if found.replayed.different else 0


def _divided(
    ledger: Ledger, log: Reader, task: Task[_Result], account: str | None, workers: Workers, advance: Any
) -> Iterator[_Result]:
    """A task's results over one account, or over all, divided among workers."""
    if account is not None and workers not in (BY_LENGTH, ALONE):
        raise click.UsageError(said("one account needs only one worker: leave --workers and --cluster out"))
    if account is None:
        return over_accounts(ledger, log, task, workers, advance)
    return iter([task(log, *_range(log, account))])


@audit.command("impact", short_help="List the decisions that would come out differently today.")
@click.argument("account", required=False, shell_complete=accounts)
@click.option(
    "--with", "with_", metavar="FILE.jsonl", help="Count the commands of this file too; they are not recorded."
)
@workers_options
@format_option
def impact(account: str | None, with_: str | None, workers: Workers, format_: str | None) -> None:
    """List the decisions that `claim redecide` would change today: old and new, the difference, and its cause.

    With --with FILE, it also counts the commands of the file, and records nothing.

    \b
    Example:
      slaledger audit impact --with correction.jsonl
    """
    if with_ is not None and workers not in (BY_LENGTH, ALONE):
        raise click.UsageError(said("only one process knows what is not recorded: leave --workers and --cluster out"))
    task = partial(impacts_of_now, at=clock.now_us())
    with open_ledger(read_only=with_ is None) as ledger:
        opened = ledger.reading() if with_ is None else ledger.writing(commit=False)
        with opened as log, progress("events") as advance:
            if with_ is not None:
                _suppose(ledger, log, with_)
            crew = workers if with_ is None else ALONE
            found = [each for part in _divided(ledger, log, task, account, crew, advance) for each in part]
    _emit_impacts(found, format_)


def _suppose(ledger: Ledger, log: Any, file: str) -> None:
    suppose(log, read_bytes(file).splitlines(), file, actor(ledger), clock.now_us())


@audit.command("what-if", short_help="Replay every decision under other terms or readings.")
@click.option("--terms", "file", metavar="FILE", help="Use this terms document instead.")
@click.option("--set", "settings", multiple=True, metavar="READING=VALUE", help="Use this reading; repeat for several.")
@workers_options
@format_option
def what_if(file: str | None, settings: tuple[str, ...], workers: Workers, format_: str | None) -> None:
    """Replay every recorded decision on the same facts under other terms or readings; nothing is recorded.

    \b
    Example:
      slaledger audit what-if --set minimum_kind=deductible
    """
    if (file is None) == (not settings):
        raise click.UsageError(said("give --terms FILE, or --set READING=VALUE, repeatable"))
    changed = dict(map(parse_setting, settings))
    check_readings(changed)
    choose = reading_chooser(changed) if file is None else _document(file)
    with open_ledger(read_only=True) as ledger, ledger.reading() as log, progress("events") as advance:
        tried = settings_shown(changed, latest(log.versions()).terms.readings) if changed else []
        task = partial(impacts_of_rules, choose=choose)
        found = [each for part in over_accounts(ledger, log, task, workers, advance) for each in part]
    _emit_impacts(found, format_, tried)


def _document(file: str) -> Choose:
    text = read_text(file)
    version = Version(terms=parse_terms(text), sha256=document_sha256(text), document=text, noticed_at=None)
    return document_chooser(version)


def _emit_impacts(found: list[Impact], format_: str | None, tried: list[SettingShown] | None = None) -> None:
    answer = impacts_answer(found, tried)
    emit(answer, format_, answer.table)


@audit.command("completeness", short_help="List what is missing, even from an intact log.")
@click.option("--year", type=click.IntRange(2000, 2200), metavar="Y", help="Only this year's months.")
@workers_options
@format_option
def completeness_(year: int | None, workers: Workers, format_: str | None) -> int:
    """List what is missing: months without a bill, incidents never closed, claims and awards that wait, calendars; and
    what looks odd: clocks that went backwards, decisions dated before they were recorded; and changes of the controls.

    The table groups findings; other formats list each. Exit status 3 if there is any finding.

    \b
    Example:
      slaledger audit completeness --year 2026
    """
    at = clock.now_us()
    with open_ledger(read_only=True) as ledger, ledger.reading() as log, progress("events") as advance:
        found = [*completeness.of_terms(log.rules().versions, at), *completeness.of_clock(_recorded(log))]
        found += completeness.of_controls(map(decode, log.stream(streams.CONTROLS)))
        task = partial(completeness.of_accounts, at=at, year=year)
        found += chain.from_iterable(over_accounts(ledger, log, task, workers, advance))
    emit([gap_shown(each) for each in found], format_, lambda: print_gaps(found))
    return DIFFERENT if found else 0


def _recorded(log: Reader) -> Iterator[tuple[int, int]]:
    return ((row.position, recorded_at(row)) for row in log.since(0))
