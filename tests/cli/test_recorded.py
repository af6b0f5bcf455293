"""Accounts, incidents and bills are looked up: all of them, or one with who recorded what, when and why."""

from __future__ import annotations

import csv
import io
import json
import shlex
from typing import Any

import pytest
from conftest import ROOT, CommandLine

JANUARY = "2026-01-01T00:00:00+08:00"
FUNCTION = ("--function", "agent_calls", "--started-at", "2026-03-03T10:00:00+08:00")


def _bill(books: CommandLine, bill: str, account: str, month: str, *more: str) -> None:
    words = ("--account", account, "--first-month", month, "--billed-at", "2026-06-01T00:00:00+08:00")
    books.ok("fees", "bill", bill, *words, "--product-fee", "900.00", "--call-fee", "300.00", *more)


@pytest.fixture
def books(slaledger: CommandLine) -> CommandLine:
    """Two accounts of two regions; incidents of one, of a region, of both by name and of all; three bills."""
    slaledger.ok("account", "enroll", "1001", "--enrolled-at", JANUARY, "--region", "cn-beijing")
    slaledger.ok("account", "enroll", "1002", "--enrolled-at", JANUARY, "--stage", "public_beta")
    slaledger.ok("account", "restage", "1002", "--stage", "general", "--changed-at", "2026-02-01T00:00:00+08:00")
    slaledger.ok("incident", "open", "INC-1", "--account", "1001", *FUNCTION)
    slaledger.ok("incident", "close", "INC-1", "--ended-at", "2026-03-03T11:00:00+08:00")
    correction = ("--ended-at", "2026-03-03T11:30:00+08:00", "--reason", "log of the gateway")
    slaledger.ok("--actor", "auditor", "incident", "correct", "INC-1", *correction)
    slaledger.ok("incident", "open", "INC-2", "--region", "cn-beijing", *FUNCTION)
    slaledger.ok("incident", "open", "INC-3", "--account", "1001", "--account", "1002", *FUNCTION)
    slaledger.ok("incident", "open", "INC-4", "--all-accounts", *FUNCTION)
    slaledger.ok("incident", "withdraw", "INC-4", "--reason", "a test alarm")
    slaledger.ok("incident", "open", "inc-3", "--account", "1002", *FUNCTION)
    _bill(slaledger, "B-1", "1001", "2026-03", "--months", "3")
    _bill(slaledger, "B-2", "1002", "2026-04")
    _bill(slaledger, "B-3", "1002", "2026-05")
    slaledger.ok("fees", "correct", "B-3", "--call-fee", "250.00", "--reason", "calls of the last day")
    slaledger.ok("fees", "void", "B-2", "--reason", "billed twice")
    return slaledger


def _ids(rows: list[dict[str, Any]], field: str) -> list[str]:
    return [row[field] for row in rows]


def test_every_account_as_it_is_now(books: CommandLine) -> None:
    first, second = books.ok("account", "list")
    assert (first["account"], first["stage"], first["region"]) == ("1001", "general", "cn-beijing")
    assert (second["account"], second["stage"], second["closed_at"]) == ("1002", "general", None)


def test_an_account_with_its_stages_and_who_recorded_them(books: CommandLine) -> None:
    found = books.ok("account", "show", "1002")
    assert [(one["value"], one["from"]) for one in found["stages"]] == [
        ("public_beta", JANUARY),
        ("general", "2026-02-01T00:00:00+08:00"),
    ]
    assert [found[name] for name in ("incidents", "bills", "claims", "vouchers")] == [3, 2, 0, 0]
    assert [event["topic"] for event in found["events"]] == ["account.enrolled", "account.restaged"]


@pytest.mark.parametrize(
    ("options", "found"),
    [
        ((), ["INC-1", "inc-3", "INC-2", "INC-3", "INC-4"]),
        (("--account", "1001"), ["INC-1", "INC-2", "INC-3", "INC-4"]),
        (("--account", "1002"), ["inc-3", "INC-3", "INC-4"]),
        (("--open",), ["inc-3", "INC-2", "INC-3"]),
        (("--open", "--account", "1001"), ["INC-2", "INC-3"]),
        (("--month", "2026-03"), ["INC-1", "inc-3", "INC-2", "INC-3", "INC-4"]),
        (("--month", "2026-04"), ["inc-3", "INC-2", "INC-3"]),
        (("--month", "2026-02"), []),
    ],
)
def test_the_incidents_that_are_asked_for(books: CommandLine, options: tuple[str, ...], found: list[str]) -> None:
    assert _ids(books.ok("incident", "list", *options), "incident") == found


def test_an_incident_with_what_each_event_changed_and_why(books: CommandLine) -> None:
    events = books.ok("incident", "show", "INC-1")["events"]
    assert [event["topic"] for event in events] == ["incident.opened", "incident.closed", "incident.corrected"]
    corrected = events[-1]
    assert (corrected["actor"], corrected["reason"]) == ("auditor", "log of the gateway")
    assert corrected["changes"] == [
        {"field": "ended_at", "was": "2026-03-03T11:00:00+08:00", "is": "2026-03-03T11:30:00+08:00"}
    ]
    assert events[0]["changes"] == []
    table = books.run("incident", "show", "INC-1", "--format", "table").stdout
    assert "ended: 2026-03-03 11:00:00 -> 2026-03-03 11:30:00; because: log of the gateway" in " ".join(table.split())


