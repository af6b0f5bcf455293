"""Instants on the command line: parsed, held to be no later than now, and what was meant by one without an offset."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from cli.refusals import AskedOfTheFuture
from cli.terminal.meant import line_meant
from domain.refusals import BadValue
from domain.refusals.values import TimeMeant, TimeWithoutOffset
from domain.text import said
from domain.time import CLOCK_TOLERANCE_US, DEFAULT_ZONE, Instant, in_zone


@contextmanager
def suggesting_times() -> Iterator[None]:
    """Advise the whole line, where a refusal of the block is about a time on it without an offset."""
    try:
        yield
    except (TimeMeant, TimeWithoutOffset) as refusal:
        line = line_meant(refusal.text, in_zone(refusal.meant, refusal.zone or DEFAULT_ZONE))
        if line is not None:
            refusal.reword(refusal.message, said("{hint} `{line}`", hint=refusal.hint, line=line))
        raise


def instant_asked(name: str, text: str, now: int) -> int:
    """Parse an option's instant, which must not be ahead of the clock.

    Raises Refusal `time_without_offset`, `in_the_future`, Unreadable `bad_time`.
    """
    try:
        with suggesting_times():
            instant = Instant.parse(text)
    except BadValue as error:
        error.at(name)
        raise
    if instant > now + CLOCK_TOLERANCE_US:
        raise AskedOfTheFuture(name=name, instant=instant, now=now)
    return int(instant)
