"""The worklist: what waits for a clerk."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import msgspec

from cli.answers.breaches import BreachRow, print_still_open
from cli.terminal.numbers import money
from cli.terminal.output import print_table, print_text
from cli.terminal.values import ZonedInstant, ratio, zoned
from cli.terminal.vocabulary import word
from domain.money import Fen
from domain.text import said
from ledger.queries.late_facts import ToRedecide, WithoutBill
from ledger.queries.worklist import Unclaimed, Work


class UnclaimedRow(BreachRow, frozen=True, kw_only=True):
    """A breach without a claim; the window is None where its calendar is not recorded yet."""

    earlier: str | None
    opens: ZonedInstant | None
    closes: ZonedInstant | None


class ToDecide(msgspec.Struct, frozen=True, kw_only=True):
    """A claim that waits for a decision."""

    account: str
    month: str
    filed_at: ZonedInstant


class ToIssue(msgspec.Struct, frozen=True, kw_only=True):
    """An award that waits for a voucher."""

    account: str
    month: str
    amount: Fen
    currency: str
    cancelled_since: bool | msgspec.UnsetType
    """Given where a voucher was cancelled since the decision, so that `--again` is needed."""


class LateBill(msgspec.Struct, frozen=True, kw_only=True):
    """A breach without a bill; `closes` is None where the calendar of working days is not recorded yet."""

    account: str
    month: str
    tier: int
    closes: ZonedInstant | None


class Disputed(msgspec.Struct, frozen=True, kw_only=True):
    """A claim whose decision the customer disputes."""

    account: str
    month: str
    disputed_at: ZonedInstant


class Overpaid(msgspec.Struct, frozen=True, kw_only=True):
    """A claim whose vouchers hold more than its award."""

    account: str
    month: str
    amount: Fen
    currency: str


class Redecidable(msgspec.Struct, frozen=True, kw_only=True):
    """A decision that late facts would change; `bill` is the one that came since, if one did."""

    account: str
    month: str
    outcome: str
    bill: str | None


class GivenBack(msgspec.Struct, frozen=True, kw_only=True):
    """A cancelled voucher of which something can be spent again, since a redemption was reversed."""

    voucher: str
    account: str
    month: str
    amount: Fen
    currency: str


class StillOpen(msgspec.Struct, frozen=True, kw_only=True):
    """An outage that is open though the month in which it began has ended; `scope` where it is not one account's."""

    incident: str
    account: str | msgspec.UnsetType
    scope: str | msgspec.UnsetType
    started_at: ZonedInstant
    source: str | None


class Worklist(msgspec.Struct, frozen=True, kw_only=True):
    """`slaledger worklist`: what waits for a clerk, kind by kind."""

    unclaimed: list[UnclaimedRow]
    without_bill: list[LateBill]
    to_decide: list[ToDecide]
    disputed: list[Disputed]
    to_issue: list[ToIssue]
    overpaid: list[Overpaid]
    to_redecide: list[Redecidable]
    given_back: list[GivenBack]
    still_open: list[StillOpen]

    def table(self) -> None:
        """Print the worklist."""
        if not any(getattr(self, kind) for kind in self.__struct_fields__):
            print_text(said("the worklist is empty"))
        if self.unclaimed:
            _print_unclaimed(self.unclaimed)
        for kind, prints in _PRINTS.items():
            if rows := getattr(self, kind):
                print()
                prints(rows)


def print_without_bill(breaches: list[LateBill]) -> None:
    """Print the breaches without a bill."""
    rows = [(one.account, one.month, one.tier, _day(one.closes)) for one in breaches]
    columns = (said("account"), said("month"), said("tier"), said("before"))
    print_table(columns, rows, right=["tier"], title=said("Breaches without a bill"))


def _print_to_decide(claims: list[ToDecide]) -> None:
    rows = [(one.account, one.month, one.filed_at.in_table()) for one in claims]
    print_table((said("account"), said("month"), said("filed at")), rows, title=said("Claims to decide"))


def _print_disputed(claims: list[Disputed]) -> None:
    rows = [(one.account, one.month, one.disputed_at.in_table()) for one in claims]
    print_table((said("account"), said("month"), word("disputed")), rows, title=said("Disputed decisions"))


def _print_to_issue(awards: list[ToIssue]) -> None:
    rows = [(one.account, one.month, money(one.amount), _again(one)) for one in awards]
    columns = [said("account"), said("month"), said("amount")]
    if any(one.cancelled_since for one in awards):
        print_table([*columns, said("cancelled since")], rows, right=["amount"], title=said("Awards to issue"))
    else:
        print_table(columns, [row[:3] for row in rows], right=["amount"], title=said("Awards to issue"))


def _again(award: ToIssue) -> str:
    return said("yes: --again") if award.cancelled_since else "-"


def _print_overpaid(claims: list[Overpaid]) -> None:
    rows = [(one.account, one.month, money(one.amount)) for one in claims]
    columns = (said("account"), said("month"), said("amount"))
    print_table(columns, rows, right=["amount"], title=said("Overpaid claims"))


