"""Rows of a CSV file by column, each with its place: nothing is skipped, none is longer or shorter than the header."""

import csv
from collections.abc import Iterable, Iterator

import msgspec

from domain.wording import said, words_of
from ledger.exchange.source import LARGEST, Unreadable

WHOLE_CELLS = said("export the bill again with all of its cells")


class Row(msgspec.Struct, frozen=True):
    """One row: where its first line is, and its cells by column, without blanks around them."""

    place: str
    cells: dict[str, str]

    def refuse(self, code: str, message: str, hint: str | None = None) -> Unreadable:
        return Unreadable(code, self.place, message, hint)

    def required(self, column: str) -> str:
        """The cell of a column. Raises Unreadable `missing_cell` where it is blank."""
        if not self.cells[column]:
            raise self.refuse("missing_cell", said("{column} is blank", column=column), WHOLE_CELLS)
        return self.cells[column]


def decoded(lines: Iterable[bytes], file: str) -> Iterator[str]:
    """Lines in UTF-8, without the mark at their beginning. Raises Unreadable `not_utf8` with line and column."""
    for number, line in enumerate(lines, 1):
        try:
            text = line.decode()
        except UnicodeDecodeError as error:
            place = f"{file}:{number}:{error.start + 1}"
            raise Unreadable("not_utf8", place, said("the file is not UTF-8 text"), said("save it in UTF-8")) from None
        yield text.removeprefix("\ufeff") if number == 1 else text


def rows(lines: Iterable[str], file: str, columns: Iterable[str], hint: str) -> Iterator[Row]:
    """The rows under a header that has at least `columns`; blank lines stand only at the end.

    Raises Unreadable `bad_csv`, `missing_column` (with `hint`), `duplicate_column`, `blank_line`, `bad_row`.
    """
    records = _records(lines, file)
    _, header = next(records, (file, []))
    _check_header(header, columns, f"{file}:1", hint)
    blank: str | None = None
    for place, cells in records:
        if not any(cells) and len(cells) < 2:
            blank = blank or place
            continue
        if blank is not None:
            hint = said("take the line out; or is something missing?")
            raise Unreadable("blank_line", blank, said("a blank line stands between rows"), hint)
        if len(cells) != len(header):
            message = said("{cells} cells under a header of {columns}", cells=len(cells), columns=len(header))
            hint = said("export the bill again as CSV; a cell that has a comma stands in quotes")
            raise Unreadable("bad_row", place, message, hint)
        yield Row(place, dict(zip(header, cells, strict=True)))


def _records(lines: Iterable[str], file: str) -> Iterator[tuple[str, list[str]]]:
    """Records with the place of their first line; a quoted cell may span several lines."""
    bounded = _Bounded(lines, file)
    reader = csv.reader(bounded, strict=True)
    while True:
        place = f"{file}:{reader.line_num + 1}"
        bounded.begin(place)
        try:
            cells = next(reader, None)
        except csv.Error as error:
            hint = said("export the bill again as CSV: it is cut off, or was edited")
            raise Unreadable("bad_csv", place, said("broken CSV: {error}", error=words_of(error)), hint) from None
        if cells is None:
            return
        yield place, [cell.strip(" \t") for cell in cells]


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
            message = said("the row is longer than {most} characters", most=LARGEST)
            raise Unreadable("too_large", self._place, message, said("is the end of a quoted cell missing?"))
        return line


def _check_header(header: list[str], columns: Iterable[str], place: str, hint: str) -> None:
    if missing := [column for column in columns if column not in header]:
        message = said("the header lacks {missing}", missing=", ".join(missing))
        raise Unreadable("missing_column", place, message, hint)
    if twice := [column for column in header if header.count(column) > 1]:
        message = said("the header has {twice!r} more than once", twice=twice[0])
        raise Unreadable(
            "duplicate_column", place, message, said("export the bill again: each column stands in it once")
        )
