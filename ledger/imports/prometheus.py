"""Outages from a range query of the Prometheus HTTP API: a matrix of 0/1 or ratio series (`/api/v1/query_range`).

A sample below the threshold is down. An outage lasts from the first sample that is down to the first that no longer
is; between two samples nobody looked, so both instants may truly lie up to one step earlier, and that step is
recorded with them. A missing sample is neither up nor down: it is refused until a person says what it is.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Literal

import msgspec

from domain.text import said
from domain.time import SECOND_US, seconds_text
from ledger.imports.label_rules import LabelRules, Sorter, labels_of
from ledger.imports.outages import ToldOutage, commands, compact, source_id
from ledger.imports.source import Node, Number, Reading, SourceTime, documents
from ledger.refusals.imports.prometheus import (
    BadSampleTime,
    DownAtFirstSample,
    FailedQuery,
    HistogramNotRatio,
    MissingSample,
    MissingSamples,
    NotAscending,
    NotRatio,
    OffStep,
    SampleNotPair,
    ThresholdNeeded,
    UnknownQueryStatus,
    UnknownResultType,
    UnknownStep,
)

SOURCE = "prometheus"
_AS_IT_CAME = said("give the answer of /api/v1/query_range as it came")
Gap = Literal["down", "up"]
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TIME = re.compile(r"([0-9]{1,10})(?:\.([0-9]{1,6})0*)?")
_VALUE = re.compile(r"[+-]?[0-9]{1,30}(\.[0-9]{1,30})?([eE][+-]?[0-9]{1,3})?")
_SPAN = re.compile(r"([0-9]{1,9})(?:\.([0-9]{1,6}))?(ms|s|m|h|d)?")
_UNITS_US = {"ms": 1_000, "s": SECOND_US, "m": 60 * SECOND_US, "h": 3600 * SECOND_US, "d": 86_400 * SECOND_US}


class Sample(msgspec.Struct, frozen=True, gc=False):
    """One sample: microseconds since 1970, its value (None for NaN), its path in its document."""

    at_us: int
    value: Fraction | None
    place: str


class Series(msgspec.Struct):
    """A series as one document or several tell it, in the order of the file."""

    node: Node
    name: str
    labels: dict[str, str]
    samples: list[Sample] = []


class SeriesOptions(msgspec.Struct, frozen=True):
    """How samples are read: what is below `threshold` is down; `gap` says what a missing sample is."""

    threshold: Fraction | None
    step_us: int | None
    gap: Gap | None


def read_prometheus(lines: Iterable[bytes], *, name: str, rules: LabelRules, measure: SeriesOptions) -> Reading:
    """The outages that the series tell, as `incident open` and `incident close` with the step as their uncertainty.

    A series may go on in a later document of the file. Raises Unreadable.
    """
    sorter = Sorter(rules, name)
    notes: list[str] = []
    chosen = list(_chosen(_series(lines, name, notes), sorter))
    step_us = measure.step_us or _step_us(name, (series for series, _ in chosen))
    outages = [outage for series, function in chosen for outage in _outages(series, function, measure, step_us, sorter)]
    notes += _off_grid((series for series, _ in chosen), step_us)
    found = commands(outages, SOURCE, notes, _AS_IT_CAME)
    return Reading(commands=found, notes=(*notes, *sorter.notes()))


def parse_span_us(text: str) -> int | None:
    """A step as Prometheus writes one (`15`, `0.5`, `15s`, `1m`), in microseconds; None where it is none."""
    if not (matched := _SPAN.fullmatch(text)):
        return None
    units = int(matched[1]) * SECOND_US + int((matched[2] or "").ljust(6, "0"))
    span_us, rest = divmod(units * _UNITS_US[matched[3] or "s"], SECOND_US)
    return span_us if span_us and not rest else None


def parse_ratio(text: str) -> Fraction | None:
    """A threshold above 0 and at most 1, exactly; None where it is none."""
    ratio = Fraction(text) if _VALUE.fullmatch(text) else Fraction(0)
    return ratio if 0 < ratio <= 1 else None


def _series(lines: Iterable[bytes], file: str, notes: list[str]) -> Iterable[Series]:
    """The series of all documents, each once, in the order in which they first appear."""
    found: dict[str, Series] = {}
    for root in documents(lines, file):
        data = _data(root, notes)
        for node in data.items("result"):
            labels = labels_of(node.at("metric"))
            series = found.setdefault(_digest(labels), Series(node, _named(labels), labels, []))
            series.samples += _samples(node)
    return found.values()


def _data(root: Node, notes: list[str]) -> Node:
    if root.fields().get("status") == "error":
        raise FailedQuery(place=root.place, error=root.at("error").value)
    root.choice("status", {"success"}, UnknownQueryStatus)
    data = root.at("data")
    data.choice("resultType", {"matrix"}, UnknownResultType)
    for kind in ("warnings", "infos"):
        notes += [said("the server said: {text}", text=each.value) for each in root.items(kind)]
    return data


def _samples(node: Node) -> Iterator[Sample]:
    if "histograms" in node.fields():
        raise HistogramNotRatio(place=node.place)
    for each in node.items("values"):
        pair = each.value
        if not isinstance(pair, list) or len(pair) != 2 or not isinstance(pair[0], Number) or type(pair[1]) is not str:
            raise SampleNotPair(place=each.place)
        yield Sample(_at_us(each, pair[0]), _value(each, pair[1]), each.place)


def _at_us(node: Node, text: str) -> int:
    if not (matched := _TIME.fullmatch(text)):
        raise BadSampleTime(place=node.place, text=text)
    return int(matched[1]) * SECOND_US + int((matched[2] or "").ljust(6, "0"))


def _value(node: Node, text: str) -> Fraction | None:
    if text == "NaN":
        return None
    value = Fraction(text) if _VALUE.fullmatch(text) else None
    if value is None or not 0 <= value <= 1:
        raise NotRatio(place=node.place, text=repr(text))
    return value


def _chosen(series: Iterable[Series], sorter: Sorter) -> Iterator[tuple[Series, str]]:
    """The series that are read, each with the function that is gone while it is down."""
    for each in series:
        function = sorter.function(each.labels, each.node, each.name)
        if function is not None:
            yield each, function


def _step_us(file: str, series: Iterable[Series]) -> int:
    """The shortest span between two samples. Raises Unreadable `unknown_step`, `not_ascending`."""
    spans = [span for each in series for span in _spans(each)]
    if not spans:
        raise UnknownStep(place=file)
    return min(spans)


def _spans(series: Series) -> Iterator[int]:
    for before, sample in zip(series.samples, series.samples[1:], strict=False):
        if sample.at_us <= before.at_us:
            raise NotAscending(place=sample.place)
        yield sample.at_us - before.at_us


def _outages(
    series: Series, function: str, measure: SeriesOptions, step_us: int, sorter: Sorter
) -> Iterator[ToldOutage]:
    """From each first sample that is down to the first that is not. Raises Unreadable `unknown_start`."""
    whom = sorter.target(series.labels, series.node.at("metric"), series.name)
    start: SourceTime | None = None
    within = seconds_text(step_us)
    for number, (at_us, down, place) in enumerate(_states(series, measure, step_us)):
        if down and number == 0:
            raise DownAtFirstSample(place=place, name=series.name)
        moment = _moment(at_us, place)
        if down and start is None:
            start = moment
        elif start is not None and not down:
            yield _outage(series, function, whom, start, moment, within)
            start = None
    if start is not None:
        yield _outage(series, function, whom, start, None, within)


def _outage(
    series: Series, function: str, whom: dict[str, object], start: SourceTime, end: SourceTime | None, within: str
) -> ToldOutage:
    incident = source_id(SOURCE, _digest(series.labels), compact(start.at))
    return ToldOutage(incident=incident, function=function, target=whom, start=start, end=end, within=within)


def _states(series: Series, measure: SeriesOptions, step_us: int) -> Iterator[tuple[int, bool, str]]:
    """When it was up or down; after a gap's last sample stands what the gap is said to be, a step later.

    Raises Unreadable `missing_samples`, `off_step`.
    """
    before: int | None = None
    for sample, span in zip(series.samples, (step_us, *_spans(series)), strict=True):
        if span % step_us:
            raise OffStep(place=sample.place, n=seconds_text(span))
        if span > step_us and before is not None:
            yield before + step_us, _gap_is_down(measure, sample.place, span // step_us - 1), sample.place
        before = sample.at_us
        if sample.value is None:
            yield sample.at_us, _gap_is_down(measure, sample.place, 1), sample.place
        else:
            yield sample.at_us, _is_down(sample.value, sample.place, measure.threshold), sample.place


def _gap_is_down(measure: SeriesOptions, place: str, missing: int) -> bool:
    if measure.gap is None:
        raise (MissingSample(place=place, n=missing) if missing == 1 else MissingSamples(place=place, n=missing))
    return measure.gap == "down"


def _is_down(value: Fraction, place: str, threshold: Fraction | None) -> bool:
    if threshold is not None:
        return value < threshold
    if value not in (0, 1):
        raise ThresholdNeeded(place=place)
    return value == 0


def _off_grid(series: Iterable[Series], step_us: int) -> Iterator[str]:
    """A query with another start would find the same outages at other times, and they would be others."""
    off = [each.name for each in series if each.samples and each.samples[0].at_us % step_us]
    if off:
        yield said(
            "samples do not stand at whole steps of {step} s: start later queries of it at the same offset ({names})",
            step=seconds_text(step_us),
            names=", ".join(off),
        )


def _moment(at_us: int, place: str) -> SourceTime:
    at = _EPOCH + timedelta(microseconds=at_us)
    return SourceTime(at, at.isoformat(), place)


def _digest(labels: dict[str, str]) -> str:
    return hashlib.sha256(json.dumps(labels, sort_keys=True).encode()).hexdigest()[:16]


def _named(labels: dict[str, str]) -> str:
    """The series as PromQL writes it."""
    own = ", ".join(f"{label}={json.dumps(value)}" for label, value in labels.items() if label != "__name__")
    return f"{labels.get('__name__', '')}{{{own}}}"
