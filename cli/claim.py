"""`slaledger claim`: file, decide, dispute; and show, list, explain."""

from __future__ import annotations

import click

from cli import shapes
from cli.changing import group
from cli.completion import accounts, months
from cli.context import open_ledger, settings
from cli.knowledge import Asked, knowing, knowledge_options, zone_known
from cli.output import WIDTH, Json, emit, format_option, print_pairs, print_table, short, wrapped
from cli.reading import parsed_month
from cli.readings import print_readings, readings_of
from domain.case import account_of
from domain.refusals import Refusal
from domain.wording import said
from ledger.handlers import claim_in
from ledger.store.reader import Reader
from ledger.store.views import Views

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
    print_pairs(
        [
            ("account", shape["account"]),
            ("month", shape["month"]),
            ("status", shape["status"]),
            ("filed", shape["filed_at"]),
            ("window", f"{shape['window']['opens'] or '?'} to {shape['window']['closes'] or '?'}"),
            ("awarded", shape["awarded"]),
            ("issued", shape["issued"]),
            ("overpaid", shape["overpaid"] if shape["overpaid"] != "0.00" else None),
            ("vouchers", " ".join(shape["vouchers"]) or None),
        ]
    )
    if shape["decisions"]:
        print()
        rows = [
            (
                made["number"],
                short(made["decided_at"])[:19],
                made["outcome"],
                made["credit"]["total"] if made["credit"] else "-",
                made["reason"],
            )
            for made in shape["decisions"]
        ]
        print_table(("no.", "decided", "outcome", "credit", "reason"), rows, right=["no.", "credit"])


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
            zone = zone_known(log, known)
        rows = [shapes.claim_row(row, zone) for row in views.claims(month)]
    overpaid = ("overpaid",) if any(row["overpaid"] != "0.00" for row in rows) else ()
    columns = ("account", "month", "status", "outcome", "awarded", "issued", *overpaid)
    table = [[row[column] for column in columns] for row in rows]
    emit(rows, format_, lambda: print_table(columns, table, right=columns[4:]))


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
        raise Refusal(
            "claim_undecided" if not decisions else "unknown_decision",
            said("{account} {month}: there is no decision {number}", account=account, month=month, number=index)
            if decisions
            else said("{account} {month}: the claim is not decided", account=account, month=month),
            hint=said("`slaledger claim decide {account} {month}`", account=account, month=month)
            if not decisions
            else None,
        )
    return decisions[index - 1]


def print_derivation(made: Json) -> None:
    """A decision's steps within 80 columns, each behind its clause."""
    credit = made["credit"]["total"] if made["credit"] else "none"
    because = f", because: {made['reason']}" if made["reason"] else ""
    print(f"Account {made['account']}, {made['month']}, decision {made['number']}: {made['outcome']}, credit {credit}")
    for line in wrapped(f"decided {short(made['decided_at'])[:19]}{because}", WIDTH):
        print(line)
    print()
    for step in made["steps"]:
        lines = wrapped(step["says"], WIDTH - 11)
        print(f"  {step['clause']:<8} {lines[0]}")
        for line in lines[1:]:
            print(f"{'':<11}{line}")
    print()
    facts = made["facts"]
    print(f"terms     {made['terms']['agreement']} {made['terms']['version']} sha256 {made['terms']['sha256'][:16]}…")
    print(f"calendar  {', '.join(map(str, made['calendar']['years']))} sha256 {made['calendar']['sha256'][:16]}…")
    print(f"facts     {facts['count']} events up to position {facts['position']}, sha256 {facts['sha256'][:16]}…")
    print(f"record    {made['sha256']}")
    print(f"times     {made['terms']['readings']['timezone']}")
