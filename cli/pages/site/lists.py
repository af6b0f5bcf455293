"""The lists of a site, in pages: all accounts, claims and vouchers, and the accounts of each month."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Generic, NamedTuple, TypeVar

import msgspec

from cli.pages import labels, words
from cli.pages.known import tier_words
from cli.pages.month_book import unavailable
from cli.pages.nav import Link
from cli.pages.site import paths
from cli.pages.site.overview import MonthTally, tally_fields
from cli.pages.site.parts import Cell, PageTable, Site, SitePage, Text, beside, pages_of
from cli.pages.style import NUMBER, PageColumn
from domain.money import percent_cut
from domain.terms.versions import Terms, Version, in_force
from domain.text import Said, said
from ledger.exports.site.rows import ListedRows, SiteAccount, SiteClaim, SiteVoucher
from ledger.queries.month_report import AccountMonth

ROWS = 500
"""The largest number of rows of a page."""
_Row = TypeVar("_Row", bound=msgspec.Struct)
MONTH = "month "
"""What the name of a list of a month begins with."""


class ListPage(NamedTuple):
    """A page of a list, ready to be made: its path, what it is made from, and how."""

    path: str
    inputs: object
    leaf: Callable[[], SitePage]


class _Listing(NamedTuple, Generic[_Row]):
    """A list: its rows, where its pages are, and what they show; `links` lead to other lists."""

    of: str
    type_: type[_Row]
    path: Callable[[int], str]
    part: str
    title: Said | str
    columns: Sequence[PageColumn]
    cells: Callable[[_Row], list[Cell]]
    empty: Said
    fields: Sequence[tuple[Said, Text]] = ()
    links: Sequence[Link] = ()


def _pages(rows: ListedRows, listing: _Listing[_Row]) -> Iterator[ListPage]:
    """The pages of a list, one after the other."""
    pages = pages_of(rows.count(listing.of), ROWS)
    each = rows.read(listing.of, listing.type_)
    for number in range(1, pages + 1):
        part = list(islice(each, ROWS))
        inputs = (number, pages, listing.fields, listing.links, part)

        def leaf(number: int = number, part: Sequence[_Row] = tuple(part)) -> SitePage:
            return _leaf(listing, number, pages, part)

        yield ListPage(listing.path(number), inputs, leaf)


def _leaf(listing: _Listing[_Row], number: int, pages: int, part: Sequence[_Row]) -> SitePage:
    return SitePage(
        path=listing.path(number),
        part=listing.part,
        kind=page_name(number, pages),
        title=listing.title,
        tables=[PageTable("rows", None, listing.columns, list(map(listing.cells, part)), listing.empty)],
        fields=listing.fields,
        beside=[*listing.links, *pager(listing.path, number, pages)],
    )


def page_name(number: int, pages: int) -> Said:
    """The name of a page of a list."""
    return said("Page {number} of {pages}", number=number, pages=pages)


def pager(path: Callable[[int], str], number: int, pages: int) -> list[Link]:
    """The links from a page of a list to the one before and the one after."""
    return beside(
        (path(number - 1), page_name(number - 1, pages)) if number > 1 else None,
        (path(number + 1), page_name(number + 1, pages)) if number < pages else None,
    )


def accounts(site: Site, rows: ListedRows) -> Iterator[ListPage]:
    """The pages of all accounts, by id."""
    counts = (said("months below the commitment"), said("claims"), said("open outages"))
    listing = _Listing(
        of="accounts",
        type_=SiteAccount,
        path=lambda number: paths.listing("accounts", number),
        part="accounts",
        title=said("Accounts"),
        columns=[
            *map(PageColumn, (said("account"), said("name"), said("enrolled"), said("closed"))),
            *(PageColumn(heading, NUMBER) for heading in counts),
        ],
        cells=lambda row: _account(site, row),
        empty=said("No account was enrolled."),
    )
    return _pages(rows, listing)


def _account(site: Site, row: SiteAccount) -> list[Cell]:
    return [
        Cell(row.account, paths.account(row.account)),
        Cell(row.name or ""),
        Cell(labels.moment(row.enrolled_at, site.zone)),
        Cell("" if row.closed_at is None else labels.moment(row.closed_at, site.zone)),
        *(Cell(str(count)) for count in (row.below, row.claims, row.still_open)),
    ]


def claims(site: Site, rows: ListedRows) -> Iterator[ListPage]:
    """The pages of all claims, the latest month first."""
    amounts = (said("awarded"), said("issued"), said("due"), said("overpaid"))
    listing = _Listing(
        of="claims",
        type_=SiteClaim,
        path=lambda number: paths.listing("claims", number),
        part="claims",
        title=said("Claims"),
        columns=[
            *map(PageColumn, (said("month"), said("account"), said("name"), said("status"))),
            *(PageColumn(heading, NUMBER) for heading in amounts),
        ],
        cells=lambda row: _claim(site, row),
        empty=said("Nobody claimed."),
    )
    return _pages(rows, listing)


def _claim(site: Site, row: SiteClaim) -> list[Cell]:
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
    listing = _Listing(
        of="vouchers",
        type_=SiteVoucher,
        path=lambda number: paths.listing("vouchers", number),
        part="vouchers",
        title=said("Vouchers"),
        columns=[
            *map(PageColumn, (w["voucher"], said("account"), said("name"), said("month"), w["issued"])),
            *(PageColumn(w[name], NUMBER) for name in ("amount", "redeemed", "cancelled", "left")),
        ],
        cells=lambda row: _voucher(site, row),
        empty=said("No voucher was issued."),
    )
    return _pages(rows, listing)


def _voucher(site: Site, row: SiteVoucher) -> list[Cell]:
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
    for place, month in enumerate(every):
        before, following = every[place - 1 : place], every[place + 1 : place + 2]
        links = beside(
            (paths.month(before[0]), before[0]) if before else None,
            (paths.month(following[0]), following[0]) if following else None,
        )
        yield from _month(site, rows, in_force(versions, month).terms, month, tallies[month], links)


def _month(
    site: Site, rows: ListedRows, terms: Terms, month: str, tally: MonthTally, links: Sequence[Link]
) -> Iterator[ListPage]:
    w = words.month_words()
    listing = _Listing(
        of=MONTH + month,
        type_=AccountMonth,
        path=lambda number: paths.month(month, number),
        part="home",
        title=month,
        columns=[
            *map(PageColumn, (w["account"], said("name"))),
            *(PageColumn(w[name], NUMBER) for name in ("availability", "unavailable")),
            PageColumn(w["tier"]),
            PageColumn(w["would_one"], NUMBER),
            PageColumn(w["claim"]),
            *(PageColumn(w[name], NUMBER) for name in ("awarded", "issued")),
        ],
        cells=lambda row: _account_month(row, month, terms),
        empty=said("No account had an episode, and none claimed."),
        fields=tally_fields(site, tally),
        links=links,
    )
    return _pages(rows, listing)


def _account_month(row: AccountMonth, month: str, terms: Terms) -> list[Cell]:
    return [Cell(row.account, paths.account(row.account)), Cell(row.name or ""), *month_cells(row, month, terms)]


def month_cells(row: AccountMonth, month: str, terms: Terms) -> list[Cell]:
    """The cells of an account's month, from its availability to what was issued."""
    return [
        Cell(f"{percent_cut(row.numerator, row.denominator)}%"),
        Cell(unavailable(row)),
        Cell(tier_words(row.tier, terms) if row.covered else said("none: not covered")),
        Cell(labels.money(row.credit_fen, terms.currency)),
        Cell(labels.status_words(row.status), paths.claim(row.account, month) if row.status is not None else ""),
        Cell(labels.money(row.awarded_fen, terms.currency)),
        Cell(labels.money(row.issued_fen, terms.currency)),
    ]
