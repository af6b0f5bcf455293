"""Two people for a large award: who decided it cannot approve it, and unapproved it is not issued."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from conftest import CommandLine

from domain.decision_record import record_sha256


def test_controls_are_set_by_words_and_by_a_line(slaledger: CommandLine) -> None:
    done = slaledger.ok("controls", "set", "--approval-above", "50", "--provider-name", "Cloud", "--reason", "r")
    assert (done["noop"], done["approval_above"], done["provider_name"]) == (False, "50.00", "Cloud")
    line = {"command": "controls set", "provider_address": "1 West Road", "reason": "moved"}
    assert slaledger.batch(line).returncode == 0
    again = slaledger.ok("controls", "set", "--approval-above", "50.00", "--reason", "as before")
    assert (again["noop"], again["recorded"], again["provider_address"]) == (True, 0, "1 West Road")
    lifted = slaledger.ok("controls", "set", "--approval-above", "none", "--reason", "r")
    assert (lifted["noop"], lifted["approval_above"], lifted["provider_name"]) == (False, None, "Cloud")
    assert slaledger.ok("audit", "verify")["inadmissible"] == []


MARCH = ("1001", "2026-03")


def at(text: str) -> str:
    """`03-03 10:00` is on Shanghai's clock in 2026; a day alone is its first instant."""
    day, _, clock = text.partition(" ")
    return f"2026-{day}T{clock or '00:00'}:00+08:00"


def _case(account: str, fee: str) -> list[dict[str, Any]]:
    """An account with an outage in March, its bill, and a claim that waits."""
    incident, month = f"INC-{account}", {"account": account, "month": "2026-03"}
    opened = {"account": account, "function": "inbound_routing", "started_at": at("03-03 10:00")}
    billed = {"account": account, "first_month": "2026-03", "billed_at": at("04-01"), "call_fee": "0.00"}
    return [
        {"command": "account enroll", "account": account, "enrolled_at": at("01-01")},
        {"command": "incident open", "incident": incident, **opened},
        {"command": "incident close", "incident": incident, "ended_at": at("03-03 11:30")},
        {"command": "fees bill", "bill": f"B-{account}", **billed, "product_fee": fee},
        {"command": "claim file", **month, "filed_at": at("04-10")},
    ]


@pytest.fixture
def shop(slaledger: CommandLine) -> CommandLine:
    """Two awards that `clerk` decided, of 140.00 and of 14.00; those above 50.00 need an approval."""
    done = slaledger.batch(
        {"command": "controls set", "approval_above": "50.00", "reason": "two people above that"},
        *_case("1001", "1000.00"),
        *_case("1002", "100.00"),
        {"command": "claim decide", "month": "2026-03", "all": True},
    )
    assert done.returncode == 0, done.stderr
    return slaledger


def approve(shop: CommandLine, *, by: str = "checker") -> Any:
    return shop.ok("--actor", by, "voucher", "approve", *MARCH)


def test_a_large_award_takes_two_people(shop: CommandLine) -> None:
    refused = shop.refused("voucher", "issue", *MARCH)
    assert refused["code"] == "approval_needed"
    assert "voucher approve 1001 2026-03" in refused["hint"]
    assert "clerk" in refused["hint"]
    assert shop.refused("voucher", "approve", *MARCH)["code"] == "own_decision"
    done = approve(shop)
    assert (done["recorded"], done["decision"], done["amount"]) == (1, 1, "140.00")
    assert approve(shop)["noop"] is True
    assert shop.ok("voucher", "issue", *MARCH)["amount"] == "140.00"
    assert approve(shop)["noop"] is True
    assert shop.ok("audit", "verify")["inadmissible"] == []
    (told,) = [one for one in shop.ok("history", "1001")["events"] if one["topic"] == "claim.approved"]
    assert (told["actor"], told["data"]["amount_fen"]) == ("checker", 14000)
    assert told["data"]["position"] < told["position"]


def test_the_month_run_issues_what_needs_no_approval_and_lists_the_rest(shop: CommandLine) -> None:
    done = shop.run("voucher", "issue", "--all", "2026-03")
    found = json.loads(done.stdout)
    assert (done.returncode, found["total"]) == (1, "14.00")
    assert [(one["account"], one["code"]) for one in found["refused"]] == [("1001", "approval_needed")]
    approve(shop)
    again = shop.run("voucher", "issue", "--all", "2026-03")
    assert (again.returncode, json.loads(again.stdout)["total"]) == (0, "140.00")


def test_an_approval_is_refused_where_the_facts_have_changed(shop: CommandLine) -> None:
    shop.ok("fees", "correct", "B-1001", "--product-fee", "2000.00", "--reason", "tariff")
    refused = shop.refused("--actor", "checker", "voucher", "approve", *MARCH)
    assert refused["code"] == "facts_changed"
    assert "140.00" in refused["message"]
    assert "280.00" in refused["message"]
    shop.ok("claim", "redecide", *MARCH, "--reason", "tariff")
    assert approve(shop)["amount"] == "280.00"


