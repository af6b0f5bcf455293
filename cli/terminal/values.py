"""The values that answers are made of, and how programs and tables get each: amounts, spans, instants, ratios."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import msgspec

from domain.money import Fen, percent_cut, percent_text, yuan
from domain.time import Seconds, local, rfc3339, seconds_text


class ZonedInstant(int):
    """An instant in microseconds, and the zone on whose clock it is shown."""

    zone: str

    def __new__(cls, instant: int, zone: str) -> ZonedInstant:
        made = super().__new__(cls, instant)
        made.zone = zone
        return made

    def rfc3339(self) -> str:
        """The instant as programs get it."""
        return rfc3339(self, self.zone)

    def in_table(self) -> str:
        """Date and time of its zone, which stands elsewhere, with the fraction that there is."""
        return local(self, self.zone).replace(tzinfo=None).isoformat(" ")

    def to_the_second(self) -> str:
        """Date and time of its zone, cut to whole seconds."""
        return local(self, self.zone).replace(tzinfo=None).isoformat(" ", "seconds")

    def day(self) -> str:
        """The date on its zone's clock."""
        return local(self, self.zone).date().isoformat()


def zoned(instant: int | None, zone: str) -> ZonedInstant | None:
    """An instant with its zone; None stays None."""
    return None if instant is None else ZonedInstant(instant, zone)


class Ratio(msgspec.Struct, frozen=True, kw_only=True):
    """An availability: the exact ratio, and a percentage cut to four decimals for the eye."""

    numerator: int
    denominator: int
    percent: str


def ratio(numerator: int, denominator: int) -> Ratio:
    """The ratio of two numbers, with its percentage."""
    return Ratio(numerator=numerator, denominator=denominator, percent=percent_cut(numerator, denominator))


def as_json(value: object) -> object:
    """What JSON has in place of a value that it does not know. Raises NotImplementedError for any other."""
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
    """A value that is shown as one text; None for all others."""
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
