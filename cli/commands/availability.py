"""Queries about availability: a month, the breaches, the mean time between failures, and the worklist."""

from __future__ import annotations

import click

from cli.answers.availability import mean_time, month_under
from cli.answers.breaches import breach_row, print_breaches
from cli.answers.names import named
from cli.answers.worklist.worklist import worklist as what_waits
from cli.options.completion import accounts, months
from cli.options.context import open_ledger
from cli.options.known_at import KnownAtOptions, knowing, knowledge_options, zone_known
from cli.terminal.output import emit, format_option
from domain.refusals import BadValue
from domain.terms.versions import currency_of
from domain.text import said, words_of
from domain.time import MonthText
from ledger.queries.swings import swings
from ledger.queries.worklist import breaches_of, month_of_account, mtbf_of_account, work


def parsed_month(context: click.Context, parameter: click.Parameter, value: str | None) -> str | None:
    """Check a month, as a click callback. Raises click.BadParameter."""
    try:
        return None if value is None else str(MonthText.parse(value))
    except BadValue as error:
        raise click.BadParameter(said("{message} ({hint})", message=words_of(error), hint=error.hint)) from None


@click.command()
@click.argument("account", shell_complete=accounts)
@click.argument("month", callback=parsed_month, shell_complete=months)
@knowledge_options
@format_option
def availability(account: str, month: str, asked: KnownAtOptions, format_: str | None) -> None:
    """Measure an account's month: total and unavailable time, the exact ratio, the tier.

    \b
    Example:
      slaledger availability 1001 2026-03
    """
    with open_ledger() as ledger, knowing(ledger, asked) as known, ledger.reading(known.upto) as log:
        result = month_of_account(log, account, month, known.at)
    answer = month_under(account, month, result.version.terms, result.availability)
    emit(answer, format_, answer.table)


@click.command()
@click.argument("month", callback=parsed_month, shell_complete=months)
@knowledge_options
@format_option
def breaches(month: str, asked: KnownAtOptions, format_: str | None) -> None:
    """List the accounts below the commitment, with the credit that a claim would get.

    \b
    Example:
      slaledger breaches 2026-03
    """
    with open_ledger() as ledger, knowing(ledger, asked) as known:
        found = breaches_of(ledger, month, known.at, known.upto)
        with ledger.reading(known.upto) as log:
            currency, names = currency_of(log.versions()), log.account_names()
    rows = named((breach_row(breach, currency) for breach in found), names)
    emit(rows, format_, lambda: print_breaches(rows))


@click.command()
@click.argument("account", shell_complete=accounts)
@click.argument("year", type=click.IntRange(2000, 2200))
@knowledge_options
@format_option
def mtbf(account: str, year: int, asked: KnownAtOptions, format_: str | None) -> None:
    """Show the mean time between failures of a calendar year, and whether it meets the commitment.

    \b
    Example:
      slaledger mtbf 1001 2026
    """
    with open_ledger() as ledger, knowing(ledger, asked) as known, ledger.reading(known.upto) as log:
        result, other = mtbf_of_account(log, account, year, known.at)
    answer = mean_time(account, year, result, other)
    emit(answer, format_, answer.table)


@click.command()
@knowledge_options
@format_option
def worklist(asked: KnownAtOptions, format_: str | None) -> None:
    """List what is to be done: breaches to claim and until when, claims to decide, awards to issue.

    \b
    Example:
      slaledger worklist
    """
    with open_ledger() as ledger, knowing(ledger, asked) as known:
        found = work(ledger, known.at, known.upto)
        with ledger.reading(known.upto) as log:
            zone, currency, names = zone_known(log, known), currency_of(log.versions()), log.account_names()
            hanging = swings(log, [*found.to_decide, *found.to_approve, *found.to_issue], known.at)
    answer = what_waits(found, hanging, zone, currency).named(names)
    emit(answer, format_, answer.table)
