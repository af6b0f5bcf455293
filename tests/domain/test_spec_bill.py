"""What may be recorded of a bill: every refusal, in the order of declaration (1, 3.1)."""

from __future__ import annotations

from typing import Any

import pytest
from build import at, fen, row
from spec import given

from domain import bill, bill_corrections
from domain.bill import Bill
from domain.commands import BillFees, CorrectFees
from domain.events import Event, FeesBilled, FeesCorrected, FeesPaidByVoucher, FeesPaymentReversed, FeesVoided, Part
from domain.money import Fen
from domain.refusals.bill import (
    BadMonths,
    BelowRedeemed,
    BillVoided,
    CallAboveProduct,
    CallFeeMissing,
    NoCallPart,
    NothingToCorrectInBill,
    RedemptionsStand,
    VouchersAboveFee,
)
from domain.time import Instant, MonthText
from domain.values import ExplainedBy, Id, VoucherOffset, Words

NAME = Id("B-1")
VOIDED = (FeesVoided(bill="B-1"), "billed twice")


def amount(yuan: str | None) -> Fen | None:
    return None if yuan is None else Fen.parse(yuan)


def offset(service: str | None, call: str | None) -> VoucherOffset | None:
    return None if service is None and call is None else VoucherOffset(service=amount(service), call=amount(call))


def asked(
    product: str = "1000",
    call: str | None = "400",
    *,
    months: int = 1,
    service_voucher: str | None = None,
    call_voucher: str | None = None,
) -> BillFees:
    return BillFees(
        bill=NAME,
        account=Id("1001"),
        first_month=MonthText("2026-03"),
        months=months,
        billed_at=Instant(at("04-01 00:00")),
        product_fee=Fen.parse(product),
        call_fee=amount(call),
        voucher_offset=offset(service_voucher, call_voucher),
    )


def billed(
    product: str = "1000", call: str = "400", *, months: int = 1, service_voucher: str = "0", call_voucher: str = "0"
) -> FeesBilled:
    return FeesBilled(
        bill="B-1",
        account="1001",
        first_month="2026-03",
        months=months,
        billed_at=at("04-01 00:00"),
        product_fee_fen=fen(product),
        call_fee_fen=fen(call),
        service_voucher_fen=fen(service_voucher),
        call_voucher_fen=fen(call_voucher),
    )


def record(known: Bill | None, command: BillFees, single_fee: bool = False) -> tuple[Event, ...]:
    """A bill's first event depends on no earlier one."""
    assert known is None
    return (bill.billed(command, single_fee),)


def correction(
    product: str | None = None,
    call: str | None = None,
    *,
    service: str | None = None,
    call_voucher: str | None = None,
    named: str | None = None,
) -> CorrectFees:
    """`service` and `call_voucher` are the vouchers of each part, `named` the redemptions that they show."""
    return CorrectFees(
        bill=NAME,
        product_fee=amount(product),
        call_fee=amount(call),
        voucher_offset=offset(service, call_voucher),
        offset_explained_by=None if named is None else ExplainedBy.parse(named),
        reason=Words("wrong tariff"),
    )


def corrected(**fields: str) -> FeesCorrected:
    return FeesCorrected(bill="B-1", **{f"{name}_fen": fen(yuan) for name, yuan in fields.items()})


def paid(part: Part, yuan: str, redemption: int = 1) -> FeesPaidByVoucher:
    return FeesPaidByVoucher(
        bill="B-1", voucher="V", redemption=redemption, voucher_month="2026-02", part=part, amount_fen=fen(yuan)
    )


def reversed_(redemption: int = 1) -> FeesPaymentReversed:
    return FeesPaymentReversed(bill="B-1", voucher="V", redemption=redemption)


