"""Outages from the Alertmanager: payloads of its webhook, version 4, one JSON document or one a line.

An alert is one outage: `startsAt` to `endsAt`, known again by its fingerprint and `startsAt`. Only the alert's own
status counts: a group is `firing` while any of its alerts is. While an alert fires it has not ended, whatever stands
in `endsAt` (0001-01-01). Times have nine decimals there; the ledger's unit is the microsecond, the rest is cut.
"""

from collections.abc import Iterable, Iterator

import msgspec

from domain.wording import said
from ledger.exchange.labels import LabelRules, Sorter, labels_of
from ledger.exchange.outages import Outage, commands, compact, source_id
from ledger.exchange.source import Moment, Node, Reading, documents

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
    start: Moment
    end: Moment | None


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
        hint = said("give what the Alertmanager posts to a webhook, one payload or one a line")
        raise payload.refuse("not_alerts", said("this is not an object with a list of `alerts`"), hint)
    payload.choice("version", {"4"}, "version", said("only version 4 of the webhook's payload is known"))
    left_out = payload.at("truncatedAlerts")
    if left_out.value not in (None, "0") and not truncated:
        message = said("the Alertmanager left {n} alerts out of this payload", n=left_out.value)
        hint = said("set max_alerts to 0 in its webhook, or take what is there with --truncated")
        raise left_out.refuse("truncated_alerts", message, hint)
    for node in payload.items("alerts"):
        yield _alert(node)


def _alert(node: Node) -> Alert:
    resolved = node.choice("status", STATUSES, "status", BY_HAND) == "resolved"
    fingerprint = node.text("fingerprint")
    labels = labels_of(node.at("labels"))
    start = node.moment("startsAt", cut=True)
    if resolved and str(node.at("endsAt").value).startswith(_NEVER):
        raise node.at("endsAt").refuse("missing_time", said("a resolved alert has no end"), BY_HAND)
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
        message = said("{name} fires again after it was resolved at {place}", name=alert.name, place=known.node.place)
    elif alert.end.at != known.end.at:
        message = said("{name} ended at another time at {place}", name=alert.name, place=known.node.place)
    else:
        return known
    raise alert.node.refuse("contradiction", message, BY_HAND)


def _outages(alerts: Iterable[Alert], sorter: Sorter) -> Iterator[Outage]:
    for alert in alerts:
        function = sorter.function(alert.labels, alert.node, alert.name)
        if function is not None:
            whom = sorter.target(alert.labels, alert.node.at("labels"), alert.name)
            yield Outage(incident=alert.incident, function=function, target=whom, start=alert.start, end=alert.end)
