"""Money: integers of fen inside, decimal yuan outside; ratios: exact fractions inside, percentages outside.

Terms may count in another currency with two decimals: a fen is then a hundredth of its unit.
"""

from __future__ import annotations

import re
from fractions import Fraction
from functools import lru_cache

from domain.refusals.values import BadAmount, TooManyDecimals
from domain.text import said

_YUAN = re.compile(r"(\d{1,12})(?:\.(\d+))?", re.ASCII)
_PERCENT = re.compile(r"(\d{1,3})(?:\.(\d{1,9}))?%", re.ASCII)


class Fen(int):
    """An amount in a command, in fen. Its text form is decimal yuan with at most two places."""

    @classmethod
    def parse(cls, text: str) -> Fen:
        """Parse a decimal string in yuan. Raises BadValue `bad_amount` or `too_many_decimals`."""
        matched = _YUAN.fullmatch(text)
        if matched is None:
            raise BadAmount(text=text)
        yuan, fen = matched.group(1), matched.group(2) or ""
        if len(fen) > 2:
            raise TooManyDecimals(text=text)
        return cls(int(yuan) * 100 + int(f"{fen:0<2}"))


def yuan(fen: int) -> str:
    """An amount of fen as decimal yuan with two places."""
    sign = "-" if fen < 0 else ""
    return f"{sign}{abs(fen) // 100}.{abs(fen) % 100:02d}"


DEFAULT_CURRENCY = "CNY"
"""The currency of amounts where terms name none (ISO 4217)."""
_TWO_PLACES = """
AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP CRC
CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES
KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MKD MMK MNT MOP MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB
PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY
TTD TWD TZS UAH USD UYU UZS VES WST XCD YER ZAR ZMW
"""
_OTHER_PLACES = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
}
"""Currencies of ISO 4217 whose number of decimal places is not two."""


def currency_finding(code: str) -> str | None:
    """The reason why a currency cannot be used, or None. All amounts are integers of hundredths."""
    if code in _TWO_PLACES.split():
        return None
    for places, codes in _OTHER_PLACES.items():
        if code in codes.split():
            return said(
                "amounts in {currency} have {places} decimals; this software counts hundredths only",
                currency=code,
                places=places,
            )
    return said("{currency} is not a currency of ISO 4217", currency=repr(code))


def half_up(numerator: int, denominator: int) -> int:
    """The integer nearest to a ratio that is not negative, halves upward (R13). It need not be in lowest terms."""
    return (2 * numerator + denominator) // (2 * denominator)


def parse_percent(text: str) -> Fraction:
    """Parse a percentage such as `99.8%` into an exact ratio. Raises ValueError."""
    matched = _PERCENT.fullmatch(text)
    if matched is None:
        raise ValueError(said("{text!r} is not a percentage like '99.8%'", text=text))
    whole, decimals = matched.group(1), matched.group(2) or ""
    return Fraction(int(whole + decimals), 100 * 10 ** len(decimals))


def percent_text(ratio: Fraction) -> str:
    """A ratio as the shortest exact percentage, such as `14%` or `99.8%`. Its decimal form must be finite."""
    return _percent_text(ratio.numerator, ratio.denominator)


@lru_cache(maxsize=256)
def _percent_text(numerator: int, denominator: int) -> str:
    whole, rest = divmod(numerator * 100 * 10**9 // denominator, 10**9)
    return (f"{whole}.{rest:09d}".rstrip("0") if rest else str(whole)) + "%"


def percent_cut(numerator: int, denominator: int) -> str:
    """A ratio as a percentage cut to four decimals, never rounded up. It is for display only."""
    whole, rest = divmod(numerator * 100 * 10**4 // denominator, 10**4)
    return f"{whole}.{rest:04d}"
