"""The commands that apply a cause of clause 2.3 to an incident, or withdraw it."""

from __future__ import annotations

import msgspec

from domain.commands import ApplyExclusion, WithdrawExclusion
from domain.events import Event, ExclusionApplied, ExclusionAppliedAsAnnounced, ExclusionWithdrawn
from domain.incident import Exclusion, Incident, check_not_withdrawn, check_notice, exclusion_of
from domain.refusals.incident import (
    BadAnnouncedWindow,
    EmptySpan,
    ExclusionUndone,
    ExclusionWasWithdrawn,
    NoExclusions,
    OutsideIncident,
    UnknownExclusion,
    UnlistedCause,
)
from domain.terms.versions import Terms
from domain.time import FOREVER


def apply(incident: Incident, command: ApplyExclusion, terms: Terms) -> tuple[Event, ...]:
    """A cause of clause 2.3 for the incident or a part of it; nothing where the same one stands.

    Raises Refusal `incident_withdrawn`, `announced_window`, `undone`, `empty_span`, `outside_incident`,
    `notice_missing`, `notice_too_late`.
    """
    check_not_withdrawn(incident)
    wanted = _wanted(incident, command)
    same = [exclusion for exclusion in incident.exclusions if _same(exclusion, wanted, command.reason)]
    if any(exclusion.stands for exclusion in same):
        return ()
    if same and not command.again:
        raise ExclusionUndone(exclusion=same[-1].number, incident=incident.incident, withdrawn=same[-1].withdrawn)
    begins = incident.started_at if wanted.from_at is None else wanted.from_at
    ends = (incident.ended_at or FOREVER) if wanted.to_at is None else wanted.to_at
    if begins >= ends:
        raise EmptySpan(incident=incident.incident)
    if ends <= incident.started_at or begins >= (incident.ended_at or FOREVER):
        raise OutsideIncident(incident=incident.incident, started_at=incident.started_at)
    _check_listed(incident, wanted.clause, terms)
    check_notice(incident, wanted.clause, wanted.notified_at, max(begins, command.announced_from or 0), terms)
    return (wanted,)


def _wanted(incident: Incident, command: ApplyExclusion) -> ExclusionApplied:
    """The exclusion that a command asks for, with the announced window where it gives one (R23)."""
    since, until = command.announced_from, command.announced_to
    if (since is None) != (until is None) or (since is not None and until is not None and since >= until):
        raise BadAnnouncedWindow(incident=incident.incident)
    wanted = ExclusionApplied(
        incident=incident.incident,
        exclusion=len(incident.exclusions) + 1,
        clause=str(command.clause),
        from_at=None if command.from_ is None else int(command.from_),
        to_at=None if command.to is None else int(command.to),
        notified_at=None if command.notified_at is None else int(command.notified_at),
        evidence=tuple(piece.recorded() for piece in command.evidence),
    )
    if since is None or until is None:
        return wanted
    said = msgspec.structs.asdict(wanted)
    return ExclusionAppliedAsAnnounced(**said, announced_from=int(since), announced_to=int(until))


def _same(exclusion: Exclusion, wanted: ExclusionApplied, reason: str | None) -> bool:
    return (
        exclusion.clause == wanted.clause
        and (exclusion.from_at, exclusion.to_at) == (wanted.from_at, wanted.to_at)
        and exclusion.notified_at == wanted.notified_at
        and exclusion.evidence == wanted.evidence
        and exclusion_of(wanted, reason).announced == exclusion.announced
        and exclusion.reason == reason
    )


def withdraw(incident: Incident, command: WithdrawExclusion) -> tuple[Event, ...]:
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


def _check_listed(incident: Incident, clause: str, terms: Terms) -> None:
    if not any(cause.clause == clause for cause in terms.exclusions):
        raise UnlistedCause(incident=incident.incident, version=terms.version, cause=clause)
