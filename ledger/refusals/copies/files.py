"""Refusals of files that cannot be read or written."""

from __future__ import annotations

from domain.refusals import Refusal, Unreadable


class LineTooLong(Unreadable, code="line_too_long"):
    """A line that is too long for the memory is refused before it is read whole."""

    message = "{place}: the line is longer than {most} bytes"
    hint = "check that it is a text file with line ends"
    place: str
    most: int


class BrokenZstd(Unreadable, code="broken_zstd"):
    """The compressed file is damaged."""

    message = "{place}: {error}"
    hint = "copy the file again"
    place: str
    error: str


class UnreadableLine(Unreadable, code="unreadable_file"):
    """The system could not read the file to its end."""

    message = "{place}: cannot be read: {why}"
    hint = "check the disk that it lies on"
    place: str
    why: str


class NoZstd(Unreadable, code="no_zstd"):
    """Compressed files need a package that is not installed."""

    message = "compressed files need the extra `zstd`"
    hint = "pip install 'slaledger[zstd]', or name a file that does not end in .zst"


class NotZstd(Unreadable, code="not_zstd"):
    """The file's name ends in .zst, and its first bytes are not those of Zstandard."""

    message = "{file} is not compressed by Zstandard, as its name says"
    hint = "rename it"
    file: str


class TooManyRows(Refusal, code="too_many_rows"):
    """A spreadsheet has a limited number of rows."""

    message = "{table} has more rows than the {most} of a spreadsheet"
    hint = "export it with --format csv or parquet, which have no limit"
    table: str
    most: int


class UnreadableFile(Unreadable, code="unreadable_file"):
    """The file cannot be read."""

    message = "{file} cannot be read: {why}"
    hint = "check the name, and that you may read it"
    file: str
    why: str | None


class FileExists(Unreadable, code="file_exists"):
    """A file is overwritten only when asked."""

    message = "{file} exists"
    hint = "choose another name, or give --force to replace it"
    file: object


class NoFolder(Unreadable, code="no_folder"):
    """A file is written into a folder that exists."""

    message = "there is no folder {folder}"
    hint = "create it, or choose another name"
    folder: object


class NotRegularFile(Unreadable, code="unwritable_file"):
    """A file is written whole or not at all, which is impossible for a device or a pipe."""

    message = "{file} is not a regular file"
    hint = "`-` writes to standard output"
    file: object


class ReadOnlyFile(Unreadable, code="unwritable_file"):
    """The existing file may not be changed."""

    message = "{file} may only be read"
    hint = "choose another name"
    file: object


class LeftBeside(Unreadable, code="left_beside"):
    """SQLite would take files of that name for parts of the new database."""

    message = "{left} is left over from a database of that name"
    hint = "if no program has that database open, move the file away; otherwise choose another name"
    left: object


class UnwritableFile(Unreadable, code="unwritable_file"):
    """The system does not let the file be written."""

    message = "{file} cannot be written: {why}"
    hint = "{advice}"
    file: object
    why: str
    advice: str
