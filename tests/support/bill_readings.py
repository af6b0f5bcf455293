"""Readings of bills for tests: files in memory, and the commands that a reading comes to on a ledger without bills."""

from __future__ import annotations

import io
from typing import NamedTuple

from domain.commands import BillFees
from domain.money import yuan
from domain.time import DEFAULT_ZONE, rfc3339
from ledger.imports.bills.reconcile import reconcile_bills
from ledger.imports.bills.statements import BillReading
from ledger.imports.statements import SourceFile


class Told(NamedTuple):
    """A `fees bill` command as a batch line spells it, and the place that it comes from."""

    place: str
    fields: dict[str, object]


def files(*contents: bytes, name: str = "b") -> list[SourceFile]:
    """Files in memory; the second one is called `b2`, and so on."""
    stem, dot, kind = name.partition(".")
    names = [name, *(f"{stem}{n}{dot}{kind}" for n in range(2, len(contents) + 1))]
    return [SourceFile(each, io.BytesIO(content)) for each, content in zip(names, contents, strict=True)]


def commands(reading: BillReading) -> list[Told]:
    """The bills that a reading comes to on a ledger that holds none."""
    outcome = reconcile_bills(reading, {})
    assert outcome.refusals == []
    found = []
    for step in outcome.steps:
        assert isinstance(step.command, BillFees)
        found.append(Told(step.place, _fields(step.command)))
    return found


def _fields(command: BillFees) -> dict[str, object]:
    told: dict[str, object] = {"command": "fees bill", "bill": str(command.bill), "account": str(command.account)}
    told["first_month"] = str(command.first_month)
    if command.months != 1:
        told["months"] = command.months
    told["billed_at"] = rfc3339(command.billed_at, DEFAULT_ZONE)
    told |= {"product_fee": yuan(command.product_fee), "call_fee": yuan(command.call_fee or 0)}
    if command.voucher_offset is not None:
        offset = command.voucher_offset
        told["voucher_offset"] = {"service": yuan(offset.service or 0), "call": yuan(offset.call or 0)}
    return told
