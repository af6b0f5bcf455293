"""The lists of a site, in pages: the accounts of a month, all accounts, claims and vouchers; and the overview."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import NamedTuple, TypeVar

import msgspec

from cli.pages import labels, words
from cli.pages.known import tier_words
from cli.pages.month_book import unavailable
from cli.pages.nav import Link
from cli.pages.notices import Notice
from cli.pages.site import paths
from cli.pages.site.parts import Cell, Leaf, Site, Table, Text, beside, pages_of
from cli.pages.style import Column
from domain.money import percent_cut
from domain.terms.versions import Terms, Version, in_force
from domain.text import Said, said
from ledger.exports.site.rows import AccountListed, ClaimListed, ListedRows, VoucherListed
from ledger.queries.month_report import AccountMonth

ROWS = 500
"""The largest number of rows of a page."""
_Row = TypeVar("_Row", bound=msgspec.Struct)
MONTH = "month "
"""What the name of a list of a month begins with."""


class MonthTally(msgspec.Struct, kw_only=True):
    """The sums of a month over its accounts with an episode or a claim; amounts in fen."""

    accounts: int = 0
    below: int = 0
    claims: int = 0
    credit_fen: int = 0
    awarded_fen: int = 0
    issued_fen: int = 0

    def add(self, row: AccountMonth) -> None:
        """Add an account's month."""
        self.accounts += 1
        self.below += row.tier is not None
        self.claims += row.status is not None
        self.credit_fen += row.credit_fen
        self.awarded_fen += row.awarded_fen
        self.issued_fen += row.issued_fen


class ListPage(NamedTuple):
    """A page of a list, ready to be made: its path, what it is made from, and how."""

    path: str
    inputs: object
    leaf: Callable[[], Leaf]


class _Listing(NamedTuple):
    """A list: where its pages are, and what is on each; `links` lead to lists beside it."""

    of: str
    path: Callable[[int], str]
    part: str
    title: Said | str
    table: Callable[[Sequence[msgspec.Struct]], Table]
    fields: Sequence[tuple[Said, Text]] = ()
    links: Sequence[Link] = ()


def _pages(rows: ListedRows, listing: _Listing, type_: type[_Row]) -> Iterator[ListPage]:
    """The pages of a list, one after the other."""
    pages = pages_of(rows.count(listing.of), ROWS)
    each = rows.read(listing.of, type_)
    for number in range(1, pages + 1):
        part = list(islice(each, ROWS))

        def leaf(number: int = number, part: Sequence[msgspec.Struct] = tuple(part)) -> Leaf:
            names = {
                other: said("Page {number} of {pages}", number=other, pages=pages) for other in (number - 1, number + 1)
            }
            return Leaf(
                path=listing.path(number),
                part=listing.part,
                kind=said("Page {number} of {pages}", number=number, pages=pages),
                title=listing.title,
                tables=[listing.table(part)],
                fields=listing.fields,
                beside=[
                    *listing.links,
                    *beside(
                        (listing.path(number - 1), names[number - 1]) if number > 1 else None,
                        (listing.path(number + 1), names[number + 1]) if number < pages else None,
                    ),
                ],
            )

        yield ListPage(listing.path(number), (number, pages, listing.fields, listing.links, part), leaf)


def accounts(site: Site, rows: ListedRows) -> Iterator[ListPage]:
    """The pages of all accounts, by id."""
    columns = [
        Column(said("account")),
        Column(said("name")),
        Column(said("enrolled")),
        Column(said("closed")),
        Column(said("months below the commitment"), True),
        Column(said("claims"), True),
        Column(said("open outages"), True),
    ]

    def table(part: Sequence[msgspec.Struct]) -> Table:
        found = [_account(site, row) for row in part if isinstance(row, AccountListed)]
        return Table("accounts", None, columns, found, said("No account was enrolled."))

    listing = _Listing(
        "accounts", lambda number: paths.listing("accounts", number), "accounts", said("Accounts"), table
    )
    return _pages(rows, listing, AccountListed)


def _account(site: Site, row: AccountListed) -> list[Cell]:
    return [
        Cell(row.account, paths.account(row.account)),
        Cell(row.name or ""),
        Cell(labels.moment(row.enrolled_at, site.zone)),
        Cell("" if row.closed_at is None else labels.moment(row.closed_at, site.zone)),
        Cell(str(row.below)),
        Cell(str(row.claims)),
        Cell(str(row.still_open)),
    ]


def claims(site: Site, rows: ListedRows) -> Iterator[ListPage]:
    """The pages of all claims, the latest month first."""
    columns = [
        Column(said("month")),
        Column(said("account")),
        Column(said("name")),
        Column(said("status")),
        *(Column(heading, True) for heading in (said("awarded"), said("issued"), said("due"), said("overpaid"))),
    ]

    def table(part: Sequence[msgspec.Struct]) -> Table:
        found = [_claim(site, row) for row in part if isinstance(row, ClaimListed)]
        return Table("claims", None, columns, found, said("Nobody claimed."))

    listing = _Listing("claims", lambda number: paths.listing("claims", number), "claims", said("Claims"), table)
    return _pages(rows, listing, ClaimListed)


def _claim(site: Site, row: ClaimListed) -> list[Cell]:
    one = row.claim
    amounts = (one.awarded_fen, one.issued_fen, one.due_fen, one.overpaid_fen)
    return [
        Cell(one.month, paths.claim(one.account, one.month)),
        Cell(one.account, paths.account(one.account)),
        Cell(row.name or ""),
        Cell(labels.status_words(one.status)),
        *(Cell(labels.money(fen, site.currency)) for fen in amounts),
    ]


