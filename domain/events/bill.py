"""Events of a bill."""

from __future__ import annotations

from domain.events.event import Event, InstantUs, Part


class FeesBilled(Event, frozen=True, kw_only=True):
    """An account was billed for `months` months from `first_month`; voucher amounts were paid outside this ledger."""

    bill: str
    account: str
    first_month: str
    months: int
    billed_at: InstantUs
    product_fee_fen: int
    call_fee_fen: int
    service_voucher_fen: int = 0
    call_voucher_fen: int = 0


class FeesCorrected(Event, frozen=True, kw_only=True):
    """A bill's amounts were corrected. An amount left out stays as it was."""

    bill: str
    product_fee_fen: int | None = None
    call_fee_fen: int | None = None
    service_voucher_fen: int | None = None
    call_voucher_fen: int | None = None


class FeesVoided(Event, frozen=True, kw_only=True):
    """The bill was voided."""

    bill: str


class FeesRestored(Event, frozen=True, kw_only=True):
    """The voiding of the bill is undone: it stands again, with the amounts that it had."""

    bill: str


class FeesPaidByVoucher(Event, frozen=True, kw_only=True):
    """The bill's side of a redemption; `voucher_month` is the month for which the voucher was awarded (R12)."""

    bill: str
    voucher: str
    redemption: int
    voucher_month: str
    part: Part
    amount_fen: int


class FeesPaymentReversed(Event, frozen=True, kw_only=True):
    """The bill's side of a reversed redemption."""

    bill: str
    voucher: str
    redemption: int


class FeesOffsetExplained(Event, frozen=True, kw_only=True):
    """The bill's own voucher offset shows a redemption already: both are records of one payment."""

    bill: str
    voucher: str
    redemption: int
