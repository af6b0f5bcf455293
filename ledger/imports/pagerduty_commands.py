"""Outages from PagerDuty: what its REST API answers for `/incidents`, or events of its v3 webhooks, one or one a line.

An incident is one outage, known again by its id: it starts when it was created and ends when it was resolved; that
somebody acknowledged it changes nothing. An incident that was merged into another or opened again is refused by name:
the instant at which it was resolved is then not the end of the outage.
"""

from collections.abc import Iterable, Iterator, Mapping

import msgspec

from domain.text import counted, said
from ledger.imports.outages import BY_HAND, ToldOutage, check_functions, commands, source_id, target
from ledger.imports.source import Node, Reading, SourceTime, documents
from ledger.refusals.imports.pagerduty import (
    Merged,
    NotPagerduty,
    PagerdutyEndToldOtherwise,
    PagerdutyStartToldOtherwise,
    Reopened,
    ServiceMappedTwice,
    UnknownEventType,
    UnknownIncidentStatus,
    UnmappedService,
)

SOURCE = "pagerduty"
STATUSES = frozenset({"triggered", "acknowledged", "resolved"})
RESOLVED, REOPENED = "incident.resolved", "incident.reopened"
TELLING = frozenset(
    f"incident.{what}"
    for what in [
        "triggered",
        "acknowledged",
        "unacknowledged",
        "delegated",
        "escalated",
        "reassigned",
        "priority_updated",
        "service_updated",
        "resolved",
        "reopened",
    ]
)
"""Events that carry the incident itself."""
SILENT = frozenset({"pagey.ping", "service.created", "service.updated", "service.deleted"}) | frozenset(
    f"incident.{what}"
    for what in [
        "annotated",
        "responder.added",
        "responder.replied",
        "status_update_published",
        "conference_bridge.updated",
        "custom_field_values.updated",
        "incident_type.changed",
        "workflow.started",
        "workflow.completed",
        "role.assigned",
        "role.unassigned",
        "action_invocation.created",
        "action_invocation.updated",
        "action_invocation.terminated",
    ]
)
"""Events that say nothing of when anything was down."""


class PagerDutyIncident(msgspec.Struct, frozen=True, kw_only=True):
    """An incident as one row or event tells it; `service` are the names that a mapping may use for its service."""

    node: Node
    id: str
    name: str
    service: tuple[str, str]
    start: SourceTime
    end: SourceTime | None


class PagerDutyOptions(msgspec.Struct, frozen=True, kw_only=True):
    """What a person said: a service's id or name -> function, whom it touches, ids or event types to leave out."""

    functions: Mapping[str, str]
    accounts: tuple[str, ...] = ()
    all_accounts: bool = False
    skip: frozenset[str] = frozenset()
    only_mapped: bool = False


def read_pagerduty(lines: Iterable[bytes], *, name: str, asked: PagerDutyOptions) -> Reading:
    """The outages that the incidents tell, as `incident open` and `incident close`. Raises Unreadable."""
    whom = target(name, asked.accounts, asked.all_accounts)
    check_functions(name, asked.functions.values())
    notes: list[str] = []
    latest: dict[str, PagerDutyIncident] = {}
    for incident in _incidents(lines, name, asked.skip, notes):
        known = latest.get(incident.id)
        latest[incident.id] = incident if known is None else _later(known, incident)
    outages: list[ToldOutage] = []
    left_out: list[str] = []
    for incident in latest.values():
        function = _function(incident, asked)
        if function is None:
            left_out.append(incident.name)
            continue
        id_ = source_id(SOURCE, incident.id)
        outages.append(ToldOutage(incident=id_, function=function, target=whom, start=incident.start, end=incident.end))
    if left_out:
        notes.append(said("left out as asked ({n}): {names}", n=len(left_out), names=", ".join(left_out)))
    return Reading(commands=commands(outages, SOURCE, notes, BY_HAND), notes=tuple(notes))


def _incidents(
    lines: Iterable[bytes], file: str, skip: frozenset[str], notes: list[str]
) -> Iterator[PagerDutyIncident]:
    silent = 0
    for root in documents(lines, file):
        if isinstance(root.fields().get("incidents"), list):
            yield from (_row(node) for node in root.items("incidents") if node.text("id") not in skip)
            if root.at("more").value is True:
                notes.append(said("{place}: the list goes on: take its other pages too", place=root.place))
            continue
        event = root.at("event")
        if event.value is None:
            raise NotPagerduty(place=root.place)
        found = _event(event, skip)
        silent += found is None
        if found is not None:
            yield found
    if silent:
        notes.append(counted("{n} event says nothing of an outage", "{n} events say nothing of an outage", silent))


def _row(node: Node) -> PagerDutyIncident:
    """An incident of the REST API. Its last change of status, where it is resolved, is that it was."""
    resolved = node.choice("status", STATUSES, UnknownIncidentStatus) == "resolved"
    if resolved:
        _check_not_merged(node)
    return _incident(node, node.moment("resolved_at", "last_status_change_at") if resolved else None)


def _event(event: Node, skip: frozenset[str]) -> PagerDutyIncident | None:
    """The incident of a webhook's event; None where the event tells nothing, or is to be left out."""
    kind = event.at("event_type").value
    if kind in skip or kind in SILENT:
        return None
    kind = event.choice("event_type", TELLING, UnknownEventType)
    data = event.at("data")
    if data.text("id") in skip:
        return None
    if kind == REOPENED:
        raise Reopened(place=event.place, id=data.text("id"))
    data.choice("status", STATUSES, UnknownIncidentStatus)
    if kind == RESOLVED:
        _check_not_merged(data)
    return _incident(data, event.moment("occurred_at") if kind == RESOLVED else None)


def _check_not_merged(node: Node) -> None:
    if node.at("resolve_reason").value is not None:
        raise Merged(place=node.at("resolve_reason").place, id=node.text("id"))


def _incident(node: Node, end: SourceTime | None) -> PagerDutyIncident:
    service = node.at("service")
    names = (service.text("id"), str(service.at("summary").value or ""))
    name = said("incident {id} of service {service}", id=node.text("id"), service=names[1] or names[0])
    return PagerDutyIncident(
        node=node, id=node.text("id"), name=name, service=names, start=node.moment("created_at"), end=end
    )


def _later(known: PagerDutyIncident, incident: PagerDutyIncident) -> PagerDutyIncident:
    """What is told of an incident twice must agree; its end may come once. Raises Unreadable `contradiction`."""
    if known.start.at != incident.start.at or known.service[0] != incident.service[0]:
        raise PagerdutyStartToldOtherwise(place=incident.node.place, name=incident.name, earlier=known.node.place)
    if known.end is not None and incident.end is not None and known.end.at != incident.end.at:
        raise PagerdutyEndToldOtherwise(place=incident.node.place, name=incident.name, earlier=known.node.place)
    return incident if known.end is None else known


def _function(incident: PagerDutyIncident, asked: PagerDutyOptions) -> str | None:
    """The function that is gone; None where it is left out. Raises Unreadable `mapped_twice`, `unmapped_service`."""
    functions = {asked.functions[name] for name in incident.service if name in asked.functions}
    if len(functions) > 1:
        raise ServiceMappedTwice(place=incident.node.place, name=incident.name)
    if not functions and not asked.only_mapped:
        raise UnmappedService(place=incident.node.place, name=incident.name, service=incident.service[0])
    return functions.pop() if functions else None
