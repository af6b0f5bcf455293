"""Which events a claim's dossier has, and which of the account's events stay at home; see `docs/dossier.md`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import msgspec

from domain.calendar import COUNTRY
from domain.case import Case, Fact
from domain.events import VoucherIssued, VoucherRedeemed
from domain.incident import Incident
from domain.keys import decoded, encoded
from domain.rules.outages import joined
from domain.text import said
from domain.time import month_span
from ledger.audit.replay import RecordedDecision, past_decisions
from ledger.log import streams
from ledger.log.account_history import AccountRows
from ledger.log.codec import Row, decode
from ledger.log.leaves import Leaf, leaf
from ledger.log.shared_history import SharedHistory
from ledger.queries.case_history import concerned

HASH_BYTES = 32
"""The length of a leaf's hash, SHA-256."""


class AbsentEvent(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An event that a dossier leaves out: its position in the log, and its leaf's hash, as base64 of 32 bytes."""

    position: int
    leaf: str

    @classmethod
    def of(cls, left_out: Leaf) -> AbsentEvent:
        """The event of a leaf."""
        position, hashed = left_out
        return cls(position=position, leaf=encoded(hashed))

    @property
    def known(self) -> Leaf:
        """The leaf that it says; without a hash where that is none."""
        return self.position, decoded(self.leaf) or b""


class Selection(NamedTuple):
    """A dossier's events, and the leaves of those that decisions knew and that stay at home; both in log order."""

    rows: list[Row]
    left_out: list[Leaf]


class _Known(NamedTuple):
    """What one of the claim's decisions knew: the log's position, incidents by id, and the years of its calendars.

    `of_month` are the incidents that belong to an unbroken outage of the claim's month.
    """

    position: int
    incidents: frozenset[str]
    of_month: frozenset[str]
    years: tuple[int, ...]


def select(rows: Sequence[Row], account: str, month: str) -> Selection:
    """Select a dossier's events from all that ever concerned the account, in log order; keys are not among them.

    What stays at home are whole streams of other months: incidents, bills, claims and vouchers by which nothing in the
    dossier is checked. Raises Damaged where an event or a decision cannot be read.
    """
    own = [row for row in rows if streams.owner(row.stream) == account]
    shared = [row for row in rows if row.stream.startswith(streams.SHARED_INCIDENTS)]
    rules = [row for row in rows if row.stream.startswith((streams.TERMS, streams.CALENDARS))]
    past = past_decisions(AccountRows(account, own, {}), SharedHistory([*rules, *shared]), month)
    decisions = [_known(each, month) for each in past]
    years = {streams.calendar(COUNTRY, year) for known in decisions for year in known.years}
    steady, wavering = _counted(shared, decisions)
    facts = [decode(row) for row in sorted([*own, *rules, *shared])]
    needed = years | wavering | _of_month(facts, account, month, decisions)
    kept = [row for row in rows if row.stream in needed or _is_everybodys(row.stream)]
    last = max((known.position for known in decisions), default=0)
    away = (row for row in (*own, *shared) if row.stream not in needed and row.position <= last)
    left_out = (leaf(row) for row in away if streams.owner(row.stream) == account or row.stream in steady)
    return Selection(kept, sorted(left_out))


def _is_everybodys(stream: str) -> bool:
    """Whether a stream is of all accounts alike: the ledger's own, its controls and its terms."""
    return stream in (streams.LEDGER, streams.CONTROLS) or stream.startswith(streams.TERMS)


def _known(past: RecordedDecision, month: str) -> _Known:
    return _Known(
        position=past.basis.facts.position,
        incidents=frozenset(past.case.incidents),
        of_month=frozenset(_outages_of(past.case, month, past.basis.decided_at)),
        years=past.basis.calendar.years,
    )


def _outages_of(case: Case, month: str, at: int) -> Iterator[str]:
    """The incidents of outages that reach into a month, on any clock of the terms; open ones last up to `at`.

    Incidents that overlap or touch are one outage (clause 1). Where the account was, and which of them count, is left
    aside: what a version of the terms makes of them is a part of these.
    """
    spans = [month_span(month, version.terms.zone) for version in case.versions]
    start, end = min((first for first, _ in spans), default=0), max((last for _, last in spans), default=0)
    pieces = [piece for each in case.incidents.values() if (piece := _piece(each, at)) is not None]
    for begins, ends, members in joined(pieces):
        if begins < end and ends > start:
            yield from (incident.incident for _, _, incident in members)


def _piece(incident: Incident, at: int) -> tuple[int, int, Incident] | None:
    """An incident as a span; None where it was withdrawn or has no length."""
    end = at if incident.ended_at is None else incident.ended_at
    return (incident.started_at, end, incident) if incident.withdrawn is None and incident.started_at < end else None


def _counted(shared: Sequence[Row], decisions: Sequence[_Known]) -> tuple[set[str], set[str]]:
    """The streams of shared incidents that are facts of all decisions made since they began, and those of some only.

    The regions in which the account was known to be are others then. Only an event that is there shows which decisions
    knew it.
    """
    steady, wavering = set[str](), set[str]()
    for row in (each for each in shared if each.version == 1):
        name = row.stream.removeprefix(streams.SHARED_INCIDENTS)
        counts = {name in known.incidents for known in decisions if row.position <= known.position}
        if True in counts:
            (wavering if False in counts else steady).add(row.stream)
    return steady, wavering


def _of_month(facts: Sequence[Fact], account: str, month: str, decisions: Sequence[_Known]) -> set[str]:
    """The streams of the account, of the month's claim, incidents, bills and vouchers, and of all that money connects
    with these."""
    concern = {fact.stream for fact in concerned(facts, month).facts if not fact.stream.startswith(streams.CALENDARS)}
    incidents = {stream for known in decisions for name in known.of_month for stream in _streams_of(account, name)}
    first = {streams.account(account), streams.claim(account, month), *concern, *incidents}
    return _connected(first, _acts(facts, account))


def _streams_of(account: str, incident: str) -> tuple[str, str]:
    """Where an incident may stand: in the account's own range, and among the shared ones."""
    return streams.incident(account, incident), streams.incident(streams.SHARED, incident)


def _acts(facts: Iterable[Fact], account: str) -> Iterator[tuple[str, str]]:
    """The pairs of streams to which one act belongs: a voucher and its claim, a voucher and a bill that it paid."""
    for fact in facts:
        match fact.event:
            case VoucherIssued():
                yield fact.stream, streams.claim(account, fact.event.month)
            case VoucherRedeemed():
                yield fact.stream, streams.bill(account, fact.event.bill)


def _connected(first: set[str], pairs: Iterable[tuple[str, str]]) -> set[str]:
    """Some streams, and all that pairs connect with them, over however many others."""
    beside: dict[str, set[str]] = {}
    for one, other in pairs:
        beside.setdefault(one, set()).add(other)
        beside.setdefault(other, set()).add(one)
    found, waiting = set(first), list(first)
    while waiting:
        new = beside.get(waiting.pop(), set()) - found
        found |= new
        waiting += new
    return found


def wrong_left_out(absent: Sequence[AbsentEvent], there: Iterable[int], last: int) -> Iterator[str]:
    """What is wrong with the events that were left out, apart from what the decisions say of their hashes.

    `there` are the positions of the dossier's own events, and `last` is the latest that one of its decisions knew.
    """
    taken, before = set(there), 0
    for each in absent:
        position, hashed = each.known
        if position <= before:
            yield said("position {position}: it does not come after the event before it", position=position)
        if position in taken:
            yield said("position {position}: the event is here, and is listed as left out too", position=position)
        if position > last:
            yield said("position {position}: an event is listed as left out that no decision knew", position=position)
        if len(hashed) != HASH_BYTES:
            yield said("position {position}: the hash of what is left out is not of 32 bytes", position=position)
        before = position
