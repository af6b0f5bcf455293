"""What is refused of PagerDuty's exports."""

from __future__ import annotations

from ledger.refusals import Misread, UnknownWord


class Reopened(Misread, code="reopened"):
    """The exported incident does not say when it was down in between."""

    message = "incident {id} was opened again after it was resolved"
    hint = "record its outages by hand with `slaledger incident open` and pass `--skip ID` for it"
    id: str


class Merged(Misread, code="merged"):
    """The other incident's end is the outage's, and this file does not say it."""

    message = "incident {id} was merged into another, which may have lasted longer"
    hint = "record its outages by hand with `slaledger incident open` and pass `--skip ID` for it"
    id: str


class PagerdutyStartToldOtherwise(Misread, code="contradiction"):
    """Two places in the file say different starts of one incident."""

    message = "{name} began otherwise at {earlier}"
    hint = "record its outages by hand with `slaledger incident open` and pass `--skip ID` for it"
    name: str
    earlier: str


class PagerdutyEndToldOtherwise(Misread, code="contradiction"):
    """Two places in the file say different ends of one incident."""

    message = "{name} ended at another time at {earlier}"
    hint = "record its outages by hand with `slaledger incident open` and pass `--skip ID` for it"
    name: str
    earlier: str


class ServiceMappedTwice(Misread, code="mapped_twice"):
    """An incident is of one function."""

    message = "{name} is mapped to two functions"
    hint = "map its service by its name or by its id"
    name: str


class UnmappedService(Misread, code="unmapped_service"):
    """An incident fits no rule, and nothing is left out by itself."""

    message = "{name} fits no --map"
    hint = "map its service, {service}, or leave the incident out with --skip"
    name: str
    service: str


class NotPagerduty(Misread, code="not_pagerduty"):
    """The file is neither a list of incidents nor a webhook event of PagerDuty."""

    message = "there are neither `incidents` nor an `event`"
    hint = "give what /incidents answered, or the events of a v3 webhook, one a line"


class UnknownIncidentStatus(UnknownWord, code="unknown_status"):
    """An incident of PagerDuty is triggered, acknowledged or resolved."""

    message = "unknown status: {value}"
    hint = "record its outages by hand with `slaledger incident open` and pass `--skip ID` for it"


class UnknownEventType(UnknownWord, code="unknown_event_type"):
    """An event of PagerDuty that is not known may say that an outage began or ended."""

    message = "unknown event type: {value}"
    hint = "leave it out with --skip EVENT_TYPE"
