"""`slaledger report`: a month over all accounts, as an answer or as a page."""

from __future__ import annotations

import click

from cli.answers.report import PageMade, print_report, report_answer
from cli.commands.availability import parsed_month
from cli.options.completion import months
from cli.options.context import open_ledger
from cli.options.known_at import KnownAt, KnownAtOptions, knowing, knowledge_options
from cli.options.workers import workers_options
from cli.terminal.output import chosen, emit, format_option, print_text
from cli.terminal.progress import progress
from domain.text import said
from ledger.application import Ledger
from ledger.copies.transfer import check_is_not
from ledger.files.writing import STDOUT, new_file
from ledger.log.reader import Reader
from ledger.parallel.work import Workers
from ledger.queries.month_report import MonthReport, month_report


@click.command()
@click.argument("month", callback=parsed_month, shell_complete=months)
@click.option("--html", "html", metavar="FILE", help="Write a page for a browser.")
@click.option("--force", is_flag=True, help="Replace FILE if it exists.")
@workers_options
@knowledge_options
@format_option
def report(
    month: str, html: str | None, force: bool, workers: Workers, asked: KnownAtOptions, format_: str | None
) -> None:
    """Summarise a month over all accounts: availability, tiers, claims, amounts. Open incidents count up to the last
    event.

    The table lists the accounts below the commitment and those that claimed; other formats list all accounts.

    \b
    Example:
      slaledger report 2026-03 --html report.html
    """
    if html is None:
        found = _report(month, asked, workers)
        rows = chosen(format_) in ("csv", "jsonl")
        answer = report_answer(found)
        emit(answer.accounts if rows else answer, format_, lambda: print_report(answer, found.version.terms.currency))
        return
    with new_file(html, force=force) as out:
        found, page = _page(month, asked, workers, html)
        out.write(page)
    if html != STDOUT:
        made = PageMade(html=html, month=month, accounts=len(found.accounts), bytes=len(page))
        words = said("{file}: {month} over all accounts, {count} bytes", file=html, month=month, count=len(page))
        emit(made, format_, lambda: print_text(words))


def _report(month: str, asked: KnownAtOptions, workers: Workers) -> MonthReport:
    """Report the month. Raises Refusal `no_terms`."""
    with open_ledger() as ledger, knowing(ledger, asked) as known, ledger.reading(known.upto) as log:
        return _found(ledger, log, month, known, workers)


def _page(month: str, asked: KnownAtOptions, workers: Workers, file: str) -> tuple[MonthReport, bytes]:
    """Report the month and make its page; `file`, the output, must not be the ledger. Raises Refusal `no_terms`."""
    from cli.pages.month import month_page  # most commands need no Jinja2
    from cli.pages.month_book import details_of

    with open_ledger() as ledger, knowing(ledger, asked) as known, ledger.reading(known.upto) as log:
        check_is_not(ledger, file)
        found = _found(ledger, log, month, known, workers)
        return found, month_page(found, details_of(log, found))


def _found(ledger: Ledger, log: Reader, month: str, known: KnownAt, workers: Workers) -> MonthReport:
    at = log.recorded_at() if known.upto is None else known.at
    with progress("events") as advance:
        return month_report(ledger, log, month, at, workers, advance)
