"""One use case a command: gather what it needs, let the domain decide, say what is to be recorded where."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

import msgspec

from domain import account as accounts
from domain import bill as bills
from domain import calendar as calendars
from domain import claim as claims
from domain import commands as c
from domain import events as e
from domain import incident as incidents
from domain import voucher as vouchers
from domain.assessment import assess, timing
from domain.case import Case, account_of, unknown_account
from domain.decision import NO_FACTS, Decision, decode, substance
from domain.money import yuan
from domain.refusals import Refusal
from domain.terms import versions as agreement
from domain.text import said
from domain.time import month_of, month_span
from ledger.files.reading import read_text
from ledger.log import leaves, streams
from ledger.log.account_history import Life
from ledger.log.codec import decode as decode_row
from ledger.log.reader import Reader
from ledger.refusals.commands import (
    FileOrDocument,
    IdTaken,
    NoSource,
    UnknownBill,
    UnknownClaim,
    UnknownIncident,
    UnlistedClause,
    UnlistedFunction,
    VoucherNotFound,
)


class Effect(msgspec.Struct, kw_only=True):
    """What a command comes to: events and their streams (none for a no-op), and what to tell whoever asked."""

    events: list[tuple[str, e.Event]] = []
    told: dict[str, Any] = {}
    warnings: list[str] = []


def handle(log: Reader, command: c.Command, now: int) -> Effect:
    """The effect of a command on the ledger as `log` has it. Raises Refusal as the rules say."""
    handler: Callable[[Reader, Any, int], Effect] = _HANDLERS[type(command)]
    try:
        return handler(log, command, now)
    except Refusal as refusal:
        refusal.zone = refusal.zone or _zone(log)
        raise


def _zone(log: Reader) -> str | None:
    """The clock on which a refusal writes its instants: the latest terms'; None before there are any."""
    versions = log.versions()
    return agreement.latest(versions).terms.zone if versions else None


def _terms_at(log: Reader, instant: int) -> agreement.Terms:
    """The terms under which an instant's month is measured. Raises Refusal `no_terms`."""
    versions = log.versions()
    return agreement.in_force(versions, month_of(instant, agreement.latest(versions).terms.zone)).terms


def _on(stream: str, events: tuple[e.Event, ...], **told: Any) -> Effect:
    return Effect(events=[(stream, event) for event in events], told=told)


def _content(*values: object) -> str:
    return hashlib.sha256(msgspec.json.encode(values)).hexdigest()


def _reserve(log: Reader, kind: Any, id_: str, owner: str, content: str) -> list[tuple[str, e.Event]]:
    """Take an id that is unique in the ledger; nothing where it was taken for the same. Raises Refusal `id_taken`."""
    taken = log.reservation(kind, id_)
    if taken is None:
        reserved = e.IdReserved(kind=kind, id=id_, owner=owner, content_sha256=content)
        return [(streams.reservation(kind, id_), reserved)]
    if (taken.owner, taken.content_sha256) == (owner, content):
        return []
    where = (
        said("of account {account}", account=taken.owner)
        if taken.owner != streams.SHARED
        else said("shared by accounts")
    )
    raise IdTaken(kind=kind, id=id_, where=where)


def _account(log: Reader, account: str) -> accounts.Account:
    return account_of(log.fold_streams(streams.account(account)), account)


def _check_enrolled(log: Reader, account: str) -> None:
    if not log.version(streams.account(account)):
        raise unknown_account(account)


def _enroll(log: Reader, command: c.EnrollAccount, now: int) -> Effect:
    stream = streams.account(command.account)
    known = log.fold_streams(stream).account
    return _on(stream, accounts.enroll(known, command), account=command.account)


def _restage(log: Reader, command: c.RestageAccount, now: int) -> Effect:
    events = accounts.restage(_account(log, command.account), command)
    return _on(streams.account(command.account), events, account=command.account)


def _correct_account(log: Reader, command: c.CorrectAccount, now: int) -> Effect:
    events = accounts.correct(_account(log, command.account), command)
    return _on(streams.account(command.account), events, account=command.account)


def _close_account(log: Reader, command: c.CloseAccount, now: int) -> Effect:
    events = accounts.close(_account(log, command.account), command)
    return _on(streams.account(command.account), events, account=command.account)


