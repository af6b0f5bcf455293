"""The same months told by the CSV, the billing interface and FOCUS in any order, and again, are one bill each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

from bill_files import Line, aliyun_csv, bss_json, focus_csv
from bill_readings import files
from conftest import SOAK
from hypothesis import given, settings
from hypothesis import strategies as st

from domain import bill as rules
from domain import bill_corrections
from domain.case import Fact, SourceMark
from domain.commands import BillFees, Command, CorrectFees, VoidFees
from domain.events import Event
from domain.money import Fen
from domain.values import Id, Words
from ledger.imports.bills.aliyun_bill import AliyunBillOptions, read_aliyun_bill
from ledger.imports.bills.bss import BssOptions, read_bss
from ledger.imports.bills.focus import FocusOptions, read_focus
from ledger.imports.bills.held import HeldBill, held_bill
from ledger.imports.bills.reconcile import EVERY, AskedOfBills, reconcile_bills
from ledger.imports.bills.statements import BillKey, BillReading

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
            self.record(step.command, step.source)
        return len(outcome.steps)

    def record(self, command: Command, mark: SourceMark | None = None) -> None:
        """Do what a command says, for a source or as a person."""
        assert isinstance(command, BillFees | CorrectFees | VoidFees)
        own = self.facts.setdefault(str(command.bill), [])
        if isinstance(command, BillFees):
            assert not own, "an id was taken before"
            events: tuple[Event, ...] = (rules.billed(command),)
        elif isinstance(command, CorrectFees):
            events = bill_corrections.correct(held_bill(own).bill, command)
        else:
            events = rules.void(held_bill(own).bill, str(command.reason))
        own += [Fact("s", 1, 1, 1, "clerk", "why", None, "fees", event, mark) for event in events]

    def sums(self) -> dict[BillKey, tuple[int, int]]:
        bills = [bill for own in self.held().values() for bill in own if bill.stands]
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


POLLS = st.lists(LINES, min_size=1, max_size=4)
"""What the source says of the same months, one time after another: it may change its mind."""
SOURCES = AskedOfBills(take_source=frozenset({EVERY}))
HISTORIES = settings(max_examples=2000 if SOAK else 100)


@HISTORIES
@given(POLLS, st.data())
def test_however_often_the_source_is_asked_its_newest_word_counts(polls: list[list[Line]], data: st.DataObject) -> None:
    """Polls may be left out, repeated and taken from different files; months of which the last says nothing stay."""
    holder, expected = Holder(), dict[BillKey, tuple[int, int]]()
    for number, lines in enumerate(polls):
        is_last = number == len(polls) - 1
        times = data.draw(st.integers(1 if is_last else 0, 2))
        for reader in data.draw(st.lists(st.sampled_from(READERS), min_size=times, max_size=times)):
            holder.take(reader(lines), SOURCES)
            expected |= exact(lines)
    assert holder.sums() == expected
    before = {id_: len(own) for id_, own in holder.facts.items()}
    assert holder.take(data.draw(st.sampled_from(READERS))(polls[-1])) == 0
    assert {id_: len(own) for id_, own in holder.facts.items()} == before


@HISTORIES
@given(LINES, st.lists(st.sampled_from(READERS), min_size=2, max_size=4), st.booleans())
def test_what_a_person_corrected_or_voided_stays(lines: list[Line], order: list[Reader], voids: bool) -> None:
    holder = Holder()
    holder.take(order[0](lines))
    bill = next(iter(holder.facts))
    amount = held_bill(holder.facts[bill]).amounts.product_fen
    change = CorrectFees(bill=Id(bill), product_fee=Fen(amount + 100), reason=Words("as agreed"))
    holder.record(VoidFees(bill=Id(bill), reason=Words("not ours")) if voids else change)
    corrected = holder.sums()
    for reader in order[1:]:
        reading = reader(lines)
        assert holder.take(reading) == 0
        assert any(reading_key.text in note for reading_key in exact(lines) for note in noted(holder, reading))
    assert holder.sums() == corrected
    assert corrected != exact(lines)


def noted(holder: Holder, reading: BillReading) -> list[str]:
    return reconcile_bills(reading, holder.held()).notes
