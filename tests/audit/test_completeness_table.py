"""The table of `audit completeness` groups: ranges of months, breaches first, what was caught up by day."""

from __future__ import annotations

import json
from typing import Literal

import pytest
from conftest import CommandLine

from cli.answers.audit.completeness import print_gaps
from domain.time import DAY_US
from ledger.audit.completeness import DatedEarlier, Gap

DAY = 20_000 * DAY_US
"""2024-10-04, in Shanghai at 08:00."""


def table(capsys: pytest.CaptureFixture[str], *gaps: Gap) -> list[str]:
    print_gaps(gaps)
    return capsys.readouterr().out.splitlines()


def unbilled(account: str, month: str, *, below: bool = False) -> Gap:
    return Gap(kind="month_without_bill", message="no bill", account=account, month=month, below=below)


def late(what: Literal["decision", "voucher"], days_ago: int, *, actor: str = "clerk", recorded_at: int = DAY) -> Gap:
    found = DatedEarlier(what=what, dated=DAY - days_ago * DAY_US, recorded_at=recorded_at, actor=actor)
    return Gap(kind="dated_earlier_than_recorded", message="as it is", account="1", month="2024-09", late=found)


@pytest.mark.parametrize(
    ("months", "told"),
    [
        (["2026-01"], "2026-01"),
        (["2026-01", "2026-02", "2026-03"], "2026-01 to 2026-03"),
        (["2025-12", "2026-01", "2026-03"], "2025-12 to 2026-01, 2026-03"),
        (["2026-01", "2026-03", "2026-05"], "2026-01, 2026-03, 2026-05"),
    ],
)
def test_months_of_an_account_are_ranges(capsys: pytest.CaptureFixture[str], months: list[str], told: str) -> None:
    lines = table(capsys, *(unbilled("1", month) for month in months))
    assert lines == ["month without bill", f"  1 {told}: no bill", f"{len(months)} finding{'s' * (len(months) > 1)}"]


def test_months_below_the_commitment_come_first(capsys: pytest.CaptureFixture[str]) -> None:
    lines = table(capsys, unbilled("1", "2026-01"), unbilled("2", "2026-01"), unbilled("2", "2026-02", below=True))
    assert lines[1:4] == ["  2 2026-02, below the commitment: no bill", "  1 2026-01: no bill", "  2 2026-01: no bill"]


def test_findings_that_differ_are_not_joined(capsys: pytest.CaptureFixture[str]) -> None:
    one = Gap(kind="claim_waits", message="since May", account="1", month="2026-01")
    other = Gap(kind="claim_waits", message="since June", account="1", month="2026-02")
    nowhere = Gap(kind="source_not_checked", message="terms")
    assert table(capsys, one, other, nowhere)[1:] == [
        "  1 2026-01: since May",
        "  1 2026-02: since June",
        "source not checked",
        "  terms",
        "3 findings",
    ]


def test_what_was_caught_up_is_told_by_day_and_by_whom(capsys: pytest.CaptureFixture[str]) -> None:
    told = table(
        capsys,
        *(late("decision", days) for days in (10, 20)),
        late("voucher", 5),
        *(late("voucher", days, actor="other") for days in (1, 2)),
        late("decision", 3, recorded_at=DAY + DAY_US),
    )
    assert " ".join(" ".join(told[1:-1]).split()) == (
        "2024-10-04, by clerk: 2 decisions and 1 voucher, dated 2024-09-14 to 2024-09-29; `--format json` lists each "
        "2024-10-04, by other: 2 vouchers, dated 2024-10-02 to 2024-10-03; `--format json` lists each "
        "1 2024-09: as it is"
    )
    assert told[-1] == "6 findings"


def test_nothing_is_missing(capsys: pytest.CaptureFixture[str]) -> None:
    assert table(capsys) == ["nothing is missing"]


@pytest.mark.usefixtures("noon")
def test_a_breach_without_a_bill_is_marked_in_the_table_and_json_keeps_its_shape(slaledger: CommandLine) -> None:
    at = "2026-03-{}:00:00+08:00"
    outage = {"command": "incident open", "incident": "I", "account": "1", "function": "agent_calls"}
    done = slaledger.batch(
        {"command": "account enroll", "account": "1", "enrolled_at": "2026-02-01T00:00:00+08:00"},
        {**outage, "started_at": at.format("03T10")},
        {"command": "incident close", "incident": "I", "ended_at": at.format("03T20")},
    )
    assert done.returncode == 0, done.stderr
    lines = slaledger.run("audit", "completeness", "--format", "table").stdout.splitlines()
    lines = lines[lines.index("month without bill") + 1 :]
    assert lines[:2] == [
        "  1 2026-03, below the commitment: no bill covers this month",
        "  1 2026-02, 2026-04 to 2026-10: no bill covers this month",
    ]
    found = json.loads(slaledger.run("audit", "completeness").stdout)
    assert {tuple(each) for each in found} == {("kind", "message", "account", "month", "position")}