def _publish_terms(log: Reader, command: c.PublishTerms, now: int) -> Effect:
    if (command.file is None) == (command.document is None):
        raise FileOrDocument()
    document = command.document if command.document is not None else read_text(str(command.file))
    terms = agreement.parse_terms(document)
    versions = log.versions()
    events = agreement.publish(versions, command, document)
    return _on(streams.terms(terms.agreement), events, agreement=terms.agreement, version=terms.version)


def _publish_calendar(log: Reader, command: c.PublishCalendar, now: int) -> Effect:
    if command.file is None:
        from ledger.shipped import published_calendar  # it brings packages that no other command needs

        event = published_calendar(command.year)
    else:
        if command.source is None:
            raise NoSource()
        days = calendars.parse_days(read_text(command.file), command.year, command.file)
        event = calendars.published(command.year, str(command.source), *days)
    stream = streams.calendar(event.country, event.year)
    known = log.fold_streams(stream).calendars.get(event.year)
    events = calendars.publish(known, event, command.reason)
    return _on(stream, events, year=event.year, sha256=event.sha256)


def _open_incident(log: Reader, command: c.OpenIncident, now: int) -> Effect:
    _check_function(log, command.function)
    event = incidents.opened(command)
    members = tuple(sorted(set(map(str, command.accounts or ())))) if event.scope == "accounts" else ()
    owner = event.account or streams.SHARED
    reserved = _reserve(log, "incident", event.incident, owner, _content(event, members))
    told = {"incident": event.incident}
    if not reserved:
        return Effect(told=told)
    for account in members if event.account is None else (event.account,):
        _check_enrolled(log, account)
    joined = [
        (streams.incident(account, event.incident), e.IncidentJoined(incident=event.incident, account=account))
        for account in members
    ]
    return Effect(events=[(streams.incident(owner, event.incident), event), *joined, *reserved], told=told)


def _check_function(log: Reader, function: str) -> None:
    """Raises Unreadable `unknown_function` where no version of the terms knows it."""
    known = sorted({name for version in log.versions() for name in version.terms.functions})
    if function not in known:
        raise UnlistedFunction(function=repr(str(function)), known=", ".join(known))


def _check_clause(log: Reader, clause: str) -> None:
    """Raises Refusal `unknown_clause` where no version of the terms excludes such a cause."""
    known = dict.fromkeys(cause.clause for version in log.versions() for cause in version.terms.exclusions)
    if clause not in known:
        raise UnlistedClause(cause=repr(str(clause)), known=", ".join(known))


def _incident(log: Reader, id_: str) -> tuple[str, incidents.Incident]:
    found = log.incident(id_)
    if found is None:
        raise UnknownIncident(id=id_)
    return found


def _close_incident(log: Reader, command: c.CloseIncident, now: int) -> Effect:
    stream, incident = _incident(log, command.incident)
    return _on(stream, incidents.close(incident, command), incident=command.incident)


def _correct_incident(log: Reader, command: c.CorrectIncident, now: int) -> Effect:
    stream, incident = _incident(log, command.incident)
    return _on(
        stream, incidents.correct(incident, command, _terms_at(log, incident.started_at)), incident=command.incident
    )


def _withdraw_incident(log: Reader, command: c.WithdrawIncident, now: int) -> Effect:
    stream, incident = _incident(log, command.incident)
    return _on(stream, incidents.withdraw(incident, command.reason), incident=command.incident)


def _apply_exclusion(log: Reader, command: c.ApplyExclusion, now: int) -> Effect:
    _check_clause(log, command.clause)
    stream, incident = _incident(log, command.incident)
    effect = _on(
        stream,
        incidents.apply_exclusion(incident, command, _terms_at(log, incident.started_at)),
        incident=command.incident,
    )
    if effect.events:
        effect.told["exclusion"] = len(incident.exclusions) + 1
    return effect


def _withdraw_exclusion(log: Reader, command: c.WithdrawExclusion, now: int) -> Effect:
    stream, incident = _incident(log, command.incident)
    events = incidents.withdraw_exclusion(incident, command)
    return _on(stream, events, incident=command.incident, exclusion=command.exclusion)


def _bill_fees(log: Reader, command: c.BillFees, now: int) -> Effect:
    event = bills.billed(command, agreement.latest(log.versions()).terms.single_fee)
    reserved = _reserve(log, "bill", event.bill, event.account, _content(event))
    if not reserved:
        return Effect(told={"bill": event.bill})
    _check_enrolled(log, event.account)
    return Effect(events=[(streams.bill(event.account, event.bill), event), *reserved], told={"bill": event.bill})


