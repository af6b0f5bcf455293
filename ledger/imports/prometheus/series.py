"""A series of samples in order of time: parts of it put together, its gaps, and when it was down.

Nothing here makes an object of each sample: instants and values are arrays, states are bytes, and a run of one state is
found at once.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from itertools import pairwise
from operator import sub
from typing import Literal

import msgspec

from domain.time import seconds_text
from ledger.imports.prometheus.samples import DOWN, UNCLEAR, UNMEASURED, UP, Samples, Values
from ledger.refusals.imports.prometheus import (
    MissingSample,
    MissingSamples,
    NotAscending,
    OffStep,
    SampleToldOtherwise,
    SeriesBeginsLate,
    SeriesEndsEarly,
    ThresholdNeeded,
)

Gap = Literal["down", "up"]
_RUN = re.compile(rb"\x00+|\x01+")


class SeriesPart(msgspec.Struct, frozen=True):
    """The samples of a series in one document; `place` is the path of their list."""

    place: str
    samples: Samples

    def at(self, number: int) -> str:
        """The path of a sample."""
        return f"{self.place}[{number}]"

    def spans(self) -> set[int]:
        """The spans between samples. Raises Unreadable `not_ascending`."""
        times = self.samples.times
        spans = set(map(sub, times[1:], times))
        if spans and min(spans) <= 0:
            raise NotAscending(place=self.at(_first(span <= 0 for span in map(sub, times[1:], times)) + 1))
        return spans

    def check_step(self, step_us: int) -> None:
        """Raises Unreadable `off_step` unless all samples stand whole steps apart."""
        times = self.samples.times
        if all(span % step_us == 0 for span in set(map(sub, times[1:], times))):
            return
        number = _first(span % step_us for span in map(sub, times[1:], times)) + 1
        raise OffStep(place=self.at(number), n=seconds_text(times[number] - times[number - 1]))


class SampleLine:
    """All samples of a series in order of time, and where each comes from."""

    def __init__(self, name: str, parts: Iterable[SeriesPart], values: Values) -> None:
        """Parts may share samples. Raises Unreadable `contradiction` where they differ there."""
        self.times: array[int] = array("q")
        self.values: array[int] = array("i")
        self._name = name
        self._known = values
        self._begins: list[int] = []
        self._origins: list[tuple[SeriesPart, int]] = []
        filled = [part for part in parts if part.samples.times]
        for part in sorted(filled, key=lambda each: each.samples.times[0]):
            self._add(part)

    def place(self, number: int) -> str:
        """The path of a sample."""
        part, at = self._origin(number)
        return part.at(at)

    def _add(self, part: SeriesPart) -> None:
        times = part.samples.times
        shared = bisect_right(times, self.times[-1]) if self.times else 0
        if shared == 1 and times[0] == self.times[-1]:
            self._same(len(self.times) - 1, part, 0)
        elif shared:
            self._interleave(part, shared)
        self._extend(part, shared)

    def _extend(self, part: SeriesPart, since: int, until: int | None = None) -> None:
        self._begins.append(len(self.times))
        self._origins.append((part, since))
        self.times.extend(part.samples.times[since:until])
        self.values.extend(part.samples.values[since:until])

    def _interleave(self, part: SeriesPart, shared: int) -> None:
        """Put the first `shared` samples of a part among those that are there and are as late."""
        since = bisect_left(self.times, part.samples.times[0])
        late = [(self.times[number], *self._origin(number)) for number in range(since, len(self.times))]
        known = {at: number for number, (at, _, _) in enumerate(late, since)}
        new = []
        for number, at in enumerate(part.samples.times[:shared]):
            if at in known:
                self._same(known[at], part, number)
            else:
                new.append((at, part, number))
        kept = bisect_left(self._begins, since)
        del self.times[since:], self.values[since:], self._begins[kept:], self._origins[kept:]
        for _, origin, number in sorted([*late, *new], key=lambda each: each[0]):
            self._extend(origin, number, number + 1)

    def _origin(self, number: int) -> tuple[SeriesPart, int]:
        origin = bisect_right(self._begins, number) - 1
        part, first = self._origins[origin]
        return part, first + number - self._begins[origin]

    def _same(self, number: int, part: SeriesPart, other: int) -> None:
        if not self._known.same(self.values[number], part.samples.values[other]):
            raise SampleToldOtherwise(place=part.at(other), name=self._name, earlier=self.place(number))


class SampleMeasure(msgspec.Struct, frozen=True):
    """How a line is read: what its values say, what a missing sample is, the span of the query."""

    values: Values
    step_us: int
    gap: Gap | None
    first_us: int
    last_us: int


class StateChange(msgspec.Struct, frozen=True):
    """The line is down or up from an instant on."""

    at_us: int
    down: bool
    place: str


class SeriesCourse(msgspec.Struct, frozen=True):
    """When a line was down and up over the span of its query, as far as its own samples reach into that."""

    first_us: int
    last_us: int
    changes: tuple[StateChange, ...]


def course(line: SampleLine, place: str, measure: SampleMeasure) -> SeriesCourse | None:
    """When a line was down; None where the answers have no instant at all. `place` is the series' own.

    Raises Unreadable `missing_samples`, `threshold_needed`.
    """
    if not line.times:
        return _empty(place, measure)
    first, last, step_us = line.times[0], line.times[-1], measure.step_us
    states = _states(line, measure)
    found: list[StateChange] = []
    if (before := (first - measure.first_us) // step_us) > 0:
        late = SeriesBeginsLate(place=line.place(0), n=before)
        first -= before * step_us
        found.append(StateChange(first, _is_down(measure, late), late.place))
    found += _changes(line, states, measure)
    if (after := (measure.last_us - last) // step_us) > 0:
        early = SeriesEndsEarly(place=line.place(len(line.times) - 1), n=after)
        found.append(StateChange(last + step_us, _is_down(measure, early), early.place))
        last += after * step_us
    turns = [found[0], *(now for was, now in pairwise(found) if was.down != now.down)]
    return SeriesCourse(first, last, tuple(turns))


def _empty(place: str, measure: SampleMeasure) -> SeriesCourse | None:
    missing = (measure.last_us - measure.first_us) // measure.step_us + 1
    if missing <= 0:
        return None
    down = _is_down(measure, _missing(place, missing))
    return SeriesCourse(measure.first_us, measure.last_us, (StateChange(measure.first_us, down, place),))


def _states(line: SampleLine, measure: SampleMeasure) -> bytes:
    states = bytes(map(measure.values.states.__getitem__, line.values))
    unclear = states.find(UNCLEAR)
    if unclear >= 0:
        raise ThresholdNeeded(place=line.place(unclear))
    unmeasured = states.find(UNMEASURED)
    if unmeasured < 0:
        return states
    down = _is_down(measure, _missing(line.place(unmeasured), 1))
    return states.replace(bytes([UNMEASURED]), bytes([DOWN if down else UP]))


def _changes(line: SampleLine, states: bytes, measure: SampleMeasure) -> Iterator[StateChange]:
    """The first sample of each run of one state; after the last sample before a gap stands what the gap is."""
    since = 0
    for number, missing in (*_gaps(line, measure.step_us), (len(states), 0)):
        for run in _RUN.finditer(states, since, number):
            begin = run.start()
            yield StateChange(line.times[begin], states[begin] == DOWN, line.place(begin))
        if missing:
            down = _is_down(measure, _missing(line.place(number), missing))
            yield StateChange(line.times[number - 1] + measure.step_us, down, line.place(number))
        since = number


def _gaps(line: SampleLine, step_us: int) -> Iterator[tuple[int, int]]:
    """The number of each sample before which some are missing, and how many.

    Where one answer ends and another begins, the two samples may stand closer than a step.
    """
    times = line.times
    if all(span == step_us for span in set(map(sub, times[1:], times))):
        return
    for number, span in enumerate(map(sub, times[1:], times), 1):
        if span > step_us and (missing := (span - 1) // step_us):
            yield number, missing


def _missing(place: str, n: int) -> MissingSamples:
    return MissingSample(place=place, n=n) if n == 1 else MissingSamples(place=place, n=n)


def _is_down(measure: SampleMeasure, missing: MissingSamples) -> bool:
    """Whether what is missing was down, as a person said. Raises `missing` where nobody did."""
    if measure.gap is None:
        raise missing
    return measure.gap == "down"


def _first(found: Iterable[object]) -> int:
    return next(number for number, each in enumerate(found) if each)
