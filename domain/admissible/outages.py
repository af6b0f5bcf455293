"""What accounts, incidents and exclusions may record."""

from __future__ import annotations

from domain import account as accounts
from domain import commands as c
from domain import events as e
from domain import exclusions
from domain import incident as incidents
from domain.admissible.act import Act, Forbidden, evidence_field, is_one_act, uncertainty
from domain.incident import Incident
from domain.terms import versions as agreement
from domain.text import said
from domain.time import month_of
from domain.values import Clause, FunctionName, Id, Words


def enrolled(act: Act, event: e.AccountEnrolled) -> tuple[e.Event, ...]:
    """The events of the same enrolment."""
    command = c.EnrollAccount(
        account=Id.parse(event.account),
        enrolled_at=act.at(event.enrolled_at),
        stage=event.stage,
        region=None if event.region is None else Id.parse(event.region),
        covered_in_beta=event.covered_in_beta,
    )
    return accounts.enroll(act.case.account, command)


def restaged(act: Act, event: e.AccountRestaged) -> tuple[e.Event, ...]:
    """The events of the same change of stage."""
    command = c.RestageAccount(account=Id.parse(event.account), stage=event.stage, changed_at=act.at(event.changed_at))
    return accounts.restage(act.account(), command)


def moved(act: Act, event: e.AccountMoved) -> tuple[e.Event, ...]:
    """The events of the same move."""
    command = c.MoveAccount(
        account=Id.parse(event.account), region=Id.parse(event.region), moved_at=act.at(event.moved_at)
    )
    return accounts.move(act.account(), command)


def named(act: Act, event: e.AccountNamed) -> tuple[e.Event, ...]:
    """The events of the same name, given at the enrolment or later."""
    command = c.RenameAccount(account=Id.parse(event.account), name=Words.parse(event.name))
    return accounts.rename(act.account(), command)


def account_corrected(act: Act, event: e.AccountCorrected) -> tuple[e.Event, ...]:
    """The events of the same correction."""
    command = c.CorrectAccount(
        account=Id.parse(event.account),
        enrolled_at=act.maybe_at(event.enrolled_at),
        stage=event.stage,
        region=None if event.region is None else Id.parse(event.region),
        covered_in_beta=event.covered_in_beta,
        reason=act.reason,
    )
    return accounts.correct(act.account(), command)


def closed_account(act: Act, event: e.AccountClosed) -> tuple[e.Event, ...]:
    """The events of the same closure."""
    return accounts.close(
        act.account(), c.CloseAccount(account=Id.parse(event.account), closed_at=act.at(event.closed_at))
    )


def opened(act: Act, event: e.IncidentOpened) -> tuple[e.Event, ...]:
    """The event of the same outage. An id belongs to one outage alone."""
    if event.incident in act.case.incidents:
        raise Forbidden("id_taken", said("incident {incident} was opened before", incident=event.incident))
    if event.account is not None:
        act.account()
    _check_function(act, event.function)
    command = c.OpenIncident(
        incident=Id.parse(event.incident),
        function=FunctionName.parse(event.function),
        started_at=act.at(event.started_at),
        account=None if event.account is None else Id.parse(event.account),
        accounts=(Id.parse("several"), Id.parse("accounts")) if event.scope == "accounts" else None,
        regions=tuple(map(Id.parse, event.regions)) or None,
        all_accounts=event.scope == "all",
        uncertainty_seconds=uncertainty(event),
    )
    return (incidents.opened(command),)


def _check_function(act: Act, name: str) -> None:
    if not any(name in version.terms.functions for version in act.case.versions):
        raise Forbidden("unknown_function", said("no version of the terms has the function {name!r}", name=name))


def joined(act: Act, event: e.IncidentJoined) -> tuple[e.Event, ...]:
    """An account that is named by a shared outage, which its own log does not hold."""
    act.account()
    if act.fact.version != 1:
        return ()
    return (e.IncidentJoined(incident=str(Id.parse(event.incident)), account=str(Id.parse(event.account))),)


def _terms_of(act: Act, incident: Incident) -> agreement.Terms:
    """The terms under which the month of an outage's start is measured."""
    versions = act.case.versions
    month = month_of(incident.started_at, agreement.latest(versions).terms.zone)
    return agreement.in_force(versions, month).terms


