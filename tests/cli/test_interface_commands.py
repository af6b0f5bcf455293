"""Section 1 of the interface: every change is a command, by words and as a line of a batch, to the same effect."""

from __future__ import annotations

import csv
import io
import json
import shlex
from pathlib import Path
from typing import Any

import pytest
from conftest import CommandLine
from stores import SqliteFile, Store, sqlite_only

from ledger.shipped import shipped_agreements

Line = dict[str, Any]
JANUARY = "2026-01-01T00:00:00+08:00"
REPORT = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
DAYS = "date,kind,name\n2030-01-01,holiday,New Year\n2030-01-05,workday,make-up\n"
AMENDED = (
    shipped_agreements()[0]
    .replace('version = "2018-08-01"', 'version = "2027-06-01"')
    .replace("effective_from = 2018-08-01", "effective_from = 2027-06-01")
)


def line(command: str, **fields: Any) -> Line:
    """A command as a line of a batch; a field named `from` is written `from_` here."""
    return {"command": command, **{name.rstrip("_"): value for name, value in fields.items()}}


def at(text: str) -> str:
    """`03-03 10:00` is on Shanghai's clock in 2026; a day alone is its first instant."""
    day, _, clock = text.partition(" ")
    return f"2026-{day}T{clock or '00:00'}:00+08:00"


def enrolled(*accounts: str) -> list[Line]:
    return [line("account enroll", account=account, enrolled_at=JANUARY) for account in accounts]


def outage(incident: str, account: str, start: str = "03-03 10:00", end: str | None = "03-03 11:30") -> list[Line]:
    lines = [
        line("incident open", incident=incident, account=account, function="inbound_routing", started_at=at(start))
    ]
    return lines if end is None else [*lines, line("incident close", incident=incident, ended_at=at(end))]


def bill(name: str, account: str, month: str, billed: str, product: str = "1000.00", call: str = "400.00") -> Line:
    return line(
        "fees bill",
        bill=name,
        account=account,
        first_month=month,
        billed_at=at(billed),
        product_fee=product,
        call_fee=call,
    )


SHOP = [
    *enrolled("1001", "1002", "1003"),
    *outage("INC-1", "1001"),
    *outage("INC-2", "1003"),
    *outage("INC-3", "1002", "05-05 10:00", None),
    *outage("INC-4", "1002", "05-06 10:00", "05-06 10:10"),
    line("exclusion apply", incident="INC-4", clause="2.3(1)"),
    bill("B-1", "1001", "2026-03", "04-01"),
    bill("B-2", "1001", "2026-04", "05-01"),
    bill("B-3", "1003", "2026-03", "04-01"),
    bill("B-4", "1002", "2026-03", "04-01"),
    line("claim file", account="1001", month="2026-03", filed_at=at("04-10")),
    line("claim decide", account="1001", month="2026-03", decided_at=at("04-11")),
    line("voucher issue", account="1001", month="2026-03", issued_at=at("04-12")),
    line(
        "voucher redeem",
        voucher="V-1001-2026-03-1",
        account="1001",
        bill="B-2",
        part="service",
        amount="50.00",
        redeemed_at=at("05-02"),
    ),
    line("claim file", account="1003", month="2026-03", filed_at=at("04-10")),
    line("claim decide", account="1003", month="2026-03", decided_at=at("04-11")),
    bill("B-5", "1003", "2026-03", "04-12", "100.00", "0.00"),
    line("claim file", account="1001", month="2026-02", filed_at=at("03-10")),
]
"""1001: March settled with 104.00, of which 50.00 redeemed; February waits. 1003: March awarded, a bill came since."""


@pytest.fixture(scope="module")
def told(store: Store, tmp_path_factory: pytest.TempPathFactory) -> CommandLine:
    """A ledger that was told the above."""
    folder = tmp_path_factory.mktemp("shop")
    shop = CommandLine(folder, store.blank(folder))
    done = shop.batch(*SHOP)
    assert done.returncode == 0, done.stderr
    return shop


def copied(told: CommandLine, folder: Path) -> CommandLine:
    shop = told.copy(folder)
    (folder / "amended.toml").write_text(AMENDED, encoding="utf-8")
    (folder / "days.csv").write_text(DAYS, encoding="utf-8")
    return shop


@pytest.fixture
def shop(told: CommandLine, tmp_path: Path) -> CommandLine:
    return copied(told, tmp_path)


def events(slaledger: CommandLine) -> list[tuple[int, str, int, str, Any]]:
    """Every event of a ledger: position, stream, version, topic, and what it says, without when it was recorded."""
    return [(*rest, {**json.loads(state), "recorded_at": None}) for *rest, state in slaledger.rows()]


