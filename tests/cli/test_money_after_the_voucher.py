"""Money after the voucher, end to end: what is cancelled, paid once, billed late, undone, and told by the worklist."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT, CommandLine

from ledger.shipped import shipped_agreements

Line = dict[str, Any]
CASES = ROOT.parent / "shared" / "cases" / "money"
V = "V-K-2026-03-1"


def at(text: str) -> str:
    """`03-03 10:00` is on Shanghai's clock in 2026."""
    day, _, clock = text.partition(" ")
    return f"2026-{day}T{clock or '00:00'}:00+08:00"


def line(command: str, **fields: Any) -> Line:
    return {"command": command, **fields}


def bill(name: str, month: str, billed: str, product: str, **more: Any) -> Line:
    return line(
        "fees bill", bill=name, account="K", first_month=month, billed_at=at(billed), product_fee=product,
        call_fee="0.00", **more,
    )  # fmt: skip


ENROLLED = line("account enroll", account="K", enrolled_at=at("01-01"))
OUTAGE = (
    line("incident open", incident="I1", account="K", function="agent_calls", started_at=at("03-10 10:00")),
    line("incident close", incident="I1", ended_at=at("03-10 13:00")),
)
MARCH, JUNE = bill("B3", "2026-03", "04-01", "1000.00"), bill("B6", "2026-06", "07-01", "1000.00")
CLAIMED = line("claim file", account="K", month="2026-03", filed_at=at("04-10 09:00"))
DECIDED = line("claim decide", account="K", month="2026-03", decided_at=at("04-11 09:00"))
ISSUED = line("voucher issue", account="K", month="2026-03", issued_at=at("04-11 10:00"))
BASE = (ENROLLED, *OUTAGE, MARCH, JUNE, CLAIMED, DECIDED, ISSUED)
"""An outage of three hours in March, bills of March and June, and a voucher of 140.00."""


def redeem(amount: str, on: str = "B6", **more: Any) -> Line:
    return line(
        "voucher redeem",
        voucher=V,
        account="K",
        bill=on,
        part="service",
        amount=amount,
        redeemed_at=at("07-02"),
        **more,
    )


@pytest.fixture
def ledger(tmp_path: Path) -> CommandLine:
    made = CommandLine(tmp_path)
    made.ok("init")
    return made


def told(ledger: CommandLine, *lines: Line) -> None:
    """Carry out lines that are all to be recorded."""
    done = ledger.batch(*lines)
    report = json.loads(done.stdout)
    assert (done.returncode, report["refused"], report["noops"]) == (0, [], 0), report


def figures(ledger: CommandLine) -> dict[str, str]:
    """Awarded, issued, cancelled, due and overpaid of the claim, which all questions tell alike."""
    shown = ledger.ok("claim", "show", "K", "2026-03")
    found = {name: shown[name] for name in ("awarded", "issued", "cancelled", "due", "overpaid")}
    (listed,) = ledger.ok("claim", "list", "--month", "2026-03")
    report = ledger.ok("report", "2026-03")
    (row,) = report["accounts"]
    (of_history,) = ledger.ok("history", "K", "--month", "2026-03")["claims"]
    for other in (listed, row, report["totals"], of_history):
        assert {name: other[name] for name in found} == found
    work = ledger.ok("worklist")
    assert [each["amount"] for each in work["to_issue"]] == ([] if found["due"] == "0.00" else [found["due"]])
    assert [each["amount"] for each in work["overpaid"]] == ([] if found["overpaid"] == "0.00" else [found["overpaid"]])
    held, due, awarded, over = (fen(found[name]) for name in ("issued", "due", "awarded", "overpaid"))
    assert held + due == awarded + over
    assert min(due, over) == 0
    return found


def fen(yuan: str) -> int:
    return int(yuan.replace(".", ""))


