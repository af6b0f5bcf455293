"""What receipts say of one alert: its reports, a start each, become outages.

An Alertmanager repeats itself, its replicas tell the same twice and late, and the start of an alert moves while it
fires. So for one start the last receipt says whether it is open. Of the ends that were received since it last fired
the latest counts: its own, and those of starts before it that cover it. Where there is none, the first end of a later
start has ended it. Reports that overlap or touch are one outage.
"""

from collections.abc import Iterable

import msgspec

from domain.time import FOREVER
from ledger.imports.source import SourceTime
from ledger.imports.statements import Told


class AlertReport(msgspec.Struct, gc=False, kw_only=True):
    """All receipts of one start of an alert: where it was first told, its end, whether it fires.

    `start_us` and `end_us` are the instants of `start` and `end`. `inferred` says that the end is that of another
    start. `fired` says that it was told to fire. `receipt` numbers the last receipt of it.
    """

    start: SourceTime
    start_us: int
    place: str
    end: SourceTime | None = None
    end_us: int = 0
    inferred: bool = False
    fires: bool = False
    fired: bool = False
    said_at: int | None = None
    receipt: int = 0

    @property
    def told(self) -> Told:
        """What the receipts say of the start."""
        return "fired" if self.fired else "inferred" if self.inferred else "ended"

    def ends(self, end: SourceTime, end_us: int) -> None:
        """It fires no longer, by a receipt of its own. The latest end since it last fired counts."""
        if self.end is None or self.inferred or end_us > self.end_us:
            self.end, self.end_us = end, end_us
        self.fires = self.inferred = False

    def ends_with_another(self, end: SourceTime, end_us: int) -> None:
        """It fires no longer, by a receipt of another start."""
        self.end, self.end_us = end, end_us
        self.fires, self.inferred = False, True


class Reports(msgspec.Struct, gc=False):
    """The reports of one alert, by start, as receipts come in. `firing` fire; `inferred` ended with a later start.

    `ends` are the ends that were received, each later than all before it: the first one that is not before an outage
    is the end of it, where an outage fires that these receipts do not tell.
    """

    by_start: dict[int, AlertReport] = {}
    firing: dict[int, AlertReport] | None = None
    inferred: dict[int, AlertReport] | None = None
    ends: list[int] | None = None

    def fires(self, report: AlertReport) -> None:
        """It fires since the report's start, also where it was resolved before: that was no end."""
        report.fires = report.fired = True
        report.end, report.end_us, report.inferred = None, 0, False
        if self.firing is None:
            self.firing = {}
        self.firing[report.start_us] = report

    def resolved(self, report: AlertReport, end: SourceTime, end_us: int) -> None:
        """It fired from the report's start to `end`; all of it that began no later has ended with that."""
        report.ends(end, end_us)
        if self.ends is None:
            self.ends = [end_us]
        elif end_us > self.ends[-1]:
            self.ends.append(end_us)
        for other in list((self.inferred or {}).values()):
            if report.start_us <= other.start_us <= end_us:
                other.ends(end, end_us)
        if not self.firing:
            return
        self.firing.pop(report.start_us, None)
        for other in [each for each in self.firing.values() if each.start_us <= end_us]:
            if other.start_us >= report.start_us:
                other.ends(end, end_us)
            else:
                other.ends_with_another(end, end_us)
                self.inferred = {**(self.inferred or {}), other.start_us: other}
            del self.firing[other.start_us]

    def still_firing(self) -> list[AlertReport]:
        """What still fires, by start."""
        return [self.firing[start] for start in sorted(self.firing)] if self.firing else []


class AlertOutage(msgspec.Struct, gc=False):
    """Reports that overlap or touch, by start: the latest end is that of all, and none while one of them fires."""

    reports: list[AlertReport]
    last: AlertReport

    @property
    def end(self) -> SourceTime | None:
        return None if self.last.fires else self.last.end

    @property
    def said_at(self) -> int | None:
        return max((one.said_at for one in self.reports if one.said_at is not None), default=None)


def outages(reports: Iterable[AlertReport]) -> list[AlertOutage]:
    """The outages of an alert, by start."""
    found: list[AlertOutage] = []
    for report in sorted(reports, key=lambda each: each.start_us):
        if found and report.start_us <= _end_us(found[-1].last):
            found[-1].reports.append(report)
            if _end_us(report) > _end_us(found[-1].last):
                found[-1].last = report
        else:
            found.append(AlertOutage([report], report))
    return found


def _end_us(report: AlertReport) -> int:
    return FOREVER if report.fires else report.end_us
