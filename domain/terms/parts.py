"""The parts of a terms document, each with its clause."""

from __future__ import annotations

from datetime import date, datetime
from fractions import Fraction
from typing import Annotated, Generic, Literal, TypeVar

import msgspec

from domain.money import Fen

_Clause = Annotated[str, msgspec.Meta(min_length=1, max_length=40)]
_FunctionName = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
_Value = TypeVar("_Value")


class DocumentPart(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of every table of a document. Unknown fields are refused."""


class Cited(msgspec.Struct, Generic[_Value], frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A parameter with the clause that sets it."""

    value: _Value
    clause: _Clause


class Source(DocumentPart, frozen=True, kw_only=True):
    """The contract's text that this document was made from, and when it was last compared."""

    document: str
    sha256: Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")] | None = None
    url: str | None = None
    dated: date | None = None
    """The date in the text itself; None where it has none."""
    checked_on: date
    noticed_at: Annotated[datetime, msgspec.Meta(tz=True)] | None = None
    """The instant at which an amendment that ships was announced; None for a first version, or where none is needed."""


class Measure(DocumentPart, frozen=True, kw_only=True):
    """How availability is computed: only from the time that the service was down."""

    kind: Cited[Literal["time"]]


class Service(DocumentPart, frozen=True, kw_only=True):
    """The service that is measured, and the minimum length of an outage that counts."""

    period: Cited[Literal["calendar_month"]]
    minimum_outage_seconds: Cited[Annotated[int, msgspec.Meta(ge=0, le=86_400)]]
    beta_covered: Cited[bool]
    whole_minutes_only: Cited[bool] | None = None
    """Whether only the whole minutes that an outage filled count."""
    service_month: Cited[Literal["calendar", "within_term"]] | None = None
    """Whether a service month is the whole calendar month, or only its days within the term of the service."""
    functions: Cited[Annotated[tuple[_FunctionName, ...], msgspec.Meta(min_length=1)]] | None = None


class Commitment(DocumentPart, frozen=True, kw_only=True):
    """The promised availability and mean time between failures."""

    availability: Cited[Fraction]
    mtbf_days: Cited[Annotated[int, msgspec.Meta(ge=1, le=3660)]] | None = None


class Claims(DocumentPart, frozen=True, kw_only=True):
    """When a month can be claimed: from its end, or from a working day on; for some months or days, or ever after."""

    opens_after_working_day: Cited[Annotated[int, msgspec.Meta(ge=1, le=15)]] | None = None
    closes_after_months: Cited[Annotated[int, msgspec.Meta(ge=1, le=24)]] | None = None
    closes_after_days: Cited[Annotated[int, msgspec.Meta(ge=1, le=732)]] | None = None
    closes: Cited[Literal["never"]] | None = None
    """Said where the terms set no end."""

    @property
    def clause(self) -> str:
        """The clause that says when a claim is in time."""
        found = self.closes_after_months or self.closes_after_days or self.closes or self.opens_after_working_day
        return found.clause if found else ""


class Fees(DocumentPart, frozen=True, kw_only=True):
    """The base of rates: two parts or the undivided fee, net of vouchers or gross, with or without prepayments."""

    parts: Cited[Literal["service_and_call", "single"]] | None = None
    base: Cited[Literal["net_of_vouchers", "gross"]] | None = None
    prepayments: Cited[Literal["divided", "outside"]] | None = None
    """Whether a payment for several months is divided over them, or is in the base of none."""


class CreditLimits(DocumentPart, frozen=True, kw_only=True):
    """The cap on a month's credit, as a share of its fee net of vouchers, and the minimum that it must exceed."""

    cap: Cited[Fraction] | None = None
    minimum_credit: Cited[Fen] | None = None


class Amendments(DocumentPart, frozen=True, kw_only=True):
    """How an amendment is announced."""

    notice_days: Cited[Annotated[int, msgspec.Meta(ge=0, le=3660)]]


class VoucherRules(DocumentPart, frozen=True, kw_only=True):
    """A voucher is neither cash nor transferable; `remedy` calls it a voucher, or a credit on later bills."""

    cash: Cited[Literal[False]]
    transferable: Cited[Literal[False]]
    remedy: Cited[Literal["voucher", "credit"]] | None = None


class Tier(DocumentPart, frozen=True, kw_only=True):
    """Availabilities below `below` and at or above `at_least`, with the rate of each part of the fee."""

    below: Fraction
    at_least: Fraction | None = None
    service_rate: Fraction
    call_rate: Fraction | None = None
    """None where the fee has no parts: `service_rate` is then the rate of all of it."""
    clause: _Clause


class ExclusionCause(DocumentPart, frozen=True, kw_only=True):
    """A cause for which nothing is owed, and whether it needs prior notice to the customer."""

    clause: Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9.()-]{0,39}$")]
    cause: Annotated[str, msgspec.Meta(min_length=1)]
    notice_required: bool = False
