"""An agreement's document as structs: every table, every parameter with its clause, every reading with its default."""

from __future__ import annotations

from datetime import date, datetime
from fractions import Fraction
from typing import Annotated, Generic, Literal, TypeVar, get_args

import msgspec

from domain.events import Function
from domain.money import DEFAULT_CURRENCY, Fen
from domain.time import midnight

REFERENCE_AGREEMENT = "aliyun-ccc"
REFERENCE_FUNCTIONS: tuple[str, ...] = get_args(Function)
"""The functions that can be unavailable where terms list none: the parts of a call centre."""
_Clause = Annotated[str, msgspec.Meta(min_length=1, max_length=40)]
_Name = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9._-]{1,64}$")]
_FunctionName = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
_Value = TypeVar("_Value")


class _Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of every table of a document. Unknown fields are refused."""


class Cited(msgspec.Struct, Generic[_Value], frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A parameter with the clause that sets it."""

    value: _Value
    clause: _Clause


class Source(_Part, frozen=True, kw_only=True):
    """The contract's text that this document was made from, and when it was last compared."""

    document: str
    sha256: Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")] | None = None
    url: str | None = None
    dated: date | None = None
    """The date in the text itself; None where it has none."""
    checked_on: date
    noticed_at: Annotated[datetime, msgspec.Meta(tz=True)] | None = None
    """The instant at which an amendment that ships was announced; None for a first version, or where none is needed."""


class Measure(_Part, frozen=True, kw_only=True):
    """How availability is computed: only from the time that the service was down."""

    kind: Cited[Literal["time"]]


class Service(_Part, frozen=True, kw_only=True):
    """The service that is measured, and the minimum length of an outage that counts."""

    period: Cited[Literal["calendar_month"]]
    minimum_outage_seconds: Cited[Annotated[int, msgspec.Meta(ge=0, le=86_400)]]
    beta_covered: Cited[bool]
    whole_minutes_only: Cited[bool] | None = None
    """Whether only the whole minutes that an outage filled count."""
    service_month: Cited[Literal["calendar", "within_term"]] | None = None
    """Whether a service month is the whole calendar month, or only its days within the term of the service."""
    functions: Cited[Annotated[tuple[_FunctionName, ...], msgspec.Meta(min_length=1)]] | None = None


class Commitment(_Part, frozen=True, kw_only=True):
    """The promised availability and mean time between failures."""

    availability: Cited[Fraction]
    mtbf_days: Cited[Annotated[int, msgspec.Meta(ge=1, le=3660)]] | None = None


class Claims(_Part, frozen=True, kw_only=True):
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


class Fees(_Part, frozen=True, kw_only=True):
    """The base of rates: two parts or the undivided fee, net of vouchers or gross, with or without prepayments."""

    parts: Cited[Literal["service_and_call", "single"]] | None = None
    base: Cited[Literal["net_of_vouchers", "gross"]] | None = None
    prepayments: Cited[Literal["divided", "outside"]] | None = None
    """Whether a payment for several months is divided over them, or is in the base of none."""


class CreditLimits(_Part, frozen=True, kw_only=True):
    """The cap on a month's credit, as a share of its fee net of vouchers, and the minimum that it must exceed."""

    cap: Cited[Fraction] | None = None
    minimum_credit: Cited[Fen] | None = None


class Amendments(_Part, frozen=True, kw_only=True):
    """How an amendment is announced."""

    notice_days: Cited[Annotated[int, msgspec.Meta(ge=0, le=3660)]]


class VoucherRules(_Part, frozen=True, kw_only=True):
    """A voucher is neither cash nor transferable; `remedy` calls it a voucher, or a credit on later bills."""

    cash: Cited[Literal[False]]
    transferable: Cited[Literal[False]]
    remedy: Cited[Literal["voucher", "credit"]] | None = None


class Tier(_Part, frozen=True, kw_only=True):
    """Availabilities below `below` and at or above `at_least`, with the rate of each part of the fee."""

    below: Fraction
    at_least: Fraction | None = None
    service_rate: Fraction
    call_rate: Fraction | None = None
    """None where the fee has no parts: `service_rate` is then the rate of all of it."""
    clause: _Clause


class ExclusionCause(_Part, frozen=True, kw_only=True):
    """A cause for which nothing is owed, and whether it needs prior notice to the customer."""

    clause: Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9.()-]{0,39}$")]
    cause: Annotated[str, msgspec.Meta(min_length=1)]
    notice_required: bool = False


