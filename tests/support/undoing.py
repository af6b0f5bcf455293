"""Lives of accounts that keep undoing what they did, as lines of a batch, and what they record.

Corrections from A to B and back, exclusions taken back and applied again, redemptions reversed and made again: doing a
line twice, or not at all, shows in what is recorded.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random
from typing import Any

from conftest import CommandLine

Line = dict[str, Any]
Recorded = tuple[str, int, str, str]

MONTH = "2023-03"
EVIDENCE = {"name": "report.pdf", "sha256": "ab" * 32}


def day(text: str) -> str:
    """An instant of 2023 on Shanghai's clock: `04-20 12:00`."""
    return f"2023-{text.replace(' ', 'T')}:00+08:00"


def life(number: int) -> list[Line]:
    """An account from enrolment to its last voucher, in more than forty lines that keep undoing one another."""
    account, incident, bill, later = f"{number:04d}", f"INC-{number}", f"B-{number}", f"B-{number}-later"
    claim = {"account": account, "month": MONTH}
    voucher = f"V-{account}-{MONTH}-1"
    longer = {"command": "incident correct", "incident": incident, "ended_at": day("03-03 18:00"), "reason": "gateway"}
    back = longer | {"ended_at": day("03-03 16:00"), "reason": "not the gateway"}
    excluded = {
        "command": "exclusion apply",
        "incident": incident,
        "clause": "2.3(1)",
        "from": day("03-03 10:00"),
        "to": day("03-03 10:10"),
        "evidence": [EVIDENCE],
    }
    dearer = {"command": "fees correct", "bill": bill, "product_fee": "1200.00", "reason": "a late call"}
    redeem = {
        "command": "voucher redeem",
        "voucher": voucher,
        "account": account,
        "bill": later,
        "part": "service",
        "amount": "10.00",
        "redeemed_at": day("07-02 09:00"),
    }
    withdrawn = {"account": account, "month": "2023-02"}
    return [
        {
            "command": "account enroll",
            "account": account,
            "enrolled_at": "2020-01-01T00:00:00+08:00",
            "region": f"region-{number % 3}",
        },
        {"command": "account correct", "account": account, "region": "region-9", "reason": "a slip"},
        {"command": "account correct", "account": account, "region": f"region-{number % 3}", "reason": "no slip"},
        {
            "command": "incident open",
            "incident": incident,
            "account": account,
            "function": "inbound_routing",
            "started_at": day("03-03 10:00"),
        },
        {"command": "incident close", "incident": incident, "ended_at": day("03-03 16:00")},
        longer,
        back,
        excluded,
        {"command": "exclusion withdraw", "incident": incident, "exclusion": 1, "reason": "the carrier denies it"},
        excluded | {"again": True},
        {"command": "exclusion withdraw", "incident": incident, "exclusion": 2, "reason": "it denies it again"},
        {
            "command": "fees bill",
            "bill": bill,
            "account": account,
            "first_month": MONTH,
            "billed_at": day("04-01 00:00"),
            "product_fee": "1000.00",
            "call_fee": "300.00",
        },
        dearer,
        dearer | {"product_fee": "1000.00", "reason": "no late call"},
        dearer,
        dearer | {"product_fee": "1000.00", "reason": "no late call"},
        {
            "command": "fees bill",
            "bill": later,
            "account": account,
            "first_month": "2023-06",
            "billed_at": day("07-01 00:00"),
            "product_fee": "500.00",
            "call_fee": "100.00",
        },
        {"command": "claim file", **withdrawn, "filed_at": day("03-15 09:00")},
        {"command": "claim withdraw", **withdrawn, "reason": "no outage then"},
        {"command": "claim file", **withdrawn, "filed_at": day("03-15 09:00"), "again": True},
        {"command": "claim withdraw", **withdrawn, "reason": "still none"},
        {"command": "claim file", **claim, "filed_at": day("04-02 09:00")},
        {"command": "claim decide", **claim, "decided_at": day("04-02 12:00")},
        {"command": "claim file", **claim, "filed_at": day("04-20 09:00")},
        {"command": "claim decide", **claim, "decided_at": day("04-21 12:00")},
        {"command": "claim dispute", **claim, "disputed_at": day("04-22 09:00"), "grounds": "it lasted longer"},
        longer,
        {"command": "claim redecide", **claim, "decided_at": day("04-23 09:00"), "reason": "the dispute"},
        back,
        {"command": "claim redecide", **claim, "decided_at": day("04-24 09:00"), "reason": "the log was right"},
        {"command": "voucher issue", **claim, "issued_at": day("04-25 09:00")},
        redeem,
        {"command": "voucher reverse", "voucher": voucher, "redemption": 1, "reason": "wrong bill"},
        redeem | {"again": True},
        {"command": "voucher reverse", "voucher": voucher, "redemption": 2, "reason": "wrong bill"},
        redeem | {"amount": "5.00", "key": f"redeem-{number}"},
        redeem | {"amount": "5.00", "key": f"redeem-{number}"},
        {"command": "voucher cancel", "voucher": voucher, "reason": "the account asks for it"},
        longer,
        {"command": "claim redecide", **claim, "decided_at": day("05-02 09:00"), "reason": "the log was wrong"},
        {"command": "voucher issue", **claim, "issued_at": day("05-03 09:00")},
        {"command": "voucher cancel", "voucher": f"V-{account}-{MONTH}-2", "reason": "the account asks for it"},
        back,
        {"command": "claim redecide", **claim, "decided_at": day("05-04 09:00"), "reason": "the log was right"},
        {"command": "account restage", "account": account, "stage": "public_beta", "changed_at": day("08-01 00:00")},
        {"command": "account restage", "account": account, "stage": "general", "changed_at": day("08-01 00:00")},
    ]


