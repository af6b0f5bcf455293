"""`slaledger history`: an account's events in order; as it was at an instant, and as it was known then."""

from __future__ import annotations

import click
import msgspec

from cli.answers.history.account import history_answer
from cli.answers.history.diff import difference
from cli.commands.availability import parsed_month
from cli.options.completion import accounts, months
from cli.options.context import open_ledger
from cli.options.known_at import KnownAt, KnownAtOptions, knowing, knowledge_options, known_at
from cli.refusals import NotYetEnrolled
from cli.terminal.instants import instant_asked
from cli.terminal.output import emit, format_option
from domain.case import account_of, fold
from domain.terms.versions import zone_of
from domain.time import rfc3339
from ledger import clock
from ledger.application import Ledger
from ledger.queries.worklist import AccountThen, account_then


@click.command()
@click.argument("account", shell_complete=accounts)
@click.option(
    "--month", callback=parsed_month, shell_complete=months, metavar="YYYY-MM", help="Only what concerns this month."
)
@click.option("--valid-at", metavar="TIME", help="Use only what had happened by TIME.")
@knowledge_options
@click.option(
    "--diff", "diff", metavar="TIME", help="Also show what changed between that knowledge and what was known at TIME."
)
@format_option
def history(
    account: str, month: str | None, valid_at: str | None, asked: KnownAtOptions, diff: str | None, format_: str | None
) -> None:
    """Show everything recorded about an account, in order: position, time, actor and content.

    \b
    Example:
      slaledger history 1001
    """
    now = clock.now_us()
    valid = None if valid_at is None else instant_asked("--valid-at", valid_at, now)
    other = None if diff is None else instant_asked("--diff", diff, now)
    with open_ledger() as ledger, knowing(ledger, asked) as known:
        then = _then(ledger, account, known, valid)
        _check_enrolled(then, account)
        answer = history_answer(then, account, month)
        if other is not None:
            second = _then(ledger, account, known_at(ledger, other), valid)
            before, after = sorted((then, second), key=lambda one: (one.position, one.known_at))
            answer = msgspec.structs.replace(answer, diff=difference(before, after, month))
    emit(answer, format_, answer.table)


def _then(ledger: Ledger, account: str, known: KnownAt, valid_at: int | None) -> AccountThen:
    with ledger.reading(known.upto) as log:
        return account_then(log, account, known.at, valid_at)


def _check_enrolled(then: AccountThen, account: str) -> None:
    """Check that the account was enrolled by the requested instant. Raises Refusal `unknown_account`."""
    enrolled = account_of(fold(then.known), account)
    if then.case.account is None:
        at = rfc3339(enrolled.enrolled_at, zone_of(then.case.versions))
        raise NotYetEnrolled(account=account, enrolled_at=at)
