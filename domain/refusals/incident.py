"""Refusals of incidents and exclusions."""

from __future__ import annotations

from domain.refusals import InstantUs, Refusal, Undone


class IncidentScope(Refusal, code="incident_scope"):
    """An incident affects one account, several, regions or all accounts."""

    message = "incident {incident}: say which accounts it affects, in one way only"
    hint = "give one of --account, --region and --all-accounts; the first two may be repeated"
    incident: str


class IncidentWasClosed(Refusal, code="incident_closed"):
    """An incident is closed once; a correction changes its end."""

    message = "incident {incident} is closed: it ended at {ended_at}"
    hint = "`slaledger incident correct {incident} --ended-at … --reason …`"
    incident: str
    ended_at: InstantUs


class ReportDiffers(Refusal, code="report_differs"):
    """Who told of an incident's start or end, and what shows it, is recorded together with it, and not added later."""

    message = "incident {incident}: that time is recorded, with another report or none"
    hint = (
        "leave --reported-by and --evidence out; a correction's reason can name them: `slaledger incident correct "
        "{incident} --started-at … --reason …`"
    )
    incident: str


class NothingToCorrectInIncident(Refusal, code="nothing_given"):
    """A correction names at least one field to correct."""

    message = "incident {incident}: give started_at, ended_at or function to correct"
    hint = "`slaledger incident correct {incident} --ended-at … --reason …`, or --started-at, or --function"
    incident: str


class IncidentStillOpen(Refusal, code="incident_open"):
    """An end is corrected once it is recorded."""

    message = "incident {incident} is open: it has no end to correct"
    hint = "`slaledger incident close {incident} --ended-at …`"
    incident: str


class EmptySpan(Refusal, code="empty_span", clause="2.3"):
    """An exclusion takes out a span of time."""

    message = "incident {incident}: the excluded span is empty"
    hint = "give a --to after --from, or leave both out to exclude the whole incident"
    incident: str


class OutsideIncident(Refusal, code="outside_incident", clause="2.3"):
    """An exclusion takes out time of its own incident, never of another (clause 2.3)."""

    message = "the excluded span lies outside incident {incident}, which began at {started_at}"
    hint = "give --from and --to within it, or leave both out to exclude the whole incident"
    incident: str
    started_at: InstantUs


class ExclusionWasWithdrawn(Refusal, code="exclusion_withdrawn"):
    """An exclusion is withdrawn once."""

    message = "exclusion {exclusion} of incident {incident} was withdrawn: {withdrawn}"
    hint = "if it does apply: `slaledger exclusion apply {incident} --clause '{cause}'`"
    exclusion: int
    incident: str
    withdrawn: str | None
    cause: str


class IncidentWasWithdrawn(Refusal, code="incident_withdrawn"):
    """A withdrawn incident counts for nothing and changes no more."""

    message = "incident {incident} was withdrawn: {withdrawn}"
    hint = "record what happened under a new id"
    incident: str
    withdrawn: str


class EndsBeforeStart(Refusal, code="ends_before_start", clause="1"):
    """An incident ends at or after its start."""

    message = "incident {incident} would end at {ended_at}, before its start at {started_at}"
    hint = "check both times, and their offsets"
    incident: str
    ended_at: InstantUs
    started_at: InstantUs


class UnlistedCause(Refusal, code="unlisted_cause", clause="2.3"):
    """The terms list the causes for which nothing is owed."""

    message = "incident {incident}: version {version} of the terms has no exclusion {cause}"
    hint = "`slaledger terms show {version}` lists them"
    incident: str
    version: str
    cause: str


class NoticeMissing(Refusal, code="notice_missing"):
    """Announced maintenance is excluded only where the customer was told before it began."""

    message = "incident {incident}: announced maintenance needs the time of the announcement"
    hint = "give --notified-at, when the customer was told"
    incident: str


class NoticeTooLate(Refusal, code="notice_too_late"):
    """Announced maintenance is excluded only where the customer was told before it began."""

    message = "incident {incident}: the customer was told at {notified_at}, and the maintenance had begun at {begins}"
    hint = "maintenance that was not announced beforehand is not excluded"
    incident: str
    notified_at: InstantUs
    begins: InstantUs


class BadAnnouncedWindow(Refusal, code="announced_window", clause="2.3(5)"):
    """The window in which maintenance was announced has a beginning and an end; without both it excludes nothing."""

    message = "incident {incident}: the announced window needs a beginning and a later end"
    hint = "give both --announced-from and --announced-to as they were announced, or neither"
    incident: str


class UnknownExclusion(Refusal, code="unknown_exclusion"):
    """Exclusions are numbered within their incident, from 1."""

    message = "incident {incident} has no exclusion {exclusion}"
    hint = "its exclusions are numbered from 1 to {n}"
    incident: str
    exclusion: int
    n: int


class NoExclusions(Refusal, code="unknown_exclusion"):
    """The incident has no exclusion that could be withdrawn."""

    message = "incident {incident} has no exclusion {exclusion}"
    hint = "nothing to withdraw: the incident has no exclusion"
    incident: str
    exclusion: int


class IncidentUndone(Undone):
    """What was done and then undone is not done again by itself."""

    message = "incident {incident} was recorded before and withdrawn: {withdrawn}"
    hint = "say --again where it did happen after all; another outage needs an id of its own"
    incident: str
    withdrawn: str


class ExclusionUndone(Undone):
    """What was done and then undone is not done again by itself."""

    message = "exclusion {exclusion} of incident {incident} said the same and was withdrawn: {withdrawn}"
    hint = "say --again where it does hold after all"
    exclusion: int
    incident: str
    withdrawn: str | None
