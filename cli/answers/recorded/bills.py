"""Bills: the list, and one with its life."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from cli.answers.history.case import BillShown, PaymentShown, VoucherOffsetShown, bill_shown
from cli.answers.recorded.life import LifeEvent, life_of, print_life
from cli.terminal.numbers import currency, money
from cli.terminal.output import print_pairs, print_table
from cli.terminal.values import ZonedInstant
from cli.terminal.vocabulary import word
from domain.bill import PARTS, redeemed_fen
from domain.money import Fen
from domain.text import said
from ledger.queries.recorded import RecordedBill


class BillListed(msgspec.Struct, frozen=True, kw_only=True):
    """A bill in a list; `redeemed` is what vouchers of the ledger paid of it, `actor` recorded it."""

    bill: str
    account: str
    first_month: str
    months: int
    billed_at: ZonedInstant
    product_fee: Fen
    call_fee: Fen
    voucher_offset: VoucherOffsetShown
    redeemed: Fen
    status: str
    currency: str
    recorded_at: ZonedInstant
    actor: str
    reason: str | None


class BillAnswer(BillShown, frozen=True, kw_only=True):
    """`slaledger fees show`: a bill with its payments and its events."""

    account: str
    currency: str
    events: list[LifeEvent]

    def table(self) -> None:
        """Print the bill, its payments, and its events one by one."""
        offset = self.voucher_offset.service + self.voucher_offset.call
        print_pairs(
            [
                (word("bill"), self.bill),
                (word("account"), self.account),
                (word("first month"), self.first_month),
                (word("months"), self.months),
                (word("billed"), self.billed_at),
                (word("product fee"), currency(self.product_fee, self.currency)),
                (word("call fee"), currency(self.call_fee, self.currency)),
                (said("paid with vouchers outside the ledger"), currency(offset, self.currency) if offset else None),
                (word("status"), word(self.status)),
            ]
        )
        if self.payments:
            print()
            _print_payments(self.payments)
        print_life(self.events)


def _print_payments(payments: Iterable[PaymentShown]) -> None:
    rows = [(one.voucher, one.redemption, word(one.part), money(one.amount), word(one.status)) for one in payments]
    columns = (word("voucher"), said("no."), said("part"), said("amount"), word("status"))
    print_table(columns, rows, right=["no.", "amount"])


def bill_listed(found: RecordedBill, zone: str, currency: str) -> BillListed:
    """A bill in a list."""
    shown, first = bill_shown(found.bill, zone), found.facts[0]
    return BillListed(
        bill=shown.bill,
        account=found.bill.account,
        first_month=shown.first_month,
        months=shown.months,
        billed_at=shown.billed_at,
        product_fee=shown.product_fee,
        call_fee=shown.call_fee,
        voucher_offset=shown.voucher_offset,
        redeemed=Fen(sum(redeemed_fen(found.bill, part) for part in PARTS)),
        status=shown.status,
        currency=currency,
        recorded_at=ZonedInstant(first.recorded_at, zone),
        actor=first.actor,
        reason=first.reason,
    )


def bill_answer(found: RecordedBill, zone: str, currency: str) -> BillAnswer:
    """A bill with its life."""
    return BillAnswer(
        **msgspec.structs.asdict(bill_shown(found.bill, zone)),
        account=found.bill.account,
        currency=currency,
        events=life_of(found.facts, zone),
    )


def print_bills(bills: Iterable[BillListed]) -> None:
    """Print bills, one per row."""
    rows = [
        (
            one.bill,
            one.account,
            one.first_month if one.months == 1 else f"{one.first_month} +{one.months - 1}",
            money(one.product_fee),
            money(one.call_fee),
            money(one.redeemed),
            word(one.status),
        )
        for one in bills
    ]
    columns = ("bill", "account", "month", "product fee", "call fee", "redeemed", "status")
    print_table(list(map(word, columns)), rows, right=list(map(word, columns[3:6])))
