"""A row of a list of incidents, or an event, as a word about its incident."""

from __future__ import annotations

from ledger.imports.pagerduty.words import REOPENED, REOPENING, RESOLVED, Found, Word, names
from ledger.imports.skips import Skips
from ledger.imports.source import Node, SourceTime, recordable
from ledger.refusals.imports.pagerduty import (
    UnknownEventType,
    UnknownIncidentStatus,
    UnknownResolveReason,
    UnknownUrgency,
)

STATUSES = frozenset({"triggered", "acknowledged", "resolved"})
URGENCIES = frozenset({"high", "low"})
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


def word_of_row(node: Node) -> Word:
    """An incident of the REST API."""
    over = node.choice("status", STATUSES, UnknownIncidentStatus) == "resolved"
    end = recordable(node.moment("resolved_at", "last_status_change_at")) if over else None
    start = recordable(node.moment("created_at"))
    times = [node.moment(key) for key in ("last_status_change_at", "updated_at") if node.at(key).value is not None]
    changed = times[0] if node.at("last_status_change_at").value is not None else end or start
    return _word(
        node, start, over, end, changed, max((changed.us, *(time.us for time in times))), rank=int(over), row=True
    )


def word_of_event(event: Node, skips: Skips, found: Found) -> None:
    """The word of a webhook's event; those that tell nothing are counted, those to be left out are not."""
    kind = event.text("event_type")
    if skips.has(kind):
        return
    if kind in SILENT:
        found.silent += 1
        return
    kind = event.choice("event_type", TELLING, UnknownEventType)
    data = event.at("data")
    id_ = data.text("id")
    if skips.has(*names(id_)):
        found.skipped.add(id_)
        return
    found.ids.add(id_)
    changed = recordable(event.moment("occurred_at"))
    over = data.choice("status", STATUSES, UnknownIncidentStatus) == "resolved" or kind == RESOLVED
    end = changed if kind == RESOLVED else None
    rank = REOPENING if kind == REOPENED else int(over)
    if kind == REOPENED:
        over = False
    start = recordable(data.moment("created_at"))
    found.add(_word(data, start, over, end, changed, changed.us, rank=rank))


def _word(
    node: Node,
    start: SourceTime,
    over: bool,
    end: SourceTime | None,
    changed: SourceTime,
    told: int,
    *,
    rank: int,
    row: bool = False,
) -> Word:
    service = node.at("service")
    urgency = None if node.at("urgency").value is None else node.choice("urgency", URGENCIES, UnknownUrgency)
    return Word(
        node=node,
        id=node.text("id"),
        service=(service.text("id"), _optional(service, "summary")),
        start=start,
        over=over,
        end=end,
        changed=changed,
        told=told,
        rank=rank,
        row=row,
        urgency=urgency,
        priority=_priority(node.at("priority")),
        parent=_parent(node) if over else None,
    )


def _optional(node: Node, key: str) -> str:
    return "" if node.at(key).value in (None, "") else node.text(key)


def _priority(node: Node) -> tuple[str, ...]:
    """The names of a priority, the one that people use first; empty where there is none."""
    if node.value is None:
        return ()
    return tuple(name for key in ("summary", "name", "id") if (name := _optional(node, key)))


def _parent(node: Node) -> str | None:
    """The incident into which this one was merged. Raises Unreadable for another reason, or none that is told."""
    reason = node.at("resolve_reason")
    if reason.value is None:
        return None
    reason.choice("type", {"merge_resolve_reason"}, UnknownResolveReason)
    return reason.at("incident").text("id")
