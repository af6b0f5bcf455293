"""What is refused of Alertmanager's payloads."""

from __future__ import annotations

from ledger.refusals import Misread, UnknownWord


class NotAlerts(Misread, code="not_alerts"):
    """The file is not a payload of Alertmanager's webhook."""

    message = "this is not an object with a list of `alerts`"
    hint = "give what the Alertmanager posts to a webhook, one payload or one a line"


class TruncatedAlerts(Misread, code="truncated_alerts"):
    """What was left out may hold outages."""

    message = "the Alertmanager left {n} alerts out of this payload"
    hint = "set max_alerts to 0 in its webhook, or take what is there with --truncated"
    n: object


class AlertWithoutEnd(Misread, code="missing_time"):
    """A resolved alert says when it ended."""

    message = "a resolved alert has no end"
    hint = "record it by hand with `slaledger incident open` and leave it out with --skip LABEL=VALUE"


class FiresAgain(Misread, code="contradiction"):
    """An alert that was resolved fires again under the same start."""

    message = "{name} fires again after it was resolved at {earlier}"
    hint = "record it by hand with `slaledger incident open` and leave it out with --skip LABEL=VALUE"
    name: str
    earlier: str


class AlertEndToldOtherwise(Misread, code="contradiction"):
    """Two payloads say different ends of one alert."""

    message = "{name} ended at another time at {earlier}"
    hint = "record it by hand with `slaledger incident open` and leave it out with --skip LABEL=VALUE"
    name: str
    earlier: str


class UnknownPayloadVersion(UnknownWord, code="unknown_version"):
    """The payload of Alertmanager's webhook says a version that is not known."""

    message = "unknown version: {value}"
    hint = "only version 4 of the webhook's payload is known"


class UnknownAlertStatus(UnknownWord, code="unknown_status"):
    """An alert is firing or resolved."""

    message = "unknown status: {value}"
    hint = "record it by hand with `slaledger incident open` and leave it out with --skip LABEL=VALUE"
