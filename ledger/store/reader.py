"""Reading the log inside one transaction: everything seen is of one moment."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from domain.calendar import COUNTRY
from domain.case import Case, Fact, fold
from domain.decision import Facts
from domain.events import IdReserved, IncidentJoined, IncidentOpened
from domain.incident import Incident
from domain.terms import REFERENCE_AGREEMENT
from ledger.store import layout, leaves
from ledger.store.codec import Row, decode

_COLUMNS = "SELECT position, originator_id, originator_version, topic, state FROM stored_events "
_PAGE = 5000


class BatchNote(msgspec.Struct, frozen=True, kw_only=True):
    """How far a batch file came: which of its first `lines` are done, known by the sum of their hashes.

    `refused` are the line numbers that are not; `position` is the log's last then; `finished`, that all is done.
    """

    lines_sha256: str
    lines: int
    refused: tuple[int, ...]
    position: int
    finished: bool


class Reader:
    """Questions to the log over one connection. `upto` limits what is known to a prefix of the log."""

    def __init__(self, connection: sqlite3.Connection, upto: int | None = None) -> None:
        self._connection = connection
        self._upto = 2**62 if upto is None else upto

    def _rows(self, condition: str, *values: object) -> Iterator[Row]:
        cursor = self._connection.cursor()
        cursor.row_factory = None
        cursor.execute(f"{_COLUMNS}{condition}", values)
        while page := cursor.fetchmany(_PAGE):
            yield from map(Row._make, page)

    def _query(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        cursor = self._connection.cursor()
        cursor.row_factory = None
        return cursor.execute(statement, values).fetchall()

    def position(self) -> int:
        """The last position of the log as far as it is known; 0 for an empty one."""
        return self._query("SELECT MAX(position) FROM stored_events WHERE position <= ?", self._upto)[0][0] or 0

    def stream(self, stream: str) -> list[Row]:
        """A stream's events, in order."""
        condition = "WHERE originator_id = ? AND position <= ? ORDER BY originator_version"
        return list(self._rows(condition, stream, self._upto))

    def range(self, prefix: str) -> list[Row]:
        """The events of every stream whose id begins with a prefix that ends in `/`, in log order."""
        condition = "WHERE originator_id >= ? AND originator_id < ? AND position <= ?"
        return sorted(self._rows(condition, prefix, layout.after(prefix), self._upto))

    def since(self, position: int) -> Iterator[Row]:
        """The log after a position, in order."""
        return self._rows("WHERE position > ? AND position <= ? ORDER BY position", position, self._upto)

    def version(self, stream: str) -> int:
        """The version of a stream's last event; 0 where there is none."""
        statement = "SELECT MAX(originator_version) FROM stored_events WHERE originator_id = ?"
        return self._query(statement, stream)[0][0] or 0

    def accounts(self) -> list[str]:
        """Every account that was enrolled, in order."""
        condition = "WHERE topic = 'account.enrolled' AND originator_version = 1 AND position <= ?"
        return sorted(layout.owner(row.stream) for row in self._rows(condition, self._upto))

    def claimants(self, month: str) -> list[str]:
        """Every account that filed a claim for a month, in order."""
        statement = (
            "SELECT DISTINCT originator_id FROM stored_events WHERE topic = 'claim.filed' AND originator_id LIKE ?"
        )
        return sorted(layout.owner(stream) for (stream,) in self._query(statement, f"%/claim/{month}"))

    def progress(self) -> list[BatchNote]:
        """How far batch files came."""
        rows = self._query("SELECT lines_sha256, lines, refused, position, finished FROM batch_progress")
        return [
            BatchNote(
                lines_sha256=done,
                lines=lines,
                refused=msgspec.json.decode(refused, type=tuple[int, ...]),
                position=position,
                finished=bool(finished),
            )
            for done, lines, refused, position, finished in rows
        ]

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
        own = self.range(f"{account}/")
        shared = self._shared_rows([decode(row) for row in own])
        return sorted((*own, *self._rule_rows(), *shared))

    def _shared_rows(self, own: list[Fact]) -> list[Row]:
        rows = self.range(layout.SHARED_INCIDENTS)
        if not rows:
            return []
        holder = fold(fact for fact in own if fact.topic.startswith("account.")).account
        region = holder.region if holder else None
        joined = {fact.event.incident for fact in own if isinstance(fact.event, IncidentJoined)}
        concerned = {row.stream for row in rows if row.version == 1 and _concerns(decode(row), joined, region)}
        return [row for row in rows if row.stream in concerned]

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


def _concerns(fact: Fact, joined: set[str], region: str | None) -> bool:
    event = fact.event
    if not isinstance(event, IncidentOpened):
        return False
    return event.scope == "all" or event.incident in joined or (region is not None and region in event.regions)
