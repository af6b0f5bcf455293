"""Clause 1, the minimum: outages form runs, and a run that is long enough counts (R1 to R5)."""

from __future__ import annotations

from collections.abc import Sequence
from operator import attrgetter

import msgspec

from domain.intervals import Span, length, subtract, union
from domain.rules.outages import Outage, joined
from domain.terms.versions import Readings, Terms
from domain.time import SECOND_US

_ONE = {"agent_sign_in": "agents", "agent_calls": "agents"}
"""An agent who cannot sign in cannot call, so these functions count as one (R3)."""


class Run(msgspec.Struct, frozen=True):
    """An unbroken run of outages that is tested against the minimum (R3), and the part of it that counts.

    It is open where the outage with which it ends has no end yet; `open_within` where any of its outages has none,
    which formats 1 and 2 took for the same.
    """

    start: int
    end: int
    open: bool
    open_within: bool
    incidents: tuple[str, ...]
    long_enough: bool
    excluded_us: int
    deducted_us: int
    counted: list[Span]


def runs(found: Sequence[Outage], terms: Terms) -> list[Run]:
    """The runs in order of start, each tested against the minimum, with the part that counts."""
    readings = terms.readings
    silenced = (
        union(span for outage in found for span in outage.excluded) if readings.exclusion_removes == "time" else []
    )
    tested = _raw_runs if readings.minimum_tested == "before_exclusions" else _remaining_runs
    result = [run for group in _groups(found, readings) for run in tested(group, silenced, terms)]
    return sorted(result, key=attrgetter("start", "end", "incidents"))


def _groups(found: Sequence[Outage], readings: Readings) -> list[list[Outage]]:
    """R3: the outages that form runs together: all of the account's, those of one function (agents signing in and
    calling are one), or each incident alone."""
    if readings.minimum_applies_to == "merged":
        return [list(found)]
    if readings.minimum_applies_to == "per_incident":
        return [[outage] for outage in found]
    by_function: dict[str, list[Outage]] = {}
    for outage in found:
        by_function.setdefault(_ONE.get(outage.function, outage.function), []).append(outage)
    return list(by_function.values())


def _raw_runs(group: list[Outage], silenced: list[Span], terms: Terms) -> list[Run]:
    """R4, before exclusions: the raw run is tested, then excluded time is taken out of it."""
    result = []
    for start, end, members in joined([(outage.start, outage.end, outage) for outage in group]):
        outages = [outage for _, _, outage in members]
        condition = subtract(_left(start, end, outages), silenced)
        lasting = {outage.end for outage in outages if outage.open}
        result.append(_run(start, end, lasting, outages, end - start - length(condition), condition, terms))
    return result


def _left(start: int, end: int, outages: list[Outage]) -> list[Span]:
    """The rest of a run after each outage's excluded time is taken out of that outage alone."""
    if not [span for outage in outages for span in outage.excluded]:
        return [(start, end)]
    return union(span for o in outages for span in subtract([(o.start, o.end)], o.excluded))


def _remaining_runs(group: list[Outage], silenced: list[Span], terms: Terms) -> list[Run]:
    """R4, after exclusions: the remaining time is tested, each unbroken piece by itself."""
    pieces = [
        (start, end, outage)
        for outage in group
        for start, end in subtract(subtract([(outage.start, outage.end)], outage.excluded), silenced)
    ]
    result = []
    for start, end, members in joined(pieces):
        lasting = {outage.end for _, piece_end, outage in members if outage.open and piece_end == outage.end}
        result.append(_run(start, end, lasting, [member[2] for member in members], 0, [(start, end)], terms))
    return result


def _run(
    start: int,
    end: int,
    lasting: set[int],
    outages: list[Outage],
    excluded_us: int,
    condition: list[Span],
    terms: Terms,
) -> Run:
    """R1 and R2: whether a run is long enough, and which part of it counts; `lasting` is where open outages are cut."""
    minimum_us = terms.service.minimum_outage_seconds.value * SECOND_US
    lasted = end - start
    enough = lasted >= minimum_us if terms.readings.minimum_inclusive else lasted > minimum_us
    counted = condition if enough else []
    if terms.readings.minimum_kind == "deductible":
        counted = subtract(counted, [(start, start + minimum_us)])
    deducted_us = length(condition) - length(counted) if counted is not condition and enough else 0
    names = tuple(sorted({outage.incident for outage in outages})) if len(outages) > 1 else (outages[0].incident,)
    return Run(start, end, end in lasting, bool(lasting), names, enough, excluded_us, deducted_us, counted)
