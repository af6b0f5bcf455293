"""Outages from a status page: the v2 JSON of incidents and scheduled maintenances, or a summary with both.

The page says per update which component went from which status to which; an outage of a component lasts
from the first update that takes it down to the one that no longer does. Down are `partial_outage`,
`major_outage` and `under_maintenance`. `degraded_performance` is not: the agreement (clause 1) speaks of
agents that *cannot* sign in and of calls that are *not* routed, and slow is not "cannot". Words that are not
known here are refused wherever they stand: a status that nobody understood must not count as green.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

import msgspec

from domain.text import said
from ledger.imports.outages import BY_HAND, check_functions, source_key, target
from ledger.imports.source import Node, Reading, Sourced, SourceTime, checked_id, parse_json, whole
from ledger.refusals.imports.shared import ToldEndBeforeStart
from ledger.refusals.imports.statuspage import (
    AmbiguousComponent,
    ComponentMappedTwice,
    DuplicateId,
    NotAStatusPage,
    NotAttributable,
    RecoveryWithoutStart,
    UnknownComponent,
    UnknownComponentStatus,
    UnknownImpact,
    UnknownSkip,
    UnknownStatusOfComponent,
    UnknownUpdateStatus,
    UpdateWithoutStart,
)

DOWN = frozenset({"partial_outage", "major_outage", "under_maintenance"})
COMPONENT_STATUSES = DOWN | {"operational", "degraded_performance"}
IMPACTS = frozenset({"none", "minor", "major", "critical", "maintenance"})
INCIDENT_STATUSES = frozenset({"investigating", "identified", "monitoring", "resolved", "postmortem"})
MAINTENANCE_STATUSES = frozenset({"scheduled", "in_progress", "verifying", "completed"})


class Change(msgspec.Struct, frozen=True):
    """A component's passage from one status to another (which may be the same)."""

    code: str
    name: str
    old: str
    new: str


class PageUpdate(msgspec.Struct, frozen=True):
    """One update: when it shows, the status it sets, the components it names."""

    moment: SourceTime
    status: str
    changes: tuple[Change, ...]


class PageEvent(msgspec.Struct, frozen=True, kw_only=True):
    """An incident, or a maintenance (`planned`); steps in order of time, components as code -> name."""

    node: Node
    id: str
    name: str
    status: str
    planned: bool
    steps: tuple[PageUpdate, ...]
    components: dict[str, str]

    @property
    def named(self) -> dict[str, str]:
        """The components that updates name, code -> name."""
        return {change.code: change.name for step in self.steps for change in step.changes}


class Span(msgspec.Struct, frozen=True):
    """A component's outage within one event, numbered from 1; without an end it lasts."""

    event: PageEvent
    code: str
    number: int
    start: SourceTime
    end: SourceTime | None

    @property
    def incident(self) -> str:
        suffix = "" if self.number == 1 else f":{self.number}"
        return checked_id(f"{self.event.id}:{self.code}{suffix}", self.start.place)


class DownBeforeNamed(msgspec.Struct, frozen=True):
    """A component that was down already when an update first named it; `left` when that update ended it."""

    event: PageEvent
    code: str
    moment: SourceTime
    left: bool


def read_statuspage(
    lines: Iterable[bytes],
    *,
    name: str,
    accounts: tuple[str, ...],
    all_accounts: bool,
    functions: Mapping[str, str],
    skip: frozenset[str] = frozenset(),
) -> Reading:
    """The outages of the mapped components, as `incident open`, `exclusion apply` and `incident close`.

    `functions` maps a component's name or code to the function that is gone while it is down; components
    that are not mapped are left out. Events whose id is in `skip` are not looked at. A maintenance that was
    announced before it began gets the exclusion of clause 2.3(5). Later states of the page give the same
    openings. Raises Unreadable.
    """
    whom = target(name, accounts, all_accounts)
    root = parse_json(whole(lines, name), name)
    events = _events(root, skip)
    mapped = _mapping(root, events, functions)
    notes: list[str] = [said("{n} skipped as asked: {ids}", n=len(skip), ids=", ".join(sorted(skip)))] if skip else []
    spans: list[Span] = []
    loose: list[DownBeforeNamed] = []
    for event in events:
        _trace(event, mapped, spans, loose, notes)
    notes.extend(_check_loose(loose, spans))
    notes.extend(_left_out(events, mapped))
    return Reading(commands=tuple(_commands(spans, mapped, whom, notes)), notes=tuple(notes))


def _events(root: Node, skip: frozenset[str]) -> list[PageEvent]:
    """Incidents and maintenances in file order, without the skipped ones."""
    if not isinstance(root.value, dict) or not isinstance(root.value.get("incidents"), list):
        raise NotAStatusPage(place=f"{root.file}:1:1")
    nodes = [(node, False) for node in root.items("incidents")]
    nodes += [(node, True) for node in root.items("scheduled_maintenances")]
    seen: set[str] = set()
    for node, _ in nodes:
        if node.text("id") in seen:
            raise DuplicateId(place=node.at("id").place, id=node.text("id"))
        seen.add(node.text("id"))
    if missing := sorted(skip - seen):
        raise UnknownSkip(place=root.file, missing=missing[0])
    return [_event(node, planned) for node, planned in nodes if node.text("id") not in skip]


