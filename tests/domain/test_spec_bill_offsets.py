"""One payment counts once: a bill's own voucher offset beside redemptions that are recorded here (1, 3.1)."""

from __future__ import annotations

import pytest
from build import fen, row
from spec import given
from test_spec_bill import asked, billed, corrected, correction, paid, reversed_

from domain import bill, bill_corrections
from domain.events import Event, FeesBilled, FeesOffsetExplained, FeesPaidByVoucher
from domain.refusals import Refusal
from domain.refusals.bill import (
    BelowRedeemed,
    ExplainedBeyondOffset,
    NoSuchPayment,
    OffsetUnexplained,
    SeveralSuchPayments,
)
from domain.refusals.values import BadRedemptions
from domain.values import ExplainedBy, parse_value


def shown(redemption: int = 1, voucher: str = "V") -> FeesOffsetExplained:
    return FeesOffsetExplained(bill="B-1", voucher=voucher, redemption=redemption)


PAID = (billed(), paid("service", "84"))
"""1000.00 with 400.00 of calls, of which redemption 1 of voucher V paid 84.00 of the service part."""


@pytest.mark.parametrize(
    ("named", "outcome"),
    [
        row("not said", None, (OffsetUnexplained,)),
        row("none", "none", (corrected(service_voucher="84"),)),
        row("its number", "1", (corrected(service_voucher="84"), shown())),
        row("its voucher and number", "V/1", (corrected(service_voucher="84"), shown())),
        row("another number", "2", (NoSuchPayment,)),
        row("another voucher", "W/1", (NoSuchPayment,)),
    ],
)
def test_an_offset_that_comes_beside_a_redemption_is_explained(
    named: str | None, outcome: tuple[Event | type[Refusal], ...]
) -> None:
    given(bill.evolve, *PAID).when(bill_corrections.correct, correction(service="84", named=named)).then(*outcome)


def test_what_is_asked_names_the_offset_and_a_redemption() -> None:
    with pytest.raises(OffsetUnexplained) as refused:
        bill_corrections.correct(given(bill.evolve, *PAID).state, correction(service="84"))
    assert "84.00 of the service part" in refused.value.message
    assert "--offset-explained-by V/1" in (refused.value.hint or "")


def test_it_is_asked_only_where_it_matters() -> None:
    known = given(bill.evolve, *PAID)
    known.when(bill_corrections.correct, correction(call_voucher="84")).then(corrected(call_voucher="84"))
    known.when(bill_corrections.correct, correction("990")).then(corrected(product_fee="990"))
    reversed_since = given(bill.evolve, *PAID, reversed_(1))
    reversed_since.when(bill_corrections.correct, correction(service="84")).then(corrected(service_voucher="84"))
    beside = given(bill.evolve, billed(service_voucher="84"), paid("service", "84"))
    beside.when(bill_corrections.correct, correction(service="84")).then()
    beside.when(bill_corrections.correct, correction("990")).then(corrected(product_fee="990"))
    beside.when(bill_corrections.correct, correction(service="50")).then(corrected(service_voucher="50"))
    beside.when(bill_corrections.correct, correction(service="85")).then(OffsetUnexplained)
    explained = given(bill.evolve, billed(service_voucher="50"), paid("service", "84"), shown())
    explained.when(bill_corrections.correct, correction(service="84")).then(corrected(service_voucher="84"))


def test_an_offset_recorded_before_is_explained_later() -> None:
    known = given(bill.evolve, billed(service_voucher="84"), paid("service", "84"))
    known.when(bill_corrections.correct, correction(named="1")).then(shown())
    known.when(bill_corrections.correct, correction(named="none")).then()
    given(bill.evolve, billed(service_voucher="84"), paid("service", "84"), shown()).when(
        bill_corrections.correct, correction(named="1")
    ).then()


def test_an_offset_does_not_show_a_redemption_that_was_reversed() -> None:
    known = given(bill.evolve, billed(service_voucher="84"), paid("service", "84"), reversed_(1))
    known.when(bill_corrections.correct, correction(named="1")).then(NoSuchPayment)
    again = given(
        bill.evolve, billed(service_voucher="84"), paid("service", "84"), reversed_(1), paid("service", "84", 2)
    )
    again.when(bill_corrections.correct, correction(named="2")).then(shown(2))


