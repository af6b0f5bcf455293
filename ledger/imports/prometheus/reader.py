"""Outages from a range query of the Prometheus HTTP API: a matrix of 0/1 or ratio series (`/api/v1/query_range`).

A sample below the threshold is down. An outage lasts from the first sample that is down to the first that no longer
is; between two samples nobody looked, so both instants may truly lie up to one step earlier, and that step is
recorded with them. A missing sample is neither up nor down: it is refused until a person says what it is. Samples are
missing too where a series begins later or ends earlier than the query, which reaches as far as its widest series.
"""

import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from functools import partial

import msgspec
from msgspec.structs import replace

from domain.text import said
from domain.time import FOREVER, SECOND_US
from ledger.imports.label_rules import LabelRules, Sorter, labels_of
from ledger.imports.outages import compact, source_id
from ledger.imports.prometheus.samples import Answer, Values, parse_answer, samples_of
from ledger.imports.prometheus.series import (
    Gap,
    SampleLine,
    SampleMeasure,
    SeriesCourse,
    SeriesPart,
    StateChange,
    course,
)
from ledger.imports.source import Node, SourceTime, parsed_documents, recordable
from ledger.imports.statements import Extent, Faults, OutageStatement, Policy, Reading, SourceFile, Target
from ledger.refusals.imports.prometheus import (
    FailedQuery,
    HistogramNotRatio,
    PartialAnswer,
    UnknownQueryStatus,
    UnknownResultType,
    UnknownStep,
)

SOURCE = "prometheus"
_EMPTY = said("the answer has no series: it states nothing")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_RATIO = re.compile(r"[+-]?[0-9]{1,30}(\.[0-9]{1,30})?([eE][+-]?[0-9]{1,3})?")
_SPAN = re.compile(r"([0-9]{1,9})(?:\.([0-9]{1,6}))?(ms|s|m|h|d)?")
_UNITS_US = {"ms": 1_000, "s": SECOND_US, "m": 60 * SECOND_US, "h": 3600 * SECOND_US, "d": 86_400 * SECOND_US}


class SeriesOptions(msgspec.Struct, frozen=True, kw_only=True):
    """How samples are read.

    What is below `threshold` is down; `gap` says what a missing sample is. The query reached from `since` to before
    `until` (microseconds), where its series do not show that it reached further. With `partial`, an answer that the
    server calls incomplete is taken for what is in it.
    """

    rules: LabelRules
    threshold: Fraction | None = None
    step_us: int | None = None
    gap: Gap | None = None
    partial: bool = False
    since: int | None = None
    until: int | None = None


def read_prometheus(files: Sequence[SourceFile], asked: SeriesOptions) -> Reading:
    """The outages that the series tell, with the step as their uncertainty.

    A series may go on in other documents and files, in any order, which may share samples. Raises Unreadable,
    ManyFaults.
    """
    name = ", ".join(file.name for file in files)
    faults = Faults()
    sorter = Sorter(asked.rules, name)
    answers = _Answers(asked, sorter, faults)
    for file in files:
        with faults.gathering():
            for answer in parsed_documents(file.lines, file.name, partial(parse_answer, answers.values)):
                answers.take(answer)
    spans: set[int] = set()
    chosen: list[_Series] = []
    for series in answers.series.values():
        if series.sorted is not None:
            with faults.gathering():
                spans |= series.spans()
                chosen.append(series)
    step_us = asked.step_us or _shortest(spans, name, faults) if chosen else SECOND_US
    measure = answers.measure(step_us)
    outages: list[OutageStatement] = []
    begins_up: list[OutageStatement] = []
    reached: dict[str, tuple[int, int]] = {}
    for series in chosen:
        with faults.gathering():
            outages += _statements(series, measure, sorter, reached, begins_up)
    faults.check()
    return Reading(
        source=SOURCE,
        policy=Policy(one_a_key=False, resolution_us=step_us),
        skip_incidents=sorter.skipped_incidents(),
        begins_up=() if answers.partial else tuple(begins_up),
        statements=tuple(sorted(outages, key=lambda each: (each.start.us, each.incident))),
        extents=(Extent(scope="", keys=reached),) if reached and not answers.partial else (),
        left_out=sorter.left_out(),
        notes=(*answers.notes, *([] if answers.series else [_EMPTY]), *sorter.notes()),
    )


def parse_span_us(text: str) -> int | None:
    """A step as Prometheus writes one (`15`, `0.5`, `15s`, `1m`), in microseconds; None where it is none."""
    if not (matched := _SPAN.fullmatch(text)):
        return None
    units = int(matched[1]) * SECOND_US + int((matched[2] or "").ljust(6, "0"))
    span_us, rest = divmod(units * _UNITS_US[matched[3] or "s"], SECOND_US)
    return span_us if span_us and not rest else None


def parse_ratio(text: str) -> Fraction | None:
    """A threshold above 0 and at most 1, exactly; None where it is none."""
    ratio = Fraction(text) if _RATIO.fullmatch(text) else Fraction(0)
    return ratio if 0 < ratio <= 1 else None


class _Series(msgspec.Struct, kw_only=True):
    """A series as the answers tell it; `sorted` is None where it is left out or at fault."""

    key: str
    id: str
    name: str
    place: str
    sorted: tuple[str, Target] | None
    parts: list[SeriesPart]

    def spans(self) -> set[int]:
        """The spans between samples of one answer. Raises Unreadable `not_ascending`."""
        return {span for part in self.parts for span in part.spans()}


