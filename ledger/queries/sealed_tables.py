"""The rows of the projections, each sealed by its own hash, and their sums: what somebody else changed is noticed.

A row's seal is the SHA-256 of its table's name and its values. The rows of one part of a table, which are read
together, have their number and the XOR of their seals in `parts`: so a row is also missed, and one too many found.
This finds a hand, a tool or a copy that changed rows; who makes the seals anew as well is found by `audit verify`.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import msgspec

from ledger.log.database import SideStore, SideStoreError, SideTable

Values = tuple[Any, ...]
Part = tuple[str, str]
"""A table, and the value of the column by which its rows are read together."""
PARTS = SideTable(columns={"name": "text", "part": "text", "number": "int", "seals": "bytes"}, key=("name", "part"))
"""The number of a part's rows, and the XOR of their seals."""
MOST_PARTS = 10_000
"""From this number on, parts of accounts are not held until all rows were added."""
_INSERT_PART = "INSERT INTO parts VALUES (?, ?, ?, ?)"
_NONE = bytes(32)


class SealBroken(Exception):
    """The stored rows are not what this software stored."""


def sealed(table: SideTable) -> SideTable:
    """A table with a column for its rows' seals."""
    return msgspec.structs.replace(table, columns={**table.columns, "seal": "bytes"})


def seal(table: str, values: Sequence[object]) -> bytes:
    """The seal of a row."""
    return hashlib.sha256(msgspec.json.encode((table, *values))).digest()


class SealedTables:
    """The sealed tables of a side store; `by` names for each the column of its parts, None where all rows are one."""

    def __init__(self, kept: SideStore, tables: Mapping[str, SideTable], by: Mapping[str, str | None]) -> None:
        self._kept = kept
        self._columns = {name: tuple(table.columns) for name, table in tables.items()}
        self._order = {name: ", ".join(table.key) for name, table in tables.items()}
        self._by = by
        self._at = {name: None if by[name] is None else self._columns[name].index(str(by[name])) for name in tables}
        self._changed: dict[Part, tuple[int, bytes]] = defaultdict(lambda: (0, _NONE))
        self._is_empty = False

    def read(self, name: str, part: str | None = None) -> list[Values]:
        """The rows of a table, or of one part of it, in order of their key. Raises SealBroken."""
        where = ("",) if part is None else (f"WHERE {self._by[name]} = ?", part)
        return list(self._checked(name, self._rows(name, *where), part))

    def check(self, name: str) -> None:
        """Read a table to its end; memory does not grow with it. Raises SealBroken."""
        for _ in self._checked(name, self._rows(name), None):
            pass

    def each(self, name: str, order: str) -> Iterator[Values]:
        """The rows of a table, read lazily. Raises SealBroken before a row that is not as it was stored."""
        return self._checked(name, self._rows(name, order=order), None)

    def add(self, name: str, rows: Iterable[Sequence[object]]) -> None:
        """Insert rows, all those of an account at once. The parts are written by `finish`."""
        given = [(tuple(row), seal(name, row)) for row in rows]
        if not given:
            return
        marks = ",".join("?" * (len(self._columns[name]) + 1))
        self._kept.execute_many(f"INSERT INTO {name} VALUES ({marks})", [(*row, mark) for row, mark in given])
        for row, mark in given:
            self._count(name, row, mark, 1)
        if self._is_empty and len(self._changed) >= MOST_PARTS:
            self._write_accounts()

    def forget(self, account: str) -> None:
        """Delete an account's rows. Raises SealBroken where one of them is not as it was stored."""
        for name in self._columns:
            for row, mark in list(self._rows(name, "WHERE account = ?", account)):
                self._count(name, row, _hold(name, row, mark), -1)
            self._kept.query(f"DELETE FROM {name} WHERE account = ?", account)

    def clear(self) -> None:
        """Delete all rows."""
        for name in (*self._columns, "parts"):
            self._kept.query(f"DELETE FROM {name}")
        self._changed.clear()
        self._is_empty = True

    def _write_accounts(self) -> None:
        """Write the parts of accounts while all rows are made anew: each account comes once, so its part is whole."""
        whole = [key for key in self._changed if self._by[key[0]] == "account"]
        self._kept.execute_many(_INSERT_PART, [(*key, *self._changed.pop(key)) for key in whole])

    def finish(self) -> None:
        """Write the parts of what was added and forgotten. Raises SealBroken where they do not come out."""
        made: list[Values] = []
        for (name, part), (number, seals) in self._changed.items():
            before, held = (0, _NONE) if self._is_empty else self._part(name, part)
            if before + number < 0:
                raise SealBroken
            if not self._is_empty:
                self._kept.query("DELETE FROM parts WHERE name = ? AND part = ?", name, part)
            if before + number:
                made.append((name, part, before + number, _xor(held, seals)))
        self._kept.execute_many(_INSERT_PART, made)
        self._changed.clear()
        self._is_empty = False

    def _rows(
        self, name: str, where: str = "", *values: object, order: str | None = None
    ) -> Iterator[tuple[Values, object]]:
        """Rows with their seals. Raises SealBroken where they cannot be read at all."""
        columns = self._columns[name]
        statement = f"SELECT {', '.join(columns)}, seal FROM {name} {where} ORDER BY {order or self._order[name]}"
        try:
            for row in self._kept.rows(statement, *values):
                yield tuple(row[:-1]), row[-1]
        except SideStoreError as error:
            if error.is_passing or error.forbids_writing:
                raise
            raise SealBroken from error

    def _checked(self, name: str, rows: Iterable[tuple[Values, object]], part: str | None) -> Iterator[Values]:
        """The rows, each once its seal was compared; at the end also that none is missing or too many."""
        found: dict[str, tuple[int, bytes]] = {}
        for row, mark in rows:
            due, key = _hold(name, row, mark), self._part_of(name, row)
            number, seals = found.get(key, (0, _NONE))
            found[key] = number + 1, _xor(seals, due)
            yield row
        held = {part: self._part(name, part)} if part is not None else self._parts(name)
        if {key: value for key, value in held.items() if value[0]} != found:
            raise SealBroken

    def _part_of(self, name: str, row: Values) -> str:
        at = self._at[name]
        return "" if at is None else str(row[at])

    def _part(self, name: str, part: str) -> tuple[int, bytes]:
        rows = self._kept.query("SELECT number, seals FROM parts WHERE name = ? AND part = ?", name, part)
        return (rows[0][0], bytes(rows[0][1])) if rows else (0, _NONE)

    def _parts(self, name: str) -> dict[str, tuple[int, bytes]]:
        rows = self._kept.query("SELECT part, number, seals FROM parts WHERE name = ?", name)
        return {part: (number, bytes(seals)) for part, number, seals in rows}

    def _count(self, name: str, row: Values, mark: bytes, by: int) -> None:
        key = name, self._part_of(name, row)
        number, seals = self._changed[key]
        self._changed[key] = number + by, _xor(seals, mark)


def _hold(name: str, row: Values, mark: object) -> bytes:
    """A row's seal, once it is the one stored with it. Raises SealBroken."""
    try:
        due = seal(name, row)
    except (TypeError, ValueError, OverflowError) as error:
        raise SealBroken from error
    if mark != due:
        raise SealBroken
    return due


def _xor(one: bytes, other: bytes) -> bytes:
    return (int.from_bytes(one, "big") ^ int.from_bytes(other, "big")).to_bytes(32, "big")
