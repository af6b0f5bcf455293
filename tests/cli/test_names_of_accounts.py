"""The name of an account stands beside its id wherever accounts are listed, and changes nothing else."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest
from conftest import CommandLine

JANUARY = "2026-01-01T00:00:00+08:00"


@pytest.fixture
def books(slaledger: CommandLine) -> CommandLine:
    """Two accounts, one with a name, each with an outage, a bill and a claim for March; and a voucher of the first."""
    slaledger.ok("account", "enroll", "1001", "--enrolled-at", JANUARY, "--name", "Lakeside")
    slaledger.ok("account", "enroll", "1002", "--enrolled-at", JANUARY)
    for account in ("1001", "1002"):
        opened = ("--function", "agent_calls", "--started-at", "2026-03-03T10:00:00+08:00")
        slaledger.ok("incident", "open", f"INC-{account}", "--account", account, *opened)
        slaledger.ok("incident", "close", f"INC-{account}", "--ended-at", "2026-03-03T12:00:00+08:00")
        for bill, month in ((f"B-{account}", "2026-03"), (f"C-{account}", "2026-04")):
            billed = ("--first-month", month, "--billed-at", "2026-05-01T00:00:00+08:00")
            slaledger.ok(
                *("fees", "bill", bill, "--account", account, *billed, "--product-fee", "900.00", "--call-fee", "0")
            )
        slaledger.ok("claim", "file", account, "2026-03", "--filed-at", "2026-04-15T09:00:00+08:00")
    slaledger.ok("claim", "decide", "1001", "2026-03", "--decided-at", "2026-04-16T09:00:00+08:00")
    slaledger.ok("voucher", "issue", "1001", "2026-03", "--issued-at", "2026-04-17T09:00:00+08:00")
    slaledger.ok("account", "rename", "1001", "--name", "Lakeside Bank")
    return slaledger


def test_every_list_has_the_name(books: CommandLine) -> None:
    rows = [
        *books.ok("account", "list"),
        *books.ok("claim", "list"),
        *books.ok("voucher", "list"),
        *books.ok("breaches", "2026-03"),
        *books.ok("report", "2026-03")["accounts"],
    ]
    names = [(row["account"], row.get("name")) for row in rows]
    assert set(names) == {("1001", "Lakeside Bank"), ("1002", None)}
    assert [one for one in names if one[0] == "1001"] == [("1001", "Lakeside Bank")] * 5
    for words in ("account list", "claim list", "breaches 2026-03", "report 2026-03"):
        assert "1001 Lakeside Bank" in books.run(*words.split(), "--format", "table").stdout, words


def test_the_worklist_has_the_name(books: CommandLine) -> None:
    books.ok("account", "rename", "1002", "--name", "West Lake Tea")
    (row,) = books.ok("worklist")["to_decide"]
    assert (row["account"], row["name"]) == ("1002", "West Lake Tea")
    assert "1002 West Lake Tea" in books.run("worklist", "--format", "table").stdout


def test_the_name_as_it_was_known(books: CommandLine) -> None:
    found = books.ok("account", "show", "1001")
    assert found["name"] == "Lakeside Bank"
    renamed = found["events"][-1]
    assert renamed["topic"] == "account.named"
    assert renamed["changes"] == [{"field": "name", "was": "Lakeside", "is": "Lakeside Bank"}]
    before = str(renamed["position"] - 1)
    assert books.ok("account", "show", "1001", "--at-position", before)["name"] == "Lakeside"
    assert books.ok("claim", "list", "--at-position", before)[0]["name"] == "Lakeside"


def test_an_enrolment_is_repeated_whatever_the_name_is_now(books: CommandLine) -> None:
    enroll = ("account", "enroll", "1001", "--enrolled-at", JANUARY)
    assert books.ok(*enroll)["noop"]
    assert books.ok(*enroll, "--name", "Lakeside")["noop"]
    refused = books.refused(*enroll, "--name", "Seaside")
    assert (refused["code"], "slaledger account rename 1001 --name …" in refused["hint"]) == ("account_taken", True)
    assert books.ok("account", "rename", "1001", "--name", "Lakeside Bank")["noop"]


def test_a_name_changes_no_decision(books: CommandLine) -> None:
    assert books.ok("worklist")["to_redecide"] == []
    assert books.ok("audit", "impact")["changed"] == []
    assert books.run("audit", "replay").returncode == 0
    assert books.run("audit", "verify").returncode == 0
    assert books.run("dossier", "1001", "2026-03", "-o", "case.json").returncode == 0
    assert books.run("verify-dossier", "case.json").returncode == 0


def test_the_pages_have_the_name(books: CommandLine, tmp_path: Path) -> None:
    if importlib.util.find_spec("jinja2") is None:
        pytest.skip("no Jinja2")
    books.ok("report", "2026-03", "--html", "month.html")
    books.ok("dossier", "1001", "2026-03", "--html", "case.html")
    assert "<bdi>1001</bdi> Lakeside Bank" in (books.folder / "month.html").read_text("utf-8")
    assert "<bdi>1001</bdi> Lakeside Bank" in (books.folder / "case.html").read_text("utf-8")


def test_a_voucher_is_redeemed_without_naming_the_account(books: CommandLine) -> None:
    words = ("voucher", "redeem", "V-1001-2026-03-1", "--part", "service", "--amount", "1.00")
    when = ("--redeemed-at", "2026-05-02T00:00:00+08:00")
    redeemed = books.ok(*words, "--bill", "C-1001", *when)
    assert (redeemed["noop"], redeemed["redemption"]) == (False, 1)
    assert books.ok(*words, "--bill", "C-1001", "--account", "1001", *when)["noop"]
    assert books.refused(*words, "--bill", "C-1002", *when)["code"] == "other_accounts_bill"
    assert books.refused(*words, "--bill", "C-1001", "--account", "1002", *when)["code"] == "not_transferable"
