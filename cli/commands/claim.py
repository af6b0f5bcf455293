"""`slaledger claim`: show, list, explain. The commands that change the ledger are generated."""

from __future__ import annotations

import click
import msgspec

from cli.answers.claims import ClaimAnswer, claim_answer, claim_listed, print_claims
from cli.answers.decisions import DecisionAnswer
from cli.answers.names import named
from cli.answers.readings import readings_of
from cli.commands.availability import parsed_month
from cli.options.completion import accounts, months
from cli.options.context import open_ledger, settings
from cli.options.known_at import KnownAtOptions, knowing, knowledge_options, zone_known
from cli.refusals import NothingToExplain, UnknownDecision
from cli.terminal.output import emit, format_option
from domain.case import account_of
from domain.terms.versions import currency_of
from ledger.commands.handlers.claim import claim_in
from ledger.log.reader import Reader
from ledger.queries.read_models import ReadModels


def _claim(log: Reader, account: str, month: str) -> ClaimAnswer:
    case = log.case(account)
    account_of(case, account)
    return claim_answer(case, claim_in(case, account, month), settings().lang)


@click.command("show", short_help="Show a claim and its decisions.")
@click.argument("account", shell_complete=accounts)
@click.argument("month", callback=parsed_month, shell_complete=months)
@knowledge_options
@format_option
def show(account: str, month: str, asked: KnownAtOptions, format_: str | None) -> None:
    """Show a claim and its decisions.

    \b
    Example:
      slaledger claim show 1001 2026-03
    """
    with open_ledger() as ledger, knowing(ledger, asked) as known, ledger.reading(known.upto) as log:
        answer = _claim(log, account, month)
    emit(answer, format_, answer.table)


@click.command("list", short_help="List the claims and their status.")
@click.option("--month", callback=parsed_month, shell_complete=months, metavar="YYYY-MM", help="Only this month's.")
@knowledge_options
@format_option
def list_(month: str | None, asked: KnownAtOptions, format_: str | None) -> None:
    """List the claims and their status.

    \b
    Example:
      slaledger claim list --month 2026-03
    """
    with open_ledger() as ledger, knowing(ledger, asked) as known, ReadModels.of(ledger, upto=known.upto) as views:
        with ledger.reading(known.upto) as log:
            zone, currency, names = zone_known(log, known), currency_of(log.versions()), log.account_names()
        rows = named((claim_listed(row, zone, currency) for row in views.claims(month)), names)
    emit(rows, format_, lambda: print_claims(rows))


@click.command("explain", short_help="Explain a decision clause by clause.")
@click.argument("account", shell_complete=accounts)
@click.argument("month", callback=parsed_month, shell_complete=months)
@click.option(
    "--decision",
    "number",
    type=click.IntRange(1),
    metavar="N",
    help="The number of the decision; the latest by default.",
)
@click.option(
    "--readings", is_flag=True, help="Also show which other reading of a doubtful clause would change the result."
)
@knowledge_options
@format_option
def explain(
    account: str, month: str, number: int | None, readings: bool, asked: KnownAtOptions, format_: str | None
) -> None:
    """Explain a decision clause by clause: what went in, what came out.

    \b
    Example:
      slaledger claim explain 1001 2026-03
    """
    with open_ledger() as ledger, knowing(ledger, asked) as known, ledger.reading(known.upto) as log:
        made = _chosen(_claim(log, account, month), number)
        if readings:
            made = msgspec.structs.replace(made, readings=readings_of(log, account, month, made.number))
    emit(made, format_, made.table)


def _chosen(claim: ClaimAnswer, number: int | None) -> DecisionAnswer:
    index = len(claim.decisions) if number is None else number
    if not claim.decisions:
        raise NothingToExplain(account=claim.account, month=claim.month)
    if not 1 <= index <= len(claim.decisions):
        raise UnknownDecision(account=claim.account, month=claim.month, number=index, last=len(claim.decisions))
    return claim.decisions[index - 1]