def last(slaledger: CommandLine) -> int:
    return events(slaledger)[-1][0]


COMMANDS: list[tuple[str, Line]] = [
    (
        "account enroll 1009 --enrolled-at 2026-02-01T00:00:00+08:00 --stage invited_beta --region cn-hangzhou "
        "--covered-in-beta",
        line(
            "account enroll",
            account="1009",
            enrolled_at=at("02-01"),
            stage="invited_beta",
            region="cn-hangzhou",
            covered_in_beta=True,
        ),
    ),
    (
        "account restage 1002 --stage public_beta --changed-at 2026-02-01T00:00:00+08:00",
        line("account restage", account="1002", stage="public_beta", changed_at=at("02-01")),
    ),
    (
        "account correct 1002 --enrolled-at 2026-01-02T00:00:00+08:00 --stage public_beta --region cn-hangzhou "
        "--covered-in-beta --reason 'the contract says so'",
        line(
            "account correct",
            account="1002",
            enrolled_at=at("01-02"),
            stage="public_beta",
            region="cn-hangzhou",
            covered_in_beta=True,
            reason="the contract says so",
        ),
    ),
    (
        "account close 1002 --closed-at 2026-07-01T00:00:00+08:00",
        line("account close", account="1002", closed_at=at("07-01")),
    ),
    (
        "terms publish amended.toml --noticed-at 2026-11-01T00:00:00+08:00 --reason 'new prices'",
        line("terms publish", file="amended.toml", noticed_at=at("11-01"), reason="new prices"),
    ),
    (
        "calendar publish 2030 --file days.csv --source 'State Council 2029/1' --reason 'known early'",
        line("calendar publish", year=2030, file="days.csv", source="State Council 2029/1", reason="known early"),
    ),
    (
        "incident open INC-9 --function agent_sign_in --started-at 2026-03-03T10:00:00+08:00 --account 1001",
        line("incident open", incident="INC-9", function="agent_sign_in", started_at=at("03-03 10:00"), account="1001"),
    ),
    (
        "incident open INC-9 --function agent_calls --started-at 2026-03-03T10:00:00+08:00 --account 1001 "
        "--account 1002",
        line(
            "incident open",
            incident="INC-9",
            function="agent_calls",
            started_at=at("03-03 10:00"),
            accounts=["1001", "1002"],
        ),
    ),
    (
        "incident open INC-9 --function inbound_routing --started-at 2026-03-03T10:00:00+08:00 --regions cn-hangzhou",
        line(
            "incident open",
            incident="INC-9",
            function="inbound_routing",
            started_at=at("03-03 10:00"),
            regions=["cn-hangzhou"],
        ),
    ),
    (
        "incident open INC-9 --function inbound_routing --started-at 2026-03-03T10:00:00+08:00 --all-accounts",
        line(
            "incident open",
            incident="INC-9",
            function="inbound_routing",
            started_at=at("03-03 10:00"),
            all_accounts=True,
        ),
    ),
    (
        "incident close INC-3 --ended-at 2026-05-05T11:00:00+08:00",
        line("incident close", incident="INC-3", ended_at=at("05-05 11:00")),
    ),
    (
        "incident correct INC-1 --started-at 2026-03-03T09:00:00+08:00 --ended-at 2026-03-03T11:00:00+08:00 "
        "--reason 'gateway log'",
        line(
            "incident correct",
            incident="INC-1",
            started_at=at("03-03 09:00"),
            ended_at=at("03-03 11:00"),
            reason="gateway log",
        ),
    ),
    (
        "incident withdraw INC-3 --reason 'false alarm'",
        line("incident withdraw", incident="INC-3", reason="false alarm"),
    ),
    (
        "exclusion apply INC-1 --clause '2.3(5)' --from 2026-03-03T10:00:00+08:00 --to 2026-03-03T10:10:00+08:00 "
        f"--notified-at 2026-03-01T00:00:00+08:00 --reason maintenance --evidence mail.eml={REPORT}@https://a.example/m",
        line(
            "exclusion apply",
            incident="INC-1",
            clause="2.3(5)",
            from_=at("03-03 10:00"),
            to=at("03-03 10:10"),
            notified_at=at("03-01"),
            reason="maintenance",
            evidence=[{"name": "mail.eml", "sha256": REPORT, "uri": "https://a.example/m"}],
        ),
    ),
    (
        "exclusion withdraw INC-4 1 --reason 'the carrier denies it'",
        line("exclusion withdraw", incident="INC-4", exclusion=1, reason="the carrier denies it"),
    ),
    (
        "fees bill B-9 --account 1001 --first-month 2026-05 --months 3 --billed-at 2026-06-01T00:00:00+08:00 "
        "--product-fee 300.00 --call-fee 100 --service-voucher 20.5 --call-voucher 10.00",
        line(
            "fees bill",
            bill="B-9",
            account="1001",
            first_month="2026-05",
            months=3,
            billed_at=at("06-01"),
            product_fee="300.00",
            call_fee="100",
            voucher_offset={"service": "20.5", "call": "10.00"},
        ),
    ),
    (
        "fees correct B-4 --product-fee 900.00 --call-fee 300.00 --service-voucher 1.00 --call-voucher 2.00 "
        "--reason 'wrong tariff'",
        line(
            "fees correct",
            bill="B-4",
            product_fee="900.00",
            call_fee="300.00",
            voucher_offset={"service": "1.00", "call": "2.00"},
            reason="wrong tariff",
        ),
    ),
    ("fees void B-4 --reason 'billed twice'", line("fees void", bill="B-4", reason="billed twice")),
    (
        "claim file 1002 2026-03 --filed-at 2026-04-10T00:00:00+08:00 --statement 'calls did not ring'",
        line("claim file", account="1002", month="2026-03", filed_at=at("04-10"), statement="calls did not ring"),
    ),
    (
        "claim withdraw 1001 2026-02 --reason 'filed by mistake'",
        line("claim withdraw", account="1001", month="2026-02", reason="filed by mistake"),
    ),
    (
        "claim decide 1001 2026-02 --decided-at 2026-03-11T00:00:00+08:00",
        line("claim decide", account="1001", month="2026-02", decided_at=at("03-11")),
    ),
    (
        "claim dispute 1001 2026-03 --disputed-at 2026-04-20T00:00:00+08:00 --grounds 'it lasted longer'",
        line("claim dispute", account="1001", month="2026-03", disputed_at=at("04-20"), grounds="it lasted longer"),
    ),
    (
        "claim redecide 1003 2026-03 --reason 'a late bill' --decided-at 2026-05-01T00:00:00+08:00",
        line("claim redecide", account="1003", month="2026-03", reason="a late bill", decided_at=at("05-01")),
    ),
    (
        "voucher issue 1003 2026-03 --issued-at 2026-04-12T00:00:00+08:00 --voucher GIFT:7",
        line("voucher issue", account="1003", month="2026-03", issued_at=at("04-12"), voucher="GIFT:7"),
    ),
    (
        "voucher redeem V-1001-2026-03-1 --account 1001 --bill B-2 --part call --amount 4.5 "
        "--redeemed-at 2026-05-02T00:00:00+08:00",
        line(
            "voucher redeem",
            voucher="V-1001-2026-03-1",
            account="1001",
            bill="B-2",
            part="call",
            amount="4.5",
            redeemed_at=at("05-02"),
        ),
    ),
    (
        "voucher reverse V-1001-2026-03-1 1 --reason 'wrong bill'",
        line("voucher reverse", voucher="V-1001-2026-03-1", redemption=1, reason="wrong bill"),
    ),
    (
        "voucher cancel V-1001-2026-03-1 --reason 'issued in error'",
        line("voucher cancel", voucher="V-1001-2026-03-1", reason="issued in error"),
    ),
]