def test_a_cancelled_voucher_is_issued_again_only_where_that_is_said(ledger: CommandLine) -> None:
    told(ledger, *BASE)
    assert ledger.ok("voucher", "cancel", V, "--reason", "wrong company")["recorded"] == 2
    refused = ledger.refused("voucher", "issue", "K", "2026-03")
    assert (refused["code"], V in refused["message"], "wrong company" in refused["message"]) == ("undone", True, True)
    assert "`slaledger voucher issue K 2026-03 --again`" in refused["hint"]
    assert figures(ledger) == {
        "awarded": "140.00",
        "issued": "0.00",
        "cancelled": "140.00",
        "due": "140.00",
        "overpaid": "0.00",
    }
    assert ledger.ok("worklist")["to_issue"][0]["cancelled_since"] is True
    run = ledger.run("voucher", "issue", "--all", "2026-03")
    answer = json.loads(run.stdout)
    assert (run.returncode, answer["done"], [each["code"] for each in answer["refused"]]) == (1, [], ["undone"])
    assert ledger.refused("voucher", "issue", "--all", "2026-03", "--again", status=2)["code"] == "bad_field"
    again = ledger.ok("voucher", "issue", "K", "2026-03", "--again")
    assert (again["voucher"], again["amount"]) == ("V-K-2026-03-2", "140.00")
    assert ledger.ok("voucher", "issue", "K", "2026-03", "--again")["noop"] is True
    assert ledger.ok("claim", "show", "K", "2026-03")["status"] == "settled"
    assert figures(ledger) == {
        "awarded": "140.00",
        "issued": "140.00",
        "cancelled": "140.00",
        "due": "0.00",
        "overpaid": "0.00",
    }
    assert ledger.ok("audit", "verify")["damage"] == []


def test_what_is_awarded_anew_after_a_cancellation_is_issued_as_ever(ledger: CommandLine) -> None:
    told(ledger, *BASE)
    ledger.ok("voucher", "cancel", V, "--reason", "wrong company")
    ledger.ok("fees", "correct", "B3", "--product-fee", "600", "--reason", "rebate")
    ledger.ok("claim", "redecide", "K", "2026-03", "--reason", "rebate")
    assert ledger.ok("voucher", "issue", "K", "2026-03")["amount"] == "84.00"


def test_a_part_of_a_voucher_is_cancelled_and_the_rest_stays(ledger: CommandLine) -> None:
    told(ledger, *BASE)
    ledger.ok("fees", "correct", "B3", "--product-fee", "600", "--reason", "rebate")
    ledger.ok("claim", "redecide", "K", "2026-03", "--reason", "rebate")
    assert figures(ledger) == {
        "awarded": "84.00",
        "issued": "140.00",
        "cancelled": "0.00",
        "due": "0.00",
        "overpaid": "56.00",
    }
    ledger.ok("voucher", "cancel", V, "--amount", "56.00", "--reason", "rebate")
    assert figures(ledger) == {
        "awarded": "84.00",
        "issued": "84.00",
        "cancelled": "56.00",
        "due": "0.00",
        "overpaid": "0.00",
    }
    assert ledger.ok("voucher", "cancel", V, "--amount", "56.00", "--reason", "rebate")["noop"] is True
    assert ledger.refused("voucher", "cancel", V, "--amount", "84.01", "--reason", "x")["code"] == "beyond_balance"
    ledger.ok("voucher", "cancel", V, "--reason", "gone")
    assert figures(ledger)["due"] == "84.00"
    (listed,) = ledger.ok("voucher", "list")
    assert (listed["issued"], listed["cancelled"], listed["balance"]) == ("140.00", "140.00", "0.00")
    assert ledger.ok("voucher", "issue", "K", "2026-03", "--again")["amount"] == "84.00"


