"""Writes a table as an XLSX workbook with XlsxWriter, row by row.

Amounts are numbers with exact decimals; a spreadsheet keeps 15 digits of a number, one more than the largest amount
has. Instants are cut to the millisecond, the precision of a spreadsheet.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from tempfile import TemporaryDirectory
from typing import IO, Any

from domain.refusals import Refusal
from domain.text import said
from domain.time import local
from ledger.exports.csv import PLACES, About, decimal
from ledger.exports.tables import Cell, Column, Kind, Row, Table
from ledger.extras import library
from ledger.refusals.copies.files import TooManyRows

LAST_ROW = 1_048_576
"""The number of rows of a sheet, including the heading."""


def write_xlsx(table: Table, rows: Iterable[Row], about: About, out: IO[bytes]) -> int:
    """Write a workbook: the table on the first sheet, the columns' meanings on the second. Returns the number of rows.

    Ids are text cells, which no spreadsheet evaluates. Rows are collected in a temporary file; the packed workbook is
    held in memory. Raises Refusal `too_many_rows`, Unreadable `missing_extra`.
    """
    xlsxwriter = library("xlsxwriter", "xlsx", said("XLSX files"))
    packed = io.BytesIO()
    with TemporaryDirectory() as folder:
        book = xlsxwriter.Workbook(packed, {"constant_memory": True, "tmpdir": folder})
        book.use_zip64()
        book.set_properties({"created": local(about.at, "UTC").replace(tzinfo=None), "comments": _origin(about)})
        count = _fill(book, table, rows, about)
        _explain(book, table, about)
        _pack(book, xlsxwriter.exceptions.FileCreateError)
    out.write(packed.getbuffer())
    return count


def _pack(book: Any, failure: type[Exception]) -> None:
    """Pack the workbook. Raises OSError where the system refuses the write.

    It is raised only after the library's exception is freed: that refers to an archive, which closes when it is freed,
    and it can close only while its buffer exists.
    """
    refused = None
    try:
        book.close()
    except failure as error:
        refused = error.args[0].errno, error.args[0].strerror
    if refused is not None:
        raise OSError(*refused)


_FORMATS: Mapping[Kind, str] = {
    "money": "#,##0.00",
    "seconds": "General",
    "percent": "0.0000",
    "instant": "yyyy-mm-dd hh:mm:ss",
    "whole": "0",
}
_WIDTHS: Mapping[Kind, int] = {"instant": 20, "text": 18}


def _fill(book: Any, table: Table, rows: Iterable[Row], about: About) -> int:
    sheet = book.add_worksheet(table.name)
    formats = {kind: book.add_format({"num_format": shown}) for kind, shown in _FORMATS.items()}
    heading = book.add_format({"bold": True})
    for number, column in enumerate(table.columns):
        sheet.set_column(number, number, _WIDTHS.get(column.kind, 14))
        sheet.write_string(0, number, column.name, heading)
    sheet.freeze_panes(1, 0)
    count = 0
    for count, row in enumerate(rows, start=1):
        if count >= LAST_ROW:
            raise _too_many(table)
        for number, (column, cell) in enumerate(zip(table.columns, row, strict=True)):
            _put(sheet, count, number, column.kind, cell, formats, about.zone)
    sheet.autofilter(0, 0, count, len(table.columns) - 1)
    return count


def _put(sheet: Any, row: int, number: int, kind: Kind, cell: Cell, formats: Mapping[Kind, Any], zone: str) -> None:
    match cell:
        case None:
            return
        case bool():
            sheet.write_boolean(row, number, cell)
        case str():
            sheet.write_string(row, number, cell)
        case int() if kind == "instant":
            sheet.write_datetime(row, number, local(cell, zone).replace(tzinfo=None), formats[kind])
        case int() if kind in PLACES:
            sheet.write_number(row, number, decimal(kind, cell), formats[kind])
        case _:
            sheet.write_number(row, number, cell, formats[kind])


def _explain(book: Any, table: Table, about: About) -> None:
    """Write the sheet with the columns' meanings and the table's origin."""
    sheet = book.add_worksheet("columns")
    sheet.set_column(0, 0, 22)
    sheet.set_column(1, 1, 90)
    explained = [(column.name, _meaning(column, about)) for column in table.columns]
    for number, (name, meaning) in enumerate([*explained, ("", _origin(about))]):
        sheet.write_string(number, 0, name)
        sheet.write_string(number, 1, meaning)


def _meaning(column: Column, about: About) -> str:
    if column.kind == "instant":
        return about.speak(said("{meaning}, on the clock of {zone}", meaning=column.meaning, zone=about.zone))
    return about.speak(column.meaning)


def _origin(about: About) -> str:
    origin = said(
        "ledger {ledger}, as it was known at position {position}", ledger=about.ledger, position=about.position
    )
    return about.speak(origin)


def _too_many(table: Table) -> Refusal:
    return TooManyRows(table=table.name, most=LAST_ROW)
