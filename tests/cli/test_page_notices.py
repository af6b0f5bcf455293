"""What pages say first: open outages, and what waits for somebody."""

from __future__ import annotations

import re
from pathlib import Path

from conftest import CommandLine


def _notices(commands: CommandLine, *words: str) -> list[str]:
    commands.ok(*words, "--html", "page.html", "--force")
    text = (commands.folder / "page.html").read_text("utf-8")
    return re.findall(r'<li class="(?:task|warning)"[^>]*>(.*?)</li>', text)


def _case(commands: CommandLine) -> list[str]:
    return _notices(commands, "dossier", "1001", "2026-03")


def _month(commands: CommandLine) -> list[str]:
    return _notices(commands, "report", "2026-03")


def _bill(commands: CommandLine, *words: str) -> None:
    commands.ok("fees", "bill", "B-1", "--account", "1001", "--first-month", "2026-03", *words)


def test_a_case_says_at_each_stage_what_waits(slaledger: CommandLine) -> None:
    slaledger.ok("account", "enroll", "1001", "--enrolled-at", "2026-01-01T00:00:00+08:00")
    fees = ("--billed-at", "2026-04-01T00:00:00+08:00", "--product-fee", "1000.00", "--call-fee", "0.00")
    _bill(slaledger, *fees)
    assert _case(slaledger) == []
    outage = ("--account", "1001", "--function", "agent_calls", "--started-at", "2026-03-03T10:00:00+08:00")
    slaledger.ok("incident", "open", "INC-1", *outage)
    still_open = "Outages without an end count up to now: INC-1."
    assert _case(slaledger)[0] == still_open
    assert _month(slaledger)[0] == still_open
    slaledger.ok("incident", "close", "INC-1", "--ended-at", "2026-03-03T13:00:00+08:00")
    assert _case(slaledger) == ["Nobody has claimed CN¥140.00 for the month."]
    assert _month(slaledger) == ["1 account is below the commitment without a claim: CN¥140.00."]
    slaledger.ok("claim", "file", "1001", "2026-03", "--filed-at", "2026-04-10T09:00:00+08:00")
    assert _case(slaledger) == ["The claim waits for a decision."]
    assert _month(slaledger) == ["1 claim waits for a decision."]
    slaledger.ok("controls", "set", "--approval-above", "100.00", "--reason", "two pairs of eyes")
    slaledger.ok("claim", "decide", "1001", "2026-03")
    assert _case(slaledger) == ["The award of CN¥140.00 waits for an approval."]
    assert _month(slaledger) == ["1 award waits for an approval: CN¥140.00."]
    slaledger.ok("controls", "set", "--approval-above", "none", "--reason", "one pair will do")
    assert _case(slaledger) == ["CN¥140.00 of the award waits for a voucher."]
    assert _month(slaledger) == ["1 award waits for its voucher: CN¥140.00."]
    slaledger.ok("voucher", "issue", "1001", "2026-03")
    assert _case(slaledger) == _month(slaledger) == []
    slaledger.ok("incident", "withdraw", "INC-1", "--reason", "recorded in error")
    assert _case(slaledger) == ["The facts known today give CN¥0.00; the latest decision awards CN¥140.00."]
    slaledger.ok(
        "claim", "dispute", "1001", "2026-03", "--disputed-at", "2026-05-10T09:00:00+08:00", "--grounds", "too little"
    )
    assert _case(slaledger)[0] == "The customer disputes the decision: the claim waits to be decided again."
    assert _month(slaledger) == ["1 decision is disputed."]
    slaledger.ok("claim", "redecide", "1001", "2026-03", "--reason", "there was no outage")
    assert _case(slaledger) == ["Vouchers hold CN¥140.00 more than the latest decision awards."]
    assert _month(slaledger) == ["1 claim is overpaid: CN¥140.00."]


def test_a_chinese_page_says_events_in_chinese(slaledger: CommandLine) -> None:
    slaledger.ok("account", "enroll", "1001", "--enrolled-at", "2026-01-01T00:00:00+08:00")
    slaledger.ok("--lang", "zh", "dossier", "1001", "2026-03", "--html", "page.html")
    page = Path(slaledger.folder, "page.html").read_text("utf-8")
    assert "<b>账户已登记</b>" in page
    assert "<b>Account enrolled</b>" not in page
