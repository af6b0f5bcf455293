"""The provider's bill becomes statements, one a bill, to the fen, or is refused with its line."""

import csv
import io
from pathlib import Path

import pytest
from bill_readings import commands, files

from ledger.imports.bills.aliyun_bill import COLUMNS, AliyunBillOptions, read_aliyun_bill
from ledger.imports.bills.statements import BillReading
from ledger.refusals import ManyFaults, Misread

SAMPLE = Path(__file__).parents[3] / "shared" / "samples" / "aliyun-bill-header.csv"
CALL = "通话费"
Row = dict[str, str]
USUAL: Row = {
    "账期": "2026-03",
    "账号ID": "1001",
    "产品Code": "ccc",
    "产品": "云呼叫中心",
    "产品明细": "云呼叫中心-按量",
    "计费方式": "后付费",
    "计费项": "坐席费",
    "应付金额": "10.00",
}


def row(**cells: str) -> Row:
    return USUAL | cells


def call(**cells: str) -> Row:
    return row(计费项=CALL, **cells)


def written(*rows: Row, columns: tuple[str, ...] = COLUMNS, end: str = "\r\n") -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator=end)
    writer.writerow(columns)
    writer.writerows([cells.get(column, "") for column in columns] for cells in rows)
    return out.getvalue()


def read(
    *data: str | bytes, calls: tuple[str, ...] = (), products: tuple[str, ...] = (), no_calls: bool = False
) -> BillReading:
    given = [each.encode() if isinstance(each, str) else each for each in data]
    asked = AliyunBillOptions(call_items=frozenset(calls), products=frozenset(products), no_calls=no_calls)
    return read_aliyun_bill(files(*given, name="b.csv"), asked=asked)


def refused(data: str | bytes, *calls: str, products: tuple[str, ...] = ()) -> Misread:
    with pytest.raises((Misread, ManyFaults)) as caught:
        read(data, calls=calls, products=products)
    first = caught.value.refusals[0] if isinstance(caught.value, ManyFaults) else caught.value
    assert isinstance(first, Misread)
    return first


def fields(*rows: Row) -> dict[str, object]:
    """The one bill that the rows make."""
    calls = (CALL,) if any(one["计费项"] == CALL for one in rows) else ()
    (command,) = commands(read(written(*rows), calls=calls))
    return command.fields


def test_a_bill_has_the_fields_of_a_batch_line_and_its_place() -> None:
    (command,) = commands(read(written(row(代金券抵扣="2.5"), call(应付金额="4.25", 代金券抵扣="1")), calls=(CALL,)))
    assert command.place == "b.csv:2"
    assert command.fields == {
        "command": "fees bill",
        "bill": "aliyun:1001:2026-03",
        "account": "1001",
        "first_month": "2026-03",
        "billed_at": "2026-04-01T00:00:00+08:00",
        "product_fee": "14.25",
        "call_fee": "4.25",
        "voucher_offset": {"service": "2.50", "call": "1.00"},
    }


def test_the_columns_are_those_of_the_provider() -> None:
    if not SAMPLE.exists():
        pytest.skip("skipped: ../shared/samples is not here")
    assert SAMPLE.read_text(encoding="utf-8").strip().split(",") == list(COLUMNS)
    reading = read(SAMPLE.read_bytes())
    assert (reading.statements, reading.notes) == ((), ("the file has no rows under its header",))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_any_encoding_and_line_end_gives_the_same(encoding: str, end: str) -> None:
    rows = [row(), call()]
    assert read(written(*rows, end=end).encode(encoding), calls=(CALL,)) == read(written(*rows), calls=(CALL,))


def test_the_order_of_columns_and_further_ones_do_not_matter() -> None:
    columns = (*reversed(COLUMNS), "币种")
    assert read(written(row(币种="CNY"), columns=columns)) == read(written(row()))


def test_blanks_and_tabs_around_cells_are_nothing() -> None:
    assert fields(row(账号ID="1001\t", 应付金额=" 10.00 ")) == fields(row())


def test_one_bill_per_account_and_month_in_order_of_appearance_all_orders_summed() -> None:
    rows = [
        row(**{"订单号/账单号": "B"}),
        row(账号ID="1002"),
        row(**{"订单号/账单号": "C"}),
        row(账期="2026-02"),
    ]
    reading = read(written(*rows))
    assert reading.statements[0].orders == ("B", "C")
    assert [(one.place, one.fields["bill"], one.fields["product_fee"]) for one in commands(reading)] == [
        ("b.csv:2", "aliyun:1001:2026-03", "20.00"),
        ("b.csv:3", "aliyun:1002:2026-03", "10.00"),
        ("b.csv:5", "aliyun:1001:2026-02", "10.00"),
    ]


