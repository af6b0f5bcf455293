"""A decision's record: its exact bytes in each format, and what two records have in common."""

from __future__ import annotations

import hashlib
from fractions import Fraction
from functools import cache, lru_cache

import msgspec

from domain.decision import CalendarUsed, Decision, Facts, Outcome, TermsUsed
from domain.money import DEFAULT_CURRENCY, percent_text
from domain.rules.compensation import Credit
from domain.terms.document import FirstReadings

FORMATS = (1, 2, 3)
"""Format 2 says what 1 has no place for: a currency, credits instead of vouchers, a window without a working day.

Format 3 is what decisions are written in now. It says how the clauses are read that had no switch before (`Readings`
adds them to `FirstReadings`), and has an arithmetic of its own: months tile time, covered time is at most the month's
total, an episode has an end wherever its last outage has one, and a last day that need not move asks for no calendar.
Decisions of formats 1 and 2 are made again by the arithmetic that they were made with.
"""
LATEST_FORMAT = 3


class FirstTermsUsed(msgspec.Struct, frozen=True, kw_only=True):
    """The same as formats 1 and 2 write it."""

    agreement: str
    version: str
    sha256: str
    readings: FirstReadings


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


@cache
def _decoder() -> msgspec.json.Decoder[Decision]:
    return msgspec.json.Decoder(Decision, dec_hook=_typed)


@cache
def _basis_decoder() -> msgspec.json.Decoder[Basis]:
    return msgspec.json.Decoder(Basis)


@cache
def _head_decoder() -> msgspec.json.Decoder[Head]:
    return msgspec.json.Decoder(Head, dec_hook=_typed)
