"""The worklist's tables, kind by kind."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from cli.answers.breaches import print_still_open
from cli.answers.names import holder
from cli.answers.worklist.rows import (
    Disputed,
    GivenBack,
    LateBill,
    Overpaid,
    StillOpen,
    ToApprove,
    ToDecide,
    ToIssue,
    UnclaimedRow,
)
from cli.terminal.numbers import money
from cli.terminal.output import WIDTH, print_table, print_text
from cli.terminal.values import ZonedInstant
from cli.terminal.vocabulary import word
from domain.text import enumerated, said
from ledger.queries.late_facts import ToRedecide


def print_without_bill(breaches: list[LateBill]) -> None:
    """Print the breaches without a bill."""
    rows = [(holder(one), one.month, one.tier, _day(one.closes)) for one in breaches]
    columns = (said("account"), said("month"), said("tier"), said("before"))
    print_table(columns, rows, right=["tier"], title=said("Breaches without a bill"))


def _print_to_decide(claims: list[ToDecide]) -> None:
    rows = [(holder(one), one.month, one.filed_at.in_table()) for one in claims]
    print_table((said("account"), said("month"), said("filed at")), rows, title=said("Claims to decide"))


def _print_disputed(claims: list[Disputed]) -> None:
    rows = [(holder(one), one.month, one.disputed_at.in_table()) for one in claims]
    print_table((said("account"), said("month"), said("disputed at")), rows, title=said("Disputed decisions"))


def _print_to_approve(awards: list[ToApprove]) -> None:
    rows = [(holder(one), one.month, money(one.amount), one.decided_by) for one in awards]
    columns = (said("account"), said("month"), said("amount"), said("decided by"))
    print_table(columns, rows, right=["amount"], title=said("Awards to approve"))
    alone = [f"{one.account} {one.month}" for one in awards if one.nobody_else]
    if alone:
        told = said(
            "Everybody who could approve these decided them, so a second person is needed: {awards}",
            awards=enumerated(alone),
        )
        print_text(told, width=WIDTH)


def _print_to_issue(awards: list[ToIssue]) -> None:
    rows = [(holder(one), one.month, money(one.amount), _again(one)) for one in awards]
    columns = [said("account"), said("month"), said("amount")]
    if any(one.cancelled_since for one in awards):
        print_table([*columns, said("cancelled since")], rows, right=["amount"], title=said("Awards to issue"))
    else:
        print_table(columns, [row[:3] for row in rows], right=["amount"], title=said("Awards to issue"))


def _again(award: ToIssue) -> str:
    return said("yes: --again") if award.cancelled_since else "-"


def _print_overpaid(claims: list[Overpaid]) -> None:
    rows = [(holder(one), one.month, money(one.amount)) for one in claims]
    columns = (said("account"), said("month"), said("amount"))
    print_table(columns, rows, right=["amount"], title=said("Overpaid claims"))


def print_to_redecide(decisions: list[ToRedecide]) -> None:
    """Print the decisions that late facts would change."""
    rows = [(holder(one), one.month, word(one.outcome), one.bill or "-") for one in decisions]
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


PRINTS: dict[str, Callable[[Any], None]] = {
    "without_bill": print_without_bill,
    "to_decide": _print_to_decide,
    "disputed": _print_disputed,
    "to_approve": _print_to_approve,
    "to_issue": _print_to_issue,
    "overpaid": _print_overpaid,
    "to_redecide": print_to_redecide,
    "given_back": _print_given_back,
    "still_open": _print_still_open,
}


def print_unclaimed(unclaimed: list[UnclaimedRow]) -> None:
    """Print the breaches without a claim."""
    rows = [
        (
            holder(one),
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
