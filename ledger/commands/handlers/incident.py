"""Incidents and their exclusions."""

from __future__ import annotations

from functools import partial

from domain import commands as c
from domain import events as e
from domain import exclusions
from domain import incident as incidents
from domain.commands.imports import KeepIncident, ReleaseIncident, RestoreIncident
from domain.refusals import Refusal
from domain.terms import versions as agreement
from domain.time import month_of
from domain.values import Id
from ledger.commands.handlers.account import check_enrolled
from ledger.commands.handlers.effect import Effect, Handler, Origin, content_sha256, on, reserve
from ledger.commands.receipts import ExclusionReceipt, IncidentReceipt
from ledger.log import streams
from ledger.log.reader import Reader
from ledger.refusals.commands import UnknownIncident, UnlistedClause, UnlistedFunction
from ledger.refusals.ids import IncidentIdTaken, IncidentIdWithdrawn


def _open(log: Reader, command: c.OpenIncident, origin: Origin) -> Effect:
    _check_function(log, command.function)
    event = incidents.opened(command)
    told = incidents.reported("start", command.incident, command.reported_by, command.evidence)
    members = tuple(sorted(set(map(str, command.accounts or ())))) if event.scope == "accounts" else ()
    owner = event.account or streams.SHARED
    reserved = reserve(
        log, "incident", event.incident, owner, content_sha256(event, members), partial(_taken, log, command.incident)
    )
    receipt = IncidentReceipt(incident=event.incident)
    if not reserved:
        stream, known = _incident(log, command.incident)
        incidents.check_same_report(known, "start", told)
        return on(stream, incidents.repeat(known, again=command.again), receipt)
    for account in members if event.account is None else (event.account,):
        check_enrolled(log, account)
    joined = [
        (streams.incident(account, event.incident), e.IncidentJoined(incident=event.incident, account=account))
        for account in members
    ]
    own = [(streams.incident(owner, event.incident), each) for each in (event, *told)]
    return Effect(events=[*own, *joined, *reserved], receipt=receipt)


def _taken(log: Reader, id_: Id, where: str) -> Refusal:
    """The refusal of an id that another incident has, which may have been withdrawn."""
    _, known = _incident(log, id_)
    if known.withdrawn is None:
        return IncidentIdTaken(id=id_, where=where)
    return IncidentIdWithdrawn(id=id_, where=where, reason=known.withdrawn)


def _check_function(log: Reader, function: str) -> None:
    """Check that some version of the terms has the function. Raises Unreadable `unknown_function`."""
    known = sorted({name for version in log.versions() for name in version.terms.functions})
    if function not in known:
        raise UnlistedFunction(function=repr(str(function)), known=", ".join(known))


def _check_clause(log: Reader, clause: str) -> None:
    """Check that some version of the terms has the exclusion clause. Raises Refusal `unknown_clause`."""
    known = dict.fromkeys(cause.clause for version in log.versions() for cause in version.terms.exclusions)
    if clause not in known:
        raise UnlistedClause(cause=repr(str(clause)), known=", ".join(known))


def _terms_at(log: Reader, instant: int) -> agreement.Terms:
    """The terms under which an instant's month is measured. Raises Refusal `no_terms`."""
    versions = log.versions()
    return agreement.in_force(versions, month_of(instant, agreement.latest(versions).terms.zone)).terms


def _incident(log: Reader, id_: str) -> tuple[str, incidents.Incident]:
    found = log.incident(id_)
    if found is None:
        raise UnknownIncident(id=id_)
    return found


def _close(log: Reader, command: c.CloseIncident, origin: Origin) -> Effect:
    stream, incident = _incident(log, command.incident)
    return on(stream, incidents.close(incident, command), IncidentReceipt(incident=command.incident))


def _correct(log: Reader, command: c.CorrectIncident, origin: Origin) -> Effect:
    if command.function is not None:
        _check_function(log, command.function)
    stream, incident = _incident(log, command.incident)
    events = incidents.correct(incident, command, _terms_at(log, incident.started_at))
    return on(stream, events, IncidentReceipt(incident=command.incident))


def _reopen(log: Reader, command: c.ReopenIncident, origin: Origin) -> Effect:
    stream, incident = _incident(log, command.incident)
    return on(stream, incidents.reopen(incident), IncidentReceipt(incident=command.incident))


def _restore(log: Reader, command: RestoreIncident, origin: Origin) -> Effect:
    stream, incident = _incident(log, command.incident)
    return on(stream, incidents.restore(incident), IncidentReceipt(incident=command.incident))


def _keep(log: Reader, command: KeepIncident, origin: Origin) -> Effect:
    stream, _ = _incident(log, command.incident)
    kept = e.IncidentKept(incident=str(command.incident))
    return on(stream, (kept,), IncidentReceipt(incident=command.incident))


def _release(log: Reader, command: ReleaseIncident, origin: Origin) -> Effect:
    stream, _ = _incident(log, command.incident)
    released = e.IncidentReleased(incident=str(command.incident))
    return on(stream, (released,), IncidentReceipt(incident=command.incident))


def _withdraw(log: Reader, command: c.WithdrawIncident, origin: Origin) -> Effect:
    stream, incident = _incident(log, command.incident)
    return on(stream, incidents.withdraw(incident, command.reason), IncidentReceipt(incident=command.incident))


def _apply_exclusion(log: Reader, command: c.ApplyExclusion, origin: Origin) -> Effect:
    _check_clause(log, command.clause)
    stream, incident = _incident(log, command.incident)
    events = exclusions.apply(incident, command, _terms_at(log, incident.started_at))
    if not events:
        return Effect(receipt=IncidentReceipt(incident=command.incident))
    number = len(incident.exclusions) + 1
    return on(stream, events, ExclusionReceipt(incident=command.incident, exclusion=number))


def _withdraw_exclusion(log: Reader, command: c.WithdrawExclusion, origin: Origin) -> Effect:
    stream, incident = _incident(log, command.incident)
    events = exclusions.withdraw(incident, command)
    return on(stream, events, ExclusionReceipt(incident=command.incident, exclusion=command.exclusion))


HANDLERS: dict[type[c.Command], Handler] = {
    c.OpenIncident: _open,
    c.CloseIncident: _close,
    c.CorrectIncident: _correct,
    c.ReopenIncident: _reopen,
    RestoreIncident: _restore,
    KeepIncident: _keep,
    ReleaseIncident: _release,
    c.WithdrawIncident: _withdraw,
    c.ApplyExclusion: _apply_exclusion,
    c.WithdrawExclusion: _withdraw_exclusion,
}
