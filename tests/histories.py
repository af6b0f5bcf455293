"""Random histories of an account, told alike to the domain and to the second-by-second reading.

Their times crowd where readings part: runs of about two minutes, pieces of about two minutes between exclusions,
the edges of months, and downtime about the bounds of 99.8 %, 99 % and 95 %.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import bruteforce as brute
from build import exclusion, terms
from hypothesis import strategies as st

from domain.incident import Incident
from domain.spans import Span, union
from domain.terms import Terms

SECOND_US = 1_000_000
CHOICES: dict[str, tuple[object, ...]] = {
    "minimum_inclusive": (True, False),
    "minimum_kind": ("franchise", "deductible"),
    "minimum_applies_to": ("merged", "per_function", "per_incident"),
    "minimum_tested": ("before_exclusions", "after_exclusions"),
    "exclusion_removes": ("cause", "time"),
    "quantise": ("exact", "ceil_minute_per_episode"),
    "month_straddle": ("whole_then_clip", "clip_then_test"),
    "timezone": ("Asia/Shanghai", "UTC", "America/New_York"),
    "availability_decimals": ("exact", 0, 1, 2, 4),
}
NAMES = tuple(brute.FUNCTION_OF)
EXTRA = {"mtbf_event": ("outage", "month_below_target")}
LONG = (4838, 5184, 5356, 24_192, 25_920, 26_784, 120_960, 129_600, 133_920, 3_000_000)

about_the_minimum = st.integers(118, 122)
short = st.one_of(about_the_minimum, about_the_minimum, st.integers(0, 130), st.integers(0, 600))
chosen_readings = st.fixed_dictionaries({key: st.sampled_from(values) for key, values in CHOICES.items()})


@dataclass(frozen=True)
class History:
    """What happened, in seconds since the epoch, and how it is to be read."""

    month: str
    outages: tuple[brute.Outage, ...]
    covered: tuple[Span, ...]
    at: int
    readings: dict[str, object]

    def reading(self, **changed: object) -> dict[str, object]:
        return brute.READINGS | self.readings | changed


def incidents_of(outages: Sequence[brute.Outage]) -> list[Incident]:
    """The same incidents as the domain knows them."""
    return [
        Incident(
            incident=each.incident,
            function=each.function,  # type: ignore[arg-type]
            scope="account",
            account="1001",
            regions=(),
            started_at=each.start * SECOND_US,
            ended_at=None if each.end is None else each.end * SECOND_US,
            exclusions=[
                exclusion(n, *(None if bound is None else bound * SECOND_US for bound in span))
                for n, span in enumerate(each.exclusions, start=1)
            ],
        )
        for each in outages
    ]


def covered_of(history: History) -> list[Span]:
    return union((start * SECOND_US, end * SECOND_US) for start, end in history.covered)


def terms_of(readings: dict[str, object]) -> Terms:
    return terms(**readings)


@st.composite
def exclusions(draw: st.DrawFn, start: int, end: int) -> tuple[tuple[int | None, int | None], ...]:
    """Mostly none or one; whole, half-open, inside with about two minutes left at a side, over, beside."""
    found: list[tuple[int | None, int | None]] = []
    for _ in range(draw(st.sampled_from((0, 0, 1, 1, 2)))):
        since: int | None = draw(
            st.one_of(
                st.none(),
                about_the_minimum.map(lambda kept: start + kept),
                about_the_minimum.map(lambda kept: end - kept),
                st.integers(start - 30, max(end, start) + 30),
            )
        )
        length = draw(st.one_of(st.none(), st.integers(1, 90), about_the_minimum))
        until = None if length is None else (start if since is None else since) + length
        found.append((since, until))
    return tuple(found)


@st.composite
def cluster(draw: st.DrawFn, anchor: int, number: int, spread: int = 150) -> list[brute.Outage]:
    """One to four incidents near an anchor, many of them chained: touching, a second short or overlapping."""
    found: list[brute.Outage] = []
    start = anchor + draw(st.integers(-spread, spread))
    for index in range(draw(st.sampled_from((1, 1, 2, 2, 3, 4)))):
        length = draw(st.one_of(short, st.sampled_from((58, 59, 60, 61, 62))))
        end = start + length
        name = f"{'ABCDEFGH'[number]}{index}"
        found.append(brute.Outage(name, draw(st.sampled_from(NAMES)), start, end, draw(exclusions(start, end))))
        joint = draw(st.sampled_from(("touch", "touch", "gap", "overlap", "together", "apart")))
        by = {"touch": end, "gap": end + 1, "overlap": end - draw(st.integers(1, 90)), "together": start}
        start = by.get(joint, end + draw(st.integers(2, 400)))
    return found


@st.composite
def coverage(draw: st.DrawFn, anchors: Sequence[int], window: Span) -> tuple[Span, ...]:
    """All time mostly; else spans that begin or end near an anchor, or a month's part, or none at all."""
    everything = (window[0] - 400 * brute.DAY, window[1] + 400 * brute.DAY)
    kind = draw(st.sampled_from(("all", "all", "all", "from", "to", "hole", "none")))
    near = draw(st.sampled_from(anchors)) + draw(st.integers(-150, 300))
    later = near + draw(st.integers(1, 200))
    return {
        "all": (everything,),
        "from": ((near, everything[1]),),
        "to": ((everything[0], near),),
        "hole": ((everything[0], near), (later, everything[1])),
        "none": (),
    }[kind]


