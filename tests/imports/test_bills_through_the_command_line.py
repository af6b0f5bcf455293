"""Bills through the command line: every kind of file that told one month twice, or told it otherwise."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from bill_files import ALIYUN, BSS, FOCUS, FOCUS_WITH_VOUCHERS, Line, aliyun_csv, bss_json, focus_csv, gaap_json
from conftest import CommandLine
from stores import SqliteStore

from ledger.log.codec import Row, decode

CASES = Path(__file__).parents[3] / "shared" / "cases" / "money"
SEATS, CALLS = Line(fee="1000"), Line(fee="300", is_call=True)
MARCH = (SEATS, CALLS)
B3 = (
    *("fees", "bill", "B3", "--account", "A", "--first-month", "2026-03"),
    *("--billed-at", "2026-04-01T00:00:00+08:00", "--product-fee", "1000.00", "--call-fee", "0.00"),
)


@pytest.fixture
def on_file(sqlite_store: SqliteStore, tmp_path: Path) -> CommandLine:
    """The command line on a new ledger in a file, with account A."""
    return enrolled(CommandLine(tmp_path, sqlite_store.blank(tmp_path)))


def enrolled(slaledger: CommandLine) -> CommandLine:
    slaledger.ok("account", "enroll", "A", "--enrolled-at", "2026-01-01T00:00:00+08:00")
    return slaledger


def put(slaledger: CommandLine, name: str, data: bytes) -> None:
    (slaledger.folder / name).write_bytes(data)


def bills(slaledger: CommandLine) -> list[tuple[str, str, str, str]]:
    """Of each bill its id, fees and whether it stands."""
    found = slaledger.ok("history", "A")["bills"]
    return [(bill["bill"], bill["product_fee"], bill["call_fee"], bill["status"]) for bill in found]


FIRST: dict[str, tuple[tuple[str, ...], str, bytes]] = {
    "aliyun-bill": (ALIYUN, "bill.csv", aliyun_csv(*MARCH)),
    "bss": (BSS, "bill.json", bss_json(*MARCH)),
    "focus": (FOCUS, "focus.csv", focus_csv(*MARCH)),
}


@pytest.mark.parametrize("kind", FIRST)
def test_each_format_on_each_store_twice_and_with_another_amount(kind: str, slaledger: CommandLine) -> None:
    enrolled(slaledger)
    words, file, data = FIRST[kind]
    put(slaledger, file, data)
    assert slaledger.ok(*words, "--dry-run")["dry_run"]
    assert bills(slaledger) == []
    first = slaledger.ok(*words)
    assert (first["commands"], first["recorded"], first["unchanged"]) == (1, 2, 0)
    again = slaledger.ok(*words)
    assert (again["commands"], again["recorded"], again["unchanged"]) == (0, 0, 1)
    ((id_, product, call, status),) = bills(slaledger)
    assert (id_, product, call, status) == (first["billed"][0], "1300.00", "300.00", "stands")
    put(slaledger, file, data.replace(b"1000", b"900"))
    before = slaledger.rows()
    error = slaledger.refused(*words)
    assert error["code"] == "bill_differs"
    assert "1200.00" in error["message"]
    assert "1300.00" in error["message"]
    assert slaledger.rows() == before
    taken = slaledger.ok(*words, "--take-source")
    assert taken["corrected"] == [{"bill": id_, "field": "product_fee", "was": "1300.00", "is": "1200.00"}]
    assert bills(slaledger) == [(id_, "1200.00", "300.00", "stands")]


@pytest.mark.parametrize("second", FIRST)
@pytest.mark.parametrize("first", FIRST)
def test_the_same_month_by_two_files_is_one_bill(first: str, second: str, on_file: CommandLine) -> None:
    for kind in (first, second):
        words, file, data = FIRST[kind]
        put(on_file, file, data)
        told = on_file.ok(*words)
    assert (told["recorded"], told["unchanged"]) == (0, 1)
    assert [bill[1:] for bill in bills(on_file)] == [("1300.00", "300.00", "stands")]


def test_every_event_of_an_import_names_its_source(on_file: CommandLine) -> None:
    put(on_file, "bill.csv", aliyun_csv(*MARCH))
    on_file.ok(*ALIYUN, "--as-of", "2026-04-02T00:00:00+08:00")
    put(on_file, "bill.csv", aliyun_csv(SEATS._replace(fee="900"), CALLS))
    on_file.ok(*ALIYUN, "--take-source", "aliyun:A:2026-03", "--as-of", "2026-04-03T00:00:00+08:00")
    facts = [decode(Row(*row)) for row in on_file.rows() if row[3].startswith("fees.")]
    assert [(fact.topic, fact.source and fact.source.name, fact.source and fact.source.key) for fact in facts] == [
        ("fees.billed", "aliyun-bill", "A@2026-03"),
        ("fees.corrected", "aliyun-bill", "A@2026-03"),
    ]
    assert facts[1].reason == "as aliyun-bill now says"
    put(on_file, "bill.csv", aliyun_csv(*MARCH))
    older = (*ALIYUN, "--take-source", "--as-of", "2026-04-02T12:00:00+08:00")
    assert on_file.refused(*older)["code"] == "older_file"
    assert on_file.ok(*older, "--older")["recorded"] == 1


def test_a_typed_bill_is_refused_with_both_left_or_void(on_file: CommandLine) -> None:
    on_file.ok(*B3)
    put(on_file, "bill.csv", aliyun_csv(*MARCH))
    error = on_file.refused(*ALIYUN)
    assert error["code"] == "bill_typed"
    assert all(word in error["message"] for word in ("B3", "1000.00", "1300.00", "bill.csv:2"))
    left = on_file.ok(*ALIYUN, "--skip", "A@2026-03")
    assert (left["recorded"], [each["key"] for each in left["left_out"]]) == (0, ["A@2026-03"])
    taken = on_file.ok(*ALIYUN, "--take-source", "B3")
    assert (taken["voided"], taken["billed"]) == (["B3"], ["aliyun:A:2026-03"])
    assert bills(on_file) == [
        ("B3", "1000.00", "0.00", "void"),
        ("aliyun:A:2026-03", "1300.00", "300.00", "stands"),
    ]


def test_a_typed_bill_that_says_the_same_is_enough(on_file: CommandLine) -> None:
    on_file.ok(*B3)
    put(on_file, "bill.csv", aliyun_csv(SEATS))
    told = on_file.ok("import", "aliyun-bill", "bill.csv", "--no-calls")
    assert (told["recorded"], told["notes"]) == (0, ["A@2026-03: bill B3 of a person says the same"])


def test_a_void_bill_by_hand_is_undone_and_by_an_import_noted(slaledger: CommandLine) -> None:
    enrolled(slaledger)
    slaledger.ok(*B3)
    slaledger.ok("fees", "void", "B3", "--reason", "a mistake")
    error = slaledger.refused(*B3)
    assert error["code"] == "undone"
    assert "a mistake" in error["message"]
    assert slaledger.ok(*B3, "--again")["recorded"] == 1
    assert slaledger.ok(*B3)["noop"]
    assert bills(slaledger) == [("B3", "1000.00", "0.00", "stands")]
    slaledger.ok("fees", "void", "B3", "--reason", "twice")
    put(slaledger, "bill.csv", aliyun_csv(*MARCH))
    assert slaledger.ok(*ALIYUN)["billed"] == ["aliyun:A:2026-03"]
    slaledger.ok("fees", "void", "aliyun:A:2026-03", "--reason", "not ours")
    before = slaledger.rows()
    told = slaledger.ok(*ALIYUN)
    assert (told["recorded"], slaledger.rows()) == (0, before)
    assert "not ours" in told["notes"][0]
    taken = slaledger.ok(*ALIYUN, "--take-source", "aliyun:A:2026-03")
    assert taken["restored"] == ["aliyun:A:2026-03"]
    assert ("aliyun:A:2026-03", "1300.00", "300.00", "stands") in bills(slaledger)


def test_a_key_of_a_bill_told_again_is_of_its_own(on_file: CommandLine) -> None:
    on_file.ok(*B3, "--key", "k1")
    on_file.ok("fees", "void", "B3", "--reason", "a mistake")
    assert on_file.ok(*B3, "--key", "k1")["noop"]
    assert on_file.refused(*B3, "--again", "--key", "k1")["code"] == "key_taken"
    assert on_file.ok(*B3, "--again", "--key", "k2")["recorded"] == 2


def test_what_was_decided_with_the_bill_is_named(on_file: CommandLine) -> None:
    done = on_file.batch(
        {
            "command": "incident open",
            "incident": "I1",
            "account": "A",
            "function": "agent_calls",
            "started_at": "2026-03-10T10:00:00+08:00",
        },
        {"command": "incident close", "incident": "I1", "ended_at": "2026-03-10T13:00:00+08:00"},
        {"command": "claim file", "account": "A", "month": "2026-03", "filed_at": "2026-04-10T09:00:00+08:00"},
        {"command": "claim decide", "account": "A", "month": "2026-03", "decided_at": "2026-04-11T09:00:00+08:00"},
    )
    assert done.returncode == 0, done.stdout
    put(on_file, "bill.csv", aliyun_csv(*MARCH))
    told = on_file.ok(*ALIYUN)
    assert told["notes"] == [
        "decided claims that rest on what changed: A 2026-03; `slaledger audit impact` says what they become"
    ]


def test_bills_of_an_older_release_are_summed(on_file: CommandLine) -> None:
    """They have an order in their ids and no source in their events."""
    for order, product, call in (("O1", "1000.00", "0.00"), ("O2", "300.00", "300.00")):
        words = [word.replace("B3", f"aliyun:A:2026-03:{order}") for word in B3]
        words[words.index("1000.00")], words[words.index("0.00")] = product, call
        on_file.ok(*words)
    put(on_file, "bill.json", bss_json(*MARCH))
    assert on_file.ok(*BSS)["unchanged"] == 1
    put(on_file, "bill.json", bss_json(SEATS._replace(fee="1100"), CALLS))
    assert on_file.refused(*BSS)["code"] == "bill_differs"
    on_file.ok(*BSS, "--take-source")
    assert bills(on_file) == [
        ("aliyun:A:2026-03:O1", "1100.00", "0.00", "stands"),
        ("aliyun:A:2026-03:O2", "300.00", "300.00", "stands"),
    ]


def test_spread_costs_are_compared_with_the_shares_of_what_was_bought(on_file: CommandLine) -> None:
    year = aliyun_csv(Line(fee="1200"), 计费方式="包年包月", 账单开始时间="2025-03-01", 账单结束时间="2026-02-28")
    put(on_file, "bill.csv", year)
    on_file.ok("import", "aliyun-bill", "bill.csv", "--no-calls")
    months = [Line(month=month, fee="100") for month in ("2025-03", "2025-04", "2025-05")]
    put(on_file, "bill.json", gaap_json(*months))
    told = on_file.ok("import", "bss", "bill.json", "--no-calls")
    assert (told["recorded"], told["unchanged"]) == (0, 3)
    put(on_file, "bill.json", gaap_json(*months[:2], months[2]._replace(fee="90"), Line(month="2026-03", fee="7")))
    error = on_file.refused("import", "bss", "bill.json", "--no-calls")
    assert error["code"] == "bill_differs"
    assert all(word in error["message"] for word in ("A@2025-05", "90.00", "100.00", "aliyun:A:2025-03:12m"))
    left = on_file.ok("import", "bss", "bill.json", "--no-calls", "--skip", "A@2025-05")
    assert (left["billed"], left["unchanged"]) == (["aliyun:A:2026-03"], 2)


def test_vouchers_that_a_file_does_not_tell_are_no_difference(on_file: CommandLine) -> None:
    lines = (SEATS._replace(voucher="50"), CALLS)
    put(on_file, "bill.csv", aliyun_csv(*lines))
    on_file.ok(*ALIYUN)
    put(on_file, "focus.csv", focus_csv(*lines))
    assert on_file.ok(*FOCUS)["unchanged"] == 1
    assert on_file.ok(*FOCUS_WITH_VOUCHERS)["unchanged"] == 1
    put(on_file, "focus.csv", focus_csv(*MARCH))
    assert on_file.refused(*FOCUS_WITH_VOUCHERS)["code"] == "bill_differs"


def test_several_files_are_one_import(on_file: CommandLine) -> None:
    put(on_file, "bill.csv", aliyun_csv(SEATS))
    put(on_file, "more.csv", aliyun_csv(CALLS))
    told = on_file.ok("import", "aliyun-bill", "bill.csv", "more.csv", "--call-item", "通话费")
    assert (told["files"], told["recorded"]) == (["bill.csv", "more.csv"], 2)
    assert "file" not in told
    assert bills(on_file) == [("aliyun:A:2026-03", "1300.00", "300.00", "stands")]


def test_all_faults_are_told_at_once_with_their_places(on_file: CommandLine) -> None:
    put(on_file, "bill.csv", aliyun_csv(SEATS._replace(fee="x"), CALLS, SEATS._replace(month="2026-13")))
    done = on_file.run(*ALIYUN)
    assert (done.returncode, done.stdout) == (2, "")
    told = json.loads(done.stderr)
    assert told["error"]["code"] == "bad_amount"
    assert [(each["code"], each["place"]) for each in told["errors"]] == [
        ("bad_amount", "bill.csv:2"),
        ("bad_month", "bill.csv:4"),
    ]
    words = on_file.run(*ALIYUN, "--format", "table").stderr
    assert "bill.csv:2" in words
    assert "bill.csv:4" in words
    put(on_file, "bill.csv", aliyun_csv(SEATS._replace(account="B"), CALLS._replace(account="C")))
    done = on_file.run(*ALIYUN)
    assert done.returncode == 1
    assert [each["code"] for each in json.loads(done.stderr)["errors"]] == ["unknown_account", "unknown_account"]


def test_what_calls_are_called_must_be_said(on_file: CommandLine) -> None:
    put(on_file, "bill.csv", aliyun_csv(SEATS))
    assert on_file.refused("import", "aliyun-bill", "bill.csv", status=2)["code"] == "usage"
    assert on_file.refused(*ALIYUN, status=2)["code"] == "unknown_call_item"
    assert on_file.ok(*ALIYUN, "--no-calls")["recorded"] == 2
    refused = on_file.refused(*ALIYUN, "--as-of", "yesterday", status=2)
    assert (refused["code"], refused["message"]) == ("bad_time", "--as-of: 'yesterday' is not an RFC 3339 time")
    refused = on_file.refused(*ALIYUN, "--no-calls", "--as-of", "2126-04-02T00:00:00+08:00")
    assert (refused["code"], refused["message"].partition(":")[0]) == ("in_the_future", "bill.csv")


def test_a_bill_on_which_a_redemption_stands_is_not_void_by_an_import(on_file: CommandLine) -> None:
    done = on_file.batch(
        {
            "command": "incident open",
            "incident": "I1",
            "account": "A",
            "function": "agent_calls",
            "started_at": "2026-03-10T10:00:00+08:00",
        },
        {"command": "incident close", "incident": "I1", "ended_at": "2026-03-10T13:00:00+08:00"},
        *(
            {
                "command": "fees bill",
                "bill": bill,
                "account": "A",
                "first_month": month,
                "billed_at": "2026-07-01T00:00:00+08:00",
                "product_fee": "1000.00",
                "call_fee": "0.00",
            }
            for bill, month in (("B3", "2026-03"), ("B6", "2026-06"))
        ),
        {"command": "claim file", "account": "A", "month": "2026-03", "filed_at": "2026-04-10T09:00:00+08:00"},
        {"command": "claim decide", "account": "A", "month": "2026-03", "decided_at": "2026-04-11T09:00:00+08:00"},
        {"command": "voucher issue", "account": "A", "month": "2026-03", "issued_at": "2026-04-11T10:00:00+08:00"},
        {
            "command": "voucher redeem",
            "voucher": "V-A-2026-03-1",
            "account": "A",
            "bill": "B6",
            "part": "service",
            "amount": "140.00",
            "redeemed_at": "2026-07-02T00:00:00+08:00",
        },
    )
    assert done.returncode == 0, done.stderr
    put(on_file, "bill.csv", aliyun_csv(Line(month="2026-06", fee="900"), Line(month="2026-05", fee="7")))
    before = on_file.rows()
    error = on_file.refused("import", "aliyun-bill", "bill.csv", "--no-calls", "--take-source")
    assert error["code"] == "redemptions_stand"
    assert "bill.csv:2" in error["message"]
    assert on_file.rows() == before
    told = on_file.ok("import", "aliyun-bill", "bill.csv", "--no-calls", "--skip", "B6")
    assert told["billed"] == ["aliyun:A:2026-05"]


def test_a_file_of_imports_runs_those_of_bills_too(on_file: CommandLine) -> None:
    put(on_file, "bill.csv", aliyun_csv(*MARCH))
    put(on_file, "bill.json", bss_json(*MARCH))
    put(on_file, "imports.toml", CONFIG.encode())
    told = on_file.ok("import", "--config", "imports.toml")
    assert [(each["recorded"], each["unchanged"]) for each in told] == [(2, 0), (0, 1)]


CONFIG = """
[[import]]
format = "aliyun-bill"
files = ["bill.csv"]
call-item = "通话费"
take-source = true

