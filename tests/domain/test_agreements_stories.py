"""From `init` to the last cent under other agreements, through the command line: a voucher, a credit, a cap."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT, CommandLine

VERIFIER = ROOT / "verifier" / "verify_dossier.py"


@pytest.fixture
def shop(tmp_path: Path) -> CommandLine:
    return CommandLine(tmp_path)


def verified(shop: CommandLine, account: str, month: str) -> str:
    """What the stand-alone verifier says of a claim's dossier."""
    shop.ok("dossier", account, month, "-o", "case.json")
    done = subprocess.run(
        [sys.executable, "-I", str(VERIFIER), str(shop.folder / "case.json")], capture_output=True, text=True
    )
    return done.stdout + done.stderr


def opened(shop: CommandLine, function: str, start: str, end: str) -> None:
    shop.ok("account", "enroll", "acme", "--enrolled-at", "2026-01-01T00:00:00Z")
    shop.ok("incident", "open", "OUT", "--account", "acme", "--function", function, "--started-at", start)
    shop.ok("incident", "close", "OUT", "--ended-at", end)


def billed(shop: CommandLine, bill: str, month: str, fee: str, at: str) -> None:
    words = ("--account", "acme", "--first-month", month, "--billed-at", at)
    shop.ok("fees", "bill", bill, *words, "--product-fee", fee)


def test_a_credit_in_dollars_for_a_region_of_ec2(shop: CommandLine) -> None:
    assert shop.ok("init", "--agreement", "aws-ec2")["recorded"] == 3, (
        "the ledger, its rules and the terms: no calendar"
    )
    opened(shop, "region", "2026-08-03T10:00:00Z", "2026-08-03T10:30:00Z")
    billed(shop, "B-8", "2026-08", "2000.00", "2026-09-01T00:00:00Z")

    (breach,) = shop.ok("breaches", "2026-08")
    assert (breach["credit"], breach["currency"], breach["tier"]) == ("200.00", "USD", 1)
    shop.ok("claim", "file", "acme", "2026-08", "--filed-at", "2026-10-31T23:59:59Z")
    run = shop.ok("claim", "decide", "--all", "2026-08")
    assert (run["total"], run["currency"]) == ("200.00", "USD")

    claim = shop.ok("claim", "show", "acme", "2026-08")
    (made,) = claim["decisions"]
    assert (claim["currency"], made["currency"], made["remedy"], made["format"]) == ("USD", "USD", "credit", 3)
    assert made["calendar"]["years"] == []
    assert claim["window"] == {"opens": "2026-09-01T00:00:00+00:00", "closes": "2026-11-01T00:00:00+00:00"}
    assert made["bases"]["call"] == {"call_fee": "0.00", "voucher_offset": "0.00", "net": "0.00"}
    assert made["credit"]["call"] == {"rate": "0%", "amount": "0.00"}

    shop.ok("voucher", "issue", "acme", "2026-08")
    (credit,) = shop.ok("voucher", "list")
    assert (credit["balance"], credit["currency"]) == ("200.00", "USD")
    replayed = shop.ok("audit", "replay")
    assert (replayed["decisions"], replayed["identical"], replayed["different"]) == (1, 1, [])
    assert verified(shop, "acme", "2026-08").startswith("OK: acme 2026-08: 1 decision,")


def test_a_credit_is_explained_in_the_agreements_own_clauses(shop: CommandLine) -> None:
    shop.ok("init", "--agreement", "aws-ec2")
    opened(shop, "region", "2026-08-03T10:00:00Z", "2026-08-03T10:30:00Z")
    billed(shop, "B-8", "2026-08", "10.00", "2026-09-01T00:00:00Z")
    shop.ok("claim", "file", "acme", "2026-08", "--filed-at", "2026-10-01T00:00:00Z")
    assert shop.ok("claim", "decide", "acme", "2026-08")["outcome"] == "nothing_to_credit"

    told = shop.run("claim", "explain", "acme", "2026-08", "--format", "table").stdout
    assert "  Requests Filed at 2026-10-01 00:00:00: in time. The window opens at 2026-09-01" in told
    assert "  Credits  Base: 10.00 less 0.00 paid with vouchers = 10.00.\n" in told
    assert "  SLA      10% of 10.00 = 1.00.\n" in told
    assert "  Credits  1.00 is not above the minimum of 1.00: nothing is given.\n" in told
    assert "calendar   none\n" in told
    assert max(map(len, told.splitlines())) <= 80
    assert verified(shop, "acme", "2026-08").startswith("OK")


