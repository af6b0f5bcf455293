"""The chart and the scale of a case's page, and the data by which the page's script moves them."""

from __future__ import annotations

from fractions import Fraction
from typing import Any, NamedTuple

import msgspec

from cli.pages import labels, words
from cli.pages.case_steps import Gathered
from cli.pages.drawing import AXIS, BAR, GAP, LABEL, WIDTH, day_ticks, height, lane_top, still
from cli.pages.known import EpisodeRow, Text
from cli.pages.rendering import tongue
from cli.pages.scale import bands, bounds, place, rooms
from cli.pages.shown import Variant, variants
from cli.pages.timeline import KINDS, Mark, lane_labels, offsets
from cli.terminal.language import language
from domain.text import said
from domain.time import days_in


class _Chart(NamedTuple):
    """The chart at the last step: its size, lanes, day ticks and paths."""

    width: int
    height: int
    bar: int
    axis: int
    lanes: list[tuple[Text, int]]
    ticks: list[tuple[int, int, bool]]
    paths: list[tuple[str, str]]


def chart(it: Gathered) -> _Chart:
    """The chart at the last step."""
    last = it.steps[-1]
    length_ms = (last.picture.window[1] - last.picture.window[0]) // 1000
    return _Chart(
        width=WIDTH,
        height=height(len(it.functions) + 2),
        bar=BAR,
        axis=AXIS,
        lanes=[(label, lane_top(lane)) for lane, label in enumerate(lane_labels(it.functions))],
        ticks=day_ticks(days_in(it.month)),
        paths=still(last.drawn.marks, length_ms, len(it.functions) + 2),
    )


SCALE = 280
"""The width of the availability's scale, in pixels."""


class _Scale(NamedTuple):
    """The tiers side by side, the percentages between them, and the place of the last step's availability."""

    rooms: list[tuple[int, int, int]]
    bounds: list[tuple[int, str]]
    at: int
    width: int


def scale_of(it: Gathered) -> _Scale:
    """The scale of tiers with the availability at the last step."""
    scale = bands(it.terms)
    return _Scale(rooms=rooms(scale, SCALE), bounds=bounds(scale, SCALE), at=_on_scale(it)[-1], width=SCALE)


def _on_scale(it: Gathered) -> list[int]:
    """The place of each step's availability on the scale."""
    scale = bands(it.terms)
    found = (step.known.result.availability for step in it.steps)
    return [place(Fraction(one.numerator, one.denominator), scale, SCALE) for one in found]


class _Geometry(msgspec.Struct, frozen=True, kw_only=True):
    """The measures of the chart, in pixels."""

    label: int
    bar: int
    gap: int
    axis: int
    height: int


class _Data(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """The data for the script; times in milliseconds."""

    start: int
    length: int
    offsets: list[tuple[int, int]]
    minimum: int
    minimum_text: str
    geometry: _Geometry
    lanes: list[str]
    kinds: tuple[str, ...]
    marks: list[list[Any]]
    positions: list[int]
    scale: list[int]
    decided: list[int]
    show: str
    episodes: list[tuple[int, int, str]]


def script_data(it: Gathered, episodes: list[Variant[EpisodeRow]]) -> _Data:
    """The data for the script: the month, the marks with the steps that show each, the positions of the steps.

    `episodes` are the rows of their table, in its order.
    """
    first, last = it.steps[-1].picture.window
    shown: list[tuple[Mark, str, bool]] = [*variants([step.drawn.marks for step in it.steps])]
    return _Data(
        start=first // 1000,
        length=(last - first) // 1000,
        offsets=offsets(it.steps[-1].picture),
        minimum=it.steps[-1].picture.minimum_us // 1000,
        minimum_text=tongue(said("minimum {time}", time=labels.lasted(it.steps[-1].picture.minimum_us)), language()),
        geometry=_Geometry(label=LABEL, bar=BAR, gap=GAP, axis=AXIS, height=height(len(it.functions) + 2)),
        lanes=[tongue(label, language()) for label in lane_labels(it.functions)],
        kinds=KINDS,
        marks=[[*mark[:8], tongue(mark.title, language()), seen] for mark, seen, _ in shown],
        positions=[step.fact.position for step in it.steps],
        scale=_on_scale(it),
        decided=[step.known.decisions for step in it.steps],
        show=tongue(words.case_words()["show"], language()),
        episodes=[_shown(row.thing, first) for row in episodes],
    )


def _shown(episode: EpisodeRow, first: int) -> tuple[int, int, str]:
    """The start and the end of an episode in the month, and the label of the button that shows it."""
    label = tongue(words.show_episode(episode.number), language())
    return (episode.start_us - first) // 1000, (episode.end_us - first) // 1000, label
