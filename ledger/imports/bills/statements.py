"""What a source states of bills: one bill an account, first month and number of months, as the source has it now.

A ledger is of one product: what a reader was asked to take of a file is that product's. So a CSV, an answer of the
billing interface and a FOCUS file of one month come to the same statement, which `reconcile_bills` compares with the
bills that the ledger holds.
"""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from domain.bill import Bill
from domain.money import yuan
from domain.text import Said, said
from ledger.imports.outages import source_id
from ledger.imports.statements import LeftOut

SPREAD = "gaap"
"""The scope of bills that a source gave as a month's part of what was paid for several (QueryInstanceGaapCost)."""

PURCHASED = "purchases"
"""The scope of bills with something that was bought ahead at its whole price (FOCUS's category Purchase)."""


class BillKey(NamedTuple):
    """Which bill it is: there is one of each."""

    account: str
    first_month: str
    months: int

    @property
    def text(self) -> str:
        """How people and `--skip` name it: `1001@2026-03`, and `1001@2026-03+12` for twelve months."""
        more = "" if self.months == 1 else f"+{self.months}"
        return f"{self.account}@{self.first_month}{more}"

    def id(self, stem: str) -> str:
        """The id of a new bill, the same on every run. `stem` is the family of its source."""
        more = () if self.months == 1 else (f"{self.months}m",)
        return source_id(stem, self.account, self.first_month, *more)


class Amounts(msgspec.Struct, frozen=True, kw_only=True):
    """The amounts of a bill in fen. A voucher offset of None is one that the source does not tell."""

    product_fen: int = 0
    call_fen: int = 0
    service_voucher_fen: int | None = 0
    call_voucher_fen: int | None = 0

    @property
    def service_fen(self) -> int:
        return self.product_fen - self.call_fen

    def __add__(self, other: Amounts) -> Amounts:
        return Amounts(
            product_fen=self.product_fen + other.product_fen,
            call_fen=self.call_fen + other.call_fen,
            service_voucher_fen=(self.service_voucher_fen or 0) + (other.service_voucher_fen or 0),
            call_voucher_fen=(self.call_voucher_fen or 0) + (other.call_voucher_fen or 0),
        )

    def words(self) -> Said:
        """The amounts for people."""
        fees = {"product": yuan(self.product_fen), "call": yuan(self.call_fen)}
        if not (self.service_voucher_fen or self.call_voucher_fen):
            return said("product fee {product}, call fee {call}", **fees)
        return said(
            "product fee {product}, call fee {call}, vouchers {service_voucher} and {call_voucher}",
            **fees,
            service_voucher=yuan(self.service_voucher_fen or 0),
            call_voucher=yuan(self.call_voucher_fen or 0),
        )


def amounts_of(bill: Bill) -> Amounts:
    """What a bill says now."""
    return Amounts(
        product_fen=bill.product_fee_fen,
        call_fen=bill.call_fee_fen,
        service_voucher_fen=bill.service_voucher_fen,
        call_voucher_fen=bill.call_voucher_fen,
    )


class BillStatement(msgspec.Struct, frozen=True, kw_only=True):
    """A bill as the source tells it now.

    `orders` are the source's own numbers of what it sums up. `unpaid_fen` is what the source says is not paid yet.
    `is_spread` marks a month's part of what was paid for several; `has_purchases` marks a month in which something
    was bought ahead, at its whole price. `billed_at` is in microseconds.
    """

    key: BillKey
    amounts: Amounts
    billed_at: int
    place: str
    orders: tuple[str, ...] = ()
    unpaid_fen: int = 0
    is_spread: bool = False
    has_purchases: bool = False

    @property
    def account(self) -> str:
        return self.key.account


class BillReading(msgspec.Struct, frozen=True, kw_only=True):
    """All that the files of one source say of bills.

    `source` is the format; `stem` begins the ids of its new bills. `said_at` is when the source said so, in
    microseconds: no format tells it, a person does (`--as-of`).
    """

    source: str
    stem: str
    statements: tuple[BillStatement, ...]
    said_at: int | None = None
    left_out: tuple[LeftOut, ...] = ()
    notes: tuple[str, ...] = ()
