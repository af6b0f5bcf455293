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
from domain.terms.versions import Readings, Version

FORMATS = (1, 2, 3)
"""Format 2 says what 1 has no place for: a currency, credits instead of vouchers, a window without a working day.

Format 3 is what decisions are written in now. It says how the clauses are read that had no switch before (`Readings`
adds them to `FirstReadings`), and has an arithmetic of its own: months tile time, covered time is at most the month's
total, an episode has an end wherever its last outage has one, and a last day that need not move asks for no calendar.
Decisions of formats 1 and 2 are made again by the arithmetic that they were made with.
"""
LATEST_FORMAT = 3
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


_NO_CALENDAR = CalendarUsed(sha256="", years=())
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


def encode(decision: Decision) -> bytes:
    """Encode a decision in the format that it names. Raises ValueError where that format does not fit it."""
    if decision.format not in FORMATS:
        raise ValueError(f"decisions were never written in format {decision.format}")
    if decision.format == LATEST_FORMAT:
        return _ENCODER.encode(decision)
    first = _as_first(decision.terms)
    if first is None or decision.window.closes_at is None or decision.format != (1 if _is_plain(decision) else 2):
        raise ValueError(f"a decision that says this was never written in format {decision.format}")
    return _ENCODER.encode(msgspec.structs.replace(decision, terms=first))


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


def alike(made: Decision, again: Decision) -> bool:
    """Whether a decision made again decides as the recorded one does.

    Its form alone makes no difference, and no calendar by which the last day is known now that did not matter then.
    """
    left, right = substance(made), substance(again)
    if made.format != again.format:
        left, right = _formless(left), _formless(right)
    if set(made.window.years) < set(again.window.years) and made.outcome == again.outcome:
        left, right = _without_last_day(left), _without_last_day(right)
    return left == right


def _formless(decision: Decision) -> Decision:
    """A decision without what formats 1 and 2 said in another way. Where an episode ends follows from its length."""
    found = decision.availability
    if found is not None:
        found = msgspec.structs.replace(
            found,
            covered_us=min(found.covered_us, found.total_us),
            episodes=tuple(msgspec.structs.replace(episode, end=None) for episode in found.episodes),
        )
    return msgspec.structs.replace(decision, format=0, availability=found)


def _without_last_day(decision: Decision) -> Decision:
    window = msgspec.structs.replace(decision.window, last_day=None, closes_at=None, years=())
    return msgspec.structs.replace(decision, window=window, calendar=_NO_CALENDAR)


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
