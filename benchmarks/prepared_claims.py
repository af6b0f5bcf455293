"""A ledger with a great many pending claims of one month."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import msgspec
from generate import found, recorded_at, store_in_sqlite
from lives import RECORDED_FROM, ZONE, Timeline, account_id
from measuring import slaledger
from memory_log import MemoryLog
from places import DATA
from prepared import SEED, made

from domain import commands as c
from domain.money import Fen
from domain.time import DAY_US, HOUR_US, MINUTE_US, Instant, MonthText, add_months, month_start
from domain.values import FunctionName, Id
from ledger.application import Ledger
from ledger.log.codec import Row

MONTH = "2026-06"
"""The month of the claims; it is billed and claimed for by every account."""
COHORT = 2000
_SETTLED = ("claim decide", "voucher issue")


def pending_claims(claims: int) -> Path:
    """A ledger of so many accounts, each with an outage in `MONTH`, its bill, and a claim that waits."""

    def make(path: Path) -> None:
        with Ledger.create(f"sqlite:///{path}") as made_new:
            begun = found(made_new, SEED)
        for _ in store_in_sqlite(made_new, _cohorts(begun, claims)):
            pass

    return made(f"claims-{claims}.db", make)


def decided_claims(accounts: int, claims: int) -> Path:
    """The same ledger, where so many of its claims were decided and their vouchers issued."""

    def make(path: Path) -> None:
        pending = pending_claims(accounts)
        shutil.copyfile(pending, path)
        lines = DATA / "decisions.jsonl"
        told = (
            {"command": command, "account": account_id(number), "month": MONTH}
            for command in _SETTLED
            for number in range(claims)
        )
        lines.write_bytes(b"".join(msgspec.json.encode(each) + b"\n" for each in told))
        slaledger(path, "batch", lines)

    return made(f"claims-{accounts}-{claims}.db", make)


def _cohorts(begun: list[Row], claims: int) -> Iterator[list[Row]]:
    log, now = MemoryLog(begun), RECORDED_FROM
    for first in range(0, claims, COHORT):
        log.forget()
        log.beneath = {}
        line = Timeline(log, now)
        for number in range(first, min(first + COHORT, claims)):
            for command in _claimant(number):
                line.record(command, "clerk")
        now = recorded_at(log.rows[-1])
        yield log.rows
        log.rows = []


def _claimant(number: int) -> Iterator[c.Command]:
    """An account with an outage of two to nine hours, which is too long for the month's commitment."""
    account, month = Id(account_id(number)), MonthText(MONTH)
    begins, ends = month_start(MONTH, ZONE), month_start(add_months(MONTH, 1), ZONE)
    down = begins + number % 26 * DAY_US + number % 24 * HOUR_US
    length = 2 * HOUR_US + number % 420 * MINUTE_US
    incident = Id(f"INC-{account}-1")
    call = 2_000 + number * 37 % 150_000
    yield c.EnrollAccount(account=account, enrolled_at=Instant(begins - 30 * DAY_US))
    yield c.OpenIncident(
        incident=incident, function=FunctionName("agent_calls"), started_at=Instant(down), account=account
    )
    yield c.CloseIncident(incident=incident, ended_at=Instant(down + length))
    yield c.BillFees(
        bill=Id(f"B-{account}"),
        account=account,
        first_month=month,
        billed_at=Instant(ends + DAY_US),
        product_fee=Fen(call + 20_000 + number * 53 % 600_000),
        call_fee=Fen(call),
    )
    yield c.FileClaim(account=account, month=month, filed_at=Instant(ends + 20 * DAY_US))
