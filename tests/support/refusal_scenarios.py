"""A row of the tables of refusals: a ledger, the changes made to it first, and the command that is refused."""

from __future__ import annotations

import json
import re
import shlex
import sys
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import Any, Literal, NamedTuple
from unittest.mock import patch

from frozen import Frozen

Ledger = Literal["shop", "copied", "none"]
"""What it is run on: a shop's ledger with a bit of everything, the same beside an export, a backup and a checkpoint
of it, or a folder with nothing in it."""


class Scenario(NamedTuple):
    """One refusal: `words` as a person types them, on a copy of a ledger.

    `before` are commands that succeed first, `prepare` is what a stranger does to the folder then, `within` what is
    otherwise in the process while the command runs: a library that is missing, a disk that is full. What a pattern of
    `theirs` fits, and what follows a text of it, are the words of a library or the system: they differ from release to
    release and are left out. `as_json` are the words for JSON where piping is not enough.
    """

    name: str
    words: str
    on: Ledger = "shop"
    before: tuple[str, ...] = ()
    files: Mapping[str, str | bytes] = {}
    stdin: bytes = b""
    env: Mapping[str, str] = {}
    theirs: tuple[str | re.Pattern[str], ...] = ()
    prepare: Callable[[Frozen], None] = lambda frozen: None
    within: Callable[[], AbstractContextManager[Any]] = nullcontext
    as_json: str | None = None


def line(name: str, command: str, *before: str, **fields: Any) -> Scenario:
    """A batch file of one command that is refused on the shop's ledger."""
    text = json.dumps({"command": command, **fields}, ensure_ascii=False) + "\n"
    return Scenario(name, "batch line.jsonl", before=before, files={"line.jsonl": text})


def bytes_of_line(name: str, data: bytes, theirs: tuple[str | re.Pattern[str], ...] = ()) -> Scenario:
    """A batch file of these bytes."""
    return Scenario(name, "batch line.jsonl", files={"line.jsonl": data}, theirs=theirs)


def of_file(
    name: str, words: str, file: str, content: object, theirs: tuple[str | re.Pattern[str], ...] = ()
) -> Scenario:
    """A command about a file of this content; what is no text or bytes is written as JSON."""
    data = content if isinstance(content, str | bytes) else json.dumps(content, ensure_ascii=False)
    return Scenario(name, words, files={file: data}, theirs=theirs)


def instead(name: str, value: object) -> Callable[[], AbstractContextManager[Any]]:
    """Something else in a name's place while the command runs."""
    return lambda: patch(name, value)


def missing(*modules: str) -> Callable[[], AbstractContextManager[Any]]:
    """An installation without these modules."""
    return lambda: patch.dict(sys.modules, dict.fromkeys(modules))


def raising(name: str, error: Callable[[], BaseException]) -> Callable[[], AbstractContextManager[Any]]:
    """A function that raises this while the command runs."""

    def raised(*_: object, **__: object) -> None:
        raise error()

    return lambda: patch(name, raised)


def made(name: str, error: Callable[[], BaseException], theirs: tuple[str, ...] = ()) -> Scenario:
    """A refusal that no command brings about cheaply: made by its own function, raised as the ledger opens."""
    return Scenario(name, "worklist", within=raising("ledger.application.Ledger.open", error), theirs=theirs)


def split(words: str) -> list[str]:
    """Words as a shell divides them."""
    return shlex.split(words)


def at(text: str) -> str:
    """`03-03 10:00` is on Shanghai's clock in 2026; a day alone is its first instant."""
    day, _, clock = text.partition(" ")
    return f"2026-{day}T{clock or '00:00'}:00+08:00"


def _bill(name: str, account: str, month: str, billed: str) -> dict[str, Any]:
    fields = {"account": account, "first_month": month, "billed_at": at(billed)}
    return {"command": "fees bill", "bill": name, **fields, "product_fee": "1000.00", "call_fee": "400.00"}


def _outage(incident: str, account: str, start: str, end: str | None) -> list[dict[str, Any]]:
    opened = {"command": "incident open", "incident": incident, "account": account, "function": "inbound_routing"}
    opened["started_at"] = at(start)
    closed = {"command": "incident close", "incident": incident, "ended_at": at(end)} if end else None
    return [opened, closed] if closed else [opened]


def _redemption(part: str, amount: str) -> dict[str, Any]:
    fields = {"voucher": "V-1001-2026-03-1", "account": "1001", "bill": "B-2", "redeemed_at": at("05-02")}
    return {"command": "voucher redeem", **fields, "part": part, "amount": amount}


def _claim(verb: str, account: str, month: str, **times: str) -> dict[str, Any]:
    named = {name: at(time) for name, time in times.items()}
    return {"command": f"claim {verb}", "account": account, "month": month, **named}


_LONG_AGO = "2018-08-01T00:00:00+08:00"
SHOP: list[dict[str, Any]] = [
    *[{"command": "account enroll", "account": each, "enrolled_at": _LONG_AGO} for each in ("1001", "1002", "1003")],
    *_outage("INC-1", "1001", "03-03 10:00", "03-03 11:30"),
    *_outage("INC-2", "1002", "03-03 10:00", "03-03 11:30"),
    *_outage("INC-3", "1003", "05-01 10:00", None),
    _bill("B-1", "1001", "2026-03", "04-01"),
    _bill("B-2", "1001", "2026-04", "05-01"),
    _bill("B-3", "1002", "2026-04", "05-01"),
    _bill("B-4", "1002", "2026-03", "04-01"),
    _claim("file", "1001", "2026-03", filed_at="04-10"),
    _claim("decide", "1001", "2026-03", decided_at="04-11"),
    {"command": "voucher issue", "account": "1001", "month": "2026-03", "issued_at": at("04-12")},
    _redemption("call", "40.00"),
    _redemption("service", "10.00"),
    {"command": "voucher reverse", "voucher": "V-1001-2026-03-1", "redemption": 2, "reason": "wrong part"},
    _claim("file", "1002", "2026-03", filed_at="04-10"),
    _claim("decide", "1002", "2026-03", decided_at="04-20"),
    _claim("file", "1001", "2026-04", filed_at="05-12"),
    _claim("file", "1003", "2026-03", filed_at="04-10"),
]
"""1001: March settled, 64.00 of 104.00 left, April waits. 1002: March awarded. 1003: INC-3 open, March waits."""
