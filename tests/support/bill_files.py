"""The same bill as each source tells it: the provider's CSV, its billing interface, a FOCUS file."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from typing import Any, NamedTuple

from ledger.imports.bills.aliyun_bill import COLUMNS

Json = dict[str, Any]
FOCUS_COLUMNS = (
    *("SubAccountId", "BillingPeriodStart", "BillingPeriodEnd", "BilledCost", "BillingCurrency", "ChargeCategory"),
    *("ChargeClass", "ServiceName", "ResourceId", "x_Vouchers"),
)


class Line(NamedTuple):
    """One charge of an account's month, amounts in yuan as text."""

    account: str = "A"
    month: str = "2026-03"
    is_call: bool = False
    fee: str = "1000"
    voucher: str = "0"
    order: str = ""


def aliyun_csv(*lines: Line, **cells: str) -> bytes:
    """The lines as the provider's instance-detail bill; `cells` are further cells of every row."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for line in lines:
        row = {
            "账期": line.month.replace("-", ""),
            "账号ID": line.account,
            "产品Code": "ccc",
            "产品": "云呼叫中心",
            "消费类型": "后付费",
            "订单号/账单号": line.order,
            "计费项": "通话费" if line.is_call else "坐席费",
            "应付金额": line.fee,
            "代金券抵扣": line.voucher,
            **cells,
        }
        writer.writerow([row.get(column, "") for column in COLUMNS])
    return out.getvalue().encode()


def bss_json(*lines: Line, **data: Any) -> bytes:
    """The lines as answers of QueryInstanceBill, one a month; `data` is further of each answer."""
    months: dict[str, list[Json]] = {}
    for number, line in enumerate(lines):
        item = {
            "OwnerID": line.account,
            "Item": "PayAsYouGoBill",
            "SubscriptionType": "PayAsYouGo",
            "ProductCode": "ccc",
            "InstanceID": f"i-{number}",
            "BillingItem": "通话费" if line.is_call else "坐席费",
            "Currency": "CNY",
            "PretaxAmount": line.fee,
            "DeductedByCashCoupons": line.voucher,
        }
        months.setdefault(line.month, []).append(item)
    answers = [
        {"Success": True, "Data": {"BillingCycle": month, "AccountID": "9", "Items": {"Item": items}, **data}}
        for month, items in months.items()
    ]
    return json.dumps(answers, ensure_ascii=False).encode()


def gaap_json(*lines: Line) -> bytes:
    """The lines as an answer of QueryInstanceGaapCost: parts of what was paid for several months."""
    modules = [
        {
            "OwnerID": line.account,
            "BillingCycle": line.month,
            "BillType": "SubscriptionOrder",
            "SubscriptionType": "Subscription",
            "ProductCode": "ccc",
            "ProductType": "通话费" if line.is_call else "坐席费",
            "Currency": "CNY",
            "MonthGaapPretaxAmount": line.fee,
            "MonthGaapDeductedByCashCoupons": line.voucher,
        }
        for line in lines
    ]
    return json.dumps({"Success": True, "Data": {"Modules": {"Module": modules}}}, ensure_ascii=False).encode()


def focus_csv(*lines: Line, **cells: str) -> bytes:
    """The lines as a FOCUS file in UTC."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(FOCUS_COLUMNS)
    for number, line in enumerate(lines):
        year, month = map(int, line.month.split("-"))
        after = f"{year + month // 12}-{month % 12 + 1:02d}"
        row = {
            "SubAccountId": line.account,
            "BillingPeriodStart": f"{line.month}-01T00:00:00Z",
            "BillingPeriodEnd": f"{after}-01T00:00:00Z",
            "BilledCost": line.fee,
            "BillingCurrency": "CNY",
            "ChargeCategory": "Usage",
            "ServiceName": "Calls" if line.is_call else "CCC",
            "ResourceId": f"i-{number}",
            "x_Vouchers": line.voucher,
            **cells,
        }
        writer.writerow([row.get(column, "") for column in FOCUS_COLUMNS])
    return out.getvalue().encode()


ALIYUN = ("import", "aliyun-bill", "bill.csv", "--call-item", "通话费")
BSS = ("import", "bss", "bill.json", "--call-item", "通话费")
FOCUS = ("import", "focus", "focus.csv", "--account-column", "SubAccountId", "--call-service", "Calls")
FOCUS_WITH_VOUCHERS = (*FOCUS, "--voucher-column", "x_Vouchers")


def file_of(words: Sequence[str]) -> str:
    """The file that an import command names."""
    return words[2]
