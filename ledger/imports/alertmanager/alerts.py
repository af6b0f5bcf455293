"""The alerts of payloads, and the outages that they tell of."""

from collections.abc import Iterator, Mapping

import msgspec

from domain.text import said
from ledger.imports.alertmanager.episodes import AlertOutage, AlertReport, Reports, outages
from ledger.imports.label_rules import Sorter, labels_of
from ledger.imports.outages import compact, source_id
from ledger.imports.source import Node, SourceTime, recordable
from ledger.imports.statements import Faults, OutageStatement, Target
from ledger.refusals import Misread
from ledger.refusals.imports.alertmanager import (
    AlertWithoutEnd,
    AlertWithoutStart,
    FiresUnderSeveralStarts,
    GoneFromList,
    UnknownAlertStatus,
)
from ledger.refusals.imports.json import MissingText
from ledger.refusals.imports.labels import LabelsTellTwoThings
from ledger.refusals.imports.shared import ToldEndBeforeStart

SOURCE = "alertmanager"
API = "api"
"""The scope of what the API lists; payloads of the webhook have none."""
STATUSES = frozenset({"firing", "resolved"})
STATES = frozenset({"active", "suppressed", "unprocessed"})
BY_HAND = said(
    "record it by hand with `slaledger incident open INCIDENT --account … --function … --started-at …` and "
    "leave it out with --skip LABEL=VALUE"
)
_NEVER = "0001-01-01"
_MOST_TIMES = 2_000
_MOST_NAMED = 10


class _Alert(msgspec.Struct, kw_only=True, gc=False):
    """An alert by its fingerprint: what its labels come to, and what was reported of it."""

    key: str
    name: str
    labels: Mapping[str, str]
    place: str
    sorted: tuple[str, Target] | None
    reports: Reports


class Alerts:
    """All alerts of the files, by fingerprint."""

    def __init__(self, sorter: Sorter, faults: Faults) -> None:
        self.sorter = sorter
        self.faults = faults
        self.said_at: int | None = None
        self._alerts: dict[str, _Alert] = {}
        self._moments: dict[str, tuple[SourceTime, int]] = {}
        self._joined: list[str] = []

    def posted(self, node: Node, receipt: int) -> None:
        """One alert of a payload."""
        fields = node.fields()
        status = fields.get("status")
        if status not in ("firing", "resolved"):
            node.choice("status", STATUSES, UnknownAlertStatus)
        alert = self._alert(node)
        report = self._report(alert, node, receipt)
        if report is None:
            return
        if status == "firing":
            alert.reports.fires(report)
            return
        if str(fields.get("endsAt")).startswith(_NEVER):
            raise AlertWithoutEnd(place=node.at("endsAt").place)
        end, end_us = self._moment(node, "endsAt")
        if end_us < report.start_us:
            raise ToldEndBeforeStart(
                place=node.at("endsAt").place, end=end.text, start=report.start.text, advice=BY_HAND
            )
        if report.fires or report.end is None or end_us > report.end_us:
            end = recordable(SourceTime(end.at, end.text, f"{node.place}.endsAt"))
        alert.reports.resolved(report, end, end_us)

    def listed(self, node: Node, receipt: int) -> None:
        """One alert of the API's list: it fires, and `endsAt` says when it would time out."""
        node.at("status").choice("state", STATES, UnknownAlertStatus)
        alert = self._alert(node)
        report = self._report(alert, node, receipt)
        said_at = None if node.at("updatedAt").value is None else self._moment(node, "updatedAt")[1]
        self.said_at = max((at for at in (self.said_at, said_at) if at is not None), default=None)
        if report is not None:
            report.said_at = said_at
            alert.reports.fires(report)

    def statements(self, lists: int) -> Iterator[OutageStatement]:
        """What all receipts come to; what cannot be told apart goes to the faults."""
        for alert in self._alerts.values():
            if alert.sorted is None:
                continue
            if (refusal := _untold(alert, lists)) is not None:
                self.faults.add(refusal)
                continue
            for outage in outages(alert.reports.by_start.values()):
                if self._skips(alert, outage):
                    continue
                if len(outage.reports) > 1:
                    self._joined.append(alert.name)
                yield _statement(alert, *alert.sorted, outage, API if lists else "")

    def _skips(self, alert: _Alert, outage: AlertOutage) -> bool:
        """Whether an outage is left out by the id that one of its starts gives it."""
        ids = {_incident(alert, report) for report in outage.reports}
        starts = [report.start_us for report in outage.reports]
        return self.sorter.skips(ids, starts, alert.key, outage.reports[0].start.text)

    def ends(self) -> dict[str, tuple[int, ...]]:
        """The ends of each alert that were received, each later than all before it."""
        return {alert.key: tuple(alert.reports.ends) for alert in self._alerts.values() if alert.reports.ends}

    def notes(self) -> Iterator[str]:
        if self._joined:
            names = ", ".join(list(dict.fromkeys(self._joined))[:_MOST_NAMED])
            yield said(
                "several starts that overlap or touch are one outage ({n}): {names}", n=len(self._joined), names=names
            )

    def _alert(self, node: Node) -> _Alert:
        labels = node.fields().get("labels")
        key = node.fields().get("fingerprint")
        if key is None or key == "":
            key = fingerprint(labels_of(node.at("labels")))
        elif type(key) is not str:
            raise MissingText(place=node.at("fingerprint").place)
        alert = self._alerts.get(key)
        if alert is None:
            return self._first(node, key)
        if alert.labels != labels:
            self._same(alert, node)
        return alert

    def _first(self, node: Node, key: str) -> _Alert:
        """An alert that was not told before; one whose labels are at fault is remembered, so that it is told once."""
        found: tuple[str, Target] | None = None
        labels: dict[str, str] = {}
        name = key
        try:
            labels = labels_of(node.at("labels"))
            name = said("alert {name} ({fingerprint})", name=labels.get("alertname", "-"), fingerprint=key)
            found = self.sorter.sorted({"fingerprint": key, **labels}, node, node.at("labels"), name, key)
        except Misread as refusal:
            self.faults.add(refusal)
        alert = _Alert(key=key, name=name, labels=labels, place=node.place, sorted=found, reports=Reports())
        self._alerts[key] = alert
        return alert

    def _same(self, alert: _Alert, node: Node) -> None:
        """The same fingerprint with other labels must come to the same. Raises Unreadable `contradiction`."""
        labels = labels_of(node.at("labels"))
        if alert.labels == labels:
            return
        named = {"fingerprint": alert.key, **labels}
        if self.sorter.sorted(named, node, node.at("labels"), alert.name, alert.key) != alert.sorted:
            raise LabelsTellTwoThings(place=node.place, name=alert.name, earlier=alert.place)

    def _report(self, alert: _Alert, node: Node, receipt: int) -> AlertReport | None:
        """The report of the alert that has this start; None where it is left out."""
        start, start_us = self._moment(node, "startsAt")
        report = alert.reports.by_start.get(start_us)
        if report is None:
            place = f"{node.place}.startsAt"
            if start.text.startswith(_NEVER):
                raise AlertWithoutStart(place=place)
            if alert.sorted is None or self.sorter.skips((alert.key,), (start_us,), alert.key, start.text):
                return None
            start = recordable(SourceTime(start.at, start.text, place))
            report = AlertReport(start=start, start_us=start_us, place=node.place)
            alert.reports.by_start[start_us] = report
        report.receipt = receipt
        return report

    def _moment(self, node: Node, field: str) -> tuple[SourceTime, int]:
        """The instant, whose place is that of any alert that gave it, as the same few are told again and again."""
        text = node.fields().get(field)
        known = self._moments.get(text) if type(text) is str else None
        if known is None:
            moment = node.moment(field, cut=True)
            known = (moment, moment.us)
            if len(self._moments) >= _MOST_TIMES:
                self._moments.clear()
            self._moments[str(text)] = known
        return known


