"""A calendar that comes after a decision changes it only where its outcome changes.

November 2016 can be claimed to 31 January 2017, which is the fourth day of the Spring Festival: the last day is then
3 February. `init` records no calendar before 2018.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from build import SHIPPED
from conftest import CommandLine
from test_verifier import disagreements, dossiers

OPENS = 'opens_after_working_day = { value = 5, clause = "3.2" }\n'


@pytest.fixture
def early(tmp_path: Path) -> CommandLine:
    """A ledger whose first version is of 2016, with a breach of November."""
    line = CommandLine(tmp_path)
    line.ok("init")
    document = SHIPPED.replace('version = "2018-08-01"', 'version = "2016"').replace(OPENS, "")
    document = document.replace("effective_from = 2018-08-01", "effective_from = 2016-01-01")
    (tmp_path / "2016.toml").write_text(document, "utf-8")
    line.ok("terms", "publish", "2016.toml")
    for account in ("A", "B"):
        line.ok("account", "enroll", account, "--enrolled-at", "2016-01-01T00:00:00+08:00")
        words = ("--account", account, "--function", "agent_calls", "--started-at", "2016-11-05T10:00:00+08:00")
        line.ok("incident", "open", f"I-{account}", *words)
        line.ok("incident", "close", f"I-{account}", "--ended-at", "2016-11-05T14:00:00+08:00")
        bill = ("--account", account, "--first-month", "2016-11", "--billed-at", "2016-12-01T00:00:00+08:00")
        line.ok("fees", "bill", f"F-{account}", *bill, "--product-fee", "100.00", "--call-fee", "0")
    line.ok("claim", "file", "A", "2016-11", "--filed-at", "2017-01-31T23:59:59+08:00")
    line.ok("claim", "file", "B", "2016-11", "--filed-at", "2017-02-01T00:00:00+08:00")
    return line


def decisions(line: CommandLine, account: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = line.ok("claim", "show", account, "2016-11")["decisions"]
    return found


def test_a_calendar_that_could_not_matter_is_no_change(early: CommandLine) -> None:
    assert early.ok("claim", "decide", "A", "2016-11")["outcome"] == "awarded"
    (made,) = decisions(early, "A")
    assert (made["calendar"]["years"], made["window"]["closes"]) == ([], "2017-02-01T00:00:00+08:00")
    early.ok("calendar", "publish", "2017")
    assert early.ok("claim", "show", "A", "2016-11")["window"]["closes"] == "2017-02-04T00:00:00+08:00"
    assert early.ok("audit", "impact")["changed"] == []
    assert early.ok("claim", "redecide", "A", "2016-11", "--reason", "the calendar came")["noop"]
    early.ok("fees", "correct", "F-A", "--product-fee", "200.00", "--reason", "typed")
    (changed,) = early.ok("audit", "impact")["changed"]
    assert (changed["account"], changed["new"]["credit"]) == ("A", "28.00")
    early.ok("claim", "redecide", "A", "2016-11", "--reason", "the fee")
    _, again = decisions(early, "A")
    assert (again["calendar"]["years"], again["window"]["closes"]) == ([2017], "2017-02-04T00:00:00+08:00")
    assert early.ok("audit", "replay")["different"] == []
    with early.opened() as ledger:
        assert disagreements(dossiers(ledger)) == {}


def test_a_claim_behind_the_nominal_last_day_waits_for_the_calendar(early: CommandLine) -> None:
    assert early.refused("claim", "decide", "B", "2016-11")["code"] == "calendar_missing"
    early.ok("calendar", "publish", "2017")
    assert early.ok("claim", "decide", "B", "2016-11")["outcome"] == "awarded"
    assert json.dumps(decisions(early, "B")).count("2017-02-04T00:00:00+08:00") == 1