def test_a_reversal_on_a_cancelled_voucher_gives_back_what_can_be_spent_and_says_so(ledger: CommandLine) -> None:
    told(ledger, *BASE, redeem("50.00"))
    ledger.ok("voucher", "cancel", V, "--reason", "issued in error")
    done = ledger.run("voucher", "reverse", V, "1", "--reason", "bill void")
    assert "50.00 of it can be spent again" in done.stderr
    assert json.loads(done.stdout)["warnings"]
    (back,) = ledger.ok("worklist")["given_back"]
    assert (back["voucher"], back["account"], back["amount"]) == (V, "K", "50.00")
    assert figures(ledger) == {
        "awarded": "140.00",
        "issued": "50.00",
        "cancelled": "90.00",
        "due": "90.00",
        "overpaid": "0.00",
    }
    ledger.ok("voucher", "cancel", V, "--reason", "issued in error")
    assert ledger.ok("worklist")["given_back"] == []
    assert figures(ledger)["due"] == "140.00"


def base_of_june(ledger: CommandLine, product: str, offset: str | None) -> None:
    """The voucher of March, an outage in June, and the bill of June with an offset of its own."""
    outage = (
        line("incident open", incident="I6", account="K", function="agent_calls", started_at=at("06-10 10:00")),
        line("incident close", incident="I6", ended_at=at("06-10 13:00")),
    )
    own = {} if offset is None else {"voucher_offset": {"service": offset, "call": "0.00"}}
    told(
        ledger,
        ENROLLED,
        *OUTAGE,
        *outage,
        MARCH,
        CLAIMED,
        DECIDED,
        ISSUED,
        bill("B6", "2026-06", "07-01", product, **own),
    )


def credit_of_june(ledger: CommandLine) -> str:
    (breach,) = ledger.ok("breaches", "2026-06")
    return str(breach["credit"])


def unexplained(ledger: CommandLine) -> list[str]:
    gaps = json.loads(ledger.run("audit", "completeness").stdout)
    return [each["message"] for each in gaps if each["kind"] == "unexplained_voucher_offset"]


@pytest.mark.parametrize(("shown", "credit", "recorded"), [(True, "128.24", 3), (False, "116.48", 2)])
def test_one_payment_counts_once(ledger: CommandLine, shown: bool, credit: str, recorded: int) -> None:
    base_of_june(ledger, "1000.00", "84.00")
    refused = json.loads(ledger.batch(redeem("84.00")).stdout)["refused"]
    assert [each["code"] for each in refused] == ["same_payment"]
    assert len(unexplained(ledger)) == 1
    done = ledger.batch(redeem("84.00", shown_on_bill=shown))
    assert json.loads(done.stdout)["recorded"] == recorded
    assert credit_of_june(ledger) == credit
    found = unexplained(ledger)
    assert (found == []) is shown
    assert shown or f"{V}/1 (84.00)" in found[0]
    (payment,) = ledger.ok("history", "K")["bills"][-1]["payments"]
    assert payment["shown_on_bill"] is shown
    assert json.loads(ledger.batch(redeem("84.00", shown_on_bill=shown)).stdout)["noops"] == 1
    assert ledger.ok("audit", "verify")["damage"] == []


@pytest.mark.parametrize(("said", "credit"), [("1", "128.24"), (f"{V}/1", "128.24"), ("none", "116.48")])
def test_an_offset_that_comes_later_is_explained(ledger: CommandLine, said: str, credit: str) -> None:
    base_of_june(ledger, "1000.00", None)
    told(ledger, redeem("84.00"))
    correct = ("fees", "correct", "B6", "--service-voucher", "84.00", "--reason", "as billed")
    assert ledger.refused(*correct)["code"] == "same_payment"
    ledger.ok(*correct, "--offset-explained-by", said)
    assert credit_of_june(ledger) == credit


