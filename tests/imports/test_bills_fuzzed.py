"""Whatever stands in a file of bills, it is read or refused with its place: no other exception leaves a reader."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest
from bill_files import Line, aliyun_csv, bss_json, focus_csv, gaap_json
from bill_readings import files

from domain.refusals import Unreadable
from ledger.imports.bills.aliyun_bill import AliyunBillOptions, read_aliyun_bill
from ledger.imports.bills.bss import BssOptions, read_bss
from ledger.imports.bills.focus import FocusOptions, read_focus
from ledger.imports.bills.reconcile import reconcile_bills
from ledger.imports.bills.statements import BillReading
from ledger.refusals import ManyFaults

LINES = (Line(voucher="5"), Line(is_call=True, fee="300"))
CALLS = frozenset({"通话费"})
OTHERS: tuple[Any, ...] = (None, True, False, 0, -1, 1.5, "", "x", [], ["2026-03"], {}, {"a": ["b"]}, [[{}]], "2026-03")
"""What stands in a value's place: every type of JSON, empty and not."""
CELLS = ("", " ", "NULL", "null", "\\N", "x", "-1", "1e9", "1e99", "2026-03", "2026-02-30", "0" * 40, "\0", "，", '"')


def paths(value: Any) -> Iterator[tuple[Any, ...]]:
    """Where the values of a document stand, the document itself first."""
    yield ()
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in pairs:
        for path in paths(inner):
            yield (key, *path)


def swapped(value: Any, path: tuple[Any, ...], other: Any) -> Any:
    """The document with another value at a path."""
    if not path:
        return other
    key, *rest = path
    made = dict(value) if isinstance(value, dict) else list(value)
    made[key] = swapped(value[key], tuple(rest), other)
    return made


def without(value: Any, path: tuple[Any, ...]) -> Any:
    """The document without what stands at a path."""
    key, *rest = path
    made = dict(value) if isinstance(value, dict) else list(value)
    if rest:
        made[key] = without(value[key], tuple(rest))
    else:
        del made[key]
    return made


def answered(document: Any) -> BillReading | None:
    """The reading of a document, or None where it is refused with a place."""
    data = json.dumps(document, ensure_ascii=False).encode()
    asked = BssOptions(call_items=CALLS, no_calls=True, currency="CNY")
    return held_to_its_place(lambda: read_bss(files(data, name="b.json"), asked=asked))


def held_to_its_place(read: Any) -> BillReading | None:
    try:
        reading: BillReading = read()
    except ManyFaults as faults:
        found: tuple[Any, ...] = faults.refusals
    except Unreadable as refusal:
        found = (refusal,)
    else:
        reconcile_bills(reading, {})
        return reading
    for refusal in found:
        assert isinstance(refusal, Unreadable)
        assert refusal.values["place"].startswith(("b.json", "b.csv"))
        assert refusal.message
    return None


PAGED = json.loads(bss_json(*LINES, NextToken="", MaxResults=20, TotalCount=2, PageNum=1, PageSize=20))
WHOLE = PAGED[0]["Data"]["Items"]["Item"][0]
WHOLE |= {"OutstandingAmount": 0, "BillingDate": "", "ProductName": "a", "ProductDetail": "b", "OrderId": "1"}
DOCUMENTS = {
    "pages": PAGED,
    "one answer": PAGED[0],
    "wrapped": {"headers": {}, "statusCode": 200, "body": PAGED[0]},
    "spread": json.loads(gaap_json(*LINES)),
}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_the_types_of_json_at_every_path(name: str) -> None:
    document = DOCUMENTS[name]
    assert answered(document) is not None
    refused = 0
    for path in paths(document):
        for other in OTHERS:
            refused += answered(swapped(document, path, other)) is None
        if path:
            refused += answered(without(document, path)) is None
    assert refused > 100


TABLES: dict[str, tuple[bytes, Any]] = {
    "aliyun-bill": (
        aliyun_csv(*LINES, 账单开始时间="2026-03-01", 账单结束时间="2026-06-01", 计费方式="包年包月", 欠费金额="1"),
        lambda data: read_aliyun_bill(
            files(data, name="b.csv"), asked=AliyunBillOptions(call_items=CALLS, no_calls=True)
        ),
    ),
    "focus": (
        focus_csv(*LINES),
        lambda data: read_focus(
            files(data, name="b.csv"),
            asked=FocusOptions(
                account_column="SubAccountId",
                call_services=frozenset({"Calls"}),
                voucher_column="x_Vouchers",
                no_calls=True,
                currency="CNY",
            ),
        ),
    ),
}


@pytest.mark.parametrize("name", TABLES)
def test_other_words_in_every_cell(name: str) -> None:
    data, read = TABLES[name]
    table = list(csv.reader(io.StringIO(data.decode())))
    assert held_to_its_place(partial(read, data)) is not None
    refused = 0
    for row in range(len(table)):
        for column in range(len(table[0])):
            for cell in CELLS:
                other = [list(each) for each in table]
                other[row][column] = cell
                text = io.StringIO()
                csv.writer(text).writerows(other)
                refused += held_to_its_place(partial(read, text.getvalue().encode())) is None
    assert refused > 100


@pytest.mark.parametrize("name", TABLES)
def test_every_beginning_of_a_file(name: str) -> None:
    data, read = TABLES[name]
    for length in range(len(data)):
        held_to_its_place(partial(read, data[:length]))


def test_an_answer_nested_beyond_what_can_be_walked() -> None:
    deep: Any = []
    for _ in range(900):
        deep = [deep]
    for path in (("Data",), ("Data", "Items"), ("Data", "Items", "Item", 0, "Tag")):
        document = json.loads(json.dumps(PAGED[0]))
        document["Data"]["Items"]["Item"][0]["Tag"] = ""
        answered(swapped(document, path, deep))
        lower = {"success": True, "data": swapped(document, path, deep)["Data"]}
        answered(lower)
