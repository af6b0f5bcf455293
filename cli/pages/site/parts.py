"""What the pages of a site have in common: their context, their links, tables of cells, and how they are rendered."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import msgspec

from cli.pages.nav import Link, Nav
from cli.pages.notices import Notice
from cli.pages.rendering import page
from cli.pages.site import paths, words
from cli.pages.style import PageColumn, cards, paper
from cli.terminal.language import language
from domain.text import Said
from ledger.demo import is_demo

Text = Said | str


class Cell(NamedTuple):
    """A cell of a table: its text, and where it leads, a path of the site."""

    text: Text
    to: str = ""


class PageTable(NamedTuple):
    """A table of a page. Its rows have an id each where `ids` are given; `empty` is said where there are no rows."""

    name: str
    heading: Said | None
    columns: Sequence[PageColumn]
    rows: Sequence[Sequence[Cell]]
    empty: Said
    ids: Sequence[str] = ()


class Site(NamedTuple):
    """What all pages of a site rest on: the ledger, its zone and currency, and a digest of what they have in common.

    The last event is at `position`, recorded at `last`; open outages count up to `at`, which is later where that was
    asked for.
    """

    ledger: str
    zone: str
    currency: str
    position: int
    last: int
    at: int
    seed: str

    def digest(self, *inputs: object) -> str:
        """The digest of what a page is made from."""
        return hashlib.sha256(msgspec.json.encode((self.seed, *inputs), enc_hook=str)).hexdigest()

    def nav(self, path: str, part: str, beside: Iterable[Link] = ()) -> Nav:
        """The links of a page; `part` is the part of the site that it belongs to."""
        w = words.site_words()
        parts = {
            "home": paths.HOME,
            "accounts": paths.listing("accounts"),
            "claims": paths.listing("claims"),
            "vouchers": paths.listing("vouchers"),
            "log": paths.LOG,
            "search": paths.SEARCH,
        }
        links = [Link(paths.relative(to, path), w[name], name == part) for name, to in parts.items()]
        return Nav(w["parts"], links, [link._replace(href=paths.relative(link.href, path)) for link in beside])


def beside(previous: tuple[str, Text] | None, following: tuple[str, Text] | None) -> list[Link]:
    """The links to the page before and to the one after, where there are any; each is a path and its words."""
    found = ((previous, "prev"), (following, "next"))
    return [Link(one[0], one[1], rel=rel) for one, rel in found if one is not None]


def pages_of(count: int, size: int) -> int:
    """How many pages a list of so many rows has, at least one."""
    return max(1, -(-count // size))


class SitePage(NamedTuple):
    """A page of tables: its path, part of the site, kind, title, and what it shows."""

    path: str
    part: str
    kind: Said
    title: Text
    tables: Sequence[PageTable]
    fields: Sequence[tuple[Said, Text]] = ()
    waiting: Sequence[Notice] = ()
    beside: Sequence[Link] = ()
    position: int | None = None
    note: Said | None = None
    about: str = ""


def rendered(site: Site, leaf: SitePage) -> bytes:
    """Render a page of tables. Raises Unreadable `no_jinja`."""
    columns = {table.name: table.columns for table in leaf.tables}
    return page(
        "site.html.j2",
        language(),
        demo=is_demo(site.ledger),
        sheets=("lists.css",),
        style=cards(columns) + paper(site.ledger, leaf.about or str(leaf.title), leaf.position),
        nav=site.nav(leaf.path, leaf.part, leaf.beside),
        leaf=leaf,
        w=words.site_words(),
        to=lambda target: paths.relative(target, leaf.path),
        ledger=site.ledger,
    )
