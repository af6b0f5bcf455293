"""The search page of a site: its index is in parts that are scripts, since a page on a disk may fetch nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

import msgspec

from cli.pages import labels
from cli.pages.rendering import BESIDE, embedded, page, tongue
from cli.pages.site import paths, words
from cli.pages.site.parts import Site
from cli.pages.style import paper
from cli.terminal.language import language
from ledger.demo import is_demo
from ledger.exports.site.rows import ListedRows, SiteAccount, SiteClaim, SiteVoucher

ENTRIES = 2_000
"""The largest number of entries of a part."""
STATUSES = ("filed", "withdrawn", "refused", "awarded", "not_awarded", "disputed", "settled")


class IndexEntry(NamedTuple):
    """An entry of the index: what it is, its id, its account's name, its page, and a claim's status."""

    kind: str
    id: str
    name: str
    path: str
    status: str


class Shard(NamedTuple):
    """A part of the index: its path and its entries."""

    number: int
    entries: list[IndexEntry]

    def script(self) -> bytes:
        """The part as a script."""
        return f"found({self.number},{embedded(self.entries)});\n".encode()


def shards(rows: ListedRows) -> Iterator[Shard]:
    """The parts of the index, one by one."""
    each = _entries(rows)
    number = 0
    while entries := list(islice(each, ENTRIES)):
        yield Shard(number, entries)
        number += 1


def _entries(rows: ListedRows) -> Iterator[IndexEntry]:
    for account in rows.read("accounts", SiteAccount):
        yield IndexEntry("account", account.account, account.name or "", paths.account(account.account), "")
    for claim in rows.read("claims", SiteClaim):
        one = claim.claim
        path = paths.claim(one.account, one.month)
        yield IndexEntry("claim", f"{one.account} {one.month}", claim.name or "", path, one.status)
    for voucher in rows.read("vouchers", SiteVoucher):
        of = voucher.voucher
        yield IndexEntry("voucher", of.voucher, voucher.name or "", paths.voucher(of.voucher), "")


class _SearchData(msgspec.Struct, frozen=True, kw_only=True):
    """The data for the script: the paths of the parts, and words."""

    parts: list[str]
    words: dict[str, str]
    statuses: dict[str, str]


def search_page(site: Site, parts: int) -> bytes:
    """The page that searches the index. Raises Unreadable `no_jinja`."""
    w = words.search_words()
    statuses = {code: tongue(labels.status_words(code), language()) for code in STATUSES}
    return page(
        "search.html.j2",
        language(),
        demo=is_demo(site.ledger),
        sheets=("lists.css",),
        style=paper(site.ledger, tongue(w["title"], language()), None),
        script="search.js",
        sources=BESIDE,
        data=_SearchData(
            parts=[paths.shard(number) for number in range(parts)],
            words={name: tongue(word, language()) for name, word in w.items()},
            statuses=statuses,
        ),
        nav=site.nav(paths.SEARCH, "search"),
        w=w,
        statuses=statuses,
        ledger=site.ledger,
    )
