"""The example at the end of each command's help does what it says: all of them, in order, on one new ledger."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

import pytest
from authority import Authority
from conftest import CommandLine
from keys import ALICE

from cli.examples import EXAMPLES

ROOT = Path(__file__).parents[2]
SHIPPED = ROOT / "ledger" / "agreements" / "aliyun-ccc-2018-08-01.toml"
BILL_HEADER = (ROOT / "examples" / "bills" / "2026-01.csv").read_text("utf-8-sig").splitlines()[0]

BEFORE: dict[str, list[dict[str, object]]] = {
    "voucher redeem": [
        {
            "command": "fees bill",
            "bill": "B-2",
            "account": "1001",
            "first_month": "2026-04",
            "billed_at": "2026-05-01T00:00:00+08:00",
            "product_fee": "100.00",
            "call_fee": "0.00",
        }
    ],
    "claim withdraw": [
        {"command": "claim file", "account": "1001", "month": "2026-02", "filed_at": "2026-03-10T00:00:00+08:00"}
    ],
    "incident withdraw": [
        {
            "command": "incident open",
            "incident": "INC-8",
            "account": "1001",
            "function": "agent_calls",
            "started_at": "2026-05-05T00:00:00+08:00",
        }
    ],
}
"""What an example needs to be there that no earlier one made."""


ALERT = {
    "status": "resolved",
    "labels": {"alertname": "RoutingDown", "tenant": "1001"},
    "startsAt": "2026-05-06T10:00:00.123456789+08:00",
    "endsAt": "2026-05-06T10:10:00+08:00",
    "fingerprint": "a1b2c3d4e5f60718",
}
SERIES = {"metric": {"job": "routing"}, "values": [[1777600000 + 15 * n, v] for n, v in enumerate(["1", "0.9", "1"])]}
PAGED = {
    "id": "Q1",
    "status": "triggered",
    "created_at": "2026-05-07T10:00:00+08:00",
    "service": {"id": "P1", "summary": "Inbound routing"},
}
FOCUS = """\
SubAccountId,BillingPeriodStart,BillingPeriodEnd,BilledCost,BillingCurrency,ChargeCategory,ServiceName
1001,2026-06-01T00:00:00+08:00,2026-07-01T00:00:00+08:00,600.00,CNY,Purchase,Call center
1001,2026-06-01T00:00:00+08:00,2026-07-01T00:00:00+08:00,12.30,CNY,Usage,Calls
"""
COST = {
    "OwnerID": "1001",
    "Item": "PayAsYouGoBill",
    "SubscriptionType": "PayAsYouGo",
    "ProductCode": "ccc",
    "BillingItem": "通话费",
    "Currency": "CNY",
    "PretaxAmount": 12.3,
    "DeductedByCashCoupons": 0,
}
CLOUD_EVENT = {
    "specversion": "1.0",
    "id": "1",
    "source": "/monitoring",
    "type": "slaledger.incident.withdraw",
    "data": {"incident": "INC-7", "reason": "another record of it stands"},
}
IMPORTED: dict[str, str] = {
    "alerts.jsonl": json.dumps({"version": "4", "status": "resolved", "alerts": [ALERT]}) + "\n",
    "focus.csv": FOCUS,
    "costs.json": json.dumps({"Success": True, "Data": {"BillingCycle": "2026-07", "Items": {"Item": [COST]}}}),
    "events-of-others.json": json.dumps([CLOUD_EVENT]),
    "pagerduty.json": json.dumps({"incidents": [PAGED]}),
    "range.json": json.dumps({"status": "success", "data": {"resultType": "matrix", "result": [SERIES]}}),
}
"""The files that the examples take over, by name."""


@pytest.fixture
def prepared(slaledger: CommandLine) -> CommandLine:
    """A ledger in a folder with the files that the examples name."""
    write_files(slaledger.folder)
    return slaledger


def write_files(folder: Path) -> None:
    """The files that the examples name."""
    ALICE.file(folder)
    amended = SHIPPED.read_text("utf-8").replace('version = "2018-08-01"', 'version = "2027-01-01"')
    amended = amended.replace("effective_from = 2018-08-01", "effective_from = 2027-01-01")
    (folder / "amended.toml").write_text(amended, "utf-8")
    enroll = {"command": "account enroll", "account": "1002", "enrolled_at": "2026-01-01T00:00:00+08:00"}
    (folder / "month-end.jsonl").write_text(json.dumps(enroll) + "\n")
    correction = {"command": "fees correct", "bill": "B-1", "call_fee": "300.00", "reason": "an error"}
    (folder / "correction.jsonl").write_text(json.dumps(correction) + "\n")
    component = {"id": "c1", "name": "Inbound calls", "status": "operational"}
    (folder / "incidents.json").write_text(json.dumps({"components": [component], "incidents": []}))
    cells = dict.fromkeys(BILL_HEADER.split(","), "")
    cells |= {"账期": "2026-05", "账号ID": "1001", "计费项": "通话费", "应付金额": "12.30", "产品": "云呼叫中心"}
    (folder / "bill.csv").write_text(BILL_HEADER + "\n" + ",".join(cells.values()) + "\n", "utf-8")
    for name, content in IMPORTED.items():
        (folder / name).write_text(content, "utf-8")
    for name in ("checkpoint.txt", "request.tsq", "answer.tsr", "certificates.pem"):
        (folder / name).touch()  # `timestamped` has them, once there is a ledger


def timestamped(prepared: CommandLine) -> None:
    """The ledger's checkpoint, and what an authority answered about it."""
    folder = prepared.folder
    words = ("audit", "checkpoint", "--timestamp-request", "request.tsq", "--force")
    (folder / "checkpoint.txt").write_text(prepared.run(*words).stdout)
    authority = Authority(folder / "authority")
    authority.answer(folder / "request.tsq", folder / "answer.tsr")
    (folder / "certificates.pem").write_bytes(Path(authority.certificates).read_bytes())


@pytest.mark.usefixtures("noon")
def test_every_example_runs(prepared: CommandLine) -> None:
    for words, example in EXAMPLES.items():
        prepared.batch(*BEFORE.get(words, ()))
        if words == "audit timestamp":
            timestamped(prepared)
        done = prepared.run(*shlex.split(example)[1:])
        assert done.returncode == (3 if words in ("audit completeness", "audit duties") else 0), (
            f"{example}\n{done.stderr}"
        )
        assert done.stdout, example


@pytest.mark.parametrize("words", EXAMPLES)
def test_help_ends_with_the_example(slaledger: CommandLine, words: str) -> None:
    done = slaledger.run(*words.split(), "--help")
    assert done.returncode == 0, done.stderr
    lines = [line.strip() for line in done.stdout.splitlines()]
    assert lines[lines.index("Example:") + 1] == EXAMPLES[words], "in one line, to be copied"
