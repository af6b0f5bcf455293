"""`slaledger claim`: file, decide, dispute; and show, list, explain."""

from __future__ import annotations

import click

from cli.answers import shapes
from cli.commands.availability import parsed_month
from cli.commands.completion import accounts, months
from cli.commands.readings import print_readings, readings_of
from cli.commands.recording import group
from cli.options.context import open_ledger, settings
from cli.options.known_at import Asked, currency_known, knowing, knowledge_options, zone_known
from cli.refusals import NothingToExplain, UnknownDecision
from cli.terminal.language import here
from cli.terminal.numbers import currency, moment, money
from cli.terminal.output import WIDTH, Json, emit, format_option, print_pairs, print_table, put, short, wrapped
from cli.terminal.vocabulary import word
from cli.terminal.widths import padded
from domain.case import account_of
from domain.text import said
from ledger.commands.handlers import claim_in
from ledger.log.reader import Reader
from ledger.queries.read_models import Views

claim = group("claim", "Claims for a month: filed, decided clause by clause, disputed, decided again.")


def _shape(log: Reader, account: str, month: str) -> Json:
    case = log.case(account)
    account_of(case, account)
    return shapes.claim(case, claim_in(case, account, month), settings().lang)


@claim.command("show", short_help="A claim and its decisions.")
@click.argument("account", shell_complete=accounts)
@click.argument("month", callback=parsed_month, shell_complete=months)
@knowledge_options
@format_option
def show(account: str, month: str, asked: Asked, format_: str | None) -> None:
    """A claim and its decisions.

    \b
    Example:
      slaledger claim show 1001 2026-03
    """
    with open_ledger() as ledger, knowing(ledger, asked) as known, ledger.reading(known.upto) as log:
        shape = _shape(log, account, month)
    emit(shape, format_, lambda: _print_claim(shape))


def _print_claim(shape: Json) -> None:
    window = shape["window"]
    print_pairs(
        [
            (said("account"), shape["account"]),
            (said("month"), shape["month"]),
            (said("status"), word(shape["status"])),
            (said("filed"), shape["filed_at"]),
            (said("window"), said("{opens} to {closes}", opens=window["opens"] or "?", closes=window["closes"] or "?")),
            *(
                (word(name), currency(shape[name], shape["currency"]))
                for name in ("awarded", "issued", "overpaid")
                if name != "overpaid" or shape[name] != "0.00"
            ),
            (said("vouchers"), " ".join(shape["vouchers"]) or None),
        ]
    )
    if shape["decisions"]:
        print()
        rows = [
            (
                made["number"],
                short(made["decided_at"])[:19],
                word(made["outcome"]),
                money(made["credit"]["total"]) if made["credit"] else "-",
                made["reason"],
            )
            for made in shape["decisions"]
        ]
        columns = (said("no."), said("decided"), said("outcome"), said("credit"), said("reason"))
        print_table(columns, rows, right=["no.", "credit"])


@claim.command("list", short_help="Every claim and where it stands.")
@click.option("--month", callback=parsed_month, shell_complete=months, metavar="YYYY-MM", help="Only this month's.")
@knowledge_options
@format_option
def list_(month: str | None, asked: Asked, format_: str | None) -> None:
    """Every claim and where it stands.

    \b
    Example:
      slaledger claim list --month 2026-03
    """
    with open_ledger() as ledger, knowing(ledger, asked) as known, Views.of(ledger, upto=known.upto) as views:
        with ledger.reading(known.upto) as log:
            zone, currency = zone_known(log, known), currency_known(log)
        rows = [shapes.claim_row(row, zone, currency) for row in views.claims(month)]
    overpaid = ("overpaid",) if any(row["overpaid"] != "0.00" for row in rows) else ()
    columns = ("account", "month", "status", "outcome", "awarded", "issued", *overpaid)
    emit(rows, format_, lambda: _print_claims(rows, columns))


def _print_claims(rows: list[Json], columns: tuple[str, ...]) -> None:
    table = [
        [
            row["account"],
            row["month"],
            word(row["status"]),
            word(row["outcome"]) if row["outcome"] else "",
            *(money(row[column]) for column in columns[4:]),
        ]
        for row in rows
    ]
    print_table(list(map(word, columns)), table, right=columns[4:])


@claim.command("explain", short_help="The derivation, clause by clause.")
@click.argument("account", shell_complete=accounts)
@click.argument("month", callback=parsed_month, shell_complete=months)
@click.option("--decision", "number", type=click.IntRange(1), metavar="N", help="The latest by default.")
@click.option("--readings", is_flag=True, help="And which other reading of a doubtful clause would change it.")
@knowledge_options
@format_option
def explain(account: str, month: str, number: int | None, readings: bool, asked: Asked, format_: str | None) -> None:
    """The derivation of a decision, clause by clause: what went in, what came out.

    \b
    Example:
      slaledger claim explain 1001 2026-03
    """
    with open_ledger() as ledger, knowing(ledger, asked) as known, ledger.reading(known.upto) as log:
        made = _chosen(_shape(log, account, month), number)
        if readings:
            made["readings"] = readings_of(log, account, month, made["number"])
    emit(made, format_, lambda: _print_explained(made))


def _print_explained(made: Json) -> None:
    print_derivation(made)
    if "readings" in made:
        print_readings(made["readings"])


def _chosen(shape: Json, number: int | None) -> Json:
    decisions: list[Json] = shape["decisions"]
    index = len(decisions) if number is None else number
    if not 1 <= index <= len(decisions):
        account, month = shape["account"], shape["month"]
        if not decisions:
            raise NothingToExplain(account=account, month=month)
        raise UnknownDecision(account=account, month=month, number=index, last=len(decisions))
    return decisions[index - 1]


def print_derivation(made: Json) -> None:
    """A decision's steps within 80 columns, each behind its clause."""
    _print_head(made)
    print()
    column = max(8, *(len(step["clause"]) for step in made["steps"]))
    for step in made["steps"]:
        lines = wrapped(step["says"], WIDTH - column - 3)
        print(f"  {padded(here(word(step['clause'])), column)} {lines[0]}")
        for line in lines[1:]:
            print(f"{'':<{column + 3}}{line}")
    print()
    _print_basis(made)


def _print_head(made: Json) -> None:
    put(
        said(
            "Account {account}, {month}, decision {number}: {outcome}, credit {credit}",
            account=made["account"],
            month=made["month"],
            number=made["number"],
            outcome=word(made["outcome"]),
            credit=currency(made["credit"]["total"], made["currency"]) if made["credit"] else said("none"),
        ),
        width=WIDTH,
    )
    decided = said("decided {decided_at}", decided_at=moment(short(made["decided_at"])[:19]))
    if made["reason"]:
        decided = said("{decided}, because: {reason}", decided=decided, reason=made["reason"])
    put(decided, width=WIDTH)


def _print_basis(made: Json) -> None:
    terms, calendar, facts = made["terms"], made["calendar"], made["facts"]
    count = said(
        "{count} events up to position {position}, sha256 {sha256}…",
        count=facts["count"],
        position=facts["position"],
        sha256=facts["sha256"][:16],
    )
    years = ", ".join(map(str, calendar["years"]))
    print_pairs(
        [
            (said("terms"), f"{terms['agreement']} {terms['version']} sha256 {terms['sha256'][:16]}…"),
            (said("calendar"), f"{years} sha256 {calendar['sha256'][:16]}…" if years else said("none")),
            (said("facts"), count),
            (said("record"), made["sha256"]),
            (said("times"), terms["readings"]["timezone"]),
        ]
    )
