"""Inline SVG with integers only: the month's picture without the script."""

from __future__ import annotations

from collections.abc import Iterable

from cli.pages.timeline import KINDS, Mark

WIDTH = 1000
LABEL, BAR, GAP, AXIS = 15, 20, 7, 22
LANE = LABEL + BAR + GAP
"""The height of a lane in pixels: label, bar and gap. The axis is above all lanes, the overview below them."""
LEAST = 2
"""The minimum width of a bar in pixels: two minutes of a month are less than one."""


def height(lanes: int) -> int:
    """The picture's height, including the overview."""
    return AXIS + LANE * lanes + 14


def still(marks: Iterable[Mark], length_ms: int, lanes: int) -> list[tuple[str, str]]:
    """The bars of a moment over the whole month: one path for each kind, in drawing order."""
    by_kind: dict[str, list[str]] = {kind: [] for kind in ("uncovered", *KINDS[:-1])}
    for mark in marks:
        by_kind[KINDS[mark.kind]].append(_bar(mark, length_ms, lanes))
    return [(kind, "".join(bars)) for kind, bars in by_kind.items() if bars]


def _bar(mark: Mark, length_ms: int, lanes: int) -> str:
    left, right = (WIDTH * edge // length_ms for edge in (mark.start_ms, mark.end_ms))
    width = max(LEAST, right - left)
    if KINDS[mark.kind] == "uncovered":
        return f"M{left} {AXIS}h{width}v{LANE * lanes}h-{width}z"
    tall = BAR // mark.rows
    top = AXIS + LANE * mark.lane + LABEL + tall * mark.row
    return f"M{left} {top}h{width}v{tall}h-{width}z"


def lane_top(lane: int) -> int:
    """The top of a lane's bars."""
    return AXIS + LANE * lane + LABEL


def day_ticks(days: int) -> list[tuple[int, int, bool]]:
    """Each day's place on the axis, its number, and whether the number is written."""
    return [(WIDTH * day // days, day + 1, day % 2 == 0) for day in range(days)]