IDS = [f"{as_line['command']} {number}" for number, (_, as_line) in enumerate(COMMANDS, start=1)]


@pytest.mark.parametrize(("words", "as_line"), COMMANDS, ids=IDS)
def test_words_and_a_batch_line_have_the_same_effect(
    told: CommandLine, tmp_path: Path, words: str, as_line: Line
) -> None:
    by_words, by_batch = copied(told, tmp_path / "words"), copied(told, tmp_path / "batch")
    before = len(events(by_words))

    answer = by_words.ok(*shlex.split(words))
    report = by_batch.batch(as_line)

    assert report.returncode == 0, report.stderr
    assert events(by_words) == events(by_batch)
    added = len(events(by_words)) - before
    assert added > 0
    promised = {"command": as_line["command"], "noop": False, "recorded": added, "position": last(by_words)}
    assert answer.items() >= promised.items()
    wanted = {"lines": 1, "recorded": added, "noops": 0, "refused": [], "position": last(by_words)}
    assert json.loads(report.stdout).items() >= wanted.items()


def test_every_command_of_the_interface_is_tried_above() -> None:
    verbs = {
        "account": ["enroll", "restage", "correct", "close"],
        "terms": ["publish"],
        "calendar": ["publish"],
        "incident": ["open", "close", "correct", "withdraw"],
        "exclusion": ["apply", "withdraw"],
        "fees": ["bill", "correct", "void"],
        "claim": ["file", "withdraw", "decide", "dispute", "redecide"],
        "voucher": ["issue", "redeem", "reverse", "cancel"],
    }
    assert {as_line["command"] for _, as_line in COMMANDS} == {
        f"{group} {verb}" for group in verbs for verb in verbs[group]
    }


