"""What is refused of files of bills, by format, and where they do not go together with the ledger's bills."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

from conftest import ROOT
from refusal_scenarios import Scenario, at, instead, of_file

Json = dict[str, Any]


# Bills: the provider's CSV.

_HEADER = (ROOT / "examples" / "bills" / "2026-01.csv").read_text("utf-8-sig").splitlines()[0]
_USUAL = {"账期": "2026-05", "账号ID": "1001", "计费项": "通话费", "应付金额": "12.30", "产品": "云呼叫中心"}
_PREPAID = {"计费方式": "包年包月", "账单开始时间": "2026-05-01 00:00:00", "账单结束时间": "2026-06-01 00:00:00"}


def _csv(*rows: dict[str, str], header: str = _HEADER) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    columns = header.split(",")
    writer.writerow(columns)
    writer.writerows([({**dict.fromkeys(columns, ""), **_USUAL, **row})[each] for each in columns] for row in rows)
    return out.getvalue()


def _aliyun(name: str, content: str | bytes, options: str = "--call-item 通话费") -> Scenario:
    theirs = ("broken CSV: ", "CSV 有误：")
    return of_file(name, f"import aliyun-bill bill.csv {options}", "bill.csv", content, theirs)


def _several(name: str, first: str, second: str) -> Scenario:
    words = "import aliyun-bill bill.csv more.csv --call-item 通话费"
    return Scenario(name, words, files={"bill.csv": first, "more.csv": second})


ALIYUN_BILL = [
    _aliyun("another encoding", b"\xff\xff\xff"),
    _aliyun("JSON of the billing interface", '{"Data": {"Modules": {"Module": [{"BillingCycle": "2026-05"}]}}}'),
    _aliyun("a workbook", b"PK\x03\x04"),
    _aliyun("columns are missing", "账期,账号ID\n"),
    _aliyun("a column twice", f"{_HEADER},账期\n"),
    _aliyun("a blank line", _csv({}) + "\n" + _csv({}).splitlines()[1] + "\n"),
    _aliyun("a row that is too short", f"{_HEADER}\n1,2\n"),
    _aliyun("broken CSV", f'{_HEADER}\n"a"b\n'),
    _aliyun("a row that is too long", f'{_HEADER}\n"xxxx')._replace(
        within=instead("ledger.imports.csv_rows.LARGEST", 4)
    ),
    _aliyun("no such call item", _csv({}), "--call-item 电话费"),
    _aliyun("several products", _csv({}, {"产品": "云服务器"})),
    _aliyun("several products by their code", _csv({"产品Code": "a"}, {"产品Code": "b"})),
    _aliyun("no such product", _csv({}), "--call-item 通话费 --product 云服务器"),
    _aliyun("no account", _csv({"账号ID": ""})),
    _aliyun("an account that cannot be one", _csv({"账号ID": "a b"})),
    _aliyun("another currency", _csv({"币种": "USD"}, header=f"{_HEADER},币种")),
    _aliyun("no month", _csv({"账期": "May 2026"})),
    _aliyun("no amount", _csv({"应付金额": "1,000.00"})),
    _aliyun("no time", _csv({"消费时间": "yesterday"})),
    _aliyun("ends before it starts", _csv({**_PREPAID, "账单结束时间": "2026-04-01 00:00:00"})),
    _aliyun("too many months", _csv({**_PREPAID, "账单结束时间": "2040-04-01 00:00:00"})),
    _aliyun("two currencies", _csv({"币种": "CNY"}, {"币种": "USD"}, header=f"{_HEADER},币种")),
    _aliyun("several faults", _csv({"应付金额": "x"}, {"账期": "May"}, {"账号ID": ""})),
    _aliyun("nothing says what is a call", _csv({}), ""),
    _aliyun("no time of its being said", _csv({}), "--no-calls --as-of yesterday"),
    _several("a row in two files", _csv({}), _csv({"应付金额": "1"}, {})),
    _aliyun("less than zero", _csv({"应付金额": "-1.00"})),
    _aliyun("a service less than zero", _csv({}, {"计费项": "坐席费", "应付金额": "-1.00"})),
    _aliyun("vouchers above the calls", _csv({"代金券抵扣": "20.00"})),
    _aliyun("vouchers above the service", _csv({}, {"计费项": "坐席费", "代金券抵扣": "20.00"})),
]


# Bills: the provider's interface.


def _item(**fields: Any) -> Json:
    kind = {"OwnerID": "1001", "Item": "PayAsYouGoBill", "SubscriptionType": "PayAsYouGo", "ProductCode": "ccc"}
    amounts = {"Currency": "CNY", "PretaxAmount": 10.00, "DeductedByCashCoupons": 0.0}
    return {**kind, "BillingItem": "通话费", **amounts, **fields}


def _answer(*items: Json, **data: Any) -> Json:
    told = {"BillingCycle": "2026-03", "AccountID": "9", "Items": {"Item": list(items)}, **data}
    return {"Success": True, "Code": "Success", "Data": told}


_COSTS = {"Success": True, "Data": {"Modules": {"Module": [{"BillingCycle": "2026-04"}]}}}


def _bss(name: str, content: object, options: str = "--call-item 通话费") -> Scenario:
    return of_file(name, f"import bss bss.json {options}", "bss.json", content)


BSS = [
    _bss("the interface's error", {"Success": False, "Code": "Throttling", "Message": "slow down"}),
    _bss("no bill", {"Success": True, "Data": {}}),
    _bss("bills and spread costs", [_answer(_item()), _COSTS]),
    _bss("a page twice", [_answer(_item(), PageNum=1), _answer(_item(), PageNum=1)]),
    _bss("pages are missing", _answer(_item(), TotalCount=3)),
    _bss("a kind of bill that is not known", _answer(_item(Item="Gift"))),
    _bss("a kind of subscription that is not known", _answer(_item(SubscriptionType="Gift"))),
    _bss("prepaid", _answer(_item(SubscriptionType="Subscription"))),
    _bss("an item of one day", _answer(_item(BillingDate="2026-03-03"))),
    _bss("no month", _answer(_item(BillingCycle="March"))),
    _bss("another currency", _answer(_item(Currency="USD"))),
    _bss("no amount", _answer(_item(PretaxAmount="ten"))),
    _bss("several products", _answer(_item(), _item(ProductCode="ecs"))),
    _bss("no such product", _answer(_item()), "--call-item 通话费 --product ecs"),
    _bss("no such call item", _answer(_item()), "--call-item 电话费"),
    _bss("the last page names a next one", _answer(_item(), NextToken="t1")),
    _bss("a token twice", [_answer(_item(n=n), NextToken=token) for n, token in enumerate(("t1", "t1", ""))]),
    _bss("two pages alike", [_answer(_item(), NextToken="t1"), _answer(_item(), NextToken="")]),
    _bss("two queries", [_answer(_item(n=n), NextToken="") for n in range(2)]),
    _bss("a cycle that is a list", _answer(_item(), BillingCycle=["2026-03"])),
    _bss("an answer that is nested too deeply", '{"Success": true, "Data": ' + "[" * 200_000),
]


# Bills: FOCUS.

_COLUMNS = (
    "SubAccountId,BillingPeriodStart,BillingPeriodEnd,BilledCost,BillingCurrency,ChargeCategory,ChargeClass,ServiceName"
)
_CHARGE = {
    "SubAccountId": "1001",
    "BillingPeriodStart": "2026-03-01T00:00:00+08:00",
    "BillingPeriodEnd": "2026-04-01T00:00:00+08:00",
    "BilledCost": "10.00",
    "BillingCurrency": "CNY",
    "ChargeCategory": "Usage",
    "ChargeClass": "NULL",
    "ServiceName": "Call center",
}


def _focus(name: str, *rows: Json, options: str = "", content: str | bytes | None = None) -> Scenario:
    text = "".join(",".join({**_CHARGE, **row}[each] for each in _COLUMNS.split(",")) + "\n" for row in rows)
    words = f"import focus focus.csv --account-column SubAccountId {options}".strip()
    return of_file(name, words, "focus.csv", f"{_COLUMNS}\n{text}" if content is None else content)


FOCUS = [
    _focus("no UTF-8", content=_COLUMNS.encode() + b"\n\xff\n"),
    _focus("columns are missing", content="SubAccountId\n"),
    _focus("a kind of charge that nobody decided", {"ChargeCategory": "Tax"}),
    _focus("a kind of charge that is not known", {"ChargeCategory": "Gift"}),
    _focus("a class of charge that is not known", {"ChargeClass": "Gift"}),
    _focus("no such account", {}, options="--account 1009"),
    _focus("no such service", {}, options="--service Calls"),
    _focus("several services", {}, {"ServiceName": "Calls"}),
    _focus("a row twice", {}, {}),
    _focus("a cell that is blank", {"BilledCost": "NULL"}),
    _focus("no amount", {"BilledCost": "ten"}),
    _focus("no time", {"BillingPeriodStart": "yesterday"}),
    _focus("a time without offset", {"BillingPeriodStart": "2026-03-01 00:00:00"}),
    _focus("no month", {"BillingPeriodEnd": "2026-03-15T00:00:00+08:00"}),
    _focus("another currency", {"BillingCurrency": "USD"}),
    _focus("finer than a fen", {"BilledCost": "10.001"}),
    _focus("taken and left out", options="--take Tax --leave-out Tax"),
    _focus("no zone", options="--timezone Mars/Olympus"),
]


# Bills that do not go together with the ledger's.

_MAY = "import aliyun-bill bill.csv --call-item 通话费"
_IMPORTED = f"{_MAY} --as-of {at('06-02')}"
_TYPED = (
    f"fees bill B-9 --account 1001 --first-month 2026-05 --billed-at {at('06-01')} --product-fee 10.00 --call-fee 5.00"
)
_YEAR = (
    f"fees bill Y-9 --account 1001 --first-month 2026-05 --months 12 --billed-at {at('06-01')}"
    " --product-fee 1200.00 --call-fee 0.00"
)


def _held(name: str, words: str, content: object, *before: str, first: str = "") -> Scenario:
    """A file of bills on a ledger that holds some; `first` is a file that was imported before."""
    kind = "bill.csv" if isinstance(content, str) else "bss.json"
    told = of_file(name, words, kind, content)
    return told._replace(before=before, files={**told.files, "first.csv": first})


def _spread(fee: str) -> Json:
    cost = {"OwnerID": "1001", "BillingCycle": "2026-06", "BillType": "SubscriptionOrder", "ProductCode": "ccc"}
    amounts = {"Currency": "CNY", "MonthGaapPretaxAmount": fee, "MonthGaapDeductedByCashCoupons": "0"}
    module = {**cost, "SubscriptionType": "Subscription", "ProductType": "seat", **amounts}
    return {"Success": True, "Data": {"Modules": {"Module": [module]}}}


_FIRST = _IMPORTED.replace("bill.csv", "first.csv")
_OTHER = _csv({"应付金额": "12.31"})

HELD_BILLS = [
    _held("another amount", _MAY, _OTHER, _FIRST, first=_csv({})),
    _held("older than what was taken", f"{_MAY} --as-of {at('06-01')}", _OTHER, _FIRST, first=_csv({})),
    _held("a bill that a person recorded", _MAY, _csv({}), _TYPED),
    _held("another cost than the month's share", "import bss bss.json --no-calls", _spread("90.00"), _YEAR),
    _held(
        "the months bought, and their parts before",
        "import aliyun-bill bill.csv --no-calls",
        _csv({**_PREPAID, "计费项": "坐席费", "应付金额": "1200", "账单结束时间": "2027-05-01 00:00:00"}),
        "import bss first.csv --no-calls",
        first=json.dumps(_spread("100.00")),
    ),
    _held("an amount that is too large", _MAY, _csv({"应付金额": "9999999999999"})),
]

# Tables of commands.


def _table(name: str, content: str, options: str = "--command 'claim file'") -> Scenario:
    return Scenario(name, f"batch claims.csv {options}".strip(), files={"claims.csv": content})


BATCH_TABLES = [
    _table("columns that the command does not have", "account,monat\n1001,2026-03\n"),
    _table("no rows", "account,month\n"),
    _table("a row that is too short", "account,month\n1001\n"),
    _table("nothing says which command", "account,month\n1001,2026-03\n", ""),
    _table("lines of JSON", '{"command": "claim file"}\n'),
    _table("cells between semicolons", "account;month\n1001;2026-03\n"),
    _table("no such command", "account,month\n1001,2026-03\n", "--command 'claim burn'"),
    _table("a row that is refused", "account,month,filed_at\n1009,2026-03,2026-04-10T00:00:00+08:00\n"),
]
