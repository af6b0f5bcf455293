"""Commands that record events, in an order in which each has what it needs on a new ledger."""

from __future__ import annotations

import json
from pathlib import Path

from conftest import ROOT
from keys import ALICE, ALICE_2

RECEIPTS = [
    "init",
    "terms publish amended.toml --noticed-at 2026-11-01T00:00:00+08:00 --reason 'a new version'",
    "calendar publish 2026",
    "calendar publish 2027 --file 2027.csv --source gov.cn",
    "account enroll 1001 --enrolled-at 2026-01-01T00:00:00+08:00 --stage public_beta --region cn-hangzhou",
    "account enroll 1002 --enrolled-at 2026-01-01T00:00:00+08:00 --key enrolment-1002",
    "account restage 1001 --stage general --changed-at 2026-02-01T00:00:00+08:00",
    "account correct 1001 --region cn-shanghai --reason 'mistyped at enrolment'",
    "account move 1002 --region cn-beijing --moved-at 2026-02-10T00:00:00+08:00",
    "account rename 1002 --name 'Lakeside Bank'",
    "account enroll 1006 --enrolled-at 2026-11-01T00:00:00+08:00 --name 'West Lake Tea'",
    "incident open INC-7 --account 1001 --function inbound_routing --started-at 2026-03-03T10:00:00+08:00",
    "incident close INC-7 --ended-at 2026-03-03T11:20:00+08:00 --reported-by 'duty officer' --reason 'by telephone'",
    "incident correct INC-7 --ended-at 2026-03-03T11:30:00+08:00 --reason 'log of the gateway'",
    "incident open INC-8 --all-accounts --function agent_calls --started-at 2026-03-05T10:00:00+08:00"
    " --uncertainty-seconds 30",
    "incident open INC-9 --region cn-shanghai --function agent_sign_in --started-at 2026-03-06T10:00:00+08:00",
    "incident withdraw INC-8 --reason 'monitoring error'",
    "exclusion apply INC-7 --clause '2.3(1)' --from 2026-03-03T10:00:00+08:00 --to 2026-03-03T10:10:00+08:00"
    " --reason 'carrier outage' --evidence"
    " report.pdf=e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "exclusion withdraw INC-7 1 --reason 'the carrier denies it'",
    "exclusion apply INC-7 --clause '2.3(5)' --notified-at 2026-03-01T00:00:00+08:00"
    " --announced-from 2026-03-03T11:20:00+08:00 --announced-to 2026-03-03T12:00:00+08:00 --reason 'upgrade'",
    "fees bill B-1 --account 1001 --first-month 2026-03 --billed-at 2026-04-01T00:00:00+08:00"
    " --product-fee 1000.00 --call-fee 300.00",
    "fees bill B-2 --account 1001 --first-month 2026-04 --months 3 --billed-at 2026-05-01T00:00:00+08:00"
    " --product-fee 900.00 --call-fee 0.00 --service-voucher 10.00",
    "fees bill B-3 --account 1002 --first-month 2026-03 --billed-at 2026-04-01T00:00:00+08:00"
    " --product-fee 500.00 --call-fee 100.00",
    "fees bill B-4 --account 1002 --first-month 2026-04 --billed-at 2026-05-01T00:00:00+08:00"
    " --product-fee 500.00 --call-fee 100.00",
    "fees correct B-1 --call-fee 400.00 --reason 'calls of the last day'",
    "claim file 1001 2026-03 --filed-at 2026-04-10T09:00:00+08:00 --statement 'No calls for an hour'",
    "claim decide 1001 2026-03 --decided-at 2026-04-13T09:00:00+08:00",
    "voucher issue 1001 2026-03 --issued-at 2026-04-15T09:00:00+08:00",
    "claim dispute 1001 2026-03 --disputed-at 2026-04-20T09:00:00+08:00 --grounds 'it lasted longer'",
    "claim redecide 1001 2026-03 --reason 'the dispute of 20 April'",
    "voucher redeem V-1001-2026-03-1 --account 1001 --bill B-2 --part service --amount 50.00"
    " --redeemed-at 2026-05-02T00:00:00+08:00",
    "voucher reverse V-1001-2026-03-1 1 --reason 'booked twice'",
    "voucher cancel V-1001-2026-03-1 --reason 'issued in error'",
    "claim file 1001 2026-02 --filed-at 2026-03-10T00:00:00+08:00",
    "claim withdraw 1001 2026-02 --reason 'filed by mistake'",
    "claim file 1001 2026-09 --filed-at 2026-11-20T00:00:00+08:00",
    "claim decide 1001 2026-09",
    "claim file 1001 2026-10 --filed-at 2026-11-02T00:00:00+08:00",
    "fees void B-4 --reason 'billed twice'",
    "incident close INC-9 --ended-at 2026-03-06T13:00:00+08:00",
    "claim file 1002 2026-03 --filed-at 2026-04-10T09:00:00+08:00",
    "claim file 1002 2026-04 --filed-at 2026-05-10T09:00:00+08:00",
    "incident open INC-10 --account 1002 --function agent_sign_in --started-at 2026-03-06T10:00:00+08:00",
    "incident close INC-10 --ended-at 2026-03-06T13:00:00+08:00 --uncertainty-seconds 0.5",
    "claim decide --all 2026-03 --decided-at 2026-04-01T00:00:00+08:00",
    "claim decide --all 2026-03 --dry-run",
    "claim decide --all 2026-03",
    "claim decide --all 2026-04",
    "voucher issue --all 2026-03 --dry-run",
    "voucher issue --all 2026-03",
    "voucher issue --all 2026-04",
    "account close 1001 --closed-at 2026-11-01T00:00:00+08:00",
    "batch month-end.jsonl --dry-run",
    "batch month-end.jsonl --keep-going",
    "batch month-end.jsonl",
    "batch run.jsonl",
    "import alertmanager examples/imports/alerts.jsonl --map alertname=RoutingDown=inbound_routing"
    " --account-label tenant --only-mapped --dry-run",
    "import alertmanager examples/imports/alerts.jsonl --map alertname=RoutingDown=inbound_routing"
    " --account-label tenant --only-mapped",
    "import prometheus examples/imports/range.json --map job=sign-in=agent_sign_in --all-accounts --threshold 0.95",
    "import pagerduty examples/imports/pagerduty.json --all-accounts --map 'Agent calls=agent_calls'"
    " --skip Q9C3B6ZR2LQ8SE",
    "import bss examples/imports/bss.json --call-item ccc_call --take-source B-3 --dry-run",
    "import bss examples/imports/bss.json --call-item ccc_call --take-source B-3",
    "import focus examples/imports/focus.csv --account-column SubAccountId --call-service Calls"
    " --voucher-column x_VoucherAmount --timezone Asia/Shanghai --take Purchase --leave-out Credit --round"
    " --take-source B-1",
    "import cloudevents examples/imports/cloudevents.jsonl --dry-run",
    "import cloudevents examples/imports/cloudevents.jsonl",
    "import statuspage examples/status-pages/1004-2026-02-12.json --account 1001 --map 'Agent sign-in=agent_sign_in'"
    " --map 'Inbound routing=inbound_routing'",
    "import statuspage examples/status-pages/1004-2026-02-12.json --account 1002 --map 'Agent sign-in=agent_sign_in'"
    " --map 'Inbound routing=inbound_routing'",
    "import aliyun-bill bill.csv --call-item 通话费 --take-source B-2",
    "incident reopen INC-10 --reason 'agents still cannot sign in'",
    "worklist",
    "doctor",
    "controls set --approval-above 50.00 --provider-name 'Cloud Ltd' --provider-address '1 West Lake Road'"
    " --reason 'two people above that'",
    "claim redecide 1001 2026-03 --reason 'the bills that came since'",
    "--actor checker voucher approve 1001 2026-03 --reason 'as the gateway logged it'",
    "controls set --approval-above none --reason 'one person is enough'",
    f"actor add-key alice {ALICE.public}",
    f"--actor alice --sign alice.key actor add-key alice {ALICE_2.public} --reason 'kept in the safe'",
    f"--actor alice --sign alice.key actor retire-key alice {ALICE_2.public} --reason 'the safe was opened'",
    "--actor alice --sign alice.key controls set --signed true --reason 'nobody claims to be another'",
    "--actor alice --sign alice.key controls set --signed false --reason 'agreed'",
    "actor list",
]
"""Each is run, and then run again."""

