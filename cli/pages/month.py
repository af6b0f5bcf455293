"""The page of a month: `slaledger report --html`."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any, NamedTuple

from cli.pages import labels, notices, words
from cli.pages import tables as columns_of
from cli.pages.known import tier_words
from cli.pages.month_book import CLAIMED, BookDetails, in_order, script_data, unavailable
from cli.pages.recorders import claimed, limit_words
from cli.pages.rendering import page
from cli.pages.scale import Band, bands, place
from cli.pages.style import cards, paper
from cli.pages.swings import swings_of_month
from cli.terminal.language import language
from domain.money import percent_cut, percent_text
from domain.terms.versions import Terms
from domain.text import Said, counted, said
from ledger.queries.month_report import AccountMonth, MonthReport, Totals
from ledger.queries.voucher_movements import RollForward

ROWS = 500
"""The largest number of accounts in the table, those with the largest amounts; the page sums up the others."""
DOTS = 200
"""The largest number of accounts with an outage that get named dots; more are drawn as one path per tier."""
NAMED = 12
WIDTH, BAND = 1000, 90
"""The plot's own units: the plot is stretched to fit the page, its dots are not."""


class _Dot(NamedTuple):
    """An account in the plot."""

    account: str
    tier: int
    x: int
    y: int
    words: Said
    in_table: bool


class _Plot(NamedTuple):
    """The accounts with an outage: named dots while they are few, else one path per tier."""

    width: int
    height: int
    lines: list[int]
    bands: list[tuple[int, Said]]
    dots: list[_Dot]
    paths: list[tuple[int, str]]
    names: list[str]
    drawn: Said
    flat: Said | str


def month_page(report: MonthReport, details: BookDetails) -> bytes:
    """Make the page of a month over all accounts. Raises Unreadable `no_jinja`."""
    terms, totals = report.version.terms, report.totals
    rows, seldom = _rows(report.accounts), _seldom(totals)
    columns = columns_of.of_month([heading for _, _, heading in seldom])
    return page(
        "month.html.j2",
        language(),
        sheets=("lists.css",),
        style=cards(columns) + paper(report.ledger, report.month, report.position),
        script="month.js",
        data=script_data(report, details, [name for name, _, _ in seldom]),
        nav=None,
        tables_of=columns,
        demo=report.is_demo,
        w=words.month_words(),
        words=words,
        statuses=[(code, labels.status_words(code)) for code in CLAIMED],
        month=report.month,
        zone=terms.zone,
        title=terms.title,
        agreement=f"{terms.agreement} {terms.version}",
        commitment=percent_text(terms.commitment.availability.value),
        known=labels.moment(report.at, terms.zone),
        position=report.position,
        totals=_total_fields(totals, terms),
        tiers=_tiers(report.accounts, terms),
        plot=_plot(report.accounts, terms, {row.account for row in rows[:ROWS]}),
        rows=[
            (_row(row, terms), [labels.money(getattr(row, name), terms.currency) for name, _, _ in seldom])
            for row in rows[:ROWS]
        ],
        further=_further(rows[ROWS:], report.month, terms),
        waiting=notices.of_month(report.accounts, terms),
        swings=swings_of_month(report),
        roll_forward=_roll_forward(report.roll_forward, terms),
        limits=[limit_words(limit, terms) for limit in report.limits],
        claimed=claimed() if report.actors_are_claimed else None,
    )


def _rows(accounts: Sequence[AccountMonth]) -> list[AccountMonth]:
    """The accounts below the commitment or with a claim, the largest amount first."""
    return in_order(row for row in accounts if row.tier is not None or row.status is not None)


def _row(row: AccountMonth, terms: Terms) -> tuple[Any, ...]:
    return (
        row.account,
        row.name or "",
        f"{percent_cut(row.numerator, row.denominator)}%",
        unavailable(row),
        tier_words(row.tier, terms) if row.covered else said("none: not covered"),
        labels.money(row.credit_fen, terms.currency),
        labels.status_words(row.status),
        "" if row.outcome is None else labels.outcome(row.outcome),
        labels.money(row.awarded_fen, terms.currency),
        labels.money(row.issued_fen, terms.currency),
    )


def _seldom(totals: Totals) -> list[tuple[str, Said, Said]]:
    """The amounts that are mostly zero and that any account has: their fields, labels and headings."""
    found = (
        ("cancelled_fen", said("Cancelled"), said("cancelled")),
        ("due_fen", said("Due"), said("due")),
        ("overpaid_fen", said("Overpaid"), said("overpaid")),
    )
    return [one for one in found if getattr(totals, one[0])]