def test_an_offset_and_a_redemption_recorded_before_are_joined_later(ledger: CommandLine) -> None:
    base_of_june(ledger, "1000.00", "84.00")
    told(ledger, redeem("84.00", shown_on_bill=False))
    ledger.ok("fees", "correct", "B6", "--offset-explained-by", "1", "--reason", "one payment")
    assert (credit_of_june(ledger), unexplained(ledger)) == ("128.24", [])
    assert ledger.batch(redeem("84.00", shown_on_bill=False)).returncode == 0
    ledger.ok("voucher", "reverse", V, "1", "--reason", "not paid")
    assert credit_of_june(ledger) == "128.24"


def test_a_bill_wholly_paid_so_is_recorded(ledger: CommandLine) -> None:
    base_of_june(ledger, "140.00", "140.00")
    words = ("voucher", "redeem", V, "--account", "K", "--bill", "B6", "--part", "service", "--amount", "140.00")
    dated = ("--redeemed-at", at("07-02"))
    assert ledger.refused(*words, *dated)["code"] == "same_payment"
    assert ledger.refused(*words, *dated, "--shown-on-bill", "false")["code"] == "beyond_bill"
    assert ledger.ok(*words, *dated, "--shown-on-bill")["balance"] == "0.00"
    assert ledger.ok(*words, *dated, "--shown-on-bill", "true")["noop"] is True


def test_no_bill_is_not_a_bill_of_nothing(ledger: CommandLine) -> None:
    told(ledger, ENROLLED, *OUTAGE, CLAIMED)
    (waits,) = ledger.ok("worklist")["without_bill"]
    assert waits == {"account": "K", "month": "2026-03", "tier": 1, "closes": "2026-06-02T00:00:00+08:00"}
    done = ledger.run("claim", "decide", "--all", "2026-03", "--decided-at", at("04-11 09:00"))
    answer = json.loads(done.stdout)
    assert "no bill of the month is recorded" in done.stderr
    assert [each["account"] for each in answer["without_bill"]] == ["K"]
    assert (answer["done"][0]["outcome"], answer["to_redecide"]) == ("nothing_to_credit", [])
    told(ledger, MARCH)
    work = ledger.ok("worklist")
    assert work["without_bill"] == []
    late = [{"account": "K", "month": "2026-03", "outcome": "nothing_to_credit", "bill": "B3"}]
    assert work["to_redecide"] == late
    assert json.loads(ledger.run("claim", "decide", "--all", "2026-03").stdout)["to_redecide"] == late
    assert ledger.ok("claim", "redecide", "K", "2026-03", "--reason", "the bill came")["amount"] == "140.00"
    assert ledger.ok("worklist")["to_redecide"] == []


def test_a_decision_with_a_bill_does_not_warn(ledger: CommandLine) -> None:
    told(ledger, ENROLLED, *OUTAGE, MARCH, CLAIMED)
    done = ledger.run("claim", "decide", "K", "2026-03", "--decided-at", at("04-11 09:00"))
    assert (done.returncode, done.stderr) == (0, "")


def test_the_worklist_names_decisions_that_late_facts_change_and_no_others(ledger: CommandLine) -> None:
    told(ledger, *BASE, redeem("50.00"))
    assert ledger.ok("worklist")["to_redecide"] == []
    ledger.ok("fees", "correct", "B6", "--product-fee", "900", "--reason", "June alone")
    assert ledger.ok("worklist")["to_redecide"] == []
    ledger.ok("account", "correct", "K", "--enrolled-at", at("03-10 13:00"), "--reason", "came later")
    (row,) = ledger.ok("worklist")["to_redecide"]
    assert (row["month"], row["outcome"], row["bill"]) == ("2026-03", "awarded", None)
    ledger.ok("account", "correct", "K", "--enrolled-at", at("01-01"), "--reason", "no, it did not")
    assert ledger.ok("worklist")["to_redecide"] == []
    ledger.ok("fees", "correct", "B3", "--product-fee", "900", "--reason", "rebate")
    assert [each["bill"] for each in ledger.ok("worklist")["to_redecide"]] == ["B3"]