@pytest.mark.parametrize(
    ("months", "outcome"),
    [
        row("minus one", -1, BadMonths),
        row("none", 0, BadMonths),
        row("one", 1, billed(months=1)),
        row("ten years", 120, billed(months=120)),
        row("ten years and a month", 121, BadMonths),
    ],
)
def test_a_bill_is_for_1_to_120_months(months: int, outcome: Any) -> None:
    given(bill.evolve).when(record, asked(months=months)).then(outcome)


def test_a_bill_says_its_call_fee_where_the_fee_has_parts() -> None:
    given(bill.evolve).when(record, asked(call="0")).then(billed(call="0"))
    given(bill.evolve).when(record, asked(call=None)).then(CallFeeMissing)
    given(bill.evolve).when(record, asked(call=None), True).then(billed(call="0"))


def test_a_correction_says_what_it_corrects() -> None:
    known = given(bill.evolve, billed())
    known.when(bill_corrections.correct, correction()).then(NothingToCorrectInBill)
    known.when(bill_corrections.correct, correction(call="0")).then(corrected(call_fee="0"))
    known.when(bill_corrections.correct, correction("1200", "500", service="1", call_voucher="2")).then(
        corrected(product_fee="1200", call_fee="500", service_voucher="1", call_voucher="2")
    )


def test_a_correction_to_what_the_bill_says_is_a_noop() -> None:
    known = given(bill.evolve, billed(), corrected(call_fee="300"))
    known.when(bill_corrections.correct, correction(call="300")).then()
    known.when(bill_corrections.correct, correction("1000", "300", service="0", call_voucher="0")).then()
    known.when(bill_corrections.correct, correction("1000", "400")).then(corrected(product_fee="1000", call_fee="400"))


def test_a_void_bill_stays_void() -> None:
    given(bill.evolve, billed()).when(bill.void, "billed twice").then(VOIDED[0])
    known = given(bill.evolve, billed(), VOIDED)
    known.when(bill.void, "billed twice").then()
    known.when(bill.void, "another").then(BillVoided)
    known.when(bill_corrections.correct, correction("900")).then(BillVoided)
    known.when(bill_corrections.correct, correction("1000")).then(BillVoided)
    known.when(bill_corrections.correct, correction()).then(BillVoided)


def test_a_fee_without_parts_has_no_call_part() -> None:
    given(bill.evolve).when(record, asked(call="0", service_voucher="1"), True).then(
        billed(call="0", service_voucher="1")
    )
    given(bill.evolve).when(record, asked(call="0.01"), True).then(NoCallPart)
    given(bill.evolve).when(record, asked(call="0.01"), False).then(billed(call="0.01"))
    known = given(bill.evolve, billed(call="0"))
    known.when(bill_corrections.correct, correction(call="0.01"), True).then(NoCallPart)
    known.when(bill_corrections.correct, correction(call="0.01"), False).then(corrected(call_fee="0.01"))
    known.when(bill_corrections.correct, correction("1200"), True).then(corrected(product_fee="1200"))


def test_the_call_fee_is_a_part_of_the_product_fee() -> None:
    given(bill.evolve).when(record, asked("1000", "1000")).then(billed("1000", "1000"))
    given(bill.evolve).when(record, asked("1000", "1000.01")).then(CallAboveProduct)
    known = given(bill.evolve, billed())
    known.when(bill_corrections.correct, correction(call="1000")).then(corrected(call_fee="1000"))
    known.when(bill_corrections.correct, correction(call="1000.01")).then(CallAboveProduct)
    known.when(bill_corrections.correct, correction("400")).then(corrected(product_fee="400"))
    known.when(bill_corrections.correct, correction("399.99")).then(CallAboveProduct)


def test_a_voucher_for_calls_is_a_call_part_too() -> None:
    """Where the fee has no parts, the call part is zero and vouchers of it are above it."""
    given(bill.evolve).when(record, asked(call=None, call_voucher="0.01"), True).then(VouchersAboveFee)
    given(bill.evolve).when(record, asked(call="1", call_voucher="0.01"), True).then(NoCallPart)


