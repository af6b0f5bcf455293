"""The log of a site, in pages of equal spans of positions: a page that is full never changes."""

from __future__ import annotations

from collections.abc import Iterator

from cli.pages.site import paths
from cli.pages.site.accounts import events_table
from cli.pages.site.lists import ListPage
from cli.pages.site.parts import Leaf, Site, beside
from domain.text import said
from ledger.log.codec import decode
from ledger.log.reader import Reader


def pages(site: Site, log: Reader) -> Iterator[ListPage]:
    """The pages of the log, the oldest first; each reads its events only where it is made."""
    last = max(1, paths.log_number(site.position))
    for number in range(1, last + 1):
        first, end = (number - 1) * paths.LOG_PAGE + 1, min(number * paths.LOG_PAGE, site.position)

        def leaf(number: int = number, first: int = first, end: int = end) -> Leaf:
            facts = [decode(row) for row in log.between(first - 1, end, None, newest_first=False)]
            names = {
                other: said("Page {number} of {pages}", number=other, pages=last) for other in (number - 1, number + 1)
            }
            return Leaf(
                path=paths.log(number),
                part="log",
                kind=said("The events of the ledger"),
                title=said("Positions {first} to {last}", first=first, last=end),
                tables=[events_table(site, log, facts, with_ids=True)],
                beside=beside(
                    (paths.log(number - 1), names[number - 1]) if number > 1 else None,
                    (paths.log(number + 1), names[number + 1]) if number < last else None,
                ),
                position=end,
            )

        yield ListPage(paths.log(number), ("log", first, end, number < last), leaf)
