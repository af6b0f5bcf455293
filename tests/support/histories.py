"""Random histories of an account, given both to the domain and to the second-by-second implementation.

Their times are dense where readings differ: runs of about two minutes, pieces of about two minutes between exclusions,
the edges of months, and downtime about the bounds of 99.8 %, 99 % and 95 %. `histories` and `years` are for
hypothesis, which shrinks what fails; `seeded` gives the same by a seed, quicker and without its taste for the simple.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random
from typing import Protocol, TypeVar

import bruteforce as brute
from build import SECOND_US, exclusion
from hypothesis import strategies as st

from domain.incident import Incident
from domain.intervals import Span, union

MEASURING: dict[str, tuple[object, ...]] = {
    "minimum_inclusive": (True, False),
    "minimum_kind": ("franchise", "deductible"),
    "minimum_applies_to": ("merged", "per_function", "per_incident"),
    "minimum_tested": ("before_exclusions", "after_exclusions"),
    "exclusion_removes": ("cause", "time"),
    "quantise": ("exact", "ceil_minute_per_episode"),
    "month_straddle": ("whole_then_clip", "clip_then_test"),
    "timezone": ("Asia/Shanghai", "UTC", "America/New_York"),
}
CHOICES = MEASURING | {
    "availability_decimals": ("exact", 0, 1, 2, 4),
    "mtbf_event": ("outage", "month_below_target"),
}
FUNCTIONS = tuple(brute.FUNCTION_OF)
BOUNDS = (4838, 5184, 5356, 24_192, 25_920, 26_784, 120_960, 129_600, 133_920)
MONTHS = ("2026-02", "2026-03", "2026-04", "2024-02", "2025-12")
EVER = (0, 2**40)
_Value = TypeVar("_Value")


@dataclass(frozen=True)
class History:
    """What happened, in seconds since the epoch, when it is looked at, and how it is to be read."""

    month: str
    outages: tuple[brute.Outage, ...]
    covered: tuple[Span, ...]
    at: int
    readings: dict[str, object]

    def reading(self, **changed: object) -> dict[str, object]:
        return brute.READINGS | self.readings | changed

    def incidents(self) -> list[Incident]:
        """The outages as the domain knows them."""
        return [_incident(outage) for outage in self.outages]

    def covered_us(self) -> list[Span]:
        return union((start * SECOND_US, end * SECOND_US) for start, end in self.covered)

    @property
    def at_us(self) -> int:
        return self.at * SECOND_US


def _incident(outage: brute.Outage) -> Incident:
    return Incident(
        incident=outage.incident,
        function=outage.function,  # type: ignore[arg-type]
        scope="account",
        account="1001",
        regions=(),
        started_at=outage.start * SECOND_US,
        ended_at=_us(outage.end),
        exclusions=[
            exclusion(n, _us(since), _us(until)) for n, (since, until) in enumerate(outage.exclusions, start=1)
        ],
    )


def _us(second: int | None) -> int | None:
    return None if second is None else second * SECOND_US


class Dice(Protocol):
    """Where the chances of a history come from."""

    def pick(self, values: Sequence[_Value]) -> _Value: ...

    def between(self, low: int, high: int) -> int: ...


class Seeded:
    def __init__(self, seed: int) -> None:
        self._random = Random(seed)

    def pick(self, values: Sequence[_Value]) -> _Value:
        return self._random.choice(values)

    def between(self, low: int, high: int) -> int:
        return self._random.randint(low, high)


class Drawn:
    def __init__(self, draw: st.DrawFn) -> None:
        self._draw = draw

    def pick(self, values: Sequence[_Value]) -> _Value:
        return self._draw(st.sampled_from(values))

    def between(self, low: int, high: int) -> int:
        return self._draw(st.integers(low, high))


def _length(dice: Dice) -> int:
    """About two minutes, about one (so that two make two minutes), or any."""
    low, high = dice.pick(((118, 122), (118, 122), (58, 62), (0, 130), (100, 600)))
    return dice.between(low, high)


def _exclusions(dice: Dice, start: int, end: int) -> tuple[tuple[int | None, int | None], ...]:
    """None mostly; whole, over, beside, or inside with about two minutes left on one side."""
    found: list[tuple[int | None, int | None]] = []
    for _ in range(dice.pick((0, 0, 0, 1, 1, 2))):
        kind = dice.pick(("whole", "keep the start", "keep the end", "keep both", "from", "to", "any"))
        cut = start + dice.between(118, 122), end - dice.between(118, 122)
        low, high = start - 30, max(start, end) + 30
        spans: dict[str, tuple[int | None, int | None]] = {
            "whole": (None, None),
            "keep the start": (cut[0], end + dice.pick((0, 0, 60))),
            "keep the end": (start - dice.pick((0, 0, 60)), cut[1]),
            "keep both": cut if cut[0] < cut[1] else (None, None),
            "from": (dice.between(low, high), None),
            "to": (None, dice.between(low, high)),
            "any": (dice.between(low, high), dice.between(low, high)),
        }
        found.append(spans[kind])
    return tuple(found)


def _outage(dice: Dice, name: str, start: int, length: int) -> brute.Outage:
    end = start + length
    return brute.Outage(name, dice.pick(FUNCTIONS), start, end, _exclusions(dice, start, end))


def _cluster(dice: Dice, name: str, anchor: int) -> list[brute.Outage]:
    """One to four outages near an anchor, chained: touching, a second short of it, overlapping, or at once."""
    found: list[brute.Outage] = []
    start = anchor + dice.pick((dice.between(-150, 20), -120, -119, -121, 0))
    for index in range(dice.pick((1, 2, 2, 3, 4))):
        outage = _outage(dice, f"{name}{index}", start, _length(dice))
        end = start if outage.end is None else outage.end
        found.append(outage)
        start = dice.pick((end, end, end + 1, end - dice.between(1, 90), start, end + dice.between(2, 400)))
    return found


def _covered(dice: Dice, anchors: Sequence[int]) -> tuple[Span, ...]:
    """All time mostly; else from, up to, or but for a while near an anchor; or never."""
    near = dice.pick(anchors) + dice.between(-150, 300)
    hole = (EVER[0], near), (near + dice.between(1, 200), EVER[1])
    return dice.pick(((EVER,),) * 6 + (((near, EVER[1]),), ((EVER[0], near),), hole, ()))


def _left_open(dice: Dice, outages: list[brute.Outage], edge: int) -> int | None:
    """Sometimes one outage has not ended yet; it is looked at about two minutes on, later, or about an edge."""
    if dice.pick((True, True, False)):
        return None
    last = outages.pop()
    outages.append(brute.Outage(last.incident, last.function, last.start, None, last.exclusions))
    return dice.pick(
        (last.start + dice.between(118, 122), last.start + dice.between(-10, 9000), edge + dice.between(-150, 150))
    )


def _readings(dice: Dice) -> dict[str, object]:
    """Each switch as the contract is read by default, half of the time."""
    return {key: dice.pick((values[0], dice.pick(values))) for key, values in CHOICES.items()}


def month_history(dice: Dice) -> History:
    """A month with one to three clusters, and a long outage at times."""
    readings, month = _readings(dice), dice.pick(MONTHS)
    start, end = brute.month_bounds(month, str(readings["timezone"]))
    inside = start + 10 * brute.DAY
    anchors = [dice.pick((start, end, end, inside, inside + 80_000)) for _ in range(dice.pick((1, 2, 3)))]
    outages = [outage for n, anchor in enumerate(anchors) for outage in _cluster(dice, "ABC"[n], anchor)]
    if dice.pick((False, True)):
        length = dice.pick((dice.pick(BOUNDS) + dice.between(-1, 1), dice.pick(BOUNDS) + 120, 3_000_000))
        outages.append(_outage(dice, "L", dice.pick((start + 2 * brute.DAY, start - 3600, end - brute.DAY)), length))
    at = _left_open(dice, outages, end)
    covered = _covered(dice, anchors)
    return History(month, tuple(outages), covered, end + 40 * brute.DAY if at is None else at, readings)


def year_history(dice: Dice) -> History:
    """The year 2026 with two to four clusters at its own edges, its months' and inside, and months below target."""
    readings = _readings(dice) | {"mtbf_event": dice.pick(CHOICES["mtbf_event"])}
    edges = [brute.month_bounds(f"2026-{number:02d}", str(readings["timezone"]))[0] for number in (1, 2, 3, 7)]
    after = brute.month_bounds("2026-12", str(readings["timezone"]))[1]
    outages, anchors = [], []
    for number in range(dice.pick((2, 3, 4))):
        anchor = dice.pick((*edges, after, edges[1] + 500_000, edges[3] + 500_000, edges[3] + 3_000_000))
        outages += _cluster(dice, "ABCD"[number], anchor)
        start = anchor + dice.pick((-3000, 0, 100, 7200))
        outages.append(_outage(dice, f"L{number}", start, dice.pick((4838, 5357, 9000, 30_000))))
        anchors.append(anchor)
    at = _left_open(dice, outages, outages[-1].start)
    covered = _covered(dice, anchors)
    return History("2026", tuple(outages), covered, after + 40 * brute.DAY if at is None else at, readings)


def seeded(told: Callable[[Dice], History], seed: int) -> History:
    return told(Seeded(seed))


@st.composite
def histories(draw: st.DrawFn) -> History:
    return month_history(Drawn(draw))


@st.composite
def years(draw: st.DrawFn) -> History:
    return year_history(Drawn(draw))
