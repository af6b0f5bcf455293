"""Clause 3.1, vouchers: issued for what the latest decision awards, less what was issued for the month."""

from __future__ import annotations

from fractions import Fraction

import pytest
from build import at, row

from domain.claim import Claim, Decided
from domain.commands import IssueVoucher
from domain.decision import Head, Outcome
from domain.events import VoucherIssued
from domain.refusals import Refusal
from domain.rules.compensation import Credit, PartCredit
from domain.time import MonthText
from domain.values import Id, VoucherId
from domain.voucher import issue, paid


def decided(outcome: Outcome, fen: int, **vouchers: int) -> Claim:
    """A claim decided on 18 April, with the vouchers that were issued for it."""
    part = PartCredit(rate=Fraction(0), amount_fen=0)
    amount = Credit(service=part, call=part, total_fen=fen) if outcome == "awarded" else None
    head = Head(number=1, outcome=outcome, decided_at=at("2026-04-18 00:00"), credit=amount)
    return Claim(
        account="1001",
        month="2026-03",
        decisions=[Decided(head=head, record=b"", filed_at=0, reason=None)],
        paid=vouchers,
    )


def issued(claim: Claim, when: str = "2026-04-18 00:00", voucher: str | None = None) -> tuple[VoucherIssued, ...]:
    name = None if voucher is None else VoucherId(voucher)
    command = IssueVoucher(account=Id("1001"), month=MonthText("2026-03"), voucher=name)
    return issue(claim, command, at(when), "2018-08-01")


@pytest.mark.parametrize(
    ("awarded", "before", "voucher", "amount"),
    [
        row("all of it at first", 5000, {}, "V-1001-2026-03-1", 5000),
        row("the rest after a first voucher", 5000, {"V1": 3000}, "V-1001-2026-03-2", 2000),
        row("the last fen", 5000, {"V1": 3000, "V2": 1999}, "V-1001-2026-03-3", 1),
    ],
)
def test_what_is_awarded_is_issued_less_what_was_issued(
    awarded: int, before: dict[str, int], voucher: str, amount: int
) -> None:
    (event,) = issued(decided("awarded", awarded, **before))
    assert (event.voucher, event.amount_fen, event.decision) == (voucher, amount, 1)
    assert (paid(event).voucher, paid(event).amount_fen, paid(event).month) == (voucher, amount, "2026-03")


def test_an_award_fully_issued_or_overpaid_gives_no_voucher() -> None:
    assert issued(decided("awarded", 5000, V1=5000)) == ()
    assert issued(decided("awarded", 5000, V1=7000)) == ()
    assert issued(decided("commitment_met", 0, V1=7000)) == ()


def test_a_voucher_may_be_named() -> None:
    (event,) = issued(decided("awarded", 5000), voucher="SPRING-1")
    assert event.voucher == "SPRING-1"


@pytest.mark.parametrize(
    ("claim", "when", "refusal"),
    [
        row("undecided", Claim(account="1001", month="2026-03"), "2026-04-20 00:00", "claim_undecided"),
        row("nothing awarded", decided("commitment_met", 0), "2026-04-20 00:00", "nothing_awarded"),
        row("too late", decided("too_late", 0), "2026-04-20 00:00", "nothing_awarded"),
        row("before the decision", decided("awarded", 1), "2026-04-17 23:59:59.999999", "issued_before_decided"),
    ],
)
def test_no_voucher_without_an_award_nor_before_it(claim: Claim, when: str, refusal: str) -> None:
    with pytest.raises(Refusal) as refused:
        issued(claim, when)
    assert (refused.value.code, refused.value.clause) == (refusal, "3.1")