def test_terms_in_a_batch_may_be_given_as_a_document(told: bytes, tmp_path: Path) -> None:
    by_file, by_document = copied(told, tmp_path / "file"), copied(told, tmp_path / "document")
    by_file.batch(line("terms publish", file="amended.toml", noticed_at=at("11-01")))
    by_document.batch(line("terms publish", document=AMENDED, noticed_at=at("11-01")))
    assert events(by_file) == events(by_document)
    assert [version["version"] for version in by_file.ok("terms", "list")] == ["2018-08-01", "2027-06-01"]


# What a command makes up by itself.


@pytest.mark.parametrize(
    ("words", "made"),
    [
        pytest.param(
            "incident open INC-9 --function agent_calls --started-at 2026-03-03T10:00:00Z --account 1001",
            {"incident": "INC-9"},
            id="incident",
        ),
        pytest.param(
            "exclusion apply INC-1 --clause 2.3(2)", {"incident": "INC-1", "exclusion": 1}, id="1st exclusion"
        ),
        pytest.param(
            "exclusion apply INC-4 --clause 2.3(2)", {"incident": "INC-4", "exclusion": 2}, id="2nd exclusion"
        ),
        pytest.param(
            "fees bill B-9 --account 1001 --first-month 2026-05 --billed-at 2026-06-01T00:00:00Z --product-fee 1 "
            "--call-fee 0",
            {"bill": "B-9"},
            id="bill",
        ),
        pytest.param("voucher issue 1003 2026-03", {"voucher": "V-1003-2026-03-1"}, id="voucher"),
        pytest.param(
            "voucher redeem V-1001-2026-03-1 --account 1001 --bill B-2 --part call --amount 4.00 "
            "--redeemed-at 2026-05-02T00:00:00Z",
            {"voucher": "V-1001-2026-03-1", "redemption": 2},
            id="redemption",
        ),
    ],
)
def test_a_command_answers_with_the_ids_it_made(shop: CommandLine, words: str, made: Line) -> None:
    assert shop.ok(*words.split()).items() >= made.items()


def test_a_bill_is_for_one_month_unless_said_otherwise(shop: CommandLine) -> None:
    first = shop.ok("history", "1001")["bills"][0]
    assert (first["bill"], first["months"], first["first_month"]) == ("B-1", 1, "2026-03")


def test_a_voucher_id_may_have_96_characters(shop: CommandLine) -> None:
    assert shop.ok("voucher", "issue", "1003", "2026-03", "--voucher", "V" * 96)["voucher"] == "V" * 96


def test_ids_may_have_64_characters_of_the_allowed_kinds(shop: CommandLine) -> None:
    name = ("aZ09._:@-" * 8)[:64]
    lines = [*enrolled(name), *outage(name, name), bill(name, name, "2026-03", "04-01")]
    assert shop.batch(*lines).returncode == 0
    assert shop.ok("history", name)["bills"][0]["bill"] == name


def test_decided_at_and_issued_at_default_to_now_and_may_be_earlier_than_the_entry(shop: CommandLine) -> None:
    shop.batch(line("claim decide", account="1001", month="2026-02"))
    decision = shop.ok("claim", "show", "1001", "2026-02")["decisions"][0]
    shown = shop.ok("history", "1001")["events"]
    entered = next(event for event in reversed(shown) if event["topic"] == "claim.decided")
    assert decision["decided_at"][:19] == entered["recorded_at"][:19]
    earlier = shop.ok("claim", "show", "1001", "2026-03")["decisions"][0]
    assert earlier["decided_at"] == at("04-11")
    assert next(event for event in shown if event["topic"] == "claim.decided")["recorded_at"] > "2026-04-12"


# The month's run.