[[import]]
format = "bss"
files = ["bill.json"]
call-item = ["通话费"]
no-calls = true
"""

SHARED: dict[str, tuple[tuple[str, ...], str]] = {
    "ok.csv": (("aliyun-bill", "--call-item", "通话费"), "1300.00"),
    "ok.json": (("bss", "--call-item", "call"), "1300.00"),
    "y_nolast.json": (("bss", "--call-item", "call"), "incomplete"),
    "nocalls.csv": (("aliyun-bill", "--call-item", "通话费", "--no-calls"), "1000.00"),
    "x_nocalls.json": (("bss", "--no-calls"), "1000.00"),
    "refund_other_order.csv": (("aliyun-bill", "--call-item", "通话费"), "1179.50"),
    "azure_noseconds.csv": (("focus", "--account-column", "SubAccountId", "--call-service", "Calls"), "3264.30"),
    "bq_utc.csv": (("focus", "--account-column", "SubAccountId", "--call-service", "Calls"), "3264.30"),
    "azcredit.csv": (
        ("focus", "--account-column", "SubAccountId", "--call-service", "Calls", "--leave-out", "Credit"),
        "3264.30",
    ),
}


@pytest.mark.parametrize("name", SHARED)
def test_the_cases_of_public_reports(name: str, on_file: CommandLine) -> None:
    if not CASES.exists():
        pytest.skip("skipped: ../shared/cases is not here")
    words, expected = SHARED[name]
    command = ("import", words[0], str(CASES / name), *words[1:])
    if not expected[0].isdigit():
        assert on_file.refused(*command, status=2)["code"] == expected
        return
    assert on_file.ok(*command)["recorded"] == 2
    assert bills(on_file)[0][1] == expected
    other = ("import", "bss", str(CASES / "ok.json"), "--call-item", "call")
    if expected == "1300.00":
        assert on_file.ok(*other)["unchanged"] == 1
    else:
        assert on_file.refused(*other)["code"] == "bill_differs"


def test_the_base_of_the_cases_and_a_bill_that_is_typed(on_file: CommandLine) -> None:
    if not CASES.exists():
        pytest.skip("skipped: ../shared/cases is not here")
    (on_file.folder / "slaledger.db").unlink()
    on_file.ok("init")
    on_file.ok("batch", str(CASES / "base.jsonl"))
    command = ("import", "aliyun-bill", str(CASES / "ok.csv"), "--call-item", "通话费")
    error: dict[str, Any] = on_file.refused(*command)
    assert error["code"] == "bill_typed"
    told = on_file.ok(*command, "--take-source")
    assert told["voided"] == ["B3"]
    assert "A 2026-03" in told["notes"][-1]
