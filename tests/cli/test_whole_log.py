"""The whole ledger: its log, where a text stands in it, and where it stands."""

from __future__ import annotations

import csv
import io
import json
import re
from itertools import islice
from typing import Any

import pytest
from conftest import ROOT, CommandLine

from ledger.queries.whole_log import Which, events, search

JANUARY = "2026-01-01T00:00:00+08:00"
HASH = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


@pytest.fixture
def books(slaledger: CommandLine) -> CommandLine:
    """An account, an incident that two people recorded, an exclusion with evidence, and a claim with a statement."""
    slaledger.ok("account", "enroll", "1001", "--enrolled-at", JANUARY)
    opened = ("--account", "1001", "--function", "agent_calls", "--started-at", "2026-03-03T10:00:00+08:00")
    slaledger.ok("incident", "open", "INC-7", *opened)
    slaledger.ok("--actor", "auditor", "incident", "close", "INC-7", "--ended-at", "2026-03-03T11:00:00+08:00")
    excluded = ("--clause", "2.3(1)", "--reason", 'as "Carrier" said', "--evidence", f"Carrier-Report.pdf={HASH}")
    slaledger.ok("exclusion", "apply", "INC-7", *excluded)
    filed = ("--filed-at", "2026-04-10T09:00:00+08:00", "--statement", "电话打不通\nfor an hour", "--key", "mail-17")
    slaledger.ok("claim", "file", "1001", "2026-03", *filed)
    return slaledger


def _topics(rows: list[dict[str, Any]]) -> list[str]:
    return [row["topic"] for row in rows if not row["topic"].startswith(("terms.", "calendar.", "ledger."))]


OWN = [
    "account.enrolled",
    "incident.opened",
    "id.reserved",
    "incident.closed",
    "exclusion.applied.v2",
    "claim.filed",
    "key.used",
]


def test_all_events_with_the_newest_first(books: CommandLine) -> None:
    rows = books.ok("log")
    assert _topics(rows) == OWN[::-1]
    assert [row["position"] for row in rows] == sorted((row["position"] for row in rows), reverse=True)
    assert books.ok("log", "--reverse") == rows[::-1]
    assert len(rows) == len(books.rows())


def test_an_event_of_the_log_has_who_when_and_why(books: CommandLine) -> None:
    (row,) = books.ok("log", "--topic", "exclusion")
    assert (row["stream"], row["version"], row["actor"]) == ("1001/incident/INC-7", 3, "clerk")
    assert row["reason"] == 'as "Carrier" said'
    assert row["data"]["clause"] == "2.3(1)"
    (filed,) = books.ok("log", "--topic", "claim.filed")
    assert (filed["key"], filed["source"]) == ("mail-17", None)


@pytest.mark.parametrize(
    ("options", "found"),
    [
        (("--actor", "auditor"), ["incident.closed"]),
        (("--actor", "nobody"), []),
        (("--topic", "incident"), ["incident.closed", "incident.opened"]),
        (("--topic", "incident.closed"), ["incident.closed"]),
        (("--limit", "2"), OWN[:-3:-1]),
        (("--limit", "1", "--topic", "incident", "--reverse"), ["incident.opened"]),
        (("--actor", "auditor", "--limit", "5"), ["incident.closed"]),
    ],
)
def test_the_events_that_are_asked_for(books: CommandLine, options: tuple[str, ...], found: list[str]) -> None:
    assert _topics(books.ok("log", *options)) == found


def test_since_and_until_a_position_or_what_was_known_at_a_time(books: CommandLine) -> None:
    rows = books.ok("log", "--reverse")
    closed = next(row for row in rows if row["topic"] == "incident.closed")
    position, instant = str(closed["position"]), closed["recorded_at"]
    later, earlier = [row for row in rows if row["position"] > closed["position"]], rows[: rows.index(closed) + 1]
    assert books.ok("log", "--since", position, "--reverse") == later
    assert books.ok("log", "--since", instant, "--reverse") == later
    assert books.ok("log", "--until", position, "--reverse") == earlier
    assert books.ok("log", "--until", instant, "--reverse") == earlier
    assert books.ok("log", "--since", position, "--until", position) == []
    assert books.ok("log", "--since", "9999") == []
    assert books.refused("log", "--since", "2026-04-10T09:00:00")["code"] == "time_without_offset"


def test_the_log_in_other_formats(books: CommandLine) -> None:
    rows = books.ok("log")
    assert [json.loads(line) for line in books.run("log", "--format", "jsonl").stdout.splitlines()] == rows
    table = list(csv.DictReader(io.StringIO(books.run("log", "--format", "csv").stdout)))
    assert [json.loads(row["data"]) for row in table] == [row["data"] for row in rows]
    shown = books.run("log", "--topic", "incident.closed", "--format", "table").stdout
    assert f"{rows[-1]['position']}" not in shown.split()
    assert "auditor  incident.closed  1001/incident/INC-7" in shown


def test_a_topic_that_no_event_has(books: CommandLine) -> None:
    refused = books.refused("log", "--topic", "incidents.opened", status=2)
    assert (refused["code"], refused["hint"].startswith("did you mean incident.opened?")) == ("unknown_topic", True)


