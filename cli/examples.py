"""An example for the help of each command. A test runs them in this order on a new ledger."""

from __future__ import annotations

EXAMPLES: dict[str, str] = {
    "init": "slaledger init",
    "terms publish": "slaledger terms publish amended.toml --noticed-at 2026-11-01T00:00:00+08:00",
    "calendar publish": "slaledger calendar publish 2026",
    "account enroll": "slaledger account enroll 1001 --enrolled-at 2026-01-01T00:00:00+08:00 --stage public_beta",
    "account restage": "slaledger account restage 1001 --stage general --changed-at 2026-02-01T00:00:00+08:00",
    "account move": "slaledger account move 1001 --region cn-shanghai --moved-at 2026-02-10T00:00:00+08:00",
    "account rename": "slaledger account rename 1001 --name 'Lakeside Bank'",
    "account correct": "slaledger account correct 1001 --region cn-hangzhou --reason 'left out at enrolment'",
    "incident open": (
        "slaledger incident open INC-7 --account 1001 --function inbound_routing --started-at 2026-03-03T10:00:00+08:00"
    ),
    "incident close": "slaledger incident close INC-7 --ended-at 2026-03-03T11:20:00+08:00",
    "incident correct": (
        "slaledger incident correct INC-7 --ended-at 2026-03-03T11:30:00+08:00 --reason 'log of the gateway'"
    ),
    "incident reopen": "slaledger incident reopen INC-7 --reason 'it fails again since the restart'",
    "exclusion apply": (
        "slaledger exclusion apply INC-7 --clause '2.3(1)' --from 2026-03-03T10:00:00+08:00 "
        "--to 2026-03-03T10:10:00+08:00 --reason 'carrier outage' --evidence "
        "report.pdf=e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    ),
    "exclusion withdraw": "slaledger exclusion withdraw INC-7 1 --reason 'the carrier denies it'",
    "fees bill": (
        "slaledger fees bill B-1 --account 1001 --first-month 2026-03 --billed-at 2026-04-01T00:00:00+08:00 "
        "--product-fee 1000.00 --call-fee 300.00"
    ),
    "fees correct": "slaledger fees correct B-1 --call-fee 400.00 --reason 'calls of the last day'",
    "claim file": "slaledger claim file 1001 2026-03 --filed-at 2026-04-10T09:00:00+08:00",
    "claim decide": "slaledger claim decide 1001 2026-03 --decided-at 2026-04-13T09:00:00+08:00",
    "controls set": "slaledger controls set --approval-above 100.00 --reason 'two people above that'",
    "actor add-key": "slaledger actor add-key alice alice+ffbed0da+Aa8Go+MpFxTk81bBnJsVzRlR7G5mYqp3vgdUfyiTgzQd",
    "actor list": "slaledger actor list",
    "actor retire-key": (
        "slaledger --actor alice --sign alice.key actor retire-key alice "
        "alice+ffbed0da+Aa8Go+MpFxTk81bBnJsVzRlR7G5mYqp3vgdUfyiTgzQd --reason 'the laptop was lost'"
    ),
    "voucher approve": "slaledger --actor checker voucher approve 1001 2026-03 --reason 'as the gateway logged it'",
    "voucher issue": "slaledger voucher issue 1001 2026-03 --issued-at 2026-04-15T09:00:00+08:00",
    "claim dispute": (
        "slaledger claim dispute 1001 2026-03 --disputed-at 2026-04-20T09:00:00+08:00 --grounds 'it lasted longer'"
    ),
    "claim redecide": "slaledger claim redecide 1001 2026-03 --reason 'the dispute of 20 April'",
    "voucher redeem": (
        "slaledger voucher redeem V-1001-2026-03-1 --account 1001 --bill B-2 --part service --amount 50.00 "
        "--redeemed-at 2026-05-02T00:00:00+08:00"
    ),
    "voucher reverse": "slaledger voucher reverse V-1001-2026-03-1 1 --reason 'wrong bill'",
    "voucher cancel": "slaledger voucher cancel V-1001-2026-03-1 --reason 'issued in error'",
    "claim withdraw": "slaledger claim withdraw 1001 2026-02 --reason 'filed by mistake'",
    "fees void": "slaledger fees void B-2 --reason 'billed twice'",
    "incident withdraw": "slaledger incident withdraw INC-8 --reason 'monitoring error'",
    "account close": "slaledger account close 1001 --closed-at 2026-07-01T00:00:00+08:00",
    "batch": "slaledger batch month-end.jsonl --keep-going",
    "import statuspage": (
        "slaledger import statuspage incidents.json --all-accounts --map 'Inbound calls=inbound_routing'"
    ),
    "import aliyun-bill": "slaledger import aliyun-bill bill.csv --call-item 通话费",
    "import alertmanager": (
        "slaledger import alertmanager alerts.jsonl --map alertname=RoutingDown=inbound_routing --account-label tenant"
    ),
    "import prometheus": (
        "slaledger import prometheus range.json --map job=routing=inbound_routing --all-accounts --threshold 0.95"
    ),
    "import pagerduty": (
        "slaledger import pagerduty pagerduty.json --all-accounts --map 'Inbound routing=inbound_routing'"
    ),
    "import focus": (
        "slaledger import focus focus.csv --account-column SubAccountId --call-service Calls --take Purchase"
    ),
    "import bss": "slaledger import bss costs.json --call-item 通话费",
    "import cloudevents": "slaledger import cloudevents events-of-others.json",
    "availability": "slaledger availability 1001 2026-03",
    "breaches": "slaledger breaches 2026-03",
    "mtbf": "slaledger mtbf 1001 2026",
    "report": "slaledger report 2026-03 --html report.html",
    "worklist": "slaledger worklist",
    "history": "slaledger history 1001",
    "log": "slaledger log --topic claim --limit 20",
    "search": "slaledger search gateway",
    "status": "slaledger status",
    "postgres roles": "slaledger postgres roles",
    "rebuild": "slaledger rebuild",
    "keygen": "slaledger keygen ledger.example.com -o ledger.key",
    "audit replay": "slaledger audit replay",
    "audit impact": "slaledger audit impact --with correction.jsonl",
    "audit what-if": "slaledger audit what-if --set minimum_kind=deductible",
    "audit checkpoint": "slaledger audit checkpoint --sign ledger.key",
    "audit timestamp": (
        "slaledger audit timestamp checkpoint.txt answer.tsr --request request.tsq --tsa certificates.pem"
    ),
    "audit prove": "slaledger audit prove 1001/account@1",
    "audit consistency": "slaledger audit consistency 5 10",
    "audit verify": "slaledger audit verify",
    "audit completeness": "slaledger audit completeness --year 2026",
    "audit duties": "slaledger audit duties --since 2026-01-01T00:00:00+08:00",
    "dossier": "slaledger dossier 1001 2026-03 -o case.json",
    "verify-dossier": "slaledger verify-dossier case.json",
    "claim show": "slaledger claim show 1001 2026-03",
    "claim list": "slaledger claim list --month 2026-03",
    "claim explain": "slaledger claim explain 1001 2026-03",
    "claim letter": "slaledger claim letter 1001 2026-03 -o letter.html",
    "voucher list": "slaledger voucher list --account 1001",
    "voucher show": "slaledger voucher show V-1001-2026-03-1",
    "account list": "slaledger account list",
    "account show": "slaledger account show 1001",
    "incident list": "slaledger incident list --account 1001 --open",
    "incident show": "slaledger incident show INC-7",
    "fees list": "slaledger fees list --month 2026-03",
    "fees show": "slaledger fees show B-1",
    "terms show": "slaledger terms show 2018-08-01",
    "terms list": "slaledger terms list",
    "terms check": "slaledger terms check amended.toml",
    "readings list": "slaledger readings list",
    "calendar show": "slaledger calendar show 2026",
    "export journal": "slaledger export journal --format beancount -o vouchers.beancount",
    "export claims": "slaledger export claims -o claims.csv",
    "export vouchers": "slaledger export vouchers -o vouchers.xlsx",
    "export availability": "slaledger export availability 2026-03 -o availability.parquet",
    "export openslo": "slaledger export openslo -o promise.yaml",
    "export ics": "slaledger export ics -o claims.ics",
    "export site": "slaledger export site -o site",
    "export events": "slaledger export events -o events.jsonl",
    "import events": "slaledger --ledger sqlite:///moved.db import events events.jsonl",
    "doctor": "slaledger doctor",
    "docs": "slaledger docs operate/install",
    "verifier": "slaledger verifier",
    "completion": "slaledger completion bash",
    "backup": "slaledger backup backup.db",
    "restore": "slaledger --ledger sqlite:///restored.db restore backup.db",
}
