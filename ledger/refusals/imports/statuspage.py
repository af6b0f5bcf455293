"""Refusals of a status page."""

from __future__ import annotations

from ledger.refusals import Misread, UnknownWord
from ledger.refusals.imports.by_hand import OUTAGE_BY_HAND


class NotAttributable(Misread, code="not_attributable"):
    """The page says that there was an incident and not what was down when, and a guess would become money."""

    message = "{id} ({name}): {what}"
    hint = OUTAGE_BY_HAND
    id: str
    name: str
    what: str


class NotAStatusPage(Misread, code="not_a_status_page"):
    """The file is not an export of a status page."""

    message = "this is not an object with a list of `incidents`"
    hint = "give the page's /api/v2/incidents.json or /api/v2/summary.json"


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
    hint = OUTAGE_BY_HAND
    id: str


class RecoveryWithoutStart(Misread, code="unknown_start"):
    """The page says that a component recovered and not since when it was down."""

    message = "{who} and comes back here, but no update says since when"
    hint = OUTAGE_BY_HAND
    who: str


class ComponentMappedTwice(Misread, code="mapped_twice"):
    """A component is one function."""

    message = "component {component} is mapped to two functions"
    hint = "map it once, by its name or by its code"
    component: str


class UnknownImpact(UnknownWord, code="unknown_impact"):
    """An incident of a status page has one of the impacts that Statuspage knows."""

    message = "unknown impact: {value}"
    hint = OUTAGE_BY_HAND


class UnknownUpdateStatus(UnknownWord, code="unknown_status"):
    """An update of a status page has one of the statuses that Statuspage knows."""

    message = "unknown status: {value}"
    hint = OUTAGE_BY_HAND


class UnknownComponentStatus(UnknownWord, code="unknown_component_status"):
    """A component goes from one status that Statuspage knows to another."""

    message = "unknown component status: {value}"
    hint = OUTAGE_BY_HAND


class UnknownStatusOfComponent(UnknownWord, code="unknown_component_status"):
    """A component in the page's summary has a status that Statuspage knows."""

    message = "unknown component status: {value}"
    hint = "this version knows degraded_performance, major_outage, operational, partial_outage, under_maintenance"


class OtherPage(Misread, code="other_page"):
    """Files that are read together are of one status page: what is missing in them means something for that page."""

    message = "this file is of status page {page}, and {first} is of {other}"
    hint = "import the files of each page by themselves"
    page: str
    other: str
    first: str


class WindowEndsBeforeStart(Misread, code="ends_before_start"):
    """A maintenance is announced from one instant to a later one."""

    message = "the announced end {end} is not after the announced start {start}"
    hint = OUTAGE_BY_HAND
    start: str
    end: str
