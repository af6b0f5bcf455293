"""What of a month's outages counted, and what did not and why, from the steps of a decision."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from cli.pages import labels
from cli.terminal.language import language, translated
from cli.terminal.vocabulary import cited, word
from domain.decision import Decision, Step
from domain.terms.versions import Terms
from domain.text import Said, counted, said

MOST = 10
"""The largest number of rows of a table, so that a letter fits on two pages; the letter sums up the others."""


class CountedRow(NamedTuple):
    """An episode that counts: its bounds, its length, and how much of it counts."""

    start: str | Said
    end: str | Said
    length: str
    counts: str

    @property
    def line(self) -> Said:
        """The row as a sentence."""
        return said(
            "{start} to {end}: {length} long, counts {counts}",
            start=self.start,
            end=self.end,
            length=self.length,
            counts=self.counts,
        )


class LeftOutRow(NamedTuple):
    """Time that does not count: by which clause, why, from when to when, or how much."""

    clause: str
    why: str | Said
    start: str | Said
    end: str | Said
    time: str

    @property
    def line(self) -> Said:
        """Its clause and time as a sentence."""
        if not self.start:
            return said("{clause}: {time}", clause=cited(self.clause), time=self.time)
        return said("{clause}: {start} to {end}", clause=cited(self.clause), start=self.start, end=self.end)


class TimeCounted(NamedTuple):
    """The time that counts and the time that does not; `more` says what the tables leave out."""

    clause: Said
    rows: list[CountedRow]
    more: Said | None
    left_out: list[LeftOutRow]
    more_left_out: Said | None
    summary: Said


def time_counted(made: Decision, terms: Terms) -> TimeCounted | None:
    """The time of a decision's month; None where it was not measured."""
    if made.availability is None:
        return None
    zone = made.terms.readings.timezone
    episodes = [step for step in made.steps if step.step == "episode"]
    counting = [step for step in episodes if step.result]
    rows = [*_excluded(made.steps, terms, zone), *_too_short(episodes, zone), *_taken_out(episodes, terms)]
    return TimeCounted(
        clause=cited(terms.service.minimum_outage_seconds.clause),
        rows=[_counted_row(step, zone) for step in _longest(counting)],
        more=_more(counting),
        left_out=rows[:MOST],
        more_left_out=None
        if len(rows) <= MOST
        else counted(
            "{n} more does not count; the dossier lists it.",
            "{n} more do not count; the dossier lists them.",
            n=len(rows) - MOST,
        ),
        summary=said(
            "In all {time} of the month's {total} count as unavailable.",
            time=labels.lasted(made.availability.unavailable_us),
            total=labels.lasted(made.availability.total_us),
        ),
    )


def _longest(counting: Sequence[Step]) -> list[Step]:
    """The episodes that are listed, in order of time: those that count most."""
    kept = sorted(counting, key=lambda step: -_us(step, "counts"))[:MOST]
    return [step for step in counting if step in kept]


def _us(step: Step, name: str) -> int:
    """An input of a step in microseconds, or its result under `counts`; 0 where it has none."""
    value = step.result if name == "counts" else step.inputs.get(name)
    return value if isinstance(value, int) else 0


def _more(counting: Sequence[Step]) -> Said | None:
    listed = _longest(counting)
    others = [step for step in counting if step not in listed]
    if not others:
        return None
    return counted(
        "{n} shorter episode counts {time}; the dossier lists it.",
        "{n} shorter episodes count {time}; the dossier lists them.",
        n=len(others),
        time=labels.lasted(sum(_us(step, "counts") for step in others)),
    )


def _counted_row(step: Step, zone: str) -> CountedRow:
    return CountedRow(
        start=labels.when(_us(step, "start"), zone),
        end=_end(step, "end", zone),
        length=labels.lasted(_us(step, "length_us")),
        counts=labels.lasted(_us(step, "counts")),
    )


def _end(step: Step, name: str, zone: str) -> str | Said:
    end = step.inputs[name]
    return labels.when(end if isinstance(end, int) else None, zone)


def _excluded(steps: Sequence[Step], terms: Terms, zone: str) -> Iterator[LeftOutRow]:
    """The exclusions (clause 2.3), each with its cause in the agreement's words and the reason that was recorded."""
    causes = {cause.clause: cause.cause for cause in terms.exclusions}
    for step in steps:
        if step.step != "exclusion":
            continue
        cause = translated(causes.get(step.clause, ""), language())
        reason = step.inputs.get("reason")
        why = said("{cause} ({reason})", cause=cause, reason=reason) if reason else cause
        yield LeftOutRow(step.clause, why, labels.when(_us(step, "from_at"), zone), _end(step, "to_at", zone), "")


def _too_short(episodes: Sequence[Step], zone: str) -> Iterator[LeftOutRow]:
    """The episodes that did not last the minimum (clause 1)."""
    for step in episodes:
        if not step.inputs["long_enough"]:
            why = said(
                "Too short: the interruption of {start} lasted {length}, and {minimum} s are the minimum",
                start=labels.when(_us(step, "start"), zone),
                length=labels.lasted(_us(step, "length_us")),
                minimum=step.inputs["minimum_seconds"],
            )
            yield LeftOutRow(word(step.clause), why, "", "", labels.lasted(_us(step, "length_us")))


def _taken_out(episodes: Sequence[Step], terms: Terms) -> Iterator[LeftOutRow]:
    """The sums of what was taken out of episodes that are long enough."""
    minimum, beta = terms.service.minimum_outage_seconds.clause, terms.service.beta_covered.clause
    causes = [cause.clause.partition("(")[0] for cause in terms.exclusions]
    reasons = (
        ("excluded_us", causes[0] if causes else minimum, said("Excluded from episodes for these causes, in all")),
        ("deducted_us", minimum, said("The minimum, which is deducted from each episode")),
        ("outside_us", minimum, said("Parts of episodes that lie in other months")),
        ("uncovered_us", beta, said("Time in which the agreement did not cover the account")),
        ("repeated_us", minimum, said("Time that another episode counts already")),
    )
    for name, clause, why in reasons:
        total_us = sum(_us(step, name) for step in episodes if step.inputs["long_enough"])
        if total_us:
            yield LeftOutRow(word(clause), why, "", "", labels.lasted(total_us))
