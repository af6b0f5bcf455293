"""Small pictures of numbers in a line of text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from domain.time import days_in, midnight, month_span

_HEIGHTS = "▁▂▃▄▅▆▇█"
_EIGHTHS = " ▏▎▍▌▋▊▉"
_NONE = "·"


def sparkline(values: Sequence[int]) -> str:
    """A column a value, as high as the value is beside the greatest; a dot where it is 0."""
    most = max(values, default=0)
    return "".join(_HEIGHTS[(value * len(_HEIGHTS) - 1) // most] if value else _NONE for value in values)


def bar(part: int, whole: int, width: int) -> str:
    """A bar of at most `width` characters, filled as `part` is of `whole`, in eighths; empty only at 0."""
    eighths = part * width * 8 // whole if whole else 0
    full, rest = divmod(max(eighths, 1 if part else 0), 8)
    return "█" * full + _EIGHTHS[rest].strip()


def span_by_day(month: str, spans: Iterable[tuple[int, int]], zone: str) -> list[int]:
    """Of each day of a month on a zone's clock: the microseconds that lie within spans."""
    days = [midnight(date(int(month[:4]), int(month[5:]), day + 1), zone) for day in range(days_in(month))]
    ends = [*days[1:], month_span(month, zone)[1]]
    kept = list(spans)
    return [
        sum(max(0, min(end, last) - max(start, first)) for start, end in kept)
        for first, last in zip(days, ends, strict=True)
    ]
