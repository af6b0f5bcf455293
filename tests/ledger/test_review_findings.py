"""Stories that once went wrong: each held so that it stays right."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT, CommandLine

SHIPPED = (ROOT / "ledger" / "agreements" / "aliyun-ccc-2018-08-01.2.toml").read_text("utf-8")


def line(command: str, **fields: Any) -> dict[str, Any]:
    return {"command": command, **fields}


def at(day: str, clock: str = "00:00") -> str:
    return f"2026-{day}T{clock}:00+08:00"


def told(slaledger: CommandLine, *commands: dict[str, Any]) -> None:
    done = slaledger.batch(*commands)
    assert done.returncode == 0, done.stdout


ENROLL = line("account enroll", account="A", enrolled_at=at("01-01"))
DOWN = (
    line("incident open", incident="I", account="A", function="agent_calls", started_at=at("03-10", "10:00")),
    line("incident close", incident="I", ended_at=at("03-10", "13:00")),
)
BILL = line(
    "fees bill",
    bill="B",
    account="A",
    first_month="2026-03",
    billed_at=at("04-01"),
    product_fee="1000.00",
    call_fee="400.00",
)


def published(slaledger: CommandLine, *changes: tuple[str, str]) -> None:
    """An amendment from 2027 on."""
    text = SHIPPED.replace('version = "2018-08-01"', 'version = "later"').replace(
        "effective_from = 2018-08-01", "effective_from = 2027-01-01"
    )
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    file = Path(slaledger.folder / "later.toml")
    file.write_text(text, "utf-8")
    slaledger.ok("terms", "publish", str(file), "--noticed-at", at("10-01"))


@pytest.mark.parametrize("month", ["2٠26-03", "２０２６-03"], ids=["Arabic zero", "full width"])
def test_digits_of_other_scripts_name_no_month(slaledger: CommandLine, month: str) -> None:
    told(slaledger, ENROLL)
    assert slaledger.refused("claim", "file", "A", month, "--filed-at", at("04-10"), status=2)["code"] == "bad_month"


def test_a_claim_that_was_withdrawn_after_refiling_is_not_decided_again(slaledger: CommandLine) -> None:
    claim = {"account": "A", "month": "2026-03"}
    told(
        slaledger,
        ENROLL,
        *DOWN,
        BILL,
        line("claim file", filed_at=at("04-02"), **claim),
        line("claim decide", decided_at=at("04-03"), **claim),
        line("claim file", filed_at=at("04-10"), **claim),
        line("claim withdraw", reason="settled otherwise", **claim),
    )
    assert slaledger.refused("claim", "redecide", "A", "2026-03", "--reason", "x")["code"] == "claim_withdrawn"
    assert slaledger.ok("claim", "show", "A", "2026-03")["status"] == "withdrawn"


def test_a_file_that_stopped_does_what_came_to_be_left_since(slaledger: CommandLine) -> None:
    """Deciding and issuing are "what is left": a second run of the stopped file decides a claim filed in between."""
    run = [line("claim decide", all=True, month="2026-03"), line("voucher issue", all=True, month="2026-03")]
    wrong = line("account close", account="nobody", closed_at=at("05-01"))
    told(slaledger, ENROLL, *DOWN, BILL, line("claim file", account="A", month="2026-03", filed_at=at("04-10")))
    assert slaledger.batch(*run, wrong).returncode == 1
    outage = {"function": "agent_calls", "started_at": at("03-12", "10:00")}
    told(
        slaledger,
        {**ENROLL, "account": "C"},
        line("incident open", incident="J", account="C", **outage),
        line("incident close", incident="J", ended_at=at("03-12", "13:00")),
        {**BILL, "bill": "D", "account": "C"},
        line("claim file", account="C", month="2026-03", filed_at=at("04-11")),
    )
    assert slaledger.batch(*run, wrong).returncode == 1
    assert [row["status"] for row in slaledger.ok("claim", "list")] == ["settled", "settled"]


def test_an_amendment_of_the_clock_changes_no_month_before_it(slaledger: CommandLine) -> None:
    told(
        slaledger,
        ENROLL,
        line("incident open", incident="I", account="A", function="agent_calls", started_at=at("10-01", "01:00")),
        line("incident close", incident="I", ended_at=at("10-01", "08:00")),
    )
    before = slaledger.ok("breaches", "2026-10")
    published(slaledger, ('timezone = "Asia/Shanghai"', 'timezone = "America/New_York"'))
    slaledger.ok("rebuild")
    assert slaledger.ok("breaches", "2026-10") == before != []


def test_notice_is_asked_for_by_the_terms_of_the_incidents_time(slaledger: CommandLine) -> None:
    told(slaledger, ENROLL, *DOWN)
    published(slaledger, ("notice_required = true", "notice_required = false"))
    assert slaledger.refused("exclusion", "apply", "I", "--clause", "2.3(5)")["code"] == "notice_missing"


def test_mtbf_covers_each_month_by_its_own_terms(slaledger: CommandLine) -> None:
    told(slaledger, {**ENROLL, "stage": "public_beta"}, *DOWN)
    assert slaledger.ok("mtbf", "A", "2026")["events"] == 0
    published(slaledger, ("beta_covered = { value = false", "beta_covered = { value = true"))
    assert slaledger.ok("mtbf", "A", "2026")["events"] == 0


@pytest.mark.parametrize("first", ["general", "public_beta"])
def test_restagings_may_be_recorded_in_any_order(slaledger: CommandLine, first: str) -> None:
    changes = [
        line("account restage", account="A", stage="public_beta", changed_at=at("02-01")),
        line("account restage", account="A", stage="general", changed_at=at("03-01")),
    ]
    told(slaledger, ENROLL, *sorted(changes, key=lambda change: change["stage"] != first))
    assert slaledger.ok("availability", "A", "2026-02")["covered_seconds"] == 0
    assert slaledger.ok("availability", "A", "2026-04")["covered_seconds"] == 30 * 86_400


@pytest.mark.parametrize("when", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "1969-12-31T23:59:59Z"])
def test_no_instant_is_recorded_that_could_not_be_shown(slaledger: CommandLine, when: str) -> None:
    assert slaledger.refused("account", "enroll", "A", "--enrolled-at", when)["code"] == "time_out_of_range"


@pytest.mark.parametrize(
    "text",
    [
        b'{"command":"terms publish","file":"a\\u0000b"}',
        b'{"command":"terms publish","document":"a = ' + b"[" * 5000 + b'"}',
        b'{"command":"account enroll","account":' + b"[" * 100_000,
        b'{"command":"account enroll","account":"A","account":"B","enrolled_at":"2026-01-01T00:00:00Z"}',
    ],
    ids=["NUL in a file name", "a deep document", "deep JSON", "a field twice"],
)
def test_odd_lines_are_refused_with_their_number(slaledger: CommandLine, text: bytes) -> None:
    done = slaledger.run("batch", "-", stdin=text + b"\n")
    assert (done.returncode, '"line":1' in done.stdout) == (2, True), done.stderr


def test_a_ledger_in_memory_is_refused(slaledger: CommandLine) -> None:
    assert slaledger.refused("--ledger", "sqlite:///:memory:", "init", status=2)["code"] == "bad_ledger_url"


def test_terms_are_recorded_and_hashed_with_the_line_ends_of_their_file(slaledger: CommandLine) -> None:
    text = SHIPPED.replace('version = "2018-08-01"', 'version = "later"').replace("= 2018-08-01", "= 2027-01-01")
    file = slaledger.folder / "later.toml"
    file.write_bytes(text.replace("\n", "\r\n").encode())
    slaledger.ok("terms", "publish", "later.toml", "--noticed-at", at("10-01"))
    (later,) = (each for each in slaledger.ok("terms", "list") if each["version"] == "later")
    assert later["sha256"] == hashlib.sha256(file.read_bytes()).hexdigest()


def test_a_stopped_file_run_again_reports_where_the_log_stands(slaledger: CommandLine) -> None:
    wrong = line("account close", account="nobody", closed_at=at("05-01"))
    run = [ENROLL, *DOWN, BILL, line("claim decide", all=True, month="2026-03")]
    assert slaledger.batch(*run, wrong).returncode == 1
    told(slaledger, line("claim file", account="A", month="2026-03", filed_at=at("04-10")))
    report = json.loads(slaledger.batch(*run, wrong).stdout)
    assert (report["recorded"], report["position"]) == (1, slaledger.ok("history", "A")["position"])