class _Answers:
    """All series of the answers, by their labels, and how far the query reached."""

    def __init__(self, asked: SeriesOptions, sorter: Sorter, faults: Faults) -> None:
        self.series: dict[str, _Series] = {}
        self.values = Values(asked.threshold)
        self.notes: list[str] = []
        self.partial = False
        self._asked = asked
        self._sorter = sorter
        self._faults = faults
        self._first_us = FOREVER if asked.since is None else asked.since
        self._last_us = -FOREVER if asked.until is None else asked.until - 1

    def take(self, answer: Answer) -> None:
        """One document: one answer of the server."""
        with self._faults.gathering():
            for node in self._data(answer.root).items("result"):
                with self._faults.gathering():
                    self._take(node, answer)

    def measure(self, step_us: int) -> SampleMeasure:
        """How all series are read."""
        return SampleMeasure(self.values, step_us, self._asked.gap, self._first_us, self._last_us)

    def _data(self, root: Node) -> Node:
        if root.fields().get("status") == "error":
            raise FailedQuery(place=root.place, error=root.at("error").value)
        root.choice("status", {"success"}, UnknownQueryStatus)
        data = root.at("data")
        data.choice("resultType", {"matrix"}, UnknownResultType)
        is_partial = root.at("isPartial")
        if is_partial.value is not None and is_partial.value is not False:
            self._incomplete(is_partial, "isPartial")
        for each in root.items("warnings"):
            self._incomplete(each, each.value)
        self.notes += [said("the server said: {text}", text=each.value) for each in root.items("infos")]
        return data

    def _incomplete(self, node: Node, text: object) -> None:
        """What the server leaves out may have been. With `--partial` that is noted, and absence says nothing."""
        self.partial = True
        if not self._asked.partial:
            self._faults.add(PartialAnswer(place=node.place, text=text))
            return
        self.notes.append(said("taken although the answer is not complete: {text}", text=text))

    def _take(self, node: Node, answer: Answer) -> None:
        labels = labels_of(node.at("metric"))
        if "histograms" in node.fields():
            raise HistogramNotRatio(place=node.place)
        samples = samples_of(self.values, answer, node)
        if samples.times:
            self._first_us = min(self._first_us, samples.times[0])
            self._last_us = max(self._last_us, samples.times[-1])
        key = _named(dict(sorted(labels.items())))
        series = self.series.get(key)
        if series is None:
            series = self.series[key] = self._first(key, labels, node)
        if series.sorted is not None:
            series.parts.append(SeriesPart(f"{node.place}.values", samples))

    def _first(self, key: str, labels: dict[str, str], node: Node) -> _Series:
        """A series that was not told before; one whose labels are at fault is kept, so that it is told once."""
        name = _named(labels)
        whom: tuple[str, Target] | None = None
        with self._faults.gathering():
            whom = self._sorter.sorted(labels, node, node.at("metric"), name, key)
        return _Series(key=key, id=_digest(labels), name=name, place=node.place, sorted=whom, parts=[])


def _shortest(spans: set[int], file: str, faults: Faults) -> int:
    """The step of the query: the shortest span between two samples. Raises Unreadable `unknown_step`."""
    if not spans:
        faults.check()
        raise UnknownStep(place=file)
    return min(spans)


def _statements(
    series: _Series,
    measure: SampleMeasure,
    sorter: Sorter,
    reached: dict[str, tuple[int, int]],
    begins_up: list[OutageStatement],
) -> Iterator[OutageStatement]:
    """What a series tells. How far it does goes to `reached`, that it begins up to `begins_up`. Raises Unreadable."""
    for part in series.parts:
        part.check_step(measure.step_us)
    found = course(SampleLine(series.name, series.parts, measure.values), series.place, measure)
    if found is None or series.sorted is None:
        return
    reached[series.key] = (found.first_us, found.last_us)
    for statement in _outages(series, *series.sorted, found, measure.step_us):
        ids, starts = (series.id, statement.incident), (statement.start.us,)
        if sorter.skips(ids, starts, series.key, statement.start.text, measure.step_us - 1):
            reached.pop(series.key, None)  # absence of the others there would say nothing of the one left out
        else:
            yield statement
    first = found.changes[0]
    if not first.down:
        begins_up.append(_outage(series, *series.sorted, measure.step_us, first, first))


def _outages(
    series: _Series, function: str, whom: Target, found: SeriesCourse, step_us: int
) -> Iterator[OutageStatement]:
    for number, change in enumerate(found.changes):
        if not change.down:
            continue
        end = found.changes[number + 1] if number + 1 < len(found.changes) else None
        outage = _outage(series, function, whom, step_us, change, end)
        yield replace(outage, start_known=number > 0, seen_until=found.last_us if end is None else None)


def _outage(
    series: _Series, function: str, whom: Target, step_us: int, change: StateChange, end: StateChange | None
) -> OutageStatement:
    """An outage that begins and ends with changes, and may have begun before."""
    start = _moment(change)
    return OutageStatement(
        key=series.key,
        incident=source_id(SOURCE, series.id, compact(start.at)),
        name=series.name,
        scope="",
        function=function,
        target=whom,
        start=start,
        end=None if end is None else _moment(end),
        place=change.place,
        start_known=False,
        uncertainty_us=step_us,
    )


def _moment(change: StateChange) -> SourceTime:
    at = _EPOCH + timedelta(microseconds=change.at_us)
    return recordable(SourceTime(at, at.isoformat(), change.place))


def _digest(labels: dict[str, str]) -> str:
    return hashlib.sha256(json.dumps(labels, sort_keys=True).encode()).hexdigest()[:16]


def _named(labels: dict[str, str]) -> str:
    """The series as PromQL writes it."""
    own = ", ".join(f"{label}={json.dumps(value)}" for label, value in labels.items() if label != "__name__")
    return f"{labels.get('__name__', '')}{{{own}}}"
