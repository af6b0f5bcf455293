"""A value of any JSON type at any path of a file is read or refused: no reader stumbles over it.

A list where a word is expected cannot be looked up in a set, half of a character cannot be written: such faults show
only where a file has them.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterable
from typing import Any

import pytest
from swaps import swapped

from domain.refusals import Refusal
from ledger.imports.cloudevents import CloudEventsOptions, read_cloudevents
from ledger.imports.pagerduty.reader import PagerDutyOptions, read_pagerduty
from ledger.imports.statements import SourceFile
from ledger.imports.statuspage.mapping import StatuspageOptions
from ledger.imports.statuspage.reader import read_statuspage
from ledger.refusals import ManyFaults

Json = dict[str, Any]
PAGE = StatuspageOptions(
    functions={"Phone": "agent_calls", "wb": "agent_sign_in"}, all_accounts=True, skip=frozenset({"i9", "x@y"})
)
PAGED = PagerDutyOptions(
    functions={"Routing": "inbound_routing", "P2": "agent_calls"}, all_accounts=True, skip=frozenset({"Q9"})
)
CHOSEN = PagerDutyOptions(
    functions={"Routing": "inbound_routing"},
    all_accounts=True,
    only_mapped=True,
    urgency="high",
    priority=frozenset({"P1"}),
)
SKIPPING = CloudEventsOptions(skip=frozenset({"other.event"}))


def _change(old: str, new: str) -> Json:
    return {"code": "ph", "name": "Phone", "old_status": old, "new_status": new}


def _update(clock: str, status: str, *changes: Json) -> Json:
    at = f"2026-03-03T{clock}:00Z"
    return {"status": status, "display_at": at, "created_at": at, "affected_components": list(changes)}


_TIMES = {"created_at": "2026-03-03T01:00:00Z", "updated_at": "2026-03-03T03:00:00Z", "page_id": "pg"}
_INCIDENT: Json = {
    **_TIMES,
    "id": "i1",
    "name": "Phones",
    "status": "resolved",
    "impact": "critical",
    "started_at": "2026-03-03T00:55:00Z",
    "resolved_at": "2026-03-03T02:30:00Z",
    "incident_updates": [
        _update("02:00", "resolved", _change("major_outage", "operational")),
        _update("01:00", "investigating", _change("operational", "major_outage")),
    ],
    "components": [{"id": "ph", "name": "Phone", "status": "operational", "group": False}],
}
_LATE: Json = _INCIDENT | {
    "id": "i2",
    "incident_updates": [_update("02:00", "resolved", _change("major_outage", "operational"))],
}
_MAINTENANCE: Json = {
    **_TIMES,
    "id": "m1",
    "name": "Works",
    "status": "completed",
    "impact": "maintenance",
    "scheduled_for": "2026-03-03T04:00:00Z",
    "scheduled_until": "2026-03-03T05:00:00Z",
    "incident_updates": [
        _update("05:10", "completed", _change("under_maintenance", "operational")),
        _update("03:50", "in_progress", _change("operational", "under_maintenance")),
        _update("01:00", "scheduled", _change("operational", "operational")),
    ],
    "components": [],
}
_SUMMARY: Json = {
    "page": {"id": "pg", "updated_at": "2026-03-04T00:00:00Z"},
    "components": [{"id": "ph", "name": "Phone", "status": "operational", "group": False}, {"id": "wb", "name": "Web"}],
    "incidents": [_INCIDENT],
    "scheduled_maintenances": [_MAINTENANCE],
}
_ROW: Json = {
    "id": "Q1",
    "status": "resolved",
    "created_at": "2026-03-03T01:00:00Z",
    "updated_at": "2026-03-03T02:00:00Z",
    "last_status_change_at": "2026-03-03T02:00:00Z",
    "resolved_at": "2026-03-03T02:00:00Z",
    "service": {"id": "P1", "summary": "Routing"},
    "urgency": "high",
    "priority": {"id": "PX", "summary": "P1", "name": "P1"},
    "resolve_reason": {"type": "merge_resolve_reason", "incident": {"id": "Q2"}},
}
_LIST: Json = {
    "incidents": [_ROW, {**_ROW, "id": "Q2", "resolve_reason": None}],
    "offset": 0,
    "limit": 25,
    "more": False,
    "total": None,
}
_EVENT: Json = {
    "event": {
        "event_type": "incident.resolved",
        "occurred_at": "2026-03-03T02:00:00.123Z",
        "data": {**_ROW, "resolve_reason": None},
    }
}
_CLOUD: Json = {
    "specversion": "1.0",
    "id": "1",
    "source": "/a",
    "type": "slaledger.incident.open",
    "datacontenttype": "application/json",
    "data": {"incident": "M-1", "account": "1001", "started_at": "2026-03-03T10:00:00+08:00"},
}
_BASE64: Json = {**_CLOUD, "data": None, "data_base64": "eyJpbmNpZGVudCI6ICJNLTEifQ=="}

Read = Callable[[Iterable[bytes]], object]
SAMPLES: dict[str, tuple[object, Read]] = {
    "statuspage, a summary": (_SUMMARY, lambda lines: read_statuspage([SourceFile("f", lines)], PAGE)),
    "statuspage, told afterwards": (
        {"page": _SUMMARY["page"], "incidents": [_LATE]},
        lambda lines: read_statuspage([SourceFile("f", lines)], PAGE),
    ),
    "statuspage, a v1 list": ([_INCIDENT, _MAINTENANCE], lambda lines: read_statuspage([SourceFile("f", lines)], PAGE)),
    "statuspage, with another file": (
        _SUMMARY,
        lambda lines: read_statuspage([SourceFile("f", lines), SourceFile("g", [json.dumps(_SUMMARY).encode()])], PAGE),
    ),
    "pagerduty, a list": (_LIST, lambda lines: read_pagerduty([SourceFile("f", lines)], PAGED)),
    "pagerduty, a choice": (_LIST, lambda lines: read_pagerduty([SourceFile("f", lines)], CHOSEN)),
    "pagerduty, an event": (_EVENT, lambda lines: read_pagerduty([SourceFile("f", lines)], PAGED)),
    "pagerduty, with another file": (
        _EVENT,
        lambda lines: read_pagerduty([SourceFile("f", lines), SourceFile("g", [json.dumps(_LIST).encode()])], PAGED),
    ),
    "cloudevents": (_CLOUD, lambda lines: read_cloudevents(lines, name="f", asked=SKIPPING)),
    "cloudevents, a list": ([_CLOUD], lambda lines: read_cloudevents(lines, name="f", asked=SKIPPING)),
    "cloudevents, base64": (_BASE64, lambda lines: read_cloudevents(lines, name="f", asked=SKIPPING)),
}
"""A document of each format that is read as it is, and its reader."""


@pytest.mark.parametrize("name", SAMPLES)
def test_a_value_of_any_type_at_any_path_is_read_or_refused(name: str) -> None:
    document, read = SAMPLES[name]
    read(io.BytesIO(json.dumps(document).encode()))
    taken = refused = 0
    for what, changed in swapped(document):
        for text in {json.dumps(changed), json.dumps(changed, indent=1)}:
            try:
                read(io.BytesIO(text.encode()))
                taken += 1
            except (Refusal, ManyFaults):
                refused += 1
            except Exception as error:
                raise AssertionError(f"{name}: {what}: {error!r}") from error
    assert taken and refused