def test_time_alone_changes_no_facts(shop: CommandLine) -> None:
    """An outage that is still open grows, but what it counts in a month that is over does not."""
    shop.ok("incident", "reopen", "INC-1001", "--reason", "it still fails")
    shop.ok("claim", "redecide", *MARCH, "--reason", "longer")
    assert approve(shop)["decision"] == 2


def test_a_new_decision_voids_an_approval_and_a_redecision_without_effect_does_not(shop: CommandLine) -> None:
    approve(shop)
    assert shop.ok("claim", "redecide", *MARCH, "--reason", "asked again")["noop"] is True
    assert approve(shop, by="another")["noop"] is True
    shop.ok("claim", "dispute", *MARCH, "--disputed-at", at("04-20"), "--grounds", "longer")
    shop.ok("--actor", "other", "claim", "redecide", *MARCH, "--reason", "disputed")
    assert shop.refused("voucher", "issue", *MARCH)["code"] == "approval_needed"
    assert shop.refused("--actor", "other", "voucher", "approve", *MARCH)["code"] == "own_decision"
    assert approve(shop)["decision"] == 2


def test_an_issue_after_a_cancellation_takes_a_new_approval(shop: CommandLine) -> None:
    approve(shop)
    shop.ok("voucher", "issue", *MARCH)
    shop.ok("voucher", "cancel", "V-1001-2026-03-1", "--reason", "wrong")
    assert shop.refused("voucher", "issue", *MARCH, "--again")["code"] == "approval_needed"
    assert approve(shop)["recorded"] == 1
    assert shop.ok("voucher", "issue", *MARCH, "--again")["voucher"] == "V-1001-2026-03-2"
    assert shop.ok("audit", "verify")["inadmissible"] == []


@pytest.mark.parametrize("by", ["words", "line"])
def test_each_approval_warns_where_nothing_holds_the_actor_to_a_login(shop: CommandLine, by: str) -> None:
    (shop.folder / "line.jsonl").write_text('{"command": "voucher approve", "account": "1001", "month": "2026-03"}\n')
    words = ("voucher", "approve", *MARCH) if by == "words" else ("batch", "line.jsonl")
    done = shop.run("--actor", "checker", *words)
    assert done.returncode == 0, done.stderr
    assert "anybody can claim to be an actor" in done.stderr


def _state(shop: CommandLine, actor: str, data: dict[str, object]) -> bytes:
    with shop.opened(read_only=True) as ledger, ledger.reading() as log:
        return msgspec.json.encode({"recorded_at": log.recorded_at(), "actor": actor, "data": data})


def test_an_approval_by_the_decider_that_is_put_into_the_log_is_listed(shop: CommandLine) -> None:
    with shop.opened(read_only=True) as ledger, ledger.reading() as log:
        made, seen = log.claim_case(*MARCH).claims["2026-03"].decisions[-1], log.position()
    sha256 = record_sha256(made.record)
    told = {"account": "1001", "month": "2026-03", "decision": 1, "decision_sha256": sha256, "amount_fen": 14000}
    position = shop.insert("1001/claim/2026-03", "claim.approved", _state(shop, "clerk", {**told, "position": seen}))
    done = shop.run("audit", "verify")
    (found,) = json.loads(done.stdout)["inadmissible"]
    assert (done.returncode, found["position"], found["code"]) == (4, position, "own_decision")


def test_without_controls_nothing_needs_an_approval(slaledger: CommandLine) -> None:
    assert slaledger.batch(*_case("1001", "1000.00")).returncode == 0
    slaledger.ok("claim", "decide", *MARCH)
    refused = slaledger.refused("--actor", "checker", "voucher", "approve", *MARCH)
    assert refused["code"] == "approval_not_needed"
    assert slaledger.ok("voucher", "issue", *MARCH)["amount"] == "140.00"


def test_the_worklist_has_awards_to_approve_apart_from_those_to_issue(shop: CommandLine) -> None:
    work = shop.ok("worklist")
    assert [(one["account"], one["amount"], one["decided_by"]) for one in work["to_approve"]] == [
        ("1001", "140.00", "clerk")
    ]
    assert [one["account"] for one in work["to_issue"]] == ["1002"]
    assert "Awards to approve" in shop.run("worklist", "--format", "table").stdout
    approve(shop)
    work = shop.ok("worklist")
    assert (work["to_approve"], [one["account"] for one in work["to_issue"]]) == ([], ["1001", "1002"])
    shop.ok("controls", "set", "--approval-above", "none", "--reason", "one person is enough")
    assert shop.ok("worklist")["to_approve"] == []


