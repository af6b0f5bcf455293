"""The payloads of a file, in order of receipt."""

from collections.abc import Iterator

from domain.refusals import Refusal
from ledger.imports.alertmanager.alerts import Alerts
from ledger.imports.alertmanager.options import AlertOptions
from ledger.imports.json_texts import parse_json
from ledger.imports.source import Node
from ledger.refusals.imports.alertmanager import ListAndPayloads, NotAlerts, TruncatedAlerts, UnknownPayloadVersion

_RECORDERS = ("body", "json", "payload", "content", "data")
"""Where tools that record requests put the body of one: as an object or as its text."""


class Inbox:
    """Takes documents apart, in order of receipt: each alert goes to `alerts`. `lists` counts those of the API."""

    def __init__(self, alerts: "Alerts", asked: AlertOptions) -> None:
        self.lists = 0
        self._alerts = alerts
        self._asked = asked
        self._payloads = 0

    def take(self, root: Node) -> None:
        if isinstance(root.value, list):
            self.lists += 1
            nodes = _listed(root)
        else:
            self._payloads += 1
            nodes = self._posted(_payload(root))
        if self.lists and self._payloads:
            raise ListAndPayloads(place=root.place)
        take = self._alerts.listed if self.lists else self._alerts.posted
        for node in nodes:
            try:
                take(node, self.lists)
            except Refusal as refusal:
                self._alerts.faults.add(refusal)

    def _posted(self, payload: Node) -> Iterator[Node]:
        payload.choice("version", {"4"}, UnknownPayloadVersion)
        left_out = payload.fields().get("truncatedAlerts")
        if left_out not in (None, "0") and not self._asked.truncated:
            raise TruncatedAlerts(place=payload.at("truncatedAlerts").place, n=left_out)
        return payload.items("alerts")


def _listed(root: Node) -> Iterator[Node]:
    values = root.value if isinstance(root.value, list) else []
    return (Node(root.file, f"$[{number}]", value) for number, value in enumerate(values))


def _payload(root: Node) -> Node:
    """The payload itself, or as a tool that records requests wraps it. Raises Unreadable `not_alerts`."""
    if _has_alerts(root.fields()):
        return root
    for key in _RECORDERS:
        node = root.at(key)
        value = node.value
        if type(value) is str and value.lstrip().startswith("{"):
            value = parse_json(value.encode(), node.place).value
        if _has_alerts(value):
            return Node(node.file, node.path, value)
    raise NotAlerts(place=root.place)


def _has_alerts(value: object) -> bool:
    return isinstance(value, dict) and isinstance(value.get("alerts"), list)