class FirstReadings(_Part, frozen=True, kw_only=True):
    """How doubtful clauses are read, as decisions of formats 1 and 2 carry it: the switches that there were then."""

    minimum_inclusive: bool = True
    minimum_kind: Literal["franchise", "deductible"] = "franchise"
    minimum_applies_to: Literal["merged", "per_function", "per_incident"] = "merged"
    minimum_tested: Literal["before_exclusions", "after_exclusions"] = "before_exclusions"
    exclusion_removes: Literal["cause", "time"] = "cause"
    quantise: Literal["exact", "ceil_minute_per_episode"] = "exact"
    month_straddle: Literal["whole_then_clip", "clip_then_test"] = "whole_then_clip"
    timezone: str = "Asia/Shanghai"
    availability_decimals: Literal["exact"] | Annotated[int, msgspec.Meta(ge=0, le=12)] = "exact"
    mtbf_event: Literal["outage", "month_below_target"] = "outage"
    rounding: Literal["per_part", "once_on_total"] = "per_part"
    claim_opens: Literal["day_after", "on_the_day"] = "day_after"
    claim_closes: Literal["end_of_month", "corresponding_day"] = "end_of_month"
    deadline_rolls: bool = False
    version_in_force: Literal["month_start", "month_end"] = "month_start"
    voucher_pays_later_by: Literal["bill_date", "usage_month"] = "bill_date"
    voucher_pays: Literal["service_and_call", "service"] = "service_and_call"


class Readings(FirstReadings, frozen=True, kw_only=True):
    """How doubtful clauses are read. A switch that a document leaves out has the reading that was always applied."""

    shared_touches: Literal["at_start", "any_covered"] = "at_start"
    maintenance_excluded: Literal["actual", "announced"] = "actual"

    def first(self) -> FirstReadings | None:
        """The same with the first switches alone; None where a later one is not read as it was before there was it."""
        if self.shared_touches != "at_start" or self.maintenance_excluded != "actual":
            return None
        return FirstReadings(**{name: getattr(self, name) for name in FirstReadings.__struct_fields__})


class Terms(_Part, frozen=True, kw_only=True):
    """One version of an agreement."""

    schema: Literal[1]
    agreement: _Name
    version: _Name
    revision: Annotated[int, msgspec.Meta(ge=1, le=9999)] = 1
    """Counts the documents of a version, which differ in their readings alone."""
    title: Annotated[str, msgspec.Meta(min_length=1)]
    effective_from: date
    currency: str = DEFAULT_CURRENCY
    source: Source
    measure: Measure = Measure(kind=Cited(value="time", clause="2.1"))
    service: Service
    commitment: Commitment
    claims: Claims
    amendments: Amendments
    fees: Fees = Fees()
    credit: CreditLimits = CreditLimits()
    vouchers: VoucherRules
    tiers: Annotated[tuple[Tier, ...], msgspec.Meta(min_length=1)]
    exclusions: tuple[ExclusionCause, ...]
    readings: Readings

    def __hash__(self) -> int:
        """Hash only what tells versions apart: terms are looked up often, and hashing every part is slow."""
        return hash((self.version, self.readings))

    @property
    def zone(self) -> str:
        return self.readings.timezone

    @property
    def functions(self) -> tuple[str, ...]:
        """The functions that can be unavailable."""
        return REFERENCE_FUNCTIONS if self.service.functions is None else self.service.functions.value

    @property
    def whole_minutes_only(self) -> bool:
        """Whether only the whole minutes that an outage filled count."""
        return self.service.whole_minutes_only is not None and self.service.whole_minutes_only.value

    @property
    def within_term(self) -> bool:
        """Whether a service month is only the days of the calendar month within the term of the service."""
        return self.service.service_month is not None and self.service.service_month.value == "within_term"

    @property
    def single_fee(self) -> bool:
        """Whether the fee has no parts."""
        return self.fees.parts is not None and self.fees.parts.value == "single"

    @property
    def gross_base(self) -> bool:
        """Whether rates apply to the whole fee, before vouchers."""
        return self.fees.base is not None and self.fees.base.value == "gross"

    @property
    def prepaid_outside(self) -> bool:
        """Whether payments for several months are outside the base."""
        return self.fees.prepayments is not None and self.fees.prepayments.value == "outside"

    @property
    def remedy(self) -> Literal["voucher", "credit"]:
        """The form in which a month's credit is given."""
        return "voucher" if self.vouchers.remedy is None else self.vouchers.remedy.value

    @property
    def effective_at(self) -> int:
        """The first instant of the day on which the version takes effect, in microseconds."""
        return midnight(self.effective_from, self.zone)


class Version(msgspec.Struct, frozen=True, kw_only=True):
    """Terms as they were published: `sha256` is over the document's bytes."""

    terms: Terms
    sha256: str
    document: str
    noticed_at: int | None

    def __hash__(self) -> int:
        """Hash only the document's hash: versions are looked up often, and hashing every part is slow."""
        return hash(self.sha256)
