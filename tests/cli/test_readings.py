"""Readings for people: each switch and value in words, and how much of a claim's credit hangs on one of them."""

from __future__ import annotations

from typing import Any

import pytest
from conftest import CommandLine

from cli.terminal.language import in_language
from cli.terminal.reading_words import in_force_words, otherwise_words
from domain.terms.readings import NUMBERS, VALUES, Value, clause_of
from ledger.shipped import shipped

Line = dict[str, Any]


def line(command: str, **fields: Any) -> Line:
    return {"command": command, **fields}


def at(text: str) -> str:
    """`03-03 10:00` is on Shanghai's clock in 2026; a day alone is its first instant."""
    day, _, clock = text.partition(" ")
    return f"2026-{day}T{clock or '00:00'}:00+08:00"


def month_of(account: str, started: str, ended: str, filed: str = "04-10") -> list[Line]:
    """An account with one outage in March, its bill, and a claim that waits."""
    fees = {"product_fee": "1000.00", "call_fee": "400.00", "billed_at": at("04-01")}
    outage = {"account": account, "function": "agent_calls", "started_at": at(started)}
    return [
        line("account enroll", account=account, enrolled_at=at("01-01")),
        line("incident open", incident=f"I-{account}", **outage),
        line("incident close", incident=f"I-{account}", ended_at=at(ended)),
        line("fees bill", bill=f"B-{account}", account=account, first_month="2026-03", **fees),
        line("claim file", account=account, month="2026-03", filed_at=at(filed)),
    ]


DECIDE = line("claim decide", month="2026-03", all=True)
SHORT = ("03-10 10:00", "03-10 11:30")
"""99.798 %: two minutes less, or rounded to one decimal, it meets the commitment."""
PLAIN = ("03-10 10:00", "03-10 13:00")
"""Three hours: no reading changes what they give."""
SWING = {"reading": "R2", "key": "minimum_kind", "value": "deductible", "amount": "104.00"}

LATE = {"reading": "R15", "key": "deadline_rolls", "value": False, "amount": "104.00"}
"""31 May 2026 is a Sunday: filed on the Monday after it, the claim is in time because the last day moves."""


@pytest.fixture
def shop(slaledger: CommandLine) -> CommandLine:
    """1001 hangs on the two minutes, 1002 on nothing, 1003 on the day that its claim was filed."""
    done = slaledger.batch(
        *month_of("1001", *SHORT), *month_of("1002", *PLAIN), *month_of("1003", *PLAIN, filed="06-01 09:00")
    )
    assert done.returncode == 0, done.stderr
    return slaledger


def test_every_switch_is_listed_with_its_value_in_force_and_each_other_value(shop: CommandLine) -> None:
    listed = shop.ok("readings", "list")
    assert [(each["reading"], each["key"]) for each in listed] == list(zip(NUMBERS.values(), NUMBERS, strict=True))
    for each in listed:
        others = {str(other["value"]) for other in each["others"]}
        assert others | {str(each["value"])} == set(map(str, VALUES[each["key"]]))
        assert str(each["value"]) not in others
    (zone,) = [each for each in listed if each["key"] == "timezone"]
    assert (zone["clause"], zone["says"]) == ("1", "R8: the month is counted by the clock of Asia/Shanghai.")
    assert zone["others"][0]["says"].startswith(
        "R8: the month is counted by the clock of UTC instead of Asia/Shanghai; then "
    )


@pytest.mark.parametrize(("key", "value"), [(key, value) for key, values in VALUES.items() for value in values])
def test_every_value_says_what_it_means_in_both_languages(key: str, value: Value) -> None:
    other = next(each for each in VALUES[key] if each != value)
    told = [in_force_words(key, value), otherwise_words(key, value, other)]
    assert otherwise_words(key, value, value) == told[0]
    for sentence in told:
        assert sentence.startswith(f"{NUMBERS[key]}: ")
        chinese = in_language(sentence, "zh")
        assert chinese.startswith(f"{NUMBERS[key]}：")
        assert not any(word in chinese for word in (" the ", " an ", " of "))
    assert len({*told}) == 2


def test_a_clause_is_that_of_the_agreement_whose_terms_are_read() -> None:
    for _, terms in shipped():
        for key in VALUES:
            cited = clause_of(key, terms)
            assert cited or key == "maintenance_excluded"
    clauses = {
        key: clause_of(key, terms) for _, terms in shipped() if terms.agreement == "aliyun-ccc" for key in VALUES
    }
    assert (clauses["exclusion_removes"], clauses["maintenance_excluded"]) == ("2.3", "2.3(5)")
    assert (clauses["claim_closes"], clauses["rounding"], clauses["version_in_force"]) == ("3.2", "3.1", "4")


