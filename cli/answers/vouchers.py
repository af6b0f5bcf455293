"""A voucher from its issue to its last redemption, and the list of vouchers."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from cli.terminal.numbers import currency, money
from cli.terminal.output import print_pairs, print_table
from cli.terminal.values import ZonedInstant
from cli.terminal.vocabulary import word
from domain.money import Fen
from domain.text import said
from domain.voucher import Redemption, Voucher
from projections.vouchers import VoucherRow


class RedemptionShown(msgspec.Struct, frozen=True, kw_only=True):
    """A part of a bill that a voucher paid; `reason` is why it was reversed."""

    redemption: int
    bill: str
    part: str
    amount: Fen
    redeemed_at: ZonedInstant
    status: str
    reason: str | None


class CancellationShown(msgspec.Struct, frozen=True, kw_only=True):
    """A cancellation of a voucher's balance."""

    amount: Fen
    reason: str | None


class VoucherAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """`slaledger voucher show`: a voucher with its redemptions and cancellations; `terms` is the version's name."""

    voucher: str
    account: str
    month: str
    decision: int
    terms: str
    currency: str
    issued: Fen
    redeemed: Fen
    cancelled: Fen
    balance: Fen
    issued_at: ZonedInstant
    redemptions: list[RedemptionShown]
    cancellations: list[CancellationShown]

    def table(self) -> None:
        """Print the voucher, and its redemptions one per row."""
        amounts = (self.issued, self.redeemed, self.cancelled, self.balance)
        print_pairs(
            [
                (word("voucher"), self.voucher),
                (word("account"), self.account),
                (word("month"), self.month),
                (word("decision"), self.decision),
                (word("issued at"), self.issued_at),
                *(
                    (word(name), currency(amount, self.currency))
                    for name, amount in zip(_AMOUNTS, amounts, strict=True)
                ),
            ]
        )
        if self.redemptions:
            _print_redemptions(self.redemptions)


_AMOUNTS = ("issued", "redeemed", "cancelled", "balance")


def _print_redemptions(redemptions: Sequence[RedemptionShown]) -> None:
    print()
    rows = [
        (
            one.redemption,
            one.bill,
            word(one.part),
            money(one.amount),
            one.redeemed_at.in_table(),
            word(one.status),
        )
        for one in redemptions
    ]
    columns = (said("no."), said("bill"), said("part"), said("amount"), said("redeemed at"), said("status"))
    print_table(columns, rows, right=["no.", "amount"])


def voucher_answer(found: Voucher, zone: str, currency: str) -> VoucherAnswer:
    """A voucher with its redemptions and cancellations."""
    return VoucherAnswer(
        voucher=found.voucher,
        account=found.account,
        month=found.month,
        decision=found.decision,
        terms=found.version,
        currency=currency,
        issued=Fen(found.amount_fen),
        redeemed=Fen(found.redeemed_fen),
        cancelled=Fen(found.cancelled_fen),
        balance=Fen(found.balance_fen),
        issued_at=ZonedInstant(found.issued_at, zone),
        redemptions=[_redemption(redemption, zone) for redemption in found.redemptions],
        cancellations=[
            CancellationShown(amount=Fen(cancellation.amount_fen), reason=cancellation.reason)
            for cancellation in found.cancellations
        ],
    )


def _redemption(found: Redemption, zone: str) -> RedemptionShown:
    return RedemptionShown(
        redemption=found.number,
        bill=found.bill,
        part=found.part,
        amount=Fen(found.amount_fen),
        redeemed_at=ZonedInstant(found.redeemed_at, zone),
        status="stands" if found.reversed is None else "reversed",
        reason=found.reversed,
    )


class VoucherListed(msgspec.Struct, frozen=True, kw_only=True):
    """A voucher in a list."""

    voucher: str
    account: str
    month: str
    issued: Fen
    redeemed: Fen
    cancelled: Fen
    balance: Fen
    issued_at: ZonedInstant
    currency: str
    name: str | msgspec.UnsetType = msgspec.UNSET


def voucher_listed(row: VoucherRow, zone: str, currency: str) -> VoucherListed:
    """A voucher in a list."""
    return VoucherListed(
        voucher=row.voucher,
        account=row.account,
        month=row.month,
        issued=Fen(row.issued_fen),
        redeemed=Fen(row.redeemed_fen),
        cancelled=Fen(row.cancelled_fen),
        balance=Fen(row.balance_fen),
        issued_at=ZonedInstant(row.issued_at, zone),
        currency=currency,
    )


def print_vouchers(vouchers: Sequence[VoucherListed]) -> None:
    """Print vouchers, one per row."""
    rows = [
        (one.voucher, money(one.issued), money(one.redeemed), money(one.cancelled), money(one.balance))
        for one in vouchers
    ]
    columns = ("voucher", *_AMOUNTS)
    print_table(list(map(word, columns)), rows, right=columns[1:])
