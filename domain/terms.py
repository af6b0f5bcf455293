"""The agreement as data: a document's schema, its checks, and which version governs a month.

A document is TOML (or the same as JSON). It is read from its text, never from a file: what is published is the
text, and a decision names the hash of its bytes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from functools import lru_cache
from typing import Annotated, Any, Generic, Literal, TypeVar, get_args

import msgspec

from domain.commands import EXCLUSION_CLAUSES, PublishTerms
from domain.events import Function, TermsPublished
from domain.money import DEFAULT_CURRENCY, Fen, currency_finding, parse_percent, percent_text
from domain.parser_words import parser_words
from domain.refusals import BadValue, Refusal, Unreadable
from domain.time import DAY_US, FIRST_YEAR, LAST_YEAR, midnight, month_span, written, zone_info
from domain.wording import Said, said, words_of

REFERENCE_AGREEMENT = "aliyun-ccc"
REFERENCE_FUNCTIONS: tuple[str, ...] = get_args(Function)
"""What can be unavailable where terms do not say: the parts of a call centre."""
_Clause = Annotated[str, msgspec.Meta(min_length=1, max_length=40)]
_Name = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9._-]{1,64}$")]
_FunctionName = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
_Value = TypeVar("_Value")


class _Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of every table of a document: what the schema does not know is refused."""


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
    """The date that the text itself bears; None where it bears none."""
    checked_on: date


class Measure(_Part, frozen=True, kw_only=True):
    """How availability is worked out: from the time that the service was down. There is no other way here."""

    kind: Cited[Literal["time"]]


class Service(_Part, frozen=True, kw_only=True):
    """What is measured, and from which length on an outage counts."""

    period: Cited[Literal["calendar_month"]]
    minimum_outage_seconds: Cited[Annotated[int, msgspec.Meta(ge=0, le=86_400)]]
    beta_covered: Cited[bool]
    functions: Cited[Annotated[tuple[_FunctionName, ...], msgspec.Meta(min_length=1)]] | None = None


class Commitment(_Part, frozen=True, kw_only=True):
    """What is promised."""

    availability: Cited[Fraction]
    mtbf_days: Cited[Annotated[int, msgspec.Meta(ge=1, le=3660)]] | None = None


class Claims(_Part, frozen=True, kw_only=True):
    """When a month can be claimed: from its end, or from a working day on; for some months, or for some days."""

    opens_after_working_day: Cited[Annotated[int, msgspec.Meta(ge=1, le=15)]] | None = None
    closes_after_months: Cited[Annotated[int, msgspec.Meta(ge=1, le=24)]] | None = None
    closes_after_days: Cited[Annotated[int, msgspec.Meta(ge=1, le=732)]] | None = None

    @property
    def clause(self) -> str:
        """The clause that says when a claim is in time."""
        found = self.closes_after_months or self.closes_after_days or self.opens_after_working_day
        return found.clause if found else ""


class Fees(_Part, frozen=True, kw_only=True):
    """What a month's rates are taken of: two parts or the fee as one, less what vouchers paid of it or not."""

    parts: Cited[Literal["service_and_call", "single"]] | None = None
    base: Cited[Literal["net_of_vouchers", "gross"]] | None = None


class CreditLimits(_Part, frozen=True, kw_only=True):
    """The most that a month is worth, of its fee net of vouchers; and what a credit must be above to be given."""

    cap: Cited[Fraction] | None = None
    minimum_credit: Cited[Fen] | None = None


class Amendments(_Part, frozen=True, kw_only=True):
    """How an amendment is announced."""

    notice_days: Cited[Annotated[int, msgspec.Meta(ge=0, le=3660)]]


class VoucherRules(_Part, frozen=True, kw_only=True):
    """What a voucher is not, and what it is called: a voucher, or a credit on later bills."""

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
    """A cause for which nothing is owed, and whether the customer must have been told before."""

    clause: Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9.()-]{0,39}$")]
    cause: Annotated[str, msgspec.Meta(min_length=1)]
    notice_required: bool = False


