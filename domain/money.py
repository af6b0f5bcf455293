"""Money: integers of fen inside, decimal yuan outside; ratios: exact fractions inside, percentages outside."""

from __future__ import annotations

import re
from fractions import Fraction
from functools import lru_cache

from domain.refusals import BadValue
from domain.wording import said

_YUAN = re.compile(r"(\d{1,12})(?:\.(\d+))?", re.ASCII)
_PERCENT = re.compile(r"(\d{1,3})(?:\.(\d{1,9}))?%", re.ASCII)


class Fen(int):
    """An amount of a command in fen; written as decimal yuan with at most two places."""

    @classmethod
    def parse(cls, text: str) -> Fen:
        """The amount that a decimal string in yuan names. Raises BadValue `bad_amount` or `too_many_decimals`."""
        matched = _YUAN.fullmatch(text)
        if matched is None:
            raise BadValue(
                "bad_amount", said("{text!r} is no amount in yuan", text=text), hint=_EXAMPLE, unreadable=True
            )
        yuan, fen = matched.group(1), matched.group(2) or ""
        if len(fen) > 2:
            raise BadValue("too_many_decimals", said("{text!r} has more than two decimals", text=text), hint=_EXAMPLE)
        return cls(int(yuan) * 100 + int(f"{fen:0<2}"))


_EXAMPLE = said("write a decimal string with at most two places, like 600.00")


def yuan(fen: int) -> str:
    """An amount of fen as decimal yuan with two places."""
    sign = "-" if fen < 0 else ""
    return f"{sign}{abs(fen) // 100}.{abs(fen) % 100:02d}"


def half_up(numerator: int, denominator: int) -> int:
    """The integer nearest to a ratio, halves upward (R13); for ratios that are not negative, in any terms."""
    return (2 * numerator + denominator) // (2 * denominator)


def parse_percent(text: str) -> Fraction:
    """The exact ratio that a percentage such as `99.8%` names. Raises ValueError."""
    matched = _PERCENT.fullmatch(text)
    if matched is None:
        raise ValueError(said("{text!r} is no percentage like '99.8%'", text=text))
    whole, decimals = matched.group(1), matched.group(2) or ""
    return Fraction(int(whole + decimals), 100 * 10 ** len(decimals))


def percent_text(ratio: Fraction) -> str:
    """A ratio as the shortest exact percentage, such as `14%` or `99.8%`; for ratios that end."""
    return _percent_text(ratio.numerator, ratio.denominator)


@lru_cache(maxsize=256)
def _percent_text(numerator: int, denominator: int) -> str:
    whole, rest = divmod(numerator * 100 * 10**9 // denominator, 10**9)
    return (f"{whole}.{rest:09d}".rstrip("0") if rest else str(whole)) + "%"


def percent_cut(numerator: int, denominator: int) -> str:
    """A ratio as a percentage cut, never rounded up, to four decimals; for the eye only."""
    whole, rest = divmod(numerator * 100 * 10**4 // denominator, 10**4)
    return f"{whole}.{rest:04d}"
