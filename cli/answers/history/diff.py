"""`slaledger history --diff`: the changes between two states of knowledge, and the events that caused them."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from cli.answers.history import case as shown
from cli.answers.history.changes import FieldChange, Knowledge, KnowledgeDifference, MonthChange
from cli.answers.history.events import event_shown
from cli.answers.vouchers import VoucherAnswer, voucher_answer
from cli.terminal.output import fields_of
from cli.terminal.values import ZonedInstant, zoned
from domain.account import Account
from domain.assessment import would_credit
from domain.case import Case, Fact, evolve, fold
from domain.money import Fen
from domain.terms.versions import currency_of, in_force, zone_of
from domain.text import said
from domain.time import Seconds
from ledger.queries.case_history import RULES, subject
from ledger.queries.worklist import AccountThen
from projections.months import outage_months

_Fields = dict[str, object]
"""The fields of a subject, such as an incident or a bill."""
_Things = dict[str, _Fields]
"""Subjects by name."""
_Causes = dict[tuple[str, str], Fact]


def difference(before: AccountThen, after: AccountThen, month: str | None) -> KnowledgeDifference:
    """The changes from one state of knowledge to a later one, or only those that concern a month."""
    zone = zone_of(after.case.versions)
    old, new = (shown.limited(then.case, month, then.valid_at) for then in (before, after))
    concerned = shown.subjects(old) | shown.subjects(new)
    own = [fact for fact in after.known if fact.position > before.position and subject(fact) in concerned]
    return KnowledgeDifference(
        from_=Knowledge(known_at=ZonedInstant(before.known_at, zone), position=before.position),
        to=Knowledge(known_at=ZonedInstant(after.known_at, zone), position=after.position),
        events=[event_shown(fact, zone) for fact in own if subject(fact)[0] not in RULES],
        changes=_changes(_everything(old, zone), _everything(new, zone), _causes(after.known, before, zone), own),
        months=_months(before, after, month),
    )


def _everything(case: Case, zone: str) -> _Things:
    return {
        what: fields for one in sorted(shown.subjects(case)) for what, fields in _described(case, one, zone).items()
    }


def _described(case: Case, one: tuple[str, str], zone: str) -> _Things:
    """A subject of a case and its parts as flat fields; empty where the case does not have it."""
    kind, id_ = one
    match kind:
        case "account" if case.account is not None:
            return {said("account {account}", account=case.account.account): _account(case.account, zone)}
        case "incident" if id_ in case.incidents:
            return _incident(shown.incident_shown(case.incidents[id_], zone))
        case "bill" if id_ in case.bills:
            return _bill(shown.bill_shown(case.bills[id_], zone))
        case "claim" if id_ in case.claims:
            latest = case.claims[id_].latest
            fields = _fields(shown.claim_shown(case.claims[id_], zone), without=("month",))
            return {said("claim {month}", month=id_): fields | {"decision": None if latest is None else latest.number}}
        case "voucher" if id_ in case.vouchers:
            return _voucher(voucher_answer(case.vouchers[id_], zone, currency_of(case.versions)))
        case _ if kind in RULES:
            return _rules(case)
        case _:
            return {}


def _account(found: Account, zone: str) -> _Fields:
    stages: _Fields = {
        said("stage from {at}", at=ZonedInstant(at, zone).in_table()): stage
        for at, stage in sorted(found.restaged.items())
    }
    regions: _Fields = {
        said("region from {at}", at=ZonedInstant(at, zone).in_table()): region
        for at, region in sorted(found.moved.items())
    }
    return {
        "enrolled_at": ZonedInstant(found.enrolled_at, zone),
        "stage": found.stage,
        "region": found.region,
        **regions,
        "covered_in_beta": found.covered_in_beta,
        **stages,
        "closed_at": zoned(found.closed_at, zone),
    }


def _incident(found: shown.IncidentShown) -> _Things:
    parts: _Things = {
        said(
            "exclusion {exclusion} of incident {incident}", exclusion=part.exclusion, incident=found.incident
        ): _fields(part, without=("exclusion",))
        for part in found.exclusions
    }
    return {
        said("incident {incident}", incident=found.incident): _fields(found, without=("incident", "exclusions")),
        **parts,
    }


def _bill(found: shown.BillShown) -> _Things:
    fields = _fields(found, without=("bill", "voucher_offset", "payments"))
    offset: _Fields = {f"voucher_offset.{part}": amount for part, amount in fields_of(found.voucher_offset)}
    paid: _Things = {
        said(
            "redemption {redemption} of voucher {voucher} on bill {bill}",
            redemption=part.redemption,
            voucher=part.voucher,
            bill=found.bill,
        ): _fields(part, without=("redemption", "voucher"))
        for part in found.payments
    }
    return {said("bill {bill}", bill=found.bill): fields | offset, **paid}


def _voucher(found: VoucherAnswer) -> _Things:
    id_, hidden = found.voucher, ("voucher", "account", "currency", "redemptions", "cancellations")
    redeemed: _Things = {
        said("redemption {redemption} of voucher {voucher}", redemption=part.redemption, voucher=id_): _fields(
            part, without=("redemption",)
        )
        for part in found.redemptions
    }
    return {said("voucher {voucher}", voucher=id_): _fields(found, without=hidden), **redeemed}


def _rules(case: Case) -> _Things:
    versions: _Things = {
        said("terms {version}", version=version.terms.version): {
            "effective_from": version.terms.effective_from,
            "sha256": version.sha256,
        }
        for version in case.versions
    }
    years: _Things = {
        said("calendar {year}", year=year): {"sha256": found.sha256} for year, found in case.calendars.items()
    }
    return versions | years


def _fields(thing: msgspec.Struct, *, without: tuple[str, ...]) -> _Fields:
    return {name: value for name, value in fields_of(thing) if name not in without}


def _causes(known: Iterable[Fact], before: AccountThen, zone: str) -> _Causes:
    """For each field the last event that changed it after a position."""
    facts = list(known)
    case = fold(fact for fact in facts if fact.position <= before.position)
    causes: _Causes = {}
    for fact in facts:
        if fact.position > before.position:
            old = _described(case, subject(fact), zone)
            evolve(case, fact)
            for what, field, _, _ in _different(old, _described(case, subject(fact), zone)):
                causes[what, field] = fact
    return causes


def _different(old: _Things, new: _Things) -> list[tuple[str, str, object, object]]:
    """The changed fields: subject, field and both values; a missing value is None."""
    return [
        (what, field, was, is_)
        for what in dict.fromkeys((*old, *new))
        for field in dict.fromkeys((*old.get(what, {}), *new.get(what, {})))
        if (was := old.get(what, {}).get(field)) != (is_ := new.get(what, {}).get(field))
    ]


def _changes(old: _Things, new: _Things, causes: _Causes, between: list[Fact]) -> list[FieldChange]:
    """Each changed field with the event that changed it, in log order."""
    changes = []
    for what, field, was, is_ in _different(old, new):
        fact = causes.get((what, field)) or _behind(what, between)
        changes.append(
            FieldChange(
                what=what,
                field=field,
                from_=was,
                to=is_,
                by=None if fact is None else fact.actor,
                reason=None if fact is None else fact.reason,
                position=None if fact is None else fact.position,
            )
        )
    return sorted(changes, key=lambda change: change.position or 0)


def _behind(what: str, between: list[Fact]) -> Fact | None:
    """The last event of a subject, else of the account, which may have gained or lost the subject."""
    own = [fact for fact in between if what.endswith(" ".join(subject(fact)))]
    of_account = [fact for fact in between if subject(fact)[0] == "account" or fact.topic == "incident.joined"]
    return next(iter(reversed(own or of_account)), None)


class _Month(msgspec.Struct, frozen=True, kw_only=True):
    """The result of a month; None where no terms governed it."""

    unavailable: Seconds | None = None
    percent: str | None = None
    tier: int | None = None
    credit: Fen | None = None


def _months(before: AccountThen, after: AccountThen, month: str | None) -> list[MonthChange]:
    """The months with different results."""
    names = {*outage_months(before.case, before.valid_at), *outage_months(after.case, after.valid_at)}
    pairs = [(name, _month(before, name), _month(after, name)) for name in sorted(names) if month in (None, name)]
    return [
        MonthChange(
            month=name,
            unavailable_seconds=(was.unavailable, is_.unavailable),
            percent=(was.percent, is_.percent),
            tier=(was.tier, is_.tier),
            credit=(was.credit, is_.credit),
        )
        for name, was, is_ in pairs
        if was != is_
    ]


def _month(then: AccountThen, month: str) -> _Month:
    holder = then.case.account
    found = None if holder is None else shown.month_measured(then.case, holder.account, month, then.valid_at)
    if found is None:
        return _Month()
    terms = in_force(then.case.versions, month).terms
    credit_fen = 0 if found.tier is None else would_credit(then.case, month, found.tier, terms)
    return _Month(
        unavailable=found.unavailable_seconds,
        percent=found.availability.percent,
        tier=found.tier,
        credit=Fen(credit_fen),
    )