def test_what_if_says_what_is_tried(shop: CommandLine) -> None:
    shop.ok("claim", "decide", "--all", "2026-03")
    found = shop.ok("audit", "what-if", "--set", "minimum_kind=deductible")
    assert [each["reading"] for each in found["readings"]] == ["R2"]
    told = shop.run("audit", "what-if", "--set", "minimum_kind=deductible", "--format", "table").stdout
    assert " ".join(told.split()).startswith(
        "R2: only the part of an outage beyond the minimum counts; then each outage counts less by the minimum."
    )


def greatest(shop: CommandLine, account: str) -> str | None:
    """The greatest difference that `claim explain --readings` finds."""
    found = shop.ok("claim", "explain", account, "2026-03", "--readings")["readings"]
    return max((each["difference"].removeprefix("-") for each in found), key=float, default=None)


def test_the_swing_of_a_decided_claim_is_the_greatest_difference_that_explain_finds(shop: CommandLine) -> None:
    shop.ok("claim", "decide", "--all", "2026-03")
    rows = {row["account"]: row["swing"] for row in shop.ok("report", "2026-03")["accounts"]}
    assert rows["1001"] == SWING
    assert rows["1002"] is None
    assert rows["1003"] == LATE
    for account, swing in rows.items():
        assert greatest(shop, account) == (None if swing is None else swing["amount"])
    told = shop.run("report", "2026-03", "--format", "table").stdout
    assert "1001: R2 decides over 104.00" in told
    assert "1002: R" not in told


def test_facts_that_came_after_a_decision_do_not_move_its_swing(shop: CommandLine) -> None:
    shop.ok("claim", "decide", "--all", "2026-03")
    shop.ok("incident", "correct", "I-1001", "--ended-at", at("03-10 13:00"), "--reason", "log of the gateway")
    (row,) = [row for row in shop.ok("report", "2026-03")["accounts"] if row["account"] == "1001"]
    assert row["swing"] == SWING


def test_the_worklist_has_the_swing_of_what_waits(shop: CommandLine) -> None:
    waiting = {row["account"]: row["swing"] for row in shop.ok("worklist")["to_decide"]}
    assert (waiting["1001"], waiting["1002"]) == (SWING, None)
    shop.ok("claim", "withdraw", "1001", "2026-03", "--reason", "asked to")
    assert {row["account"]: row["swing"] for row in shop.ok("report", "2026-03")["accounts"]}["1001"] is None
    shop.ok("claim", "decide", "--all", "2026-03")
    assert [(row["account"], row["swing"]) for row in shop.ok("worklist")["to_issue"]] == [
        ("1002", None),
        ("1003", LATE),
    ]


def test_an_approval_is_told_what_hangs_on_a_reading(shop: CommandLine) -> None:
    shop.ok("claim", "decide", "--all", "2026-03")
    shop.ok("controls", "set", "--approval-above", "100.00", "--reason", "two people above that")
    alone = shop.refused("voucher", "issue", "1001", "2026-03")
    assert alone["message"].endswith("needs an approval; there is nobody but clerk to give it")
    shop.ok("--actor", "checker", "account", "enroll", "1004", "--enrolled-at", at("01-01"))
    refused = shop.refused("voucher", "issue", "1001", "2026-03")
    assert refused["code"] == "approval_needed"
    assert refused["message"].endswith("needs an approval; R2 decides over 104.00")
    assert "claim explain 1001 2026-03 --readings" in refused["hint"]
    assert shop.refused("voucher", "issue", "1002", "2026-03")["message"].endswith("needs an approval")
    rows = {row["account"]: row["swing"] for row in shop.ok("worklist")["to_approve"]}
    assert (rows["1001"], rows["1002"]) == (SWING, None)
    told = shop.run("worklist", "--format", "table").stdout
    assert "1001 2026-03: R2 decides over 104.00" in told
    approved = shop.ok("--actor", "checker", "voucher", "approve", "1001", "2026-03")
    assert any("R2 decides over 104.00" in warning for warning in approved["warnings"])
    plain = shop.ok("--actor", "checker", "voucher", "approve", "1002", "2026-03")
    assert not any("decides over" in warning for warning in plain["warnings"])
