"""The tables of the stored tree: hashes of complete subtrees, positions of its leaves in the log, and its size.

They are not trusted: `ledger/transparency/tree.py` checks them against the log whenever they are opened, and makes them
again where they do not fit.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from domain.text import said
from ledger.log.database import SideStore, SideTable

FORMAT = 2
_MOST_VALUES = 500
"""Values in one statement; SQLite takes 999 of them at the least."""
"""Raised whenever the tables change, so that tables of older versions are made again."""
_TABLES = {
    "nodes": SideTable(columns={"level": "int", "at": "int", "hash": "bytes"}, key=("level", "at")),
    "runs": SideTable(
        columns={"first_index": "int", "first_position": "int"}, key=("first_index",), indexes=("first_position",)
    ),
    "reached": SideTable(
        columns={"ledger": "text", "size": "int", "position": "int", "root": "bytes"}, key=("ledger",)
    ),
}

Node = tuple[int, int, bytes]
"""A complete subtree: level (0 for a leaf), index within the level, hash."""
Run = tuple[int, int]
"""Consecutive leaves whose positions have no gap: the index and position of the first."""


class Spoilt(Exception):
    """The stored tree lacks a required row, or has an impossible one."""


class Reached(NamedTuple):
    """The state of the stored tree: its ledger, the number of leaves, the last one's position, and the root."""

    ledger: str
    size: int
    position: int
    root: bytes


class TreeStore:
    """The tree's tables in a side store. Every method turns the database's errors into SideStoreError."""

    def __init__(self, kept: SideStore) -> None:
        self._kept = kept
        self._query = kept.query

    def close(self) -> None:
        """Close the store; uncommitted changes are rolled back."""
        self._kept.close()

    def begin(self, *, writing: bool = False) -> None:
        """Begin a snapshot, or with `writing` a transaction that locks out other writers."""
        self._kept.begin(writing=writing)

    def commit(self) -> None:
        """Commit the transaction."""
        self._kept.commit()

    def clear(self) -> None:
        """Create empty tables of this format, replacing any earlier ones."""
        if self._kept.format() == FORMAT:
            for name in _TABLES:
                self._query(f"DELETE FROM {name}")
        else:
            self._kept.make(_TABLES, FORMAT)

    def reached(self) -> Reached | None:
        """The state of the stored tree; None where there is none of this format. Raises Spoilt."""
        if self._kept.format() != FORMAT:
            return None
        rows = self._query("SELECT ledger, size, position, root FROM reached")
        if not rows:
            return None
        found = Reached(*rows[0])
        if [type(value) for value in found] != [str, int, int, bytes] or min(found.size, found.position) < 0:
            raise Spoilt(said("it does not say how far it reaches"))
        return found

    def advance(self, reached: Reached) -> None:
        """Store the state of the tree."""
        self._query("DELETE FROM reached")
        self._query("INSERT INTO reached VALUES (?, ?, ?, ?)", *reached)

    def add(self, nodes: Sequence[Node], runs: Sequence[Run]) -> None:
        """Store complete subtrees and the beginnings of runs."""
        self._kept.execute_many("INSERT INTO nodes VALUES (?, ?, ?)", nodes)
        self._kept.execute_many("INSERT INTO runs VALUES (?, ?)", runs)

    def node(self, level: int, at: int) -> bytes:
        """The hash of a complete subtree. Raises Spoilt where it is not stored."""
        rows = self._query("SELECT hash FROM nodes WHERE level = ? AND at = ?", level, at)
        if not rows or not isinstance(rows[0][0], bytes):
            raise Spoilt(said("it lacks the hash at level {level}, index {at}", level=level, at=at))
        found: bytes = rows[0][0]
        return found

    def nodes(self, level: int, places: Sequence[int]) -> dict[int, bytes]:
        """The hashes of complete subtrees of a level, by index. Raises Spoilt where one is not stored."""
        found: dict[int, bytes] = {}
        for start in range(0, len(places), _MOST_VALUES):
            some = places[start : start + _MOST_VALUES]
            marks = ",".join("?" * len(some))
            found |= dict(self._query(f"SELECT at, hash FROM nodes WHERE level = ? AND at IN ({marks})", level, *some))
        if len(found) != len(places) or not all(isinstance(each, bytes) for each in found.values()):
            raise Spoilt(said("it lacks hashes at level {level}", level=level))
        return found

    def leaves(self, size: int) -> Iterable[bytes]:
        """The first `size` leaf hashes, in order, read in pages."""
        statement = "SELECT hash FROM nodes WHERE level = 0 AND at < ? ORDER BY at"
        return (leaf for (leaf,) in self._kept.rows(statement, size))

    def run_of_index(self, index: int) -> Run:
        """The run of a leaf. Raises Spoilt."""
        return self._run("first_index <= ? ORDER BY first_index DESC", index)

    def run_of_position(self, position: int) -> Run | None:
        """The last run that begins at or before a position."""
        try:
            return self._run("first_position <= ? ORDER BY first_position DESC", position)
        except Spoilt:
            return None

    def _run(self, condition: str, value: int) -> Run:
        rows = self._query(f"SELECT first_index, first_position FROM runs WHERE {condition} LIMIT 1", value)
        if not rows:
            raise Spoilt(said("it lacks the positions of its leaves"))
        return int(rows[0][0]), int(rows[0][1])

    def next_run(self, index: int) -> int | None:
        """The first leaf of the run after the one that begins at `index`."""
        found: int | None = self._query("SELECT MIN(first_index) FROM runs WHERE first_index > ?", index)[0][0]
        return found
