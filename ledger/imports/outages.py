"""What every source of outages shares: whom they touch, their ids and keys, and the commands that they come to."""

import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime

from domain.refusals import BadValue
from domain.text import said
from domain.values import FunctionName, Id
from ledger.refusals.imports.labels import BadTarget, NoMapping
from ledger.refusals.imports.shared import ForeignFunction

Target = dict[str, object]
"""Whom an outage touches, as the fields of `incident open`."""


BY_HAND = said(
    "record its outages by hand with `slaledger incident open INCIDENT --account … --function … --started-at "
    "…` and pass `--skip ID` for it"
)
"""What to do with an incident that a file does not tell well enough."""


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