def _bill(log: Reader, id_: str) -> tuple[str, bills.Bill]:
    reserved = log.reservation("bill", id_)
    if reserved is None:
        raise UnknownBill(id=id_)
    stream = streams.bill(reserved.owner, id_)
    return stream, log.fold_streams(stream).bills[id_]


def _correct_fees(log: Reader, command: c.CorrectFees, now: int) -> Effect:
    stream, bill = _bill(log, command.bill)
    single_fee = agreement.latest(log.versions()).terms.single_fee
    return _on(stream, bills.correct(bill, command, single_fee), bill=command.bill)


def _void_fees(log: Reader, command: c.VoidFees, now: int) -> Effect:
    stream, bill = _bill(log, command.bill)
    return _on(stream, bills.void(bill, command.reason), bill=command.bill)


def _file_claim(log: Reader, command: c.FileClaim, now: int) -> Effect:
    stream = streams.claim(command.account, command.month)
    _check_enrolled(log, command.account)
    rules = log.rules()
    zone = agreement.in_force(rules.versions, command.month).terms.zone
    claim = log.fold_streams(stream).claims.get(command.month)
    ends_at = month_span(command.month, zone)[1]
    effect = _on(stream, claims.file(claim, command, ends_at), account=command.account, month=command.month)
    effect.warnings = _timing_warnings(rules, command)
    return effect


def _timing_warnings(rules: Case, command: c.FileClaim) -> list[str]:
    early_or_late = timing(rules, command.month, command.filed_at)
    if early_or_late is None:
        return []
    words = (
        said(
            "{account} {month}: filed before the claim window opens (clause 3.2); it will be decided as too_early",
            account=command.account,
            month=command.month,
        )
        if early_or_late == "too_early"
        else said(
            "{account} {month}: filed after the claim window closed (clause 3.2); it will be decided as too_late",
            account=command.account,
            month=command.month,
        )
    )
    return [words]


def claim_in(case: Case, account: str, month: str) -> claims.Claim:
    """An account's claim for a month. Raises Refusal `unknown_account`, `unknown_claim`."""
    account_of(case, account)
    claim = case.claims.get(month)
    if claim is None:
        raise UnknownClaim(account=account, month=month)
    return claim


def _claim(log: Reader, account: str, month: str) -> claims.Claim:
    return claim_in(log.fold_streams(streams.account(account), streams.claim(account, month)), account, month)


def _withdraw_claim(log: Reader, command: c.WithdrawClaim, now: int) -> Effect:
    events = claims.withdraw(_claim(log, command.account, command.month), command.reason)
    return _on(streams.claim(command.account, command.month), events, account=command.account, month=command.month)


def _decide_claim(log: Reader, command: c.DecideClaim, now: int) -> Effect:
    account = str(command.account)
    claim = _claim(log, account, command.month)
    told: dict[str, Any] = {"account": account, "month": command.month}
    if not claims.waits(claim):
        return Effect(told=told)
    decided_at = now if command.decided_at is None else int(command.decided_at)
    claims.check_decided_at(claim, command, decided_at)
    return _decided(decide_now(log, account, command.month, decided_at), told)


def _redecide_claim(log: Reader, command: c.RedecideClaim, now: int) -> Effect:
    claim = _claim(log, command.account, command.month)
    claims.check_is_decided(claim)
    decided_at = now if command.decided_at is None else int(command.decided_at)
    claims.check_decided_at(claim, command, decided_at)
    decision = decide_now(log, command.account, command.month, decided_at)
    told: dict[str, Any] = {"account": command.account, "month": command.month}
    if not claim.disputed and substance(decode(claim.decisions[-1].record)) == substance(decision):
        return Effect(told=told)
    return _decided(decision, told)


def _decided(decision: Decision, told: dict[str, Any]) -> Effect:
    amount = decision.credit.total_fen if decision.credit else 0
    told |= {"decision": decision.number, "outcome": decision.outcome, "amount": yuan(amount)}
    stream = streams.claim(decision.account, decision.month)
    return Effect(events=[(stream, event) for event in claims.decided(decision)], told=told)


def decide_now(log: Reader, account: str, month: str, decided_at: int) -> Decision:
    """The decision that a claim gets with what is recorded now. Raises Refusal as the assessment does."""
    account, month = str(account), str(month)
    own, position = log.range(f"{account}/"), log.position()
    life = Life(account, log.common())
    life.take_in(list(map(decode_row, own)))
    case = life.case(position)
    version = agreement.in_force(case.versions, month)
    decision = assess(case, account, month, version, decided_at, NO_FACTS)
    rests_on = [*map(leaves.leaf, own), *life.common_leaves(position, decision.calendar.years)]
    return msgspec.structs.replace(decision, facts=leaves.facts(position, rests_on))


