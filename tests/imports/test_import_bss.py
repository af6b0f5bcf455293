"""Answers of the billing interface become statements, every amount as written, or are refused."""

from __future__ import annotations

import json
from typing import Any

import pytest
from bill_readings import commands, files
from conftest import CommandLine

from ledger.imports.bills.bss import BssOptions, read_bss
from ledger.imports.bills.statements import BillReading
from ledger.refusals import ManyFaults, Misread

Json = dict[str, Any]


def item(**fields: Any) -> Json:
    """A service fee of 10.00, as QueryInstanceBill with IsBillingItem=true gives one."""
    return {
        "OwnerID": "1001",
        "Item": "PayAsYouGoBill",
        "SubscriptionType": "PayAsYouGo",
        "ProductCode": "ccc",
        "ProductName": "云呼叫中心",
        "ProductDetail": "云呼叫中心-按量",
        "BillingItem": "坐席费",
        "Currency": "CNY",
        "PretaxAmount": 10.00,
        "DeductedByCashCoupons": 0.0,
        "DeductedByCoupons": 0.0,
        "DeductedByPrepaidCard": 0.0,
        **fields,
    }


def call(**fields: Any) -> Json:
    return item(BillingItem="通话费", **fields)


def cost(**fields: Any) -> Json:
    """A part of a year's price, as QueryInstanceGaapCost gives one; its amounts are texts."""
    return {
        "OwnerID": "1001",
        "BillingCycle": "2026-03",
        "BillType": "SubscriptionOrder",
        "SubscriptionType": "Subscription",
        "ProductCode": "ccc",
        "ProductType": "ccc_seat",
        "Currency": "CNY",
        "PretaxAmount": "1200.00",
        "DeductedByCashCoupons": "120.00",
        "MonthGaapPretaxAmount": "100.00",
        "MonthGaapDeductedByCashCoupons": "10.00",
        **fields,
    }


def bill(*items: Json, **data: Any) -> Json:
    told = {"BillingCycle": "2026-03", "AccountID": "9", "Items": {"Item": list(items)}, **data}
    return {"Success": True, "Code": "Success", "Data": told}


def costs(*modules: Json, **data: Any) -> Json:
    return {"Success": True, "Code": "Success", "Data": {"Modules": {"Module": list(modules)}, **data}}


def read(answer: object, *calls: str, products: tuple[str, ...] = (), no_calls: bool = False) -> BillReading:
    data = answer if isinstance(answer, bytes) else json.dumps(answer, ensure_ascii=False).encode()
    asked = BssOptions(call_items=frozenset(calls), products=frozenset(products), no_calls=no_calls, currency="CNY")
    return read_bss(files(data, name="b.json"), asked=asked)


def refused(answer: object, *calls: str, products: tuple[str, ...] = ()) -> Misread:
    with pytest.raises((Misread, ManyFaults)) as caught:
        read(answer, *calls, products=products)
    first = caught.value.refusals[0] if isinstance(caught.value, ManyFaults) else caught.value
    assert isinstance(first, Misread)
    return first


def fields(answer: object, *calls: str) -> dict[str, object]:
    """The one bill of an answer."""
    (command,) = commands(read(answer, *calls))
    return command.fields


def test_a_bill_has_the_fields_of_a_batch_line_and_its_place() -> None:
    given = bill(item(DeductedByCashCoupons=2.5), call(PretaxAmount=4.25, DeductedByCashCoupons=1))
    (command,) = commands(read(given, "通话费"))
    assert command.place == "b.json:1: $.Data.Items.Item[0]"
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


def test_coupons_and_stored_value_cards_are_no_vouchers() -> None:
    assert "voucher_offset" not in fields(bill(item(DeductedByCoupons=3.0, DeductedByPrepaidCard=4.0)))


def test_spread_costs_give_the_months_own_part() -> None:
    assert fields(costs(cost())) == {
        "command": "fees bill",
        "bill": "aliyun:1001:2026-03",
        "account": "1001",
        "first_month": "2026-03",
        "billed_at": "2026-04-01T00:00:00+08:00",
        "product_fee": "100.00",
        "call_fee": "0.00",
        "voucher_offset": {"service": "10.00", "call": "0.00"},
    }
    calls = cost(ProductType="ccc_call", BillType="PayAsYouGoBill", SubscriptionType="PayAsYouGo")
    assert fields(costs(cost(), calls), "ccc_call")["call_fee"] == "100.00"


