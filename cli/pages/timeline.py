"""The picture of a month: functions as lanes, exclusions, the merged outages, and their counted time.

A mark's times are whole milliseconds since the month began: they only place it. Its words have the exact times.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple, TypeVar

from cli.pages import labels
from domain import intervals
from domain.intervals import Span
from domain.month_timeline import Condition, Picture
from domain.rules.outages import Outage
from domain.text import Said, said
from domain.time import DAY_US, local

KINDS = ("down", "excluded", "condition", "short", "counted", "uncovered")


_Thing = TypeVar("_Thing")


class Mark(NamedTuple):
    """A bar: its lane, its kind by its place in `KINDS`, its row among overlapping ones, its words.

    A function's lane is its place among the functions; after them come the lanes of merged outages and counted time.

    `note` is written inside it where there is room. `sum`, next to the last counted piece, is for all of them.
    """

    lane: int
    kind: int
    start_ms: int
    end_ms: int
    row: int
    rows: int
    note: str
    sum: str
    title: Said


class Drawn(NamedTuple):
    """The marks of a moment, and the number of shorter outages that were left out."""

    marks: list[Mark]
    left_out: int


def lane_labels(functions: Sequence[str]) -> list[str | Said]:
    """The label of each lane."""
    named = [labels.function(code) for code in functions]
    return [*named, said("Episodes: all functions merged"), said("Counts as unavailable")]


def drawn(picture: Picture, functions: Sequence[str], most: int) -> Drawn:
    """The marks of a month, for the `most` longest outages and merged outages; each function has a lane."""
    outages = longest(picture.outages, [one.end - one.start for one in picture.outages], most)
    conditions = longest(picture.conditions, [one.run.end - one.run.start for one in picture.conditions], most)
    marks = [
        *_uncovered(picture),
        *_outages(outages, picture, functions),
        *_conditions(conditions, picture, len(functions)),
    ]
    left_out = len(picture.outages) - len(outages) + len(picture.conditions) - len(conditions)
    return Drawn(marks, left_out)


def longest(things: Sequence[_Thing], lengths_us: Sequence[int], most: int) -> list[_Thing]:
    """The `most` longest of some things, in the order in which they are given."""
    kept = set(sorted(range(len(things)), key=lambda index: -lengths_us[index])[:most])
    return [thing for index, thing in enumerate(things) if index in kept]


def _uncovered(picture: Picture) -> Iterator[Mark]:
    for span in picture.uncovered:
        title = said(
            "Not covered by the agreement: {start} to {end}",
            start=labels.when(span[0], picture.zone),
            end=labels.when(span[1], picture.zone),
        )
        yield _mark(picture, 0, "uncovered", span, (0, 1), ("", ""), title)


def _outages(found: Iterable[Outage], picture: Picture, functions: Sequence[str]) -> Iterator[Mark]:
    """A bar for each incident in its function's lane, with its excluded spans over it."""
    for lane, code in enumerate(functions):
        own = sorted((one for one in found if one.function == code), key=lambda one: (one.start, one.incident))
        for outage, row in zip(own, _rows(own), strict=True):
            span = (outage.start, outage.end)
            yield _mark(picture, lane, "down", span, row, ("", ""), _outage_title(outage, picture.zone))
            for excluded in outage.excluded:
                yield _mark(
                    picture, lane, "excluded", excluded, row, ("", ""), _excluded_title(outage, excluded, picture)
                )


def _rows(outages: list[Outage]) -> list[tuple[int, int]]:
    """Each outage's row among those of its function that overlap, and how many rows there are, three at most."""
    ends: list[int] = []
    rows = []
    for outage in outages:
        free = next((row for row, end in enumerate(ends) if end <= outage.start), None)
        if free is None:
            free = min(len(ends), 2)
            ends += [0] * (free + 1 - len(ends))
        ends[free] = max(ends[free], outage.end)
        rows.append(free)
    return [(row, max(len(ends), 1)) for row in rows]


def _conditions(found: Iterable[Condition], picture: Picture, lane: int) -> Iterator[Mark]:
    """A bar for each merged outage in its lane, and in the next lane its counted spans."""
    for condition in found:
        run = condition.run
        lasted = labels.lasted(run.end - run.start)
        kind, note = ("condition", lasted) if run.long_enough else ("short", _short_note(run.end - run.start, picture))
        title = _condition_title(condition, picture)
        yield _mark(picture, lane, kind, (run.start, run.end), (0, 1), (note, note), title)
        total = labels.lasted(intervals.length(condition.counted))
        for counted in condition.counted:
            is_last = counted == condition.counted[-1]
            length = labels.lasted(counted[1] - counted[0])
            words = said(
                "Counts: {start} to {end}, {length}",
                start=labels.when(counted[0], picture.zone),
                end=labels.when(counted[1], picture.zone),
                length=length,
            )
            yield _mark(picture, lane + 1, "counted", counted, (0, 1), (length, total if is_last else ""), words)


def _short_note(lasted_us: int, picture: Picture) -> str:
    sign = "<" if lasted_us < picture.minimum_us else "="
    return f"{labels.lasted(lasted_us)} {sign} {labels.lasted(picture.minimum_us)}"


def _outage_title(outage: Outage, zone: str) -> Said:
    return said(
        "{incident}: {start} to {end}, {length} long",
        incident=outage.incident,
        start=labels.when(outage.start, zone),
        end=labels.when(None if outage.open else outage.end, zone),
        length=labels.lasted(outage.end - outage.start),
    )


def _excluded_title(outage: Outage, span: Span, picture: Picture) -> Said:
    return said(
        "Excluded from {incident}: {start} to {end}",
        incident=outage.incident,
        start=labels.when(span[0], picture.zone),
        end=labels.when(span[1], picture.zone),
    )


def _condition_title(condition: Condition, picture: Picture) -> Said:
    run, zone = condition.run, picture.zone
    start, end = labels.when(run.start, zone), labels.when(None if run.open else run.end, zone)
    length, minimum = labels.lasted(run.end - run.start), labels.lasted(picture.minimum_us)
    if not run.long_enough:
        return said(
            "{start} to {end}: {length} long, too short to count, the minimum is {minimum}",
            start=start,
            end=end,
            length=length,
            minimum=minimum,
        )
    return said("{start} to {end}: {length} long", start=start, end=end, length=length)


def _mark(
    picture: Picture, lane: int, kind: str, span: Span, row: tuple[int, int], notes: tuple[str, str], title: Said
) -> Mark:
    first, last = picture.window
    start, end = max(span[0], first) - first, min(span[1], last) - first
    return Mark(lane, KINDS.index(kind), start // 1000, -(-end // 1000), *row, *notes, title)


def offsets(picture: Picture) -> list[tuple[int, int]]:
    """The UTC offsets of the month: (millisecond, seconds ahead of UTC); several where the clock was changed."""
    first, last = picture.window
    found: list[tuple[int, int]] = []
    for instant in range(first, last + 1, DAY_US // 24):
        ahead = local(instant, picture.zone).utcoffset()
        seconds = 0 if ahead is None else ahead.days * 86_400 + ahead.seconds
        if not found or found[-1][1] != seconds:
            found.append(((instant - first) // 1000, seconds))
    return found
