"""A FOCUS file becomes statements, exact to the last decimal, or is refused with its line."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pytest
from bill_readings import commands, files
from conftest import CommandLine

from ledger.imports import csv_rows
from ledger.imports.bills.focus import FocusOptions, read_focus
from ledger.imports.bills.statements import BillReading
from ledger.refusals import ManyFaults, Misread

SAMPLE = Path(__file__).parents[3] / "shared" / "samples" / "focus-1.0.csv"
Row = dict[str, str]
USUAL: Row = {
    "SubAccountId": "1001",
    "BillingAccountId": "9",
    "BillingPeriodStart": "2026-03-01T00:00:00+08:00",
    "BillingPeriodEnd": "2026-04-01T00:00:00+08:00",
    "BilledCost": "10.00",
    "EffectiveCost": "0.00",
    "BillingCurrency": "CNY",
    "ChargeCategory": "Usage",
    "ChargeClass": "NULL",
    "ServiceName": "Call center",
    "ResourceId": "r",
}


def row(**cells: str) -> Row:
    return USUAL | cells


def call(**cells: str) -> Row:
    return row(ServiceName="Calls", **cells)


def written(*rows: Row, columns: tuple[str, ...] = tuple(USUAL)) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(columns)
    writer.writerows([cells.get(column, "") for column in columns] for cells in rows)
    return out.getvalue().encode()


def read(data: bytes, **asked: Any) -> BillReading:
    given = {"account_column": "SubAccountId", "currency": "CNY", **asked}
    for name in ("call_services", "services", "take", "leave_out"):
        given[name] = frozenset(given.get(name, ()))
    return read_focus(files(data, name="f.csv"), asked=FocusOptions(**given))


def refused(data: bytes, **asked: Any) -> Misread:
    with pytest.raises((Misread, ManyFaults)) as caught:
        read(data, **asked)
    first = caught.value.refusals[0] if isinstance(caught.value, ManyFaults) else caught.value
    assert isinstance(first, Misread)
    return first


def bills(*rows: Row, **asked: Any) -> list[dict[str, object]]:
    return [command.fields for command in commands(read(written(*rows), **asked))]


def test_a_bill_has_the_fields_of_a_batch_line_and_its_place() -> None:
    rows = written(row(), call(BilledCost="4.25"), row(BilledCost="0.05"))
    (command,) = commands(read(rows, call_services=["Calls"]))
    assert command.place == "f.csv:2"
    assert command.fields == {
        "command": "fees bill",
        "bill": "focus:1001:2026-03",
        "account": "1001",
        "first_month": "2026-03",
        "billed_at": "2026-04-01T00:00:00+08:00",
        "product_fee": "14.30",
        "call_fee": "4.25",
    }


def test_a_bill_per_account_and_month_in_order_of_appearance() -> None:
    april = {"BillingPeriodStart": "2026-04-01T00:00:00+08:00", "BillingPeriodEnd": "2026-05-01T00:00:00+08:00"}
    found = bills(row(SubAccountId="2"), row(**april), row(), row(SubAccountId="2", BilledCost="1"))
    assert [(bill["bill"], bill["product_fee"]) for bill in found] == [
        ("focus:2:2026-03", "11.00"),
        ("focus:1001:2026-04", "10.00"),
        ("focus:1001:2026-03", "10.00"),
    ]


def test_the_account_is_that_of_the_column_asked_for() -> None:
    assert bills(row(), account_column="BillingAccountId")[0]["account"] == "9"


def test_only_accounts_asked_for_are_read_under_the_names_given() -> None:
    rows = written(row(SubAccountId="/subscriptions/a"), row(SubAccountId="x", BillingCurrency="USD"))
    reading = read(rows, accounts={"/subscriptions/a": "1001"})
    assert [statement.account for statement in reading.statements] == ["1001"]
    assert reading.notes == ("1 row left out: other accounts",)
    assert [(each.key, each.why) for each in reading.left_out] == [("other accounts", "1 row")]
    assert refused(rows, accounts={"1002": "1002"}).code == "unknown_account_value"
    assert refused(written(row(SubAccountId="/subscriptions/a"))).code == "bad_id"


def test_vouchers_are_those_of_the_column_that_is_named() -> None:
    rows = [row(x_Vouchers="2.50"), call(x_Vouchers="NULL"), call(x_Vouchers="1", ResourceId="s")]
    data = written(*rows, columns=(*USUAL, "x_Vouchers"))
    (command,) = commands(read(data, call_services=["Calls"], voucher_column="x_Vouchers"))
    assert command.fields["voucher_offset"] == {"service": "2.50", "call": "1.00"}
    (command,) = commands(read(data, call_services=["Calls"]))
    assert "voucher_offset" not in command.fields
    assert refused(written(row()), voucher_column="x_Vouchers").code == "missing_column"


def test_sums_are_exact_and_rounded_only_where_that_is_said() -> None:
    tiny = [row(BilledCost="0.0000008", ResourceId=str(n)) for n in range(12_500)]
    assert bills(*tiny)[0]["product_fee"] == "0.01"  # 12,500 times 0.0000008
    odd = [row(BilledCost="0.1"), row(BilledCost="0.2"), row(BilledCost="1e-3")]
    assert refused(written(*odd)).code == "finer_than_fen"
    assert bills(*odd, rounded=True)[0]["product_fee"] == "0.30"
    assert bills(row(BilledCost="0.005"), rounded=True)[0]["product_fee"] == "0.01"
    assert bills(row(BilledCost="0.0049999999999999999"), rounded=True)[0]["product_fee"] == "0.00"


@pytest.mark.parametrize("kind", ["Purchase", "Tax", "Credit", "Adjustment", "Correction"])
def test_what_is_not_usage_is_for_a_person_to_say(kind: str) -> None:
    of_kind = {"ChargeClass": kind} if kind == "Correction" else {"ChargeCategory": kind}
    rows = [row(), row(BilledCost="-3", **of_kind)]
    error = refused(written(*rows))
    assert (error.code, error.place) == ("undecided_category", "f.csv:3")
    assert error.hint and f"--take {kind}" in error.hint
    assert bills(*rows, take=[kind])[0]["product_fee"] == "7.00"
    reading = read(written(*rows), leave_out=[kind])
    assert commands(reading)[0].fields["product_fee"] == "10.00"
    assert reading.notes == (f"1 row left out: {kind}",)


def test_what_is_undecided_is_so_without_a_service_too() -> None:
    rows = [row(), row(ChargeCategory="Credit", BilledCost="-3", ServiceName="")]
    assert refused(written(*rows)).code == "undecided_category"
    assert refused(written(*rows), take=["Credit"]).code == "missing_cell"
    assert bills(*rows, leave_out=["Credit"])[0]["product_fee"] == "10.00"


def test_of_several_services_it_is_said_which_is_the_service() -> None:
    rows = [row(), row(ServiceName="Storage", BilledCost="99"), call()]
    assert refused(written(*rows), call_services=["Calls"]).code == "several_services"
    (bill,) = bills(*rows, call_services=["Calls"], services=["Call center"])
    assert (bill["product_fee"], bill["call_fee"]) == ("20.00", "10.00")
    assert refused(written(*rows), call_services=["Cals"], services=["Call center"]).code == "unknown_service"


def test_a_row_that_stands_there_twice_is_refused_until_it_is_said_to_be_two() -> None:
    error = refused(written(row(), row()))
    assert (error.code, error.place) == ("repeated_row", "f.csv:3")
    assert bills(row(), row(), repeated_rows=True)[0]["product_fee"] == "20.00"


@pytest.mark.parametrize(
    ("start", "end", "zone", "expected"),
    [
        ("2026-03-01T00:00:00Z", "2026-04-01T00:00:00Z", None, ("2026-03", "2026-04-01T08:00:00+08:00")),
        ("2026-03-01 00:00:00", "2026-04-01 00:00:00", None, "time_without_offset"),
        ("2026-03-01", "2026-04-01", None, "time_without_offset"),
        ("2026-03-01 00:00:00", "2026-04-01 00:00:00", "Asia/Shanghai", ("2026-03", "2026-04-01T00:00:00+08:00")),
        ("2026-02-28T16:00:00Z", "2026-03-31T16:00:00Z", "Asia/Shanghai", ("2026-03", "2026-04-01T00:00:00+08:00")),
        ("2026-02-28T16:00:00Z", "2026-03-31T16:00:00Z", None, "bad_month"),
        ("2026-03-01T00:00:00.000Z", "2026-04-01T00:00:00Z", None, ("2026-03", "2026-04-01T08:00:00+08:00")),
        ("2026-03-01T00:00:00.001Z", "2026-04-01T00:00:00Z", None, "bad_time"),
        ("2026-12-01T00:00:00Z", "2027-01-01T00:00:00Z", None, ("2026-12", "2027-01-01T08:00:00+08:00")),
        ("2026-03-01T00:00:00Z", "2026-05-01T00:00:00Z", None, "bad_month"),
        ("2026-03-02T00:00:00Z", "2026-04-01T00:00:00Z", None, "bad_month"),
        ("2026-13-01T00:00:00Z", "2027-01-01T00:00:00Z", None, "bad_time"),
        ("NULL", "2026-04-01T00:00:00Z", None, "missing_cell"),
    ],
)
def test_months(start: str, end: str, zone: str | None, expected: str | tuple[str, str]) -> None:
    data = written(row(BillingPeriodStart=start, BillingPeriodEnd=end))
    if isinstance(expected, str):
        error = refused(data, zone=zone)
        assert (error.code, error.place) == (expected, "f.csv:2")
    else:
        (command,) = commands(read(data, zone=zone))
        assert (command.fields["first_month"], command.fields["billed_at"]) == expected


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("2026-03-01T00:00Z", "2026-04-01T00:00Z"),
        ("2026-03-01 00:00:00 UTC", "2026-04-01 00:00:00 UTC"),
        ("2026-03-01 00:00:00+00", "2026-04-01 00:00:00+00"),
        ("2026-03-01T00:00:00.0000000Z", "2026-04-01T00:00:00+0000"),
        ("2026-03-01T00:00+08:00", "2026-04-01T00:00+08:00"),
        ("2026-03-01T00:00:00-05:00", "2026-04-01T00:00:00-04:00"),
    ],
)
def test_times_as_real_exports_have_them(start: str, end: str) -> None:
    (bill,) = bills(row(BillingPeriodStart=start, BillingPeriodEnd=end))
    assert bill["first_month"] == "2026-03"


@pytest.mark.parametrize("text", ["2026-03-01T00Z", "2026-03-01T00:00 CST", "2026-03-01T00:00z", "March 2026"])
def test_times_that_could_be_several_are_refused(text: str) -> None:
    assert refused(written(row(BillingPeriodStart=text))).code == "bad_time"


def test_two_offsets_of_a_month_are_one_bill() -> None:
    zulu = {"BillingPeriodStart": "2026-03-01T00:00Z", "BillingPeriodEnd": "2026-04-01T00:00Z"}
    (bill,) = bills(row(), row(**zulu))
    assert (bill["product_fee"], bill["billed_at"]) == ("20.00", "2026-04-01T08:00:00+08:00")


@pytest.mark.parametrize(
    ("text", "fee"),
    [(".5", "0.50"), ("5.", "5.00"), ("1e-2", "0.01"), ("1E+2", "100.00"), ("+2.50", "2.50"), ("12e-1", "1.20")],
)
def test_decimals_as_real_exports_have_them(text: str, fee: str) -> None:
    assert bills(row(BilledCost=text))[0]["product_fee"] == fee


@pytest.mark.parametrize("text", [".", "e5", "1e", "1e100", "0x1", "1_0", "∞", "--1"])
def test_what_is_no_decimal_is_refused(text: str) -> None:
    assert refused(written(row(BilledCost=text))).code == "bad_amount"


@pytest.mark.parametrize("nothing", ["", "NULL", "null", "\\N"])
def test_nothing_in_the_words_of_real_exports(nothing: str) -> None:
    data = written(row(ChargeClass=nothing, x_V=nothing), columns=(*USUAL, "x_V"))
    assert commands(read(data, voucher_column="x_V"))[0].fields["product_fee"] == "10.00"
    assert refused(written(row(BilledCost=nothing))).code == "missing_cell"


def test_a_credit_without_a_service_is_left_out_or_needs_one() -> None:
    rows = [row(), row(ChargeCategory="Credit", ServiceName="", BilledCost="-5")]
    assert bills(*rows, leave_out=["Credit"])[0]["product_fee"] == "10.00"
    assert bills(*rows, leave_out=["Credit"], services=["Call center"])[0]["product_fee"] == "10.00"
    assert refused(written(*rows), take=["Credit"]).code == "missing_cell"


def test_a_month_without_calls_is_taken_where_that_is_said() -> None:
    assert refused(written(row()), call_services=["Calls"]).code == "unknown_service"
    reading = read(written(row()), call_services=["Calls"], no_calls=True)
    assert (reading.statements[0].amounts.call_fen, reading.notes) == (0, ())


def test_a_bill_in_two_currencies_is_refused_with_both() -> None:
    error = refused(written(row(), row(BillingCurrency="USD")))
    assert (error.code, error.place) == ("two_currencies", "f.csv:3")


def test_several_files_are_read_as_one() -> None:
    given = files(written(row()), written(call()), written(row()), name="f.csv")
    asked = FocusOptions(account_column="SubAccountId", currency="CNY", call_services=frozenset({"Calls"}))
    with pytest.raises(Misread) as caught:
        read_focus(given, asked=asked)
    assert (caught.value.code, caught.value.place) == ("repeated_row", "f3.csv:2")
    given = files(written(row()), written(call()), name="f.csv")
    assert read_focus(given, asked=asked).statements[0].amounts.product_fen == 2000


def test_every_fault_is_told_at_once() -> None:
    with pytest.raises(ManyFaults) as caught:
        read(written(row(BilledCost="x"), row(ChargeCategory="Gift"), row(), call(BillingPeriodStart="y")))
    codes = [refusal.code for refusal in caught.value.refusals]
    assert codes == ["bad_amount", "unknown_category", "bad_time", "several_services"]


BAD: dict[str, tuple[bytes, str, str]] = {
    "nothing": (b"", "missing_column", "f.csv:1"),
    "not UTF-8": (written(row()) + "1001,费".encode("gb18030"), "not_utf8", "f.csv:3:6"),
    "UTF-16": (written(row()).decode().encode("utf-16"), "not_utf8", "f.csv:1:1"),
    "no BilledCost": (written(row(), columns=tuple(USUAL)[:4]), "missing_column", "f.csv:1"),
    "a column twice": (written(row(), columns=(*USUAL, "BilledCost")), "duplicate_column", "f.csv:1"),
    "cut off in a row": (written(row())[:-20], "bad_row", "f.csv:2"),
    "cut off in a quoted cell": (written(row()) + b'"100', "bad_csv", "f.csv:3"),
    "a blank line within": (written(row()) + b"\n" + written(row()).split(b"\r\n")[1], "blank_line", "f.csv:3"),
    "another currency": (written(row(BillingCurrency="USD")), "other_currency", "f.csv:2"),
    "an unknown currency": (written(row(BillingCurrency="NULL")), "other_currency", "f.csv:2"),
    "an unknown category": (written(row(ChargeCategory="Gift")), "unknown_category", "f.csv:2"),
    "an unknown class": (written(row(ChargeClass="Gift")), "unknown_class", "f.csv:2"),
    "no account": (written(row(SubAccountId="NULL")), "bad_id", "f.csv:2"),
    "no amount": (written(row(BilledCost="NULL")), "missing_cell", "f.csv:2"),
    "an amount with a comma": (written(row(BilledCost="1,000.00")), "bad_amount", "f.csv:2"),
    "not a number": (written(row(BilledCost="NaN")), "bad_amount", "f.csv:2"),
    "less than zero in all": (written(row(BilledCost="-0.01")), "negative_total", "f.csv:2"),
}


@pytest.mark.parametrize("what", BAD)
def test_refused_with_the_line(what: str) -> None:
    data, code, place = BAD[what]
    error = refused(data)
    assert (error.code, error.place) == (code, place)


def test_vouchers_beyond_the_fee_are_refused() -> None:
    data = written(row(x_V="10.01"), columns=(*USUAL, "x_V"))
    assert refused(data, voucher_column="x_V").code == "vouchers_exceed_fee"


def test_a_mark_at_the_beginning_and_no_rows() -> None:
    reading = read(b"\xef\xbb\xbf" + written())
    assert (reading.statements, reading.notes) == ((), ("the file has no rows under its header",))


def test_a_row_of_endless_lines_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_rows, "LARGEST", 1_000)
    assert refused(written(row()) + b'"a\n",' * 400).code == "too_large"


def test_the_real_file_is_refused_for_its_currency_and_its_times() -> None:
    """USD and no offsets: read as what it is, with all said, it comes to bills and to a refund that stands alone."""
    if not SAMPLE.exists():
        pytest.skip("skipped: ../shared/samples is not here")
    data = SAMPLE.read_bytes()
    assert refused(data, services=["Amazon Simple Queue Service"], zone="UTC").code == "other_currency"
    dollars: dict[str, Any] = {"currency": "USD", "services": ["Amazon Simple Queue Service"]}
    assert refused(data, **dollars).code == "time_without_offset"
    (command,) = commands(read(data, **dollars, zone="UTC", rounded=True))
    assert command.fields["bill"] == "focus:51738928782:2024-09"
    compute: dict[str, Any] = {"currency": "USD", "zone": "UTC", "rounded": True, "account_column": "BillingAccountId"}
    compute |= {"services": ["Amazon Elastic Compute Cloud"], "accounts": {"1234567890123": "1"}}
    assert refused(data, **compute).code == "undecided_category"
    assert refused(data, **compute, take=["Credit"]).code == "negative_total"
    assert commands(read(data, **compute, leave_out=["Credit"]))[0].fields["product_fee"] == "0.00"


COMMAND = ("import", "focus", "f.csv", "--account-column", "SubAccountId")


def test_through_the_command_line_twice_is_nothing_and_other_amounts_are_refused(slaledger: CommandLine) -> None:
    slaledger.ok("account", "enroll", "1001", "--enrolled-at", "2026-01-01T00:00:00+08:00")
    file = slaledger.folder / "f.csv"
    file.write_bytes(written(row(), call()))
    assert slaledger.ok(*COMMAND, "--call-service", "Calls", "--dry-run")["dry_run"]
    assert slaledger.ok(*COMMAND, "--call-service", "Calls")["recorded"] == 2
    assert slaledger.ok(*COMMAND, "--call-service", "Calls")["recorded"] == 0
    file.write_bytes(written(row(BilledCost="11"), call()))
    error = slaledger.refused(*COMMAND, "--call-service", "Calls")
    assert error["code"] == "bill_differs"
    assert "f.csv:2" in error["message"]
    assert "21.00" in error["message"]
    assert "20.00" in error["message"]
    (bill,) = slaledger.ok("history", "1001")["bills"]
    assert (bill["product_fee"], bill["call_fee"]) == ("20.00", "10.00")


def test_an_account_by_another_name_through_the_command_line(slaledger: CommandLine) -> None:
    slaledger.ok("account", "enroll", "1001", "--enrolled-at", "2026-01-01T00:00:00+08:00")
    (slaledger.folder / "f.csv").write_bytes(written(row(SubAccountId="/subscriptions/a")))
    assert slaledger.ok(*COMMAND, "--account", "/subscriptions/a=1001")["recorded"] == 2


@pytest.mark.parametrize(
    "wrong", [("--timezone", "Mars/Base"), ("--take", "Tax", "--leave-out", "Tax"), ("--take", "Usage")]
)
def test_wrong_usage(slaledger: CommandLine, wrong: tuple[str, ...]) -> None:
    assert slaledger.refused(*COMMAND, *wrong, status=2)["code"] == "usage"
