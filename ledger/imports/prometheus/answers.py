"""The series of a server's answers, and how far the query reached."""

import hashlib
import json

import msgspec

from domain.text import said
from domain.time import FOREVER
from ledger.imports.label_rules import Sorter, labels_of
from ledger.imports.prometheus.options import SeriesOptions
from ledger.imports.prometheus.samples import Answer, Values, samples_of
from ledger.imports.prometheus.series import SampleMeasure, SeriesPart
from ledger.imports.source import Node
from ledger.imports.statements import Faults, Target
from ledger.refusals.imports.prometheus import (
    FailedQuery,
    HistogramNotRatio,
    PartialAnswer,
    UnknownQueryStatus,
    UnknownResultType,
)


class Series(msgspec.Struct, kw_only=True):
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


class Answers:
    """All series of the answers, by their labels, and how far the query reached."""

    def __init__(self, asked: SeriesOptions, sorter: Sorter, faults: Faults) -> None:
        self.series: dict[str, Series] = {}
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

    def _first(self, key: str, labels: dict[str, str], node: Node) -> Series:
        """A series that was not told before; one whose labels are at fault is kept, so that it is told once."""
        name = _named(labels)
        whom: tuple[str, Target] | None = None
        with self._faults.gathering():
            whom = self._sorter.sorted(labels, node, node.at("metric"), name, key)
        return Series(key=key, id=_digest(labels), name=name, place=node.place, sorted=whom, parts=[])


def _digest(labels: dict[str, str]) -> str:
    return hashlib.sha256(json.dumps(labels, sort_keys=True).encode()).hexdigest()[:16]


def _named(labels: dict[str, str]) -> str:
    """The series as PromQL writes it."""
    own = ", ".join(f"{label}={json.dumps(value)}" for label, value in labels.items() if label != "__name__")
    return f"{labels.get('__name__', '')}{{{own}}}"