def test_a_later_redemption_changes_no_decision_made(ledger: CommandLine) -> None:
    """R26: a redemption on the bill of a month that was decided before is no reason to decide it again."""
    told(ledger, *BASE)
    outage = (
        line("incident open", incident="I6", account="K", function="agent_calls", started_at=at("06-10 10:00")),
        line("incident close", incident="I6", ended_at=at("06-10 13:00")),
        line("claim file", account="K", month="2026-06", filed_at=at("07-10 09:00")),
        line("claim decide", account="K", month="2026-06", decided_at=at("07-11 09:00")),
    )
    told(ledger, *outage, redeem("50.00"))
    ledger.ok("fees", "correct", "B6", "--product-fee", "1000", "--call-fee", "0.00", "--reason", "the same")
    assert ledger.ok("worklist")["to_redecide"] == []


def test_a_disputed_decision_waits(ledger: CommandLine) -> None:
    told(
        ledger,
        *BASE,
        line("claim dispute", account="K", month="2026-03", disputed_at=at("04-20 09:00"), grounds="more"),
    )
    (row,) = ledger.ok("worklist")["disputed"]
    assert row == {"account": "K", "month": "2026-03", "disputed_at": at("04-20 09:00")}
    ledger.ok("claim", "redecide", "K", "2026-03", "--reason", "looked again")
    assert ledger.ok("worklist")["disputed"] == []


def test_what_was_undone_is_not_done_again_by_the_same_file(ledger: CommandLine) -> None:
    again = (
        redeem("50.00"),
        line("voucher reverse", voucher=V, redemption=1, reason="wrong part"),
        line("exclusion apply", incident="I1", clause="2.3(11)", reason="flood"),
        line("exclusion withdraw", incident="I1", exclusion=1, reason="no flood"),
    )
    told(ledger, *BASE, *again)
    before = ledger.rows()
    done = ledger.batch(*again, bill("B7", "2026-07", "08-01", "10.00"))
    report = json.loads(done.stdout)
    assert (done.returncode, report["noops"]) == (1, 2)
    assert [(each["line"], each["code"]) for each in report["refused"]] == [(1, "undone"), (3, "undone")]
    assert report["recorded"] == len(ledger.rows()) - len(before) == 2, "the line behind is carried out"
    assert ledger.ok("voucher", "list")[0]["balance"] == "140.00"
    asked = json.loads(ledger.batch({**again[0], "again": True}, {**again[2], "again": True}).stdout)
    assert (asked["refused"], asked["noops"]) == ([], 0)
    assert [each["redemption"] for each in ledger.ok("voucher", "show", V)["redemptions"]] == [1, 2]


def test_a_batch_stops_at_another_refusal_behind_an_undone_one(ledger: CommandLine) -> None:
    told(ledger, *BASE, redeem("50.00"), line("voucher reverse", voucher=V, redemption=1, reason="x"))
    wrong = line("voucher reverse", voucher=V, redemption=7, reason="x")
    done = ledger.batch(redeem("50.00"), wrong, bill("B7", "2026-07", "08-01", "10.00"))
    report = json.loads(done.stdout)
    assert [each["code"] for each in report["refused"]] == ["undone", "unknown_redemption"]
    assert (done.returncode, report["recorded"], report["lines"]) == (1, 0, 2)


def test_a_months_run_in_a_batch_goes_past_what_was_undone(ledger: CommandLine) -> None:
    told(ledger, *BASE, line("voucher cancel", voucher=V, reason="x"))
    run = {"command": "voucher issue", "month": "2026-03", "all": True}
    done = ledger.batch(run, bill("B7", "2026-07", "08-01", "10.00"))
    report = json.loads(done.stdout)
    assert (done.returncode, [each["code"] for each in report["refused"]], report["lines"]) == (1, ["undone"], 2)
    assert report["recorded"] == 2


