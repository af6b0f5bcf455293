"""A decision as data: all that it rests on, in integers of microseconds and fen, encoded once and never changed.

`format` says how a record was encoded. A new field needs a new format with a separate encoder, so that old decisions
always encode to the same bytes.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from domain.money import DEFAULT_CURRENCY
from domain.rules.claim_window import Window
from domain.rules.compensation import Credit
from domain.rules.fees import Bases
from domain.terms.versions import Readings, Version

Outcome = Literal["awarded", "commitment_met", "nothing_to_credit", "too_early", "too_late", "not_covered"]
Value = str | int | bool | None | tuple[str, ...]


class TermsUsed(msgspec.Struct, frozen=True, kw_only=True):
    """The version that governed the month, the hash of its document's bytes, and how it reads doubtful clauses."""

    agreement: str
    version: str
    sha256: str
    readings: Readings


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


def terms_used(version: Version) -> TermsUsed:
    """The terms as a decision cites them."""
    return TermsUsed(
        agreement=version.terms.agreement,
        version=version.terms.version,
        sha256=version.sha256,
        readings=version.terms.readings,
    )


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