def test_a_float_of_the_file_is_taken_as_it_is_written() -> None:
    data = json.dumps(bill(item(), item(), item())).replace("10.0,", "0.1,").encode()
    assert fields(data)["product_fee"] == "0.30"
    tiny = json.dumps(bill(item())).replace("10.0,", "1.0E-7,").encode()
    assert fields(tiny)["product_fee"] == "0.00"
    half = json.dumps(bill(item())).replace("10.0,", "0.005,").encode()
    assert fields(half)["product_fee"] == "0.01"
    less = json.dumps(bill(item())).replace("10.0,", "0.00499999999999999999,").encode()
    assert fields(less)["product_fee"] == "0.00"


def test_refunds_and_adjustments_count_within_their_bill() -> None:
    given = bill(item(), item(Item="Refund", PretaxAmount=-3.0), item(Item="Adjustment", PretaxAmount=-0.5))
    assert fields(given)["product_fee"] == "6.50"


def test_without_an_owner_the_account_is_the_one_that_asked() -> None:
    assert fields(bill(item(OwnerID="")))["account"] == "9"


@pytest.mark.parametrize("form", ["a list", "a page a line", "over several lines"])
def test_pages(form: str) -> None:
    first, second = item(InstanceID="i-1"), item(InstanceID="i-2")
    pages = [bill(first, TotalCount=2, PageNum=1, PageSize=1), bill(second, TotalCount=2, PageNum=2, PageSize=1)]
    text = {
        "a list": json.dumps(pages),
        "a page a line": "\n".join(map(json.dumps, pages)),
        "over several lines": json.dumps(pages, indent=1),
    }[form]
    assert fields(text.encode())["product_fee"] == "20.00"


def test_the_successor_has_its_items_in_a_plain_list() -> None:
    assert fields(bill(Items=[item()], TotalCount=1))["product_fee"] == "10.00"


def test_each_cycle_and_account_has_a_bill_of_its_own() -> None:
    pages = [bill(item(), item(OwnerID="2"), TotalCount=2), bill(item(), BillingCycle="2026-04", TotalCount=1)]
    assert [command.fields["bill"] for command in commands(read(pages))] == [
        "aliyun:1001:2026-03",
        "aliyun:2:2026-03",
        "aliyun:1001:2026-04",
    ]


def test_spread_costs_of_two_months_are_two_queries() -> None:
    april = costs(cost(BillingCycle="2026-04"), TotalCount=1, PageNum=1)
    assert len(read([costs(cost(), TotalCount=1, PageNum=1), april]).statements) == 2


def test_of_several_products_it_is_said_which_to_read() -> None:
    given = bill(item(), item(ProductCode="ecs", ProductName="云服务器", ProductDetail="", BillingItem="CPU"))
    assert refused(given).code == "several_products"
    for name in ("ccc", "云呼叫中心", "云呼叫中心-按量"):
        reading = read(given, products=(name,))
        assert commands(reading)[0].fields["product_fee"] == "10.00"
        assert [(each.key, each.why) for each in reading.left_out] == [("ecs", "1 item of another product")]
        assert reading.notes == ("1 item of other products was left out",)
    assert refused(given, products=("oss",)).code == "unknown_product"


def test_an_answer_without_items() -> None:
    reading = read(bill())
    assert (reading.statements, reading.notes) == ((), ("there are no items in the file",))


