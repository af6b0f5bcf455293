"""Clauses 1 and 3.1, money: the bases of a month (R11, R12) and the credit to the fen (R13)."""

from __future__ import annotations

from typing import Any

import pytest
from build import bill, row, terms
from hypothesis import given
from hypothesis import strategies as st

from domain.bill import Bill, evolve, void
from domain.bill_corrections import correct
from domain.commands import CorrectFees
from domain.events import FeesPaymentReversed
from domain.money import Fen
from domain.rules.compensation import credit
from domain.rules.fees import Base, Bases, bases, share
from domain.terms.parsing import parse_terms
from domain.values import VoucherOffset, Words
from ledger.shipped import shipped_agreements

PREPAID_OUTSIDE = parse_terms(shipped_agreements("aws-ec2")[0])
QUARTER = ("2026-01", "2026-02", "2026-03")


def net(*bills: Bill, month: str = "2026-03") -> tuple[int, int]:
    """Service and call base of a month, in fen."""
    found = bases(bills, month, terms())
    return found.service.net_fen, found.call.net_fen


def quarter(*bills: Bill) -> list[tuple[int, int]]:
    return [net(*bills, month=month) for month in QUARTER]


@pytest.mark.parametrize(
    ("fen", "months", "shares"),
    [
        row("divides", 9, 3, [3, 3, 3]),
        row("one odd fen: January", 10, 3, [4, 3, 3]),
        row("two odd fen: January and February", 11, 3, [4, 4, 3]),
        row("fewer fen than months", 2, 3, [1, 1, 0]),
        row("nothing", 0, 3, [0, 0, 0]),
        row("one month", 7, 1, [7]),
        row("a year", 100, 12, [9, 9, 9, 9, 8, 8, 8, 8, 8, 8, 8, 8]),
    ],
)
def test_r11_the_odd_fen_go_to_the_earliest_months(fen: int, months: int, shares: list[int]) -> None:
    assert [share(fen, months, index) for index in range(months)] == shares


@given(st.integers(0, 10**9), st.integers(1, 120))
def test_r11_no_fen_is_lost_and_shares_differ_by_one_at_most(fen: int, months: int) -> None:
    shares = [share(fen, months, index) for index in range(months)]
    assert sum(shares) == fen
    assert shares == sorted(shares, reverse=True)
    assert shares[0] - shares[-1] <= 1


def test_r11_product_call_and_each_offset_are_divided_each_by_itself() -> None:
    # 100.00 is 33.34 + 33.33 + 33.33, of which calls 10.01 = 3.34 + 3.34 + 3.33; vouchers paid 0.02 and 0.01
    paid = bill("100.00", "10.01", first="2026-01", months=3, service_voucher="0.02", call_voucher="0.01")
    assert quarter(paid) == [(3000 - 1, 334 - 1), (2999 - 1, 334), (3000, 333)]


def test_r11_a_bill_covers_its_months_and_no_other() -> None:
    paid = bill("3.00", first="2025-12", months=3)
    months = ["2025-11", "2025-12", "2026-01", "2026-02", "2026-03"]
    assert [net(paid, month=month)[0] for month in months] == [0, 100, 100, 100, 0]


def test_a_bill_for_several_months_is_outside_the_base_where_the_terms_say_so() -> None:
    bills = [bill("100.00"), bill("20.00", months=2), bill("3.00", first="2026-02", months=3)]
    assert bases(bills, "2026-03", PREPAID_OUTSIDE).product_fee_fen == 10000
    assert bases(bills, "2026-03", terms()).product_fee_fen == 10000 + 1000 + 100


def test_r11_a_net_base_is_never_below_zero() -> None:
    # service fee 0.01 falls in February (1.01 - 1.00: 34,34,33 less 34,33,33), its voucher of 0.01 in January
    paid = bill("1.01", "1.00", first="2026-01", months=3, service_voucher="0.01")
    assert quarter(paid) == [(0, 34), (1, 33), (0, 33)]
    assert bases([paid], "2026-01", terms()).service == Base(fee_fen=0, voucher_offset_fen=1, net_fen=0)


def test_r12_service_fee_is_product_fee_less_call_fee() -> None:
    found = bases([bill("800.00", "200.00")], "2026-03", terms())
    assert (found.product_fee_fen, found.call_fee_fen) == (80_000, 20_000)
    assert (found.service.net_fen, found.call.net_fen) == (60_000, 20_000)


def test_r12_each_base_is_net_of_what_vouchers_paid_on_that_part() -> None:
    assert net(bill("800", "200", service_voucher="50")) == (55_000, 20_000)
    assert net(bill("800", "200", call_voucher="50")) == (60_000, 15_000)
    assert net(bill("800", "200", paid=[("2026-01", "service", "30"), ("2026-01", "call", "20")])) == (57_000, 18_000)


def test_r12_offsets_and_redemptions_are_added_before_they_are_divided() -> None:
    # 0.01 + 0.01 over two months is 0.01 each; divided each by itself both fen would fall in the first month
    twice = bill("1", first="2026-03", months=2, service_voucher="0.01", paid=[("2026-01", "service", "0.01")])
    assert [net(twice, month=month)[0] for month in ("2026-03", "2026-04")] == [49, 49]
    calls = bill("1", "1", first="2026-03", months=2, call_voucher="0.01", paid=[("2026-01", "call", "0.01")])
    assert [net(calls, month=month)[1] for month in ("2026-03", "2026-04")] == [49, 49]