def _dispute_claim(log: Reader, command: c.DisputeClaim, now: int) -> Effect:
    events = claims.dispute(_claim(log, command.account, command.month), command)
    return _on(streams.claim(command.account, command.month), events, account=command.account, month=command.month)


def _issue_voucher(log: Reader, command: c.IssueVoucher, now: int) -> Effect:
    account = str(command.account)
    claim = _claim(log, account, command.month)
    version = agreement.in_force(log.versions(), command.month).terms
    issued_at = now if command.issued_at is None else int(command.issued_at)
    effect = Effect(told={"account": account, "month": command.month})
    for event in vouchers.issue(claim, command, issued_at, version.version):
        effect.events = [
            (streams.voucher(account, event.voucher), event),
            (streams.claim(account, command.month), vouchers.paid(event)),
            *_reserve(log, "voucher", event.voucher, account, _content(event)),
        ]
        effect.told |= {"voucher": event.voucher, "amount": yuan(event.amount_fen)}
    return effect


def voucher_of(log: Reader, id_: str) -> tuple[str, vouchers.Voucher]:
    """A voucher's stream and state, by its id alone. Raises Refusal `unknown_voucher`."""
    reserved = log.reservation("voucher", id_)
    if reserved is None:
        raise VoucherNotFound(id=id_)
    stream = streams.voucher(reserved.owner, id_)
    return stream, log.fold_streams(stream).vouchers[id_]


def _redeem_voucher(log: Reader, command: c.RedeemVoucher, now: int) -> Effect:
    stream, voucher = voucher_of(log, command.voucher)
    bill_stream, bill = _bill(log, command.bill)
    terms = agreement.by_name(log.versions(), voucher.version).terms
    events = vouchers.redeem(voucher, bill, command, terms)
    told: dict[str, Any] = {"voucher": voucher.voucher}
    if events:
        redeemed, on_bill = events
        told |= {"redemption": redeemed.redemption, "balance": yuan(voucher.balance_fen - redeemed.amount_fen)}
        return Effect(events=[(stream, redeemed), (bill_stream, on_bill)], told=told)
    return Effect(told=told)


def _reverse_redemption(log: Reader, command: c.ReverseRedemption, now: int) -> Effect:
    stream, voucher = voucher_of(log, command.voucher)
    told: dict[str, Any] = {"voucher": voucher.voucher, "redemption": command.redemption}
    events = vouchers.reverse(voucher, command)
    if events:
        undone, on_bill = events
        bill_stream, _ = _bill(log, on_bill.bill)
        return Effect(events=[(stream, undone), (bill_stream, on_bill)], told=told)
    return Effect(told=told)


def _cancel_voucher(log: Reader, command: c.CancelVoucher, now: int) -> Effect:
    stream, voucher = voucher_of(log, command.voucher)
    return _on(stream, vouchers.cancel(voucher, command.reason), voucher=voucher.voucher)


_HANDLERS: dict[type[c.Command], Callable[[Reader, Any, int], Effect]] = {
    c.EnrollAccount: _enroll,
    c.RestageAccount: _restage,
    c.CorrectAccount: _correct_account,
    c.CloseAccount: _close_account,
    c.PublishTerms: _publish_terms,
    c.PublishCalendar: _publish_calendar,
    c.OpenIncident: _open_incident,
    c.CloseIncident: _close_incident,
    c.CorrectIncident: _correct_incident,
    c.WithdrawIncident: _withdraw_incident,
    c.ApplyExclusion: _apply_exclusion,
    c.WithdrawExclusion: _withdraw_exclusion,
    c.BillFees: _bill_fees,
    c.CorrectFees: _correct_fees,
    c.VoidFees: _void_fees,
    c.FileClaim: _file_claim,
    c.WithdrawClaim: _withdraw_claim,
    c.DecideClaim: _decide_claim,
    c.DisputeClaim: _dispute_claim,
    c.RedecideClaim: _redecide_claim,
    c.IssueVoucher: _issue_voucher,
    c.RedeemVoucher: _redeem_voucher,
    c.ReverseRedemption: _reverse_redemption,
    c.CancelVoucher: _cancel_voucher,
}
