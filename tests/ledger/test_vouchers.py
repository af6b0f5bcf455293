"""Clause 3.1, vouchers: used by their account on later bills (R20, R21), never beyond either."""

from __future__ import annotations

from typing import Any

import pytest
from build import at, bill, row, terms

from domain.bill import Bill, owed_fen
from domain.bill import evolve as evolve_bill
from domain.commands import RedeemVoucher, ReverseRedemption
from domain.events import FeesPaidByVoucher, Part, VoucherCancelled, VoucherIssued
from domain.money import Fen
from domain.refusals import Refusal
from domain.time import Instant
from domain.values import Id, VoucherId, Words
from domain.voucher import Voucher, cancel, evolve, redeem, reverse

ISSUED = "2026-04-20 12:00"


def held(amount: str = "100") -> Voucher:
    """The voucher V of account 1001 for March 2026, issued on 20 April at noon."""
    return evolve(
        None,
        VoucherIssued(
            voucher="V",
            account="1001",
            month="2026-03",
            amount_fen=int(Fen.parse(amount)),
            issued_at=at(ISSUED),
            decision=1,
            version="2018-08-01",
        ),
        None,
    )


def wish(
    amount: str = "10", part: Part = "service", account: str = "1001", when: str = "2026-05-02 00:00"
) -> RedeemVoucher:
    return RedeemVoucher(
        voucher=VoucherId("V"),
        account=Id(account),
        bill=Id("B"),
        part=part,
        amount=Fen.parse(amount),
        redeemed_at=Instant(at(when)),
    )


def redeemed(voucher: Voucher, on: Bill, command: RedeemVoucher, **readings: Any) -> int:
    """Redeem, apply both sides, and count the events."""
    events = redeem(voucher, on, command, terms(**readings))
    if events:
        evolve(voucher, events[0], None)
        evolve_bill(on, events[1], None)
    return len(events)


def undone(voucher: Voucher, on: Bill, number: int, reason: str) -> int:
    command = ReverseRedemption(voucher=VoucherId("V"), redemption=number, reason=Words(reason))
    events = reverse(voucher, command)
    if events:
        evolve(voucher, events[0], reason)
        evolve_bill(on, events[1], reason)
    return len(events)


def code(voucher: Voucher, on: Bill, command: RedeemVoucher, **readings: Any) -> tuple[str, str | None]:
    with pytest.raises(Refusal) as refused:
        redeem(voucher, on, command, terms(**readings))
    return refused.value.code, refused.value.clause


def test_a_redemption_has_two_sides_that_agree() -> None:
    voucher, may = held(), bill("50", "20", first="2026-04")
    events = redeem(voucher, may, wish("10", "call"), terms())
    assert events
    assert (events[0].voucher, events[0].redemption, events[0].bill) == ("V", 1, "B")
    assert events[1] == FeesPaidByVoucher(
        bill="B", voucher="V", redemption=1, voucher_month="2026-03", part="call", amount_fen=1000
    )
    evolve(voucher, events[0], None)
    evolve_bill(may, events[1], None)
    assert (voucher.redeemed_fen, voucher.balance_fen) == (1000, 9000)
    assert (owed_fen(may, "service"), owed_fen(may, "call")) == (3000, 1000)


@pytest.mark.parametrize(
    ("balance", "amount", "allowed"),
    [
        row("less than the balance", "10", "9.99", True),
        row("the balance", "10", "10", True),
        row("a fen more", "10", "10.01", False),
    ],
)
def test_a_voucher_pays_its_balance_and_not_a_fen_more(balance: str, amount: str, allowed: bool) -> None:
    if allowed:
        assert redeemed(held(balance), bill("50"), wish(amount)) == 2
    else:
        assert code(held(balance), bill("50"), wish(amount)) == ("beyond_balance", "3.1")


