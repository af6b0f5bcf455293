"""What is refused of import_outages."""

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


class UnknownType(Misread, code="unknown_type"):
    """An event's type names a command."""

    message = "unknown type: {kind}"
    hint = "a type is {prefix} and a command's words with dots; --skip TYPE leaves it out"
    kind: str
    prefix: str


class BadSource(Misread, code="bad_source"):
    """A CloudEvents source is a URI reference, which has no blanks."""

    message = "there is a blank in it"
    hint = "a source is a URI"


class DataNotJson(Misread, code="not_json_data"):
    """The data of an event are the fields of a command."""

    message = "the data is no JSON: {kind}"
    hint = "send the command's fields as a JSON object in `data`"
    kind: object


class EventToldOtherwise(Misread, code="contradiction"):
    """Two events with the same source and id say different things."""

    message = "this event is another at {earlier}"
    hint = "source and id name one event for ever"
    earlier: str


class DataNotBase64(Misread, code="not_json_data"):
    """The data of an event are not in base64."""

    message = "this is no base64"
    hint = "send the command's fields as a JSON object in `data`"


class BadNumber(Misread, code="bad_number"):
    """A number of a command is whole."""

    message = "{number} is no whole number"
    hint = 'amounts and spans with decimals are texts, like "600.00"'
    number: str


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


class FailedQuery(Misread, code="failed_query"):
    """The query failed, so there are no samples."""

    message = "the server answered with an error: {error}"
    hint = "ask again"
    error: object


class HistogramNotRatio(Misread, code="not_a_ratio"):
    """A histogram does not say whether a service was up."""

    message = "a histogram is neither up nor down"
    hint = "query a ratio"


class BadSampleTime(Misread, code="bad_time"):
    """A sample's time is not as Prometheus gives it."""

    message = "{text} is no time in seconds with at most six decimals"
    hint = "give the answer of /api/v1/query_range as it came"
    text: str


class NotRatio(Misread, code="not_a_ratio"):
    """A sample says how much was up: a number from 0 to 1."""

    message = "{text} is no ratio from 0 to 1"
    hint = "query a 0/1 series or a ratio"
    text: str


class UnknownStep(Misread, code="unknown_step"):
    """How long one sample counts depends on the step between samples."""

    message = "no series has two samples that would tell the step"
    hint = "give the query's step with --step"


class ThresholdNeeded(Misread, code="threshold_needed"):
    """A ratio between 0 and 1 is up or down by a threshold, which somebody must name."""

    message = "this sample is neither 0 nor 1"
    hint = "give --threshold: what is below it is down"


class SampleNotPair(Misread, code="wrong_shape"):
    """The file is not an answer of Prometheus as it came."""

    message = 'a sample is [time, "value"]'
    hint = "give the answer of /api/v1/query_range as it came"


class NotAscending(Misread, code="not_ascending"):
    """Samples stand in the order of time."""

    message = "this sample is not later than the one before it"
    hint = "is a part of the file in it twice?"


class DownAtFirstSample(Misread, code="unknown_start"):
    """The page says that a component recovered and not since when it was down."""

    message = "{name} is down at its first sample: nobody knows since when"
    hint = "query from a time at which it was up"
    name: str


class OffStep(Misread, code="off_step"):
    """Samples of one query stand a step apart, or several."""

    message = "{n} s after the sample before it: no multiple of the step"
    hint = "give the query's step with --step"
    n: str


class NotAttributable(Misread, code="not_attributable"):
    """The page says that there was an incident and not what was down when, and a guess would become money."""

    message = "{id} ({name}): {what}"
    hint = "record its outages by hand with `slaledger incident open` and pass `--skip ID` for it"
    id: str
    name: str
    what: str


class NotAStatusPage(Misread, code="not_a_status_page"):
    """The file is not an export of a status page."""

    message = "this is not an object with a list of `incidents`"
    hint = "give the page's /api/v2/incidents.json or /api/v2/summary.json"


class UnknownSkip(Misread, code="unknown_skip"):
    """A mistyped --skip would import what was to be left out."""

    message = "nothing to skip has the id {missing}"
    hint = "--skip takes the id of an incident in the file"
    missing: str


class AmbiguousComponent(Misread, code="ambiguous_component"):
    """A --map by name fits one component; its code tells them apart."""

    message = "more than one component is called {key!r}"
    hint = "map one of these codes: {codes}"
    key: str
    codes: str


