"""The files of a status page: what each of them lists, how far it reaches, and the later word where two differ."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import msgspec

from domain.text import said
from domain.time import FOREVER
from ledger.imports.source import Node, SourceTime
from ledger.imports.statements import Extent, Faults
from ledger.refusals.imports.statuspage import DuplicateId

DOWN = frozenset({"partial_outage", "major_outage", "under_maintenance"})
OVER = frozenset({"resolved", "postmortem", "completed"})


class StatusChange(msgspec.Struct, frozen=True):
    """A component's passage from one status to another (which may be the same)."""

    code: str
    name: str
    old: str
    new: str


class PageUpdate(msgspec.Struct, frozen=True):
    """One update: when it shows, the status it sets, the components it names."""

    moment: SourceTime
    status: str
    changes: tuple[StatusChange, ...]


class PageEvent(msgspec.Struct, frozen=True, kw_only=True):
    """An incident, or a maintenance (`planned`); steps in order of time, components as code -> name.

    `partial`: its file lists what is not over and no more. `born` is what the page sorts by, as far as it is told.
    """

    node: Node
    id: str
    name: str
    status: str
    impact: str
    planned: bool
    partial: bool
    steps: tuple[PageUpdate, ...]
    components: dict[str, str]
    born: SourceTime | None
    said_at: int | None
    updated_at: int | None

    @property
    def named(self) -> dict[str, str]:
        """The components that updates name, code -> name."""
        return {change.code: change.name for step in self.steps for change in step.changes}

    @property
    def touched(self) -> dict[str, str]:
        """The components that are listed or named, code -> name."""
        return self.components | self.named

    @property
    def label(self) -> str:
        return f"{self.id} ({self.name})"

    @property
    def over(self) -> bool:
        return self.status in OVER


class PageList(msgspec.Struct, frozen=True, kw_only=True):
    """The incidents of a file, or its maintenances. A `complete` list has all since its oldest, others what is not
    over; a list in pages (v1) has all from its oldest to its newest.
    """

    planned: bool
    complete: bool
    paged: bool
    ids: frozenset[str]
    skipped: tuple[str, ...]
    events: tuple[PageEvent, ...]
    oldest: SourceTime | None
    newest: int | None


class PageFile(msgspec.Struct, frozen=True, kw_only=True):
    """A file of a page. `said_at` is when the page last changed; `components` are all that the page has, if listed."""

    name: str
    page: str
    said_at: int | None
    components: dict[str, str]
    lists: tuple[PageList, ...]

    @property
    def is_empty(self) -> bool:
        """Whether it has nothing at all, as the page behind the last one of a list in pages."""
        return not self.page and not self.components and not any(listed.ids for listed in self.lists)


def later_words(pages: Sequence[PageFile], faults: Faults, notes: list[str]) -> list[PageEvent]:
    """Each incident and maintenance once, as the latest file has it. Of two words without an order, none is taken."""
    found: dict[str, PageEvent] = {}
    for page in pages:
        for listed in page.lists:
            for event in listed.events:
                if newer := _no_longer_listed(event, listed, page, pages):
                    notes.append(
                        said("{label}: left out, the newer {file} no longer lists it", label=event.label, file=newer)
                    )
                    continue
                known = found.setdefault(event.id, event)
                if known.node.value == event.node.value:
                    continue
                if _order(known) == _order(event):
                    faults.add(DuplicateId(place=event.node.at("id").place, id=event.id))
                found[event.id] = max(known, event, key=_order)
    return list(found.values())


def extents(pages: Iterable[PageFile]) -> Iterator[Extent]:
    """What the files would contain if it were so; a file that does not say of which page it is covers nothing."""
    for page in pages:
        for listed in page.lists if page.page else ():
            scope = scope_of(page.page, planned=listed.planned)
            if not listed.complete and not listed.paged:
                yield Extent(scope=scope, open_only=True, planned=listed.planned)
            elif listed.oldest is not None and listed.complete:
                until = listed.newest if listed.paged else page.said_at
                until = FOREVER if until is None else until
                yield Extent(scope=scope, since=listed.oldest.us, until=until, planned=listed.planned)


def scope_of(page: str, *, planned: bool) -> str:
    """The page, and which of its two lists."""
    return f"{page}/{'maintenances' if planned else 'incidents'}"


def _order(event: PageEvent) -> tuple[int, int]:
    """When the page said so: a whole page by its last change, a list in pages by that of the incident."""
    updated_at = event.updated_at or 0
    return (updated_at if event.said_at is None else event.said_at), updated_at


def _no_longer_listed(event: PageEvent, listed: PageList, page: PageFile, pages: Iterable[PageFile]) -> str:
    """The name of a newer file that would list an event and does not; empty where there is none."""
    for newer in pages:
        if (newer.said_at or 0) <= (page.said_at or 0):
            continue
        for other in newer.lists:
            if other.planned != listed.planned or other.paged or event.id in other.ids:
                continue
            covered = other.oldest is not None and event.born is not None and other.oldest.us <= event.born.us
            if covered if other.complete else not event.over:
                return newer.name
    return ""