@pytest.mark.parametrize("month", ["2026-03", "202603", "2026/03"])
def test_a_month_is_written_in_three_ways(month: str) -> None:
    assert fields(row(账期=month)) == fields(row())


@pytest.mark.parametrize(
    ("amounts", "total"),
    [
        (["10"], "10.00"),
        ([""], "0.00"),
        (["0.0049999999"], "0.00"),
        (["0.005"], "0.01"),
        (["0.0000000001"] * 3, "0.00"),
        (["0.004", "0.001"], "0.01"),
        (["0.1", "0.2"], "0.30"),
        (["5.00", "-1.25"], "3.75"),
        (["+1", "-1"], "0.00"),
        (["999999999999.98", "0.01"], "999999999999.99"),
    ],
)
def test_amounts_are_summed_exactly_and_then_rounded_half_up(amounts: list[str], total: str) -> None:
    assert fields(*(row(应付金额=amount) for amount in amounts))["product_fee"] == total


def test_the_product_fee_is_the_sum_of_the_two_rounded_parts() -> None:
    bill = fields(row(应付金额="0.005"), call(应付金额="0.005"))
    assert (bill["product_fee"], bill["call_fee"]) == ("0.02", "0.01")


def test_coupons_and_stored_value_cards_are_no_vouchers() -> None:
    assert "voucher_offset" not in fields(row(优惠券抵扣="3", 储值卡支付金额="4", 现金支付="3"))


PREPAID: dict[str, tuple[str, str, str, int]] = {
    "three months, given by instants": ("2026-03-01 00:00:00", "2026-06-01 00:00:00", "2026-03", 3),
    "three months, given by the last second": ("2026-03-01 00:00:00", "2026-05-31 23:59:59", "2026-03", 3),
    "three months, given by days": ("2026-03-01", "2026-05-31", "2026-03", 3),
    "bought by day, to the same hour": ("2026-03-05 10:00:00", "2026-06-05 10:00:00", "2026-03", 3),
    "bought by day, to midnight before": ("2026-03-05 10:00:00", "2026-06-05 00:00:00", "2026-03", 3),
    "bought by day, to midnight after": ("2026-03-05 10:00:00", "2026-06-06 00:00:00", "2026-03", 3),
    "from midnight, to midnight after": ("2026/03/05 00:00:00", "2026/06/06 00:00:00", "2026-03", 3),
    "a second more is a month more": ("2026-03-05 10:00:00", "2026-06-06 00:00:01", "2026-03", 4),
    "one month": ("2026-03-05 10:00:00", "2026-04-06 00:00:00", "2026-03", 1),
    "from the end of January": ("2026-01-31 10:00:00", "2026-03-01 00:00:00", "2026-01", 1),
    "into a leap year's February": ("2028-01-30 10:00:00", "2028-03-01 00:00:00", "2028-01", 1),
    "a year, across its end": ("2026-11-20 09:30:00", "2027-11-21 00:00:00", "2026-11", 12),
    "ten years": ("2026-03-01 00:00:00", "2036-03-01 00:00:00", "2026-03", 120),
}


@pytest.mark.parametrize("case", PREPAID)
def test_the_months_bought(case: str) -> None:
    start, end, first, months = PREPAID[case]
    bill = fields(row(计费方式="包年包月", 账单开始时间=start, 账单结束时间=end))
    assert (bill["first_month"], bill.get("months", 1)) == (first, months)
    assert ("months" in bill) == (months != 1)
    assert bill["billed_at"] == "2026-04-01T00:00:00+08:00"


@pytest.mark.parametrize(
    ("column", "word", "months"),
    [
        ("计费方式", "包年包月", 3),
        ("消费类型", "云呼叫中心(预付费)", 3),
        ("账单类型", "SubscriptionOrder", 3),
        ("计费方式", "后付费", 1),
        ("账单类型", "PayAsYouGoBill", 1),
    ],
)
def test_what_is_prepaid(column: str, word: str, months: int) -> None:
    bill = fields(row(账单开始时间="2026-03-01", 账单结束时间="2026-05-31") | {column: word})
    assert bill.get("months", 1) == months


def test_prepaid_without_its_bounds_is_one_month_and_said() -> None:
    reading = read(written(row(计费方式="包年包月", 账单开始时间="2026-03-01")))
    assert reading.statements[0].key.months == 1
    assert reading.notes == ("1001@2026-03: prepaid, but without its start and end: taken as one month",)


