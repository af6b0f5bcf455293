"""From charges to one bill: exact sums of the service and the call part, and what of each was paid with vouchers."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from fractions import Fraction

import msgspec

from domain.money import half_up, yuan
from domain.text import Said, said
from ledger.refusals.imports.shared import FinerThanFen, NegativeTotal, OtherCurrency, VouchersExceedFee

BY_HAND = said("enter this bill by hand with `slaledger fees bill`")


class Charge(msgspec.Struct, frozen=True, kw_only=True):
    """One charge: where it stands, its part of the bill, its fee and what of that was paid with vouchers."""

    place: str
    is_call: bool
    fee: Fraction
    voucher: Fraction = Fraction(0)


class ChargedBill(msgspec.Struct, frozen=True, kw_only=True):
    """Of whom and for when a bill is; `billed_at` is RFC 3339. Without `rounded` its sums must be whole fen."""

    bill: str
    account: str
    first_month: str
    billed_at: str
    months: int = 1
    rounded: bool = True


def bill_fields(bill: ChargedBill, charges: Iterable[Charge]) -> dict[str, object]:
    """The `fees bill` command of one bill's charges; sums are exact and rounded half up once per bill and part.

    Raises Unreadable `negative_total`, `vouchers_exceed_fee`, `finer_than_fen`.
    """
    charges = list(charges)
    place = charges[0].place
    service_fen, service_voucher_fen = _part(place, bill, charges, is_call=False)
    call_fen, call_voucher_fen = _part(place, bill, charges, is_call=True)
    fields: dict[str, object] = {"command": "fees bill", "bill": bill.bill}
    fields |= {"account": bill.account, "first_month": bill.first_month}
    if bill.months != 1:
        fields["months"] = bill.months
    fields["billed_at"] = bill.billed_at
    fields |= {"product_fee": yuan(service_fen + call_fen), "call_fee": yuan(call_fen)}
    if service_voucher_fen or call_voucher_fen:
        fields["voucher_offset"] = {"service": yuan(service_voucher_fen), "call": yuan(call_voucher_fen)}
    return fields


def check_currency(place: str, given: str, wanted: str, spelt: frozenset[str] = frozenset()) -> None:
    """Raises Unreadable `other_currency` unless it is the terms' (`spelt` are other ways to write that)."""
    if given != wanted and given not in spelt:
        raise OtherCurrency(place=place, given=repr(given), wanted=wanted)


def next_month(first: datetime) -> datetime:
    """The first of the month after the one that begins at `first`."""
    return (first + timedelta(days=31)).replace(day=1)


def _part(place: str, bill: ChargedBill, charges: Iterable[Charge], *, is_call: bool) -> tuple[int, int]:
    """Fee and voucher offset of one part of a bill, in fen."""
    own = [charge for charge in charges if charge.is_call == is_call]
    fee, offset = (
        (said("call fee"), said("call voucher offset"))
        if is_call
        else (said("service fee"), said("service voucher offset"))
    )
    fee_fen = _fen(place, bill, sum((charge.fee for charge in own), Fraction(0)), fee)
    voucher_fen = _fen(place, bill, sum((charge.voucher for charge in own), Fraction(0)), offset)
    if voucher_fen > fee_fen:
        raise VouchersExceedFee(place=place, voucher=voucher_fen, what=fee, fee=fee_fen)
    return fee_fen, voucher_fen


def _fen(place: str, bill: ChargedBill, total: Fraction, what: Said) -> int:
    if total < 0:
        raise NegativeTotal(place=place, what=what)
    fen = total * 100
    if fen.denominator != 1 and not bill.rounded:
        raise FinerThanFen(place=place, what=what)
    return half_up(fen.numerator, fen.denominator)