MARCH_RUN = [
    *enrolled("2001", "2002", "2003"),
    *[command for account in ("2001", "2002", "2003") for command in outage(f"I-{account}", account)],
    bill("C-1", "2001", "2026-03", "04-01"),
    bill("C-2", "2002", "2026-03", "04-01", "100.00", "0.00"),
    line("claim file", account="2001", month="2026-03", filed_at=at("04-10")),
    line("claim file", account="2002", month="2026-03", filed_at=at("04-20")),
    line("claim file", account="2003", month="2026-03", filed_at=at("04-10")),
]


def test_the_months_run_decides_every_claim_that_waits_and_issues_every_award(slaledger: CommandLine) -> None:
    slaledger.batch(*MARCH_RUN)

    run = slaledger.run("claim", "decide", "--all", "2026-03", "--decided-at", at("04-15"))

    assert run.returncode == 1
    answer = json.loads(run.stdout)
    assert answer["month"] == "2026-03"
    assert answer["done"] == [
        {"account": "2001", "outcome": "awarded", "amount": "104.00"},
        {"account": "2003", "outcome": "nothing_to_credit", "amount": "0.00"},
    ]
    assert answer["total"] == "104.00"
    (refused,) = answer["refused"]
    assert refused["account"] == "2002"
    assert refused["code"] == "decided_before_filed"
    assert refused["message"].startswith("2002 2026-03: filed at 2026-04-20")
    assert refused["hint"].startswith("give a --decided-at of 2026-04-20T00:00:00+08:00 or later")

    again = slaledger.ok("claim", "decide", "--all", "2026-03", "--decided-at", at("04-21"))
    assert (again["done"], again["refused"]) == ([{"account": "2002", "outcome": "awarded", "amount": "14.00"}], [])

    issued = slaledger.ok("voucher", "issue", "--all", "2026-03")
    assert issued["done"] == [
        {"account": "2001", "voucher": "V-2001-2026-03-1", "amount": "104.00"},
        {"account": "2002", "voucher": "V-2002-2026-03-1", "amount": "14.00"},
    ]
    assert (issued["refused"], issued["total"]) == ([], "118.00")

    nothing = slaledger.ok("voucher", "issue", "--all", "2026-03")
    assert (nothing["done"], nothing["refused"], nothing["total"]) == ([], [], "0.00")


def test_the_months_run_as_batch_lines(slaledger: CommandLine) -> None:
    slaledger.batch(*MARCH_RUN)
    before = len(events(slaledger))
    done = slaledger.batch(
        line("claim decide", month="2026-03", all=True), line("voucher issue", month="2026-03", all=True)
    )
    report = json.loads(done.stdout)
    assert (done.returncode, report["refused"]) == (0, [])
    assert (report["recorded"], report["position"]) == (len(events(slaledger)) - before, last(slaledger))
    assert [voucher["issued"] for voucher in slaledger.ok("voucher", "list")] == ["104.00", "14.00"]


def test_a_months_run_that_was_refused_in_part_reports_where_the_log_stands(slaledger: CommandLine) -> None:
    slaledger.batch(*MARCH_RUN)
    before = len(events(slaledger))
    done = slaledger.batch(line("claim decide", month="2026-03", all=True, decided_at=at("04-15")))
    report = json.loads(done.stdout)
    assert done.returncode == 1
    assert report["recorded"] == len(events(slaledger)) - before == 2
    assert report["position"] == last(slaledger)


def test_the_months_run_may_carry_a_key(slaledger: CommandLine) -> None:
    slaledger.batch(*MARCH_RUN)
    run = slaledger.ok("claim", "decide", "--all", "2026-03", "--key", "run-1")
    assert [one["account"] for one in run["done"]] == ["2001", "2002", "2003"]


# Batches.


def test_a_batch_stops_at_the_first_refusal_and_keeps_what_came_before(slaledger: CommandLine) -> None:
    lines = [*enrolled("1001"), line("account close", account="nobody", closed_at=at("04-01")), *enrolled("1002")]
    (slaledger.folder / "month-end.jsonl").write_text("".join(json.dumps(each) + "\n" for each in lines), "utf-8")

    done = slaledger.run("batch", "month-end.jsonl")

    report, error = json.loads(done.stdout), json.loads(done.stderr)["error"]
    assert done.returncode == 1
    assert (report["recorded"], report["noops"], report["position"]) == (1, 0, last(slaledger))
    assert [(refused["line"], "nobody" in refused["message"]) for refused in report["refused"]] == [(2, True)]
    assert "month-end.jsonl:2" in error["message"]
    assert error["line"] == 2
    assert slaledger.run("history", "1001").returncode == 0
    assert slaledger.refused("history", "1002")["message"]


