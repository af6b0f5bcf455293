"""Incidents of PagerDuty become outages, from its list as from its webhooks, or are refused with the place."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from conftest import CommandLine
from ledger.imports.pagerduty_commands import PagerDutyOptions, read_pagerduty

from ledger.imports.source import Reading
from ledger.refusals import Misread

Json = dict[str, Any]
ROUTING = PagerDutyOptions(functions={"Routing": "inbound_routing"}, accounts=("1001",))
STARTED, ENDED = "2026-03-03T02:00:00Z", "2026-03-03T03:00:00Z"


def incident(status: str = "triggered", **fields: Any) -> Json:
    return {
        "id": "Q1",
        "status": status,
        "created_at": STARTED,
        "service": {"id": "P1", "summary": "Routing"},
        "resolve_reason": None,
        **fields,
    }


def listed(*incidents: Json, **fields: Any) -> bytes:
    return json.dumps({"incidents": list(incidents), "more": False, **fields}).encode()


def event(kind: str, at: str = ENDED, **fields: Any) -> bytes:
    status = "resolved" if kind == "incident.resolved" else "triggered"
    told = {"event_type": kind, "occurred_at": at, "data": incident(status, **fields)}
    return json.dumps({"event": told}).encode() + b"\n"


def read(data: bytes, asked: PagerDutyOptions = ROUTING) -> Reading:
    return read_pagerduty(io.BytesIO(data), name="d.json", asked=asked)


def refused(data: bytes, asked: PagerDutyOptions = ROUTING) -> Misread:
    with pytest.raises(Misread) as caught:
        read(data, asked)
    return caught.value


def fields(reading: Reading) -> list[dict[str, object]]:
    return [command.fields for command in reading.commands]


RESOLVED = incident("resolved", resolved_at=ENDED, last_status_change_at="2026-03-03T03:00:00Z")


def test_a_resolved_incident_is_opened_and_closed() -> None:
    opening, closing = read(listed(RESOLVED)).commands
    assert opening.place == "d.json:1: $.incidents[0].created_at"
    assert opening.fields == {
        "command": "incident open",
        "incident": "pagerduty:Q1",
        "account": "1001",
        "function": "inbound_routing",
        "started_at": STARTED,
    }
    assert closing.fields["ended_at"] == ENDED


def test_the_list_and_the_webhook_tell_the_same() -> None:
    told = event("incident.triggered") + event("incident.acknowledged") + event("incident.resolved")
    assert fields(read(told)) == fields(read(listed(RESOLVED)))
    assert fields(read(event("incident.resolved"))) == fields(read(listed(RESOLVED)))


@pytest.mark.parametrize("status", ["triggered", "acknowledged"])
def test_what_is_not_resolved_lasts(status: str) -> None:
    assert len(read(listed(incident(status, last_status_change_at=ENDED))).commands) == 1


def test_without_resolved_at_the_last_change_of_status_is_the_end() -> None:
    old = incident("resolved", last_status_change_at=ENDED)
    assert read(listed(old)).commands[1].fields["ended_at"] == ENDED


def test_events_may_come_out_of_order_and_twice() -> None:
    told = event("incident.resolved") + event("incident.triggered") + event("incident.resolved")
    assert fields(read(told)) == fields(read(listed(RESOLVED)))


def test_a_service_is_mapped_by_its_id_too() -> None:
    assert (
        len(read(listed(RESOLVED), PagerDutyOptions(functions={"P1": "agent_calls"}, all_accounts=True)).commands) == 2
    )


def test_events_that_tell_nothing_are_counted() -> None:
    ping = b'{"event":{"event_type":"pagey.ping","data":{}}}\n'
    assert read(ping + event("incident.triggered")).notes == ("1 event says nothing of an outage",)


def test_a_list_that_goes_on_is_noted() -> None:
    assert "other pages" in read(listed(incident(), more=True)).notes[0]


def test_what_no_rule_fits_is_refused_by_name_until_it_is_left_out() -> None:
    data = listed(RESOLVED, incident(id="Q2", service={"id": "P2", "summary": "Website"}))
    error = refused(data)
    assert (error.code, error.place) == ("unmapped_service", "d.json:1: $.incidents[1]")
    assert "incident Q2 of service Website" in error.finding
    only = PagerDutyOptions(functions=ROUTING.functions, accounts=("1001",), only_mapped=True)
    skip = PagerDutyOptions(functions=ROUTING.functions, accounts=("1001",), skip=frozenset({"Q2"}))
    assert fields(read(data, only)) == fields(read(data, skip)) == fields(read(listed(RESOLVED)))
    assert read(data, only).notes == ("left out as asked (1): incident Q2 of service Website",)


MERGED = {"type": "merge_resolve_reason", "incident": {"id": "Q9"}}
BAD: dict[str, tuple[bytes, str, str]] = {
    "cut off": (listed(RESOLVED)[:-9], "bad_json", "d.json:1:"),
    "not UTF-8": (b'{"\xff', "not_utf8", "d.json:1:3"),
    "something else": (b"{}", "not_pagerduty", "d.json:1: $"),
    "an unknown status": (listed(incident("snoozed")), "unknown_status", "d.json:1: $.incidents[0].status"),
    "an unknown event": (event("incident.exploded"), "unknown_event_type", "d.json:1: $.event.event_type"),
    "an unknown status in an event": (
        event("incident.triggered").replace(b'"triggered"', b'"odd"'),
        "unknown_status",
        "d.json:1: $.event.data.status",
    ),
    "no offset": (
        listed(incident(created_at="2026-03-03T02:00:00")),
        "bad_time",
        "d.json:1: $.incidents[0].created_at",
    ),
    "resolved at no time": (listed(incident("resolved")), "missing_time", "d.json:1: $.incidents[0].resolved_at"),
    "merged": (
        listed(incident("resolved", resolved_at=ENDED, resolve_reason=MERGED)),
        "merged",
        "d.json:1: $.incidents[0].resolve_reason",
    ),
    "merged in an event": (
        event("incident.resolved", resolve_reason=MERGED),
        "merged",
        "d.json:1: $.event.data.resolve_reason",
    ),
    "opened again": (event("incident.resolved") + event("incident.reopened"), "reopened", "d.json:2: $.event"),
    "ends at two times": (
        event("incident.resolved") + event("incident.resolved", at="2026-03-03T04:00:00Z"),
        "contradiction",
        "d.json:2: $.event.data",
    ),
    "moved to another service": (
        event("incident.triggered") + event("incident.service_updated", service={"id": "P2"}),
        "contradiction",
        "d.json:2: $.event.data",
    ),
    "ends before it starts": (
        listed(incident("resolved", resolved_at="2026-03-03T01:00:00Z")),
        "ends_before_start",
        "d.json:1: $.incidents[0].resolved_at",
    ),
}


@pytest.mark.parametrize("what", BAD)
def test_refused_with_the_place(what: str) -> None:
    data, code, place = BAD[what]
    error = refused(data)
    assert (error.code, error.place[: len(place)]) == (code, place)


def test_what_is_refused_can_be_left_out() -> None:
    skip = PagerDutyOptions(
        functions=ROUTING.functions, accounts=("1001",), skip=frozenset({"Q1", "incident.exploded"})
    )
    reading = read(event("incident.resolved") + event("incident.reopened") + event("incident.exploded", id="Q2"), skip)
    assert reading.commands == ()


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        (PagerDutyOptions(functions={}, all_accounts=True), "no_mapping"),
        (PagerDutyOptions(functions={"a": "Inbound routing"}, all_accounts=True), "unknown_function"),
        (PagerDutyOptions(functions=ROUTING.functions), "bad_target"),
        (
            PagerDutyOptions(functions={"Routing": "agent_calls", "P1": "inbound_routing"}, all_accounts=True),
            "mapped_twice",
        ),
    ],
)
def test_rules_that_cannot_be_meant(asked: PagerDutyOptions, code: str) -> None:
    assert refused(listed(RESOLVED), asked).code == code


def test_through_the_command_line_a_later_list_closes_and_twice_is_nothing(slaledger: CommandLine) -> None:
    slaledger.ok("account", "enroll", "1001", "--enrolled-at", "2026-01-01T00:00:00+08:00")
    command = ("import", "pagerduty", "d.json", "--account", "1001", "--map", "Routing=inbound_routing")
    file = slaledger.folder / "d.json"
    file.write_bytes(listed(incident()))
    assert slaledger.ok(*command)["recorded"] == 2
    file.write_bytes(listed(RESOLVED))
    assert slaledger.ok(*command)["recorded"] == 2
    assert slaledger.ok(*command)["recorded"] == 0
    (found,) = slaledger.ok("history", "1001")["incidents"]
    assert (found["incident"], found["ended_at"]) == ("pagerduty:Q1", "2026-03-03T11:00:00+08:00")
