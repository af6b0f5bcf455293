"""Rows of the log in one session, in pages: streams whose ids match a pattern, and the log in either order."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from itertools import groupby
from operator import attrgetter
from typing import Any

from domain.events import AccountNamed
from ledger.log import streams as layout
from ledger.log.codec import Row, decode
from ledger.log.database import Session

COLUMNS = "SELECT position, originator_id, originator_version, topic, state FROM stored_events "
row_of: Callable[[tuple[Any, ...]], Row] = partial(tuple.__new__, Row)
"""`Row._make` without its length check, which a query's columns do not need."""


class Listing:
    """Pages of the log in one session. `upto` limits them to a prefix of the log."""

    def __init__(self, session: Session, upto: int | None = None) -> None:
        self._session = session
        self._upto = 2**62 if upto is None else upto

    def _few(self, condition: str, *values: object) -> list[Row]:
        return [row_of(row) for row in self._session.query(f"{COLUMNS}{condition}", *values)]

    def _query(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        return self._session.query(statement, *values)

    def each_stream(self, pattern: str, first: str, end: str, topic: str | None = None) -> Iterator[list[Row]]:
        """The streams from `first` up to `end` whose ids match a LIKE pattern, each with its events, by their ids.

        With `topic`, only the events of that topic, and the streams that have one.
        """
        condition = (
            "WHERE originator_id >= ? AND originator_id < ? AND originator_id LIKE ? AND position <= ? "
            f"{'' if topic is None else 'AND topic = ? '}ORDER BY originator_id, originator_version"
        )
        of_topic = () if topic is None else (topic,)
        found = self._session.rows(f"{COLUMNS}{condition}", first, end, pattern, self._upto, *of_topic)
        return (list(rows) for _, rows in groupby(map(row_of, found), attrgetter("stream")))

    def stream_ids(self, pattern: str, first: str, end: str) -> list[str]:
        """The ids of the streams from `first` up to `end` that match a LIKE pattern, in order."""
        statement = (
            "SELECT DISTINCT originator_id FROM stored_events WHERE originator_id >= ? AND originator_id < ? "
            "AND originator_id LIKE ? AND position <= ? ORDER BY originator_id"
        )
        return [stream for (stream,) in self._query(statement, first, end, pattern, self._upto)]

    def account_names(self) -> dict[str, str]:
        """The names of the accounts that have one."""
        found = self.each_stream(layout.account("%"), *layout.ACCOUNTS, "account.named")
        named = ((rows[-1].stream, decode(rows[-1]).event) for rows in found)
        return {layout.owner(stream): event.name for stream, event in named if isinstance(event, AccountNamed)}

    def count_since(self, position: int) -> int:
        """How many events of the known log follow a position."""
        statement = "SELECT COUNT(*) FROM stored_events WHERE position > ? AND position <= ?"
        count: int = self._query(statement, position, self._upto)[0][0]
        return count

    def between(
        self, position: int, last: int, topic: str | None = None, *, newest_first: bool = False
    ) -> Iterator[Row]:
        """The log after a position up to a last one, in either order; with `topic`, only events of it or below it."""
        condition, values = "WHERE position > ? AND position <= ? ", [position, min(last, self._upto)]
        chosen = () if topic is None else (topic, f"{topic}.%")
        if chosen:
            condition += "AND (topic = ? OR topic LIKE ?) "
        order = "DESC" if newest_first else "ASC"
        found = self._session.rows(f"{COLUMNS}{condition}ORDER BY position {order}", *values, *chosen)
        return map(row_of, found)

    def accounts_named(self, prefix: str, most: int) -> list[str]:
        """At most `most` accounts whose ids begin with a prefix, in order, with one look-up each."""
        statement = "SELECT MIN(originator_id) FROM stored_events WHERE originator_id >= ? AND originator_id < ?"
        found: list[str] = []
        first, end = prefix, prefix + layout.SHARED
        while len(found) < most and (stream := self._query(statement, first, end)[0][0]) is not None:
            found.append(layout.owner(stream))
            first = layout.after(f"{found[-1]}/")
        return sorted(found)

    def reserved_ids(self, kind: str, prefix: str, most: int) -> list[str]:
        """At most `most` taken ids of a kind that begin with a prefix, in order."""
        first = layout.reservation(kind, prefix)
        statement = (
            "SELECT DISTINCT originator_id FROM stored_events WHERE originator_id >= ? AND originator_id < ? "
            "ORDER BY originator_id LIMIT ?"
        )
        rows = self._query(statement, first, first + layout.SHARED, most)
        return [stream.removeprefix(layout.reservation(kind, "")) for (stream,) in rows]

    def cancelled_vouchers(self) -> list[str]:
        """The streams of vouchers of which something was cancelled, in order."""
        statement = (
            "SELECT DISTINCT originator_id FROM stored_events WHERE topic = 'voucher.cancelled' AND position <= ? "
            "ORDER BY originator_id"
        )
        return [stream for (stream,) in self._query(statement, self._upto)]

    def row_at(self, position: int) -> Row | None:
        """The event at a position."""
        rows = self._few("WHERE position = ?", position)
        return rows[0] if rows else None

    def event(self, stream: str, version: int) -> Row | None:
        """The event of a stream at a version."""
        rows = self._few("WHERE originator_id = ? AND originator_version = ?", stream, version)
        return rows[0] if rows else None

    def beyond(self, position: int) -> list[int]:
        """The positions behind one, whatever this reader's own last one is."""
        return [row[0] for row in self._query("SELECT position FROM stored_events WHERE position > ?", position)]

    def broken_streams(self) -> list[tuple[str, int]]:
        """Streams whose versions do not run from 1 without a gap, with the position of their last event."""
        return [
            (stream, position)
            for stream, position in self._query(
                "SELECT originator_id, MAX(position) FROM stored_events GROUP BY originator_id "
                "HAVING MIN(originator_version) <> 1 OR COUNT(*) <> MAX(originator_version)"
            )
        ]
