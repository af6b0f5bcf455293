"""The first page of a site: the ledger, what waits, and its months with their sums."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from cli.pages import labels
from cli.pages.notices import Notice
from cli.pages.site import paths, words
from cli.pages.site.parts import Cell, PageTable, Site, SitePage, Text
from cli.pages.style import NUMBER, PageColumn
from domain.text import Said, said
from ledger.queries.month_report import AccountMonth


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


def tally_fields(site: Site, one: MonthTally) -> list[tuple[Said, Text]]:
    """The sums of a month with their labels."""
    return [
        (said("accounts with an episode or a claim"), str(one.accounts)),
        (said("below the commitment"), str(one.below)),
        (said("credit due if claimed"), labels.money(one.credit_fen, site.currency)),
        (said("claims"), str(one.claims)),
        (said("awarded"), labels.money(one.awarded_fen, site.currency)),
        (said("issued"), labels.money(one.issued_fen, site.currency)),
    ]


def home(
    site: Site, tallies: Mapping[str, MonthTally], waiting: Sequence[Notice], counts: Mapping[str, int]
) -> SitePage:
    """The overview; `counts` are the numbers of accounts, claims and vouchers."""
    w = words.site_words()
    columns = [PageColumn(said("month")), *(PageColumn(label, NUMBER) for label, _ in tally_fields(site, MonthTally()))]
    rows = [
        [Cell(month, paths.month(month)), *(Cell(text) for _, text in tally_fields(site, tally))]
        for month, tally in sorted(tallies.items(), reverse=True)
    ]
    fields: list[tuple[Said, Text]] = [(w[name], str(count)) for name, count in counts.items()]
    fields.append((said("Last event"), labels.moment(site.last, site.zone)))
    if site.at != site.last:
        fields.append((said("As known at"), labels.moment(site.at, site.zone)))
    return SitePage(
        path=paths.HOME,
        part="home",
        kind=said("Availability and service credits"),
        title=said("Overview"),
        about=site.ledger,
        fields=[*fields, (said("Time zone"), site.zone)],
        waiting=waiting,
        tables=[
            PageTable("months", said("Months"), columns, rows, said("No month had an episode, and nobody claimed."))
        ],
        position=site.position,
    )
