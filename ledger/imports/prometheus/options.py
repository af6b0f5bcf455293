"""How samples are read."""

import re
from fractions import Fraction

import msgspec

from domain.time import SECOND_US
from ledger.imports.label_rules import LabelRules
from ledger.imports.prometheus.series import Gap

_RATIO = re.compile(r"[+-]?[0-9]{1,30}(\.[0-9]{1,30})?([eE][+-]?[0-9]{1,3})?")
_SPAN = re.compile(r"([0-9]{1,9})(?:\.([0-9]{1,6}))?(ms|s|m|h|d)?")
_UNITS_US = {"ms": 1_000, "s": SECOND_US, "m": 60 * SECOND_US, "h": 3600 * SECOND_US, "d": 86_400 * SECOND_US}


class SeriesOptions(msgspec.Struct, frozen=True, kw_only=True):
    """How samples are read.

    What is below `threshold` is down; `gap` says what a missing sample is. The query reached from `since` to before
    `until` (microseconds), where its series do not show that it reached further. With `partial`, an answer that the
    server calls incomplete is taken for what is in it.
    """

    rules: LabelRules
    threshold: Fraction | None = None
    step_us: int | None = None
    gap: Gap | None = None
    partial: bool = False
    since: int | None = None
    until: int | None = None


def parse_span_us(text: str) -> int | None:
    """A step as Prometheus writes one (`15`, `0.5`, `15s`, `1m`), in microseconds; None where it is none."""
    if not (matched := _SPAN.fullmatch(text)):
        return None
    units = int(matched[1]) * SECOND_US + int((matched[2] or "").ljust(6, "0"))
    span_us, rest = divmod(units * _UNITS_US[matched[3] or "s"], SECOND_US)
    return span_us if span_us and not rest else None


def parse_ratio(text: str) -> Fraction | None:
    """A threshold above 0 and at most 1, exactly; None where it is none."""
    ratio = Fraction(text) if _RATIO.fullmatch(text) else Fraction(0)
    return ratio if 0 < ratio <= 1 else None
