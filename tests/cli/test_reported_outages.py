"""Who told of an outage, by telephone say, is recorded with its start or its end, and stands as evidence."""

from __future__ import annotations

import pytest
from conftest import CommandLine

HASH = "ab" * 32
START = ("--function", "agent_calls", "--started-at", "2026-03-03T10:00:00+08:00")
TOLD = ("--reported-by", "duty officer", "--reason", "by telephone", "--evidence", f"call.wav={HASH}@s3://calls/17")
END = ("--ended-at", "2026-03-03T11:00:00+08:00")
REPORT = {"moment": "start", "reported_by": "duty officer"}


@pytest.fixture
def books(slaledger: CommandLine) -> CommandLine:
    """An account with an outage of its own, INC-1, and one of both accounts, INC-2, each told of by somebody."""
    for account in ("1001", "1002"):
        slaledger.ok("account", "enroll", account, "--enrolled-at", "2026-01-01T00:00:00+08:00")
    slaledger.ok("incident", "open", "INC-1", "--account", "1001", *START, *TOLD)
    slaledger.ok("incident", "close", "INC-1", *END, "--reported-by", "ticket 4711")
    slaledger.ok("incident", "open", "INC-2", "--account", "1001", "--account", "1002", *START, *TOLD)
    return slaledger


@pytest.mark.parametrize("incident", ["INC-1", "INC-2"])
def test_the_report_stands_behind_the_start(books: CommandLine, incident: str) -> None:
    opened, told, *_ = books.ok("incident", "show", incident)["events"]
    assert (opened["topic"], told["topic"]) == ("incident.opened", "incident.reported")
    assert {name: told["data"][name] for name in REPORT} == REPORT
    assert told["data"]["evidence"] == [{"name": "call.wav", "sha256": HASH, "uri": "s3://calls/17"}]
    assert (opened["reason"], told["reason"]) == ("by telephone", "by telephone")


def test_the_report_stands_behind_the_end(books: CommandLine) -> None:
    *_, closed, told = books.ok("incident", "show", "INC-1")["events"]
    assert closed["topic"] == "incident.closed"
    assert told["data"] == {"incident": "INC-1", "moment": "end", "reported_by": "ticket 4711"}
    table = books.run("incident", "show", "INC-1", "--format", "table").stdout
    assert "reported by ticket 4711" in table
    assert [row["topic"] for row in books.ok("search", "call.wav")] == ["incident.reported"] * 2


def test_the_same_report_again_is_nothing_new_and_another_is_refused(books: CommandLine) -> None:
    assert books.ok("incident", "open", "INC-1", "--account", "1001", *START, *TOLD)["noop"]
    assert books.ok("incident", "open", "INC-1", "--account", "1001", *START)["noop"]
    assert books.ok("incident", "close", "INC-1", *END, "--reported-by", "ticket 4711")["noop"]
    other = ("--reported-by", "somebody else")
    assert books.refused("incident", "open", "INC-1", "--account", "1001", *START, *other)["code"] == "report_differs"
    assert books.refused("incident", "close", "INC-1", *END, *other)["code"] == "report_differs"


def test_an_end_that_is_told_of_again(books: CommandLine) -> None:
    books.ok("incident", "reopen", "INC-1", "--reason", "it failed again")
    later = ("--ended-at", "2026-03-03T12:00:00+08:00", "--reported-by", "ticket 4712")
    assert books.ok("incident", "close", "INC-1", *later)["recorded"] == 2


def test_a_report_changes_no_figure_and_is_admissible(books: CommandLine) -> None:
    books.ok("incident", "close", "INC-2", *END)
    assert books.ok("availability", "1001", "2026-03")["unavailable_seconds"] == 3600
    assert books.ok("history", "1001", "--valid-at", "2026-03-03T10:30:00+08:00")["incidents"][0]["ended_at"] is None
    assert books.run("audit", "verify").returncode == 0
    books.ok("claim", "file", "1001", "2026-03", "--filed-at", "2026-04-15T09:00:00+08:00")
    books.ok("claim", "decide", "1001", "2026-03", "--decided-at", "2026-04-16T09:00:00+08:00")
    assert books.run("dossier", "1001", "2026-03", "-o", "case.json").returncode == 0
    assert books.run("verify-dossier", "case.json").returncode == 0