def _untold(alert: _Alert, lists: int) -> Misread | None:
    """Why it cannot be told what fires; None where it can. `lists` is the number of the last list, 0 for payloads."""
    firing = alert.reports.still_firing()
    if lists and firing and all(report.receipt != lists for report in firing):
        return GoneFromList(place=firing[0].place, name=alert.name, key=alert.key)
    if len(firing) > 1 and not (lists and firing[0].receipt == lists):
        starts = [report.start.text for report in firing]
        several = ", ".join(starts)
        return FiresUnderSeveralStarts(
            place=firing[-1].place, name=alert.name, key=alert.key, starts=several, first=starts[0]
        )
    return None


def _statement(alert: _Alert, function: str, whom: Target, outage: AlertOutage, scope: str) -> OutageStatement:
    return OutageStatement(
        key=alert.key,
        incident=_incident(alert, outage.reports[0]),
        name=alert.name,
        scope=scope,
        function=function,
        target=whom,
        start=outage.reports[0].start,
        end=outage.end,
        place=outage.reports[0].place,
        said_at=outage.said_at,
        end_inferred=outage.last.inferred,
        starts={report.start_us: report.told for report in outage.reports},
        states_all=scope == API,
    )


def _incident(alert: _Alert, report: AlertReport) -> str:
    return source_id(SOURCE, alert.key, compact(report.start.at))


def fingerprint(labels: Mapping[str, str]) -> str:
    """Prometheus' own fingerprint of labels: 64-bit FNV-1a over the sorted names and values, as 16 hex digits."""
    found = 0xCBF29CE484222325
    for name, value in sorted(labels.items()):
        for byte in b"%b\xff%b\xff" % (name.encode(), value.encode()):
            found = (found ^ byte) * 0x100000001B3 & 0xFFFFFFFFFFFFFFFF
    return f"{found:016x}"