class UnknownComponent(Misread, code="unknown_component"):
    """A --map names a component of the page."""

    message = "no component is called {key!r}"
    hint = "map a component's name or code, not a group's"
    key: str


class DuplicateId(Misread, code="duplicate_id"):
    """Two incidents of one file have the same id."""

    message = "the id {id} stands here a second time"
    hint = "export the file again: an incident stands in it once"
    id: str


class UpdateWithoutStart(Misread, code="missing_time"):
    """The page says that there was an outage and not since when."""

    message = "no update says when {id} began"
    hint = "record its outages by hand with `slaledger incident open` and pass `--skip ID` for it"
    id: str


class RecoveryWithoutStart(Misread, code="unknown_start"):
    """The page says that a component recovered and not since when it was down."""

    message = "{who} and comes back here, but no update says since when"
    hint = "record its outages by hand with `slaledger incident open` and pass `--skip ID` for it"
    who: str


class ComponentMappedTwice(Misread, code="mapped_twice"):
    """A component is one function."""

    message = "component {given_code} is mapped to two functions"
    hint = "map it once, by its name or by its code"
    given_code: str


class UpdateEndsBeforeStart(Misread, code="ends_before_start"):
    """The page says an end of an outage that is before its start."""

    message = "the end {end} is before the start {start}"
    hint = "record its outages by hand with `slaledger incident open` and pass `--skip ID` for it"
    end: str
    start: str


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


class UnknownImpact(UnknownWord, code="unknown_impact"):
    """An incident of a status page has one of the impacts that Statuspage knows."""

    message = "unknown impact: {value}"
    hint = "record its outages by hand with `slaledger incident open` and pass `--skip ID` for it"


class UnknownUpdateStatus(UnknownWord, code="unknown_status"):
    """An update of a status page has one of the statuses that Statuspage knows."""

    message = "unknown status: {value}"
    hint = "record its outages by hand with `slaledger incident open` and pass `--skip ID` for it"


class UnknownComponentStatus(UnknownWord, code="unknown_component_status"):
    """A component goes from one status that Statuspage knows to another."""

    message = "unknown component status: {value}"
    hint = "record its outages by hand with `slaledger incident open` and pass `--skip ID` for it"


class UnknownStatusOfComponent(UnknownWord, code="unknown_component_status"):
    """A component in the page's summary has a status that Statuspage knows."""

    message = "unknown component status: {value}"
    hint = "this version knows degraded_performance, major_outage, operational, partial_outage, under_maintenance"


class UnknownQueryStatus(UnknownWord, code="unknown_status"):
    """A query of Prometheus succeeds or fails."""

    message = "unknown status: {value}"
    hint = "give the answer of /api/v1/query_range as it came"


class UnknownResultType(UnknownWord, code="unknown_result_type"):
    """The answer is not that of a range query."""

    message = "unknown result type: {value}"
    hint = "only a range query tells when: /api/v1/query_range"


class MissingSamples(Misread, code="missing_samples"):
    """A series has no samples for a while, and nothing says whether it was up."""

    message = "{n} samples are missing here"
    hint = "say what that was: --gap down or --gap up"
    n: int


class MissingSample(MissingSamples):
    """One sample of a series is missing."""

    message = "{n} sample is missing here"


class UnknownIncidentStatus(UnknownWord, code="unknown_status"):
    """An incident of PagerDuty is triggered, acknowledged or resolved."""

    message = "unknown status: {value}"
    hint = "record its outages by hand with `slaledger incident open` and pass `--skip ID` for it"


class UnknownEventType(UnknownWord, code="unknown_event_type"):
    """An event of PagerDuty that is not known may say that an outage began or ended."""

    message = "unknown event type: {value}"
    hint = "leave it out with --skip EVENT_TYPE"


class UnknownSpecversion(UnknownWord, code="unknown_specversion"):
    """An event follows version 1.0 of CloudEvents."""

    message = "unknown specversion: {value}"
    hint = "only CloudEvents 1.0 is known"


class FieldNotTaken(Misread, code="field_not_taken"):
    """The event itself says what this field of a command would."""

    message = "{name} is not taken from an event"
    hint = "{why}"
    name: str
    why: str