@pytest.mark.parametrize(
    ("rows", "billed_at"),
    [
        (
            [row(消费时间="2026-03-31 23:59:59", 账单结束时间="2026-04-02"), row(消费时间="2026-03-05")],
            "2026-03-31T23:59:59+08:00",
        ),
        (
            [row(账单结束时间="2026/3/9 8:30"), row(账单结束时间="2026-03-31 12:00:00"), row()],
            "2026-03-31T12:00:00+08:00",
        ),
        ([row()], "2026-04-01T00:00:00+08:00"),
        ([row(账期="2026-12")], "2027-01-01T00:00:00+08:00"),
    ],
)
def test_the_date_of_a_bill(rows: list[Row], billed_at: str) -> None:
    assert fields(*rows)["billed_at"] == billed_at


OTHER = {"产品Code": "ecs", "产品": "云服务器", "产品明细": "云服务器-按量"}


@pytest.mark.parametrize("product", ["ccc", "云呼叫中心", "云呼叫中心-按量"])
def test_rows_of_other_products_are_left_out_and_counted(product: str) -> None:
    reading = read(written(row(**OTHER), row(), row(**OTHER)), products=(product,))
    assert [one.place for one in reading.statements] == ["b.csv:3"]
    assert [(each.key, each.why) for each in reading.left_out] == [("云服务器", "2 rows of another product")]
    assert reading.notes == ("rows of other products were left out: 2",)


def test_blank_lines_at_the_end_are_nothing() -> None:
    assert read(written(row()) + "\r\n \r\n\r\n") == read(written(row()))