@pytest.mark.parametrize(
    ("part", "amount", "allowed"),
    [
        row("service: what is owed", "service", "25", True),
        row("service: a fen more", "service", "25.01", False),
        row("calls: what is owed", "call", "15", True),
        row("calls: a fen more", "call", "15.01", False),
    ],
)
def test_a_bill_is_paid_what_each_part_owes_and_not_a_fen_more(part: Part, amount: str, allowed: bool) -> None:
    """50.00 with 20.00 of calls; vouchers outside paid 5.00 of each part."""
    owing = bill("50", "20", service_voucher="5", call_voucher="5")
    if allowed:
        assert redeemed(held(), owing, wish(amount, part)) == 2
        assert owed_fen(owing, part) == 0
    else:
        assert code(held(), owing, wish(amount, part)) == ("beyond_bill", "3.1")


def test_what_was_redeemed_is_neither_in_the_balance_nor_owed_any_more() -> None:
    voucher, owing = held("10"), bill("8")
    assert redeemed(voucher, owing, wish("6")) == 2
    assert code(voucher, owing, wish("4.01")) == ("beyond_balance", "3.1")
    assert code(voucher, owing, wish("2.01")) == ("beyond_bill", "3.1")
    assert redeemed(voucher, owing, wish("2")) == 2
    assert (voucher.balance_fen, owed_fen(owing, "service")) == (200, 0)


def test_an_identical_redemption_that_stands_is_nothing_new_and_another_instant_is() -> None:
    voucher, owing = held(), bill("50")
    assert redeemed(voucher, owing, wish("10")) == 2
    assert redeemed(voucher, owing, wish("10")) == 0
    assert redeemed(voucher, owing, wish("10", when="2026-05-02 00:00:00.000001")) == 2
    assert voucher.balance_fen == 8000


@pytest.mark.parametrize(
    ("billed", "first", "by_bill_date", "by_usage_month"),
    [
        row("dated a microsecond before the issue", "2026-04-20 11:59:59.999999", "2026-05", False, True),
        row("dated as it was issued", "2026-04-20 12:00", "2026-05", True, True),
        row("dated later, for the month of the issue", "2026-05-01 00:00", "2026-04", True, False),
        row("dated later, for months from before it", "2026-05-01 00:00", "2026-03", True, False),
        row("dated before, for an earlier month", "2026-04-01 00:00", "2026-03", False, False),
    ],
)
def test_r20_later_fees_are_later_bills_or_later_months(
    billed: str, first: str, by_bill_date: bool, by_usage_month: bool
) -> None:
    for by, allowed in (("bill_date", by_bill_date), ("usage_month", by_usage_month)):
        owing = bill("50", first=first, months=3, billed=billed)
        if allowed:
            assert redeemed(held(), owing, wish(), voucher_pays_later_by=by) == 2
        else:
            assert code(held(), owing, wish(), voucher_pays_later_by=by) == ("earlier_bill", "3.1")


@pytest.mark.parametrize(
    ("issued", "allowed"),
    [row("as May begins", "2026-05-01 00:00", True), row("just after", "2026-05-01 00:00:00.000001", False)],
)
def test_r20_a_usage_month_begins_on_its_first_instant(issued: str, allowed: bool) -> None:
    voucher, owing = held(), bill("50", first="2026-05", billed="2026-06-01 00:00")
    voucher.issued_at = at(issued)
    if allowed:
        assert redeemed(voucher, owing, wish(), voucher_pays_later_by="usage_month") == 2
    else:
        assert code(voucher, owing, wish(), voucher_pays_later_by="usage_month") == ("earlier_bill", "3.1")


def test_r21_both_parts_or_the_service_part_alone() -> None:
    for part in ("service", "call"):
        assert redeemed(held(), bill("50", "20"), wish("10", part)) == 2
    assert redeemed(held(), bill("50", "20"), wish("10", "service"), voucher_pays="service") == 2
    assert code(held(), bill("50", "20"), wish("10", "call"), voucher_pays="service") == ("part_not_payable", "3.1")


