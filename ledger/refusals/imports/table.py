"""Refusals of tables as CSV."""

from __future__ import annotations

from ledger.refusals import Misread


class DuplicateColumn(Misread, code="duplicate_column"):
    """Of two columns with one name, either could be meant."""

    message = "the header has {twice!r} more than once"
    hint = "export the file again: each column stands in it once"
    twice: str


class EmptyTable(Misread, code="empty_file"):
    """A table without rows may be an export that failed."""

    message = "the table has no rows under its header"
    hint = "give a file whose first line names the command's fields"


class UnknownColumn(Misread, code="unknown_column"):
    """Each column of a table of commands names a field of the command."""

    message = "the column {column!r} is no field of `{command}`"
    hint = "its fields are {known}; --only-fields leaves other columns out"
    column: str
    command: str
    known: str


class RowTooLarge(Misread, code="too_large"):
    """A row that is too long for the memory is refused before it is read whole."""

    message = "the row is longer than {most} characters"
    hint = "is the end of a quoted cell missing?"
    most: int


class TableNotUtf8(Misread, code="not_utf8"):
    """The file is UTF-8 text."""

    message = "the file is not UTF-8 text"
    hint = "save it in UTF-8"


class BadCsv(Misread, code="bad_csv"):
    """The file is not CSV."""

    message = "broken CSV: {error}"
    hint = "export the file again as CSV: it is cut off, or was edited"
    error: str


class MissingColumns(Misread, code="missing_column"):
    """A table has every column that is read."""

    message = "the header lacks {missing}"
    hint = "{advice}"
    missing: str
    advice: str


class BlankLine(Misread, code="blank_line"):
    """A blank line between rows may stand for rows that are missing."""

    message = "a blank line stands between rows"
    hint = "take the line out; or is something missing?"


class BadRow(Misread, code="bad_row"):
    """Each row has a cell for each column."""

    message = "{cells} under a header of {columns}"
    hint = "export the file again as CSV; a cell that has a comma stands in quotes"
    cells: str
    columns: str


class MissingCell(Misread, code="missing_cell"):
    """The row lacks a value that is needed."""

    message = "{column} is blank"
    hint = "export the file again with all of its cells"
    column: str
