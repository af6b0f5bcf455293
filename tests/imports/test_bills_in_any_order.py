"""The same months told by the CSV, the billing interface and FOCUS in any order, and again, are one bill each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

from bill_files import Line, aliyun_csv, bss_json, focus_csv
from bill_readings import files
from hypothesis import given
from hypothesis import strategies as st

from domain import bill as rules
from domain.case import Fact
from domain.commands import BillFees
from ledger.imports.aliyun_bill import AliyunBillOptions, read_aliyun_bill
from ledger.imports.bill_statements import BillKey, BillReading
from ledger.imports.bss import BssOptions, read_bss
from ledger.imports.focus import FocusOptions, read_focus
from ledger.imports.held_bills import HeldBill, held_bill
from ledger.imports.reconcile_bills import EVERY, AskedOfBills, reconcile_bills

CALLS = frozenset({"通话费"})
Reader = Callable[[Sequence[Line]], BillReading]


def by_csv(lines: Sequence[Line]) -> BillReading:
    asked = AliyunBillOptions(call_items=CALLS, no_calls=True)
    return read_aliyun_bill(files(aliyun_csv(*lines), name="b.csv"), asked=asked)


def by_csv_in_two_files(lines: Sequence[Line]) -> BillReading:
    """Alike rows of two files would be one that was exported twice: each file has orders of its own."""
    middle = len(lines) // 2
    data = (
        aliyun_csv(*(line._replace(order=f"1{line.order}") for line in lines[:middle])),
        aliyun_csv(*(line._replace(order=f"2{line.order}") for line in lines[middle:])),
    )
    return read_aliyun_bill(files(*data, name="b.csv"), asked=AliyunBillOptions(call_items=CALLS, no_calls=True))


def by_interface(lines: Sequence[Line]) -> BillReading:
    asked = BssOptions(call_items=CALLS, no_calls=True, currency="CNY")
    return read_bss(files(bss_json(*lines), name="b.json"), asked=asked)


def by_focus(lines: Sequence[Line]) -> BillReading:
    asked = FocusOptions(
        account_column="SubAccountId",
        call_services=frozenset({"Calls"}),
        services=frozenset({"CCC"}) if any(not line.is_call for line in lines) else frozenset(),
        voucher_column="x_Vouchers",
        rounded=True,
        no_calls=True,
        currency="CNY",
    )
    return read_focus(files(focus_csv(*lines), name="f.csv"), asked=asked)


READERS: tuple[Reader, ...] = (by_csv, by_csv_in_two_files, by_interface, by_focus)
CENTS = st.integers(0, 10_000_000).map(lambda fen: f"{fen // 100}.{fen % 100:02d}")
LINES = st.lists(
    st.builds(
        Line,
        account=st.sampled_from(["A", "B"]),
        month=st.sampled_from(["2026-02", "2026-03"]),
        is_call=st.booleans(),
        fee=CENTS | st.decimals(0, 100, places=7).map(lambda amount: f"{amount:f}"),
        voucher=st.just("0"),
        order=st.sampled_from(["", "O1", "O2"]),
    ),
    min_size=1,
    max_size=6,
)


class Holder:
    """A ledger's bills, in memory: what a reconciliation asks for is done as the domain does it."""

    def __init__(self) -> None:
        self.facts: dict[str, list[Fact]] = {}

    def held(self) -> dict[str, list[HeldBill]]:
        found: dict[str, list[HeldBill]] = {}
        for own in self.facts.values():
            bill = held_bill(own)
            found.setdefault(bill.bill.account, []).append(bill)
        return found

    def take(self, reading: BillReading, asked: AskedOfBills | None = None) -> int:
        """Reconcile; gives how many commands there were."""
        outcome = reconcile_bills(reading, self.held(), asked)
        assert outcome.refusals == []
        for step in outcome.steps:
            command = step.command
            assert isinstance(command, BillFees)
            assert str(command.bill) not in self.facts
            fact = Fact("s", 1, 1, 1, "clerk", None, None, "fees.billed", rules.billed(command), step.mark)
            self.facts[str(command.bill)] = [fact]
        return len(outcome.steps)

    def sums(self) -> dict[BillKey, tuple[int, int]]:
        bills = [bill for own in self.held().values() for bill in own]
        assert len({bill.key for bill in bills}) == len(bills), "two bills of one month"
        return {bill.key: (bill.amounts.product_fen, bill.amounts.call_fen) for bill in bills}


def exact(lines: Sequence[Line]) -> dict[BillKey, tuple[int, int]]:
    """What the lines come to: each part rounded half up by itself."""
    parts: dict[tuple[BillKey, bool], Fraction] = {}
    for line in lines:
        key = BillKey(line.account, line.month, 1), line.is_call
        parts[key] = parts.get(key, Fraction(0)) + Fraction(line.fee)
    fen = {
        key: (200 * amount.numerator + amount.denominator) // (2 * amount.denominator) for key, amount in parts.items()
    }
    keys = {key for key, _ in parts}
    return {key: (fen.get((key, False), 0) + fen.get((key, True), 0), fen.get((key, True), 0)) for key in keys}


@given(LINES, st.lists(st.sampled_from(READERS), min_size=1, max_size=5))
def test_in_any_order_and_however_often_there_is_one_bill_a_month(lines: list[Line], order: list[Reader]) -> None:
    holder = Holder()
    counts = [holder.take(reader(lines)) for reader in order]
    assert holder.sums() == exact(lines)
    assert counts == [len(exact(lines)), *[0] * (len(order) - 1)]


@given(LINES, LINES, st.sampled_from(READERS), st.sampled_from(READERS))
def test_two_files_that_differ_are_refused_and_never_added(
    lines: list[Line], others: list[Line], first: Reader, second: Reader
) -> None:
    holder = Holder()
    holder.take(first(lines))
    outcome = reconcile_bills(second(others), holder.held())
    told, held = exact(others), exact(lines)
    differ = {key for key in told.keys() & held.keys() if told[key] != held[key]}
    assert {refusal.values["bill"] for refusal in outcome.refusals} == {key.text for key in differ}
    assert len(outcome.billed) == len(told.keys() - held.keys())
    taken = reconcile_bills(second(others), holder.held(), AskedOfBills(take_source=frozenset({EVERY})))
    assert taken.refusals == []
    assert {change.bill for change in taken.corrected} == {
        bill.id for own in holder.held().values() for bill in own if bill.key in differ
    }