def test_a_batch_that_keeps_going_does_the_rest_and_lists_every_refusal(slaledger: CommandLine) -> None:
    lines = [
        *enrolled("1001"),
        line("account close", account="nobody", closed_at=at("04-01")),
        {"command": "account sell", "account": "1001"},
        *enrolled("1002"),
    ]
    text = "".join(json.dumps(each) + "\n" for each in lines)
    done = slaledger.run("batch", "-", "--keep-going", stdin=text.encode())
    report = json.loads(done.stdout)
    assert done.returncode == 1
    assert (report["lines"], report["recorded"], report["position"]) == (4, 2, last(slaledger))
    assert [refused["line"] for refused in report["refused"]] == [2, 3]
    assert all(refused["code"] and refused["message"] for refused in report["refused"])
    assert "error" in json.loads(done.stderr)
    assert slaledger.run("history", "1002").returncode == 0


def test_a_dry_run_checks_every_line_in_turn_and_records_nothing(slaledger: CommandLine) -> None:
    before = events(slaledger)
    lines = [*enrolled("1001"), *outage("INC-1", "1001"), bill("B-1", "1001", "2026-03", "04-01")]
    text = "".join(json.dumps(each) + "\n" for each in lines).encode()

    good = slaledger.run("batch", "-", "--dry-run", stdin=text)
    assert (good.returncode, json.loads(good.stdout)["refused"]) == (0, [])
    assert events(slaledger) == before

    bad = slaledger.run(
        "batch", "-", "--dry-run", stdin=text + json.dumps(line("fees void", bill="B-2", reason="x")).encode()
    )
    assert (bad.returncode, [refused["line"] for refused in json.loads(bad.stdout)["refused"]]) == (1, [5])
    assert events(slaledger) == before

    assert json.loads(slaledger.run("batch", "-", stdin=text).stdout)["noops"] == 0


def test_a_piped_batch_shows_no_progress(slaledger: CommandLine) -> None:
    done = slaledger.batch(*enrolled(*(f"a{number}" for number in range(300))))
    assert (done.returncode, done.stderr) == (0, "")


# A ledger of one's own: `init`, global options, environment.


def test_init_records_an_id_the_agreement_and_the_published_calendars(tmp_path: Path) -> None:
    here = CommandLine(tmp_path)
    made = here.ok("init")
    assert (made["noop"], made["position"]) == (False, last(here))
    assert [version["version"] for version in here.ok("terms", "list")] == ["2018-08-01"]
    for year in (2018, 2026):
        assert here.ok("calendar", "show", str(year))["days"]
    assert here.ok("init")["noop"] is True


@pytest.mark.parametrize(
    "words",
    [
        "account enroll 1001 --enrolled-at 2026-01-01T00:00:00+08:00",
        "batch -",
        "availability 1001 2026-03",
        "worklist",
        "rebuild",
        "terms list",
    ],
)
def test_every_other_command_refuses_a_ledger_that_is_not_there(tmp_path: Path, words: str) -> None:
    here = CommandLine(tmp_path)
    error = here.refused("--ledger", "sqlite:///mistyped.db", *words.split(), status=2)
    assert "mistyped.db" in error["message"]
    assert "init" in error["hint"]
    assert not list(tmp_path.iterdir())


@sqlite_only("a server is never the default, and a file may be named relative to the folder")
def test_a_file_is_named_by_option_environment_or_default(slaledger: CommandLine) -> None:
    (slaledger.folder / "other.db").write_bytes(slaledger.ledger.read_bytes())
    other = {"SLALEDGER_URL": "sqlite:///other.db"}
    enroll = ("--enrolled-at", JANUARY)
    slaledger.run("account", "enroll", "default", *enroll)
    slaledger.run("account", "enroll", "environment", *enroll, env=other)
    slaledger.run("--ledger", "sqlite:///slaledger.db", "account", "enroll", "option", *enroll, env=other)

    assert [event[1] for event in events(slaledger)[-2:]] == ["default/account", "option/account"]
    there = CommandLine(slaledger.folder, SqliteFile(slaledger.folder / "other.db"))
    assert events(there)[-1][1] == "environment/account"


def test_the_option_goes_before_the_environment(slaledger: CommandLine) -> None:
    other = slaledger.copy(slaledger.folder / "other")
    environment = {"SLALEDGER_URL": other.url}
    enroll = ("--enrolled-at", JANUARY)
    slaledger.run("account", "enroll", "environment", *enroll, env=environment)
    slaledger.run("--ledger", slaledger.url, "account", "enroll", "option", *enroll, env=environment)
    assert [events(each)[-1][1] for each in (slaledger, other)] == ["option/account", "environment/account"]


