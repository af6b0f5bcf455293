"""An incident and its exclusions: their state, and the commands that may change the incident itself."""

from __future__ import annotations

import msgspec

from domain.commands import CloseIncident, CorrectIncident, OpenIncident
from domain.events import (
    Event,
    Evidence,
    ExclusionApplied,
    ExclusionAppliedAsAnnounced,
    ExclusionWithdrawn,
    IncidentClosed,
    IncidentClosedWithin,
    IncidentCorrected,
    IncidentCorrectedWithin,
    IncidentFunctionCorrected,
    IncidentKept,
    IncidentOpened,
    IncidentOpenedWithin,
    IncidentReleased,
    IncidentReopened,
    IncidentReported,
    IncidentRestored,
    IncidentWithdrawn,
    Moment,
    Scope,
)
from domain.refusals.incident import (
    EndsBeforeStart,
    IncidentScope,
    IncidentStillOpen,
    IncidentUndone,
    IncidentWasClosed,
    IncidentWasWithdrawn,
    NothingToCorrectInIncident,
    NoticeMissing,
    NoticeTooLate,
    ReportDiffers,
)
from domain.terms.versions import Terms
from domain.values import EvidenceField, Id, Words


class Exclusion(msgspec.Struct, kw_only=True):
    """A cause of clause 2.3 for a span of the incident; `None` bounds are the incident's own."""

    number: int
    clause: str
    from_at: int | None
    to_at: int | None
    notified_at: int | None
    evidence: tuple[Evidence, ...]
    reason: str | None
    announced_from: int | None = None
    """From when on maintenance was announced, and until when below; None where no window was recorded (R23)."""
    announced_to: int | None = None
    withdrawn: str | None = None
    """The reason of its withdrawal; an empty string where none was given; None while the exclusion is valid."""

    @property
    def stands(self) -> bool:
        return self.withdrawn is None

    @property
    def announced(self) -> tuple[int, int] | None:
        """The announced window; None where none was recorded."""
        if self.announced_from is None or self.announced_to is None:
            return None
        return self.announced_from, self.announced_to


class Incident(msgspec.Struct, kw_only=True):
    """A function's outage, open while `ended_at` is None."""

    incident: str
    function: str
    scope: Scope
    account: str | None
    regions: tuple[str, ...]
    started_at: int
    ended_at: int | None = None
    started_within_us: int | None = None
    """The uncertainty of `started_at`, where it was measured in steps; `ended_within_us` is that of `ended_at`."""
    ended_within_us: int | None = None
    withdrawn: str | None = None
    exclusions: list[Exclusion] = []
    reports: dict[Moment, IncidentReported] = {}
    """Who told of its start, and of its end."""

    @property
    def status(self) -> str:
        if self.withdrawn is not None:
            return "withdrawn"
        return "open" if self.ended_at is None else "closed"


def opened(command: OpenIncident) -> IncidentOpened:
    """The event that opens an incident. Raises Refusal `incident_scope` unless exactly one scope is given."""
    given = [command.account, command.accounts, command.regions, command.all_accounts or None]
    if sum(scope is not None for scope in given) != 1 or command.accounts == () or command.regions == ():
        raise IncidentScope(incident=command.incident)
    named = sorted(set(command.accounts or ()))
    account = named[0] if len(named) == 1 else command.account
    scope: Scope = "all" if command.all_accounts else "regions" if command.regions else "accounts"
    event = IncidentOpened(
        incident=str(command.incident),
        function=str(command.function),
        started_at=int(command.started_at),
        scope="account" if account else scope,
        account=None if account is None else str(account),
        regions=tuple(sorted({str(region) for region in command.regions or ()})),
    )
    if command.uncertainty_seconds is None:
        return event
    return IncidentOpenedWithin(**msgspec.structs.asdict(event), uncertainty_us=int(command.uncertainty_seconds))


def reported(
    moment: Moment, incident: Id, reported_by: Words | None, evidence: tuple[EvidenceField, ...]
) -> tuple[IncidentReported, ...]:
    """The event that says who told of a start or an end, and what shows it; none where neither is given."""
    if reported_by is None and not evidence:
        return ()
    event = IncidentReported(
        incident=str(incident),
        moment=moment,
        reported_by=None if reported_by is None else str(reported_by),
        evidence=tuple(piece.recorded() for piece in evidence),
    )
    return (event,)


