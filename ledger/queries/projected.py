"""The projections of accounts, and the tables that store them."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import msgspec

from domain.case import Case
from ledger.log import streams
from ledger.log.database import SideTable
from ledger.log.reader import Reader
from ledger.queries.sealed_tables import PARTS, sealed
from projections.claims import ClaimRow, claim_rows
from projections.months import MonthRow, has_open_incident, month_rows
from projections.vouchers import VoucherRow, voucher_rows

FORMAT = 6
"""Raised whenever a projection changes, so that rows of older versions are made again."""
_ROWS: dict[str, type[msgspec.Struct]] = {"months": MonthRow, "claims": ClaimRow, "vouchers": VoucherRow}
KEYS = {"months": ("account", "month"), "claims": ("account", "month"), "vouchers": ("voucher",)}
_INDEXES = {"months": ("month",), "claims": ("month",), "vouchers": ("account",)}
PART_OF: dict[str, str | None] = {"months": "month", "claims": "month", "vouchers": "account", "open_accounts": None}
"""The column by which rows of a table are read together; None where all are."""
Progress = Callable[[int, int], None]


def _table(name: str) -> SideTable:
    """A projection's table: one column per field of its row."""
    fields = msgspec.structs.fields(_ROWS[name])
    columns = {field.name: "text" if field.type in (str, str | None) else "int" for field in fields}
    return msgspec.convert({"columns": columns, "key": KEYS[name], "indexes": _INDEXES[name]}, SideTable)


BY_ACCOUNT = {name: _table(name) for name in _ROWS} | {
    "open_accounts": SideTable(columns={"account": "text"}, key=("account",))
}
"""The projections, and the accounts with an open incident."""
TABLES = {name: sealed(table) for name, table in BY_ACCOUNT.items()} | {
    "parts": PARTS,
    "tracking": SideTable(
        columns={"application_name": "text", "notification_id": "int", "leaf_sha256": "text"}, key=("application_name",)
    ),
}
"""These tables as they are stored, and how far a ledger's events are projected.

That is a position with the hash of its event: the log of a copy that was put back has another one there.
"""


class Projected(NamedTuple):
    """The projections of an account; `is_open` where its months depend on the time of asking and are not stored."""

    account: str
    is_open: bool
    months: list[MonthRow]
    claims: list[ClaimRow]
    vouchers: list[VoucherRow]


def projected(account: str, case: Case) -> Projected:
    """Project an account's case."""
    is_open = has_open_incident(case)
    months = [] if is_open else month_rows(case, account, 0)
    return Projected(account, is_open, months, claim_rows(case), voucher_rows(case))


def all_projected(log: Reader, first: str, end: str) -> list[Projected]:
    """Project the enrolled accounts of a range of streams, in order."""
    position = log.position()
    cases = ((life.account, life.case(position)) for life in log.account_histories(first, end))
    return [projected(account, case) for account, case in cases if case.account is not None]


def owners_since(log: Reader, reached: int) -> list[str] | None:
    """The accounts that own the events after a position; None where an event is shared."""
    owners: set[str] = set()
    for row in log.since(reached):
        if row.stream.startswith((streams.SHARED_INCIDENTS, "~/terms/")):
            return None
        owners.add(streams.owner(row.stream))
    return sorted(owners - {streams.SHARED})