def test_a_voucher_in_dollars_for_an_instance_of_tencent(shop: CommandLine) -> None:
    shop.ok("init", "--agreement", "tencent-cvm")
    opened(shop, "instance", "2026-08-03T10:00:00+08:00", "2026-08-03T10:11:01+08:00")
    billed(shop, "B-8", "2026-08", "120.00", "2026-09-01T00:00:00+08:00")
    billed(shop, "B-9", "2026-11", "120.00", "2026-11-20T00:00:00+08:00")
    for filed, outcome in (("2026-09-07T23:59:59+08:00", "too_early"), ("2026-09-08T00:00:00+08:00", "awarded")):
        shop.ok("claim", "file", "acme", "2026-08", "--filed-at", filed)
        done = shop.ok("claim", "decide", "acme", "2026-08", "--decided-at", "2026-09-09T00:00:00+08:00")
        assert done["outcome"] == outcome

    month = shop.ok("availability", "acme", "2026-08")
    assert month["unavailable_seconds"] == 720, "eleven minutes and a second are twelve minutes"
    shop.ok("voucher", "issue", "acme", "2026-08", "--issued-at", "2026-09-10T00:00:00+08:00")
    paid = ("--account", "acme", "--bill", "B-9", "--amount", "12.00", "--redeemed-at", "2026-11-21T00:00:00+08:00")
    refused = shop.refused("voucher", "redeem", "V-acme-2026-08-1", *paid, "--part", "call")
    assert refused["code"] == "part_not_payable"
    assert shop.ok("voucher", "redeem", "V-acme-2026-08-1", *paid, "--part", "service")["balance"] == "0.00"
    made = shop.ok("claim", "show", "acme", "2026-08")["decisions"][1]
    assert (made["remedy"], made["currency"], made["credit"]["total"]) == ("voucher", "USD", "12.00")
    replayed = shop.ok("audit", "replay")
    assert (replayed["decisions"], replayed["identical"]) == (2, 2)
    assert verified(shop, "acme", "2026-08").startswith("OK: acme 2026-08: 2 decisions")


def test_a_cap_of_what_was_paid_is_explained(shop: CommandLine) -> None:
    shop.ok("init", "--agreement", "aliyun-datahub")
    opened(shop, "datahub", "2026-08-03T10:00:00+08:00", "2026-08-03T11:00:00+08:00")
    words = ("--account", "acme", "--first-month", "2026-08", "--billed-at", "2026-09-01T00:00:00+08:00")
    shop.ok("fees", "bill", "B-8", *words, "--product-fee", "1000.00", "--service-voucher", "900.00")
    shop.ok("claim", "file", "acme", "2026-08", "--filed-at", "2026-09-20T00:00:00+08:00")
    made = shop.ok("claim", "decide", "acme", "2026-08")
    told = shop.run("claim", "explain", "acme", "2026-08", "--format", "table").stdout
    assert made["amount"] == "50.00"
    assert "Base: 1000.00; the 900.00 paid with vouchers is not deducted." in told
    assert "20% of 1000.00 = 200.00." in told
    assert "Monthly cap: 50% of 100.00 paid without vouchers = 50.00." in told
    assert "Service credit: 50.00, as a voucher." in told
    assert verified(shop, "acme", "2026-08").startswith("OK")


@pytest.mark.parametrize(
    ("words", "code", "status"),
    [
        (
            "incident open I --account acme --function agent_calls --started-at 2026-08-01T00:00:00Z",
            "unknown_function",
            2,
        ),
        ("exclusion apply OUT --clause 2.3(1)", "unknown_clause", 1),
        (
            "fees bill B --account acme --first-month 2026-08 --billed-at 2026-09-01T00:00:00Z --product-fee 9.00 "
            "--call-fee 1.00",
            "no_call_part",
            1,
        ),
        ("init --agreement tencent-cvm", "terms_other_agreement", 1),
    ],
)
def test_what_another_agreement_does_not_know_is_refused(shop: CommandLine, words: str, code: str, status: int) -> None:
    shop.ok("init", "--agreement", "aws-ec2")
    opened(shop, "region", "2026-08-03T10:00:00Z", "2026-08-03T10:30:00Z")
    before = shop.rows()
    error: dict[str, Any] = shop.refused(*words.split(), status=status)
    assert (error["code"], bool(error["hint"])) == (code, True)
    assert shop.rows() == before


def test_an_exclusion_under_the_agreements_own_clause_and_init_again(shop: CommandLine) -> None:
    shop.ok("init", "--agreement", "aws-ec2")
    opened(shop, "region", "2026-08-03T10:00:00Z", "2026-08-03T10:30:00Z")
    shop.ok("exclusion", "apply", "OUT", "--clause", "Exclusions(i)")
    assert shop.ok("availability", "acme", "2026-08")["meets_commitment"]
    assert shop.ok("init")["noop"] and shop.ok("init", "--agreement", "aws-ec2")["noop"]
    assert shop.ok("mtbf", "acme", "2026")["commitment_days"] is None


def test_the_reference_still_needs_its_call_fee(shop: CommandLine) -> None:
    shop.ok("init")
    shop.ok("account", "enroll", "1001", "--enrolled-at", "2026-01-01T00:00:00+08:00")
    words = "fees bill B --account 1001 --first-month 2026-08 --billed-at 2026-09-01T00:00:00+08:00 --product-fee 9.00"
    error = shop.refused(*words.split(), status=2)
    assert (error["code"], "call_fee" in error["message"]) == ("bad_field", True)
