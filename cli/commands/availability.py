"""Questions about availability: a month, who fell short, the mean time between failures, and what waits."""

from __future__ import annotations

from fractions import Fraction

import click

from cli.answers import shapes
from cli.commands.completion import accounts, months
from cli.options.context import open_ledger
from cli.options.known_at import Asked, currency_known, knowing, knowledge_options, zone_known
from cli.terminal.numbers import money
from cli.terminal.output import WIDTH, Json, emit, format_option, plain, print_pairs, print_table, put, short
from cli.terminal.sparkline import bar, outage_by_day, sparkline
from cli.terminal.vocabulary import word
from domain.money import percent_cut, yuan
from domain.refusals import BadValue
from domain.text import said, words_of
from domain.time import DAY_US, HOUR_US, MonthText, seconds_text
from ledger.queries.worklist import Breach, Work, breaches_of, month_of_account, mtbf_of_account, work


def parsed_month(context: click.Context, parameter: click.Parameter, value: str | None) -> str | None:
    """A month as a click callback. Raises click.BadParameter."""
    try:
        return None if value is None else str(MonthText.parse(value))
    except BadValue as error:
        raise click.BadParameter(said("{message} ({hint})", message=words_of(error), hint=error.hint)) from None


@click.command()
@click.argument("account", shell_complete=accounts)
@click.argument("month", callback=parsed_month, shell_complete=months)
@knowledge_options
@format_option
def availability(account: str, month: str, asked: Asked, format_: str | None) -> None:
    """The month, measured: total, unavailable, the exact ratio, the tier.

    \b
    Example:
      slaledger availability 1001 2026-03
    """
    with open_ledger() as ledger, knowing(ledger, asked) as known, ledger.reading(known.upto) as log:
        result = month_of_account(log, account, month, known.at)
    shape = shapes.month_under(account, month, result.version.terms, result.availability)
    emit(shape, format_, lambda: print_month(shape))


def print_month(shape: Json) -> None:
    """A measured month for people."""
    ratio = shape["availability"]
    tier = said("none: the commitment is met") if shape["meets_commitment"] else f"{shape['tier']}"
    print_pairs(
        [
            (said("account"), shape["account"]),
            (said("month"), shape["month"]),
            (said("terms"), f"{shape['terms']['agreement']} {shape['terms']['version']}"),
            (said("availability"), f"{ratio['percent']} % ({ratio['numerator']}/{ratio['denominator']})"),
            (
                said("unavailable"),
                said(
                    "{unavailable} s of {total} s",
                    unavailable=plain(shape["unavailable_seconds"]),
                    total=plain(shape["total_seconds"]),
                ),
            ),
            (said("tier"), tier if shape["tier"] or shape["meets_commitment"] else said("none")),
            (said("outages by day"), sparkline(outage_by_day(shape)) if shape["episodes"] else None),
        ]
    )
    if shape["episodes"]:
        print()
        rows = [
            (
                number,
                short(episode["start"]),
                short(episode["end"]) if episode["end"] else said("open"),
                episode["seconds"],
                episode["counted_seconds"],
            )
            for number, episode in enumerate(shape["episodes"], start=1)
        ]
        columns = (said("no."), said("start"), said("end"), said("s"), said("counted"))
        print_table(columns, rows, right=["no.", "s", "counted"])
        print()
        for number, episode in enumerate(shape["episodes"], start=1):
            put(
                said("no. {number}: {incidents}", number=number, incidents=", ".join(episode["incidents"])), width=WIDTH
            )


@click.command()
@click.argument("month", callback=parsed_month, shell_complete=months)
@knowledge_options
@format_option
def breaches(month: str, asked: Asked, format_: str | None) -> None:
    """Every account below the commitment, with the credit that a claim would get.

    \b
    Example:
      slaledger breaches 2026-03
    """
    with open_ledger() as ledger, knowing(ledger, asked) as known:
        found = breaches_of(ledger, month, known.at, known.upto)
        with ledger.reading(known.upto) as log:
            currency = currency_known(log)
    emit([_breach(breach, currency) for breach in found], format_, lambda: _print_breaches(found))


def _breach(breach: Breach, currency: str) -> Json:
    return {
        "account": breach.account,
        "month": breach.month,
        "availability": shapes.ratio(breach.numerator, breach.denominator),
        "tier": breach.tier,
        "credit": yuan(breach.credit_fen),
        "currency": currency,
    }