def print_to_redecide(decisions: list[Redecidable]) -> None:
    """Print the decisions that late facts would change."""
    rows = [(one.account, one.month, word(one.outcome), one.bill or "-") for one in decisions]
    columns = (said("account"), said("month"), word("outcome"), said("bill since"))
    print_table(columns, rows, title=said("Decisions that late facts would change"))


def _print_given_back(vouchers: list[GivenBack]) -> None:
    rows = [(one.voucher, one.month, money(one.amount)) for one in vouchers]
    columns = (word("voucher"), said("month"), said("amount"))
    print_table(columns, rows, right=["amount"], title=said("Cancelled vouchers that can be spent again"))


def _print_still_open(outages: list[StillOpen]) -> None:
    rows = [
        (
            one.incident,
            word(one.scope) if isinstance(one.scope, str) else one.account,
            one.started_at.in_table(),
            one.source or "-",
        )
        for one in outages
    ]
    columns = (said("incident"), said("account"), said("start"), said("source"))
    print_table(columns, rows, title=said("Outages still open after their month"))


_PRINTS: dict[str, Callable[[Any], None]] = {
    "without_bill": print_without_bill,
    "to_decide": _print_to_decide,
    "disputed": _print_disputed,
    "to_issue": _print_to_issue,
    "overpaid": _print_overpaid,
    "to_redecide": print_to_redecide,
    "given_back": _print_given_back,
    "still_open": _print_still_open,
}


def _print_unclaimed(unclaimed: list[UnclaimedRow]) -> None:
    rows = [
        (
            one.account,
            one.month,
            one.tier,
            money(one.credit),
            word(one.earlier) if one.earlier else "-",
            _day(one.opens),
            _day(one.closes),
        )
        for one in unclaimed
    ]
    columns = (
        said("account"),
        said("month"),
        said("tier"),
        said("credit"),
        said("earlier claim"),
        said("claim from"),
        said("before"),
    )
    print_table(columns, rows, right=["tier", "credit"], title=said("Breaches without a claim"))
    print_still_open(unclaimed)


def _day(edge: ZonedInstant | None) -> str:
    """An edge of a claim window, which is a midnight; `?` where its calendar is not recorded yet."""
    return "?" if edge is None else edge.day()


def worklist(found: Work, zone: str, currency: str) -> Worklist:
    """The worklist, with instants in a zone and amounts in a currency."""
    return Worklist(
        unclaimed=[_unclaimed(one, zone, currency) for one in found.unclaimed],
        to_decide=[
            ToDecide(account=row.account, month=row.month, filed_at=ZonedInstant(row.filed_at, zone))
            for row in found.to_decide
        ],
        without_bill=without_bill(found.without_bill, zone),
        disputed=[
            Disputed(account=row.account, month=row.month, disputed_at=ZonedInstant(row.disputed_at or 0, zone))
            for row in found.disputed
        ],
        to_issue=[
            ToIssue(
                account=row.account,
                month=row.month,
                amount=Fen(row.due_fen),
                currency=currency,
                cancelled_since=msgspec.UNSET if row.undone is None else True,
            )
            for row in found.to_issue
        ],
        overpaid=[
            Overpaid(account=row.account, month=row.month, amount=Fen(row.overpaid_fen), currency=currency)
            for row in found.overpaid
        ],
        to_redecide=to_redecide(found.to_redecide),
        given_back=[
            GivenBack(
                voucher=row.voucher,
                account=row.account,
                month=row.month,
                amount=Fen(row.given_back_fen),
                currency=currency,
            )
            for row in found.given_back
        ],
        still_open=[
            StillOpen(
                incident=one.incident,
                account=one.account or msgspec.UNSET,
                scope=msgspec.UNSET if one.account else one.scope,
                started_at=ZonedInstant(one.started_at, zone),
                source=one.source,
            )
            for one in found.still_open
        ],
    )


def without_bill(found: Iterable[WithoutBill], zone: str) -> list[LateBill]:
    """Breaches without a bill, with the end of their claim window in a zone."""
    return [
        LateBill(account=one.account, month=one.month, tier=one.tier, closes=zoned(one.closes_at, zone))
        for one in found
    ]


def to_redecide(found: Iterable[ToRedecide]) -> list[Redecidable]:
    """The decisions that late facts would change."""
    return [Redecidable(**msgspec.structs.asdict(one)) for one in found]


def _unclaimed(one: Unclaimed, zone: str, currency: str) -> UnclaimedRow:
    return UnclaimedRow(
        account=one.breach.account,
        month=one.breach.month,
        availability=ratio(one.breach.numerator, one.breach.denominator),
        tier=one.breach.tier,
        credit=Fen(one.breach.credit_fen),
        currency=currency,
        still_open=one.breach.still_open,
        earlier=one.earlier,
        opens=zoned(one.opens_at, zone),
        closes=zoned(one.closes_at, zone),
    )
