"""Checks that an account's vouchers, claims and bills agree on every amount."""

from __future__ import annotations

from collections.abc import Iterator

from domain.case import Case
from domain.text import said
from ledger.audit.verified import Damage


def unbalanced(case: Case, account: str) -> Iterator[Damage]:
    """Check that no voucher is below zero, and that both sides of each redemption and issue agree."""
    on_vouchers = {
        (voucher.voucher, each.number): (each.bill, each.part, each.amount_fen, each.reversed is not None)
        for voucher in case.vouchers.values()
        for each in voucher.redemptions
    }
    on_bills = {
        (each.voucher, each.redemption): (bill.bill, each.part, each.amount_fen, each.reversed)
        for bill in case.bills.values()
        for each in bill.payments
    }
    if on_vouchers != on_bills:
        odd = sorted(set(on_vouchers.items()) ^ set(on_bills.items()))[0][0]
        message = said(
            "{account}: redemption {redemption} of voucher {voucher} is recorded on one side only",
            account=account,
            redemption=odd[1],
            voucher=odd[0],
        )
        yield Damage.unbalanced(message)
    issued = {voucher.voucher: voucher.amount_fen for voucher in case.vouchers.values()}
    paid = {voucher: amount for claim in case.claims.values() for voucher, amount in claim.paid.items()}
    if issued != paid:
        message = said("{account}: vouchers and claims disagree on what was issued", account=account)
        yield Damage.unbalanced(message)
    for claim in case.claims.values():
        held = [(one.voucher, one.amount_fen) for one in claim.cancellations]
        told = [(one.voucher, one.amount_fen) for one in claim.told]
        if told != held[len(held) - len(told) :]:
            message = said("{account}: vouchers and claims disagree on what was cancelled", account=account)
            yield Damage.unbalanced(message)
    for voucher in case.vouchers.values():
        if voucher.balance_fen < 0:
            message = said("{account}: voucher {voucher} is below zero", account=account, voucher=voucher.voucher)
            yield Damage.unbalanced(message)
