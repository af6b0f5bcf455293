"""Reads the log inside one transaction, which is a consistent snapshot."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any, Literal

import msgspec

from domain.case import Case, Fact, fold
from domain.controls import Controls
from domain.events import AccountEnrolled, ClaimPaid, IdReserved, IncidentJoined, LedgerCreated
from domain.incident import Incident
from domain.signing import Signing, signing_of
from domain.terms.versions import Version
from ledger.log import streams as layout
from ledger.log.account_history import CONCERNED_BY, AccountHistory, AccountRows
from ledger.log.codec import Row, decode
from ledger.log.database import LoginBook, Session
from ledger.log.listing import COLUMNS, Listing, row_of
from ledger.log.logins import Logins
from ledger.log.recorded import recorded_at, recorded_by
from ledger.log.shared_history import SharedHistory
from ledger.memory import gc_paused

_BEFORE = (
    ", CASE WHEN topic = 'claim.decided' THEN (SELECT MAX(earlier.position) FROM stored_events earlier "
    "WHERE earlier.position < stored.position) END"
)
"""A sixth column for `_own`: the log's last position before a decision, where positions may have gaps."""
_STORED = itemgetter(slice(5))
"""The five columns of a `Row`."""


def _owner(row: tuple[Any, ...]) -> str:
    """The account of a row, as `layout.owner` gives it."""
    stream: str = row[1]
    return stream.partition("/")[0]


_OPENED, _CLOSED = "('incident.opened', 'incident.opened_within')", "('incident.closed', 'incident.closed_within')"
_OPEN_INCIDENTS = (
    "SELECT originator_id FROM stored_events WHERE position <= ? AND (topic IN ('incident.reopened', "
    f"'incident.withdrawn', 'incident.restored') OR topic IN {_OPENED} OR topic IN {_CLOSED}) "
    "GROUP BY originator_id HAVING "
    f"SUM(CASE WHEN topic IN {_CLOSED} THEN 1 WHEN topic = 'incident.reopened' THEN -1 ELSE 0 END) = 0 "
    "AND SUM(CASE topic WHEN 'incident.withdrawn' THEN 1 WHEN 'incident.restored' THEN -1 ELSE 0 END) = 0 "
    "ORDER BY originator_id"
)
"""An incident is closed once more than it is reopened, and withdrawn once more than it is restored."""


class BatchNote(msgspec.Struct, frozen=True, kw_only=True):
    """The progress of a batch file: which of its first `lines` are done, identified by the sum of their hashes.

    `refused` are the numbers of lines not done; `position` was then the log's last; a run that died is `running`.
    """

    lines_sha256: str
    lines: int
    refused: tuple[int, ...]
    position: int
    state: Literal["running", "stopped", "done"]


