"""Money after the voucher, in any sequence of commands, against an independent account of what they do."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from random import Random
from typing import Any

import bruteforce_money as brute
import pytest
from conftest import SOAK, CommandLine

Line = dict[str, Any]
MONTHS = ("2026-03", "2026-04")
COMMANDS = 60


def yuan(fen: int) -> str:
    return f"{fen // 100}.{fen % 100:02d}"


def at(text: str) -> str:
    day, _, clock = text.partition(" ")
    return f"2026-{day}T{clock or '00:00'}:00+08:00"


def start() -> list[Line]:
    """Two months, each with an outage of three hours, a bill, and a later bill that vouchers can pay."""
    lines: list[Line] = [{"command": "account enroll", "account": "K", "enrolled_at": at("01-01")}]
    for month in MONTHS:
        number = month[5:]
        lines += [
            {
                "command": "incident open",
                "incident": f"I{number}",
                "account": "K",
                "function": "agent_calls",
                "started_at": at(f"{number}-10 10:00"),
            },
            {"command": "incident close", "incident": f"I{number}", "ended_at": at(f"{number}-10 13:00")},
        ]
    bills = [(month, f"B{month[5:]}", f"0{int(month[5:]) + 1}-01") for month in MONTHS]
    bills += [("2026-08", "L1", "09-01"), ("2026-09", "L2", "10-01")]
    lines += [
        {
            "command": "fees bill",
            "bill": name,
            "account": "K",
            "first_month": month,
            "billed_at": at(billed),
            "product_fee": "1000.00",
            "call_fee": "0.00",
        }
        for month, name, billed in bills
    ]
    for month in MONTHS:
        lines.append(
            {"command": "claim file", "account": "K", "month": month, "filed_at": at(f"0{int(month[5:]) + 1}-12 09:00")}
        )
    return lines


def any_command(rng: Random, ledger: brute.Ledger) -> Line:
    """A command about the money of the two months; often one that cannot be carried out, or is told again."""
    month = rng.choice(MONTHS)
    voucher = rng.choice(sorted(ledger.vouchers) or [f"V-K-{month}-1"])
    later = rng.choice(("L1", "L2"))
    some = {"again": True} if rng.random() < 0.3 else {}
    shown = rng.choice(({}, {"shown_on_bill": True}, {"shown_on_bill": False}))
    named = rng.choice(({}, {}, {"offset_explained_by": "none"}, {"offset_explained_by": f"{voucher}/1"}))
    amount = yuan(rng.choice((1000, 2000, 4000, 5600, 14_000)))
    reason = rng.choice(("x", "y"))
    return rng.choice(
        (
            {"command": "claim decide", "account": "K", "month": month, "decided_at": at("05-13")},
            {"command": "claim redecide", "account": "K", "month": month, "reason": reason, "decided_at": at("05-13")},
            {"command": "voucher issue", "account": "K", "month": month, "issued_at": at("05-14"), **some},
            {"command": "voucher issue", "account": "K", "month": month, "issued_at": at("05-14"), **some},
            {
                "command": "fees correct",
                "bill": f"B{month[5:]}",
                "product_fee": yuan(rng.choice((60_000, 100_000, 150_000))),
                "reason": reason,
            },
            {
                "command": "fees correct",
                "bill": later,
                "voucher_offset": {"service": yuan(rng.choice((0, 1000, 2000, 6000)))},
                "reason": reason,
                **named,
            },
            {
                "command": "voucher redeem",
                "voucher": voucher,
                "account": "K",
                "bill": later,
                "part": "service",
                "amount": amount,
                "redeemed_at": at("10-02") if rng.random() < 0.5 else at("10-03"),
                **shown,
                **some,
            },
            {
                "command": "voucher reverse",
                "voucher": voucher,
                "redemption": rng.randint(1, 2),
                "reason": reason,
            },
            {"command": "voucher cancel", "voucher": voucher, "reason": reason},
            {"command": "voucher cancel", "voucher": voucher, "amount": amount, "reason": reason},
        )
    )


def carried_out(ledger: CommandLine, command: Line) -> str:
    """What became of a command: `done`, `noop`, or the code of its refusal."""
    report = json.loads(ledger.batch(command).stdout)
    if report["refused"]:
        return str(report["refused"][0]["code"])
    return "noop" if report["noops"] else "done"


def check(ledger: CommandLine, expected: brute.Ledger) -> None:
    """Every figure of every claim, voucher and bill is the one of the independent account."""
    work = ledger.ok("worklist")
    for month in MONTHS:
        shown = ledger.ok("claim", "show", "K", month)
        held, due, award, over = (expected.figures(month)[name] for name in ("held", "due", "award", "overpaid"))
        assert held + due == award + over and min(due, over) == 0
        told = {name: shown[name] for name in ("awarded", "issued", "due", "overpaid")}
        assert told == {"awarded": yuan(award), "issued": yuan(held), "due": yuan(due), "overpaid": yuan(over)}
        rows = [each for each in work["to_issue"] if each["month"] == month]
        assert [each["amount"] for each in rows] == ([yuan(due)] if due else [])
        assert [bool(each.get("cancelled_since")) for each in rows] == ([expected.is_undone(month)] if due else [])
        assert [each["amount"] for each in work["overpaid"] if each["month"] == month] == ([yuan(over)] if over else [])
    listed = {each["voucher"]: each for each in ledger.ok("voucher", "list")}
    assert {name: each["balance"] for name, each in listed.items()} == {
        name: yuan(voucher.left) for name, voucher in expected.vouchers.items()
    }
    assert {name: each["issued"] for name, each in listed.items()} == {
        name: yuan(voucher.face) for name, voucher in expected.vouchers.items()
    }


@pytest.mark.parametrize("seed", range(40 if SOAK else 3))
def test_any_sequence_of_commands_leaves_the_figures_of_an_independent_account(tmp_path: Path, seed: int) -> None:
    rng, ledger, expected = Random(seed), CommandLine(tmp_path), brute.Ledger()
    ledger.ok("init")
    begun = ledger.batch(*start())
    assert begun.returncode == 0, begun.stdout
    met: Counter[str] = Counter()
    for number in range(COMMANDS):
        command = any_command(rng, expected)
        wanted, found = expected.carry_out(command), carried_out(ledger, command)
        assert found == wanted, (seed, number, command)
        met[found] += 1
        if number % 10 == 9:
            check(ledger, expected)
    check(ledger, expected)
    assert met["done"] > 5 and len(met) > 4, met
    verified = ledger.ok("audit", "verify")
    assert (verified["damage"], verified["different"]) == ([], [])
