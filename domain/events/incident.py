"""Events of an incident and of its exclusions."""

from __future__ import annotations

from typing import Literal

import msgspec

from domain.events.event import Event, InstantUs, Scope

Moment = Literal["start", "end"]
"""The moments of an incident that somebody tells of."""


class IncidentOpened(Event, frozen=True, kw_only=True):
    """A function became unavailable: for one account, several (each has an `IncidentJoined`), regions, or all."""

    incident: str
    function: str
    started_at: InstantUs
    scope: Scope
    account: str | None = None
    regions: tuple[str, ...] = ()


class IncidentOpenedWithin(IncidentOpened, frozen=True, kw_only=True):
    """An `IncidentOpened` measured in steps: the true start is at most `uncertainty_us` from `started_at`."""

    uncertainty_us: int


class IncidentJoined(Event, frozen=True, kw_only=True):
    """A shared incident affects an account by name. The event is in the account's own range of streams."""

    incident: str
    account: str


class IncidentClosed(Event, frozen=True, kw_only=True):
    """The function was available again."""

    incident: str
    ended_at: InstantUs


class IncidentClosedWithin(IncidentClosed, frozen=True, kw_only=True):
    """An `IncidentClosed` measured in steps: the true end is at most `uncertainty_us` from `ended_at`."""

    uncertainty_us: int


class IncidentCorrected(Event, frozen=True, kw_only=True):
    """An incident's start or end was corrected. A field left out stays as it was."""

    incident: str
    started_at: InstantUs | None = None
    ended_at: InstantUs | None = None


class IncidentCorrectedWithin(IncidentCorrected, frozen=True, kw_only=True):
    """The same, as a measurement in steps tells it: the true instants are at most `uncertainty_us` from these."""

    uncertainty_us: int


class IncidentReopened(Event, frozen=True, kw_only=True):
    """The incident's end is not known after all: it is open again."""

    incident: str


class IncidentFunctionCorrected(Event, frozen=True, kw_only=True):
    """Which function was unavailable, after a correction."""

    incident: str
    function: str


class IncidentWithdrawn(Event, frozen=True, kw_only=True):
    """The incident was recorded by mistake."""

    incident: str


class IncidentRestored(Event, frozen=True, kw_only=True):
    """The withdrawal of the incident was undone: it counts again, as it was."""

    incident: str


class IncidentKept(Event, frozen=True, kw_only=True):
    """A person confirmed the incident though its source no longer tells of it: the person's word stays."""

    incident: str


class IncidentReleased(Event, frozen=True, kw_only=True):
    """A person handed the incident back to its source: what the source says counts again, for every field."""

    incident: str


class Evidence(msgspec.Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """A document outside the ledger, pinned by its hash."""

    name: str
    sha256: str
    uri: str | None = None


class IncidentReported(Event, frozen=True, kw_only=True):
    """Who told of the incident's start or end that was recorded with it, and what shows it."""

    incident: str
    moment: Moment
    reported_by: str | None = None
    evidence: tuple[Evidence, ...] = ()


class ExclusionApplied(Event, frozen=True, kw_only=True):
    """A cause of clause 2.3 was applied to a span of an incident; a bound left out is the incident's own."""

    incident: str
    exclusion: int
    clause: str
    from_at: InstantUs | None = None
    to_at: InstantUs | None = None
    notified_at: InstantUs | None = None
    evidence: tuple[Evidence, ...] = ()


class ExclusionAppliedAsAnnounced(ExclusionApplied, frozen=True, kw_only=True):
    """The same for announced maintenance, with the window from and to which it was announced."""

    announced_from: InstantUs
    announced_to: InstantUs


class ExclusionWithdrawn(Event, frozen=True, kw_only=True):
    """An exclusion was withdrawn."""

    incident: str
    exclusion: int