@st.composite
def histories(draw: st.DrawFn, readings: st.SearchStrategy[dict[str, object]] = chosen_readings) -> History:
    """A month with one to three clusters, sometimes a long outage, sometimes one still open."""
    chosen = draw(readings)
    month = draw(st.sampled_from(("2026-02", "2026-03", "2026-04", "2024-02", "2025-12")))
    window = brute.month_bounds(month, str(chosen.get("timezone", "Asia/Shanghai")))
    midday = window[0] + 10 * brute.DAY + 43_200
    places = st.sampled_from((window[0], window[1], window[1], midday, midday + brute.DAY // 2, window[0] + 900))
    anchors = draw(st.lists(places, min_size=1, max_size=3))
    outages = [outage for number, anchor in enumerate(anchors) for outage in draw(cluster(anchor, number))]
    if draw(st.booleans()):
        start = draw(st.sampled_from((window[0] + 2 * brute.DAY, window[0] - 3600, window[1] - brute.DAY)))
        length = draw(st.sampled_from(LONG)) + draw(st.integers(-1, 1))
        outages.append(
            brute.Outage(
                "long", draw(st.sampled_from(NAMES)), start, start + length, draw(exclusions(start, start + length))
            )
        )
    at = window[1] + 40 * brute.DAY
    if draw(st.sampled_from((False, False, True))):
        last = outages[-1]
        outages[-1] = brute.Outage(last.incident, last.function, last.start, None, last.exclusions)
        at = draw(
            st.one_of(
                about_the_minimum.map(lambda lasted: last.start + lasted),
                st.integers(last.start - 10, last.start + 400),
                st.integers(window[1] - 150, window[1] + 150),
            )
        )
    told = tuple(draw(st.permutations(outages)))
    return History(month, told, draw(coverage(anchors, window)), at, chosen)


@st.composite
def years(draw: st.DrawFn, readings: st.SearchStrategy[dict[str, object]] = chosen_readings) -> History:
    """The year 2026 with two to four clusters: near the year's edges, months' edges, and inside; some months bad."""
    chosen = {**draw(readings), **draw(st.fixed_dictionaries({k: st.sampled_from(v) for k, v in EXTRA.items()}))}
    zone = str(chosen["timezone"])
    edges = [brute.month_bounds(month, zone)[0] for month in ("2026-01", "2026-02", "2026-03", "2026-07", "2027-01")]
    anchors = draw(st.lists(st.sampled_from([*edges, edges[1] + 500_000]), min_size=2, max_size=4))
    outages = []
    for number, anchor in enumerate(anchors):
        outages += draw(cluster(anchor, number))
        if draw(st.booleans()):
            start = anchor + draw(st.sampled_from((-3000, 0, 100, 7200)))
            end = start + draw(st.sampled_from((4838, 5184, 5357, 9000)))
            outages.append(
                brute.Outage(f"long{number}", draw(st.sampled_from(NAMES)), start, end, draw(exclusions(start, end)))
            )
    at = edges[-1] + 40 * brute.DAY
    if draw(st.sampled_from((False, False, True))):
        last = outages[-1]
        outages[-1] = brute.Outage(last.incident, last.function, last.start, None, last.exclusions)
        at = last.start + draw(st.one_of(about_the_minimum, st.integers(0, 9000)))
    whole = (edges[0], edges[-1])
    return History("2026", tuple(draw(st.permutations(outages))), draw(coverage(anchors, whole)), at, chosen)