class Reader(Listing):
    """Queries of the log in one session. `upto` limits them to a prefix of the log; `book` tells who recorded it."""

    def __init__(self, session: Session, upto: int | None = None, book: LoginBook | None = None) -> None:
        super().__init__(session, upto)
        self._book = book
        self._common: SharedHistory | None = None

    def position(self) -> int:
        """The last position of the known log; 0 for an empty one."""
        return self._query("SELECT MAX(position) FROM stored_events WHERE position <= ?", self._upto)[0][0] or 0

    def recorded_at(self) -> int:
        """When the last event of the known log was recorded; 0 for an empty one."""
        rows = self._few("WHERE position <= ? ORDER BY position DESC LIMIT 1", self._upto)
        return recorded_at(rows[0]) if rows else 0

    def position_known_at(self, instant: int) -> int:
        """The last position of the longest prefix in which nothing was recorded after an instant; 0 for an empty one.

        It is exact even where the clock went backwards in the log. Raises Damaged `unreadable_event`.
        """
        known = 0
        for row in self.since(0):
            if recorded_at(row) > instant:
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

    def accounts_rows(self, first: str, end: str) -> Iterator[AccountRows]:
        """Every account with streams from `first` up to `end`, enrolled or not, with its own events, in one query.

        The order is that of the streams' ids; memory does not grow with the number of accounts.
        """
        return self._own(first, end, "" if self.has_no_gaps() else _BEFORE)

    def account_own(self, account: str) -> AccountRows:
        """One account with its own events."""
        return next(self._own(*layout.range_of(account), _BEFORE), AccountRows(account, [], {}))

    def _own(self, first: str, end: str, look_up: str) -> Iterator[AccountRows]:
        statement = (
            f"SELECT position, originator_id, originator_version, topic, state{look_up} FROM stored_events stored "
            "WHERE originator_id >= ? AND originator_id < ? AND position <= ? "
            "ORDER BY originator_id, originator_version"
        )
        found = self._session.rows(statement, first, end, self._upto)
        with gc_paused():
            for account, own in groupby(found, _owner):
                rows = sorted(own)
                decided = [row for row in rows if row[3] == "claim.decided"]
                if look_up:
                    before = {row[0]: row[5] or 0 for row in decided}
                    rows = list(map(_STORED, rows))
                else:
                    before = {row[0]: row[0] - 1 for row in decided}
                yield AccountRows(account, list(map(row_of, rows)), before)

    def has_no_gaps(self) -> bool:
        """Whether positions run from 1 without a gap, so that the previous position needs no look-up."""
        statement = "SELECT (SELECT COUNT(*) FROM stored_events), (SELECT MIN(position) FROM stored_events), "
        count, first, last = self._query(f"{statement}(SELECT MAX(position) FROM stored_events)")[0]
        return bool(first == 1 and last == count)

    def account_histories(self, first: str, end: str) -> Iterator[AccountHistory]:
        """The same accounts, each with all its own events applied. Raises Damaged as `AccountHistory.take_in` does."""
        common = self.common()
        for own in self.accounts_rows(first, end):
            life = AccountHistory(own.account, common)
            life.take_in(list(map(decode, own.rows)))
            yield life

    def common(self) -> SharedHistory:
        """The rules and shared incidents, which accounts have in common; read once, and not to be changed."""
        if self._common is None:
            self._common = self._read_common()
        return self._common

    def _read_common(self) -> SharedHistory:
        return SharedHistory([*self._rule_rows(), *self.range(layout.SHARED_INCIDENTS)])

    def since(self, position: int) -> Iterator[Row]:
        """The log after a position, in order."""
        return self.between(position, self._upto)

    def version(self, stream: str) -> int:
        """The version of a stream's last event; 0 where there is none."""
        statement = "SELECT MAX(originator_version) FROM stored_events WHERE originator_id = ? AND position <= ?"
        return self._query(statement, stream, self._upto)[0][0] or 0

    def accounts(self) -> list[str]:
        """Every account that was enrolled, in order."""
        return sorted(layout.owner(stream) for (stream,) in self._enrolled("originator_id"))

    def count_accounts(self) -> int:
        """How many accounts were enrolled."""
        count: int = self._enrolled("COUNT(*)")[0][0]
        return count

    def enrolled_before(self, instant: int) -> bool:
        """Whether an account was enrolled before an instant, as it was first recorded."""
        statement, *values = self._enrolments("position, originator_id, originator_version, topic, state")
        events = (decode(row_of(row)).event for row in self._session.rows(statement, *values))
        return any(isinstance(event, AccountEnrolled) and event.enrolled_at < instant for event in events)

    def _enrolled(self, what: str) -> list[tuple[Any, ...]]:
        """Columns or aggregates over the enrolment events of all accounts."""
        statement, *values = self._enrolments(what)
        return self._query(statement, *values)

    def _enrolments(self, what: str) -> tuple[str, str, str, int]:
        statement = (
            f"SELECT {what} FROM stored_events WHERE originator_id < ? AND originator_id LIKE ? "
            "AND originator_version = 1 AND position <= ?"
        )
        return statement, layout.SHARED, layout.account("%"), self._upto

    def claimants(self, month: str) -> list[str]:
        """Every account that filed a claim for a month, in order."""
        return self._with_claim(month, "claim.filed")

    def decided(self, month: str) -> list[str]:
        """Every account whose claim for a month was decided, in order."""
        return self._with_claim(month, "claim.decided")

    def _with_claim(self, month: str, topic: str) -> list[str]:
        statement = (
            "SELECT DISTINCT originator_id FROM stored_events WHERE topic = ? AND originator_id LIKE ? "
            "AND position <= ?"
        )
        found = self._query(statement, topic, f"%/claim/{month}", self._upto)
        return sorted(layout.owner(stream) for (stream,) in found)

    def open_incident_streams(self) -> list[str]:
        """The streams of incidents that have no end and were not withdrawn, in order."""
        return [stream for (stream,) in self._query(_OPEN_INCIDENTS, self._upto)]

    def progress(self) -> list[BatchNote]:
        """The progress of batch files."""
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
        """The ledger's id; None before `init` has finished."""
        rows = self.stream(layout.LEDGER)
        event = decode(rows[0]).event if rows else None
        return event.ledger if isinstance(event, LedgerCreated) else None

    def recording_rules(self) -> int:
        """The number of the rules by which this log is recorded; see `domain/recording_rules.py`."""
        return self.fold_streams(layout.LEDGER).rules

    def reservation(self, kind: str, id_: str) -> IdReserved | None:
        """The event that reserved an id; None where the id is free."""
        rows = self.stream(layout.reservation(kind, id_))
        event = decode(rows[0]).event if rows else None
        return event if isinstance(event, IdReserved) else None

    def fold_streams(self, *streams: str) -> Case:
        """The case folded from a few streams alone."""
        return fold(map(decode, sorted(row for stream in streams for row in self.stream(stream))))

    def claim_case(self, account: str, month: str) -> Case:
        """The case folded from an account's own events, its claim for a month, and that claim's vouchers."""
        claim = layout.claim(account, month)
        paid = (decode(row).event for row in self.stream(claim) if row.topic == "claim.paid")
        vouchers = (layout.voucher(account, event.voucher) for event in paid if isinstance(event, ClaimPaid))
        return self.fold_streams(layout.account(account), claim, *vouchers)

    def versions(self) -> tuple[Version, ...]:
        """The terms that are recorded, earliest first."""
        return fold(map(decode, self.range(layout.TERMS))).versions

    def controls(self) -> Controls:
        """The controls that hold."""
        return self.fold_streams(layout.CONTROLS).controls or Controls()

    def signing(self) -> Signing:
        """The registered keys, the stewards, and whether events must be signed."""
        return signing_of(map(decode, sorted((*self.range(layout.ACTORS), *self.stream(layout.CONTROLS)))))

    def logins(self) -> Logins:
        """Who is connected, and which names are one person's."""
        return Logins() if self._book is None else self._book.logins(self._session)

    def recorded_through(self, positions: Sequence[int]) -> dict[int, str]:
        """The login that recorded an event under another name, by position, as far as the store knows."""
        return {} if self._book is None else self._book.recorded_through(self._session, positions)

    def last_actors(self, most: int) -> Iterator[str]:
        """The actors of at most `most` events, newest first. Raises Damaged `unreadable_event`."""
        condition = "WHERE position <= ? ORDER BY position DESC LIMIT ?"
        return (recorded_by(row_of(row)) for row in self._session.rows(f"{COLUMNS}{condition}", self._upto, most))

    def rules(self) -> Case:
        """The terms and calendars that are recorded."""
        return fold(map(decode, self._rule_rows()))

    def _rule_rows(self) -> list[Row]:
        return [*self.range(layout.TERMS), *self.range(layout.CALENDARS)]

    def case_rows(self, account: str) -> list[Row]:
        """All events that concern an account, in log order: its own range, the rules, and the shared incidents of
        its region, of all accounts, or that name it."""
        own = self.range(f"{account}/")
        facts = [decode(row) for row in own if row.topic in CONCERNED_BY]
        holder = fold(fact for fact in facts if fact.topic.startswith("account.")).account
        return self._among(own, facts, set() if holder is None else holder.regions)

    def rows_ever(self, account: str) -> list[Row]:
        """All events that concern an account, or did while it had another known region, in log order."""
        own = self.range(f"{account}/")
        facts = [decode(row) for row in own if row.topic in CONCERNED_BY]
        return self._among(own, facts, {region for fact in facts if (region := getattr(fact.event, "region", None))})

    def with_keys(self, rows: Sequence[Row]) -> list[Row]:
        """Some rows with the keys' streams of those who signed them, and of those who signed these, in log order."""
        keys: dict[str, list[Row]] = {}
        waiting = rows
        while waiting:
            signers = {fact.actor for fact in map(decode, waiting) if fact.public_key is not None}
            found = {actor: self.stream(layout.actor(actor)) for actor in signers - keys.keys()}
            keys |= found
            waiting = [row for of_actor in found.values() for row in of_actor]
        return sorted((*rows, *(row for of_actor in keys.values() for row in of_actor)))

    def _among(self, own: Sequence[Row], facts: Sequence[Fact], regions: set[str]) -> list[Row]:
        """An account's own rows with the rules and the shared incidents of regions, of all, or that name it."""
        joined = {fact.event.incident for fact in facts if isinstance(fact.event, IncidentJoined)}
        common = self.common()
        shared = (row for incident in common.incidents(regions, joined) for row in incident.rows)
        return sorted((*own, *common.rules.rows, *shared))

    def published(self) -> list[Row]:
        """The events of the terms, calendars, controls, actors' keys, and of the ledger itself, in log order."""
        held = (*self.stream(layout.CONTROLS), *self.stream(layout.LEDGER))
        return sorted((*self._rule_rows(), *self.range(layout.ACTORS), *held))

    def last_of_command(self, position: int) -> int:
        """The last position up to one; an event that begins newer rules follows its command and does not count."""
        condition = "WHERE position <= ? AND topic <> 'ledger.upgraded' ORDER BY position DESC LIMIT 1"
        rows = self._few(condition, position)
        return rows[0].position if rows else 0

    def sample(self, count: int) -> list[str]:
        """Account streams sampled at `count` even distances along the log, with one look-up each."""
        last = self.position()
        statement = (
            "SELECT originator_id FROM stored_events WHERE position >= ? AND originator_id < '~' "
            "ORDER BY position LIMIT 1"
        )
        found = [self._query(statement, last * place // count + 1) for place in range(count)]
        return [rows[0][0] for rows in found if rows]

    def case(self, account: str) -> Case:
        """The account's case in the known log."""
        return fold(map(decode, self.case_rows(account)))

    def incident(self, id_: str) -> tuple[str, Incident] | None:
        """An incident's stream and state, by its id alone."""
        reserved = self.reservation("incident", id_)
        if reserved is None:
            return None
        stream = layout.incident(reserved.owner, id_)
        return stream, self.fold_streams(stream).incidents[id_]
