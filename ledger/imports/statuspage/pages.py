"""The files of a status page: what each of them lists, how far it reaches, and the later word where two differ."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import msgspec

from domain.text import said
from domain.time import FOREVER
from ledger.imports.skips import Skips
from ledger.imports.source import Node, SourceTime, parse_json, recordable, whole
from ledger.imports.statements import Extent, Faults, SourceFile
from ledger.refusals.imports.statuspage import (
    DuplicateId,
    NotAStatusPage,
    OtherPage,
    UnknownComponentStatus,
    UnknownImpact,
    UnknownStatusOfComponent,
    UnknownUpdateStatus,
)

DOWN = frozenset({"partial_outage", "major_outage", "under_maintenance"})
COMPONENT_STATUSES = DOWN | {"operational", "degraded_performance"}
IMPACTS = frozenset({"none", "minor", "major", "critical", "maintenance"})
INCIDENT_STATUSES = frozenset({"investigating", "identified", "monitoring", "resolved", "postmortem"})
MAINTENANCE_STATUSES = frozenset({"scheduled", "in_progress", "verifying", "completed"})
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


def read_files(files: Sequence[SourceFile], skips: Skips, faults: Faults) -> list[PageFile]:
    """The files, as far as they can be read. All are of one page; `faults` gets the rest. Empty ones end a list."""
    pages = []
    for file in files:
        with faults.gathering():
            pages.append(_file(parse_json(whole(file.lines, file.name), file.name), skips, faults))
    if pages and not any(page.lists for page in pages) and not faults:
        faults.add(NotAStatusPage(place=f"{pages[0].name}:1:1"))
    first = next((page for page in pages if page.page), None)
    for page in pages:
        if first is not None and page.page not in ("", first.page):
            faults.add(OtherPage(place=page.name, page=page.page, other=first.page, first=first.name))
    return [page for page in pages if not page.is_empty] or pages


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


def listed_components(node: Node) -> dict[str, str]:
    """The listed components, code -> name; a group of components is none, no update ever names it."""
    found = {}
    for component in node.items("components"):
        if component.at("status").value is not None:
            component.choice("status", COMPONENT_STATUSES, UnknownStatusOfComponent)
        if component.at("group").value is not True:
            found[component.text("id")] = component.text("name")
    return found


def _file(root: Node, skips: Skips, faults: Faults) -> PageFile:
    """An answer of the v2 interface, or a list of the v1 interface."""
    if isinstance(root.value, list):
        return _v1(root, skips, faults)
    value = root.value if isinstance(root.value, dict) else {}
    kinds = [planned for planned in (False, True) if isinstance(value.get(_KEYS[planned]), list)]
    if not kinds:
        raise NotAStatusPage(place=f"{root.file}:1:1")
    said_at, page, components = None, "", dict[str, str]()
    with faults.gathering():
        about = root.at("page")
        if about.value is not None:
            page = "" if about.at("id").value is None else about.text("id")
            said_at = None if about.at("updated_at").value is None else about.moment("updated_at").us
    with faults.gathering():
        components = listed_components(root)
    lists = [_list([*root.items(_KEYS[planned])], planned, said_at, skips, faults) for planned in kinds]
    if said_at is None:
        said_at = _latest_update(lists)
    return PageFile(name=root.file, page=page, said_at=said_at, components=components, lists=tuple(lists))


_KEYS = {False: "incidents", True: "scheduled_maintenances"}


def _v1(root: Node, skips: Skips, faults: Faults) -> PageFile:
    """A bare list of incidents and maintenances, which may be one page of several."""
    nodes = [Node(root.file, f"{root.path}[{index}]", value) for index, value in enumerate(_elements(root))]
    if any(not isinstance(node.value, dict) or "incident_updates" not in node.value for node in nodes):
        raise NotAStatusPage(place=f"{root.file}:1:1")
    pages = [node.text("page_id") for node in nodes if node.at("page_id").value is not None]
    for node in nodes:
        if node.at("page_id").value not in (None, *pages[:1]):
            faults.add(OtherPage(place=node.place, page=node.text("page_id"), other=pages[0], first=root.file))
    kinds: dict[bool, list[Node]] = {}
    for node in nodes:
        kinds.setdefault(_status(node) in MAINTENANCE_STATUSES, []).append(node)
    lists = [_list(found, planned, None, skips, faults, paged=True) for planned, found in kinds.items()]
    page = pages[0] if pages else ""
    return PageFile(name=root.file, page=page, said_at=_latest_update(lists), components={}, lists=tuple(lists))


def _elements(root: Node) -> list[object]:
    return root.value if isinstance(root.value, list) else []


def _status(node: Node) -> str:
    status = node.at("status").value
    return status if isinstance(status, str) else ""


def _latest_update(lists: Iterable[PageList]) -> int | None:
    """When a page that does not say it last changed: the last change of what it lists."""
    return max((event.updated_at for listed in lists for event in listed.events if event.updated_at), default=None)


def _list(
    nodes: Sequence[Node],
    planned: bool,
    said_at: int | None,
    skips: Skips,
    faults: Faults,
    *,
    paged: bool = False,
) -> PageList:
    complete = any(isinstance(node.value, dict) and _status(node) in OVER for node in nodes)
    events, ids, skipped = list[PageEvent | None](), list[str](), list[str]()
    for node in nodes:
        with faults.gathering():
            ids.append(node.text("id"))
            if skips.has(ids[-1]):
                skipped.append(ids[-1])
            else:
                events.append(_event(node, planned, said_at, not complete, faults))
    found = [event for event in events if event is not None]
    born = sorted((event.born for event in found if event.born is not None), key=lambda at: at.us)
    return PageList(
        planned=planned,
        complete=complete and not (paged and planned),
        paged=paged,
        ids=frozenset(ids),
        skipped=tuple(skipped),
        events=tuple(found),
        oldest=born[0] if born else None,
        newest=born[-1].us if born else None,
    )


def _event(node: Node, planned: bool, said_at: int | None, partial: bool, faults: Faults) -> PageEvent | None:
    """An incident or a maintenance; None where `faults` got something of it."""
    statuses = MAINTENANCE_STATUSES if planned else INCIDENT_STATUSES
    before = len(faults)
    steps, impact, status, name = [], "", "", ""
    components: dict[str, str] = {}
    with faults.gathering():
        impact = node.choice("impact", IMPACTS, UnknownImpact)
    with faults.gathering():
        status = node.choice("status", statuses, UnknownUpdateStatus)
    with faults.gathering():
        name = node.text("name")
    with faults.gathering():
        components = listed_components(node)
    for update in node.items("incident_updates"):
        with faults.gathering():
            steps.append(_step(update, statuses))
    steps.reverse()  # the page lists the newest first; the sort keeps this order within one instant
    steps.sort(key=lambda step: step.moment.at)
    updated_at = None if node.at("updated_at").value is None else node.moment("updated_at").us
    born = _born(node, planned, steps)
    if len(faults) > before:
        return None
    return PageEvent(
        node=node,
        id=node.text("id"),
        name=name,
        status=status,
        impact=impact,
        planned=planned,
        partial=partial,
        steps=tuple(steps),
        components=components,
        born=born,
        said_at=said_at,
        updated_at=updated_at,
    )


def _born(node: Node, planned: bool, steps: Sequence[PageUpdate]) -> SourceTime | None:
    """What a list is in order of: when an incident was made, or for when a maintenance was announced."""
    for key in ("scheduled_for", "created_at") if planned else ("created_at", "started_at"):
        if node.at(key).value is not None:
            return recordable(node.moment(key))
    return steps[0].moment if steps else None


def _step(node: Node, statuses: frozenset[str]) -> PageUpdate:
    moment = recordable(node.moment("display_at", "created_at"))
    changes = tuple(
        StatusChange(
            code=change.text("code"),
            name=change.text("name"),
            old=change.choice("old_status", COMPONENT_STATUSES, UnknownComponentStatus),
            new=change.choice("new_status", COMPONENT_STATUSES, UnknownComponentStatus),
        )
        for change in node.items("affected_components")
    )
    status = node.choice("status", statuses, UnknownUpdateStatus)
    return PageUpdate(SourceTime(moment.at, moment.text, node.place), status, changes)


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
