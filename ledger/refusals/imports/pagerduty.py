"""Refusals of PagerDuty's exports."""

from __future__ import annotations

from ledger.refusals import Misread, UnknownWord
from ledger.refusals.imports.by_hand import OUTAGE_BY_HAND


class MergedIntoMissing(Misread, code="merged"):
    """An incident that was merged lasts as long as its parent, of which neither these files nor the ledger tell."""

    message = "{name} was merged into {parent}, which is neither in these files nor in the ledger"
    hint = "give a file that lists {parent} too; or record the outage by hand and pass --skip {id}"
    name: str
    id: str
    parent: str


class MergedInCircle(Misread, code="merged"):
    """An incident that was merged into itself, by way of others, has no end."""

    message = "{name} was merged into itself, by way of {parent}"
    hint = OUTAGE_BY_HAND
    name: str
    parent: str


class EndNotTold(Misread, code="missing_time"):
    """An event says by the way that its incident is resolved, and neither the files nor the ledger say since when."""

    message = "{name} is resolved, and neither these files nor the ledger say since when"
    hint = "give what /incidents answers too, or the event incident.resolved"
    name: str


class CsvGiven(Misread, code="csv_given"):
    """PagerDuty's CSV has no time zone of its own and no later changes: it is not read."""

    message = "this is a CSV"
    hint = "give the JSON that /incidents of the REST API answers, or the events of a v3 webhook"


class IncompleteList(Misread, code="incomplete"):
    """A part of an answer would pass for the whole."""

    message = "the answer is not complete: {missing}"
    hint = "ask /incidents for every page (raise offset by limit until `more` is false) and give all of them at once"
    missing: str


class UnreadablePaging(Misread, code="wrong_shape"):
    """An answer says by offset, limit, total and more which page it is."""

    message = "offset, limit and total are whole numbers, and more is true or false"
    hint = "export the file again, and leave it as it comes"


class UnknownUrgency(UnknownWord, code="unknown_urgency"):
    """An incident of PagerDuty has a high or a low urgency."""

    message = "unknown urgency: {value}"
    hint = OUTAGE_BY_HAND


class NoUrgency(Misread, code="missing_text"):
    """Which incidents count by their urgency is asked, and this one tells none."""

    message = "{name} tells no urgency"
    hint = "leave it out with --skip {id}, or import without --urgency"
    name: str
    id: str


class UnknownResolveReason(UnknownWord, code="unknown_resolve_reason"):
    """An incident of PagerDuty is resolved by being resolved, or by being merged into another."""

    message = "unknown resolve reason: {value}"
    hint = OUTAGE_BY_HAND


class PagerdutyStartToldOtherwise(Misread, code="contradiction"):
    """Two places in the file say different starts of one incident."""

    message = "{name} began otherwise at {earlier}"
    hint = OUTAGE_BY_HAND
    name: str
    earlier: str


class PagerdutyEndToldOtherwise(Misread, code="contradiction"):
    """Two places in the file say different ends of one incident."""

    message = "{name} ended at another time at {earlier}"
    hint = OUTAGE_BY_HAND
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
    hint = OUTAGE_BY_HAND


class UnknownEventType(UnknownWord, code="unknown_event_type"):
    """An event of PagerDuty that is not known may say that an outage began or ended."""

    message = "unknown event type: {value}"
    hint = "leave it out with --skip EVENT_TYPE"