def _print_breaches(found: list[Breach]) -> None:
    """The accounts, each with a bar: how much of the worst one's unavailability its own is."""
    worst = max((Fraction(b.denominator - b.numerator, b.denominator) for b in found), default=Fraction(1))
    rows = [
        (
            breach.account,
            breach.month,
            percent_cut(breach.numerator, breach.denominator),
            _bar(Fraction(breach.denominator - breach.numerator, breach.denominator) / worst),
            breach.tier,
            money(yuan(breach.credit_fen)),
        )
        for breach in found
    ]
    columns = (
        said("account"),
        said("month"),
        said("availability %"),
        said("unavailable"),
        said("tier"),
        said("credit"),
    )
    print_table(columns, rows, right=["availability %", "tier", "credit"])


def _bar(share: Fraction) -> str:
    return bar(share.numerator, share.denominator, len("unavailable"))


@click.command()
@click.argument("account", shell_complete=accounts)
@click.argument("year", type=click.IntRange(2000, 2200))
@knowledge_options
@format_option
def mtbf(account: str, year: int, asked: Asked, format_: str | None) -> None:
    """The mean time between failures of a natural year, and whether it meets the commitment.

    \b
    Example:
      slaledger mtbf 1001 2026
    """
    with open_ledger() as ledger, knowing(ledger, asked) as known, ledger.reading(known.upto) as log:
        result = mtbf_of_account(log, account, year, known.at)
    mean_us = None if result.mean_us is None else result.mean_us.numerator // result.mean_us.denominator
    shape: Json = {
        "account": account,
        "year": year,
        "events": result.events,
        "mean_seconds": None if mean_us is None else shapes.seconds(mean_us),
        "commitment_days": result.commitment_days,
        "meets_commitment": result.meets_commitment,
    }
    mean = (
        said("undefined: fewer than two outages")
        if mean_us is None
        else said(
            "{seconds} s, {days} days and {hours} hours",
            seconds=seconds_text(mean_us),
            days=mean_us // DAY_US,
            hours=mean_us % DAY_US // HOUR_US,
        )
    )
    emit(
        shape,
        format_,
        lambda: print_pairs(
            [
                (said("account"), account),
                (said("year"), year),
                (said("outages"), result.events),
                (said("mean"), mean),
                (said("commitment"), _promised(result.commitment_days)),
                (said("met"), said("yes") if result.meets_commitment else said("no")),
            ]
        ),
    )


def _promised(days: int | None) -> str:
    return said("none") if days is None else said("{days} days", days=days)


@click.command()
@knowledge_options
@format_option
def worklist(asked: Asked, format_: str | None) -> None:
    """What waits: breaches to claim and until when, claims to decide, awards to issue.

    \b
    Example:
      slaledger worklist
    """
    with open_ledger() as ledger, knowing(ledger, asked) as known:
        found = work(ledger, known.at, known.upto)
        with ledger.reading(known.upto) as log:
            zone, currency = zone_known(log, known), currency_known(log)
    shape: Json = {
        "unclaimed": [
            {
                **_breach(one.breach, currency),
                "earlier": one.earlier,
                "opens": shapes.instant(one.opens_at, zone),
                "closes": shapes.instant(one.closes_at, zone),
            }
            for one in found.unclaimed
        ],
        "to_decide": [
            {"account": row.account, "month": row.month, "filed_at": shapes.instant(row.filed_at, zone)}
            for row in found.to_decide
        ],
        "to_issue": [
            {
                "account": row.account,
                "month": row.month,
                "amount": yuan(row.awarded_fen - row.issued_fen),
                "currency": currency,
            }
            for row in found.to_issue
        ],
    }
    emit(shape, format_, lambda: _print_work(shape, found))


def _day(instant: str | None) -> str:
    """An edge of a claim window, which is a midnight; `?` where its calendar is not recorded yet."""
    return instant[:10] if instant else "?"


def _print_work(shape: Json, found: Work) -> None:
    if not (found.unclaimed or found.to_decide or found.to_issue):
        put(said("nothing waits"))
    if found.unclaimed:
        rows = [
            (
                one["account"],
                one["month"],
                one["tier"],
                money(one["credit"]),
                word(one["earlier"]) if one["earlier"] else "-",
                *(_day(one[name]) for name in ("opens", "closes")),
            )
            for one in shape["unclaimed"]
        ]
        columns = (
            said("account"),
            said("month"),
            said("tier"),
            said("credit"),
            said("earlier claim"),
            said("claim from"),
            said("before"),
        )
        print_table(columns, rows, right=["tier", "credit"], title=said("Breaches without a claim"))
    if found.to_decide:
        print()
        claims = [(one["account"], one["month"], short(one["filed_at"])) for one in shape["to_decide"]]
        print_table((said("account"), said("month"), said("filed")), claims, title=said("Claims to decide"))
    if found.to_issue:
        print()
        awards = [(one["account"], one["month"], money(one["amount"])) for one in shape["to_issue"]]
        of_awards = (said("account"), said("month"), said("amount"))
        print_table(of_awards, awards, right=["amount"], title=said("Awards to issue"))
