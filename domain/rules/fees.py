"""Clause 1, fees, and the footnotes of 3.1: the bases of a month's credit (R11, R12)."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from domain.bill import Bill, unexplained_fen
from domain.events import Part
from domain.terms.versions import Terms
from domain.time import months_between


class Base(msgspec.Struct, frozen=True, kw_only=True):
    """One part's base of a month, in fen: the fee, the amount that vouchers paid of it, and the rest."""

    fee_fen: int
    voucher_offset_fen: int
    net_fen: int


class Bases(msgspec.Struct, frozen=True, kw_only=True):
    """A month's fees: `service` is the product fee without the call fee; all of it where the fee has no parts."""

    product_fee_fen: int
    call_fee_fen: int
    service: Base
    call: Base


def share(amount_fen: int, months: int, index: int) -> int:
    """R11: one month's share of a payment for several; the odd fen go one each to the earliest months."""
    each, odd = divmod(amount_fen, months)
    return each + (index < odd)


def bases(bills: Iterable[Bill], month: str, terms: Terms) -> Bases:
    """The bases of a month over all bills that cover it.

    Each base is net of what vouchers paid on that part: offsets on the bill that no redemption explains, and
    redemptions, added before they are divided over the months (R12). Vouchers of the month itself do not lower it.
    No base is below zero (R11). Terms may apply the rates to the whole fee instead, before vouchers, or leave
    prepayments out.
    """
    product = call = service_offset = call_offset = 0
    for bill in bills:
        if counts(bill, month, terms):
            index = months_between(bill.first_month, month)
            product += share(bill.product_fee_fen, bill.months, index)
            call += share(bill.call_fee_fen, bill.months, index)
            service_offset += share(_paid(bill, "service", month), bill.months, index)
            call_offset += share(_paid(bill, "call", month), bill.months, index)
    return Bases(
        product_fee_fen=product,
        call_fee_fen=call,
        service=_base(product - call, service_offset, terms),
        call=_base(call, call_offset, terms),
    )


def covers(bill: Bill, month: str) -> bool:
    """Whether a bill is for a month, alone or among others, and not void."""
    return bill.voided is None and 0 <= months_between(bill.first_month, month) < bill.months


def counts(bill: Bill, month: str, terms: Terms) -> bool:
    """Whether a bill is in a month's base: it covers the month, and is no prepayment where terms leave those out."""
    return covers(bill, month) and not (terms.prepaid_outside and bill.months > 1)


def _paid(bill: Bill, part: Part, month: str) -> int:
    """The amount that vouchers paid of a part, without vouchers that were awarded for this same month.

    A payment that the bill shows too counts once, as the redemption.
    """
    return unexplained_fen(bill, part) + sum(
        payment.amount_fen
        for payment in bill.payments
        if payment.part == part and not payment.reversed and payment.voucher_month != month
    )


def _base(fee_fen: int, offset_fen: int, terms: Terms) -> Base:
    net_fen = fee_fen if terms.gross_base else max(0, fee_fen - offset_fen)
    return Base(fee_fen=fee_fen, voucher_offset_fen=offset_fen, net_fen=net_fen)
