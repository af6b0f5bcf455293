"""Small pictures of numbers in a line of text."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from cli.terminal.output import Json, plain
from domain.time import days_in

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


def outage_by_day(shape: Json) -> list[int]:
    """Of a measured month: the microseconds of each of its days that lie within an outage."""
    year, month = map(int, shape["month"].split("-"))
    days = [0] * days_in(shape["month"])
    for episode in shape["episodes"]:
        start = datetime.fromisoformat(episode["start"])
        for day, span in _by_day(start, _end(episode, start)):
            if (day.year, day.month) == (year, month):
                days[day.day - 1] += span // timedelta(microseconds=1)
    return days


def _end(episode: Json, start: datetime) -> datetime:
    """An episode's end; of one that is open, how far it was measured."""
    if episode["end"] is not None:
        return datetime.fromisoformat(episode["end"])
    whole, _, rest = plain(episode["seconds"]).partition(".")
    return start + timedelta(seconds=int(whole), microseconds=int(f"{rest:0<6}"))


def _by_day(start: datetime, end: datetime) -> list[tuple[datetime, timedelta]]:
    """A span cut at each midnight of the clock that its start is written in."""
    end, parts = end.astimezone(start.tzinfo), []
    while start < end:
        midnight = start.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
        parts.append((start, min(midnight, end) - start))
        start = midnight
    return parts
