"""A ledger with an auditor's receipt from before its last events."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from itertools import count, islice
from pathlib import Path
from subprocess import CalledProcessError
from typing import NamedTuple

from lives import CLOSED, account_id
from measuring import slaledger
from prepared import ledger, made

_EVENTS = 7
"""The number of events of an account's month: its bill and incident with their ids, its end, claim and decision."""
_Fields = dict[str, str]


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
        shutil.rmtree(found.path.parent)
        found = _audited(name, events, new)
    return found


def _audited(name: str, events: int, new: int) -> Audited:
    def make(folder: Path) -> None:
        folder.mkdir()
        path, receipt = _inside(folder)
        shutil.copyfile(ledger(events), path)
        slaledger(path, "audit", "verify", "-o", receipt)
        lines = folder / "new.jsonl"
        lines.write_text("".join(json.dumps(line) + "\n" for line in new_lines(new)), "utf-8")
        slaledger(path, "batch", lines)

    return _inside(made(name, make))


def _inside(folder: Path) -> Audited:
    return Audited(folder / "ledger.db", folder / "receipt.json")


def new_lines(new: int) -> Iterator[_Fields]:
    """The commands of a month of as many accounts as are needed, in order; of those that are not closed by then."""
    accounts = (account_id(number) for number in count() if number % 20 != CLOSED)
    for account in islice(accounts, new // _EVENTS):
        yield from _month(account)


def _month(account: str) -> Iterator[_Fields]:
    incident = {"incident": f"NEW-{account}"}
    claim = {"account": account, "month": "2026-08"}
    opened = {"account": account, "function": "agent_calls", "started_at": _at("2026-08-10T10")}
    bill = {"bill": f"NEW-{account}", "account": account, "first_month": "2026-08", "billed_at": _at("2026-09-01T10")}
    yield {"command": "incident open", **incident, **opened}
    yield {"command": "incident close", **incident, "ended_at": _at("2026-08-10T16")}
    yield {"command": "fees bill", **bill, "product_fee": "3000.00", "call_fee": "500.00"}
    yield {"command": "claim file", **claim, "filed_at": _at("2026-09-20T10")}
    yield {"command": "claim decide", **claim, "decided_at": _at("2026-09-25T10")}


def _at(hour: str) -> str:
    return f"{hour}:00:00+08:00"