def test_an_award_that_nobody_else_could_approve_says_so(shop: CommandLine) -> None:
    """Only `clerk` has recorded anything, until somebody else does."""
    refused = shop.refused("voucher", "issue", *MARCH)
    assert (refused["code"], "nobody but clerk to give it" in refused["message"]) == ("approval_needed", True)
    assert [one["nobody_else"] for one in shop.ok("worklist")["to_approve"]] == [True]
    assert "Everybody who could approve these decided them" in shop.run("worklist", "--format", "table").stdout
    redecide = ("claim", "redecide", *MARCH, "--reason", "disputed")
    shop.ok("claim", "dispute", *MARCH, "--disputed-at", at("04-20"), "--grounds", "longer")
    assert "everybody who could give it has decided the claim" in shop.run(*redecide).stderr
    shop.ok("--actor", "checker", "account", "enroll", "1003", "--enrolled-at", at("01-01"))
    assert "nobody" not in shop.refused("voucher", "issue", *MARCH)["message"]
    assert ["nobody_else" in one for one in shop.ok("worklist")["to_approve"]] == [False]
    shop.ok("claim", "dispute", *MARCH, "--disputed-at", at("04-21"), "--grounds", "longer")
    assert "everybody" not in shop.run(*redecide).stderr


def test_who_recorded_nothing_lately_is_nobody_to_approve(shop: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    shop.ok("--actor", "checker", "account", "enroll", "1003", "--enrolled-at", at("01-01"))
    shop.ok("account", "close", "1003", "--closed-at", at("02-01"))
    for recent, alone in ((2, False), (1, True)):
        monkeypatch.setattr("ledger.log.approvers.RECENT", recent)
        assert ("nobody" in shop.refused("voucher", "issue", *MARCH)["message"]) == alone
        assert ["nobody_else" in one for one in shop.ok("worklist")["to_approve"]] == [alone]


def test_a_decision_of_an_award_below_the_limit_needs_nobody(slaledger: CommandLine) -> None:
    slaledger.batch({"command": "controls set", "approval_above": "50.00", "reason": "r"}, *_case("1002", "100.00"))
    assert "everybody" not in slaledger.run("claim", "decide", "1002", "2026-03").stderr


def test_a_claim_shows_its_approvals(shop: CommandLine) -> None:
    assert "approvals" not in shop.ok("claim", "show", *MARCH)
    approve(shop)
    (standing,) = shop.ok("claim", "show", *MARCH)["approvals"]
    assert (standing["decision"], standing["amount"], standing["by"], standing["stands"]) == (
        1,
        "140.00",
        "checker",
        True,
    )
    shop.ok("claim", "dispute", *MARCH, "--disputed-at", at("04-20"), "--grounds", "longer")
    shop.ok("claim", "redecide", *MARCH, "--reason", "disputed")
    assert [one["stands"] for one in shop.ok("claim", "show", *MARCH)["approvals"]] == [False]
    table = shop.run("claim", "show", *MARCH, "--format", "table").stdout
    assert "decision 1, 140.00, by checker; void since" in table


def test_pages_say_that_names_are_claimed_and_which_limit_held(shop: CommandLine) -> None:
    approve(shop)
    shop.ok("--actor", "boss", "controls", "set", "--approval-above", "70.00", "--reason", "dearer")
    shop.ok("--actor", "boss", "controls", "set", "--provider-name", "Cloud", "--reason", "no limit")
    shop.ok("voucher", "issue", *MARCH)
    shop.ok("dossier", *MARCH, "--html", "case.html")
    shop.ok("report", "2026-03", "--html", "month.html")
    case, month = ((shop.folder / name).read_text() for name in ("case.html", "month.html"))
    for page in (case, month):
        assert "Names of actors are claimed by whoever wrote to the ledger; nothing proves them." in page
        assert "awards above CN¥50.00 needed an approval; set by clerk" in page
        assert "awards above CN¥70.00 needed an approval; set by boss" in page
    assert "<bdi>Voucher V-1001-2026-03-1</bdi></td><td><bdi>awards above CN¥70.00" in case


def test_pages_of_a_ledger_without_a_limit_say_nothing_of_one(slaledger: CommandLine) -> None:
    slaledger.batch(*_case("1001", "1000.00"))
    slaledger.ok("claim", "decide", *MARCH)
    slaledger.ok("dossier", *MARCH, "--html", "case.html")
    slaledger.ok("report", "2026-03", "--html", "month.html")
    for name in ("case.html", "month.html"):
        assert "needed an approval" not in (slaledger.folder / name).read_text()


def test_completeness_names_each_change_of_the_controls(shop: CommandLine) -> None:
    shop.ok("--actor", "boss", "controls", "set", "--approval-above", "none", "--reason", "a test")
    found = json.loads(shop.run("audit", "completeness").stdout)
    told = [one["message"] for one in found if one["kind"] == "controls_changed"]
    assert len(told) == 2
    assert told[0].startswith("awards above 50.00 need an approval: set ")
    assert "by boss, because: a test" in told[1]
