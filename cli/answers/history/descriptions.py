"""The fields of a case's subjects, flat and by name, and those that differ between two states of it."""

from __future__ import annotations

import msgspec

from cli.answers.history import case as shown
from cli.answers.vouchers import VoucherAnswer, voucher_answer
from cli.terminal.output import fields_of
from cli.terminal.values import ZonedInstant, zoned
from domain.account import Account
from domain.case import Case
from domain.terms.versions import currency_of
from domain.text import said
from ledger.queries.case_history import RULES

Fields = dict[str, object]
"""The fields of a subject, such as an incident or a bill."""
Things = dict[str, Fields]
"""Subjects by name."""


def described(case: Case, one: tuple[str, str], zone: str) -> Things:
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


def _account(found: Account, zone: str) -> Fields:
    stages: Fields = {
        said("stage from {at}", at=ZonedInstant(at, zone).in_table()): stage
        for at, stage in sorted(found.restaged.items())
    }
    regions: Fields = {
        said("region from {at}", at=ZonedInstant(at, zone).in_table()): region
        for at, region in sorted(found.moved.items())
    }
    name: Fields = {} if found.name is None else {"name": found.name}
    return {
        **name,
        "enrolled_at": ZonedInstant(found.enrolled_at, zone),
        "stage": found.stage,
        "region": found.region,
        **regions,
        "covered_in_beta": found.covered_in_beta,
        **stages,
        "closed_at": zoned(found.closed_at, zone),
    }


def _incident(found: shown.IncidentShown) -> Things:
    parts: Things = {
        said(
            "exclusion {exclusion} of incident {incident}", exclusion=part.exclusion, incident=found.incident
        ): _fields(part, without=("exclusion",))
        for part in found.exclusions
    }
    return {
        said("incident {incident}", incident=found.incident): _fields(found, without=("incident", "exclusions")),
        **parts,
    }


def _bill(found: shown.BillShown) -> Things:
    fields = _fields(found, without=("bill", "voucher_offset", "payments"))
    offset: Fields = {f"voucher_offset.{part}": amount for part, amount in fields_of(found.voucher_offset)}
    paid: Things = {
        said(
            "redemption {redemption} of voucher {voucher} on bill {bill}",
            redemption=part.redemption,
            voucher=part.voucher,
            bill=found.bill,
        ): _fields(part, without=("redemption", "voucher"))
        for part in found.payments
    }
    return {said("bill {bill}", bill=found.bill): fields | offset, **paid}


def _voucher(found: VoucherAnswer) -> Things:
    id_, hidden = found.voucher, ("voucher", "account", "currency", "redemptions", "cancellations")
    redeemed: Things = {
        said("redemption {redemption} of voucher {voucher}", redemption=part.redemption, voucher=id_): _fields(
            part, without=("redemption",)
        )
        for part in found.redemptions
    }
    return {said("voucher {voucher}", voucher=id_): _fields(found, without=hidden), **redeemed}


def _rules(case: Case) -> Things:
    versions: Things = {
        said("terms {version}", version=version.terms.version): {
            "effective_from": version.terms.effective_from,
            "sha256": version.sha256,
        }
        for version in case.versions
    }
    years: Things = {
        said("calendar {year}", year=year): {"sha256": found.sha256} for year, found in case.calendars.items()
    }
    return versions | years


def _fields(thing: msgspec.Struct, *, without: tuple[str, ...]) -> Fields:
    return {name: value for name, value in fields_of(thing) if name not in without}


def different(old: Things, new: Things) -> list[tuple[str, str, object, object]]:
    """The changed fields: subject, field and both values; a missing value is None."""
    return [
        (what, field, was, is_)
        for what in dict.fromkeys((*old, *new))
        for field in dict.fromkeys((*old.get(what, {}), *new.get(what, {})))
        if (was := old.get(what, {}).get(field)) != (is_ := new.get(what, {}).get(field))
    ]
