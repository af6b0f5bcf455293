"""`slaledger history --diff`: what changed between two states of knowledge, by whom and why, and what it did."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

from cli.answers import history, shapes
from cli.answers.history import RULES, subject
from cli.terminal.language import here
from cli.terminal.numbers import moment, money
from cli.terminal.output import WIDTH, Json, plain, print_table, put, short, wrapped
from cli.terminal.vocabulary import CODED, word
from domain.assessment import would_credit
from domain.case import Case, Fact, evolve, fold
from domain.money import yuan
from domain.terms.versions import in_force
from domain.text import Said, said
from domain.time import written
from ledger.queries.worklist import AccountThen
from projections.months import outage_months

_Fields = dict[str, Json]
"""Things by what they are called, each with what is said of it."""
_Causes = dict[tuple[str, str], Fact]


def difference(before: AccountThen, after: AccountThen, month: str | None) -> Json:
    """What changed from one state of knowledge to a later one, or of it what concerns a month."""
    zone = history.zone_of_case(after.case)
    old, new = (history.limited(then.case, month, then.valid_at) for then in (before, after))
    concerned = history.subjects(old) | history.subjects(new)
    own = [fact for fact in after.known if fact.position > before.position and subject(fact) in concerned]
    return {
        "from": {"known_at": written(before.known_at, zone), "position": before.position},
        "to": {"known_at": written(after.known_at, zone), "position": after.position},
        "events": [history.event(fact, zone) for fact in own if subject(fact)[0] not in RULES],
        "changes": _changes(_everything(old, zone), _everything(new, zone), _causes(after.known, before, zone), own),
        "months": _months(before, after, month),
    }


def _everything(case: Case, zone: str) -> _Fields:
    return {
        what: fields for one in sorted(history.subjects(case)) for what, fields in _described(case, one, zone).items()
    }


def _described(case: Case, one: tuple[str, str], zone: str) -> _Fields:
    """A thing of a case and its parts, each flat; nothing where the case does not have it."""
    kind, id_ = one
    match kind:
        case "account" if case.account is not None:
            return {said("account {account}", account=case.account.account): _account(case, zone)}
        case "incident" if id_ in case.incidents:
            found = history.incident(case.incidents[id_], zone)
            parts: _Fields = {
                said(
                    "exclusion {exclusion} of incident {incident}", exclusion=part.pop("exclusion"), incident=id_
                ): part
                for part in found.pop("exclusions")
            }
            return {said("incident {incident}", incident=id_): _without(found, "incident"), **parts}
        case "bill" if id_ in case.bills:
            found = history.bill(case.bills[id_], zone)
            offset = found.pop("voucher_offset")
            found |= {f"voucher_offset.{part}": amount for part, amount in offset.items()}
            paid: _Fields = {
                said(
                    "redemption {redemption} of voucher {voucher} on bill {bill}",
                    redemption=part.pop("redemption"),
                    voucher=part.pop("voucher"),
                    bill=id_,
                ): part
                for part in found.pop("payments")
            }
            return {said("bill {bill}", bill=id_): _without(found, "bill"), **paid}
        case "claim" if id_ in case.claims:
            latest = case.claims[id_].latest
            decision = {"decision": None if latest is None else latest.number}
            fields = _without(history.claim(case.claims[id_], zone), "month") | decision
            return {said("claim {month}", month=id_): fields}
        case "voucher" if id_ in case.vouchers:
            found = shapes.voucher(case.vouchers[id_], zone, history.currency_of_case(case))
            fields = _without(found, "voucher", "account", "currency", "redemptions", "cancellations")
            redeemed: _Fields = {
                said(
                    "redemption {redemption} of voucher {voucher}", redemption=part.pop("redemption"), voucher=id_
                ): part
                for part in found["redemptions"]
            }
            return {said("voucher {voucher}", voucher=id_): fields, **redeemed}
        case _ if kind in RULES:
            return _rules(case)
        case _:
            return {}


def _account(case: Case, zone: str) -> Json:
    if case.account is None:
        return {}
    found = case.account
    stages: Json = {
        said("stage from {at}", at=short(written(at, zone))): stage for at, stage in sorted(found.restaged.items())
    }
    return {
        "enrolled_at": written(found.enrolled_at, zone),
        "stage": found.stage,
        "region": found.region,
        "covered_in_beta": found.covered_in_beta,
        **stages,
        "closed_at": shapes.instant(found.closed_at, zone),
    }


def _rules(case: Case) -> _Fields:
    versions: _Fields = {
        said("terms {version}", version=version.terms.version): {
            "effective_from": version.terms.effective_from.isoformat(),
            "sha256": version.sha256,
        }
        for version in case.versions
    }
    years: _Fields = {
        said("calendar {year}", year=year): {"sha256": found.sha256} for year, found in case.calendars.items()
    }
    return versions | years


def _without(fields: Json, *names: str) -> Json:
    return {name: value for name, value in fields.items() if name not in names}


def _causes(known: Iterable[Fact], before: AccountThen, zone: str) -> _Causes:
    """For each field the last event behind a position that changed it."""
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


def _different(old: _Fields, new: _Fields) -> list[tuple[str, str, object, object]]:
    """What is said otherwise: of what, which field, and both values; what is not there has none."""
    return [
        (what, field, was, is_)
        for what in dict.fromkeys((*old, *new))
        for field in dict.fromkeys((*old.get(what, {}), *new.get(what, {})))
        if (was := old.get(what, {}).get(field)) != (is_ := new.get(what, {}).get(field))
    ]


def _changes(old: _Fields, new: _Fields, causes: _Causes, between: list[Fact]) -> list[Json]:
    """Each field that changed with the event that changed it, in order of the log."""
    changes = []
    for what, field, was, is_ in _different(old, new):
        fact = causes.get((what, field)) or _behind(what, between)
        changes.append(
            {
                "what": what,
                "field": field,
                "from": was,
                "to": is_,
                "by": None if fact is None else fact.actor,
                "reason": None if fact is None else fact.reason,
                "position": None if fact is None else fact.position,
            }
        )
    return sorted(changes, key=lambda change: change["position"] or 0)


def _behind(what: str, between: list[Fact]) -> Fact | None:
    """The last event of a thing, else of the account: it may have come to concern the account, or no longer."""
    own = [fact for fact in between if what.endswith(" ".join(subject(fact)))]
    of_account = [fact for fact in between if subject(fact)[0] == "account" or fact.topic == "incident.joined"]
    return next(iter(reversed(own or of_account)), None)


def _months(before: AccountThen, after: AccountThen, month: str | None) -> list[Json]:
    """The months that came out otherwise: each value before and after; what was not known then is null."""
    names = {*outage_months(before.case, before.valid_at), *outage_months(after.case, after.valid_at)}
    pairs = [(name, _month(before, name), _month(after, name)) for name in sorted(names) if month in (None, name)]
    return [
        {"month": name, **{field: [was[field], is_[field]] for field in was}} for name, was, is_ in pairs if was != is_
    ]


def _month(then: AccountThen, month: str) -> Json:
    holder = then.case.account
    shape = None if holder is None else history.month(then.case, holder.account, month, then.valid_at)
    if shape is None:
        return {"unavailable_seconds": None, "percent": None, "tier": None, "credit": None}
    terms = in_force(then.case.versions, month).terms
    credit_fen = 0 if shape["tier"] is None else would_credit(then.case, month, shape["tier"], terms)
    return {
        "unavailable_seconds": shape["unavailable_seconds"],
        "percent": shape["availability"]["percent"],
        "tier": shape["tier"],
        "credit": yuan(credit_fen),
    }


def print_difference(diff: Json) -> None:
    """What changed within 80 columns: each event's changes under it, then what they did to the months."""
    edges = {
        edge: said(
            "{known_at} (position {position})",
            known_at=moment(short(diff[edge]["known_at"])),
            position=diff[edge]["position"],
        )
        for edge in ("from", "to")
    }
    print()
    put(said("What changed from {before}\nto {after}", before=edges["from"], after=edges["to"]))
    if not diff["changes"]:
        print()
        put(said("nothing"))
    for _, changes in groupby(diff["changes"], key=lambda change: (change["position"], change["what"])):
        _print_changed(list(changes))
    if diff["months"]:
        print()
        rows = [
            [
                one["month"],
                *(_pair(one[name]) for name in ("unavailable_seconds", "percent", "tier")),
                _pair([money(amount) for amount in one["credit"]]),
            ]
            for one in diff["months"]
        ]
        columns = (said("month"), said("unavailable s"), said("availability %"), said("tier"), said("credit"))
        print_table(columns, rows, right=columns[1:])