def closed(act: Act, event: e.IncidentClosed) -> tuple[e.Event, ...]:
    """The events of the same end."""
    command = c.CloseIncident(
        incident=Id.parse(event.incident), ended_at=act.at(event.ended_at), uncertainty_seconds=uncertainty(event)
    )
    return incidents.close(act.incident(event.incident), command)


def reported(act: Act, event: e.IncidentReported) -> tuple[e.Event, ...]:
    """The same report, right behind the start or end that it is about, by the same command."""
    before = act.facts[act.place - 1] if act.place else act.fact
    of_moment = e.IncidentOpened if event.moment == "start" else e.IncidentClosed
    is_behind = before.stream == act.fact.stream and is_one_act([before, act.fact])
    if not isinstance(before.event, of_moment) or not is_behind:
        raise Forbidden("half_recorded", said("what it belongs to is not recorded with it"))
    by = None if event.reported_by is None else Words.parse(event.reported_by)
    return incidents.reported(event.moment, Id.parse(event.incident), by, tuple(map(evidence_field, event.evidence)))


def corrected(act: Act, event: e.IncidentCorrected) -> tuple[e.Event, ...]:
    """The events of the same correction of times."""
    incident = act.incident(event.incident)
    command = c.CorrectIncident(
        incident=Id.parse(event.incident),
        started_at=act.maybe_at(event.started_at),
        ended_at=act.maybe_at(event.ended_at),
        uncertainty_seconds=uncertainty(event),
        reason=act.reason,
    )
    return incidents.correct(incident, command, _terms_of(act, incident))


def function_corrected(act: Act, event: e.IncidentFunctionCorrected) -> tuple[e.Event, ...]:
    """The events of the same correction of the function."""
    incident = act.incident(event.incident)
    function = FunctionName.parse(event.function)
    _check_function(act, function)
    command = c.CorrectIncident(incident=Id.parse(event.incident), function=function, reason=act.reason)
    return incidents.correct(incident, command, _terms_of(act, incident))


def reopened(act: Act, event: e.IncidentReopened) -> tuple[e.Event, ...]:
    """The events of the same reopening."""
    return incidents.reopen(act.incident(event.incident))


def withdrawn(act: Act, event: e.IncidentWithdrawn) -> tuple[e.Event, ...]:
    """The events of the same withdrawal."""
    return incidents.withdraw(act.incident(event.incident), act.reason)


def restored(act: Act, event: e.IncidentRestored) -> tuple[e.Event, ...]:
    """The events of the same restoring."""
    return incidents.restore(act.incident(event.incident))


def confirmed(act: Act, event: e.IncidentKept | e.IncidentReleased) -> tuple[e.Event, ...]:
    """An outage that a person keeps, or hands back to its source, was opened."""
    act.incident(event.incident)
    return (event,)


def exclusion_applied(act: Act, event: e.ExclusionApplied) -> tuple[e.Event, ...]:
    """The events of the same exclusion."""
    incident = act.incident(event.incident)
    announced = event if isinstance(event, e.ExclusionAppliedAsAnnounced) else None
    command = c.ApplyExclusion(
        incident=Id.parse(event.incident),
        clause=Clause.parse(event.clause),
        from_=act.maybe_at(event.from_at),
        to=act.maybe_at(event.to_at),
        notified_at=act.maybe_at(event.notified_at),
        announced_from=None if announced is None else act.at(announced.announced_from),
        announced_to=None if announced is None else act.at(announced.announced_to),
        reason=None if act.fact.reason is None else act.reason,
        evidence=tuple(map(evidence_field, event.evidence)),
        again=True,
    )
    return exclusions.apply(incident, command, _terms_of(act, incident))


def exclusion_withdrawn(act: Act, event: e.ExclusionWithdrawn) -> tuple[e.Event, ...]:
    """The events of the same withdrawal of an exclusion."""
    if event.exclusion < 1:
        raise Forbidden("unknown_exclusion", said("exclusions are counted from 1"))
    command = c.WithdrawExclusion(incident=Id.parse(event.incident), exclusion=event.exclusion, reason=act.reason)
    return exclusions.withdraw(act.incident(event.incident), command)
