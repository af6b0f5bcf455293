"""The page of a voucher, and a table of vouchers."""

from __future__ import annotations

from collections.abc import Sequence

from cli.pages import labels, words
from cli.pages.nav import Link
from cli.pages.site import paths
from cli.pages.site.events import events_table
from cli.pages.site.parts import Cell, PageTable, Site, SitePage
from cli.pages.style import NUMBER, PageColumn
from domain.case import Fact
from domain.text import said
from domain.voucher import Voucher
from ledger.log.reader import Reader


def vouchers_table(site: Site, vouchers: Sequence[Voucher]) -> PageTable:
    """A table of vouchers with their balances."""
    w = words.case_words()
    rows = [
        [
            Cell(one.voucher, paths.voucher(one.voucher)),
            Cell(one.month, paths.claim(one.account, one.month)),
            Cell(labels.moment(one.issued_at, site.zone)),
            *(
                Cell(labels.money(fen, site.currency))
                for fen in (one.amount_fen, one.redeemed_fen, one.cancelled_fen, one.balance_fen)
            ),
        ]
        for one in vouchers
    ]
    amounts = [PageColumn(w[name], NUMBER) for name in ("amount", "redeemed", "cancelled", "left")]
    columns = [PageColumn(w["voucher"]), PageColumn(said("month")), PageColumn(w["issued"]), *amounts]
    return PageTable("vouchers", said("Vouchers"), columns, rows, said("No voucher was issued."))


def voucher_leaf(site: Site, log: Reader, voucher: Voucher, own: Sequence[Fact], links: Sequence[Link]) -> SitePage:
    """The page of a voucher: its balance, its redemptions, and its own events."""
    w = words.case_words()
    money = [
        (w["amount"], voucher.amount_fen),
        (w["redeemed"], voucher.redeemed_fen),
        (w["cancelled"], voucher.cancelled_fen),
        (said("Voucher balance"), voucher.balance_fen),
    ]
    of = Cell(f"{voucher.account} {voucher.month}", paths.claim(voucher.account, voucher.month))
    account = Cell(voucher.account, paths.account(voucher.account))
    return SitePage(
        path=paths.voucher(voucher.voucher),
        part="vouchers",
        kind=said("Voucher"),
        title=voucher.voucher,
        fields=[
            *((label, labels.money(fen, site.currency)) for label, fen in money),
            (w["issued"], labels.moment(voucher.issued_at, site.zone)),
        ],
        tables=[
            PageTable(
                "for",
                said("For"),
                [PageColumn(said("claim")), PageColumn(said("account"))],
                [[of, account]],
                said("Nothing."),
            ),
            _redemptions(site, voucher),
            events_table(site, log, own),
        ],
        beside=links,
        position=own[-1].position,
    )


def _redemptions(site: Site, voucher: Voucher) -> PageTable:
    w = words.case_words()
    rows = [
        [
            Cell(str(one.number)),
            Cell(one.bill),
            Cell(labels.part(one.part)),
            Cell(labels.moment(one.redeemed_at, site.zone)),
            Cell(labels.money(one.amount_fen, site.currency)),
            Cell(said("stands") if one.reversed is None else said("reversed: {reason}", reason=one.reversed)),
        ]
        for one in voucher.redemptions
    ]
    columns = [
        PageColumn(w["no"], NUMBER),
        PageColumn(w["bill"]),
        PageColumn(said("part")),
        PageColumn(w["redeemed"]),
        PageColumn(w["amount"], NUMBER),
        PageColumn(w["state"]),
    ]
    return PageTable("redemptions", said("Redemptions"), columns, rows, said("Nothing was redeemed."))