def evolve(incident: Incident | None, event: Event, reason: str | None) -> Incident:
    """Apply one more event to an incident's state."""
    match event:
        case IncidentOpened():
            return _begun(event)
        case _ if incident is None:
            raise ValueError(f"an incident cannot begin with {type(event).__name__}")
        case IncidentClosed():
            incident.ended_at = event.ended_at
            incident.ended_within_us = event.uncertainty_us if isinstance(event, IncidentClosedWithin) else None
        case IncidentCorrected():
            _corrected(incident, event)
        case IncidentFunctionCorrected():
            incident.function = event.function
        case IncidentReopened():
            incident.ended_at = incident.ended_within_us = None
            incident.reports.pop("end", None)
        case IncidentReported():
            incident.reports[event.moment] = event
        case IncidentWithdrawn():
            incident.withdrawn = reason or ""
        case IncidentRestored():
            incident.withdrawn = None
        case IncidentKept() | IncidentReleased():
            pass  # these say whose word counts, and change nothing of what is known
        case ExclusionApplied():
            incident.exclusions.append(exclusion_of(event, reason))
        case ExclusionWithdrawn():
            incident.exclusions[event.exclusion - 1].withdrawn = reason or ""
        case _:
            raise ValueError(f"{type(event).__name__} is no event of an incident")
    return incident


def _begun(event: IncidentOpened) -> Incident:
    return Incident(
        incident=event.incident,
        function=event.function,
        scope=event.scope,
        account=event.account,
        regions=event.regions,
        started_at=event.started_at,
        started_within_us=event.uncertainty_us if isinstance(event, IncidentOpenedWithin) else None,
        exclusions=[],
        reports={},
    )


def _corrected(incident: Incident, event: IncidentCorrected) -> None:
    """Apply a correction. A corrected instant has no uncertainty."""
    within_us = event.uncertainty_us if isinstance(event, IncidentCorrectedWithin) else None
    if event.started_at is not None:
        incident.started_at, incident.started_within_us = event.started_at, within_us
    if event.ended_at is not None:
        incident.ended_at, incident.ended_within_us = event.ended_at, within_us


def exclusion_of(event: ExclusionApplied, reason: str | None) -> Exclusion:
    """The exclusion that an event applies."""
    announced = event if isinstance(event, ExclusionAppliedAsAnnounced) else None
    return Exclusion(
        number=event.exclusion,
        clause=event.clause,
        from_at=event.from_at,
        to_at=event.to_at,
        notified_at=event.notified_at,
        evidence=event.evidence,
        reason=reason,
        announced_from=None if announced is None else announced.announced_from,
        announced_to=None if announced is None else announced.announced_to,
    )


def close(incident: Incident, command: CloseIncident) -> tuple[Event, ...]:
    """Close an incident, and record who told of its end.

    Raises Refusal `incident_withdrawn`, `incident_closed`, `ends_before_start`, `report_differs`.
    """
    check_not_withdrawn(incident)
    told = reported("end", command.incident, command.reported_by, command.evidence)
    if incident.ended_at == command.ended_at:
        check_same_report(incident, "end", told)
        return ()
    if incident.ended_at is not None:
        raise IncidentWasClosed(incident=incident.incident, ended_at=incident.ended_at)
    _check_order(incident, incident.started_at, command.ended_at)
    closed = IncidentClosed(incident=incident.incident, ended_at=int(command.ended_at))
    if command.uncertainty_seconds is None:
        return (closed, *told)
    within_us = int(command.uncertainty_seconds)
    return (IncidentClosedWithin(**msgspec.structs.asdict(closed), uncertainty_us=within_us), *told)


def check_same_report(incident: Incident, moment: Moment, told: tuple[IncidentReported, ...]) -> None:
    """Check that a repeated command says nothing new of who told of it. Raises Refusal `report_differs`."""
    if told and incident.reports.get(moment) != told[0]:
        raise ReportDiffers(incident=incident.incident)


