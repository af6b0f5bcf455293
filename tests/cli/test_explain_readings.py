"""`claim explain --readings`: the readings that would change a claim, and the sentence where none would."""

from __future__ import annotations

from typing import Any

from conftest import CommandLine


def line(command: str, **fields: Any) -> dict[str, Any]:
    return {"command": command, **fields}


def decided(slaledger: CommandLine, started: str, ended: str) -> dict[str, Any]:
    """A month with one outage, claimed and decided; with the readings that would change it."""
    outage = {"account": "1001", "function": "agent_calls", "started_at": f"2026-03-{started}:00+08:00"}
    fees = {"product_fee": "1000.00", "call_fee": "400.00", "billed_at": "2026-04-01T00:00:00+08:00"}
    done = slaledger.batch(
        line("account enroll", account="1001", enrolled_at="2026-01-01T00:00:00+08:00"),
        line("incident open", incident="I", **outage),
        line("incident close", incident="I", ended_at=f"2026-03-{ended}:00+08:00"),
        line("fees bill", bill="B", account="1001", first_month="2026-03", **fees),
        line("claim file", account="1001", month="2026-03", filed_at="2026-04-10T00:00:00+08:00"),
        line("claim decide", account="1001", month="2026-03", decided_at="2026-04-11T00:00:00+08:00"),
    )
    assert done.returncode == 0, done.stdout
    made: dict[str, Any] = slaledger.ok("claim", "explain", "1001", "2026-03", "--readings")
    return made


def test_no_other_reading_changes_a_plain_outage_of_three_hours(slaledger: CommandLine) -> None:
    made = decided(slaledger, "10T10:00", "10T13:00")
    assert (made["outcome"], made["readings"]) == ("awarded", [])
    told = slaledger.run("claim", "explain", "1001", "2026-03", "--readings", "--format", "table").stdout
    assert told.endswith("No other reading changes this claim.\n")


def test_a_month_just_below_the_commitment_turns_on_the_two_minutes_and_on_rounding(slaledger: CommandLine) -> None:
    """1 h 30 min of 744 h is 99.798 %: less two minutes it is 99.802 %, and rounded to one decimal 99.8 %."""
    made = decided(slaledger, "10T10:00", "10T11:30")
    assert (made["outcome"], made["credit"]["total"]) == ("awarded", "104.00")
    changed = {(each["reading"], each["key"], each["value"]): each for each in made["readings"]}
    assert set(changed) == {
        ("R2", "minimum_kind", "deductible"),
        ("R9", "availability_decimals", 1),
        ("R9", "availability_decimals", 2),
    }
    for each in changed.values():
        assert (each["outcome"], each["credit"], each["difference"]) == ("commitment_met", "0.00", "-104.00")
