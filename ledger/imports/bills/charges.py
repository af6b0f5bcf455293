"""From charges to bills: exact sums of the service and the call part, and what of each was paid with vouchers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from fractions import Fraction

import msgspec

from domain.money import half_up, yuan
from domain.text import Said, counted, said
from ledger.imports.bills.statements import Amounts, BillKey, BillStatement
from ledger.imports.statements import Faults
from ledger.refusals import Misread
from ledger.refusals.imports.bills import TwoCurrencies
from ledger.refusals.imports.shared import FinerThanFen, NegativeTotal, OtherCurrency, VouchersExceedFee

ZERO = Fraction(0)
NAMED = 5
"""How many bills a note names."""


class Charge(msgspec.Struct, frozen=True, kw_only=True):
    """One charge: of which bill, its part, its fee, what of that was paid with vouchers and what is unpaid.

    `billed` is when it was billed, in microseconds, behind how well that is known: the best known and latest instant
    is the bill's. `order` is the source's number of what it belongs to.
    """

    place: str
    key: BillKey
    is_call: bool
    fee: Fraction
    voucher: Fraction = ZERO
    unpaid: Fraction = ZERO
    billed: tuple[int, int]
    order: str = ""
    is_purchase: bool = False


class _Sums(msgspec.Struct):
    """What the charges of one bill come to so far; the fees are by part, calls under True."""

    place: str
    billed: tuple[int, int]
    fees: dict[bool, Fraction]
    vouchers: dict[bool, Fraction]
    orders: dict[str, Fraction]
    unpaid: Fraction = ZERO
    has_purchases: bool = False


class BillSums:
    """The bills that charges add up to, in the order in which they first appear; memory grows with the bills alone.

    Sums are exact and rounded half up once per bill and part; unless `rounded` they must be whole fen. Without
    `tells_vouchers` the source does not say what vouchers paid.
    """

    def __init__(self, *, rounded: bool = True, tells_vouchers: bool = True, is_spread: bool = False) -> None:
        self._bills: dict[BillKey, _Sums] = {}
        self._rounded = rounded
        self._tells_vouchers = tells_vouchers
        self._is_spread = is_spread

    def __bool__(self) -> bool:
        return bool(self._bills)

    def add(self, charge: Charge) -> None:
        """One more charge."""
        sums = self._bills.get(charge.key)
        if sums is None:
            sums = _Sums(charge.place, charge.billed, {}, {}, {})
            self._bills[charge.key] = sums
        sums.billed = max(sums.billed, charge.billed)
        sums.fees[charge.is_call] = sums.fees.get(charge.is_call, ZERO) + charge.fee
        if charge.voucher:
            sums.vouchers[charge.is_call] = sums.vouchers.get(charge.is_call, ZERO) + charge.voucher
        if charge.order:
            sums.orders[charge.order] = sums.orders.get(charge.order, ZERO) + charge.fee
        if charge.unpaid:
            sums.unpaid += charge.unpaid
        sums.has_purchases |= charge.is_purchase

    def statements(self, faults: Faults) -> list[BillStatement]:
        """The bills; `faults` gathers `negative_total`, `vouchers_exceed_fee` and `finer_than_fen`."""
        found = []
        for key, sums in self._bills.items():
            with faults.gathering():
                found.append(self._statement(key, sums))
        return found

    def notes(self, *, expects_calls: bool) -> Iterator[str]:
        """What is worth a look: refunds under orders of their own, unpaid amounts, bills without calls."""
        for key, sums in self._bills.items():
            for order, fee in sums.orders.items():
                if fee < 0:
                    yield said(
                        "{bill}: a refund of {amount} under order {order} is netted",
                        bill=key.text,
                        amount=yuan(_nearest(-fee)),
                        order=order,
                    )
            if sums.unpaid > 0:
                yield said(
                    "{bill}: {amount} is unpaid; what was billed counts (R25)",
                    bill=key.text,
                    amount=yuan(_nearest(sums.unpaid)),
                )
        without = [key.text for key, sums in self._bills.items() if True not in sums.fees]
        if expects_calls and without:
            more = [] if len(without) <= NAMED else ["…"]
            yield counted(
                "{n} bill without calls: {bills}",
                "{n} bills without calls: {bills}",
                len(without),
                bills=", ".join([*without[:NAMED], *more]),
            )

    def _statement(self, key: BillKey, sums: _Sums) -> BillStatement:
        service_fen, service_voucher_fen = self._part(sums, is_call=False)
        call_fen, call_voucher_fen = self._part(sums, is_call=True)
        return BillStatement(
            key=key,
            amounts=Amounts(
                product_fen=service_fen + call_fen,
                call_fen=call_fen,
                service_voucher_fen=service_voucher_fen if self._tells_vouchers else None,
                call_voucher_fen=call_voucher_fen if self._tells_vouchers else None,
            ),
            billed_at=sums.billed[1],
            place=sums.place,
            orders=tuple(sums.orders),
            unpaid_fen=_nearest(max(ZERO, sums.unpaid)),
            is_spread=self._is_spread,
            has_purchases=sums.has_purchases,
        )

    def _part(self, sums: _Sums, *, is_call: bool) -> tuple[int, int]:
        """Fee and voucher offset of one part of a bill, in fen."""
        fee, offset = (
            (said("call fee"), said("call voucher offset"))
            if is_call
            else (said("service fee"), said("service voucher offset"))
        )
        fee_fen = self._fen(sums.place, sums.fees.get(is_call, ZERO), fee)
        voucher_fen = self._fen(sums.place, sums.vouchers.get(is_call, ZERO), offset)
        if voucher_fen > fee_fen:
            raise VouchersExceedFee(place=sums.place, voucher=voucher_fen, what=fee, fee=fee_fen)
        return fee_fen, voucher_fen

    def _fen(self, place: str, total: Fraction, what: Said) -> int:
        if total < 0:
            raise NegativeTotal(place=place, what=what)
        if (total * 100).denominator != 1 and not self._rounded:
            raise FinerThanFen(place=place, what=what)
        return _nearest(total)


class Currencies:
    """The currencies of each account's months: nothing is converted, and one bill has one currency."""

    def __init__(self, wanted: str, refused: Callable[[str, str], Misread] | None = None) -> None:
        """`refused` makes the refusal of another currency, of its place and the currency."""
        self._wanted = wanted
        self._refused = refused or self._other
        self._found: dict[tuple[str, str], dict[str, str]] = {}

    def take(self, account: str, month: str, given: str, place: str) -> None:
        """One charge's currency and where it stands."""
        self._found.setdefault((account, month), {}).setdefault(given, place)

    def check(self, faults: Faults) -> None:
        """Gathers `two_currencies` and `other_currency`."""
        for (account, month), places in self._found.items():
            others = {given: place for given, place in places.items() if given != self._wanted}
            for given, place in others.items():
                with faults.gathering():
                    if len(places) > 1:
                        raise TwoCurrencies(place=place, account=account, month=month, given=_listed(places))
                    raise self._refused(place, given)

    def _other(self, place: str, given: str) -> Misread:
        return OtherCurrency(place=place, given=repr(given), wanted=self._wanted)


def next_month(first: datetime) -> datetime:
    """The first of the month after the one that begins at `first`."""
    return (first + timedelta(days=31)).replace(day=1)


def _listed(places: Mapping[str, str]) -> str:
    return ", ".join(repr(given) for given in places)


def _nearest(amount: Fraction) -> int:
    fen = amount * 100
    return half_up(fen.numerator, fen.denominator)