class Readings(_Part, frozen=True, kw_only=True):
    """How doubtful clauses are read. A switch that a document leaves out has the reading that was always applied."""

    minimum_inclusive: bool = True
    minimum_kind: Literal["franchise", "deductible"] = "franchise"
    minimum_applies_to: Literal["merged", "per_function", "per_incident"] = "merged"
    minimum_tested: Literal["before_exclusions", "after_exclusions"] = "before_exclusions"
    exclusion_removes: Literal["cause", "time"] = "cause"
    quantise: Literal["exact", "ceil_minute_per_episode", "floor_minute_per_episode"] = "exact"
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


class Terms(_Part, frozen=True, kw_only=True):
    """One version of an agreement."""

    schema: Literal[1]
    agreement: _Name
    version: _Name
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
        """Of what tells versions apart: terms are looked up often, and hashing all their parts takes long."""
        return hash((self.version, self.readings))

    @property
    def zone(self) -> str:
        return self.readings.timezone

    @property
    def functions(self) -> tuple[str, ...]:
        """What can be unavailable."""
        return REFERENCE_FUNCTIONS if self.service.functions is None else self.service.functions.value

    @property
    def single_fee(self) -> bool:
        """Whether the fee has no parts."""
        return self.fees.parts is not None and self.fees.parts.value == "single"

    @property
    def gross_base(self) -> bool:
        """Whether rates are taken of the whole fee, whatever vouchers paid of it."""
        return self.fees.base is not None and self.fees.base.value == "gross"

    @property
    def remedy(self) -> Literal["voucher", "credit"]:
        """What a month's credit is given as."""
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
        """Of the document's hash alone: versions are looked up often, and hashing all their parts takes long."""
        return hash(self.sha256)


def document_sha256(text: str) -> str:
    """The hash of a document's bytes, as decisions cite it."""
    return hashlib.sha256(text.encode()).hexdigest()


@lru_cache(maxsize=64)
def parse_terms(text: str) -> Terms:
    """A document's text as terms, wholly checked. Raises Unreadable with the place in the document."""
    try:
        raw = msgspec.json.decode(text) if text.lstrip().startswith("{") else _toml(text)
        _check_expressible(raw)
        terms = msgspec.convert(raw, Terms, dec_hook=_parse_value)
    except (msgspec.DecodeError, RecursionError, ValueError) as error:
        raise Unreadable(
            "bad_terms",
            said("the terms document cannot be read: {error}", error=words_of(error)),
            hint=said("docs/agreements.md describes the document, key by key"),
        ) from None
    for path, finding in _findings(terms):
        raise Unreadable(
            "bad_terms",
            said("the terms document is wrong: {finding} - at `{path}`", finding=finding, path=path),
            hint=said("docs/agreements.md says what may stand there"),
        )
    return terms


def _reason(error: Exception) -> str:
    """Why a document cannot be read, in words; the place in it last."""
    if isinstance(error.__cause__, ValueError) and isinstance(error, msgspec.ValidationError):
        place = str(error).removeprefix(str(error.__cause__)).removeprefix(" - at `").removesuffix("`")
        return said("{message} - at `{path}`", message=words_of(error.__cause__), path=place)
    return parser_words(str(error))


def _toml(text: str) -> dict[str, Any]:
    """Raises ValueError."""
    import tomllib  # most commands read no terms

    return tomllib.loads(text)


_INEXPRESSIBLE: dict[str, tuple[Said, Said]] = {
    "error_rate": (
        said("availability is an average of error rates, and the ledger knows outages, not requests"),
        said("spans in which an error rate was above a threshold can be recorded as incidents; averages cannot"),
    ),
    "user_minutes": (
        said("availability is weighed by how many users were down, and the ledger does not know how many there are"),
        said("an account of its own for each unit that is measured (an instance, a site) can be kept"),
    ),
    "trailing_year": (
        said("availability is measured over the year before a claim, and a decision measures one natural month"),
        said("only agreements that are measured by the natural month can be kept"),
    ),
    "per_minute": (
        said("the credit grows with each minute that was down, and tiers give one share of the month's fee"),
        said("the same as tiers, where the agreement has a table of them"),
    ),
}
"""Kinds of agreement that the schema does not express: why, and what the software can do instead."""


