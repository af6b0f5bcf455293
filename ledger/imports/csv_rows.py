"""Rows of a CSV file by column, each with its place: nothing is skipped, none is longer or shorter than the header."""

import csv
from collections.abc import Callable, Iterable, Iterator

import msgspec

from domain.refusals import Refusal
from domain.text import counted, words_of
from ledger.imports.source import LARGEST
from ledger.refusals.imports.table import (
    BadCsv,
    BadRow,
    BlankLine,
    DuplicateColumn,
    MissingCell,
    MissingColumns,
    RowTooLarge,
    TableNotUtf8,
)


class CsvRow(msgspec.Struct, frozen=True):
    """One row: the number of its first line, and its cells by column, without blanks around them."""

    file: str
    line: int
    cells: dict[str, str]

    @property
    def place(self) -> str:
        return f"{self.file}:{self.line}"

    def required(self, column: str) -> str:
        """The cell of a column. Raises Unreadable `missing_cell` where it is blank."""
        if not self.cells[column]:
            raise MissingCell(place=self.place, column=column)
        return self.cells[column]


def decoded(lines: Iterable[bytes], file: str) -> Iterator[str]:
    """Lines in UTF-8, without the mark at their beginning. Raises Unreadable `not_utf8` with line and column."""
    for number, line in enumerate(lines, 1):
        try:
            text = line.decode()
        except UnicodeDecodeError as error:
            place = f"{file}:{number}:{error.start + 1}"
            raise TableNotUtf8(place=place) from None
        yield text.removeprefix("\ufeff") if number == 1 else text


def rows(
    lines: Iterable[str], file: str, columns: Iterable[str], hint: str, fault: Callable[[Refusal], None]
) -> Iterator[CsvRow]:
    """The rows under a header that has at least `columns`; blank lines stand only at the end.

    `fault` takes what is wrong with a row, `blank_line` or `bad_row`, and the others follow.
    Raises Unreadable `bad_csv`, `missing_column` (with `hint`), `duplicate_column`.
    """
    records = _records(lines, file)
    _, header = next(records, (1, []))
    _check_header(header, columns, f"{file}:1", hint)
    blank: int | None = None
    for line, cells in records:
        if not any(cells) and len(cells) < 2:
            blank = blank or line
            continue
        if blank is not None:
            fault(BlankLine(place=f"{file}:{blank}"))
            blank = None
        if len(cells) != len(header):
            told = counted("{n} cell", "{n} cells", n=len(cells)), counted("{n} column", "{n} columns", n=len(header))
            fault(BadRow(place=f"{file}:{line}", cells=told[0], columns=told[1]))
            continue
        yield CsvRow(file, line, dict(zip(header, cells, strict=True)))


def _records(lines: Iterable[str], file: str) -> Iterator[tuple[int, list[str]]]:
    """Records with the number of their first line; a quoted cell may span several lines."""
    bounded = _Bounded(lines, file)
    reader = csv.reader(bounded, strict=True)
    while True:
        line = reader.line_num + 1
        place = f"{file}:{line}"
        bounded.begin(place)
        try:
            cells = next(reader, None)
        except csv.Error as error:
            raise BadCsv(place=place, error=words_of(error)) from None
        if cells is None:
            return
        yield line, [cell.strip(" \t") for cell in cells]


class _Bounded:
    """Lines of which one record takes no more than `LARGEST` characters. Raises Unreadable `too_large`."""

    def __init__(self, lines: Iterable[str], file: str) -> None:
        self._lines = iter(lines)
        self.begin(file)

    def begin(self, place: str) -> None:
        """A record begins here."""
        self._place, self._length = place, 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = next(self._lines)
        self._length += len(line)
        if self._length > LARGEST:
            raise RowTooLarge(place=self._place, most=LARGEST)
        return line


def _check_header(header: list[str], columns: Iterable[str], place: str, hint: str) -> None:
    if missing := [column for column in columns if column not in header]:
        raise MissingColumns(place=place, missing=", ".join(missing), advice=hint)
    if twice := [column for column in header if header.count(column) > 1]:
        raise DuplicateColumn(place=place, twice=twice[0])
