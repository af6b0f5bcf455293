"""Writes a table as CSV, row by row, and has the parts that all table formats share."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import IO, NamedTuple

from domain.money import yuan
from domain.time import rfc3339, seconds_text
from ledger.exports.tables import Cell, Kind, Row, Table

PLACES: Mapping[Kind, int] = {"money": 2, "seconds": 6, "percent": 4}
"""The decimal places of the kinds that are stored as whole numbers of a small unit."""


class About(NamedTuple):
    """A file's metadata: the ledger, the log's position, the instant of that knowledge, and the time zone.

    `speak` translates a sentence into the reader's language.
    """

    ledger: str
    position: int
    at: int
    zone: str
    speak: Callable[[str], str]


def write_csv(table: Table, rows: Iterable[Row], about: About, out: IO[bytes]) -> int:
    """Write CSV by RFC 4180, in UTF-8 with a heading; instants are in the zone. Returns the number of rows.

    Cells are not escaped against formulas in spreadsheets: they must be the ledger's exact ids, and ids cannot have
    `=`, `+`, `(`, `!` or `|`, which a formula needs (`domain/values.py`).
    """
    text = io.TextIOWrapper(out, "utf-8", newline="")
    try:
        writer = csv.writer(text, "excel")
        writer.writerow(column.name for column in table.columns)
        count = 0
        for row in rows:
            count += 1
            writer.writerow(
                _text(column.kind, cell, about.zone) for column, cell in zip(table.columns, row, strict=True)
            )
        text.flush()
        return count
    finally:
        text.detach()


def _text(kind: Kind, cell: Cell, zone: str) -> str:
    match cell:
        case None:
            return ""
        case bool():
            return "true" if cell else "false"
        case str():
            return cell
    match kind:
        case "money":
            return yuan(cell)
        case "seconds":
            return seconds_text(cell)
        case "percent":
            return f"{cell // 10_000}.{cell % 10_000:04d}"
        case "instant":
            return rfc3339(cell, zone)
        case _:
            return str(cell)


def decimal(kind: Kind, cell: int) -> Decimal:
    """A whole number of a small unit as a decimal of the large one."""
    return Decimal(cell).scaleb(-PLACES[kind])
