"""What the ledger's bills lack of what a source states: a table a kind, each row a statement and bills held."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from domain.bill import Payment
from domain.bill import evolve as evolve_bill
from domain.case import Fact, SourceMark
from domain.commands import BillFees, Command, CorrectFees, VoidFees
from domain.events import Event, FeesBilled, FeesCorrected, FeesRestored, FeesVoided
from ledger.imports.bills.held import HeldBill, held_bill
from ledger.imports.bills.reconcile import EVERY, AskedOfBills, BillOutcome, reconcile_bills
from ledger.imports.bills.statements import PURCHASED, SPREAD, Amounts, BillKey, BillReading, BillStatement
from ledger.imports.statements import LeftOut

MARCH = BillKey("A", "2026-03", 1)
BILLED_AT = 1_775_001_600_000_000


def amounts(product: int, call: int = 0, service_voucher: int | None = 0, call_voucher: int | None = 0) -> Amounts:
    return Amounts(
        product_fen=product, call_fen=call, service_voucher_fen=service_voucher, call_voucher_fen=call_voucher
    )


def told(told: Amounts, key: BillKey = MARCH, **more: Any) -> BillStatement:
    return BillStatement(key=key, amounts=told, billed_at=BILLED_AT, place="f:2", **more)


def held(
    id_: str,
    first: Amounts,
    key: BillKey = MARCH,
    *,
    source: str | None = None,
    scope: str = "",
    said_at: int | None = None,
    then: tuple[tuple[Event, str | None], ...] = (),
) -> HeldBill:
    """A bill as `source` recorded it, or a person; `then` are later events, each with who recorded it."""
    event = FeesBilled(
        bill=id_,
        account=key.account,
        first_month=key.first_month,
        months=key.months,
        billed_at=BILLED_AT,
        product_fee_fen=first.product_fen,
        call_fee_fen=first.call_fen,
        service_voucher_fen=first.service_voucher_fen or 0,
        call_voucher_fen=first.call_voucher_fen or 0,
    )
    facts = [fact(event, source, scope, said_at), *(fact(each, by) for each, by in then)]
    return held_bill(facts)


def fact(event: Event, source: str | None, scope: str = "", said_at: int | None = None) -> Fact:
    mark = None if source is None else SourceMark(name=source, scope=scope, said_at=said_at)
    return Fact("A/bill/x", 1, 1, 1, "clerk", "why", None, "fees", event, mark)


def run(
    *statements: BillStatement,
    bills: tuple[HeldBill, ...] = (),
    source: str = "aliyun-bill",
    said_at: int | None = None,
    take: str = "",
    skip: str = "",
    older: bool = False,
) -> BillOutcome:
    stem = "focus" if source == "focus" else "aliyun"
    reading = BillReading(source=source, stem=stem, statements=statements, said_at=said_at)
    asked = AskedOfBills(take_source=frozenset(take.split()), skip=frozenset(skip.split()), older=older)
    return reconcile_bills(reading, {"A": bills}, asked)


def words(command: Command) -> tuple[object, ...]:
    """A command as a row of a table has it."""
    match command:
        case BillFees():
            offset = command.voucher_offset
            vouchers = () if offset is None else (int(offset.service or 0), int(offset.call or 0))
            again = ("again",) if command.again else ()
            return ("bill", str(command.bill), int(command.product_fee), int(command.call_fee or 0), *vouchers, *again)
        case CorrectFees():
            return ("correct", str(command.bill), command.product_fee, command.call_fee, str(command.reason))
        case VoidFees():
            return ("void", str(command.bill), str(command.reason))
    raise AssertionError(command)


def outcome(found: BillOutcome) -> list[tuple[object, ...]]:
    """Commands, or the codes of refusals."""
    return [(refusal.code,) for refusal in found.refusals] or [words(step.command) for step in found.steps]


ORDER_VOIDED = held("aliyun:A:2026-03:O2", amounts(300, 300), then=((FeesVoided(bill="x"), None),))
PAID = Payment(voucher="V", redemption=1, voucher_month="2026-02", part="call", amount_fen=10)
TYPED = held("B3", amounts(1000))
OURS = held("aliyun:A:2026-03", amounts(1300, 300), source="bss")
OLD_ONE = held("aliyun:A:2026-03:O1", amounts(1000))
OLD_TWO = held("aliyun:A:2026-03:O2", amounts(300, 300))
VOIDED = held("aliyun:A:2026-03", amounts(1300, 300), source="bss", then=((FeesVoided(bill="x"), None),))
YEAR = held("aliyun:A:2026-01:12m", amounts(120_000), BillKey("A", "2026-01", 12), source="aliyun-bill")
TYPED_YEAR = held("Y", amounts(120_000), BillKey("A", "2026-01", 12))
SPREAD_MONTH = held("aliyun:A:2026-03", amounts(10_000), source="bss", scope=SPREAD)
NEW = ("bill", "aliyun:A:2026-03", 1300, 300)
TOLD = told(amounts(1300, 300))

ROWS: dict[str, tuple[BillOutcome, list[tuple[object, ...]]]] = {
    "nothing held": (run(TOLD), [NEW]),
    "nothing held, FOCUS": (run(TOLD, source="focus"), [("bill", "focus:A:2026-03", 1300, 300)]),
    "nothing held, with vouchers": (
        run(told(amounts(1300, 300, 50, 20))),
        [("bill", "aliyun:A:2026-03", 1300, 300, 50, 20)],
    ),
    "several months": (
        run(told(amounts(12_000), BillKey("A", "2026-03", 12))),
        [("bill", "aliyun:A:2026-03:12m", 12_000, 0)],
    ),
    "the same again": (run(TOLD, bills=(OURS,)), []),
    "the same by another file": (run(TOLD, bills=(OURS,), source="focus"), []),
    "no word of vouchers": (
        run(
            told(amounts(1300, 300, None, None)),
            bills=(held("aliyun:A:2026-03", amounts(1300, 300, 9, 9), source="bss"),),
        ),
        [],
    ),
    "other vouchers": (run(told(amounts(1300, 300, 9)), bills=(OURS,)), [("bill_differs",)]),
    "another amount": (run(told(amounts(1200, 300)), bills=(OURS,)), [("bill_differs",)]),
    "another amount, the source is right": (
        run(told(amounts(1200, 300)), bills=(OURS,), take=EVERY),
        [("correct", "aliyun:A:2026-03", 1200, None, "as aliyun-bill now says")],
    ),
    "another amount, the source is right about this one": (
        run(told(amounts(1200, 300)), bills=(OURS,), take="A@2026-03"),
        [("correct", "aliyun:A:2026-03", 1200, None, "as aliyun-bill now says")],
    ),
    "another amount, the source is right about another": (
        run(told(amounts(1200, 300)), bills=(OURS,), take="A@2026-04"),
        [("bill_differs",)],
    ),
    "another amount, left out": (run(told(amounts(1200, 300)), bills=(OURS,), skip="aliyun:A:2026-03"), []),
    "bills of orders of an older release": (run(TOLD, bills=(OLD_ONE, OLD_TWO)), []),
    "bills of orders that were rounded each": (run(told(amounts(1301, 300)), bills=(OLD_ONE, OLD_TWO)), []),
    "bills of orders, another amount": (run(told(amounts(1303, 300)), bills=(OLD_ONE, OLD_TWO)), [("bill_differs",)]),
    "bills of orders, corrected": (
        run(told(amounts(1310, 300)), bills=(OLD_ONE, OLD_TWO), take=EVERY),
        [("correct", "aliyun:A:2026-03:O1", 1010, None, "as aliyun-bill now says")],
    ),
    "bills of orders that cannot take the difference": (
        run(told(amounts(200, 0)), bills=(OLD_ONE, OLD_TWO), take=EVERY),
        [
            ("void", "aliyun:A:2026-03:O2", "as aliyun-bill says"),
            ("correct", "aliyun:A:2026-03:O1", 200, None, "as aliyun-bill now says"),
        ],
    ),
    "a typed bill": (run(TOLD, bills=(TYPED,)), [("bill_typed",)]),
    "a typed bill that says the same": (run(told(amounts(1000)), bills=(TYPED,)), []),
    "a typed bill, left out": (run(TOLD, bills=(TYPED,), skip=EVERY), []),
    "a typed bill, the source is right": (
        run(TOLD, bills=(TYPED,), take="B3"),
        [("void", "B3", "as aliyun-bill says"), NEW],
    ),
    "a typed bill that covers the month among others": (run(TOLD, bills=(TYPED_YEAR,)), [("bill_typed",)]),
    "a typed bill that was voided": (
        run(TOLD, bills=(held("B3", amounts(1300, 300), then=((FeesVoided(bill="x"), None),)),)),
        [NEW],
    ),
    "a bill that a person typed beside the source's": (run(TOLD, bills=(OURS, TYPED)), []),
    "a bill that a person voided": (run(TOLD, bills=(VOIDED,)), []),
    "a bill that a person voided, taken for all": (run(TOLD, bills=(VOIDED,), take=EVERY), []),
    "a bill that a person voided, taken by name": (
        run(TOLD, bills=(VOIDED,), take="aliyun:A:2026-03"),
        [("bill", "aliyun:A:2026-03", 1300, 300, "again")],
    ),
    "a bill that a person voided, taken with another amount": (
        run(told(amounts(1200, 300)), bills=(VOIDED,), take="aliyun:A:2026-03"),
        [
            ("bill", "aliyun:A:2026-03", 1300, 300, "again"),
            ("correct", "aliyun:A:2026-03", 1200, None, "as aliyun-bill now says"),
        ],
    ),
    "a bill that was voided and stands again": (
        run(
            TOLD,
            bills=(
                held(
                    "aliyun:A:2026-03",
                    amounts(1300, 300),
                    source="bss",
                    then=((FeesVoided(bill="x"), None), (FeesRestored(bill="x"), None)),
                ),
            ),
        ),
        [],
    ),
    "one of two orders that a person voided": (
        run(
            TOLD, bills=(OLD_ONE, held("aliyun:A:2026-03:O2", amounts(300, 300), then=((FeesVoided(bill="x"), None),)))
        ),
        [],
    ),
    "a year and a month's use": (run(TOLD, bills=(YEAR,)), [NEW]),
    "a year, and its whole price in a month": (
        run(told(amounts(120_000), BillKey("A", "2026-01", 1), has_purchases=True), bills=(YEAR,), source="focus"),
        [("bill_overlaps",)],
    ),
    "a year, and its whole price in a month before": (
        run(
            told(amounts(120_000), BillKey("A", "2026-03", 12)),
            bills=(held("focus:A:2026-03", amounts(120_000), source="focus", scope=PURCHASED),),
        ),
        [("bill_overlaps",)],
    ),
    "a year, and its months' parts before": (
        run(told(amounts(120_000), BillKey("A", "2026-01", 12)), bills=(SPREAD_MONTH,)),
        [("bill_overlaps",)],
    ),
    "a year, and its months' parts before, the source is right": (
        run(told(amounts(120_000), BillKey("A", "2026-01", 12)), bills=(SPREAD_MONTH,), take=EVERY),
        [
            ("void", "aliyun:A:2026-03", "as aliyun-bill says"),
            ("bill", "aliyun:A:2026-01:12m", 120_000, 0),
        ],
    ),
    "a month's part of a year": (run(told(amounts(10_000), is_spread=True), bills=(YEAR,), source="bss"), []),
    "a month's part of a typed year": (
        run(told(amounts(10_000), is_spread=True), bills=(TYPED_YEAR,), source="bss"),
        [],
    ),
    "a month's part and its use": (
        run(told(amounts(11_300, 300), is_spread=True), bills=(YEAR, OURS), source="bss"),
        [],
    ),
    "another part of a year": (
        run(told(amounts(10_002), is_spread=True), bills=(YEAR,), source="bss"),
        [("bill_differs",)],
    ),
    "another part of a year, left out": (
        run(told(amounts(10_002), is_spread=True), bills=(YEAR,), source="bss", skip="A@2026-03"),
        [],
    ),
    "a month's part, and nothing held": (
        run(told(amounts(10_000), is_spread=True), source="bss"),
        [("bill", "aliyun:A:2026-03", 10_000, 0)],
    ),
    "a month's part again": (run(told(amounts(10_000), is_spread=True), bills=(SPREAD_MONTH,), source="bss"), []),
    "an id that an older release gave to other months": (
        run(TOLD, bills=(held("aliyun:A:2026-03", amounts(9), BillKey("A", "2026-04", 1)),)),
        [("bill", "aliyun:A:2026-03.2", 1300, 300)],
    ),
    "an amount beyond what the ledger counts": (run(told(amounts(10**14))), [("bad_amount",)]),
}


@pytest.mark.parametrize("case", ROWS)
def test_what_is_to_be_done(case: str) -> None:
    found, expected = ROWS[case]
    assert outcome(found) == expected


@pytest.mark.parametrize(
    ("held", "recorder"),
    [
        (msgspec.structs.replace(OURS, last="focus"), "as focus said"),
        (msgspec.structs.replace(OURS, last="focus", is_corrected=True), "as a person corrected it"),
    ],
)
def test_a_refusal_names_whose_word_the_ledger_holds(held: HeldBill, recorder: str) -> None:
    (refusal,) = run(told(amounts(1200)), bills=(held,)).refusals
    assert refusal.message.endswith(f"(aliyun:A:2026-03, {recorder})")


def test_each_refusal_has_both_amounts_the_place_and_what_to_say() -> None:
    (refusal,) = run(told(amounts(1200, 300, 5)), bills=(OURS,)).refusals
    assert refusal.message == (
        "f:2: A@2026-03: aliyun-bill says product fee 12.00, call fee 3.00, vouchers 0.05 and 0.00; "
        "the ledger holds product fee 13.00, call fee 3.00 (aliyun:A:2026-03, as bss said)"
    )
    assert "--take-source aliyun:A:2026-03" in (refusal.hint or "")
    assert "--skip A@2026-03" in (refusal.hint or "")
    (refusal,) = run(TOLD, bills=(TYPED,)).refusals
    assert "13.00" in refusal.message
    assert "a person recorded B3 for these months: product fee 10.00" in refusal.message
    assert refusal.status == 1


def test_all_refusals_come_at_once() -> None:
    april = BillKey("A", "2026-04", 1)
    found = run(told(amounts(1)), told(amounts(2), april), bills=(OURS, held("B4", amounts(9), april)))
    assert [refusal.code for refusal in found.refusals] == ["bill_differs", "bill_typed"]


def corrected(*, by: str | None) -> HeldBill:
    change = FeesCorrected(bill="x", product_fee_fen=900)
    return held("aliyun:A:2026-03", amounts(1300, 300), source="bss", then=((change, by),))


def test_a_persons_correction_stays_and_is_noted_while_the_source_says_what_it_said() -> None:
    found = run(TOLD, bills=(corrected(by=None),))
    assert (outcome(found), found.unchanged) == ([], 1)
    assert found.notes == [
        "A@2026-03: aliyun-bill still says product fee 13.00, call fee 3.00; a person corrected aliyun:A:2026-03 to "
        "product fee 9.00, call fee 3.00, which stays"
    ]
    assert outcome(run(told(amounts(1250, 300)), bills=(corrected(by=None),))) == [("bill_differs",)]
    assert outcome(run(TOLD, bills=(corrected(by="bss"),))) == [("bill_differs",)]
    taken = run(TOLD, bills=(corrected(by=None),), take="aliyun:A:2026-03")
    assert outcome(taken) == [("correct", "aliyun:A:2026-03", 1300, None, "as aliyun-bill now says")]


def test_what_a_person_undid_is_noted_with_how_to_do_it_again() -> None:
    found = run(TOLD, bills=(VOIDED,))
    assert found.unchanged == 1
    (note,) = found.notes
    assert "aliyun:A:2026-03 was voided (why) and stays void" in note
    assert "--take-source aliyun:A:2026-03" in note


def test_a_correction_tells_what_was_and_is() -> None:
    found = run(told(amounts(1200, 250, 7)), bills=(OURS,), take=EVERY)
    assert [(each.field, each.was, each.now) for each in found.corrected] == [
        ("product_fee", 1300, 1200),
        ("call_fee", 300, 250),
        ("voucher_offset.service", 0, 7),
    ]
    assert found.changed == [MARCH]


def test_a_file_that_is_older_than_what_was_taken_is_refused_unless_that_is_said() -> None:
    newer = held("aliyun:A:2026-03", amounts(1300, 300), source="bss", said_at=2_000_000)
    old: dict[str, Any] = {"bills": (newer,), "said_at": 1_000_000, "take": EVERY}
    assert outcome(run(told(amounts(1200, 300)), **old)) == [("older_file",)]
    assert outcome(run(TOLD, **old)) == []
    assert [kind for kind, *_ in outcome(run(told(amounts(1200, 300)), **old, older=True))] == ["correct"]
    assert [kind for kind, *_ in outcome(run(told(amounts(1200, 300)), **(old | {"said_at": 3}), older=True))] == [
        "correct"
    ]


def test_a_name_that_no_bill_has_is_noted() -> None:
    found = run(TOLD, skip="B9", take="B8")
    assert outcome(found) == [NEW]
    assert found.notes == [
        "B8: no bill of this file is called so, or concerns it",
        "B9: no bill of this file is called so, or concerns it",
    ]


def test_what_is_left_out_is_listed() -> None:
    found = run(TOLD, bills=(TYPED,), skip="B3")
    assert found.left_out == [LeftOut("A@2026-03", "left out as asked (--skip)")]


def test_a_part_that_is_rounded_otherwise_is_noted() -> None:
    third = held("aliyun:A:2026-03:3m", amounts(1000), BillKey("A", "2026-03", 3), source="aliyun-bill")
    shares = {"2026-03": 334, "2026-04": 333, "2026-05": 333}
    for month, share in shares.items():
        key = BillKey("A", month, 1)
        exact = run(told(amounts(share), key, is_spread=True), bills=(third,), source="bss")
        assert (exact.refusals, exact.notes, exact.unchanged) == ([], [], 1)
        off = run(told(amounts(share + 1), key, is_spread=True), bills=(third,), source="bss")
        assert (off.refusals, len(off.notes), off.unchanged) == ([], 1, 1)
        assert outcome(run(told(amounts(share + 2), key, is_spread=True), bills=(third,), source="bss")) == [
            ("bill_differs",)
        ]
    june = BillKey("A", "2026-06", 1)
    after = run(told(amounts(333), june, is_spread=True), bills=(third,), source="bss")
    assert outcome(after) == [("bill", "aliyun:A:2026-06", 333, 0)]


def test_the_bill_on_which_redemptions_stand_takes_the_difference() -> None:
    paid = msgspec.structs.replace(OLD_TWO.bill, payments=[PAID])
    bills = (OLD_ONE, msgspec.structs.replace(OLD_TWO, bill=paid))
    found = run(told(amounts(200, 200)), bills=bills, take=EVERY)
    assert [kind for kind, *_ in outcome(found)] == ["void", "correct"]
    assert outcome(found)[0][1] == "aliyun:A:2026-03:O1"


def test_every_step_is_marked_with_its_source() -> None:
    (step,) = run(told(amounts(10_000), is_spread=True), source="bss", said_at=7).steps
    assert step.source == SourceMark(name="bss", scope=SPREAD, key="A@2026-03", said_at=7)
    assert step.place == "f:2"


def test_ids_are_the_same_on_every_run_and_long_names_have_a_digest() -> None:
    long = BillKey("a" * 60, "2026-03", 1)
    assert long.id("aliyun") == long.id("aliyun")
    assert len(long.id("aliyun")) <= 64
    assert evolve_bill(None, OURS.told, None).bill == MARCH.id("aliyun")
