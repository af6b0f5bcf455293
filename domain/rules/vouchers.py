"""Clause 3.1, use: what a voucher may pay (R20, R21). It is never cash and never changes hands."""

from __future__ import annotations

from domain.bill import Bill
from domain.commands import RedeemVoucher
from domain.refusals.voucher import (
    CallPartNotPayable,
    EarlierBill,
    FeeWithoutCallPart,
    NothingToRedeem,
    NotTransferable,
    OtherAccountsBill,
    RedeemedBeforeIssued,
    VoidBillNotPayable,
)
from domain.terms.versions import Terms
from domain.text import said
from domain.time import month_start, rfc3339


def check_usable(voucher: str, account: str, issued_at: int, bill: Bill, command: RedeemVoucher, terms: Terms) -> None:
    """Check that a voucher of `account`, issued at `issued_at`, may pay the part of the bill in the command.

    Raises Refusal `not_transferable`, `other_accounts_bill`, `bill_voided`, `earlier_bill`, `part_not_payable`,
    `redeemed_before_issued`, `nothing_to_redeem`.
    """
    _check_holder(voucher, account, bill, command)
    if bill.voided is not None:
        raise VoidBillNotPayable(bill=bill.bill, voided=bill.voided, account=account)
    if command.amount == 0:
        raise NothingToRedeem(voucher=voucher)
    if command.redeemed_at < issued_at:
        raise RedeemedBeforeIssued(voucher=voucher, issued_at=issued_at, redeemed_at=command.redeemed_at)
    if command.part == "call" and terms.single_fee:
        raise FeeWithoutCallPart(voucher=voucher)
    if command.part == "call" and terms.readings.voucher_pays == "service":
        raise CallPartNotPayable(voucher=voucher)
    _check_later(voucher, issued_at, bill, terms)


def _check_holder(voucher: str, account: str, bill: Bill, command: RedeemVoucher) -> None:
    """A voucher is used by the compensated account alone, on its own bills."""
    if command.account is not None and command.account != account:
        raise NotTransferable(voucher=voucher, owner=account, account=command.account)
    if bill.account != account:
        raise OtherAccountsBill(bill=bill.bill, account=bill.account, voucher=voucher, owner=account)


def _check_later(voucher: str, issued_at: int, bill: Bill, terms: Terms) -> None:
    """R20: a voucher pays later fees: bills dated at or after its issue, or months that begin at or after it."""
    by_month = terms.readings.voucher_pays_later_by == "usage_month"
    dated = month_start(bill.first_month, terms.zone) if by_month else bill.billed_at
    if dated < issued_at:
        what = (
            said("is for months from {month} on", month=bill.first_month)
            if by_month
            else said("is of {dated}", dated=rfc3339(dated, terms.zone))
        )
        raise EarlierBill(bill=bill.bill, what=what, voucher=voucher, issued_at=issued_at)