_MONTH_END = [
    {"command": "account enroll", "account": "1004", "enrolled_at": "2026-01-01T00:00:00+08:00"},
    {"command": "account enroll", "account": "1001", "enrolled_at": "2025-01-01T00:00:00+08:00"},
    {"command": "claim file", "account": "1004", "month": "2026-10", "filed_at": "2026-11-03T00:00:00+08:00"},
]
_RUN = [
    {"command": "claim decide", "month": "2026-10", "all": True},
    {"command": "voucher issue", "month": "2026-10", "all": True},
]


def prepare(folder: Path) -> None:
    """The files that the commands name."""
    ALICE.file(folder)
    shipped = (ROOT / "ledger" / "agreements" / "aliyun-ccc-2018-08-01.2.toml").read_text("utf-8")
    amended = shipped.replace('version = "2018-08-01"', 'version = "2027-01-01"')
    amended = amended.replace("effective_from = 2018-08-01", "effective_from = 2027-01-01")
    (folder / "amended.toml").write_text(amended, "utf-8")
    (folder / "2027.csv").write_text("date,kind,name\n2027-01-01,holiday,New Year's Day\n", "utf-8")
    for name, commands in (("month-end", _MONTH_END), ("run", _RUN)):
        (folder / f"{name}.jsonl").write_text("".join(json.dumps(each) + "\n" for each in commands), "utf-8")
    header = (ROOT / "examples" / "bills" / "2026-01.csv").read_text("utf-8-sig").splitlines()[0]
    cells = dict.fromkeys(header.split(","), "")
    cells |= {"账期": "2026-05", "账号ID": "1001", "计费项": "通话费", "应付金额": "12.30", "产品": "云呼叫中心"}
    (folder / "bill.csv").write_text(header + "\n" + ",".join(cells.values()) + "\n", "utf-8")