LONG = "2026-03-01"
TWO_LINES = row(实例昵称="line\nbreak")
REFUSALS: dict[str, tuple[str | bytes, str, str]] = {
    "empty": ("", "missing_column", "b.csv:1"),
    "a column missing": (written(columns=COLUMNS[1:]), "missing_column", "b.csv:1"),
    "a column twice": (written(columns=(*COLUMNS, "账期")), "duplicate_column", "b.csv:1"),
    "neither UTF-8 nor GB18030": (b"\xff\xff", "bad_encoding", "b.csv"),
    "a cell too few": (written(row()).rstrip("\r\n,"), "bad_row", "b.csv:2"),
    "a cell too many, after a quoted newline": (
        written(TWO_LINES) + written(row())[-50:],
        "bad_row",
        "b.csv:4",
    ),
    "a blank line between": (written(row()) + "\n" + written(row()), "blank_line", "b.csv:3"),
    "a quote not closed": (written(row()) + '"2026', "bad_csv", "b.csv:3"),
    "no month": (written(row(账期="")), "missing_cell", "b.csv:2"),
    "no such month": (written(row(), row(账期="2026-13")), "bad_month", "b.csv:3"),
    "a month in words": (written(row(账期="26年3月")), "bad_month", "b.csv:2"),
    "no account": (written(row(账号ID=" ")), "missing_cell", "b.csv:2"),
    "an account that is no id": (written(row(账号ID="公司")), "bad_id", "b.csv:2"),
    "thousands separators": (written(row(应付金额="1,234.00")), "bad_amount", "b.csv:2"),
    "eleven decimals": (written(row(应付金额="0.00000000001")), "bad_amount", "b.csv:2"),
    "an exponent": (written(row(应付金额="1E3")), "bad_amount", "b.csv:2"),
    "another script's digits": (written(row(应付金额="１２")), "bad_amount", "b.csv:2"),
    "a voucher that is no amount": (written(row(代金券抵扣="-")), "bad_amount", "b.csv:2"),
    "dollars": (written(row(币种="USD"), columns=(*COLUMNS, "币种")), "not_yuan", "b.csv:2"),
    "a refund by itself": (written(row(账期="2026-02"), row(应付金额="-0.001")), "negative_total", "b.csv:3"),
    "vouchers given back": (written(row(代金券抵扣="-1")), "negative_total", "b.csv:2"),
    "vouchers above the fee": (written(row(代金券抵扣="10.01")), "vouchers_exceed_fee", "b.csv:2"),
    "no such day": (written(row(消费时间="2026-02-30")), "bad_time", "b.csv:2"),
    "a time of another form": (written(row(消费时间="31.03.2026")), "bad_time", "b.csv:2"),
    "prepaid backwards": (
        written(row(计费方式="预付费", 账单开始时间=LONG, 账单结束时间="2026-02-01")),
        "ends_before_start",
        "b.csv:2",
    ),
    "prepaid for ever": (
        written(row(计费方式="预付费", 账单开始时间=LONG, 账单结束时间="2036-03-03")),
        "too_many_months",
        "b.csv:2",
    ),
    "several products": (written(row(), row(**OTHER)), "several_products", "b.csv"),
    "one product by two codes": (written(row(), row(产品Code="ccc2")), "several_products", "b.csv"),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_what_cannot_be_read_is_refused_with_its_line(case: str) -> None:
    data, code, place = REFUSALS[case]
    error = refused(data)
    assert (error.code, error.place) == (code, place)
    assert error.finding


def test_a_missing_column_is_named() -> None:
    assert "账期" in refused(written(columns=COLUMNS[1:])).finding


def test_a_call_item_that_no_row_bears_is_refused() -> None:
    assert refused(written(row()), CALL).code == "unknown_call_item"
    left_out = written(row(), call(**OTHER))
    assert refused(left_out, CALL, products=("ccc",)).code == "unknown_call_item"


def test_a_product_that_no_row_bears_is_refused() -> None:
    assert refused(written(row()), products=("ccc", "ecs")).code == "unknown_product"


def test_vouchers_are_held_against_their_own_part() -> None:
    rows = written(row(应付金额="100"), call(应付金额="1", 代金券抵扣="2"))
    assert refused(rows, CALL).finding == "vouchers of 2.00 paid on a call fee of 1.00"


def test_months_bought_and_a_month_of_use_are_two_bills() -> None:
    rows = [row(), row(计费方式="预付费", 账单开始时间=LONG, 账单结束时间="2026-05-31", 应付金额="30")]
    told = [(bill["bill"], bill["first_month"], bill.get("months", 1)) for _, bill in commands(read(written(*rows)))]
    assert told == [("aliyun:1001:2026-03", "2026-03", 1), ("aliyun:1001:2026-03:3m", "2026-03", 3)]


def test_a_refund_under_an_order_of_its_own_is_netted_and_said() -> None:
    rows = [row(**{"订单号/账单号": "1"}), row(应付金额="-2.50", **{"订单号/账单号": "R77"})]
    reading = read(written(*rows))
    assert reading.statements[0].amounts.product_fen == 750
    assert reading.notes == ("1001@2026-03: a refund of 2.50 under order R77 is netted",)


def test_what_is_unpaid_is_said_and_counts() -> None:
    reading = read(written(row(欠费金额="4.5"), row(欠费金额="0.25")))
    assert (reading.statements[0].unpaid_fen, reading.statements[0].amounts.product_fen) == (475, 2000)
    assert reading.notes == ("1001@2026-03: 4.75 is unpaid; what was billed counts (R25)",)


def test_a_month_without_calls_is_taken_where_that_is_said() -> None:
    assert refused(written(row()), CALL).code == "unknown_call_item"
    reading = read(written(row()), calls=(CALL,), no_calls=True)
    assert (reading.statements[0].amounts.call_fen, reading.notes) == (0, ())
    without = written(row(), row(账号ID="1002"), call(账号ID="1002"))
    assert read(without, calls=(CALL,)).notes == ("1 bill without calls: 1001@2026-03",)


def test_two_files_are_one_bill_and_a_row_of_both_is_refused() -> None:
    both = read(written(row(应付金额="1")), written(row(应付金额="2")))
    assert both.statements[0].amounts.product_fen == 300
    with pytest.raises(Misread) as caught:
        read(written(row()), written(row(应付金额="2"), row()))
    assert (caught.value.code, caught.value.place) == ("repeated_row", "b2.csv:3")


def test_a_bill_in_two_currencies_is_refused_with_both() -> None:
    data = written(row(币种="CNY"), row(币种="USD"), columns=(*COLUMNS, "币种"))
    error = refused(data)
    assert (error.code, error.place) == ("two_currencies", "b.csv:3")
    assert "'CNY', 'USD'" in error.finding


def test_every_fault_is_told_at_once() -> None:
    wrong = written(row(应付金额="x"), row(), row(账期="2026-13"), row(账号ID="公司"))
    with pytest.raises(ManyFaults) as caught:
        read(wrong + "1,2\n")
    found = [(refusal.code, refusal.values["place"]) for refusal in caught.value.refusals]
    assert found == [
        ("bad_row", "b.csv:6"),
        ("bad_amount", "b.csv:2"),
        ("bad_month", "b.csv:4"),
        ("bad_id", "b.csv:5"),
    ]


def test_no_more_than_fifty_faults_are_told() -> None:
    with pytest.raises(ManyFaults) as caught:
        read(written(*[row(应付金额="x")] * 60))
    assert len(caught.value.refusals) == 50
