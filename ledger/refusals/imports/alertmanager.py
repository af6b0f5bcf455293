"""Refusals of Alertmanager's payloads."""

from __future__ import annotations

from ledger.refusals import Misread, UnknownWord
from ledger.refusals.imports.by_hand import ALERT_BY_HAND


class NotAlerts(Misread, code="not_alerts"):
    """The file is neither a payload of Alertmanager's webhook nor the list that its API gives."""

    message = "this is not an object with a list of `alerts`"
    hint = "give what the Alertmanager posts to a webhook, one payload or one a line, or the list of /api/v2/alerts"


class TruncatedAlerts(Misread, code="truncated_alerts"):
    """What was left out may hold outages."""

    message = "the Alertmanager left alerts out of this payload: {n}"
    hint = "set max_alerts to 0 in its webhook, or take what is there with --truncated"
    n: object


class AlertWithoutEnd(Misread, code="missing_time"):
    """A resolved alert says when it ended."""

    message = "a resolved alert has no end"
    hint = ALERT_BY_HAND


class AlertWithoutStart(Misread, code="missing_time"):
    """An alert says when it began; year 1 stands there where it does not."""

    message = "an alert has no start"
    hint = ALERT_BY_HAND


class FiresUnderSeveralStarts(Misread, code="contradiction"):
    """An alert fires under several starts at once: its start has moved, or an end was never received."""

    message = (
        "{name} fires since {starts} and no end was received: one outage since {first}, "
        "or several of which all but the last have ended"
    )
    hint = "say which of them to leave out, with --skip {key}@START"
    name: str
    key: str
    starts: str
    first: str


class GoneFromList(Misread, code="missing_end"):
    """An alert is in an earlier list of the Alertmanager and not in the last one, so it ended in between."""

    message = "{name} is not in the last list any more: when it ended is not told"
    hint = (
        "import the lists one by one, in the order in which they were fetched, or leave it out with --skip {key}@START"
    )
    name: str
    key: str


class ListAndPayloads(Misread, code="mixed_forms"):
    """A list of alerts states what fires now; payloads tell what happened. One import reads one of the two."""

    message = "a list of alerts and payloads of the webhook are given at once"
    hint = "import them one after the other, in the order in which they came"


class UnknownPayloadVersion(UnknownWord, code="unknown_version"):
    """The payload of Alertmanager's webhook says a version that is not known."""

    message = "unknown version: {value}"
    hint = "only version 4 of the webhook's payload is known"


class UnknownAlertStatus(UnknownWord, code="unknown_status"):
    """An alert is firing or resolved."""

    message = "unknown status: {value}"
    hint = ALERT_BY_HAND