def test_a_withdrawn_claim_is_filed_again_only_where_that_is_said(ledger: CommandLine) -> None:
    told(ledger, ENROLLED, *OUTAGE, CLAIMED, line("claim withdraw", account="K", month="2026-03", reason="not ours"))
    refused = json.loads(ledger.batch(CLAIMED).stdout)["refused"][0]
    assert (refused["code"], "not ours" in refused["message"]) == ("undone", True)
    told(ledger, {**CLAIMED, "again": True})
    assert ledger.ok("claim", "show", "K", "2026-03")["status"] == "filed"
    assert json.loads(ledger.batch(CLAIMED).stdout)["noops"] == 1


def test_a_key_is_spent_by_a_noop_too(ledger: CommandLine) -> None:
    told(ledger, *BASE, redeem("50.00"))
    keyed = redeem("50.00", key="K-1")
    report = json.loads(ledger.batch(keyed).stdout)
    assert (report["noops"], report["recorded"]) == (1, 1)
    assert ledger.rows()[-1][3] == "key.used"
    told(ledger, line("voucher reverse", voucher=V, redemption=1, reason="x"))
    before = ledger.rows()
    report = json.loads(ledger.batch(keyed).stdout)
    assert (report["noops"], report["recorded"], ledger.rows()) == (1, 0, before)
    other = json.loads(ledger.batch({**keyed, "again": True}).stdout)["refused"]
    assert [each["code"] for each in other] == ["key_taken"], "again is content"
    words = ("account", "close", "K", "--closed-at", at("08-01"))
    ledger.ok(*words)
    done = ledger.ok(*words, "--key", "K-2")
    assert (done["noop"], done["recorded"]) == (True, 1)
    done = ledger.ok(*words, "--key", "K-2")
    assert (done["noop"], done["recorded"]) == (True, 0)


def test_a_refusal_spends_no_key(ledger: CommandLine) -> None:
    told(ledger, *BASE, line("voucher cancel", voucher=V, reason="x"))
    words = ("voucher", "issue", "K", "2026-03", "--key", "K-1")
    assert ledger.refused(*words)["code"] == "undone"
    assert ledger.ok(*words, "--again")["noop"] is False


def test_a_months_run_without_effect_spends_its_key(ledger: CommandLine) -> None:
    told(ledger, ENROLLED, *OUTAGE, MARCH)
    run = ledger.ok("claim", "decide", "--all", "2026-03", "--key", "RUN")
    assert (run["done"], run["recorded"], run["position"]) == ([], 1, len(ledger.rows()))
    told(ledger, CLAIMED)
    assert ledger.ok("claim", "decide", "--all", "2026-03", "--key", "RUN")["done"] == []
    assert ledger.ok("claim", "show", "K", "2026-03")["status"] == "filed"


def test_a_backdated_decision_names_the_end_of_what_closed_later(ledger: CommandLine) -> None:
    """Of two outages one is open and one closed after the instant of the decision: the run ends with that one."""
    late = line("incident open", incident="I2", account="K", function="agent_calls", started_at=at("03-10 12:00"))
    told(ledger, ENROLLED, OUTAGE[0], late, line("incident close", incident="I2", ended_at=at("04-12 09:00")), CLAIMED)
    told(ledger, DECIDED)
    (made,) = ledger.ok("claim", "show", "K", "2026-03")["decisions"]
    (episode,) = made["availability"]["episodes"]
    assert (made["format"], episode["incidents"], episode["end"]) == (3, ["I1", "I2"], at("04-12 09:00"))
    assert ledger.ok("audit", "replay")["different"] == []