@pytest.mark.parametrize(
    ("on", "command", "refusal"),
    [
        row("by another account", bill("50"), wish(account="1002"), "not_transferable"),
        row("by another account on its own bill", bill("50", owner="1002"), wish(account="1002"), "not_transferable"),
        row("on another account's bill", bill("50", owner="1002"), wish(), "other_accounts_bill"),
        row("nothing", bill("50"), wish("0"), "nothing_to_redeem"),
        row(
            "a microsecond before the issue",
            bill("50"),
            wish(when="2026-04-20 11:59:59.999999"),
            "redeemed_before_issued",
        ),
    ],
)
def test_a_voucher_never_changes_hands_nor_pays_what_it_cannot(on: Bill, command: RedeemVoucher, refusal: str) -> None:
    assert code(held(), on, command) == (refusal, "3.1")


def test_a_voucher_can_be_used_as_it_is_issued() -> None:
    assert redeemed(held(), bill("50"), wish(when=ISSUED)) == 2


def test_a_voided_bill_is_not_paid() -> None:
    owing = bill("50")
    owing.voided = "billed twice"
    assert code(held(), owing, wish()) == ("bill_voided", "3.1")


# --- Taking back ---


def test_a_reversed_redemption_returns_to_the_balance_and_is_owed_again() -> None:
    voucher, owing = held("10"), bill("8")
    redeemed(voucher, owing, wish("6"))
    redeemed(voucher, owing, wish("1"))
    assert undone(voucher, owing, 1, "wrong bill") == 2
    assert (voucher.balance_fen, owed_fen(owing, "service")) == (900, 700)
    assert redeemed(voucher, owing, wish("6")) == 2, "the same redemption again: the first stands no more"
    assert (voucher.balance_fen, [each.number for each in voucher.redemptions]) == (300, [1, 2, 3])


def test_a_redemption_is_reversed_once() -> None:
    voucher, owing = held(), bill("50")
    redeemed(voucher, owing, wish("10"))
    assert undone(voucher, owing, 1, "wrong bill") == 2
    assert undone(voucher, owing, 1, "wrong bill") == 0
    with pytest.raises(Refusal) as refused:
        undone(voucher, owing, 1, "another reason")
    assert (refused.value.code, refused.value.clause) == ("redemption_reversed", "3.1")
    assert (voucher.balance_fen, owed_fen(owing, "service")) == (10_000, 5_000)


def test_a_redemption_that_never_was_is_not_reversed() -> None:
    voucher, owing = held(), bill("50")
    redeemed(voucher, owing, wish("10"))
    with pytest.raises(Refusal) as refused:
        undone(voucher, owing, 2, "which")
    assert refused.value.code == "unknown_redemption"


def test_cancelling_takes_what_is_left_and_no_more() -> None:
    voucher, owing = held(), bill("50")
    redeemed(voucher, owing, wish("10"))
    (event,) = cancel(voucher, "account gone")
    assert event == VoucherCancelled(voucher="V", amount_fen=9000)
    evolve(voucher, event, "account gone")
    assert (voucher.redeemed_fen, voucher.cancelled_fen, voucher.balance_fen) == (1000, 9000, 0)
    assert cancel(voucher, "account gone") == ()
    assert code(voucher, owing, wish("0.01")) == ("beyond_balance", "3.1")
    with pytest.raises(Refusal) as refused:
        cancel(voucher, "another reason")
    assert (refused.value.code, refused.value.clause) == ("nothing_left", "3.1")


def test_what_a_reversal_returns_after_cancelling_can_be_cancelled_too() -> None:
    voucher, owing = held(), bill("50")
    redeemed(voucher, owing, wish("10"))
    for event in cancel(voucher, "account gone"):
        evolve(voucher, event, "account gone")
    undone(voucher, owing, 1, "wrong bill")
    assert voucher.balance_fen == 1000
    assert cancel(voucher, "account gone") == (VoucherCancelled(voucher="V", amount_fen=1000),)


def test_a_voucher_used_up_has_nothing_to_cancel() -> None:
    voucher, owing = held("10"), bill("50")
    redeemed(voucher, owing, wish("10"))
    with pytest.raises(Refusal) as refused:
        cancel(voucher, "why")
    assert refused.value.code == "nothing_left"
