"""An outage without an end is loud: wherever a month counts it, and wherever work is listed."""

from __future__ import annotations

import json

import pytest
from conftest import CommandLine

MONTH = "2026-03"


@pytest.fixture
def books(slaledger: CommandLine) -> CommandLine:
    """Two accounts; INC-1 of one of them and INC-2 of everybody are open since March, and INC-3 ended."""
    for account in ("1001", "1002"):
        slaledger.ok("account", "enroll", account, "--enrolled-at", "2026-01-01T00:00:00+08:00")
    function = ("--function", "agent_calls", "--started-at", "2026-03-03T10:00:00+08:00")
    slaledger.ok("incident", "open", "INC-1", "--account", "1001", *function)
    slaledger.ok("incident", "open", "INC-2", "--all-accounts", *function)
    slaledger.ok("incident", "open", "INC-3", "--account", "1001", *function)
    slaledger.ok("incident", "close", "INC-3", "--ended-at", "2026-03-03T11:00:00+08:00")
    return slaledger


def test_the_worklist_lists_them_after_their_month(books: CommandLine) -> None:
    assert books.ok("worklist")["still_open"] == [
        {"incident": "INC-1", "account": "1001", "started_at": "2026-03-03T10:00:00+08:00", "source": None},
        {"incident": "INC-2", "scope": "all", "started_at": "2026-03-03T10:00:00+08:00", "source": None},
    ]
    table = books.run("worklist", "--format", "table").stdout
    assert "Outages still open after their month" in table


def test_one_of_the_running_month_does_not_wait_yet(books: CommandLine) -> None:
    now = books.ok("worklist")["still_open"]
    today = books.ok("history", "1001")["known_at"]
    books.ok("incident", "open", "INC-4", "--account", "1002", "--function", "agent_calls", "--started-at", today)
    assert books.ok("worklist")["still_open"] == now


@pytest.mark.parametrize(
    ("words", "is_open"),
    [
        ([], True),
        (["incident close INC-1 --ended-at 2026-03-03T12:00:00+08:00"], False),
        (["incident withdraw INC-1 --reason none"], False),
        (["incident close INC-1 --ended-at 2026-03-03T12:00:00+08:00", "incident reopen INC-1 --reason unsure"], True),
        (["incident withdraw INC-1 --reason none", "again"], True),
    ],
)
def test_closed_reopened_withdrawn_and_restored(books: CommandLine, words: list[str], is_open: bool) -> None:
    for each in words:
        if each == "again":
            function = ("--function", "agent_calls", "--started-at", "2026-03-03T10:00:00+08:00")
            assert books.refused("incident", "open", "INC-1", "--account", "1001", *function)["code"] == "undone"
            books.ok("incident", "open", "INC-1", "--account", "1001", *function, "--again")
        else:
            books.ok(*each.split(" "))
    listed = {one["incident"] for one in books.ok("worklist")["still_open"]}
    assert listed == ({"INC-1", "INC-2"} if is_open else {"INC-2"})


def test_breaches_and_the_report_mark_the_months_that_count_them(books: CommandLine) -> None:
    found = {row["account"]: row["still_open"] for row in books.ok("breaches", MONTH)}
    assert found == {"1001": ["INC-1", "INC-2"], "1002": ["INC-2"]}
    rows = {row["account"]: row["still_open"] for row in books.ok("report", MONTH)["accounts"]}
    assert rows == found
    assert [row["still_open"] for row in books.ok("report", "2026-02")["accounts"]] == [[], []]
    table = books.run("breaches", MONTH, "--format", "table").stdout
    assert "1002 2026-03: counts outages that are still open: INC-2" in table
    books.run("report", MONTH, "--html", "month.html")
    page = (books.folder / "month.html").read_text(encoding="utf-8")
    assert "Outages without an end count up to now: INC-1, INC-2." in page


def file_claims(books: CommandLine) -> None:
    for account in ("1001", "1002"):
        books.ok("claim", "file", account, MONTH, "--filed-at", "2026-04-15T09:00:00+08:00")


def test_a_decision_warns_by_id_and_refuses_where_that_is_asked(books: CommandLine) -> None:
    file_claims(books)
    error = books.refused("claim", "decide", "1001", MONTH, "--strict")
    assert (error["code"], "INC-1, INC-2" in error["message"]) == ("still_open", True)
    warning = books.ok("claim", "decide", "1001", MONTH)["warnings"][0]
    assert "counts outages that are still open" in warning
    assert "INC-1, INC-2" in warning


def test_the_months_run_refuses_them_one_by_one(books: CommandLine) -> None:
    file_claims(books)
    done = books.run("claim", "decide", "--all", MONTH, "--strict")
    answer = json.loads(done.stdout)
    assert (done.returncode, answer["done"]) == (1, [])
    assert [(one["account"], one["code"]) for one in answer["refused"]] == [
        ("1001", "still_open"),
        ("1002", "still_open"),
    ]


def test_doctor_and_completeness_name_them(books: CommandLine) -> None:
    (found,) = [one for one in books.ok("doctor") if one["what"] == "outages"]
    assert "INC-1, INC-2" in found["message"]
    gaps = json.loads(books.run("audit", "completeness").stdout)
    assert {one["message"].split()[1] for one in gaps if one["kind"] == "incident_never_closed"} == {"INC-1", "INC-2"}
