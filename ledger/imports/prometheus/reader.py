"""Outages from a range query of the Prometheus HTTP API: a matrix of 0/1 or ratio series (`/api/v1/query_range`).

A sample below the threshold is down. An outage lasts from the first sample that is down to the first that no longer
is; between two samples nobody looked, so both instants may truly lie up to one step earlier, and that step is
recorded with them. A missing sample is neither up nor down: it is refused until a person says what it is. Samples are
missing too where a series begins later or ends earlier than the query, which reaches as far as its widest series.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial

from msgspec.structs import replace

from domain.text import said
from domain.time import SECOND_US
from ledger.imports.json_texts import parsed_documents
from ledger.imports.label_rules import Sorter
from ledger.imports.outages import compact, source_id
from ledger.imports.prometheus.answers import Answers, Series
from ledger.imports.prometheus.options import SeriesOptions
from ledger.imports.prometheus.samples import parse_answer
from ledger.imports.prometheus.series import SampleLine, SampleMeasure, SeriesCourse, StateChange, course
from ledger.imports.source import SourceTime, recordable
from ledger.imports.statements import Extent, Faults, OutageStatement, Policy, Reading, SourceFile, Target
from ledger.refusals.imports.prometheus import UnknownStep

SOURCE = "prometheus"
_EMPTY = said("the answer has no series: it states nothing")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def read_prometheus(files: Sequence[SourceFile], asked: SeriesOptions) -> Reading:
    """The outages that the series tell, with the step as their uncertainty.

    A series may go on in other documents and files, in any order, which may share samples. Raises Unreadable,
    ManyFaults.
    """
    name = ", ".join(file.name for file in files)
    faults = Faults()
    sorter = Sorter(asked.rules, name)
    answers = Answers(asked, sorter, faults)
    for file in files:
        with faults.gathering():
            for answer in parsed_documents(file.lines, file.name, partial(parse_answer, answers.values)):
                answers.take(answer)
    spans: set[int] = set()
    chosen: list[Series] = []
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


def _shortest(spans: set[int], file: str, faults: Faults) -> int:
    """The step of the query: the shortest span between two samples. Raises Unreadable `unknown_step`."""
    if not spans:
        faults.check()
        raise UnknownStep(place=file)
    return min(spans)


def _statements(
    series: Series,
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
    series: Series, function: str, whom: Target, found: SeriesCourse, step_us: int
) -> Iterator[OutageStatement]:
    for number, change in enumerate(found.changes):
        if not change.down:
            continue
        end = found.changes[number + 1] if number + 1 < len(found.changes) else None
        outage = _outage(series, function, whom, step_us, change, end)
        yield replace(outage, start_known=number > 0, seen_until=found.last_us if end is None else None)


def _outage(
    series: Series, function: str, whom: Target, step_us: int, change: StateChange, end: StateChange | None
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
