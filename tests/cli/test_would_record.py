"""Dry runs of batches, imports and month runs list what would be recorded, and record nothing."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT, CommandLine

from ledger.commands.supposed import supposed

START = "2026-01-01T00:00:00+08:00"
FILED = {"command": "claim file", "account": "1001", "month": "2026-03", "filed_at": "2026-04-15T09:00:00+08:00"}
BILL = {
    "command": "fees bill",
    "bill": "B-1",
    "account": "1001",
    "first_month": "2026-03",
    "billed_at": "2026-04-01T00:00:00+08:00",
    "product_fee": "1000.00",
    "call_fee": "300.00",
}


@pytest.fixture
def books(slaledger: CommandLine) -> CommandLine:
    """An account with an outage of five hours."""
    slaledger.ok("account", "enroll", "1001", "--enrolled-at", START)
    slaledger.ok(
        *("incident", "open", "INC-1", "--account", "1001", "--function", "agent_calls"),
        *("--started-at", "2026-03-03T10:00:00+08:00"),
    )
    slaledger.ok("incident", "close", "INC-1", "--ended-at", "2026-03-03T15:00:00+08:00")
    return slaledger


def _write(folder: Path, *lines: dict[str, Any]) -> None:
    (folder / "lines.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))


def _topics(answer: dict[str, Any]) -> list[str]:
    return [event["topic"] for event in answer["would_record"]]


def _recorded(books: CommandLine, answer: dict[str, Any], *words: str) -> None:
    """Hold a dry run to what the run itself then records, but for the clock."""
    before = len(books.rows())
    assert answer["dry_run"]
    assert "would_record" not in books.ok(*words)
    made = books.rows()[before:]
    told = [(event["stream"], event["version"], event["topic"]) for event in answer["would_record"]]
    assert told == [row[1:4] for row in made]


def test_a_batch_lists_its_events_with_amounts_and_times(books: CommandLine) -> None:
    _write(books.folder, BILL, FILED)
    before = books.rows()
    table = books.run("batch", "lines.jsonl", "--dry-run", "--format", "table").stdout
    assert "fees.billed 1001/bill/B-1: first month 2026-03; months 1; billed 2026-04-01" in table
    assert "product fee 1,000.00" in table
    assert "claim.filed 1001/claim/2026-03: filed at 2026-04-15 09:00:00" in " ".join(table.split())
    assert "id.reserved" not in table
    answer = books.ok("batch", "lines.jsonl", "--dry-run")
    assert _topics(answer) == ["fees.billed", "id.reserved", "claim.filed"]
    assert books.rows() == before
    _recorded(books, answer, "batch", "lines.jsonl")


def test_a_month_run_lists_its_decisions_and_vouchers(books: CommandLine) -> None:
    _write(books.folder, BILL, FILED)
    books.ok("batch", "lines.jsonl")
    decide, issue = ("claim", "decide", "--all", "2026-03"), ("voucher", "issue", "--all", "2026-03")
    table = books.run(*decide, "--dry-run", "--format", "table").stdout
    assert table.startswith("dry run: 1 event would be recorded\n")
    answer = books.ok(*decide, "--dry-run")
    assert (answer["position"], answer["total"], _topics(answer)) == (books.rows()[-1][0], "113.00", ["claim.decided"])
    _recorded(books, answer, *decide)
    answer = books.ok(*issue, "--dry-run")
    assert answer["done"][0]["voucher"] == "V-1001-2026-03-1"
    _recorded(books, answer, *issue)


def test_a_month_run_in_a_batch_is_listed_too(books: CommandLine) -> None:
    _write(books.folder, BILL, FILED, {"command": "claim decide", "all": True, "month": "2026-03"})
    table = books.run("batch", "lines.jsonl", "--dry-run", "--format", "table").stdout
    assert "claim.decided 1001/claim/2026-03: decision 1: awarded, credit 113.00" in table


def test_a_dry_run_is_of_a_whole_month(books: CommandLine) -> None:
    assert books.refused("claim", "decide", "1001", "2026-03", "--dry-run", status=2)["code"] == "usage"


def test_an_import_of_outages_lists_them(books: CommandLine) -> None:
    page = str(ROOT / "examples" / "imports" / "page-1-down.json")
    words = ("import", "statuspage", page, "--all-accounts", "--map", "Agent sign-in=agent_sign_in")
    table = books.run(*words, "--dry-run", "--format", "table").stdout
    assert "incident.opened incident/9fd2m6xv0kcs:k4wz8n1rq6yt: function" in table
    assert "source.read" not in table
    _recorded(books, books.ok(*words, "--dry-run"), *words)


def test_an_import_of_bills_lists_them(books: CommandLine) -> None:
    books.ok("account", "enroll", "1002", "--enrolled-at", START)
    words = ("import", "bss", str(ROOT / "examples" / "imports" / "bss.json"), "--call-item", "ccc_call")
    answer = books.ok(*words, "--dry-run")
    assert {event["topic"] for event in answer["would_record"]} == {"fees.billed", "id.reserved"}
    _recorded(books, answer, *words)


def test_commands_of_cloudevents_are_listed(books: CommandLine) -> None:
    event = {"id": "1", "source": "desk", "specversion": "1.0", "type": "slaledger.claim.file"}
    event |= {"data": {name: value for name, value in FILED.items() if name != "command"}}
    (books.folder / "events.json").write_text(json.dumps(event))
    words = ("import", "cloudevents", "events.json")
    answer = books.ok(*words, "--dry-run")
    assert _topics(answer) == ["claim.filed", "key.used"]
    _recorded(books, answer, *words)


def test_a_ledger_of_another_store_is_counted(books: CommandLine) -> None:
    """By topic: the file itself lists its events."""
    books.ok("export", "events", "-o", "events.jsonl")
    words = ("--ledger", "sqlite:///moved.db", "import", "events", "events.jsonl")
    answer = books.ok(*words, "--dry-run")
    assert answer["topics"] == dict(sorted(Counter(row[3] for row in books.rows()).items()))
    table = books.run(*words, "--dry-run", "--format", "table").stdout
    assert re.search(r"^calendar.published +9$", table, re.MULTILINE)
    assert not (books.folder / "moved.db").exists()
    assert {"dry_run", "topics"}.isdisjoint(books.ok(*words))


def test_a_table_has_a_screenful_and_says_how_many_more(books: CommandLine) -> None:
    closed = {"ended_at": "2026-03-05T11:00:00+08:00"}
    _write(
        books.folder,
        *(
            {**line, "incident": f"M-{number}"}
            for number in range(15)
            for line in (
                {
                    "command": "incident open",
                    "account": "1001",
                    "function": "agent_calls",
                    "started_at": "2026-03-05T10:00:00+08:00",
                },
                {"command": "incident close", **closed},
            )
        ),
    )
    table = books.run("batch", "lines.jsonl", "--dry-run", "--format", "table").stdout
    assert table.splitlines()[-1] == "  … and 10 more; --format json lists them"
    assert len(books.ok("batch", "lines.jsonl", "--dry-run")["would_record"]) == 45


def test_the_list_is_bounded(books: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ledger.commands.supposed.MOST", 2)
    with books.opened() as ledger, ledger.reading() as log:
        found = supposed(log, 0)
        assert (len(found.facts), found.more) == (2, len(books.rows()) - 2)
