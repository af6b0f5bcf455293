"""Replay: makes every recorded decision again, from the events that it knew, with today's assessment."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, TypeVar

import msgspec

from domain.assessment import assess
from domain.case import Case, Fact
from domain.decision import Decision, Facts
from domain.decision_record import Basis, encode
from domain.decision_record import basis as basis_of
from domain.decision_record import decode as decode_record
from domain.events import ClaimDecided
from domain.refusals import Refusal
from domain.terms.versions import in_force
from domain.text import said, words_of
from ledger.log import leaves
from ledger.log.account_history import AccountHistory, AccountRows
from ledger.log.codec import Row, decode
from ledger.log.leaves import Leaf, leaf
from ledger.log.reader import Reader
from ledger.log.shared_history import SharedHistory
from ledger.refusals.audit.evidence import UnreadableDecision

_Read = TypeVar("_Read")
_DECIDED = "claim.decided"


class RecordedDecision(msgspec.Struct, frozen=True, kw_only=True):
    """A recorded decision with the case as it was known when it was made.

    Account, month and facts are taken from its place in the log, not from the record.
    """

    account: str
    month: str
    row: Row
    record: bytes
    basis: Basis
    case: Case
    facts: Facts

    @property
    def made(self) -> Decision:
        """The whole decision. Raises Damaged `unreadable_decision`."""
        return _read(decode_record, self.row, self.record)


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """A decision that replays differently: the path of the first differing field, and both values."""

    account: str
    month: str
    number: int
    position: int
    path: str
    recorded: Any
    replayed: Any


def past_decisions(
    own: AccountRows,
    common: SharedHistory,
    month: str | None = None,
    after: int = 0,
    left_out: Sequence[Leaf] = (),
) -> Iterator[RecordedDecision]:
    """An account's decisions in order, each with the case that it knew; where given, of a month or behind a position.

    A decision knew the log up to the last position before it. Where that is unknown, as in a dossier, the position in
    the record is taken. `left_out` are the leaves of facts that are not given, as those that a dossier leaves out. Each
    case is valid until the next is asked for. Raises Damaged where an event or a record cannot be read, even after the
    last decision.
    """
    life, known = AccountHistory(own.account, common), 0
    facts: list[Fact] = []
    hashed: list[Leaf] = []
    positions = [row.position for row in own.rows]
    for index, row in enumerate(own.rows):
        facts.append(decode(row))
        if row.topic != _DECIDED or row.position <= after:
            continue
        of_month = decided_month(row)
        if of_month is None or month not in (None, of_month):
            continue
        position = own.before.get(row.position)
        if position is None:
            position = _basis(row, _record(facts[index])).facts.position
        count = min(index, bisect_right(positions, position))
        if count < known:
            life, known = AccountHistory(own.account, common), 0
        life.take_in(facts[known:count])
        known = count
        hashed += map(leaf, own.rows[len(hashed) : count])
        absent = [each for each in left_out if each[0] <= position]
        yield past_decision(life, row, facts[index], position, [*hashed[:count], *absent])


def past_decision(
    life: AccountHistory, row: Row, fact: Fact, position: int, own_leaves: Sequence[Leaf]
) -> RecordedDecision:
    """A decision with the case that it knew at a position: that of the events in `life`, of which the leaves are given.

    It is valid until the next event is applied. Raises Damaged where the record cannot be read.
    """
    record = _record(fact)
    basis = _basis(row, record)
    rests_on = [*own_leaves, *life.common_leaves(position, basis.calendar.years)]
    return RecordedDecision(
        account=life.account,
        month=decided_month(row) or "",
        row=row,
        record=record,
        basis=basis,
        case=life.case(position),
        facts=leaves.facts(position, rests_on),
    )


def decided_month(row: Row) -> str | None:
    """The month whose claim an event decides; None for any other event."""
    if row.topic != _DECIDED:
        return None
    _, kind, month = (*row.stream.split("/", 2), "", "")[:3]
    return month if kind == "claim" else None


def _record(fact: Fact) -> bytes:
    return bytes(fact.event.decision) if isinstance(fact.event, ClaimDecided) else b""


def _basis(row: Row, record: bytes) -> Basis:
    return _read(basis_of, row, record)


def _read(decoder: Callable[[bytes], _Read], row: Row, record: bytes) -> _Read:
    try:
        return decoder(record)
    except msgspec.MsgspecError as error:
        raise UnreadableDecision(position=row.position, error=words_of(error)) from None


def replay(past: RecordedDecision) -> Difference | None:
    """Decide again and compare the whole record, byte for byte; None where it is the same.

    Raises Damaged `unreadable_decision`, which can happen only where the records differ.
    """
    basis = past.basis
    try:
        version = in_force(past.case.versions, past.month)
        again = assess(past.case, past.account, past.month, version, basis.decided_at, past.facts, written=basis.format)
        record = encode(again)
    except KeyError:
        return _difference(past, "$", "decided", said("no claim was filed"))
    except ValueError as error:
        return _difference(past, "$.format", basis.format, str(error))
    except Refusal as refusal:
        return _difference(past, "$.outcome", past.made.outcome, said("refused: {message}", message=refusal.message))
    if record == past.record:
        return None
    path, recorded, replayed = first_difference(msgspec.json.decode(past.record), msgspec.json.decode(record))
    return _difference(past, path, recorded, replayed)


class Replayed(msgspec.Struct, frozen=True, kw_only=True):
    """The result of a replay: the numbers of decisions and of accounts' events, and the differences."""

    decisions: int = 0
    events: int = 0
    different: tuple[Difference, ...] = ()


def replay_range(log: Reader, first: str, end: str, *, month: str | None = None) -> Replayed:
    """Replay all decisions of the accounts with streams from `first` up to `end`, in order.

    Memory does not grow with the log. Raises Damaged as `past_decisions` does.
    """
    decisions = events = 0
    different: list[Difference] = []
    common = log.common()
    for own in log.accounts_rows(first, end):
        for past in past_decisions(own, common, month):
            decisions += 1
            difference = replay(past)
            different += [difference] if difference else []
        events += len(own.rows)
    return Replayed(decisions=decisions, events=events, different=tuple(different))


def together(parts: Iterable[Replayed]) -> Replayed:
    """Combine the results of several ranges, in order."""
    parts = tuple(parts)
    return Replayed(
        decisions=sum(part.decisions for part in parts),
        events=sum(part.events for part in parts),
        different=tuple(each for part in parts for each in part.different),
    )


def _difference(past: RecordedDecision, path: str, recorded: Any, replayed: Any) -> Difference:
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