def test_what_if_and_impact_mean_the_same_by_owed(ledger: CommandLine) -> None:
    """Twice as much by the terms or by the bill: owed is what no voucher holds of it."""
    told(ledger, *BASE)
    doubled = shipped_agreements()[-1].replace('service_rate = "14%"', 'service_rate = "28%"')
    (ledger.folder / "doubled.toml").write_text(doubled, "utf-8")

    def owed(*words: str) -> tuple[str, str, str]:
        (each,) = ledger.ok("audit", *words)["changed"]
        return each["difference"], each["owed"], each["overpaid"]

    assert owed("what-if", "--terms", "doubled.toml") == ("140.00", "140.00", "0.00")
    ledger.ok("voucher", "cancel", V, "--amount", "40", "--reason", "x")
    assert owed("what-if", "--terms", "doubled.toml") == ("140.00", "180.00", "0.00")
    ledger.ok("fees", "correct", "B3", "--product-fee", "2000", "--reason", "tariff")
    assert owed("impact") == ("140.00", "180.00", "0.00")
    ledger.ok("claim", "redecide", "K", "2026-03", "--reason", "tariff")
    first, second = ledger.ok("audit", "what-if", "--terms", "doubled.toml")["changed"]
    assert [(each["number"], each["owed"]) for each in (first, second)] == [(1, "0.00"), (2, "460.00")]


def test_doctor_lists_claims_whose_figures_an_upgrade_changed(ledger: CommandLine) -> None:
    """A cancellation of the release before told its voucher alone, and counted as paid."""
    told(ledger, *BASE)
    ledger.tamper("DELETE FROM stored_events WHERE topic = 'ledger.upgraded'")
    state = json.dumps(
        {
            "recorded_at": 1_780_000_000_000_000,
            "actor": "clerk",
            "data": {"voucher": V, "amount_fen": 14_000},
            "reason": "wrong company",
        },
        separators=(",", ":"),
    )
    ledger.insert(f"K/voucher/{V}", "voucher.cancelled", state.encode())
    (found,) = [each for each in ledger.ok("doctor") if each["what"] == "claims"]
    assert found["message"].startswith(
        "K 2026-03: what was cancelled counts as not issued now; due 140.00, before 0.00"
    )
    assert figures(ledger)["due"] == "140.00"
    assert ledger.refused("voucher", "issue", "K", "2026-03")["code"] == "undone"
    ledger.ok("voucher", "issue", "K", "2026-03", "--again")
    assert [each for each in ledger.ok("doctor") if each["what"] == "claims"] == []
    ledger.ok("voucher", "cancel", "V-K-2026-03-2", "--reason", "by the new rule")
    assert ledger.ok("audit", "verify")["damage"] == []


def test_the_figures_are_exported_and_booked_alike(ledger: CommandLine) -> None:
    told(ledger, *BASE, redeem("50.00"), line("voucher cancel", voucher=V, amount="40.00", reason="too much"))
    found = figures(ledger)
    ledger.ok("export", "claims", "-o", "claims.csv")
    names, row = ((ledger.folder / "claims.csv").read_text("utf-8-sig").splitlines())[:2]
    exported = dict(zip(names.split(","), row.split(","), strict=True))
    assert {name: exported[name] for name in found} == found
    ledger.ok("export", "journal", "-o", "vouchers.journal")
    booked = (ledger.folder / "vouchers.journal").read_text("utf-8")
    assert re.findall(r"-?\b40\.00\b", booked) == ["-40.00", "40.00"]


@pytest.mark.parametrize("name", ["h1", "h2", "s2", "s3b"])
def test_the_shared_cases_are_carried_out(ledger: CommandLine, name: str) -> None:
    file = CASES / f"{name}.jsonl"
    if not file.exists():
        pytest.skip(f"skipped: {file} is not there")
    done = ledger.run("batch", str(file))
    report = json.loads(done.stdout)
    assert [each["code"] for each in report["refused"]] == (["same_payment"] if name in ("h1", "h2") else [])
    if name == "s2":
        again = json.loads(ledger.run("batch", str(CASES / "s2e.jsonl")).stdout)
        assert [each["code"] for each in again["refused"]] == ["undone", "undone"]
        assert ledger.ok("voucher", "list")[0]["balance"] == "140.00"
    if name == "s3b":
        assert [each["amount"] for each in ledger.ok("worklist")["given_back"]] == ["50.00"]
