"""The vouchers of an account with their balances."""

from __future__ import annotations

import msgspec

from domain.case import Case


class VoucherRow(msgspec.Struct, frozen=True, kw_only=True):
    """A voucher; amounts in fen, balance = issued - redeemed - cancelled.

    `given_back_fen` is what can be spent of it though it was wholly cancelled, since a redemption was reversed later.
    """

    voucher: str
    account: str
    month: str
    issued_fen: int
    redeemed_fen: int
    cancelled_fen: int
    balance_fen: int
    given_back_fen: int
    issued_at: int


def voucher_rows(case: Case) -> list[VoucherRow]:
    """A row for each voucher, in order of id."""
    return [
        VoucherRow(
            voucher=voucher.voucher,
            account=voucher.account,
            month=voucher.month,
            issued_fen=voucher.amount_fen,
            redeemed_fen=voucher.redeemed_fen,
            cancelled_fen=voucher.cancelled_fen,
            balance_fen=voucher.balance_fen,
            given_back_fen=voucher.given_back_fen,
            issued_at=voucher.issued_at,
        )
        for _, voucher in sorted(case.vouchers.items())
    ]