def vouchers(site: Site, rows: ListedRows) -> Iterator[ListPage]:
    """The pages of all vouchers, the latest first."""
    w = words.case_words()
    columns = [
        Column(w["voucher"]),
        Column(said("account")),
        Column(said("name")),
        Column(said("month")),
        Column(w["issued"]),
        *(Column(w[name], True) for name in ("amount", "redeemed", "cancelled", "left")),
    ]

    def table(part: Sequence[msgspec.Struct]) -> Table:
        found = [_voucher(site, row) for row in part if isinstance(row, VoucherListed)]
        return Table("vouchers", None, columns, found, said("No voucher was issued."))

    listing = _Listing(
        "vouchers", lambda number: paths.listing("vouchers", number), "vouchers", said("Vouchers"), table
    )
    return _pages(rows, listing, VoucherListed)


def _voucher(site: Site, row: VoucherListed) -> list[Cell]:
    one = row.voucher
    amounts = (one.issued_fen, one.redeemed_fen, one.cancelled_fen, one.balance_fen)
    return [
        Cell(one.voucher, paths.voucher(one.voucher)),
        Cell(one.account, paths.account(one.account)),
        Cell(row.name or ""),
        Cell(one.month, paths.claim(one.account, one.month)),
        Cell(labels.moment(one.issued_at, site.zone)),
        *(Cell(labels.money(fen, site.currency)) for fen in amounts),
    ]


def months(
    site: Site, rows: ListedRows, versions: tuple[Version, ...], tallies: dict[str, MonthTally]
) -> Iterator[ListPage]:
    """The pages of every month's accounts with an episode or a claim, the largest amount first."""
    every = sorted(tallies)
    for before, here, following in zip(["", *every], every, [*every[1:], ""], strict=False):
        links = beside(
            (paths.month(before), before) if before else None,
            (paths.month(following), following) if following else None,
        )
        yield from _month(site, rows, in_force(versions, here).terms, here, tallies[here], links)


def _month(
    site: Site, rows: ListedRows, terms: Terms, month: str, tally: MonthTally, links: Sequence[Link]
) -> Iterator[ListPage]:
    w = words.month_words()
    columns = [
        Column(w["account"]),
        Column(said("name")),
        Column(w["availability"], True),
        Column(w["unavailable"], True),
        Column(w["tier"]),
        Column(w["would_one"], True),
        Column(w["claim"]),
        Column(w["awarded"], True),
        Column(w["issued"], True),
    ]

    def cells(row: AccountMonth) -> list[Cell]:
        return [
            Cell(row.account, paths.account(row.account)),
            Cell(row.name or ""),
            Cell(f"{percent_cut(row.numerator, row.denominator)}%"),
            Cell(unavailable(row)),
            Cell(tier_words(row.tier, terms) if row.covered else said("none: not covered")),
            Cell(labels.money(row.credit_fen, terms.currency)),
            Cell(labels.status_words(row.status), paths.claim(row.account, month) if row.status is not None else ""),
            Cell(labels.money(row.awarded_fen, terms.currency)),
            Cell(labels.money(row.issued_fen, terms.currency)),
        ]

    def table(part: Sequence[msgspec.Struct]) -> Table:
        found = [cells(row) for row in part if isinstance(row, AccountMonth)]
        return Table("accounts", None, columns, found, said("No account had an episode, and none claimed."))

    listing = _Listing(
        MONTH + month,
        lambda number: paths.month(month, number),
        "home",
        month,
        table,
        fields=list(zip([column.heading for column in _tally_columns()], _tally(site, tally), strict=True)),
        links=links,
    )
    return _pages(rows, listing, AccountMonth)


def _tally_columns() -> list[Column]:
    headings = (
        said("accounts with an episode or a claim"),
        said("below the commitment"),
        said("credit due if claimed"),
        said("claims"),
        said("awarded"),
        said("issued"),
    )
    return [Column(heading, True) for heading in headings]


def _tally(site: Site, one: MonthTally) -> list[str]:
    return [
        str(one.accounts),
        str(one.below),
        labels.money(one.credit_fen, site.currency),
        str(one.claims),
        labels.money(one.awarded_fen, site.currency),
        labels.money(one.issued_fen, site.currency),
    ]


def home(site: Site, tallies: dict[str, MonthTally], waiting: Sequence[Notice], counts: dict[str, int]) -> Leaf:
    """The overview: the ledger, what waits, and its months."""
    w = words.site_words()
    columns = [Column(said("month")), *_tally_columns()]
    rows = [
        [Cell(month, paths.month(month)), *map(Cell, _tally(site, one))]
        for month, one in sorted(tallies.items(), reverse=True)
    ]
    fields: list[tuple[Said, Text]] = [(w[name], str(count)) for name, count in counts.items()]
    return Leaf(
        path=paths.HOME,
        part="home",
        kind=said("Availability and service credits"),
        title=said("Overview"),
        about=site.ledger,
        fields=[*fields, (said("Last event"), labels.moment(site.at, site.zone)), (said("Time zone"), site.zone)],
        waiting=waiting,
        tables=[Table("months", said("Months"), columns, rows, said("No month had an episode, and nobody claimed."))],
        position=site.position,
    )