def _total_fields(totals: Totals, terms: Terms) -> list[tuple[Said, str | Said]]:
    return [
        (said("Accounts"), str(totals.accounts)),
        (said("Not covered"), str(totals.not_covered)),
        (said("With an episode that counts"), str(totals.with_outage)),
        (said("Below the commitment"), str(totals.below)),
        (said("Credit due on the facts known"), labels.money(totals.credit_fen, terms.currency)),
        (said("Claims"), str(totals.claims)),
        (said("Awarded"), labels.money(totals.awarded_fen, terms.currency)),
        (said("Issued"), labels.money(totals.issued_fen, terms.currency)),
        *((label, labels.money(getattr(totals, name), terms.currency)) for name, label, _ in _seldom(totals)),
        (said("Breaches without a claim"), str(totals.unclaimed)),
        (said("Credit due if claimed"), labels.money(totals.unclaimed_fen, terms.currency)),
    ]


def _tiers(accounts: Sequence[AccountMonth], terms: Terms) -> list[tuple[int, Said, int, str, str]]:
    """Each band of the scale: its tier, words, number of accounts, possible credit, and awards."""
    found = []
    for band in bands(terms):
        own = [row for row in accounts if row.covered and (row.tier or 0) == band.tier]
        label = tier_words(band.tier, terms) if band.tier else said("none: the commitment is met")
        credit = labels.money(sum(row.credit_fen for row in own), terms.currency)
        found.append(
            (band.tier, label, len(own), credit, labels.money(sum(row.awarded_fen for row in own), terms.currency))
        )
    return found


def _plot(accounts: Sequence[AccountMonth], terms: Terms, in_table: set[str]) -> _Plot:
    """The accounts with an outage from the least available to the most; each tier has the same height."""
    shown = sorted(
        (row for row in accounts if row.unavailable_us and row.covered), key=lambda row: (row.ratio, row.account)
    )
    least = shown[0].ratio if shown and shown[0].tier == len(terms.tiers) else Fraction(0)
    scale = bands(terms, least)
    dots = [_dot(row, index, len(shown), scale, in_table) for index, row in enumerate(shown)]
    return _Plot(
        width=WIDTH,
        height=BAND * len(scale),
        lines=[BAND * index for index in range(1, len(scale))],
        bands=[(band.tier, _band_words(band)) for band in scale],
        dots=dots if len(dots) <= DOTS else [],
        paths=[] if len(dots) <= DOTS else _paths(dots),
        names=[dot.account for dot in dots] if 0 < len(dots) <= NAMED else [],
        drawn=counted(
            "{n} account had an episode that counts.", "{n} accounts had an episode that counts.", n=len(shown)
        ),
        flat=_flat(sum(row.covered for row in accounts) - len(shown)),
    )


def _flat(without: int) -> Said | str:
    if not without:
        return ""
    return counted(
        "{n} account was available all the time and is not drawn.",
        "{n} accounts were available all the time and are not drawn.",
        n=without,
    )


def _band_words(band: Band) -> Said:
    if band.tier == 0:
        return said("met, at or above {lower}", lower=percent_text(band.lower))
    return said("tier {tier}, below {upper}", tier=band.tier, upper=percent_text(band.upper))


def _dot(row: AccountMonth, index: int, count: int, scale: list[Band], in_table: set[str]) -> _Dot:
    words_ = said("{account}: {percent}%", account=row.account, percent=percent_cut(row.numerator, row.denominator))
    x = WIDTH * (2 * index + 1) // (2 * count)
    return _Dot(
        row.account, row.tier or 0, x, place(row.ratio, scale, BAND * len(scale)), words_, row.account in in_table
    )


def _paths(dots: Sequence[_Dot]) -> list[tuple[int, str]]:
    """One path per tier, with each occupied place once."""
    places: dict[int, dict[tuple[int, int], None]] = {}
    for dot in dots:
        places.setdefault(dot.tier, {})[dot.x, dot.y] = None
    return [(tier, "".join(f"M{x} {y}h0" for x, y in found)) for tier, found in sorted(places.items())]


def _roll_forward(found: RollForward, terms: Terms) -> list[tuple[Said, str | Said]]:
    """The vouchers' worth through the month; nothing where there was no voucher yet."""
    fields = (
        (said("Opening balance"), found.opening_fen),
        (said("Issued"), found.issued_fen),
        (said("Reversed"), found.reversed_fen),
        (said("Redeemed"), found.redeemed_fen),
        (said("Cancelled"), found.cancelled_fen),
        (said("Closing balance"), found.closing_fen),
    )
    if not any(fen for _, fen in fields):
        return []
    return [(label, labels.money(fen, terms.currency)) for label, fen in fields]


def _further(rows: Sequence[AccountMonth], month: str, terms: Terms) -> Said | None:
    if not rows:
        return None
    return counted(
        "{n} further account was awarded {awarded} and would get {credit}: "
        "`slaledger report {month} --format csv` lists all.",
        "{n} further accounts were awarded {awarded} and would get {credit}: "
        "`slaledger report {month} --format csv` lists all.",
        n=len(rows),
        awarded=labels.money(sum(row.awarded_fen for row in rows), terms.currency),
        credit=labels.money(sum(row.credit_fen for row in rows), terms.currency),
        month=month,
    )
