"""An incident and its exclusions: their state, and the commands that may change it."""

from __future__ import annotations

import msgspec

from domain.commands import ApplyExclusion, CloseIncident, CorrectIncident, OpenIncident, WithdrawExclusion
from domain.events import (
    Event,
    Evidence,
    ExclusionApplied,
    ExclusionWithdrawn,
    IncidentClosed,
    IncidentClosedWithin,
    IncidentCorrected,
    IncidentOpened,
    IncidentOpenedWithin,
    IncidentWithdrawn,
    Scope,
)
from domain.refusals.incident import (
    EmptySpan,
    EndsBeforeStart,
    ExclusionWasWithdrawn,
    IncidentScope,
    IncidentStillOpen,
    IncidentWasClosed,
    IncidentWasWithdrawn,
    NoExclusions,
    NothingToCorrectInIncident,
    NoticeMissing,
    NoticeTooLate,
    OutsideIncident,
    UnknownExclusion,
    UnlistedCause,
)
from domain.terms.versions import Terms
from domain.time import FOREVER


class Exclusion(msgspec.Struct, kw_only=True):
    """A cause of clause 2.3 for a span of the incident; `None` bounds are the incident's own."""

    number: int
    clause: str
    from_at: int | None
    to_at: int | None
    notified_at: int | None
    evidence: tuple[Evidence, ...]
    reason: str | None
    withdrawn: str | None = None
    """The reason of its withdrawal; an empty string where none was given; None while the exclusion is valid."""

    @property
    def stands(self) -> bool:
        return self.withdrawn is None


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

    @property
    def status(self) -> str:
        if self.withdrawn is not None:
            return "withdrawn"
        return "open" if self.ended_at is None else "closed"


def touches(incident: Incident, enrolled_at: int, region: str | None) -> bool:
    """Whether an incident affects an account: one of regions or of all does if the account was enrolled by its start.

    An incident of the account itself, or one that names the account, always affects it.
    """
    if incident.scope in ("account", "accounts"):
        return True
    belongs = incident.scope == "all" or region in incident.regions
    return belongs and enrolled_at <= incident.started_at


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


def evolve(incident: Incident | None, event: Event, reason: str | None) -> Incident:
    """Apply one more event to an incident's state."""
    match event:
        case IncidentOpened():
            return Incident(
                incident=event.incident,
                function=event.function,
                scope=event.scope,
                account=event.account,
                regions=event.regions,
                started_at=event.started_at,
                started_within_us=event.uncertainty_us if isinstance(event, IncidentOpenedWithin) else None,
                exclusions=[],
            )
        case _ if incident is None:
            raise ValueError(f"an incident cannot begin with {type(event).__name__}")
        case IncidentClosed():
            incident.ended_at = event.ended_at
            incident.ended_within_us = event.uncertainty_us if isinstance(event, IncidentClosedWithin) else None
        case IncidentCorrected():
            _corrected(incident, event)
        case IncidentWithdrawn():
            incident.withdrawn = reason or ""
        case ExclusionApplied():
            incident.exclusions.append(_exclusion(event, reason))
        case ExclusionWithdrawn():
            incident.exclusions[event.exclusion - 1].withdrawn = reason or ""
        case _:
            raise ValueError(f"{type(event).__name__} is no event of an incident")
    return incident


def _corrected(incident: Incident, event: IncidentCorrected) -> None:
    """Apply a correction. A corrected instant has no uncertainty."""
    if event.started_at is not None:
        incident.started_at, incident.started_within_us = event.started_at, None
    if event.ended_at is not None:
        incident.ended_at, incident.ended_within_us = event.ended_at, None


def _exclusion(event: ExclusionApplied, reason: str | None) -> Exclusion:
    return Exclusion(
        number=event.exclusion,
        clause=event.clause,
        from_at=event.from_at,
        to_at=event.to_at,
        notified_at=event.notified_at,
        evidence=event.evidence,
        reason=reason,
    )


def close(incident: Incident, command: CloseIncident) -> tuple[Event, ...]:
    """Close an incident. Raises Refusal `incident_withdrawn`, `incident_closed`, `ends_before_start`."""
    _not_withdrawn(incident)
    if incident.ended_at == command.ended_at:
        return ()
    if incident.ended_at is not None:
        raise IncidentWasClosed(incident=incident.incident, ended_at=incident.ended_at)
    _check_order(incident, incident.started_at, command.ended_at)
    closed = IncidentClosed(incident=incident.incident, ended_at=int(command.ended_at))
    if command.uncertainty_seconds is None:
        return (closed,)
    return (IncidentClosedWithin(**msgspec.structs.asdict(closed), uncertainty_us=int(command.uncertainty_seconds)),)


