"""What receipts say of one alert: its reports, a start each, become outages.

An Alertmanager repeats itself, its replicas tell the same twice and late, and the start of an alert moves while it
fires. So for one start the last receipt says whether it is open, and the latest end that was received is its end. The
end of an alert ends all of it that fires and began no later. Reports that overlap or touch are one outage.
"""

from collections.abc import Iterable

import msgspec

from domain.time import FOREVER
from ledger.imports.source import SourceTime


class Report(msgspec.Struct, gc=False, kw_only=True):
    """All receipts of one start of an alert: where it was first told, its latest end, whether it fires.

    `start_us` and `end_us` are the instants of `start` and `end`. `receipt` numbers the last receipt of it.
    """

    start: SourceTime
    start_us: int
    place: str
    end: SourceTime | None = None
    end_us: int = 0
    fires: bool = False
    said_at: int | None = None
    receipt: int = 0

    def ends(self, end: SourceTime, end_us: int) -> None:
        """It fires no longer. The latest end counts."""
        self.fires = False
        if self.end is None or end_us > self.end_us:
            self.end, self.end_us = end, end_us


class Reports(msgspec.Struct, gc=False):
    """The reports of one alert, by start, as receipts come in; `firing` are those that fire."""

    by_start: dict[int, Report] = {}
    firing: dict[int, Report] | None = None

    def fires(self, report: Report) -> None:
        """It fires since the report's start, also where it was resolved before."""
        report.fires = True
        if self.firing is None:
            self.firing = {}
        self.firing[report.start_us] = report

    def resolved(self, report: Report, end: SourceTime, end_us: int) -> None:
        """It fired from the report's start to `end`; all of it that began no later has ended with that."""
        report.ends(end, end_us)
        if not self.firing:
            return
        self.firing.pop(report.start_us, None)
        for other in [each for each in self.firing.values() if each.start_us <= end_us]:
            other.ends(end, end_us)
            del self.firing[other.start_us]

    def still_firing(self) -> list[Report]:
        """What still fires, by start."""
        return [self.firing[start] for start in sorted(self.firing)] if self.firing else []


class Outage(msgspec.Struct, gc=False):
    """Reports that overlap or touch: the earliest start, the latest end, no end while one of them fires."""

    first: Report
    last: Report
    said_at: int | None
    reports: int = 1

    @property
    def end(self) -> SourceTime | None:
        return None if self.last.fires else self.last.end


def outages(reports: Iterable[Report]) -> list[Outage]:
    """The outages of an alert, by start."""
    found: list[Outage] = []
    for report in sorted(reports, key=lambda each: each.start_us):
        if found and report.start_us <= _end_us(found[-1].last):
            _join(found[-1], report)
        else:
            found.append(Outage(report, report, report.said_at))
    return found


def _join(outage: Outage, report: Report) -> None:
    outage.reports += 1
    outage.said_at = max((at for at in (outage.said_at, report.said_at) if at is not None), default=None)
    if _end_us(report) > _end_us(outage.last):
        outage.last = report


def _end_us(report: Report) -> int:
    return FOREVER if report.fires else report.end_us