TEXT = json.dumps(bill(item()))
ITEM = "b.json:1: $.Data.Items.Item[0]"
BAD: dict[str, tuple[object, str, str]] = {
    "cut off": (TEXT[:-9].encode(), "bad_json", "b.json:1:"),
    "GB18030": (json.dumps(bill(item()), ensure_ascii=False).encode("gb18030"), "not_utf8", "b.json:1:"),
    "a failure": ({"Success": False, "Code": "NotAuthorized", "Message": "no"}, "failed_answer", "b.json:1: $"),
    "something else": ({"Success": True, "Data": {}}, "not_a_bill", "b.json:1: $.Data"),
    "another currency": (bill(item(Currency="USD")), "other_currency", f"{ITEM}.Currency"),
    "an unknown currency": (bill(item(Currency="XXX")), "other_currency", f"{ITEM}.Currency"),
    "no currency": (bill(item(Currency="")), "missing_text", f"{ITEM}.Currency"),
    "an unknown bill type": (bill(item(Item="Gift")), "unknown_bill_type", f"{ITEM}.Item"),
    "an unknown way to pay": (
        bill(item(SubscriptionType="?")),
        "unknown_subscription_type",
        f"{ITEM}.SubscriptionType",
    ),
    "prepaid": (bill(item(SubscriptionType="Subscription")), "prepaid", f"{ITEM}.SubscriptionType"),
    "a day's item": (bill(item(BillingDate="2026-03-01")), "daily_item", f"{ITEM}.BillingDate"),
    "no month": (bill(item(), item(), call(), BillingCycle="2026-3"), "bad_month", "b.json:1: $.Data.BillingCycle"),
    "no amount": (bill(item(PretaxAmount=None)), "bad_amount", f"{ITEM}.PretaxAmount"),
    "an amount with a comma": (bill(item(PretaxAmount="1,000.00")), "bad_amount", f"{ITEM}.PretaxAmount"),
    "no voucher amount": (bill(item(DeductedByCashCoupons="")), "bad_amount", f"{ITEM}.DeductedByCashCoupons"),
    "less than zero in all": (bill(item(Item="Refund", PretaxAmount=-1)), "negative_total", ITEM),
    "vouchers beyond the fee": (bill(item(DeductedByCashCoupons=11)), "vouchers_exceed_fee", ITEM),
    "an account that is no id": (bill(item(OwnerID="a b")), "bad_id", ITEM),
    "a page missing": (bill(item(), TotalCount=2, PageNum=1), "incomplete", "b.json:1: $.Data.TotalCount"),
    "a page twice": (
        [bill(item(), TotalCount=2, PageNum=1), bill(item(), TotalCount=2, PageNum=1)],
        "page_twice",
        "b.json:1: $[0].Data.PageNum",
    ),
    "bills and spread costs": ([bill(item()), costs(cost())], "mixed_answers", "b.json:1: $[1].Data"),
    "the last token is not empty": (
        [bill(item(), NextToken="t1"), bill(call(), NextToken="t2")],
        "incomplete",
        "b.json:1: $[1].Data.NextToken",
    ),
    "one page that names a next one": (bill(item(), NextToken="t1"), "incomplete", "b.json:1: $.Data.NextToken"),
    "two pages that name the same next one": (
        [bill(item(), NextToken="t1"), bill(call(), NextToken="t1"), bill(item(Item="Refund"), NextToken="")],
        "page_twice",
        "b.json:1: $[0].Data.NextToken",
    ),
    "two pages alike": (
        [bill(item(), NextToken="t1"), bill(item(), NextToken="")],
        "page_twice",
        "b.json:1: $[1].Data",
    ),
    "two queries' pages": (
        [bill(item(), NextToken=""), bill(call(), NextToken="")],
        "mixed_answers",
        "b.json:1: $[1].Data",
    ),
    "a cycle that is a list": (bill(item(), BillingCycle=["2026-03"]), "wrong_shape", "b.json:1: $.Data.BillingCycle"),
    "a product that is an object": (bill(item(ProductCode={"a": 1})), "wrong_shape", f"{ITEM}.ProductCode"),
    "two currencies": (bill(item(), call(Currency="USD")), "two_currencies", "b.json:1: $.Data.Items.Item[1].Currency"),
    "an unpaid amount that is none": (bill(item(OutstandingAmount="-")), "bad_amount", f"{ITEM}.OutstandingAmount"),
}


@pytest.mark.parametrize("what", BAD)
def test_refused_with_the_place(what: str) -> None:
    answer, code, place = BAD[what]
    error = refused(answer)
    assert (error.code, error.place[: len(place)]) == (code, place)


