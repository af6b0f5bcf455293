"""A decision as data: all that it rests on, in integers of microseconds and fen, encoded once and never changed.

`format` says how a record was encoded. A new field needs a new format with a separate encoder, so that old decisions
always encode to the same bytes.
"""

from __future__ import annotations

import hashlib
from fractions import Fraction
from functools import cache, lru_cache
from typing import Literal

import msgspec

from domain.money import DEFAULT_CURRENCY, percent_text
from domain.rules.claim_window import Window
from domain.rules.compensation import Credit
from domain.rules.fees import Bases
from domain.terms.document import FirstReadings
from domain.terms.versions import Readings, Terms, Version

FORMATS = (1, 2, 3)
"""Format 2 says what 1 has no place for: a currency, credits instead of vouchers, a window without a working day.

Format 3 says how the clauses are read that had no switch before (`Readings` adds them to `FirstReadings`). Decisions
under terms that need none of it are written in format 1, as they always were.
"""
Outcome = Literal["awarded", "commitment_met", "nothing_to_credit", "too_early", "too_late", "not_covered"]
Value = str | int | bool | None | tuple[str, ...]


class TermsUsed(msgspec.Struct, frozen=True, kw_only=True):
    """The version that governed the month, the hash of its document's bytes, and how it reads doubtful clauses."""

    agreement: str
    version: str
    sha256: str
    readings: Readings


class FirstTermsUsed(msgspec.Struct, frozen=True, kw_only=True):
    """The same as formats 1 and 2 write it."""

    agreement: str
    version: str
    sha256: str
    readings: FirstReadings


class CalendarUsed(msgspec.Struct, frozen=True, kw_only=True):
    """The years whose working days were used; the hash over them (`combined_sha256`)."""

    sha256: str
    years: tuple[int, ...]


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """The known facts: the log's last position, and the number and hash of the events that concern the account."""

    position: int
    count: int
    sha256: str


NO_FACTS = Facts(position=0, count=0, sha256="")
"""Placeholder until the facts are hashed, and in comparisons that ignore them."""


class EpisodeRecord(msgspec.Struct, frozen=True, kw_only=True):
    """An unbroken outage: its whole length, and the part that counts in the month, in microseconds."""

    start: int
    end: int | None
    length_us: int
    counted_us: int
    incidents: tuple[str, ...]


class AvailabilityRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A month as measured. The ratio is in lowest terms; `tier` 1 is the mildest."""

    total_us: int
    covered_us: int
    unavailable_us: int
    numerator: int
    denominator: int
    meets_commitment: bool
    tier: int | None
    episodes: tuple[EpisodeRecord, ...]


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One step of the derivation: the clause, the step's code, its inputs and its result."""

    clause: str
    step: str
    inputs: dict[str, Value]
    result: Value


class Decision(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A claim decided. What was not reached is None. Format 1 has no `currency` and no `remedy`."""

    number: int
    format: int
    outcome: Outcome
    decided_at: int
    filed_at: int
    account: str
    month: str
    terms: TermsUsed
    calendar: CalendarUsed
    facts: Facts
    window: Window
    availability: AvailabilityRecord | None
    bases: Bases | None
    credit: Credit | None
    steps: tuple[Step, ...]
    currency: str = DEFAULT_CURRENCY
    remedy: Literal["voucher", "credit"] = "voucher"


class Head(msgspec.Struct, frozen=True, kw_only=True):
    """The few fields of a decision that later steps of the claim need."""

    number: int
    outcome: Outcome
    decided_at: int
    credit: Credit | None

    @property
    def awarded_fen(self) -> int:
        return 0 if self.credit is None else self.credit.total_fen


class Basis(msgspec.Struct, frozen=True, kw_only=True):
    """The few fields of a decision that are needed to decide again."""

    format: int
    decided_at: int
    calendar: CalendarUsed
    facts: Facts


def terms_used(version: Version) -> TermsUsed:
    """The terms as a decision cites them."""
    return TermsUsed(
        agreement=version.terms.agreement,
        version=version.terms.version,
        sha256=version.sha256,
        readings=version.terms.readings,
    )


def format_under(terms: Terms) -> int:
    """The format of decisions under terms: the first that can express all of their parameters."""
    if terms.readings.first() is None:
        return 3
    plain = terms.currency == DEFAULT_CURRENCY and terms.remedy == "voucher"
    return 1 if plain and terms.claims.opens_after_working_day is not None else 2


def encode(decision: Decision) -> bytes:
    """Encode a decision in the format that it names. Raises ValueError where that format does not fit it."""
    if decision.format not in FORMATS:
        raise ValueError(f"decisions were never written in format {decision.format}")
    first = _as_first(decision.terms)
    written = 3 if first is None else 1 if _is_plain(decision) else 2
    if decision.format != written:
        raise ValueError(f"a decision that says this was never written in format {decision.format}")
    return _ENCODER.encode(decision if first is None else msgspec.structs.replace(decision, terms=first))


@lru_cache(maxsize=256)
def _as_first(terms: TermsUsed) -> FirstTermsUsed | None:
    """The terms as formats 1 and 2 write them; None where these have no place for one of the readings."""
    readings = terms.readings.first()
    if readings is None:
        return None
    return FirstTermsUsed(agreement=terms.agreement, version=terms.version, sha256=terms.sha256, readings=readings)


def _is_plain(decision: Decision) -> bool:
    of_default = (decision.currency, decision.remedy) == (DEFAULT_CURRENCY, "voucher")
    return of_default and decision.window.nth_workday is not None


def decode(record: bytes) -> Decision:
    """Decode a decision from its record's bytes. Raises msgspec.MsgspecError where they are not a decision."""
    return _decoder().decode(record)


def head(record: bytes) -> Head:
    """Decode only the few fields that later steps need, which is faster."""
    return _head_decoder().decode(record)


def basis(record: bytes) -> Basis:
    """Decode only the few fields needed to decide again, which is faster. Raises as `decode` does for those."""
    return _basis_decoder().decode(record)


def record_sha256(record: bytes) -> str:
    """The hash by which a decision is cited."""
    return hashlib.sha256(record).hexdigest()


def substance(decision: Decision) -> Decision:
    """A decision without the fields that every redecision changes: two are equal where they decide alike."""
    return msgspec.structs.replace(decision, number=0, decided_at=0, facts=NO_FACTS, steps=())


def _plain(value: object) -> str:
    if isinstance(value, Fraction):
        return percent_text(value)
    raise TypeError(f"no record of {type(value).__name__}")


def _typed(kind: type, value: object) -> object:
    if kind is Fraction and isinstance(value, str):
        return _ratio(value)
    raise TypeError(f"no record of {kind.__name__}")


@lru_cache(maxsize=256)
def _ratio(percent: str) -> Fraction:
    return Fraction(percent.removesuffix("%")) / 100


_ENCODER = msgspec.json.Encoder(enc_hook=_plain)


# Decoders are made when a record is read: they take as long as all other imports of the domain together.


@cache
def _decoder() -> msgspec.json.Decoder[Decision]:
    return msgspec.json.Decoder(Decision, dec_hook=_typed)


@cache
def _basis_decoder() -> msgspec.json.Decoder[Basis]:
    return msgspec.json.Decoder(Basis)


@cache
def _head_decoder() -> msgspec.json.Decoder[Head]:
    return msgspec.json.Decoder(Head, dec_hook=_typed)
