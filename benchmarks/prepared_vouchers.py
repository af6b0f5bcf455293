"""A ledger's vouchers as plain-text accounting, for hledger and Beancount."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from lives import ZONE
from prepared import ledger, made

from domain import events as e
from domain.money import yuan
from domain.time import local
from ledger.application import Ledger
from ledger.log.codec import decode


class Movement(NamedTuple):
    """An amount in fen that enters or leaves a voucher, and the day."""

    day: str
    voucher: str
    fen: int
    what: str


def movements(path: Path) -> list[Movement]:
    """Every movement of every voucher, in log order."""
    moved: list[Movement] = []
    redeemed: dict[tuple[str, int], int] = {}
    with Ledger.open(f"sqlite:///{path}") as opened, opened.reading() as log:
        for row in log.since(0):
            if not row.topic.startswith("voucher."):
                continue
            fact = decode(row)
            at, event = fact.recorded_at, fact.event
            match event:
                case e.VoucherIssued():
                    at, fen = event.issued_at, event.amount_fen
                case e.VoucherRedeemed():
                    at, fen = event.redeemed_at, -event.amount_fen
                    redeemed[event.voucher, event.redemption] = event.amount_fen
                case e.RedemptionReversed():
                    fen = redeemed[event.voucher, event.redemption]
                case e.VoucherCancelled():
                    fen = -event.amount_fen
                case _:
                    raise ValueError(row.topic)
            moved.append(Movement(f"{local(at, ZONE):%Y-%m-%d}", event.voucher, fen, row.topic.partition(".")[2]))
    return moved


def hledger_journal(events: int) -> Path:
    """A ledger's vouchers as an hledger journal: each movement is a transaction of two postings."""

    def make(path: Path) -> None:
        with path.open("w") as out:
            for day, voucher, fen, what in movements(ledger(events)):
                out.write(f"{day} {what}\n    vouchers:{voucher}  {_signed(fen)}\n    {what}  {_signed(-fen)}\n\n")

    return made(f"vouchers-{events}.journal", make)


def beancount_file(events: int) -> Path:
    """The same as a Beancount file, with the `open` directives that it requires."""

    def make(path: Path) -> None:
        moved = movements(ledger(events))
        with path.open("w") as out:
            for voucher in sorted({each.voucher for each in moved}):
                out.write(f"2025-01-01 open Assets:{voucher}\n")
            for what in sorted({each.what for each in moved}):
                out.write(f"2025-01-01 open Equity:{_title(what)}\n")
            for day, voucher, fen, what in moved:
                out.write(
                    f'{day} * "{what}"\n  Assets:{voucher}  {_signed(fen)} CNY\n'
                    f"  Equity:{_title(what)}  {_signed(-fen)} CNY\n"
                )

    return made(f"vouchers-{events}.beancount", make)


def _signed(fen: int) -> str:
    return f"-{yuan(-fen)}" if fen < 0 else yuan(fen)


def _title(what: str) -> str:
    return what.replace("_", "-").capitalize()