SHARED: list[Line] = [
    {
        "command": "incident open",
        "incident": "REGION",
        "regions": ["region-1", "region-2"],
        "function": "agent_calls",
        "started_at": day("03-10 10:00"),
    },
    {"command": "incident close", "incident": "REGION", "ended_at": day("03-10 10:30")},
    {
        "command": "incident open",
        "incident": "ALL",
        "all_accounts": True,
        "function": "agent_sign_in",
        "started_at": day("03-11 10:00"),
    },
    {"command": "incident close", "incident": "ALL", "ended_at": day("03-11 10:05")},
    {"command": "incident correct", "incident": "ALL", "ended_at": day("03-11 11:05"), "reason": "longer"},
    {"command": "incident correct", "incident": "ALL", "ended_at": day("03-11 10:05"), "reason": "not longer"},
    {"command": "incident withdraw", "incident": "REGION", "reason": "a test of the monitoring"},
]


def shuffled(lives: Sequence[Sequence[Line]], seed: int) -> Iterator[Line]:
    """The lines of all lives mixed, each life's own in their order."""
    random = Random(seed)
    rest = [list(reversed(lines)) for lines in lives]
    while rest:
        lines = random.choice(rest)
        yield lines.pop()
        if not lines:
            rest.remove(lines)


BAD: Line = {"command": "incident close", "incident": "NO-SUCH", "ended_at": day("03-03 10:00")}


def write(path: Path, lines: Sequence[Line]) -> Path:
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return path


def recorded(command_line: CommandLine) -> list[Recorded]:
    """Every event in order, without what depends on when it was recorded: that time itself, and hashes over it.

    A position is told by its place in the log: what was rolled back may have left a gap before it.
    """
    rows = command_line.rows()
    place = {row[0]: number for number, row in enumerate(rows, start=1)}
    return [(stream, version, topic, _timeless(topic, state, place)) for _, stream, version, topic, state in rows]


def _timeless(topic: str, state: bytes, place: dict[int, int]) -> str:
    said = json.loads(state)
    del said["recorded_at"]
    if topic == "claim.decided":
        facts = said["data"]["decision"]["facts"]
        del facts["sha256"]
        facts["position"] = place[facts["position"]]
    return json.dumps(said)


def is_prefix(command_line: CommandLine, undisturbed: list[Recorded]) -> bool:
    """Whether the beginning of what the file records is there, and nothing else."""
    found = recorded(command_line)
    return found == undisturbed[: len(found)]


def pending(number: int) -> list[Line]:
    """The lines of a life up to where a claim is filed and waits."""
    lines = life(number)
    return lines[: next(index for index, line in enumerate(lines) if line["command"] == "claim dispute") - 1]