@pytest.mark.parametrize(
    ("service", "call", "outcome"),
    [
        row("of all of the service", "600", "0", billed(service_voucher="600")),
        row("of a fen more", "600.01", "0", VouchersAboveFee),
        row("of all calls", "0", "400", billed(call_voucher="400")),
        row("of a fen more than the calls", "0", "400.01", VouchersAboveFee),
        row("of everything", "600", "400", billed(service_voucher="600", call_voucher="400")),
    ],
)
def test_vouchers_from_outside_pay_up_to_the_fee_of_their_part(service: str, call: str, outcome: Any) -> None:
    given(bill.evolve).when(record, asked(service_voucher=service, call_voucher=call)).then(outcome)


def test_a_correction_leaves_what_vouchers_from_outside_paid() -> None:
    known = given(bill.evolve, billed(service_voucher="600", call_voucher="400"))
    known.when(bill_corrections.correct, correction(call="400.01")).then(VouchersAboveFee)
    known.when(bill_corrections.correct, correction(call="399.99")).then(VouchersAboveFee)
    known.when(bill_corrections.correct, correction("999.99")).then(VouchersAboveFee)
    known.when(bill_corrections.correct, correction(service="600.01")).then(VouchersAboveFee)
    known.when(bill_corrections.correct, correction(call_voucher="400.01")).then(VouchersAboveFee)
    known.when(bill_corrections.correct, correction(call_voucher="399.99")).then(corrected(call_voucher="399.99"))


@pytest.mark.parametrize(
    ("asked_for", "outcome"),
    [
        row("calls down to what was paid", correction(call="40"), corrected(call_fee="40")),
        row("calls a fen below it", correction(call="39.99"), BelowRedeemed),
        row("service down to what was paid", correction("410"), corrected(product_fee="410")),
        row("service a fen below it", correction("409.99"), BelowRedeemed),
        row(
            "vouchers outside up to the rest",
            correction(call_voucher="360", named="none"),
            corrected(call_voucher="360"),
        ),
        row("vouchers outside a fen more", correction(call_voucher="360.01", named="none"), BelowRedeemed),
        row(
            "vouchers of the service up to the rest",
            correction(service="590", named="none"),
            corrected(service_voucher="590"),
        ),
        row("vouchers of the service a fen more", correction(service="590.01", named="none"), BelowRedeemed),
    ],
)
def test_a_correction_leaves_what_redemptions_paid(asked_for: CorrectFees, outcome: Any) -> None:
    known = given(bill.evolve, billed(), paid("call", "40"), paid("service", "10", 2))
    known.when(bill_corrections.correct, asked_for).then(outcome)


def test_a_refusal_names_a_redemption_that_stands_on_the_part() -> None:
    known = given(
        bill.evolve, billed(), paid("call", "40"), reversed_(1), paid("service", "10", 2), paid("call", "5", 3)
    )
    with pytest.raises(BelowRedeemed) as refused:
        bill_corrections.correct(known.state, correction(call="4.99"))
    assert (refused.value.part, refused.value.redemption, refused.value.redeemed) == ("call", 3, 500)


def test_a_reversed_redemption_pays_nothing() -> None:
    known = given(bill.evolve, billed(), paid("call", "40"), paid("call", "5", 2), reversed_(1))
    known.when(bill_corrections.correct, correction(call="5")).then(corrected(call_fee="5"))
    known.when(bill_corrections.correct, correction(call="4.99")).then(BelowRedeemed)


def test_a_bill_is_voided_once_no_redemption_stands() -> None:
    known = given(bill.evolve, billed(), paid("call", "40"), paid("service", "10", 2), reversed_(1))
    known.when(bill.void, "billed twice").then(RedemptionsStand)
    with pytest.raises(RedemptionsStand) as refused:
        bill.void(known.state, "billed twice")
    assert refused.value.redemption == 2
    given(bill.evolve, billed(), paid("call", "40"), reversed_(1)).when(bill.void, "billed twice").then(VOIDED[0])
