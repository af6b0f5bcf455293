"""The log of a site, in pages of equal spans of positions: a page that is full never changes."""

from __future__ import annotations

from collections.abc import Iterator

from cli.pages.site import paths
from cli.pages.site.events import events_table
from cli.pages.site.lists import ListPage
from cli.pages.site.parts import Cell, PageTable, Site, SitePage, beside
from cli.pages.style import PageColumn
from domain.text import said
from ledger.log.codec import decode
from ledger.log.reader import Reader


def pages(site: Site, log: Reader) -> Iterator[ListPage]:
    """The pages of the log, the oldest first, and their list; each reads its events only where it is made."""
    last = max(1, paths.log_number(site.position))
    for number in range(1, last + 1):
        first, end = _span(site, number)

        def leaf(number: int = number, first: int = first, end: int = end) -> SitePage:
            facts = [decode(row) for row in log.between(first - 1, end, None, newest_first=False)]
            return SitePage(
                path=paths.log(number),
                part="log",
                kind=said("The events of the ledger"),
                title=said("Positions {first} to {last}", first=first, last=end),
                tables=[events_table(site, log, facts, with_ids=True)],
                beside=beside(
                    (paths.log(number - 1), said("Earlier events")) if number > 1 else None,
                    (paths.log(number + 1), said("Later events")) if number < last else None,
                ),
                position=end,
            )

        yield ListPage(paths.log(number), (first, end, number < last), leaf)
    yield ListPage(paths.LOG, site.position, lambda: _contents(site, last))


def _span(site: Site, number: int) -> tuple[int, int]:
    """The first and the last position of a page."""
    return (number - 1) * paths.LOG_PAGE + 1, min(number * paths.LOG_PAGE, site.position)


def _contents(site: Site, last: int) -> SitePage:
    """The list of the log's pages, the newest first."""
    rows = []
    for number in range(last, 0, -1):
        first, end = _span(site, number)
        rows.append([Cell(said("Positions {first} to {last}", first=first, last=end), paths.log(number))])
    return SitePage(
        path=paths.LOG,
        part="log",
        kind=said("The events of the ledger"),
        title=said("Log"),
        tables=[PageTable("pages", None, [PageColumn(said("events"))], rows, said("There is no event."))],
        position=site.position,
    )
