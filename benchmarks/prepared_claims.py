"""A ledger with a great many pending claims of one month, and the commands of one month for a given ledger."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from itertools import count, islice
from pathlib import Path
from subprocess import CalledProcessError
from typing import NamedTuple

from generate import found, recorded_at, store_in_sqlite
from lives import CLOSED, RECORDED_FROM, ZONE, Timeline, account_id
from measuring import slaledger
from memory_log import MemoryLog
from places import DATA
from prepared import SEED, ledger, made

from domain import commands as c
from domain.money import Fen
from domain.time import DAY_US, HOUR_US, MINUTE_US, Instant, MonthText, add_months, month_start
from domain.values import Id
from ledger.application import Ledger
from ledger.log.codec import Row

MONTH = "2026-06"
"""The month of the claims; it is billed and claimed for by every account."""
COHORT = 2000


def pending_claims(claims: int) -> Path:
    """A ledger of so many accounts, each with an outage in `MONTH`, its bill, and a claim that waits."""

    def make(path: Path) -> None:
        with Ledger.create(f"sqlite:///{path}") as made_new:
            begun = found(made_new, SEED)
        for _ in store_in_sqlite(made_new, _cohorts(begun, claims)):
            pass

    return made(f"claims-{claims}.db", make)


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
    """An account with an outage of one to eight hours."""
    account, month = Id(account_id(number)), MonthText(MONTH)
    begins, ends = month_start(MONTH, ZONE), month_start(add_months(MONTH, 1), ZONE)
    down = begins + number % 26 * DAY_US + number % 24 * HOUR_US
    length = HOUR_US + number % 420 * MINUTE_US
    incident = Id(f"INC-{account}-1")
    call = 2_000 + number * 37 % 150_000
    yield c.EnrollAccount(account=account, enrolled_at=Instant(begins - 30 * DAY_US))
    yield c.OpenIncident(incident=incident, function="agent_calls", started_at=Instant(down), account=account)
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


# New events after a receipt -----------------------------------------------------------------------------------------

NEW_MONTH = "2026-08"
_EVENTS = 7
"""The number of events of an account's new month: its bill and incident with their ids, its end, claim and decision."""


class Audited(NamedTuple):
    """A ledger, and the receipt of an audit of it from before its last events."""

    path: Path
    receipt: Path


def audited(events: int, new: int) -> Audited:
    """A generated ledger to which about `new` events were added after an audit that left a receipt.

    Two ledgers of different lengths get the same new events, of the same accounts. It is made again where the
    installed software refuses the receipt of an earlier one.
    """
    name = f"audited-{events}-{new}"
    found = _audited(name, events, new)
    try:
        slaledger(found.path, "audit", "verify", "--since", found.receipt)
    except CalledProcessError:
        shutil.rmtree(DATA / name)
        found = _audited(name, events, new)
    return found


def _audited(name: str, events: int, new: int) -> Audited:
    def make(folder: Path) -> None:
        folder.mkdir()
        path, receipt = _inside(folder)
        shutil.copyfile(ledger(events), path)
        slaledger(path, "audit", "verify", "-o", receipt)
        lines = folder / "new.jsonl"
        lines.write_text("".join(json.dumps(line) + "\n" for line in _new_lines(new)), "utf-8")
        slaledger(path, "batch", lines)

    return _inside(made(name, make))


def _inside(folder: Path) -> Audited:
    return Audited(folder / "ledger.db", folder / "receipt.json")


def _new_lines(new: int) -> Iterator[dict[str, str]]:
    """The commands of a month of as many accounts as are needed, in order; of those that are not closed by then."""
    open_accounts = (account_id(number) for number in count() if number % 20 != CLOSED)
    for account in islice(open_accounts, new // _EVENTS):
        incident, claim = {"incident": f"NEW-{account}"}, {"account": account, "month": NEW_MONTH}
        yield {
            "command": "incident open",
            **incident,
            "account": account,
            "function": "agent_calls",
            "started_at": _at("10", "10"),
        }
        yield {"command": "incident close", **incident, "ended_at": _at("10", "16")}
        fees = {"product_fee": "3000.00", "call_fee": "500.00", "first_month": NEW_MONTH}
        yield {
            "command": "fees bill",
            "bill": f"NEW-{account}",
            "account": account,
            **fees,
            "billed_at": _at("31", "23"),
        }
        yield {"command": "claim file", **claim, "filed_at": _after("20")}
        yield {"command": "claim decide", **claim, "decided_at": _after("25")}


def _at(day: str, hour: str) -> str:
    return f"{NEW_MONTH}-{day}T{hour}:00:00+08:00"


def _after(day: str) -> str:
    return f"{add_months(NEW_MONTH, 1)}-{day}T09:00:00+08:00"
