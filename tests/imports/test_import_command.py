"""`slaledger import` through the command line: wholly or not at all, and twice adds nothing."""

from __future__ import annotations

import json
from typing import Any

from conftest import CommandLine

MAP = ("--account", "1001", "--map", "Phone=agent_calls")


def page(*updates: tuple[str, str, str, str]) -> dict[str, Any]:
    """One incident of one component; an update is (clock, incident status, old status, new status)."""
    said = [
        {
            "status": status,
            "created_at": f"2026-03-03T{clock}:00+08:00",
            "affected_components": [{"code": "ph", "name": "Phone", "old_status": old, "new_status": new}],
        }
        for clock, status, old, new in reversed(updates)
    ]
    incident = {"id": "i1", "name": "Calls fail", "impact": "major", "status": updates[-1][1], "incident_updates": said}
    if updates[-1][1] == "resolved":
        incident["resolved_at"] = said[0]["created_at"]
    return {"incidents": [incident]}


DOWN = ("10:00", "investigating", "operational", "major_outage")
UP = ("11:00", "resolved", "major_outage", "operational")


def take(slaledger: CommandLine, content: dict[str, Any]) -> Any:
    (slaledger.folder / "page.json").write_text(json.dumps(content))
    return slaledger.ok("import", "statuspage", "page.json", *MAP)


def enroll(slaledger: CommandLine) -> None:
    slaledger.ok("account", "enroll", "1001", "--enrolled-at", "2026-01-01T00:00:00+08:00")


def test_a_page_is_taken_over_as_it_goes_on_and_twice_adds_nothing(slaledger: CommandLine) -> None:
    enroll(slaledger)
    assert take(slaledger, page(DOWN))["recorded"] == 2
    assert take(slaledger, page(DOWN, UP))["recorded"] == 2
    assert take(slaledger, page(DOWN, UP))["recorded"] == 0
    (incident,) = slaledger.ok("history", "1001")["incidents"]
    assert (incident["incident"], incident["ended_at"]) == ("i1:ph", "2026-03-03T11:00:00+08:00")


def test_an_incident_that_a_person_withdrew_is_left_alone_and_said(slaledger: CommandLine) -> None:
    enroll(slaledger)
    take(slaledger, page(DOWN))
    slaledger.ok("incident", "withdraw", "i1:ph", "--reason", "a false alarm")
    taken = take(slaledger, page(DOWN, UP))
    assert taken["recorded"] == 0
    assert any("a false alarm" in note for note in taken["notes"])
    assert slaledger.ok("history", "1001")["incidents"][0]["status"] == "withdrawn"


def test_an_unknown_account_is_refused_with_the_place_and_nothing_is_recorded(slaledger: CommandLine) -> None:
    (slaledger.folder / "page.json").write_text(json.dumps(page(DOWN, UP)))
    before = slaledger.rows()
    error = slaledger.refused("import", "statuspage", "page.json", *MAP)
    assert error["code"] == "unknown_account"
    assert "page.json: $.incidents[0].incident_updates[1]" in error["message"]
    assert slaledger.rows() == before