def correct(incident: Incident, command: CorrectIncident, terms: Terms) -> tuple[Event, ...]:
    """The incident's start, end or function was another.

    Raises Refusal `nothing_given`, `incident_withdrawn`, `incident_open`, `ends_before_start`, `notice_too_late`.
    """
    check_not_withdrawn(incident)
    if command.started_at is None and command.ended_at is None and command.function is None:
        raise NothingToCorrectInIncident(incident=incident.incident)
    if command.ended_at is not None and incident.ended_at is None:
        raise IncidentStillOpen(incident=incident.incident)
    return (*_correct_times(incident, command, terms), *_correct_function(incident, command))


def _correct_times(incident: Incident, command: CorrectIncident, terms: Terms) -> tuple[Event, ...]:
    started_at = incident.started_at if command.started_at is None else int(command.started_at)
    ended_at = incident.ended_at if command.ended_at is None else int(command.ended_at)
    if (started_at, ended_at) == (incident.started_at, incident.ended_at):
        return ()
    _check_order(incident, started_at, ended_at)
    for exclusion in incident.exclusions:
        if exclusion.stands and exclusion.from_at is None:
            begins = max(started_at, exclusion.announced_from or 0)
            check_notice(incident, exclusion.clause, exclusion.notified_at, begins, terms)
    corrected = IncidentCorrected(
        incident=incident.incident,
        started_at=None if command.started_at is None else started_at,
        ended_at=None if command.ended_at is None else ended_at,
    )
    if command.uncertainty_seconds is None:
        return (corrected,)
    within_us = int(command.uncertainty_seconds)
    return (IncidentCorrectedWithin(**msgspec.structs.asdict(corrected), uncertainty_us=within_us),)


def _correct_function(incident: Incident, command: CorrectIncident) -> tuple[Event, ...]:
    if command.function is None or command.function == incident.function:
        return ()
    return (IncidentFunctionCorrected(incident=incident.incident, function=str(command.function)),)


def reopen(incident: Incident) -> tuple[Event, ...]:
    """The incident's end is not known after all; nothing where it is open. Raises Refusal `incident_withdrawn`."""
    check_not_withdrawn(incident)
    return () if incident.ended_at is None else (IncidentReopened(incident=incident.incident),)


def restore(incident: Incident) -> tuple[Event, ...]:
    """The incident's withdrawal is undone; nothing where it stands."""
    return () if incident.withdrawn is None else (IncidentRestored(incident=incident.incident),)


def repeat(incident: Incident, *, again: bool) -> tuple[Event, ...]:
    """An incident that was recorded before is told again with the same words: nothing while it stands.

    A withdrawn one is restored where `again` is said. Raises Refusal `undone` otherwise.
    """
    if incident.withdrawn is not None and not again:
        raise IncidentUndone(incident=incident.incident, withdrawn=incident.withdrawn)
    return restore(incident)


def withdraw(incident: Incident, reason: str) -> tuple[Event, ...]:
    """Withdraw an incident. Raises Refusal `incident_withdrawn` where it was withdrawn for another reason."""
    if incident.withdrawn == reason:
        return ()
    check_not_withdrawn(incident)
    return (IncidentWithdrawn(incident=incident.incident),)


def check_not_withdrawn(incident: Incident) -> None:
    """Check that the incident still stands. Raises Refusal `incident_withdrawn`."""
    if incident.withdrawn is not None:
        raise IncidentWasWithdrawn(incident=incident.incident, withdrawn=incident.withdrawn)


def _check_order(incident: Incident, started_at: int, ended_at: int | None) -> None:
    if ended_at is not None and ended_at < started_at:
        raise EndsBeforeStart(incident=incident.incident, ended_at=ended_at, started_at=started_at)


def check_notice(incident: Incident, clause: str, notified_at: int | None, begins: int, terms: Terms) -> None:
    """Clause 2.3(5): maintenance is excluded only where the customer had notice before it began.

    The terms say which causes need notice. Raises Refusal `notice_missing`, `notice_too_late`.
    """
    if not any(cause.clause == clause and cause.notice_required for cause in terms.exclusions):
        return
    if notified_at is None:
        raise NoticeMissing(incident=incident.incident, clause=clause)
    if notified_at >= begins:
        raise NoticeTooLate(incident=incident.incident, notified_at=notified_at, begins=begins, clause=clause)