def test_r12_a_months_own_vouchers_never_lower_its_base() -> None:
    paid = bill("9", "3", first="2026-01", months=3, paid=[("2026-02", "service", "0.30"), ("2026-02", "call", "0.60")])
    assert quarter(paid) == [(190, 80), (200, 100), (190, 80)]


def test_r12_only_the_own_months_vouchers_are_left_out() -> None:
    paid = bill("9", paid=[("2026-03", "service", "1"), ("2026-02", "service", "2")])
    assert net(paid) == (700, 0)


def test_a_reversed_payment_is_none() -> None:
    paid = bill("9", paid=[("2026-01", "service", "1"), ("2026-01", "service", "2")])
    evolve(paid, FeesPaymentReversed(bill="B", voucher="V", redemption=2), None)
    assert net(paid) == (800, 0)
    evolve(paid, FeesPaymentReversed(bill="B", voucher="W", redemption=1), None)
    assert net(paid) == (800, 0)


def test_several_bills_add_up_each_divided_by_itself() -> None:
    assert net(bill("0.05", first="2026-02", months=2), bill("0.05", "0.03", months=2), bill("7", name="C")) == (
        2 + 1 + 700,
        2,
    )


def test_a_voided_bill_counts_for_nothing() -> None:
    kept, dropped = bill("5"), bill("9", "1", name="C")
    for event in void(dropped, "billed twice"):
        evolve(dropped, event, "billed twice")
    assert net(kept, dropped) == (500, 0)


def test_a_corrected_bill_counts_as_corrected_and_what_is_left_out_stays() -> None:
    wrong = bill("9", "2", service_voucher="1", call_voucher="1")
    offset = VoucherOffset(service=Fen.parse("3"))
    command = CorrectFees(bill="B", product_fee=Fen.parse("10"), voucher_offset=offset, reason=Words("typo"))  # type: ignore[arg-type]
    for event in correct(wrong, command):
        evolve(wrong, event, "typo")
    assert net(wrong) == (1000 - 200 - 300, 200 - 100)


def credited(service: int, call: int, tier: int, **readings: Any) -> tuple[int, int, int]:
    """The credit's parts and total, in fen, on bases in fen."""
    base = Bases(
        product_fee_fen=service + call,
        call_fee_fen=call,
        service=Base(fee_fen=service, voucher_offset_fen=0, net_fen=service),
        call=Base(fee_fen=call, voucher_offset_fen=0, net_fen=call),
    )
    amount = credit(base, tier, terms(**readings))
    return amount.service.amount_fen, amount.call.amount_fen, amount.total_fen


@pytest.mark.parametrize(
    ("tier", "credit"),
    [
        row("14 % and 5 %", 1, (8_400, 1_000, 9_400)),
        row("28 % and 10 %", 2, (16_800, 2_000, 18_800)),
        row("100 % and 20 %", 3, (60_000, 4_000, 64_000)),
    ],
)
def test_the_rates_of_600_yuan_service_and_200_yuan_calls(tier: int, credit: tuple[int, int, int]) -> None:
    assert credited(60_000, 20_000, tier) == credit


def test_the_credit_is_on_the_net_base() -> None:
    found = bases([bill("800", "200", service_voucher="100", call_voucher="50")], "2026-03", terms())
    amount = credit(found, 1, terms())
    assert (amount.service.amount_fen, amount.call.amount_fen) == (7_000, 750)
    assert (str(amount.service.rate), str(amount.call.rate)) == ("7/50", "1/20")


@pytest.mark.parametrize(
    ("service", "call", "tier", "per_part", "once"),
    [
        row("3.36 and 0.45: down, down", 24, 9, 1, (3, 0, 3), (3, 1, 4)),
        row("3.50 and 0.00: half up", 25, 0, 1, (4, 0, 4), (4, 0, 4)),
        row("0.00 and 0.50: half up", 0, 10, 1, (0, 1, 1), (0, 1, 1)),
        row("3.50 and 0.50: both half up, or 4.00", 25, 10, 1, (4, 1, 5), (4, 0, 4)),
        row("0.42 and 0.10: nothing, or 0.52", 3, 2, 1, (0, 0, 0), (0, 1, 1)),
        row("0.42 and 0.05: nothing either way", 3, 1, 1, (0, 0, 0), (0, 0, 0)),
        row("28 %: 0.28 and 0.50", 1, 5, 2, (0, 1, 1), (0, 1, 1)),
        row("28 %: 0.56 and 0.40", 2, 4, 2, (1, 0, 1), (1, 0, 1)),
        row("100 %: 7.00 and 0.40", 7, 2, 3, (7, 0, 7), (7, 0, 7)),
        row("100 %: 7.00 and 0.60", 7, 3, 3, (7, 1, 8), (7, 1, 8)),
        row("nothing paid", 0, 0, 3, (0, 0, 0), (0, 0, 0)),
    ],
)
def test_r13_each_part_half_up_or_once_on_the_total(
    service: int, call: int, tier: int, per_part: tuple[int, int, int], once: tuple[int, int, int]
) -> None:
    assert credited(service, call, tier) == per_part
    assert credited(service, call, tier, rounding="once_on_total") == once


@given(st.integers(0, 10**9), st.integers(0, 10**9), st.sampled_from([1, 2, 3]))
def test_r13_parts_add_up_and_are_never_negative(service: int, call: int, tier: int) -> None:
    for rounding in ("per_part", "once_on_total"):
        parts = credited(service, call, tier, rounding=rounding)
        assert parts[0] + parts[1] == parts[2]
        assert min(parts) >= 0
    assert abs(credited(service, call, tier)[2] - credited(service, call, tier, rounding="once_on_total")[2]) <= 1