def _check_expressible(raw: Any) -> None:
    """Raises Unreadable `terms_not_expressible` for a kind of measure that the software knows and cannot work out."""
    measure = raw.get("measure") if isinstance(raw, dict) else None
    kind = measure.get("kind") if isinstance(measure, dict) else None
    kind = kind.get("value") if isinstance(kind, dict) else kind
    if isinstance(kind, str) and kind in _INEXPRESSIBLE:
        why, instead = _INEXPRESSIBLE[kind]
        raise Unreadable(
            "terms_not_expressible",
            said("these terms cannot be worked out here: {why} - at `$.measure.kind`", why=why),
            hint=instead,
        )


def _parse_value(kind: type, value: Any) -> Any:
    if kind is Fen:
        return _parse_amount(value)
    if kind is not Fraction:
        raise NotImplementedError(f"no wire form for {kind}")
    if not isinstance(value, str):
        raise TypeError(f"Expected a percentage in quotes such as '99.8%', got {type(value).__name__}")
    return parse_percent(value)


def _parse_amount(value: Any) -> Fen:
    if not isinstance(value, str):
        raise TypeError(f"Expected an amount in quotes such as '1.00', got {type(value).__name__}")
    try:
        return Fen.parse(value)
    except BadValue as error:
        raise ValueError(str(error)) from None


def _findings(terms: Terms) -> list[tuple[str, str]]:
    """What is wrong with a document of the right shape: (path, finding)."""
    return [
        *_date_findings(terms),
        *_currency_findings(terms),
        *_function_findings(terms),
        *_claims_findings(terms),
        *_tier_findings(terms),
        *_limit_findings(terms),
        *_exclusion_findings(terms),
        *_zone_findings(terms),
    ]


def _date_findings(terms: Terms) -> list[tuple[str, str]]:
    if FIRST_YEAR < terms.effective_from.year <= LAST_YEAR:
        return []
    return [
        (
            "$.effective_from",
            said(
                "{date} is not between {first_year} and {last_year}",
                date=terms.effective_from,
                first_year=FIRST_YEAR + 1,
                last_year=LAST_YEAR,
            ),
        )
    ]


def _currency_findings(terms: Terms) -> list[tuple[str, str]]:
    finding = currency_finding(terms.currency)
    return [] if finding is None else [("$.currency", finding)]


def _function_findings(terms: Terms) -> list[tuple[str, str]]:
    functions = terms.functions
    return [
        (f"$.service.functions.value[{index}]", said("{function} stands twice", function=function))
        for index, function in enumerate(functions)
        if function in functions[:index]
    ]


def _claims_findings(terms: Terms) -> list[tuple[str, str]]:
    if (terms.claims.closes_after_months is None) != (terms.claims.closes_after_days is None):
        return []
    return [("$.claims", said("give either closes_after_months or closes_after_days, and not both"))]


def _limit_findings(terms: Terms) -> list[tuple[str, str]]:
    """A cap is a share of the fee, and of a fee in parts nobody could say which part it lowers."""
    cap = terms.credit.cap
    if cap is None:
        return []
    if not 0 < cap.value <= 1:
        return [("$.credit.cap.value", said("a cap lies above 0 % and at most at 100 %"))]
    if not terms.single_fee:
        return [("$.credit.cap", said('a cap needs a fee without parts: fees.parts = "single"'))]
    return []


