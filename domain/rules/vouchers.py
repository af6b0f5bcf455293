"""Clause 3.1, use: what a voucher may pay (R20, R21). It is never cash and never changes hands."""

from __future__ import annotations

from domain.bill import Bill
from domain.commands import RedeemVoucher
from domain.refusals import Refusal
from domain.terms import Terms
from domain.time import month_start, written
from domain.wording import said


def check_usable(voucher: str, account: str, issued_at: int, bill: Bill, command: RedeemVoucher, terms: Terms) -> None:
    """Whether a voucher of `account`, issued at `issued_at`, may pay what the command asks.

    Raises Refusal `not_transferable`, `other_accounts_bill`, `bill_voided`, `earlier_bill`, `part_not_payable`,
    `redeemed_before_issued`, `nothing_to_redeem`.
    """
    _check_holder(voucher, account, bill, command)
    if bill.voided is not None:
        raise Refusal(
            "bill_voided",
            said("bill {bill} is void: {voided}", bill=bill.bill, voided=bill.voided),
            clause="3.1",
            hint=said("pay another bill of account {account} with it", account=account),
        )
    if command.amount == 0:
        raise Refusal(
            "nothing_to_redeem",
            said("voucher {voucher}: an amount above zero, please", voucher=voucher),
            clause="3.1",
            hint=said("give --amount, such as 50.00"),
        )
    if command.redeemed_at < issued_at:
        raise Refusal(
            "redeemed_before_issued",
            said(
                "voucher {voucher} was issued at {issued_at}, so not redeemed at {redeemed_at}",
                voucher=voucher,
                issued_at=written(issued_at, terms.zone),
                redeemed_at=written(command.redeemed_at, terms.zone),
            ),
            clause="3.1",
            hint=said("give a --redeemed-at of {issued_at} or later", issued_at=written(issued_at, terms.zone)),
        )
    if command.part == "call" and terms.single_fee:
        raise Refusal(
            "part_not_payable",
            said("voucher {voucher}: the fee has no call part", voucher=voucher),
            hint=said("say --part service"),
        )
    if command.part == "call" and terms.readings.voucher_pays == "service":
        raise Refusal(
            "part_not_payable",
            said("voucher {voucher} pays the service part only, as the terms read it (R21)", voucher=voucher),
            clause="3.1",
            hint=said("say --part service"),
        )
    _check_later(voucher, issued_at, bill, terms)


def _check_holder(voucher: str, account: str, bill: Bill, command: RedeemVoucher) -> None:
    """A voucher is used by the compensated account alone, on its own bills."""
    if command.account != account:
        raise Refusal(
            "not_transferable",
            said(
                "voucher {voucher} belongs to account {owner}; account {account} cannot use it",
                voucher=voucher,
                owner=account,
                account=command.account,
            ),
            clause="3.1",
            hint=said(
                "`slaledger voucher list --account {account}` shows those that it can use", account=command.account
            ),
        )
    if bill.account != account:
        raise Refusal(
            "other_accounts_bill",
            said(
                "bill {bill} is account {account}'s; voucher {voucher} pays bills of {owner} only",
                bill=bill.bill,
                account=bill.account,
                voucher=voucher,
                owner=account,
            ),
            clause="3.1",
            hint=said("name a bill of account {owner}", owner=account),
        )


def _check_later(voucher: str, issued_at: int, bill: Bill, terms: Terms) -> None:
    """R20: a voucher pays later fees: bills dated at or after its issue, or months that begin at or after it."""
    by_month = terms.readings.voucher_pays_later_by == "usage_month"
    dated = month_start(bill.first_month, terms.zone) if by_month else bill.billed_at
    if dated < issued_at:
        what = (
            said("is for months from {month} on", month=bill.first_month)
            if by_month
            else said("is of {dated}", dated=written(dated, terms.zone))
        )
        raise Refusal(
            "earlier_bill",
            said(
                "bill {bill} {what}; voucher {voucher} was issued later, at {issued_at}",
                bill=bill.bill,
                what=what,
                voucher=voucher,
                issued_at=written(issued_at, terms.zone),
            ),
            clause="3.1",
            hint=said(
                "a voucher pays later fees only (R20): name a bill from {issued_at} on",
                issued_at=written(issued_at, terms.zone),
            ),
        )
