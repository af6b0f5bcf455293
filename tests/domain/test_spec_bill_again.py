"""What may be recorded of a bill that was voided, and how it stands again."""

from __future__ import annotations

import pytest
from spec import given

from domain import bill, bill_corrections
from domain.commands import CorrectFees
from domain.events import Event, FeesBilled, FeesCorrected, FeesRestored, FeesVoided
from domain.money import Fen
from domain.refusals.bill import BillUndone, BillVoided
from domain.values import Id, Words

BILLED = FeesBilled(
    bill="B-1",
    account="1001",
    first_month="2026-03",
    months=1,
    billed_at=1_775_001_600_000_000,
    product_fee_fen=100_000,
    call_fee_fen=30_000,
)
CORRECTED = FeesCorrected(bill="B-1", product_fee_fen=90_000)
VOIDED = (FeesVoided(bill="B-1"), "billed twice")
RESTORED = FeesRestored(bill="B-1")


def folded(*events: FeesBilled | FeesCorrected | FeesRestored | tuple[FeesVoided, str]) -> bill.Bill:
    state: bill.Bill = given(bill.evolve, *events).state
    return state


def repeat(state: bill.Bill, again: bool) -> tuple[Event, ...]:
    return bill.repeat(state, again=again)


def test_a_bill_that_stands_is_told_again_without_effect() -> None:
    for again in (False, True):
        assert repeat(folded(BILLED), again) == ()


def test_a_void_bill_is_not_told_again_by_itself() -> None:
    with pytest.raises(BillUndone) as refused:
        repeat(folded(BILLED, VOIDED), False)
    assert refused.value.code == "undone"
    assert refused.value.message == "bill B-1 was recorded before and voided: billed twice"
    assert "--again" in (refused.value.hint or "")


def test_a_void_bill_stands_again_where_that_is_said() -> None:
    assert repeat(folded(BILLED, VOIDED), True) == (RESTORED,)


def test_a_bill_that_stands_again_has_the_amounts_that_it_had_and_can_be_corrected_and_voided() -> None:
    state = folded(BILLED, CORRECTED, VOIDED, RESTORED)
    assert (state.voided, state.product_fee_fen, state.call_fee_fen) == (None, 90_000, 30_000)
    wish = CorrectFees(bill=Id("B-1"), product_fee=Fen(80_000), reason=Words("tariff"))
    assert bill_corrections.correct(state, wish) == (FeesCorrected(bill="B-1", product_fee_fen=80_000),)
    assert bill.void(state, "again twice") == (FeesVoided(bill="B-1"),)


def test_a_void_bill_takes_no_correction() -> None:
    wish = CorrectFees(bill=Id("B-1"), product_fee=Fen(80_000), reason=Words("tariff"))
    with pytest.raises(BillVoided):
        bill_corrections.correct(folded(BILLED, VOIDED), wish)