def _print_changed(changes: list[Json]) -> None:
    first = changes[0]
    who = said("{what}, by {actor}", what=first["what"], actor=first["by"]) if first["by"] else first["what"]
    lines = wrapped(f"{plain(first['position'])}  {here(who)}", WIDTH)
    if first["reason"]:
        because = said("because: {reason}", reason=first["reason"])
        lines += [f"    {line}" for line in wrapped(because, WIDTH - 4)]
    for change in changes:
        told = said("{field}: {value}", field=_field(change["field"]), value=_pair(_named(change)))
        lines += [f"    {line}" for line in wrapped(told, WIDTH - 4)]
    print("\n" + "\n".join(lines))


def _field(name: str) -> str:
    """What a field is called; one that was made up of a moment is a sentence already."""
    return name if isinstance(name, Said) else word(name.replace("_", " "))


def _named(change: Json) -> list[object]:
    """Both values of a field, codes by their names."""
    values = [change["from"], change["to"]]
    is_coded = change["field"] in CODED or change["field"].startswith("stage")
    return [word(value) if is_coded and isinstance(value, str) else value for value in values]


def _pair(values: list[object]) -> str:
    return " -> ".join(_value(value) for value in values) if values[0] != values[1] else _value(values[0])


def _value(value: object) -> str:
    """A value for people: an instant as tables show it."""
    text = here(plain(value)) or "-"
    is_instant = isinstance(value, str) and len(text) > 19 and text[10:11] == "T" and text[4:5] == "-"
    return short(text) if is_instant else text