def test_an_item_that_cannot_be_read_is_not_also_told_as_one_that_is_not_there() -> None:
    assert refused(bill(item(), call(PretaxAmount=None)), "通话费").code == "bad_amount"


def test_every_fault_is_told_at_once() -> None:
    wrong = bill(item(PretaxAmount="x"), item(), item(Item="Gift"), item(Currency="USD"))
    with pytest.raises(ManyFaults) as caught:
        read(wrong)
    assert [refusal.code for refusal in caught.value.refusals] == ["bad_amount", "unknown_bill_type", "two_currencies"]


@pytest.mark.parametrize("wrapping", ["body", "Body", "small letters", "body in small letters"])
def test_an_answer_as_an_sdk_gives_it(wrapping: str) -> None:
    answer: Any = bill(item(DeductedByCashCoupons=2.5), TotalCount=1)
    if "small" in wrapping:
        answer = small(answer)
    if "ody" in wrapping:
        answer = {"headers": {"date": "x"}, "statusCode": 200, wrapping.split()[0]: answer}
    assert fields(answer) == fields(bill(item(DeductedByCashCoupons=2.5)))


def small(value: Any) -> Any:
    """The same with keys that begin with small letters, as some SDKs have them."""
    if isinstance(value, dict):
        return {key[0].lower() + key[1:]: small(each) for key, each in value.items()}
    return [small(each) for each in value] if isinstance(value, list) else value


def test_pages_by_token_in_any_order_of_files() -> None:
    pages = [
        bill(item(), NextToken="t1", MaxResults=1),
        bill(call(), NextToken="t2", MaxResults=1),
        bill(item(PretaxAmount=1), MaxResults=1),
    ]
    data = [json.dumps(page, ensure_ascii=False).encode() for page in pages]
    told = [
        read_bss(files(*order, name="b.json"), asked=BssOptions(call_items=frozenset({"通话费"}), currency="CNY"))
        for order in (data, list(reversed(data)))
    ]
    assert [each.statements[0].amounts.product_fen for each in told] == [2100, 2100]


def test_what_is_unpaid_is_said_and_counts() -> None:
    reading = read(bill(item(OutstandingAmount=4.5), call(OutstandingAmount="0.25")), "通话费")
    assert reading.statements[0].unpaid_fen == 475
    assert reading.statements[0].amounts.product_fen == 2000
    assert reading.notes == ("1001@2026-03: 4.75 is unpaid; what was billed counts (R25)",)


def test_a_month_without_calls_is_taken_where_that_is_said() -> None:
    assert refused(bill(item()), "通话费").code == "unknown_call_item"
    assert read(bill(item()), "通话费", no_calls=True).statements[0].amounts.call_fen == 0
    without = bill(item(), item(OwnerID="2"), call(OwnerID="2"))
    assert read(without, "通话费").notes == ("1 bill without calls: 1001@2026-03",)


def test_a_call_item_that_nothing_is_called_is_refused() -> None:
    assert refused(bill(item()), "通话费").code == "unknown_call_item"
    assert refused(bill(item()), "云呼叫中心").code == "unknown_call_item"
    assert fields(bill(item(BillingItem="")), "云呼叫中心")["call_fee"] == "10.00"


def test_through_the_command_line_twice_is_nothing_and_the_csv_of_the_same_month_is_not_counted_again(
    slaledger: CommandLine,
) -> None:
    slaledger.ok("account", "enroll", "1001", "--enrolled-at", "2026-01-01T00:00:00+08:00")
    (slaledger.folder / "b.json").write_text(json.dumps(bill(item(), call())), "utf-8")
    command = ("import", "bss", "b.json", "--call-item", "通话费")
    assert slaledger.ok(*command)["recorded"] == 2
    assert slaledger.ok(*command)["recorded"] == 0
    (slaledger.folder / "b.json").write_text(json.dumps(costs(cost(), cost(ProductType="通话费"))), "utf-8")
    assert slaledger.refused(*command)["code"] == "bill_differs"
