"""Outages from the Alertmanager: payloads of its webhook, version 4, one JSON document or one a line.

An alert is one outage: `startsAt` to `endsAt`, known again by its fingerprint and `startsAt`. Only the alert's own
status counts: a group is `firing` while any of its alerts is. While an alert fires it has not ended, whatever stands
in `endsAt` (0001-01-01). Times have nine decimals there; the ledger's unit is the microsecond, the rest is cut.
"""

from collections.abc import Iterable, Iterator

import msgspec

from domain.text import said
from ledger.imports.label_rules import LabelRules, Sorter, labels_of
from ledger.imports.outages import ToldOutage, commands, compact, source_id
from ledger.imports.source import Node, Reading, SourceTime, documents
from ledger.refusals.imports.alertmanager import (
    AlertEndToldOtherwise,
    AlertWithoutEnd,
    FiresAgain,
    NotAlerts,
    TruncatedAlerts,
    UnknownAlertStatus,
    UnknownPayloadVersion,
)

SOURCE = "alertmanager"
STATUSES = frozenset({"firing", "resolved"})
BY_HAND = said("record it by hand with `slaledger incident open` and leave it out with --skip LABEL=VALUE")
_NEVER = "0001-01-01"


class Alert(msgspec.Struct, frozen=True, kw_only=True):
    """An alert as one payload tells it; `end` is None while it fires."""

    node: Node
    name: str
    incident: str
    labels: dict[str, str]
    start: SourceTime
    end: SourceTime | None


def read_alertmanager(lines: Iterable[bytes], *, name: str, rules: LabelRules, truncated: bool = False) -> Reading:
    """The outages that the alerts tell, as `incident open` and `incident close`.

    With `truncated`, payloads from which the Alertmanager left alerts out are taken for what is in them. Labels may
    be skipped by `fingerprint` too. Raises Unreadable.
    """
    sorter = Sorter(rules, name)
    latest: dict[str, Alert] = {}
    for payload in documents(lines, name):
        for alert in _alerts(payload, truncated):
            known = latest.get(alert.incident)
            latest[alert.incident] = alert if known is None else _later(known, alert)
    notes: list[str] = []
    found = commands(_outages(latest.values(), sorter), SOURCE, notes, BY_HAND)
    return Reading(commands=found, notes=(*notes, *sorter.notes()))


def _alerts(payload: Node, truncated: bool) -> Iterator[Alert]:
    if not isinstance(payload.fields().get("alerts"), list):
        raise NotAlerts(place=payload.place)
    payload.choice("version", {"4"}, UnknownPayloadVersion)
    left_out = payload.at("truncatedAlerts")
    if left_out.value not in (None, "0") and not truncated:
        raise TruncatedAlerts(place=left_out.place, n=left_out.value)
    for node in payload.items("alerts"):
        yield _alert(node)


def _alert(node: Node) -> Alert:
    resolved = node.choice("status", STATUSES, UnknownAlertStatus) == "resolved"
    fingerprint = node.text("fingerprint")
    labels = labels_of(node.at("labels"))
    start = node.moment("startsAt", cut=True)
    if resolved and str(node.at("endsAt").value).startswith(_NEVER):
        raise AlertWithoutEnd(place=node.at("endsAt").place)
    return Alert(
        node=node,
        name=said("alert {name} ({fingerprint})", name=labels.get("alertname", "-"), fingerprint=fingerprint),
        incident=source_id(SOURCE, fingerprint, compact(start.at)),
        labels={"fingerprint": fingerprint, **labels},
        start=start,
        end=node.moment("endsAt", cut=True) if resolved else None,
    )


def _later(known: Alert, alert: Alert) -> Alert:
    """What two payloads say of one alert: it may be told again, and resolved later; anything else is a contradiction.

    Raises Unreadable `contradiction`.
    """
    if known.end is None:
        return alert if alert.end is not None else known
    if alert.end is None:
        raise FiresAgain(place=alert.node.place, name=alert.name, earlier=known.node.place)
    if alert.end.at != known.end.at:
        raise AlertEndToldOtherwise(place=alert.node.place, name=alert.name, earlier=known.node.place)
    return known


def _outages(alerts: Iterable[Alert], sorter: Sorter) -> Iterator[ToldOutage]:
    for alert in alerts:
        function = sorter.function(alert.labels, alert.node, alert.name)
        if function is not None:
            whom = sorter.target(alert.labels, alert.node.at("labels"), alert.name)
            yield ToldOutage(incident=alert.incident, function=function, target=whom, start=alert.start, end=alert.end)
