"""What every source of outages shares: whom they touch, their ids and keys, and the commands that they come to."""

import hashlib
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

import msgspec

from domain.refusals import BadValue
from domain.text import said
from domain.time import seconds_text
from domain.values import FunctionName, Id
from ledger.imports import statements
from ledger.imports.source import Reading, Sourced, SourceTime
from ledger.refusals.imports.shared import BadTarget, ForeignFunction, NoMapping, ToldEndBeforeStart

Target = dict[str, object]
"""Whom an outage touches, as the fields of `incident open`."""


BY_HAND = said("record its outages by hand with `slaledger incident open` and pass `--skip ID` for it")
"""What to do with an incident that a file does not tell well enough."""


class ToldOutage(msgspec.Struct, frozen=True, kw_only=True):
    """A function's outage as a source tells it; without an end it lasts.

    `within` is how far off start and end may be, in decimal seconds, where the source measured in steps.
    """

    incident: str
    function: str
    target: Target
    start: SourceTime
    end: SourceTime | None
    within: str | None = None


def target(file: str, accounts: tuple[str, ...], all_accounts: bool) -> Target:
    """Whom the outages of a file touch. Raises Unreadable `bad_target` unless it is said in one way."""
    if bool(accounts) == all_accounts:
        raise BadTarget(place=file)
    if all_accounts:
        return {"all_accounts": True}
    return {"account": accounts[0]} if len(accounts) == 1 else {"accounts": list(accounts)}


def check_functions(file: str, functions: Iterable[str]) -> None:
    """Raises Unreadable `no_mapping`, `unknown_function` for what cannot be one; which there are, the terms say."""
    mapped = set(functions)
    if not mapped:
        raise NoMapping(place=file)
    for name in sorted(mapped):
        try:
            FunctionName.parse(name)
        except BadValue:
            raise ForeignFunction(place=file, text=name[:80]) from None


def source_id(source: str, *parts: str) -> str:
    """The ledger's id of what a source calls by `parts`; where that cannot be an id, a digest of it stands for it."""
    text = ":".join((source, *parts))
    try:
        return str(Id.parse(text))
    except BadValue:
        return f"{source}:{hashlib.sha256(text.encode()).hexdigest()[:40]}"


def source_key(*parts: str) -> str:
    """The source's own identity of a command, as a key: what a person corrected or withdrew since stays so."""
    key = ":".join(parts)
    return key if len(key) <= 64 and key.isprintable() else hashlib.sha256(key.encode()).hexdigest()


def compact(at: datetime) -> str:
    """An instant as it may stand in an id: UTC, to the microsecond, no fraction where there is none."""
    text = at.astimezone(UTC).isoformat()
    whole = f"{text[:4]}{text[5:7]}{text[8:13]}{text[14:16]}{text[17:19]}"
    return f"{whole}.{at.microsecond:06d}".rstrip("0") + "Z" if at.microsecond else f"{whole}Z"


def commands(outages: Iterable[ToldOutage], source: str, notes: list[str], hint: str) -> tuple[Sourced, ...]:
    """Openings and closings in order of time; an outage without length is left out and noted.

    `hint` says what to do with one that ends before it starts. Raises Unreadable `ends_before_start`.
    """
    timed: list[tuple[datetime, Sourced]] = []
    for outage in outages:
        if outage.end is not None and outage.end.at < outage.start.at:
            raise ToldEndBeforeStart(place=outage.end.place, end=outage.end.text, start=outage.start.text, advice=hint)
        if outage.end is not None and outage.end.at == outage.start.at:
            place, at = outage.start.place, outage.start.text
            notes.append(said("{place}: the outage at {at} has no length: left out", place=place, at=at))
            continue
        timed += _open_and_close(outage, source)
    return tuple(command for _, command in sorted(timed, key=lambda entry: entry[0]))


def as_commands(told: statements.Reading) -> Reading:
    """Statements as the openings and closings of their outages, for an importer that does not reconcile yet."""
    outages = [
        ToldOutage(
            incident=each.incident,
            function=each.function,
            target=dict(each.target),
            start=each.start,
            end=each.end,
            within=None if each.uncertainty_us is None else seconds_text(each.uncertainty_us),
        )
        for each in told.statements
    ]
    notes: list[str] = []
    found = commands(outages, told.source, notes, BY_HAND)
    left_out = [said("left out: {key} ({why})", key=each.key, why=each.why) for each in told.left_out]
    return Reading(commands=found, notes=(*notes, *left_out, *told.notes))


def _open_and_close(outage: ToldOutage, source: str) -> Iterator[tuple[datetime, Sourced]]:
    within = {} if outage.within is None else {"uncertainty_seconds": outage.within}
    opening: dict[str, object] = {"command": "incident open", "incident": outage.incident, **outage.target}
    opening |= {"function": outage.function, "started_at": outage.start.text, **within}
    yield outage.start.at, Sourced(place=outage.start.place, fields=opening)
    if outage.end is not None:
        closing: dict[str, object] = {"command": "incident close", "incident": outage.incident}
        closing |= {"ended_at": outage.end.text, **within, "key": source_key(source, outage.incident, "close")}
        yield outage.end.at, Sourced(place=outage.end.place, fields=closing)