def correct(incident: Incident, command: CorrectIncident, terms: Terms) -> tuple[Event, ...]:
    """Correct an incident's start or end.

    Raises Refusal `nothing_given`, `incident_withdrawn`, `incident_open`, `ends_before_start`, `notice_too_late`.
    """
    _not_withdrawn(incident)
    if command.started_at is None and command.ended_at is None:
        raise NothingToCorrectInIncident(incident=incident.incident)
    if command.ended_at is not None and incident.ended_at is None:
        raise IncidentStillOpen(incident=incident.incident)
    started_at = incident.started_at if command.started_at is None else int(command.started_at)
    ended_at = incident.ended_at if command.ended_at is None else int(command.ended_at)
    if (started_at, ended_at) == (incident.started_at, incident.ended_at):
        return ()
    _check_order(incident, started_at, ended_at)
    for exclusion in incident.exclusions:
        if exclusion.stands and exclusion.from_at is None:
            _check_notice(incident, exclusion.clause, exclusion.notified_at, started_at, terms)
    return (
        IncidentCorrected(
            incident=incident.incident,
            started_at=None if command.started_at is None else started_at,
            ended_at=None if command.ended_at is None else ended_at,
        ),
    )


def withdraw(incident: Incident, reason: str) -> tuple[Event, ...]:
    """Withdraw an incident. Raises Refusal `incident_withdrawn` where it was withdrawn for another reason."""
    if incident.withdrawn == reason:
        return ()
    _not_withdrawn(incident)
    return (IncidentWithdrawn(incident=incident.incident),)


def apply_exclusion(incident: Incident, command: ApplyExclusion, terms: Terms) -> tuple[Event, ...]:
    """Apply a cause of clause 2.3 to an incident or a part of it. No event where the same one is in effect.

    Raises Refusal `incident_withdrawn`, `empty_span`, `outside_incident`, `notice_missing`, `notice_too_late`.
    """
    _not_withdrawn(incident)
    wanted = ExclusionApplied(
        incident=incident.incident,
        exclusion=len(incident.exclusions) + 1,
        clause=str(command.clause),
        from_at=None if command.from_ is None else int(command.from_),
        to_at=None if command.to is None else int(command.to),
        notified_at=None if command.notified_at is None else int(command.notified_at),
        evidence=tuple(piece.recorded() for piece in command.evidence),
    )
    if any(exclusion.stands and _same(exclusion, wanted, command.reason) for exclusion in incident.exclusions):
        return ()
    begins = incident.started_at if wanted.from_at is None else wanted.from_at
    ends = (incident.ended_at or FOREVER) if wanted.to_at is None else wanted.to_at
    if begins >= ends:
        raise EmptySpan(incident=incident.incident)
    if ends <= incident.started_at or begins >= (incident.ended_at or FOREVER):
        raise OutsideIncident(incident=incident.incident, started_at=incident.started_at)
    _check_listed(incident, wanted.clause, terms)
    _check_notice(incident, wanted.clause, wanted.notified_at, begins, terms)
    return (wanted,)


def _same(exclusion: Exclusion, wanted: ExclusionApplied, reason: str | None) -> bool:
    return (
        exclusion.clause == wanted.clause
        and (exclusion.from_at, exclusion.to_at) == (wanted.from_at, wanted.to_at)
        and exclusion.notified_at == wanted.notified_at
        and exclusion.evidence == wanted.evidence
        and exclusion.reason == reason
    )


def withdraw_exclusion(incident: Incident, command: WithdrawExclusion) -> tuple[Event, ...]:
    """Withdraw an exclusion. Raises Refusal `unknown_exclusion`, `exclusion_withdrawn`."""
    if command.exclusion > len(incident.exclusions):
        if not incident.exclusions:
            raise NoExclusions(incident=incident.incident, exclusion=command.exclusion)
        raise UnknownExclusion(incident=incident.incident, exclusion=command.exclusion, n=len(incident.exclusions))
    exclusion = incident.exclusions[command.exclusion - 1]
    if exclusion.withdrawn == command.reason:
        return ()
    if not exclusion.stands:
        raise ExclusionWasWithdrawn(
            exclusion=command.exclusion,
            incident=incident.incident,
            withdrawn=exclusion.withdrawn,
            cause=exclusion.clause,
        )
    return (ExclusionWithdrawn(incident=incident.incident, exclusion=command.exclusion),)


def _not_withdrawn(incident: Incident) -> None:
    if incident.withdrawn is not None:
        raise IncidentWasWithdrawn(incident=incident.incident, withdrawn=incident.withdrawn)


def _check_order(incident: Incident, started_at: int, ended_at: int | None) -> None:
    if ended_at is not None and ended_at < started_at:
        raise EndsBeforeStart(incident=incident.incident, ended_at=ended_at, started_at=started_at)


def _check_listed(incident: Incident, clause: str, terms: Terms) -> None:
    if not any(cause.clause == clause for cause in terms.exclusions):
        raise UnlistedCause(incident=incident.incident, version=terms.version, cause=clause)


def _check_notice(incident: Incident, clause: str, notified_at: int | None, begins: int, terms: Terms) -> None:
    """Clause 2.3(5): maintenance is excluded only where the customer had notice before it began.

    The terms say which causes need notice.
    """
    if not any(cause.clause == clause and cause.notice_required for cause in terms.exclusions):
        return
    if notified_at is None:
        raise NoticeMissing(incident=incident.incident, clause=clause)
    if notified_at >= begins:
        raise NoticeTooLate(incident=incident.incident, notified_at=notified_at, begins=begins, clause=clause)
