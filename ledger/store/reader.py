"""Reading the log inside one transaction: everything seen is of one moment."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Literal

import msgspec

from domain.calendar import COUNTRY
from domain.case import Case, Fact, fold
from domain.decision import Facts
from domain.events import IdReserved, IncidentJoined, IncidentOpened, LedgerCreated
from domain.incident import Incident
from domain.refusals import Damaged
from domain.terms import REFERENCE_AGREEMENT
from ledger.store import layout, leaves
from ledger.store.codec import Row, decode
from ledger.store.session import Session

_COLUMNS = "SELECT position, originator_id, originator_version, topic, state FROM stored_events "


class _Recorded(msgspec.Struct, gc=False):
    """Of a stored state only when it was recorded."""

    recorded_at: int


_RECORDED = msgspec.json.Decoder(_Recorded)


class BatchNote(msgspec.Struct, frozen=True, kw_only=True):
    """How far a batch file came: which of its first `lines` are done, known by the sum of their hashes.

    `refused` are the line numbers that are not; `position` is the log's last then; a run that died is `running`.
    """

    lines_sha256: str
    lines: int
    refused: tuple[int, ...]
    position: int
    state: Literal["running", "stopped", "done"]


class Reader:
    """Questions to the log in one session. `upto` limits what is known to a prefix of the log."""

    def __init__(self, session: Session, upto: int | None = None) -> None:
        self._session = session
        self._upto = 2**62 if upto is None else upto

    def _few(self, condition: str, *values: object) -> list[Row]:
        return [Row._make(row) for row in self._session.query(f"{_COLUMNS}{condition}", *values)]

    def _query(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        return self._session.query(statement, *values)

    def position(self) -> int:
        """The last position of the log as far as it is known; 0 for an empty one."""
        return self._query("SELECT MAX(position) FROM stored_events WHERE position <= ?", self._upto)[0][0] or 0

    def recorded_at(self) -> int:
        """When the last event was recorded as far as the log is known; 0 for an empty one."""
        rows = self._few("WHERE position <= ? ORDER BY position DESC LIMIT 1", self._upto)
        return _recorded_at(rows[0]) if rows else 0

    def position_known_at(self, instant: int) -> int:
        """The last position of the longest prefix in which nothing was recorded after an instant; 0 for an empty one.

        Exact where the clock went backwards in the log too. Raises Damaged `unreadable_event`.
        """
        known = 0
        for row in self.since(0):
            if _recorded_at(row) > instant:
                break
            known = row.position
        return known

    def stream(self, stream: str) -> list[Row]:
        """A stream's events, in order."""
        condition = "WHERE originator_id = ? AND position <= ? ORDER BY originator_version"
        return self._few(condition, stream, self._upto)

    def range(self, prefix: str) -> list[Row]:
        """The events of every stream whose id begins with a prefix that ends in `/`, in log order."""
        condition = "WHERE originator_id >= ? AND originator_id < ? AND position <= ?"
        return sorted(self._few(condition, prefix, layout.after(prefix), self._upto))

    def since(self, position: int) -> Iterator[Row]:
        """The log after a position, in order."""
        condition = "WHERE position > ? AND position <= ? ORDER BY position"
        return map(Row._make, self._session.rows(f"{_COLUMNS}{condition}", position, self._upto))

    def version(self, stream: str) -> int:
        """The version of a stream's last event; 0 where there is none."""
        statement = "SELECT MAX(originator_version) FROM stored_events WHERE originator_id = ? AND position <= ?"
        return self._query(statement, stream, self._upto)[0][0] or 0

    def accounts(self) -> list[str]:
        """Every account that was enrolled, in order."""
        statement = (
            "SELECT originator_id FROM stored_events WHERE topic = 'account.enrolled' AND originator_version = 1 "
            "AND position <= ?"
        )
        return sorted(layout.owner(stream) for (stream,) in self._query(statement, self._upto))

    def claimants(self, month: str) -> list[str]:
        """Every account that filed a claim for a month, in order."""
        statement = (
            "SELECT DISTINCT originator_id FROM stored_events WHERE topic = 'claim.filed' AND originator_id LIKE ? "
            "AND position <= ?"
        )
        return sorted(layout.owner(stream) for (stream,) in self._query(statement, f"%/claim/{month}", self._upto))

    def progress(self) -> list[BatchNote]:
        """How far batch files came."""
        rows = self._query("SELECT lines_sha256, lines, refused, position, state FROM batch_progress")
        return [
            BatchNote(
                lines_sha256=done,
                lines=lines,
                refused=msgspec.json.decode(refused, type=tuple[int, ...]),
                position=position,
                state=state,
            )
            for done, lines, refused, position, state in rows
        ]

    def ledger_id(self) -> str | None:
        """The ledger's id; None before `init` has come to its end."""
        rows = self.stream(layout.LEDGER)
        event = decode(rows[0]).event if rows else None
        return event.ledger if isinstance(event, LedgerCreated) else None

    def reservation(self, kind: str, id_: str) -> IdReserved | None:
        """Who holds an id, and what was said when it was taken."""
        rows = self.stream(layout.reservation(kind, id_))
        event = decode(rows[0]).event if rows else None
        return event if isinstance(event, IdReserved) else None

    def fold_streams(self, *streams: str) -> Case:
        """The case that a few streams alone add up to."""
        return fold(map(decode, sorted(row for stream in streams for row in self.stream(stream))))

    def rules(self) -> Case:
        """The terms and calendars that are recorded."""
        return fold(map(decode, self._rule_rows()))

    def _rule_rows(self) -> list[Row]:
        return [*self.stream(layout.terms(REFERENCE_AGREEMENT)), *self.range(layout.CALENDARS)]

    def case_rows(self, account: str) -> list[Row]:
        """All that concerns an account, in log order: its own range, the rules, and the shared incidents that
        name its region or everybody, or that it joined by name."""
        return concerning(self.rows_ever(account), account)

    def rows_ever(self, account: str) -> list[Row]:
        """All that concerns an account or did while another region was known of it; `concerning` takes its pick."""
        own = self.range(f"{account}/")
        shared = self.range(layout.SHARED_INCIDENTS)
        if shared:
            facts = [decode(row) for row in own if row.topic in _ON_REGIONS]
            regions = {region for fact in facts if (region := getattr(fact.event, "region", None)) is not None}
            shared = _concerned(shared, facts, regions)
        return sorted((*own, *self._rule_rows(), *shared))

    def owners(self) -> Iterator[str]:
        """Every account that any stream belongs to, in order, enrolled or not; one look-up each, none kept."""
        statement = (
            "SELECT originator_id FROM stored_events WHERE originator_id >= ? AND originator_id < '~' "
            "AND position <= ? ORDER BY originator_id LIMIT 1"
        )
        start = ""
        while found := self._query(statement, start, self._upto):
            account = layout.owner(found[0][0])
            yield account
            start = layout.after(f"{account}/")

    def position_before(self, position: int) -> int:
        """The last position before one; 0 for none."""
        return self._query("SELECT MAX(position) FROM stored_events WHERE position < ?", position)[0][0] or 0

    def sample(self, count: int) -> list[str]:
        """The streams of accounts' events at about so many places of the log, at even distances; one look-up each."""
        last = self.position()
        statement = (
            "SELECT originator_id FROM stored_events WHERE position >= ? AND originator_id < '~' "
            "ORDER BY position LIMIT 1"
        )
        found = [self._query(statement, last * place // count + 1) for place in range(count)]
        return [rows[0][0] for rows in found if rows]

    def broken_streams(self) -> list[tuple[str, int]]:
        """Streams whose versions do not run from 1 without a gap, with the position of their last event."""
        return [
            (stream, position)
            for stream, position in self._query(
                "SELECT originator_id, MAX(position) FROM stored_events GROUP BY originator_id "
                "HAVING MIN(originator_version) <> 1 OR COUNT(*) <> MAX(originator_version)"
            )
        ]

    def case(self, account: str) -> Case:
        """The account's case as far as it is known."""
        return fold(map(decode, self.case_rows(account)))

    def facts(self, rows: Iterable[Row], years: Iterable[int]) -> Facts:
        """What a decision on these rows rests on: of the calendars only those of the years that it used."""
        used = {layout.calendar(COUNTRY, year) for year in years}
        known = [row for row in rows if not row.stream.startswith(layout.CALENDARS) or row.stream in used]
        return leaves.facts(self.position(), known)

    def incident(self, id_: str) -> tuple[str, Incident] | None:
        """An incident's stream and state, by its id alone."""
        reserved = self.reservation("incident", id_)
        if reserved is None:
            return None
        stream = layout.incident(reserved.owner, id_)
        return stream, self.fold_streams(stream).incidents[id_]


def _recorded_at(row: Row) -> int:
    try:
        return _RECORDED.decode(row.state).recorded_at
    except msgspec.MsgspecError as error:
        raise Damaged("unreadable_event", f"position {row.position}: {row.stream} cannot be read: {error}") from None


_ON_REGIONS = ("account.enrolled", "account.corrected", "incident.joined")
"""The topics that say which shared incidents concern an account."""


def concerning(rows: Sequence[Row], account: str) -> list[Row]:
    """Of rows in log order those that concern an account, as these rows alone have its region."""
    shared = [row for row in rows if row.stream.startswith(layout.SHARED_INCIDENTS)]
    if not shared:
        return list(rows)
    facts = [decode(row) for row in rows if row.topic in _ON_REGIONS and layout.owner(row.stream) == account]
    holder = fold(fact for fact in facts if fact.topic.startswith("account.")).account
    regions = {holder.region} if holder is not None and holder.region is not None else set()
    kept = {row.stream for row in _concerned(shared, facts, regions)}
    return [row for row in rows if not row.stream.startswith(layout.SHARED_INCIDENTS) or row.stream in kept]


def _concerned(shared: Sequence[Row], own: Iterable[Fact], regions: set[str]) -> list[Row]:
    joined = {fact.event.incident for fact in own if isinstance(fact.event, IncidentJoined)}
    kept = {row.stream for row in shared if row.version == 1 and _concerns(decode(row), joined, regions)}
    return [row for row in shared if row.stream in kept]


def _concerns(fact: Fact, joined: set[str], regions: set[str]) -> bool:
    event = fact.event
    if not isinstance(event, IncidentOpened):
        return False
    return event.scope == "all" or event.incident in joined or not regions.isdisjoint(event.regions)