def test_the_actor_is_named_by_option_environment_or_login(slaledger: CommandLine) -> None:
    enroll = ("--enrolled-at", JANUARY)
    slaledger.run("--actor", "wang", "account", "enroll", "1", *enroll, env={"SLALEDGER_ACTOR": "li"})
    slaledger.run("account", "enroll", "2", *enroll, env={"SLALEDGER_ACTOR": "li"})
    slaledger.run("account", "enroll", "3", *enroll, env={"SLALEDGER_ACTOR": "", "LOGNAME": "zhao"})
    assert [event[-1]["actor"] for event in events(slaledger)[-3:]] == ["wang", "li", "zhao"]


def test_explanations_are_in_the_readers_language_and_the_record_is_the_same(shop: CommandLine) -> None:
    words = ("claim", "explain", "1001", "2026-03")
    english, chinese = shop.ok(*words), shop.ok("--lang", "zh", *words)
    assert not any("\u4e00" <= letter <= "\u9fff" for step in english["steps"] for letter in step["says"])
    assert all(any("\u4e00" <= letter <= "\u9fff" for letter in step["says"]) for step in chinese["steps"])
    assert english["sha256"] == chinese["sha256"]


# Reading: every command in every format.

READING: dict[str, tuple[str, ...]] = {
    "availability 1001 2026-03": ("account", "month", "terms", "total_seconds", "unavailable_seconds", "episodes"),
    "breaches 2026-03": ("account", "month", "availability", "tier", "credit"),
    "mtbf 1001 2026": ("account", "year", "events", "mean_seconds", "commitment_days", "meets_commitment"),
    "claim show 1001 2026-03": ("account", "month", "status", "filed_at", "window", "awarded", "issued", "overpaid"),
    "claim list": ("account", "month", "status"),
    "claim explain 1001 2026-03": ("number", "format", "outcome", "decided_at", "facts", "bases", "credit", "steps"),
    "voucher list": ("voucher", "account", "month", "issued", "redeemed", "cancelled", "balance", "issued_at"),
    "voucher show V-1001-2026-03-1": ("voucher", "account", "month", "balance"),
    "worklist": (),
    "history 1001": ("account", "position", "known_at", "valid_at", "events", "incidents", "bills", "claims", "months"),
    "terms show": ("agreement", "version"),
    "terms list": ("agreement", "version"),
    "terms check amended.toml": ("agreement", "version"),
    "calendar show 2026": ("year",),
}
TELLING_THE_TIME = ("worklist", "history 1001")
"""Two answers in a row differ: an outage is open, and `known_at` is now."""


@pytest.mark.parametrize("words", READING)
def test_a_reading_command_answers_in_every_format(shop: CommandLine, words: str) -> None:
    keys = READING[words]
    printed = {}
    for name in ("table", "json", "jsonl", "csv"):
        done = shop.run(*words.split(), "--format", name)
        assert (done.returncode, done.stderr) == (0, "")
        printed[name] = done.stdout

    answer = json.loads(printed["json"])
    rows = answer if isinstance(answer, list) else [answer]
    assert rows
    assert all(row.keys() >= set(keys) for row in rows)

    by_line = [json.loads(text) for text in printed["jsonl"].splitlines()]
    assert [row.keys() for row in by_line] == [row.keys() for row in rows]
    if words not in TELLING_THE_TIME:
        assert by_line == rows

    table = list(csv.DictReader(io.StringIO(printed["csv"])))
    assert len(table) == len(rows)
    plain = [key for key in keys if isinstance(rows[0][key], str) and not key.endswith("_at")]
    assert [[row[key] for key in plain] for row in table] == [[row[key] for key in plain] for row in rows]

    shown = printed["table"]
    assert shown.strip()
    assert not shown.lstrip().startswith(("{", "["))


def test_json_is_printed_when_piped(shop: CommandLine) -> None:
    assert json.loads(shop.run("voucher", "list").stdout)[0]["balance"] == "54.00"


def test_a_changing_command_answers_in_every_format(shop: CommandLine) -> None:
    for number, name in enumerate(("table", "json", "jsonl", "csv")):
        words = ("account", "enroll", f"n{number}", "--enrolled-at", JANUARY, "--format", name)
        done = shop.run(*words)
        assert (done.returncode, done.stderr) == (0, "")
        assert "account enroll" in done.stdout


def test_rebuild_makes_the_projections_again_and_touches_no_event(shop: CommandLine) -> None:
    before, listed = events(shop), shop.ok("claim", "list")
    assert shop.run("rebuild").returncode == 0
    assert events(shop) == before
    assert shop.ok("claim", "list") == listed