def test_an_incident_of_several_accounts_names_them(books: CommandLine) -> None:
    assert books.ok("incident", "show", "INC-3")["accounts"] == ["1001", "1002"]
    assert books.ok("incident", "show", "inc-3")["accounts"] == ["1002"]
    assert books.ok("incident", "show", "INC-2")["regions"] == ["cn-beijing"]


def test_an_incident_that_a_source_told_of(books: CommandLine) -> None:
    page = str(ROOT / "examples" / "status-pages" / "1004-2026-02-12.json")
    functions = ("--map", "Agent sign-in=agent_sign_in", "--map", "Inbound routing=inbound_routing")
    opened = books.ok("import", "statuspage", page, "--account", "1002", *functions)["opened"]
    rows = books.ok("incident", "list", "--source", "statuspage")
    assert sorted(_ids(rows, "incident")) == sorted(opened)
    assert {row["source"] for row in rows} == {"statuspage"}
    assert books.ok("incident", "show", opened[0])["source"] == "statuspage"
    refused = books.refused("incident", "list", "--source", "pagerduty")
    assert (refused["code"], "statuspage" in refused["hint"]) == ("unknown_source", True)


@pytest.mark.parametrize(
    ("options", "found"),
    [
        ((), ["B-1", "B-2", "B-3"]),
        (("--account", "1002"), ["B-2", "B-3"]),
        (("--month", "2026-05"), ["B-1", "B-3"]),
        (("--month", "2026-05", "--account", "1001"), ["B-1"]),
        (("--month", "2026-06"), []),
    ],
)
def test_the_bills_that_are_asked_for(books: CommandLine, options: tuple[str, ...], found: list[str]) -> None:
    assert _ids(books.ok("fees", "list", *options), "bill") == found


def test_a_bill_with_what_each_event_changed_and_why(books: CommandLine) -> None:
    corrected = books.ok("fees", "show", "B-3")["events"][-1]
    assert corrected["reason"] == "calls of the last day"
    assert corrected["changes"] == [{"field": "call_fee", "was": "300.00", "is": "250.00"}]
    assert books.ok("fees", "show", "B-2")["status"] == "void"


def test_what_was_known_then(books: CommandLine) -> None:
    events = books.ok("incident", "show", "INC-1")["events"]
    before = str(events[1]["position"])
    assert books.ok("incident", "show", "INC-1", "--at-position", before)["ended_at"] == "2026-03-03T11:00:00+08:00"
    assert _ids(books.ok("incident", "list", "--at-position", before), "incident") == ["INC-1"]
    assert _ids(books.ok("incident", "list", "--open", "--at-position", str(events[0]["position"])), "incident") == [
        "INC-1"
    ]
    assert books.ok("fees", "list", "--at-position", before) == []
    refused = books.refused("fees", "show", "B-1", "--at-position", before)
    assert (refused["code"], f"position {before}" in refused["message"]) == ("unknown_bill", True)


@pytest.mark.parametrize("words", [["account", "list"], ["incident", "list"], ["fees", "list"]], ids=" ".join)
def test_the_formats_hold_the_same(books: CommandLine, words: list[str]) -> None:
    rows = books.ok(*words)
    lines = books.run(*words, "--format", "jsonl").stdout.splitlines()
    assert [json.loads(line) for line in lines] == rows
    table = list(csv.DictReader(io.StringIO(books.run(*words, "--format", "csv").stdout)))
    field = next(iter(rows[0]))
    assert [row[field] for row in table] == _ids(rows, field)


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        ("account show 101", "account show 1001"),
        ("incident list --account=10O2", "incident list --account=1002"),
        ("incident show INC1", "incident show INC-1"),
        ("fees show b-3", "fees show B-3"),
        ("history 1O01", "history 1001"),
        ("history 1010", "history 1001"),
        (
            "incident close INC-22 --ended-at 2026-03-04T00:00:00+08:00",
            "incident close INC-2 --ended-at 2026-03-04T00:00:00+08:00",
        ),
        ("fees void B1 --reason 'not ours'", "fees void B-1 --reason 'not ours'"),
    ],
)
def test_an_unknown_id_is_answered_with_the_line_that_was_meant(books: CommandLine, words: str, meant: str) -> None:
    hint = books.refused(*shlex.split(words))["hint"]
    assert hint.startswith("did you mean ") and hint.endswith(f"`slaledger {meant}`"), hint


def test_an_id_near_to_none_is_answered_with_how_to_record_it(books: CommandLine) -> None:
    assert "incident open" in books.refused("incident", "show", "OUTAGE")["hint"]
    assert books.run("incident", "list", "--account", "9999").stdout == ""


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        ("completeness --year 2026", "audit completeness --year 2026"),
        ("verify", "audit verify"),
        ("enrol 1001", "account enroll 1001"),
        ("stauts", "status"),
    ],
)
def test_a_command_without_its_group_is_answered_with_the_line_that_was_meant(
    books: CommandLine, words: str, meant: str
) -> None:
    assert books.refused(*shlex.split(words), status=2)["hint"].startswith(f"did you mean `slaledger {meant}`?")


def test_a_command_of_several_groups_is_left_open(books: CommandLine) -> None:
    assert books.refused("show", "INC-1", status=2)["hint"] == "`slaledger --help`"
