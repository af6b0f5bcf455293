"""Deciding every recorded decision again, from the events that it knew, with the assessment of today."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import msgspec

from domain.assessment import assess
from domain.calendar import COUNTRY
from domain.case import Case, fold
from domain.decision import Decision, Facts, encode
from domain.decision import decode as decode_record
from domain.events import ClaimDecided
from domain.refusals import Damaged, Refusal
from domain.terms import in_force
from ledger.store import layout, leaves
from ledger.store.codec import Row, decode
from ledger.store.reader import concerning


class Past(msgspec.Struct, frozen=True, kw_only=True):
    """A recorded decision with the case as it was known when it was made.

    Account, month and facts are taken from where it stands in the log, not from what the record says of itself.
    """

    account: str
    month: str
    row: Row
    record: bytes
    made: Decision
    case: Case
    facts: Facts


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """Where a decision comes out otherwise: the path of the first differing field, and both values."""

    account: str
    month: str
    number: int
    position: int
    path: str
    recorded: Any
    replayed: Any


def past_decisions(
    rows: Sequence[Row], month: str | None = None, before: Callable[[int], int] | None = None
) -> Iterator[Past]:
    """An account's decisions in order, from all rows that ever concerned it, in log order; of one month where given.

    `before` gives the log's last position before another: what a decision knew. Where nobody can tell, as in a
    dossier, the record is believed. Each case is valid until the next is asked for. Raises Damaged where an event or
    a record cannot be read, behind the last decision too.
    """
    case, folded = fold(()), 0
    for index, row in enumerate(rows):
        account, kind, of_month = (*row.stream.split("/", 2), "", "")[:3]
        if row.topic != "claim.decided" or kind != "claim" or month not in (None, of_month):
            continue
        event = decode(row).event
        record = bytes(event.decision) if isinstance(event, ClaimDecided) else b""
        made = _record(row, record)
        position = made.facts.position if before is None else before(row.position)
        prefix = [each for each in rows[:index] if each.position <= position]
        known = concerning(prefix, account)
        if len(known) == index:
            fold(map(decode, rows[folded:index]), case)
            folded = index
        past = case if len(known) == index else fold(map(decode, known))
        facts = _facts(made, position, known)
        yield Past(account=account, month=of_month, row=row, record=record, made=made, case=past, facts=facts)
    for row in rows[folded:]:
        decode(row)


def _record(row: Row, record: bytes) -> Decision:
    try:
        return decode_record(record)
    except msgspec.MsgspecError as error:
        raise Damaged("unreadable_decision", f"position {row.position}: the decision cannot be read: {error}") from None


def _facts(made: Decision, position: int, known: Sequence[Row]) -> Facts:
    """The facts of a decision, hashed again: of the calendars only those that it names."""
    years = {layout.calendar(COUNTRY, year) for year in made.calendar.years}
    used = (row for row in known if not row.stream.startswith(layout.CALENDARS) or row.stream in years)
    return leaves.facts(position, used)


def replay(past: Past) -> Difference | None:
    """Decide again and compare the whole record, byte for byte; None where it is the same."""
    made = past.made
    try:
        version = in_force(past.case.versions, past.month)
        again = assess(past.case, past.account, past.month, version, made.decided_at, past.facts)
        record = encode(msgspec.structs.replace(again, format=made.format))
    except KeyError:
        return _difference(past, "$", "decided", "no claim was filed")
    except ValueError as error:
        return _difference(past, "$.format", made.format, str(error))
    except Refusal as refusal:
        return _difference(past, "$.outcome", made.outcome, f"refused: {refusal.message}")
    if record == past.record:
        return None
    path, recorded, replayed = first_difference(msgspec.json.decode(past.record), msgspec.json.decode(record))
    return _difference(past, path, recorded, replayed)


def _difference(past: Past, path: str, recorded: Any, replayed: Any) -> Difference:
    return Difference(
        account=past.account,
        month=past.month,
        number=past.made.number,
        position=past.row.position,
        path=path,
        recorded=recorded,
        replayed=replayed,
    )


def first_difference(recorded: Any, replayed: Any, path: str = "$") -> tuple[str, Any, Any]:
    """The path of the first place, in the order of the record, where two JSON values differ, and both values there."""
    if isinstance(recorded, dict) and isinstance(replayed, dict) and list(recorded) == list(replayed):
        for name in recorded:
            if recorded[name] != replayed[name]:
                return first_difference(recorded[name], replayed[name], f"{path}.{name}")
    if isinstance(recorded, list) and isinstance(replayed, list) and len(recorded) == len(replayed):
        for index, (left, right) in enumerate(zip(recorded, replayed, strict=True)):
            if left != right:
                return first_difference(left, right, f"{path}[{index}]")
    return path, recorded, replayed
