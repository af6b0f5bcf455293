"""A table as CSV, a row at a time, and what the other formats of tables share with it."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import IO, NamedTuple

from domain.money import yuan
from domain.time import seconds_text, written
from ledger.exports.tables import Cell, Kind, Row, Table

PLACES: Mapping[Kind, int] = {"money": 2, "seconds": 6, "percent": 4}
"""The decimals of the kinds that are kept as whole numbers of a small unit."""


class About(NamedTuple):
    """What a file says of itself: the ledger, the log's position, when it was known, and the zone of its clocks.

    `speak` puts a sentence into the reader's language.
    """

    ledger: str
    position: int
    at: int
    zone: str
    speak: Callable[[str], str]


def write_csv(table: Table, rows: Iterable[Row], about: About, out: IO[bytes]) -> int:
    """CSV as RFC 4180 has it, UTF-8, a heading first; instants on the zone's clock. Gives the number of rows.

    Nothing is put before a cell that a spreadsheet might take for a formula: the cells must be the ledger's own ids,
    and these have none of `=`, `+`, `(`, `!` and `|` to make one of (`domain/commands.py`).
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
            return written(cell, zone)
        case _:
            return str(cell)


def decimal(kind: Kind, cell: int) -> Decimal:
    """A whole number of a small unit as decimals of the large one."""
    return Decimal(cell).scaleb(-PLACES[kind])
