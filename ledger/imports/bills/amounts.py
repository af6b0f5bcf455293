"""Amounts of bills compared and divided, and the commands that bring a bill to what a source states."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import reduce

import msgspec

from domain import commands as c
from domain import events as e
from domain.bill import Bill
from domain.money import Fen, yuan
from domain.rules.fees import share
from domain.time import Instant, MonthText, months_between
from domain.values import Id, VoucherOffset, Words
from ledger.imports.bills.held import HeldBill
from ledger.imports.bills.statements import Amounts, BillStatement


class AmountChange(msgspec.Struct, frozen=True, kw_only=True):
    """An amount of a bill that was another, in fen; `field` is that of `fees correct`."""

    bill: str
    field: str
    was: int
    now: int


def is_near(told: Amounts, held: Amounts, within_fen: int) -> bool:
    """Whether each amount is the same up to so many fen; what the source does not tell is no difference."""
    pairs = (
        (told.service_fen, held.service_fen),
        (told.call_fen, held.call_fen),
        (told.service_voucher_fen, held.service_voucher_fen or 0),
        (told.call_voucher_fen, held.call_voucher_fen or 0),
    )
    return all(one is None or abs(one - other) <= within_fen for one, other in pairs)


def share_of(bill: Bill, month: str) -> Amounts:
    """R11: a month's share of a bill, each amount divided by itself."""
    index = months_between(bill.first_month, month)
    return Amounts(
        product_fen=share(bill.product_fee_fen, bill.months, index),
        call_fen=share(bill.call_fee_fen, bill.months, index),
        service_voucher_fen=share(bill.service_voucher_fen, bill.months, index),
        call_voucher_fen=share(bill.call_voucher_fen, bill.months, index),
    )


def total(found: Sequence[HeldBill]) -> Amounts:
    """The amounts of bills together."""
    return reduce(Amounts.__add__, (each.amounts for each in found), Amounts())


def completed(told: Amounts, held: Amounts) -> Amounts:
    """What is told, with the ledger's voucher offsets where the source tells none."""
    return msgspec.structs.replace(
        told,
        service_voucher_fen=held.service_voucher_fen if told.service_voucher_fen is None else told.service_voucher_fen,
        call_voucher_fen=held.call_voucher_fen if told.call_voucher_fen is None else told.call_voucher_fen,
    )


def less(told: Amounts, others: Amounts) -> Amounts:
    """What is left of amounts when others are taken off; it may be below zero."""
    return Amounts(
        product_fen=told.product_fen - others.product_fen,
        call_fen=told.call_fen - others.call_fen,
        service_voucher_fen=(told.service_voucher_fen or 0) - (others.service_voucher_fen or 0),
        call_voucher_fen=(told.call_voucher_fen or 0) - (others.call_voucher_fen or 0),
    )


def is_possible(amounts: Amounts) -> bool:
    """Whether a bill can say this: no part is below zero or below its vouchers."""
    service, call = amounts.service_voucher_fen or 0, amounts.call_voucher_fen or 0
    return 0 <= service <= amounts.service_fen and 0 <= call <= amounts.call_fen


def standing_payments(bill: Bill) -> list[object]:
    """The redemptions on a bill that are not reversed."""
    return [payment for payment in bill.payments if not payment.reversed]


def changes_of(held: HeldBill, wanted: Amounts) -> list[AmountChange]:
    """What a bill says otherwise than it should."""
    now = held.amounts
    pairs = (
        ("product_fee", now.product_fen, wanted.product_fen),
        ("call_fee", now.call_fen, wanted.call_fen),
        ("voucher_offset.service", now.service_voucher_fen or 0, wanted.service_voucher_fen or 0),
        ("voucher_offset.call", now.call_voucher_fen or 0, wanted.call_voucher_fen or 0),
    )
    return [AmountChange(bill=held.id, field=name, was=was, now=is_) for name, was, is_ in pairs if was != is_]


def correction(id_: str, changes: Iterable[AmountChange], reason: Words) -> c.CorrectFees:
    """The command that makes changes of a bill.

    Raises BadValue `bad_amount`.
    """
    given = {change.field: _fen(change.now) for change in changes}
    offset = VoucherOffset(service=given.get("voucher_offset.service"), call=given.get("voucher_offset.call"))
    return c.CorrectFees(
        bill=Id(id_),
        product_fee=given.get("product_fee"),
        call_fee=given.get("call_fee"),
        voucher_offset=None if offset == VoucherOffset() else offset,
        reason=reason,
    )


def new_bill(id_: str, statement: BillStatement) -> c.BillFees:
    """The command that records a statement. Raises BadValue `bad_amount`."""
    told = statement.amounts
    offset = VoucherOffset(service=_fen(told.service_voucher_fen or 0), call=_fen(told.call_voucher_fen or 0))
    return c.BillFees(
        bill=Id(id_),
        account=Id(statement.account),
        first_month=MonthText(statement.key.first_month),
        months=statement.key.months,
        billed_at=Instant(statement.billed_at),
        product_fee=_fen(told.product_fen),
        call_fee=_fen(told.call_fen),
        voucher_offset=offset if offset.service or offset.call else None,
    )


def told_again(first: e.FeesBilled) -> c.BillFees:
    """The very command that recorded a bill, said again."""
    offset = VoucherOffset(service=_fen(first.service_voucher_fen), call=_fen(first.call_voucher_fen))
    return c.BillFees(
        bill=Id(first.bill),
        account=Id(first.account),
        first_month=MonthText(first.first_month),
        months=first.months,
        billed_at=Instant(first.billed_at),
        product_fee=_fen(first.product_fee_fen),
        call_fee=_fen(first.call_fee_fen),
        voucher_offset=offset if offset.service or offset.call else None,
        again=True,
    )


def _fen(fen: int) -> Fen:
    """An amount that the ledger can hold. Raises BadValue `bad_amount`."""
    return Fen.parse(yuan(fen))
