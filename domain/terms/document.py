"""An agreement's document as structs: every table, every parameter with its clause, every reading with its default."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal, get_args

import msgspec

from domain.events import Function
from domain.money import DEFAULT_CURRENCY
from domain.terms.parts import (
    Amendments,
    Cited,
    Claims,
    Commitment,
    CreditLimits,
    DocumentPart,
    ExclusionCause,
    Fees,
    Measure,
    Service,
    Source,
    Tier,
    VoucherRules,
)
from domain.time import midnight

REFERENCE_AGREEMENT = "aliyun-ccc"
REFERENCE_FUNCTIONS: tuple[str, ...] = get_args(Function)
"""The functions that can be unavailable where terms list none: the parts of a call centre."""
_Name = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9._-]{1,64}$")]


class FirstReadings(DocumentPart, frozen=True, kw_only=True):
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


class Terms(DocumentPart, frozen=True, kw_only=True):
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
