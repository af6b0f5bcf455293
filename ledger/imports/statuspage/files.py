"""The files of a status page: lists of incidents and maintenances, of the interface's versions 1 and 2."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ledger.imports.json_texts import parse_json, whole
from ledger.imports.skips import Skips
from ledger.imports.source import Node, SourceTime, recordable
from ledger.imports.statements import Faults, SourceFile
from ledger.imports.statuspage.pages import DOWN, OVER, PageEvent, PageFile, PageList, PageUpdate, StatusChange
from ledger.refusals.imports.statuspage import (
    NotAStatusPage,
    OtherPage,
    UnknownComponentStatus,
    UnknownImpact,
    UnknownStatusOfComponent,
    UnknownUpdateStatus,
)

COMPONENT_STATUSES = DOWN | {"operational", "degraded_performance"}
IMPACTS = frozenset({"none", "minor", "major", "critical", "maintenance"})
INCIDENT_STATUSES = frozenset({"investigating", "identified", "monitoring", "resolved", "postmortem"})
MAINTENANCE_STATUSES = frozenset({"scheduled", "in_progress", "verifying", "completed"})


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
