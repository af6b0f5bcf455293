"""Small charts of numbers in a line of text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from domain.time import days_in, midnight, month_span

_HEIGHTS = "▁▂▃▄▅▆▇█"
_EIGHTHS = " ▏▎▍▌▋▊▉"
_NONE = "·"


def sparkline(values: Sequence[int]) -> str:
    """One character per value; its height is relative to the largest. A dot stands for 0."""
    most = max(values, default=0)
    return "".join(_HEIGHTS[(value * len(_HEIGHTS) - 1) // most] if value else _NONE for value in values)


def bar(part: int, whole: int, width: int) -> str:
    """A bar of at most `width` characters, filled by the ratio of `part` to `whole`, in eighths; empty only at 0."""
    eighths = part * width * 8 // whole if whole else 0
    full, rest = divmod(max(eighths, 1 if part else 0), 8)
    return "█" * full + _EIGHTHS[rest].strip()


def span_by_day(month: str, spans: Iterable[tuple[int, int]], zone: str) -> list[int]:
    """For each day of a month in a time zone, the microseconds within spans."""
    days = [midnight(date(int(month[:4]), int(month[5:]), day + 1), zone) for day in range(days_in(month))]
    ends = [*days[1:], month_span(month, zone)[1]]
    kept = list(spans)
    return [
        sum(max(0, min(end, last) - max(start, first)) for start, end in kept)
        for first, last in zip(days, ends, strict=True)
    ]