def _tier_findings(terms: Terms) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    upper = terms.commitment.availability.value
    if not 0 < upper <= 1:
        found.append(("$.commitment.availability.value", said("a commitment lies above 0 % and at most at 100 %")))
    for index, tier in enumerate(terms.tiers):
        path = f"$.tiers[{index}]"
        above = said("the commitment") if index == 0 else said("tier {index}'s lower bound", index=index)
        if tier.below != upper:
            kind = said("a gap") if tier.below < upper else said("an overlap")
            found.append(
                (
                    f"{path}.below",
                    said(
                        "{kind}: {below} is not {above}, {upper}",
                        kind=kind,
                        below=percent_text(tier.below),
                        above=above,
                        upper=percent_text(upper),
                    ),
                )
            )
        last = index == len(terms.tiers) - 1
        if last != (tier.at_least is None):
            found.append((f"{path}.at_least", said("every tier but the last has a lower bound, and the last has none")))
        if tier.at_least is not None and tier.at_least >= tier.below:
            found.append((f"{path}.at_least", said("a tier's lower bound lies below its upper one")))
        if (tier.call_rate is None) != terms.single_fee:
            found.append((path, _call_rate_finding(terms)))
        for name, rate in (("service_rate", tier.service_rate), ("call_rate", tier.call_rate or Fraction(0))):
            if rate > 1:
                found.append((f"{path}.{name}", said("a rate of {rate} is over 100 %", rate=percent_text(rate))))
        upper = tier.at_least if tier.at_least is not None else upper
    return found


def _call_rate_finding(terms: Terms) -> str:
    if terms.single_fee:
        return said("unknown field `call_rate`: the fee has no parts")
    return said("missing required field `call_rate`")


def _exclusion_findings(terms: Terms) -> list[tuple[str, str]]:
    named = [cause.clause for cause in terms.exclusions]
    found: list[tuple[str, str]] = []
    for index, clause in enumerate(named):
        if terms.agreement == REFERENCE_AGREEMENT and clause not in EXCLUSION_CLAUSES:
            found.append(
                (f"$.exclusions[{index}].clause", said("{clause} is none of the eleven causes of 2.3", clause=clause))
            )
        if clause in named[:index]:
            found.append((f"$.exclusions[{index}].clause", said("{clause} stands twice", clause=clause)))
    return found


def _zone_findings(terms: Terms) -> list[tuple[str, str]]:
    try:
        zone_info(terms.zone)
    except (KeyError, ValueError, OSError):
        return [("$.readings.timezone", said("{zone!r} is no IANA time zone", zone=terms.zone))]
    return []


def evolve(versions: tuple[Version, ...], event: TermsPublished) -> tuple[Version, ...]:
    """The published versions, earliest first, after one more."""
    added = Version(
        terms=parse_terms(event.document), sha256=event.sha256, document=event.document, noticed_at=event.noticed_at
    )
    return tuple(sorted((*versions, added), key=lambda version: version.terms.effective_from))


def publish(versions: tuple[Version, ...], command: PublishTerms, document: str) -> tuple[TermsPublished, ...]:
    """A new version of the agreement, announced in time (clause 4); nothing where it stands already.

    Raises Refusal `terms_other_agreement`, `terms_other_currency`, `terms_version_taken`, `terms_same_day`,
    `terms_without_notice`.
    """
    terms = parse_terms(document)
    sha256 = document_sha256(document)
    _check_same_agreement(versions, terms)
    for version in versions:
        if version.sha256 == sha256:
            return ()
        if version.terms.version == terms.version:
            raise Refusal(
                "terms_version_taken",
                said(
                    "version {version} of {agreement} was published with other content",
                    version=terms.version,
                    agreement=terms.agreement,
                ),
                clause="4",
                hint=said("an amendment has a version and an effective date of its own"),
            )
        if version.terms.effective_from == terms.effective_from:
            raise Refusal(
                "terms_same_day",
                said(
                    "version {version} takes effect on {effective_from} already",
                    version=version.terms.version,
                    effective_from=terms.effective_from,
                ),
                clause="4",
                hint=said("give the amendment its own effective date"),
            )
    check_notice(versions, terms, command.noticed_at)
    return (
        TermsPublished(
            agreement=terms.agreement,
            version=terms.version,
            effective_at=terms.effective_at,
            sha256=sha256,
            document=document,
            noticed_at=None if command.noticed_at is None else int(command.noticed_at),
        ),
    )


