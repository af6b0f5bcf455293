"""The files of PagerDuty: pages of incidents, webhook events and log entries, as words about incidents."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from domain.text import said
from ledger.imports.json_texts import documents
from ledger.imports.pagerduty.rows import word_of_event, word_of_row
from ledger.imports.pagerduty.words import Found, IncidentPage, names
from ledger.imports.skips import Skips
from ledger.imports.source import Node, Number
from ledger.imports.statements import Faults, SourceFile
from ledger.refusals.imports.pagerduty import CsvGiven, IncompleteList, NotPagerduty, UnreadablePaging

_DIGITS = 9


def read_words(files: Sequence[SourceFile], skips: Skips, faults: Faults) -> Found:
    """All that the files say. `faults` gets what cannot be read, and pages that are missing."""
    found = Found(words={}, pages=[])
    for file in files:
        with faults.gathering():
            for root in documents(_no_csv(file), file.name):
                with faults.gathering():
                    _document(root, skips, found, faults)
    with faults.gathering():
        _check_complete(found.pages)
    return found


def _no_csv(file: SourceFile) -> Iterator[bytes]:
    """The lines of a file. Raises Unreadable `csv_given`."""
    begun = False
    for line in file.lines:
        begin = line.removeprefix(b"\xef\xbb\xbf").lstrip()
        if begin and not begun:
            begun = True
            if begin[:1] not in (b"{", b"[") and b"," in begin:
                raise CsvGiven(place=f"{file.name}:1")
        yield line


def _document(root: Node, skips: Skips, found: Found, faults: Faults) -> None:
    """An answer, an event, or a list of such."""
    if isinstance(root.value, list):
        for index, value in enumerate(root.value):
            with faults.gathering():
                _one(Node(root.file, f"{root.path}[{index}]", value), skips, found, faults)
    else:
        _one(root, skips, found, faults)


def _one(root: Node, skips: Skips, found: Found, faults: Faults) -> None:
    if isinstance(root.fields().get("incidents"), list):
        with faults.gathering():
            found.pages.append(_page(root))
        for node in root.items("incidents"):
            with faults.gathering():
                id_ = node.text("id")
                if skips.has(*names(id_)):
                    found.skipped.add(id_)
                else:
                    found.ids.add(id_)
                    found.add(word_of_row(node))
        return
    event = root.at("event")
    if event.value is None:
        raise NotPagerduty(place=root.place)
    word_of_event(event, skips, found)


def _page(root: Node) -> IncidentPage:
    more = root.at("more")
    if more.value not in (None, True, False):
        raise UnreadablePaging(place=more.place)
    rows = [node.value for node in root.items("incidents")]
    return IncidentPage(
        place=root.place,
        ids=frozenset(id_ for row in rows if isinstance(row, dict) and isinstance(id_ := row.get("id"), str)),
        offset=_whole(root.at("offset")),
        limit=_whole(root.at("limit")),
        total=_whole(root.at("total")),
        more=bool(more.value),
    )


def _whole(node: Node) -> int | None:
    if node.value is None:
        return None
    if not isinstance(node.value, Number) or not node.value.isdigit() or len(node.value) > _DIGITS:
        raise UnreadablePaging(place=node.place)
    return int(node.value)


def _check_complete(pages: Sequence[IncidentPage]) -> None:
    """Raises Unreadable `incomplete` where a page says that there are more incidents, and they are not here."""
    offsets = {page.offset for page in pages}
    if pages and None not in offsets and 0 not in offsets:
        raise IncompleteList(
            place=pages[0].place, missing=said("the pages begin at offset {n}", n=min(filter(None, offsets)))
        )
    for number, page in enumerate(pages):
        if not page.more:
            continue
        if page.offset is None or not page.limit:
            if number + 1 == len(pages):
                raise IncompleteList(place=page.place, missing=said("`more` is true, and no page follows"))
            if again := page.ids & pages[number + 1].ids:
                missing = said(
                    "`more` is true, and what follows is not the next page: incident {id} stands in both",
                    id=min(map(str, again)),
                )
                raise IncompleteList(place=page.place, missing=missing)
        elif page.offset + page.limit not in offsets:
            missing = said(
                "the page at offset {offset} (limit {limit}) is missing",
                offset=page.offset + page.limit,
                limit=page.limit,
            )
            raise IncompleteList(place=page.place, missing=missing)
    listed = frozenset[object]().union(*(page.ids for page in pages))
    for page in pages:
        n = len(page.ids if page.is_all else listed)
        if page.total is not None and page.total > n:
            missing = said("incidents: {n} of {total} are there", n=n, total=page.total)
            raise IncompleteList(place=page.place, missing=missing)
