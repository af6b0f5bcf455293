"""Claims, vouchers and measured months as tables for other tools: one definition of columns for all formats."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

from domain.assessment import assess_months
from domain.case import Case
from domain.terms.months import span_of
from domain.terms.versions import currency_of, in_force
from domain.text import Said, said
from ledger.log import streams
from ledger.log.reader import Reader
from ledger.queries.read_models import ReadModels

Kind = Literal["text", "whole", "yes_no", "money", "seconds", "percent", "instant"]
"""The kind of a cell: text; a whole number; true or false; fen; microseconds; hundredths of a basis point; an instant
in microseconds. Each may be None."""
Cell = str | int | bool | None
Row = Sequence[Cell]


class Column(NamedTuple):
    """A column: its name, the kind of its cells, and their meaning."""

    name: str
    kind: Kind
    meaning: Said


class Table(NamedTuple):
    """A table's name and columns."""

    name: str
    columns: tuple[Column, ...]


_ACCOUNT = Column("account", "text", said("the account's id"))
_MONTH = Column("month", "text", said("the month that it is for, YYYY-MM"))
_CURRENCY = Column("currency", "text", said("the currency of the amounts, by ISO 4217"))

CLAIMS = Table(
    "claims",
    (
        _ACCOUNT,
        _MONTH,
        Column("status", "text", said("the status of the claim")),
        Column("filed_at", "instant", said("when the claim was last filed")),
        Column("outcome", "text", said("the outcome of the latest decision; empty if there is none")),
        Column("awarded", "money", said("the credit that the latest decision awards")),
        Column("issued", "money", said("the amount that the month's vouchers hold: issued less cancelled")),
        Column("cancelled", "money", said("the amount cancelled of the month's vouchers")),
        Column("due", "money", said("the amount awarded that no voucher holds")),
        Column("overpaid", "money", said("the amount that vouchers hold beyond the award")),
        _CURRENCY,
    ),
)
VOUCHERS = Table(
    "vouchers",
    (
        Column("voucher", "text", said("the voucher's id")),
        _ACCOUNT,
        _MONTH,
        Column("issued", "money", said("the amount issued")),
        Column("redeemed", "money", said("the amount redeemed")),
        Column("cancelled", "money", said("the amount cancelled")),
        Column("balance", "money", said("the balance")),
        _CURRENCY,
        Column("issued_at", "instant", said("when it was issued")),
    ),
)
AVAILABILITY = Table(
    "availability",
    (
        _ACCOUNT,
        _MONTH,
        Column("agreement", "text", said("the agreement that governs the month")),
        Column("version", "text", said("its version")),
        Column("total_seconds", "seconds", said("the month's length (clause 1)")),
        Column("covered_seconds", "seconds", said("the part of the month in which the agreement covers the account")),
        Column("unavailable_seconds", "seconds", said("what counts as unavailable (clause 1)")),
        Column("numerator", "whole", said("the availability, a ratio in lowest terms: the numerator")),
        Column("denominator", "whole", said("the availability, a ratio in lowest terms: the denominator")),
        Column("percent", "percent", said("the same in percent, cut to four decimals; for reading only")),
        Column("meets_commitment", "yes_no", said("whether it meets the commitment (clause 2.2)")),
        Column("tier", "whole", said("the tier that applies, 1 the mildest; empty if none applies")),
    ),
)
TABLES = {table.name: table for table in (CLAIMS, VOUCHERS, AVAILABILITY)}


def claim_rows(log: Reader, views: ReadModels) -> Iterator[Row]:
    """Every claim, in order of month and account."""
    currency = currency_of(log.versions())
    for row in views.each_claim():
        amounts = row.awarded_fen, row.issued_fen, row.cancelled_fen, row.due_fen, row.overpaid_fen
        yield row.account, row.month, row.status, row.filed_at, row.outcome, *amounts, currency


def voucher_rows(log: Reader, views: ReadModels) -> Iterator[Row]:
    """Every voucher with its balance, in order of id."""
    currency = currency_of(log.versions())
    for row in views.each_voucher():
        amounts = row.issued_fen, row.redeemed_fen, row.cancelled_fen, row.balance_fen
        yield row.voucher, row.account, row.month, *amounts, currency, row.issued_at


def availability_rows(log: Reader, months: Sequence[str], at: int) -> Iterator[Row]:
    """Each account with each of the months during which it was enrolled, measured, with or without outages.

    Open outages count up to `at`. Raises Refusal `no_terms` for a month before the first terms.
    """
    versions, position = log.versions(), log.position()
    for month in months:
        in_force(versions, month)
    for life in log.account_histories(*streams.ACCOUNTS):
        yield from _measured(life.case(position), life.account, months, at)


def _measured(case: Case, account: str, months: Sequence[str], at: int) -> Iterator[Row]:
    held = [month for month in months if _is_enrolled(case, month)]
    for month, result in zip(held, assess_months(case, account, held, at) if held else (), strict=True):
        found = result.availability
        yield (
            account,
            month,
            result.version.terms.agreement,
            result.version.terms.version,
            found.total_us,
            found.covered_us,
            found.unavailable_us,
            found.numerator,
            found.denominator,
            found.numerator * 1_000_000 // found.denominator,
            found.meets_commitment,
            found.tier,
        )


def _is_enrolled(case: Case, month: str) -> bool:
    """Whether the account was enrolled during some of a month."""
    holder = case.account
    if holder is None:
        return False
    start, end = span_of(case.versions, month)
    return holder.enrolled_at < end and (holder.closed_at is None or holder.closed_at > start)