def test_redemptions_of_several_vouchers_are_named_with_their_voucher() -> None:
    other = FeesPaidByVoucher(
        bill="B-1", voucher="W", redemption=1, voucher_month="2026-02", part="service", amount_fen=fen("16")
    )
    known = given(bill.evolve, billed(service_voucher="100"), paid("service", "84"), other)
    known.when(bill_corrections.correct, correction(named="1")).then(SeveralSuchPayments)
    known.when(bill_corrections.correct, correction(named="V/1,W/1")).then(shown(), shown(voucher="W"))


def test_an_offset_is_at_least_what_it_shows() -> None:
    known = given(bill.evolve, billed(service_voucher="84"), paid("service", "84"), paid("service", "10", 2))
    known.when(bill_corrections.correct, correction(named="1,2")).then(ExplainedBeyondOffset)
    known.when(bill_corrections.correct, correction(service="94", named="1,2")).then(
        corrected(service_voucher="94"), shown(), shown(2)
    )
    marked = given(bill.evolve, billed(service_voucher="84"), paid("service", "84"), shown())
    marked.when(bill_corrections.correct, correction(service="83.99")).then(ExplainedBeyondOffset)


def test_a_payment_that_is_shown_is_owed_once() -> None:
    twice = given(bill.evolve, billed(service_voucher="84"), paid("service", "84")).state
    once = given(bill.evolve, billed(service_voucher="84"), paid("service", "84"), shown()).state
    assert (bill.owed_fen(twice, "service"), bill.owed_fen(once, "service")) == (fen("432"), fen("516"))
    assert (bill.unexplained_fen(twice, "service"), bill.unexplained_fen(once, "service")) == (fen("84"), 0)
    undone = given(bill.evolve, billed(service_voucher="84"), paid("service", "84"), shown(), reversed_(1)).state
    assert (bill.owed_fen(undone, "service"), bill.unexplained_fen(undone, "service")) == (fen("516"), fen("84"))


def test_a_correction_leaves_what_is_owed_at_or_above_zero() -> None:
    marked = given(bill.evolve, billed(service_voucher="84"), paid("service", "84"), shown(), paid("service", "500", 2))
    marked.when(bill_corrections.correct, correction("984")).then(corrected(product_fee="984"))
    marked.when(bill_corrections.correct, correction("983.99")).then(BelowRedeemed)


def test_a_new_bill_has_no_redemptions_to_name() -> None:
    event: FeesBilled = bill.billed(asked(service_voucher="84"))
    bill_corrections.check_named(event, ExplainedBy.parse("none"))
    bill_corrections.check_named(event, None)
    with pytest.raises(NoSuchPayment):
        bill_corrections.check_named(event, ExplainedBy.parse("1"))


@pytest.mark.parametrize(
    ("wire", "named"),
    [
        ("none", ()),
        (1, ((None, 1),)),
        ("1", ((None, 1),)),
        ("1, 2", ((None, 1), (None, 2))),
        ([1, 2], ((None, 1), (None, 2))),
        (["V-1001-2026-03-1/1", 12], (("V-1001-2026-03-1", 1), (None, 12))),
    ],
)
def test_redemptions_are_named_by_number_and_voucher(wire: object, named: object) -> None:
    assert parse_value(ExplainedBy, wire).redemptions == named


@pytest.mark.parametrize("wire", ["", "0", "-1", "1,,2", "none,1", "V/", "/1", "V/W/1", "x", []])
def test_what_names_no_redemption_is_refused(wire: object) -> None:
    with pytest.raises(BadRedemptions):
        parse_value(ExplainedBy, wire)


@pytest.mark.parametrize("wire", [True, None, 1.5, [None], {"1": 1}])
def test_what_is_no_name_is_refused(wire: object) -> None:
    with pytest.raises(TypeError):
        parse_value(ExplainedBy, wire)
