"""The value types of answers, and their forms in JSON and tables: amounts, spans, instants, ratios."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import msgspec

from domain.money import Fen, percent_cut, percent_text, yuan
from domain.time import Seconds, local, rfc3339, seconds_text


class ZonedInstant(int):
    """An instant in microseconds, and the time zone in which it is shown."""

    zone: str

    def __new__(cls, instant: int, zone: str) -> ZonedInstant:
        made = super().__new__(cls, instant)
        made.zone = zone
        return made

    def rfc3339(self) -> str:
        """The instant as RFC 3339, for JSON."""
        return rfc3339(self, self.zone)

    def in_table(self) -> str:
        """Date and time in its zone, with the fraction, if any, but without naming the zone."""
        return local(self, self.zone).replace(tzinfo=None).isoformat(" ")

    def to_the_second(self) -> str:
        """Date and time in its zone, cut to whole seconds."""
        return local(self, self.zone).replace(tzinfo=None).isoformat(" ", "seconds")

    def day(self) -> str:
        """The date in its zone."""
        return local(self, self.zone).date().isoformat()


def zoned(instant: int | None, zone: str) -> ZonedInstant | None:
    """An instant with its zone; None stays None."""
    return None if instant is None else ZonedInstant(instant, zone)


class Ratio(msgspec.Struct, frozen=True, kw_only=True):
    """An availability: the exact ratio, and a percentage cut to four decimals for display."""

    numerator: int
    denominator: int
    percent: str


def ratio(numerator: int, denominator: int) -> Ratio:
    """The ratio of two numbers, with its percentage."""
    return Ratio(numerator=numerator, denominator=denominator, percent=percent_cut(numerator, denominator))


def as_json(value: object) -> object:
    """The JSON form of one of these value types. Raises NotImplementedError for any other type."""
    match value:
        case str():
            return str(value)
        case Fen():
            return yuan(value)
        case ZonedInstant():
            return value.rfc3339()
        case Seconds():
            return msgspec.Raw(seconds_text(value).encode())
        case Fraction():
            return percent_text(value)
        case _:
            raise NotImplementedError(f"no JSON of {type(value).__name__}")


def as_text(value: object) -> str | None:
    """The text of a value that has a single text form; None for all others."""
    match value:
        case Fen() | ZonedInstant() | Fraction():
            return str(as_json(value))
        case Seconds():
            return seconds_text(value)
        case date():
            return value.isoformat()
        case str():
            return value
        case _:
            return None


_INSTANTS = frozenset({"announced_from", "announced_to", "since", "until"})
"""Fields of events that are instants, besides those whose names end in `_at`."""


def is_instant(field: str) -> bool:
    """Whether an event's field of this name is an instant in microseconds."""
    return field.endswith("_at") or field in _INSTANTS
