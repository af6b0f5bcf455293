"""`slaledger report`: a month over all accounts, as an answer or as a page to look at."""

from __future__ import annotations

import click

from cli.answers import shapes
from cli.commands.availability import parsed_month
from cli.commands.completion import months
from cli.options.context import open_ledger
from cli.options.known_at import Asked, knowing, knowledge_options
from cli.terminal.numbers import currency, money
from cli.terminal.output import Json, chosen, emit, format_option, print_pairs, print_table, put
from cli.terminal.progress import progress
from cli.terminal.vocabulary import word
from domain.money import percent_cut, percent_text, yuan
from domain.text import said
from domain.time import written
from ledger.copies.transfer import check_is_not
from ledger.files.writing import STDOUT, new_file
from ledger.queries.month_report import AccountMonth, MonthReport, Totals, month_report


@click.command()
@click.argument("month", callback=parsed_month, shell_complete=months)
@click.option("--html", "html", metavar="FILE", help="A page to look at.")
@click.option("--force", is_flag=True, help="Replace FILE where it exists.")
@knowledge_options
@format_option
def report(month: str, html: str | None, force: bool, asked: Asked, format_: str | None) -> None:
    """A month over all accounts: availability, tiers, claims, amounts. Open outages count up to the last event.

    A table shows the accounts below the commitment and those that claimed; other formats all accounts.

    \b
    Example:
      slaledger report 2026-03 --html report.html
    """
    if html is None:
        found = _report(month, asked)
        rows = chosen(format_) in ("csv", "jsonl")
        answer = [_account(row) for row in found.accounts] if rows else _shape(found)
        emit(answer, format_, lambda: _print_report(found))
        return
    with new_file(html, force=force) as out:
        from cli.pages.month import month_page  # most commands need no Jinja2

        found = _report(month, asked, html)
        page = month_page(found)
        out.write(page)
    if html != STDOUT:
        answer = {"html": html, "month": month, "accounts": len(found.accounts), "bytes": len(page)}
        words = said("{file}: {month} over all accounts, {count} bytes", file=html, month=month, count=len(page))
        emit(answer, format_, lambda: put(words))


def _report(month: str, asked: Asked, file: str | None = None) -> MonthReport:
    """The month; `file` is where it goes, which must not be the ledger. Raises Refusal `no_terms`."""
    with (
        open_ledger() as ledger,
        knowing(ledger, asked) as known,
        ledger.reading(known.upto) as log,
        progress("accounts") as advance,
    ):
        if file is not None:
            check_is_not(ledger, file)
        at = log.recorded_at() if known.upto is None else known.at
        return month_report(log, month, at, advance)


def _shape(found: MonthReport) -> Json:
    terms = found.version.terms
    return {
        "month": found.month,
        "position": found.position,
        "known_at": written(found.at, terms.zone),
        "terms": {"agreement": terms.agreement, "version": terms.version},
        "commitment": percent_text(terms.commitment.availability.value),
        "totals": _totals(found.totals),
        "accounts": [_account(row) for row in found.accounts],
    }


def _account(row: AccountMonth) -> Json:
    return {
        "account": row.account,
        "covered": row.covered,
        "availability": shapes.ratio(row.numerator, row.denominator),
        "unavailable_seconds": shapes.seconds(row.unavailable_us),
        "tier": row.tier,
        "credit": yuan(row.credit_fen),
        "claim": row.status,
        "outcome": row.outcome,
        "awarded": yuan(row.awarded_fen),
        "issued": yuan(row.issued_fen),
    }


def _totals(totals: Totals) -> Json:
    return {
        "accounts": totals.accounts,
        "not_covered": totals.not_covered,
        "with_outage": totals.with_outage,
        "below": totals.below,
        "by_tier": {str(tier): count for tier, count in totals.by_tier.items()},
        "credit": yuan(totals.credit_fen),
        "claims": totals.claims,
        "awarded": yuan(totals.awarded_fen),
        "issued": yuan(totals.issued_fen),
        "unclaimed": totals.unclaimed,
        "unclaimed_credit": yuan(totals.unclaimed_fen),
    }


def _print_report(found: MonthReport) -> None:
    totals, code = found.totals, found.version.terms.currency
    print_pairs(
        [
            (said("month"), found.month),
            (said("accounts"), _counts(totals)),
            (
                said("below"),
                said(
                    "{count} of them, claims would get {amount}",
                    count=totals.below,
                    amount=currency(yuan(totals.credit_fen), code),
                ),
            ),
            (
                said("claims"),
                said(
                    "{count}, awarded {amount}",
                    count=totals.claims,
                    amount=currency(yuan(totals.awarded_fen), code),
                ),
            ),
            (said("issued"), currency(yuan(totals.issued_fen), code)),
            (
                said("unclaimed"),
                said(
                    "{count}, would get {amount}",
                    count=totals.unclaimed,
                    amount=currency(yuan(totals.unclaimed_fen), code),
                ),
            ),
        ]
    )
    rows = [
        (
            row.account,
            percent_cut(row.numerator, row.denominator),
            row.tier or "-",
            money(yuan(row.credit_fen)),
            word(row.status) if row.status else "-",
            money(yuan(row.awarded_fen)),
            money(yuan(row.issued_fen)),
        )
        for row in found.accounts
        if row.tier is not None or row.status is not None
    ]
    print()
    columns = (
        said("account"),
        said("availability %"),
        said("tier"),
        said("credit"),
        said("claim"),
        said("awarded"),
        said("issued"),
    )
    print_table(columns, rows, right=[columns[1], columns[2], columns[3], columns[5], columns[6]])


def _counts(totals: Totals) -> str:
    return said(
        "{count}, {outages} with an outage that counts, {uncovered} not covered",
        count=totals.accounts,
        outages=totals.with_outage,
        uncovered=totals.not_covered,
    )