def test_the_log_is_read_as_it_is_printed(books: CommandLine) -> None:
    """Only the events that are taken are decoded: the last one cannot be, and is never reached."""
    position = books.insert("1001/account", "account.corrected", b"no event")
    with books.opened() as ledger, ledger.reading() as log:
        rows = events(log, Which(last=position), newest_first=False)
        assert [fact.topic for fact in islice(rows, 1)] == ["ledger.created"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("inc-7", {"incident.opened": "incident", "id.reserved": "id", "incident.closed": "incident"}),
        ("carrier-report", {"exclusion.applied.v2": "evidence.name"}),
        ('"CARRIER"', {"exclusion.applied.v2": "reason"}),
        ("打不通", {"claim.filed": "statement"}),
        ("不通\nFOR", {"claim.filed": "statement"}),
        ("MAIL-17", {"claim.filed": "key", "key.used": "key"}),
        ("auditor", {"incident.closed": "actor"}),
        ("2026-03", {"claim.filed": "month"}),
        ("/claim/", {"claim.filed": "stream"}),
        ("nowhere", {}),
    ],
)
def test_where_a_text_stands(books: CommandLine, text: str, found: dict[str, str]) -> None:
    rows = {row["topic"]: row for row in books.ok("search", text)}
    assert found.items() <= {topic: row["places"][0]["field"] for topic, row in rows.items()}.items()
    if not found:
        assert rows == {}
    assert all(text.casefold() in place["text"].casefold() for row in rows.values() for place in row["places"])


def test_documents_are_not_searched(books: CommandLine) -> None:
    assert [row["topic"] for row in books.ok("search", "effective_from")] == []


def test_a_search_among_what_was_known_then(books: CommandLine) -> None:
    first = books.ok("search", "INC-7")[0]["position"]
    assert [row["position"] for row in books.ok("search", "INC-7", "--at-position", str(first))] == [first]
    assert books.refused("search", " ", status=2)["code"] == "usage"
    with books.opened() as ledger, ledger.reading() as log:
        assert next(search(log, "INC-7")).fact.position == first


def test_where_the_ledger_stands(books: CommandLine) -> None:
    found = books.ok("status")
    rows = books.ok("log")
    assert (found["position"], found["recorded_at"]) == (rows[0]["position"], rows[0]["recorded_at"])
    assert found["terms"] == {"agreement": "aliyun-ccc", "version": "2018-08-01"}
    assert found["accounts"] == 1
    assert found["waits"]["to_decide"] == 1
    assert sum(found["waits"].values()) == 1
    assert (found["sources"], found["proved"]) == ([], None)
    assert found["controls"] == {"approval_above": None, "provider_name": None}


def test_what_was_done_shows_in_where_the_ledger_stands(books: CommandLine) -> None:
    books.ok("controls", "set", "--approval-above", "100.00", "--provider-name", "Cloud Ltd", "--reason", "rules")
    assert books.run("audit", "checkpoint").returncode == 0
    covered = books.ok("status")
    assert covered["controls"] == {"approval_above": "100.00", "provider_name": "Cloud Ltd"}
    assert covered["proved"] == {"size": len(books.rows()), "position": covered["position"], "since": 0}
    books.ok("claim", "withdraw", "1001", "2026-03", "--reason", "filed by mistake")
    then = books.ok("status")
    assert (then["proved"], then["waits"]["to_decide"]) == ({**covered["proved"], "since": 1}, 0)
    table = books.run("status", "--format", "table").stdout
    assert f"of {covered['proved']['size']} events; 1 event since" in table
    assert "CN¥100.00" in table


def test_what_was_imported_last_of_each_source(books: CommandLine) -> None:
    page = str(ROOT / "examples" / "status-pages" / "1004-2026-02-12.json")
    functions = ("--map", "Agent sign-in=agent_sign_in", "--map", "Inbound routing=inbound_routing")
    books.ok("import", "statuspage", page, "--account", "1001", *functions)
    (source,) = books.ok("status")["sources"]
    read = next(row for row in books.ok("log", "--topic", "source.read"))
    assert (source["source"], source["position"], source["read_at"]) == (
        "statuspage",
        read["position"],
        read["recorded_at"],
    )
    before = str(read["position"] - 1)
    assert books.ok("status", "--at-position", before)["sources"] == []


def test_a_line_of_the_log_names_a_document_and_counts_days(books: CommandLine) -> None:
    """The agreement's text and each holiday are in `terms show` and `calendar show`."""
    table = books.run("log", "--topic", "terms", "--format", "table").stdout
    assert "minimum_outage_seconds" not in table
    assert "sha256" in table
    table = books.run("log", "--topic", "calendar", "--format", "table").stdout
    assert "NamedDay" not in table
    assert re.search(r"holidays\s+20 days; workdays 7\s+days", table)


def test_a_changed_moment_is_named_in_the_readers_language(books: CommandLine) -> None:
    books.ok("incident", "correct", "INC-7", "--ended-at", "2026-03-03T12:00:00+08:00", "--reason", "log")
    asked = ("incident", "show", "INC-7", "--format", "table")
    assert "ended: 2026-03-03 11:00:00 -> 2026-03-03 12:00:00" in books.run(*asked).stdout
    assert "结束时间：2026-03-03 11:00:00 -> 2026-03-03 12:00:00" in books.run("--lang", "zh", *asked).stdout