# Shapes that the interface writes out.


def test_the_shape_of_history(shop: CommandLine) -> None:
    found = shop.ok("history", "1002")
    assert found.keys() >= {
        *("account", "position", "known_at", "valid_at", "events", "incidents", "bills", "claims", "vouchers", "months")
    }
    event = found["events"][0]
    assert event.keys() >= {"position", "recorded_at", "actor", "reason", "stream", "version", "topic", "data"}
    assert [event["position"] for event in found["events"]] == sorted(event["position"] for event in found["events"])
    opened, excluded = found["incidents"]
    assert (opened["incident"], opened["status"], opened["ended_at"]) == ("INC-3", "open", None)
    assert (opened["function"], opened["started_at"]) == ("inbound_routing", at("05-05 10:00"))
    (exclusion,) = excluded["exclusions"]
    assert exclusion.keys() >= {"exclusion", "clause", "from", "to", "status"}
    assert (exclusion["exclusion"], exclusion["clause"]) == (1, "2.3(1)")


def test_the_shape_of_availability_and_breaches(shop: CommandLine) -> None:
    month = shop.ok("availability", "1001", "2026-03")
    assert (
        month.items()
        >= {
            "account": "1001",
            "month": "2026-03",
            "terms": {"agreement": "aliyun-ccc", "version": "2018-08-01"},
            "total_seconds": 2_678_400,
            "unavailable_seconds": 5400,
            "availability": {"numerator": 495, "denominator": 496, "percent": "99.7983"},
            "meets_commitment": False,
            "tier": 1,
            "episodes": [
                {
                    "start": at("03-03 10:00"),
                    "end": at("03-03 11:30"),
                    "seconds": 5400,
                    "counted_seconds": 5400,
                    "incidents": ["INC-1"],
                }
            ],
        }.items()
    )
    # 1003's second bill of 100.00 makes the service fee 700.00: 98.00 + 20.00.
    assert shop.ok("breaches", "2026-03") == [
        {
            "account": account,
            "month": "2026-03",
            "availability": month["availability"],
            "tier": 1,
            "credit": credit,
            "currency": "CNY",
            "still_open": [],
        }
        for account, credit in (("1001", "104.00"), ("1003", "118.00"))
    ]


def test_the_shape_of_mtbf_and_voucher_list(shop: CommandLine) -> None:
    assert (
        shop.ok("mtbf", "1001", "2026").items()
        >= {
            "account": "1001",
            "year": 2026,
            "events": 1,
            "mean_seconds": None,
            "commitment_days": 90,
            "meets_commitment": True,
        }.items()
    )
    assert (
        shop.ok("voucher", "list", "--account", "1001")[0].items()
        >= {
            "voucher": "V-1001-2026-03-1",
            "account": "1001",
            "month": "2026-03",
            "issued": "104.00",
            "redeemed": "50.00",
            "cancelled": "0.00",
            "balance": "54.00",
            "issued_at": at("04-12"),
        }.items()
    )


# Errors.


@pytest.mark.parametrize(
    ("words", "status"),
    [
        pytest.param("history nobody", 1, id="refused by a rule"),
        pytest.param("availability 1001 march", 2, id="unreadable value"),
        pytest.param("sell everything", 2, id="unknown command"),
        pytest.param("batch no-such-file.jsonl", 2, id="unreadable file"),
    ],
)
def test_an_error_is_one_json_object_on_stderr(shop: CommandLine, words: str, status: int) -> None:
    formatted = [] if words.startswith("sell") else ["--format", "json"]
    for options in ([], formatted):
        done = shop.run(*words.split(), *options)
        assert (done.returncode, done.stdout) == (status, "")
        error = json.loads(done.stderr)["error"]
        assert error.keys() <= {"code", "message", "clause", "hint", "line"}
        assert error["code"]
        assert error["message"]


def test_an_error_is_text_where_a_table_was_asked_for(shop: CommandLine) -> None:
    done = shop.run("history", "nobody", "--format", "table")
    assert (done.returncode, done.stdout) == (1, "")
    assert "nobody" in done.stderr
    assert not done.stderr.startswith("{")


@pytest.mark.parametrize("words", ["", "claim", "claim decide", "voucher redeem", "batch", "availability"])
def test_help_is_given(slaledger: CommandLine, words: str) -> None:
    done = slaledger.run(*words.split(), "--help")
    assert (done.returncode, done.stderr) == (0, "")
    assert "slaledger" in done.stdout