def _event(node: Node, planned: bool) -> PageEvent:
    statuses = MAINTENANCE_STATUSES if planned else INCIDENT_STATUSES
    node.choice("impact", IMPACTS, UnknownImpact)
    steps = [_step(update, statuses) for update in node.items("incident_updates")]
    steps.reverse()  # the page lists the newest first; the sort keeps this order within one instant
    return PageEvent(
        node=node,
        id=node.text("id"),
        name=node.text("name"),
        status=node.choice("status", statuses, UnknownUpdateStatus),
        planned=planned,
        steps=tuple(sorted(steps, key=lambda step: step.moment.at)),
        components=_components(node),
    )


def _step(node: Node, statuses: frozenset[str]) -> PageUpdate:
    moment = node.moment("display_at", "created_at")
    changes = tuple(
        Change(
            code=change.text("code"),
            name=change.text("name"),
            old=change.choice("old_status", COMPONENT_STATUSES, UnknownComponentStatus),
            new=change.choice("new_status", COMPONENT_STATUSES, UnknownComponentStatus),
        )
        for change in node.items("affected_components")
    )
    status = node.choice("status", statuses, UnknownUpdateStatus)
    return PageUpdate(SourceTime(moment.at, moment.text, node.place), status, changes)


def _components(node: Node) -> dict[str, str]:
    """The listed components, code -> name; a group of components is none, no update ever names it."""
    found = {}
    for component in node.items("components"):
        if component.at("status").value is not None:
            component.choice("status", COMPONENT_STATUSES, UnknownStatusOfComponent)
        if component.at("group").value is not True:
            found[component.text("id")] = component.text("name")
    return found


def _mapping(root: Node, events: Iterable[PageEvent], functions: Mapping[str, str]) -> dict[str, str]:
    """Component code -> function. A key that fits no component, or more than one, is refused."""
    check_functions(root.file, functions.values())
    page = _components(root)
    bearers: dict[str, set[str]] = {}
    for listed in [page, *(one for event in events for one in (event.components, event.named))]:
        for code, component in listed.items():
            bearers.setdefault(code, {code}).add(component)
    mapped: dict[str, str] = {}
    for key, function in functions.items():
        for code in _codes(root.file, key, bearers, complete=bool(page)):
            if mapped.setdefault(code, function) != function:
                raise ComponentMappedTwice(place=root.file, component=code)
    return mapped


def _codes(file: str, key: str, bearers: Mapping[str, set[str]], *, complete: bool) -> list[str]:
    """The code of the one component that `key` names; none where the file has no such one.

    Only a page that lists all its components (`complete`) shows that a key is mistyped.
    """
    codes = [code for code, names in bearers.items() if key in names]
    if len(codes) > 1:
        raise AmbiguousComponent(place=file, key=key, codes=", ".join(sorted(codes)))
    if complete and not codes:
        raise UnknownComponent(place=file, key=key)
    return codes


def _trace(
    event: PageEvent, mapped: Mapping[str, str], spans: list[Span], loose: list[DownBeforeNamed], notes: list[str]
) -> None:
    """Add the event's outages of mapped components, and what is worth a note."""
    label = f"{event.id} ({event.name})"
    if event.planned and event.status == "scheduled":
        notes.append(said("maintenance {label} has not begun: nothing recorded", label=label))
        return
    if event.planned and event.status == "completed" and _began(event) is None and not event.named:
        notes.append(said("maintenance {label} was completed without having begun: nothing recorded", label=label))
        return
    _check_attributed(event, mapped)
    for code in sorted(mapped.keys() & (event.components.keys() | event.named.keys())):
        number = 0
        for start, end in _intervals(event, code, loose):
            if end is not None and end.at < start.at:
                raise ToldEndBeforeStart(place=end.place, end=end.text, start=start.text, advice=BY_HAND)
            if end is not None and end.at == start.at:
                notes.append(
                    said(
                        "{label}: an outage of {code} at {text} has no length: left out",
                        label=label,
                        code=code,
                        text=start.text,
                    )
                )
                continue
            number += 1
            spans.append(Span(event, code, number, start, end))


def _check_attributed(event: PageEvent, mapped: Mapping[str, str]) -> None:
    """An incident must say by its updates what a mapped component did; a maintenance by its list at least."""
    silent = mapped.keys() & (event.components.keys() - event.named.keys())
    if not event.components and not event.named:
        message = said("no update names a component, so nobody can tell what was down")
    elif silent and not event.planned:
        message = said("it lists {silent}, but no update says when that was down", silent=", ".join(sorted(silent)))
    else:
        return
    raise NotAttributable(place=event.node.place, id=event.id, name=event.name, what=message)


