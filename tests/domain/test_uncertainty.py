"""An outage that was measured in steps keeps how far off its start and end may be; no rule asks for it."""

from __future__ import annotations

import pytest
from conftest import CommandLine

OPEN = ("incident", "open", "M-1", "--account", "1001", "--function", "agent_calls")
STARTED = ("--started-at", "2026-03-03T10:00:00+08:00")
ENDED = ("--ended-at", "2026-03-03T11:00:00+08:00")
WITHIN = "--uncertainty-seconds"


@pytest.fixture
def here(slaledger: CommandLine) -> CommandLine:
    """A ledger with the account."""
    slaledger.ok("account", "enroll", "1001", "--enrolled-at", "2026-01-01T00:00:00+08:00")
    return slaledger


def test_the_uncertainty_stands_in_the_events_and_in_history(here: CommandLine) -> None:
    here.ok(*OPEN, *STARTED, WITHIN, "15")
    here.ok("incident", "close", "M-1", *ENDED, WITHIN, "0.5")
    history = here.ok("history", "1001")
    (incident,) = history["incidents"]
    assert (incident["started_within_seconds"], incident["ended_within_seconds"]) == (15, 0.5)
    assert [(event["topic"], event["data"].get("uncertainty_us")) for event in history["events"][1:]] == [
        ("incident.opened_within", 15_000_000),
        ("incident.closed_within", 500_000),
    ]
    table = here.run("history", "1001", "--format", "table").stdout
    assert "uncertainty 15 s" in table
    assert "uncertainty 0.5 s" in table


def test_without_it_the_events_are_those_of_ever_and_history_says_nothing_of_it(here: CommandLine) -> None:
    here.ok(*OPEN, *STARTED)
    here.ok("incident", "close", "M-1", *ENDED)
    history = here.ok("history", "1001")
    assert [event["topic"] for event in history["events"][1:]] == ["incident.opened", "incident.closed"]
    assert not {"started_within_seconds", "ended_within_seconds"} & history["incidents"][0].keys()


def test_the_month_is_measured_by_the_recorded_instants(here: CommandLine) -> None:
    here.ok(*OPEN, *STARTED, WITHIN, "60")
    here.ok("incident", "close", "M-1", *ENDED, WITHIN, "60")
    assert here.ok("availability", "1001", "2026-03")["unavailable_seconds"] == 3600


def test_a_corrected_instant_is_exact_again(here: CommandLine) -> None:
    here.ok(*OPEN, *STARTED, WITHIN, "60")
    here.ok("incident", "close", "M-1", *ENDED, WITHIN, "60")
    here.ok("incident", "correct", "M-1", "--started-at", "2026-03-03T09:59:30+08:00", "--reason", "the log says so")
    (incident,) = here.ok("history", "1001")["incidents"]
    assert "started_within_seconds" not in incident
    assert incident["ended_within_seconds"] == 60


def test_repeating_is_nothing_and_another_uncertainty_is_other_content(here: CommandLine) -> None:
    here.ok(*OPEN, *STARTED, WITHIN, "15")
    assert here.ok(*OPEN, *STARTED, WITHIN, "15.0")["noop"]
    assert here.refused(*OPEN, *STARTED, WITHIN, "30")["code"] == "id_taken"
    assert here.refused(*OPEN, *STARTED)["code"] == "id_taken"
    here.ok("incident", "close", "M-1", *ENDED, WITHIN, "15")
    assert here.ok("incident", "close", "M-1", *ENDED)["noop"]


def test_a_shared_incident_measured_in_steps_touches_everybody(here: CommandLine) -> None:
    here.ok("incident", "open", "M-1", "--all-accounts", "--function", "agent_calls", *STARTED, WITHIN, "15")
    here.ok("incident", "close", "M-1", *ENDED)
    assert here.ok("availability", "1001", "2026-03")["episodes"][0]["incidents"] == ["M-1"]


def test_a_dossier_with_measured_instants_verifies(here: CommandLine) -> None:
    here.ok("incident", "open", "M-1", "--all-accounts", "--function", "agent_calls", *STARTED, WITHIN, "15")
    here.ok("incident", "close", "M-1", "--ended-at", "2026-03-03T14:00:00+08:00", WITHIN, "15")
    bill = ("--first-month", "2026-03", "--billed-at", "2026-04-01T00:00:00+08:00")
    here.ok("fees", "bill", "B-1", "--account", "1001", *bill, "--product-fee", "100.00", "--call-fee", "0.00")
    here.ok("claim", "file", "1001", "2026-03", "--filed-at", "2026-04-10T09:00:00+08:00")
    assert here.ok("claim", "decide", "1001", "2026-03")["outcome"] == "awarded"
    here.ok("dossier", "1001", "2026-03", "-o", "case.json")
    done = here.run("verify-dossier", "case.json")
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("text", "status"),
    [("0.000001", 0), ("2678400", 0), ("0", 1), ("2678400.000001", 1), ("-1", 2), ("1e3", 2), ("0.0000001", 2)],
)
def test_what_is_a_span_of_seconds(here: CommandLine, text: str, status: int) -> None:
    done = here.run(*OPEN, *STARTED, f"{WITHIN}={text}")
    assert done.returncode == status, done.stderr
    assert status == 0 or "bad_seconds" in done.stderr


def test_a_batch_line_may_give_it_as_a_number_but_never_as_a_float(here: CommandLine) -> None:
    line = {"command": "incident open", "incident": "M-1", "account": "1001", "function": "agent_calls"}
    line |= {"started_at": "2026-03-03T10:00:00+08:00"}
    assert here.batch({**line, "uncertainty_seconds": 0.5}).returncode == 2
    assert here.batch({**line, "uncertainty_seconds": 15}).returncode == 0
    assert here.ok("history", "1001")["incidents"][0]["started_within_seconds"] == 15
