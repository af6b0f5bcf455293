"""The vouchers' roll-forward of `report`: it adds up, and agrees with `voucher list` and with the exported journal."""

from __future__ import annotations

import json
import re
import shutil
from collections import defaultdict
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import generate
import lives
import pytest
from conftest import CommandLine
from stores import SqliteFile

from domain.time import HOUR_US, add_months, days_in
from ledger.queries.voucher_movements import Kind, Movement, RollForward

KINDS = ("issued", "reversed", "redeemed", "cancelled")
ENTRY = re.compile(r"^  position: (\d+)\n  (\S+)  (-?\d+\.\d\d) CNY\n", re.MULTILINE)
AGAINST = {"Expenses:ServiceCredits": "issued", "Income:CancelledVouchers": "cancelled"}


@pytest.fixture(scope="module")
def demo(shown: tuple[Path, str], tmp_path_factory: pytest.TempPathFactory) -> CommandLine:
    """A copy of the demo's ledger."""
    return CommandLine(Path(shutil.copytree(shown[0], tmp_path_factory.mktemp("demo") / "demo")))


@pytest.fixture(scope="module", params=["demo", 3, 4])
def ledger_of(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> CommandLine:
    """The demo's ledger, or one of random lives, recorded over months: vouchers redeemed, reversed and cancelled."""
    if request.param == "demo":
        demo: CommandLine = request.getfixturevalue("demo")
        return demo
    file = tmp_path_factory.mktemp("random") / "slaledger.db"
    with patch.object(lives, "TICK_US", HOUR_US):
        assert [*generate.generate(f"sqlite:///{file}", 3000, request.param)]
    return CommandLine(file.parent, SqliteFile(file))


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> None:
    """The ledger's clock stands behind all that the random lives record."""
    at = int(datetime(2028, 1, 1, tzinfo=UTC).timestamp())
    monkeypatch.setattr("ledger.clock.time", SimpleNamespace(time_ns=lambda: at * 10**9))


@pytest.mark.usefixtures("later")
def test_each_period_ties_to_the_voucher_list_and_to_the_journal(ledger_of: CommandLine) -> None:
    slaledger = ledger_of
    recorded = {event["position"]: event["recorded_at"] for event in events(slaledger)}
    booked = journal(slaledger, {position: at[:7] for position, at in recorded.items()})
    months = months_through(min(recorded.values())[:7], max(recorded.values())[:7])
    closing = Decimal(0)
    for month in months:
        found = {key: Decimal(value) for key, value in rolled(slaledger, month).items() if key not in ("from", "to")}
        assert found["opening"] == closing, month
        assert {kind: found[kind] for kind in KINDS} == {kind: booked[month, kind] for kind in KINDS}, month
        closing = found["opening"] + found["issued"] + found["reversed"] - found["redeemed"] - found["cancelled"]
        assert found["closing"] == closing == listed(slaledger, month, months[-1]), month
    assert closing == listed(slaledger, months[-1], months[-1]) > 0
    assert all(any(booked[month, kind] for month in months) for kind in ("issued", "redeemed", "cancelled"))
    assert len({month for month, _ in booked}) == len(months)


def events(slaledger: CommandLine) -> list[dict[str, Any]]:
    return [json.loads(line) for line in slaledger.run("log", "--format", "jsonl").stdout.splitlines()]


def months_through(first: str, last: str) -> list[str]:
    months = [first]
    while months[-1] < last:
        months.append(add_months(months[-1], 1))
    return months


def rolled(slaledger: CommandLine, month: str, *asked: str) -> dict[str, str]:
    found: dict[str, str] = slaledger.ok("report", month, *asked)["vouchers_roll_forward"]
    return found


def journal(slaledger: CommandLine, month_of: dict[int, str]) -> dict[tuple[str, str], Decimal]:
    """What the journal books, by the month in which each entry's event was recorded, and by kind."""
    booked: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for position, account, amount in ENTRY.findall(slaledger.run("export", "journal", "--format", "beancount").stdout):
        kind = AGAINST.get(account) or ("redeemed" if amount.startswith("-") else "reversed")
        booked[month_of[int(position)], kind] += abs(Decimal(amount))
    return booked


def listed(slaledger: CommandLine, month: str, last: str) -> Decimal:
    """The balances of all vouchers when a month ended; those of today for the last one."""
    known = () if month == last else ("--known-at", f"{month}-{days_in(month)}T23:59:59.999999+08:00")
    return sum((Decimal(row["balance"]) for row in slaledger.ok("voucher", "list", *known)), Decimal(0))


def moved(kind: Kind, recorded_at: int) -> Movement:
    return Movement(kind=kind, at=0, recorded_at=recorded_at, amount_fen=100, position=1)


@pytest.mark.parametrize(("recorded_at", "opening", "closing"), [(9, 100, 100), (10, 0, 100), (19, 0, 100), (20, 0, 0)])
def test_a_movement_is_in_the_period_in_which_it_was_recorded(recorded_at: int, opening: int, closing: int) -> None:
    period = RollForward(10, 20)
    period.add(moved("issued", recorded_at))
    assert (period.opening_fen, period.closing_fen) == (opening, closing)


def test_each_kind_has_its_side() -> None:
    period = RollForward(0, 10)
    for kind, times in (("issued", 10), ("reversed", 2), ("redeemed", 5), ("cancelled", 3)):
        for _ in range(times):
            period.add(moved(kind, 5))
    assert (period.issued_fen, period.reversed_fen, period.redeemed_fen, period.cancelled_fen) == (1000, 200, 500, 300)
    assert period.closing_fen == 400


def test_before_the_first_voucher_there_is_nothing(demo: CommandLine) -> None:
    found = rolled(demo, "2026-11", "--at-position", "20")
    assert {found[key] for key in (*KINDS, "opening", "closing")} == {"0.00"}
    assert "opening balance" not in demo.run("report", "2025-08", "--format", "table").stdout
    assert "opening balance" in demo.run("report", "2026-11", "--format", "table").stdout