def _intervals(
    event: PageEvent, code: str, loose: list[DownBeforeNamed]
) -> Iterator[tuple[SourceTime, SourceTime | None]]:
    """When the event had the component down; a maintenance whose updates do not name it: all the while."""
    if code not in event.named:
        if (began := _began(event)) is None:
            raise UpdateWithoutStart(place=event.node.place, id=event.id)
        yield began, _over(event)
        return
    start: SourceTime | None = None
    for moment, change in _changes(event, code):
        if start is None and change.old in DOWN:
            loose.append(DownBeforeNamed(event, code, moment, change.new not in DOWN))
        if change.new in DOWN:
            start = start or moment
        elif start is not None:
            yield start, moment
            start = None
    if start is not None:
        yield start, _over(event)


def _changes(event: PageEvent, code: str) -> Iterator[tuple[SourceTime, Change]]:
    """What the updates say of one component; that an announcement repeats its status is no transition."""
    for step in event.steps:
        for change in step.changes:
            if change.code == code and (step.status != "scheduled" or change.old != change.new):
                yield step.moment, change


def _began(event: PageEvent) -> SourceTime | None:
    """The first update that puts a maintenance in progress."""
    return next((step.moment for step in event.steps if step.status in ("in_progress", "verifying")), None)


def _over(event: PageEvent) -> SourceTime | None:
    """When the event was over: an incident by `resolved_at`, a maintenance by its last `completed` update."""
    if event.status not in ("resolved", "postmortem", "completed"):
        return None
    closing = [step.moment for step in event.steps if step.status in ("resolved", "completed")]
    if closing and (event.planned or event.node.at("resolved_at").value is None):
        return closing[-1]
    return event.node.moment("resolved_at")


def _check_loose(loose: Iterable[DownBeforeNamed], spans: Iterable[Span]) -> Iterator[str]:
    """A component that was down before it was first named: another event's outage must account for that."""
    for one in loose:
        if any(span.code == one.code and _covers(span, one.moment.at) for span in spans):
            continue
        who = said("{event}: {code} was already down", event=one.event.id, code=one.code)
        if one.left:
            raise RecoveryWithoutStart(place=one.moment.place, who=who)
        yield said(
            "{who} when first named, at {text}: the outage is taken from there, check its start",
            who=who,
            text=one.moment.text,
        )


def _covers(span: Span, at: datetime) -> bool:
    return span.start.at < at and (span.end is None or at <= span.end.at)


def _left_out(events: Iterable[PageEvent], mapped: Mapping[str, str]) -> Iterator[str]:
    touched = {code: one for event in events for code, one in (event.components | event.named).items()}
    if others := sorted(f"{touched[code]} ({code})" for code in touched.keys() - mapped.keys()):
        yield said(
            "components that are not mapped were left out ({n}): {others}", n=len(others), others=", ".join(others)
        )


def _commands(
    spans: Iterable[Span], mapped: Mapping[str, str], whom: Mapping[str, object], notes: list[str]
) -> list[Sourced]:
    """Openings (each with its exclusion) and closings in order of time."""
    timed: list[tuple[datetime, list[Sourced]]] = []
    for span in spans:
        opening: dict[str, object] = {"command": "incident open", "incident": span.incident, **whom}
        opening |= {"function": mapped[span.code], "started_at": span.start.text}
        opened = Sourced(place=span.start.place, fields=opening)
        timed.append((span.start.at, [opened, *_exclusion(span, notes)]))
        if span.end is not None:
            closing: dict[str, object] = {"command": "incident close", "incident": span.incident}
            closing |= {"ended_at": span.end.text, "key": source_key("statuspage", span.incident, "close")}
            timed.append((span.end.at, [Sourced(place=span.end.place, fields=closing)]))
    return [command for _, group in sorted(timed, key=lambda entry: entry[0]) for command in group]


def _exclusion(span: Span, notes: list[str]) -> Iterator[Sourced]:
    """Clause 2.3(5): maintenance is taken out where it was announced before it began."""
    if not span.event.planned:
        return
    announced = span.event.node.moment("created_at")
    if announced.at >= span.start.at:
        notes.append(
            said(
                "{incident}: announced at {text}, not before it began: not excluded",
                incident=span.incident,
                text=announced.text,
            )
        )
        return
    if span.end is not None and span.event.node.at("scheduled_until").value is not None:
        until = span.event.node.moment("scheduled_until")
        if span.end.at > until.at:
            notes.append(
                said(
                    "{incident}: went on after {text}, as announced; excluded to its end",
                    incident=span.incident,
                    text=until.text,
                )
            )
    fields: dict[str, object] = {"command": "exclusion apply", "incident": span.incident, "clause": "2.3(5)"}
    fields |= {"notified_at": announced.text, "reason": f"announced maintenance {span.event.id}"}
    fields["key"] = source_key("statuspage", span.incident, "exclusion")
    yield Sourced(place=announced.place, fields=fields)
