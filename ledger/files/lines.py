"""Reads and writes the lines of a long file, one at a time, plain or compressed with Zstandard (RFC 8878).

Zstandard is in the standard library from Python 3.14 on; for older versions the extra `zstd` has the same module. It
is imported only where a file is compressed.
"""

from __future__ import annotations

import importlib
import io
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import IO, Any

from domain.refusals import Refusal
from domain.text import said, words_of
from ledger.files.reading import unreadable
from ledger.files.writing import STDOUT, new_file
from ledger.refusals.copies.events import CutOff
from ledger.refusals.copies.files import BrokenZstd, LineTooLong, NotZstd, NoZstd, UnreadableLine

SUFFIX = ".zst"
LONGEST = 16 * 2**20
"""The largest length of a line in bytes, including its end. A longer one is not read into memory."""
_MAGIC = b"\x28\xb5\x2f\xfd"


@contextmanager
def open_lines(file: str, longest: int | None = None) -> Iterator[Iterator[bytes]]:
    """The lines of a file with their ends, of at most `longest` bytes (`LONGEST`); Zstandard is decompressed.

    `-` is standard input.
    Raises Unreadable `unreadable_file`, `no_zstd`, `not_zstd`; the lines raise it with `FILE:LINE`: `line_too_long`,
    `cut_off`, `broken_zstd`.
    """
    longest = LONGEST if longest is None else longest
    with ExitStack() as opened:
        try:
            named = Path(file) if file != STDOUT else sys.stdin.fileno()
            raw = opened.enter_context(open(named, "rb", closefd=file != STDOUT))
            start = raw.peek(len(_MAGIC))[: len(_MAGIC)]
        except (OSError, ValueError) as error:
            raise unreadable(file, getattr(error, "strerror", None) or str(error)) from None
        if start == _MAGIC:
            zstd = _zstd()
            yield _lines(opened.enter_context(zstd.ZstdFile(raw)), file, longest, zstd.ZstdError)
        elif file.endswith(SUFFIX) and start:
            raise NotZstd(file=file)
        else:
            yield _lines(raw, file, longest)


class LineFile(io.BufferedReader):
    """A file whose lines are iterated, from any beginning again, and are of at most `LONGEST` bytes.

    Raises OSError where it cannot be opened; the lines raise Unreadable `line_too_long` with `FILE:LINE`.
    """

    def __init__(self, file: str) -> None:
        super().__init__(io.FileIO(file))
        self._file = file
        self._lines = bounded_lines(self, file)

    def seek(self, target: int, whence: int = 0, /) -> int:
        self._lines = bounded_lines(self, self._file)
        return super().seek(target, whence)

    def __next__(self) -> bytes:
        return next(self._lines)


def bounded_lines(stream: IO[bytes], file: str) -> Iterator[bytes]:
    """The lines of a stream with their ends. Raises Unreadable `line_too_long`, `unreadable_file` with `FILE:LINE`."""
    return _lines(stream, file, LONGEST)


def _lines(stream: IO[bytes], file: str, longest: int, *broken: type[Exception]) -> Iterator[bytes]:
    number = 1
    while line := _line(stream, f"{file}:{number}", longest, broken):
        yield line
        number += 1


def _line(stream: IO[bytes], place: str, longest: int, broken: tuple[type[Exception], ...]) -> bytes:
    try:
        line = stream.readline(longest + 1)
    except EOFError:
        raise cut_off(place, said("the compressed file is cut off here")) from None
    except broken as error:
        raise BrokenZstd(place=place, error=words_of(error)) from None
    except OSError as error:
        raise UnreadableLine(place=place, why=error.strerror or str(error)) from None
    if len(line) > longest:
        raise LineTooLong(place=place, most=longest)
    return line


def cut_off(place: str, what: str) -> Refusal:
    """The refusal for a file whose end is missing."""
    return CutOff(place=place, what=what)


@contextmanager
def new_lines(file: str, *, force: bool = False) -> Iterator[IO[bytes]]:
    """Open a file to write lines to, completely or not at all; compressed where its name ends in `.zst`.

    Raises Unreadable `no_zstd`, and what `new_file` raises.
    """
    zstd = _zstd() if file.endswith(SUFFIX) else None
    with new_file(file, force=force) as out:
        if zstd is None:
            yield out
            return
        options = {zstd.CompressionParameter.checksum_flag: 1}
        compressed = zstd.ZstdFile(out, "w", options=options)
        try:
            yield compressed
            compressed.close()
        finally:
            with suppress(OSError):
                compressed.close()


def _zstd() -> Any:
    """The compression module. Raises Unreadable `no_zstd`."""
    try:
        return importlib.import_module("compression.zstd" if sys.version_info >= (3, 14) else "backports.zstd")
    except ImportError:
        raise NoZstd() from None