def _check_same_agreement(versions: Sequence[Version], terms: Terms) -> None:
    """A ledger's accounts are under one agreement, in one currency."""
    if not versions:
        return
    held = versions[-1].terms
    if terms.agreement != held.agreement:
        raise Refusal(
            "terms_other_agreement",
            said(
                "this ledger's accounts are under {held}; terms of {other} would govern nothing",
                held=held.agreement,
                other=terms.agreement,
            ),
            hint=said('an amendment says agreement = "{held}"', held=held.agreement),
        )
    if terms.currency != held.currency:
        raise Refusal(
            "terms_other_currency",
            said(
                "this ledger's amounts are in {held}; they cannot become amounts in {other} - at `$.currency`",
                held=held.currency,
                other=terms.currency,
            ),
            hint=said("keep what is billed in another currency in a ledger of its own"),
        )


def check_notice(versions: Sequence[Version], terms: Terms, noticed_at: int | None) -> None:
    """Clause 4: an amendment takes effect no sooner than its notice period after it was announced.

    The period is that of the version which it amends; the first version needs no notice.
    Raises Refusal `terms_without_notice`.
    """
    amended = [version for version in versions if version.terms.effective_from < terms.effective_from]
    if not amended:
        return
    days = amended[-1].terms.amendments.notice_days.value
    if noticed_at is None or terms.effective_at - noticed_at < days * DAY_US:
        told = (
            said("was not announced")
            if noticed_at is None
            else said("was announced at {noticed_at}", noticed_at=written(noticed_at, terms.zone))
        )
        raise Refusal(
            "terms_without_notice",
            said(
                "version {version} takes effect at {effective_at} and {told}: "
                "that is less than {days} days before - at `$.effective_from`",
                version=terms.version,
                effective_at=written(terms.effective_at, terms.zone),
                told=told,
                days=days,
            ),
            clause="4",
            hint=said("move the effective date, or give --noticed-at as it was"),
        )


def needs_calendar(terms: Terms) -> bool:
    """Whether working days bear on anything that the terms say."""
    return terms.claims.opens_after_working_day is not None or terms.readings.deadline_rolls


def in_force(versions: Sequence[Version], month: str) -> Version:
    """The version that governs a month. Raises Refusal `no_terms` for a month before the first version."""
    return _in_force(tuple(versions), month)


@lru_cache(maxsize=4096)
def _in_force(versions: tuple[Version, ...], month: str) -> Version:
    """The version that governs a month: the one in force when it began, or ended, as its reading says (R16).

    Raises Refusal `no_terms` for a month before the first version.
    """
    begun = [version for version in versions if version.terms.effective_at <= _edge(version, month, 0)]
    ended = [version for version in versions if version.terms.effective_at < _edge(version, month, 1)]
    if begun and begun[-1].terms.readings.version_in_force == "month_start":
        return begun[-1]
    if (ended and ended[-1].terms.readings.version_in_force == "month_end") or begun:
        return ended[-1]
    message = said("no terms were in force in {month}", month=month)
    if versions:
        first = versions[0].terms.effective_from
        message = said("{message} (the first takes effect on {first})", message=message, first=first)
    raise Refusal(
        "no_terms",
        message,
        clause="4",
        hint=said("see `slaledger terms list`"),
    )


def _edge(version: Version, month: str, edge: int) -> int:
    return month_span(month, version.terms.zone)[edge]


def latest(versions: Sequence[Version]) -> Version:
    """The version that takes effect last. Raises Refusal `no_terms`."""
    if not versions:
        raise Refusal("no_terms", said("no terms are published"), clause="4", hint=said("`slaledger init`"))
    return versions[-1]


def by_name(versions: Sequence[Version], name: str) -> Version:
    """The version of that name. Raises Refusal `unknown_terms`."""
    for version in versions:
        if version.terms.version == name:
            return version
    raise Refusal(
        "unknown_terms",
        said("there is no version {name!r} of the terms", name=name),
        hint=said("see `slaledger terms list`"),
    )
