"""Standard output and error: nothing written to them steers a terminal, and no error message shows a password."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

from cli.terminal.widths import harmless
from domain.refusals import Refusal
from domain.text import said
from ledger.refusals.copies.files import UnwritableFile
from ledger.store.urls import hide_passwords


class HarmlessStream(io.TextIOWrapper):
    """A text stream that shows characters that steer a terminal as U+FFFD, and escapes what it cannot encode.

    `plain` is the stream that it writes for. What styles itself writes there, with contents that are harmless already.
    """

    def __init__(self, plain: io.TextIOWrapper) -> None:
        plain.flush()
        super().__init__(
            plain.buffer,
            plain.encoding,
            "backslashreplace",
            line_buffering=plain.line_buffering,
            write_through=plain.write_through,
        )
        self.plain = plain

    def isatty(self) -> bool:
        return self.plain.isatty()

    def write(self, text: str) -> int:
        return super().write(harmless(text))


class _Output(HarmlessStream):
    """Standard output. Raises Unreadable `unwritable_file` where it is full, BrokenPipeError where nobody reads it."""

    def write(self, text: str) -> int:
        try:
            return super().write(text)
        except OSError as error:
            raise _unwritable(error) from None

    def flush(self) -> None:
        try:
            super().flush()
        except OSError as error:
            raise _unwritable(error) from None


class _Errors(HarmlessStream):
    """Standard error, without the passwords of URLs."""

    def write(self, text: str) -> int:
        return super().write(hide_passwords(text, (*sys.argv[1:], os.environ.get("SLALEDGER_URL", ""))))


def _unwritable(error: OSError) -> Exception:
    if isinstance(error, BrokenPipeError):
        return error
    why, advice = error.strerror or str(error), said("the output is incomplete; check the disk")
    return UnwritableFile(file=said("standard output"), why=why, advice=advice)


@contextmanager
def harmless_streams() -> Iterator[None]:
    """Put harmless streams in the place of the standard ones, as far as those are of this system."""
    out, err = sys.stdout, sys.stderr
    made: list[HarmlessStream] = []
    if isinstance(out, io.TextIOWrapper):
        made.append(_Output(out))
        sys.stdout = made[-1]
    if isinstance(err, io.TextIOWrapper):
        made.append(_Errors(err))
        sys.stderr = made[-1]
    try:
        yield
    finally:
        sys.stdout, sys.stderr = out, err
        for stream in made:
            _let_go(stream)


def _let_go(stream: HarmlessStream) -> None:
    """Write what is left and give the bytes' stream back; what nobody takes is not tried again at exit."""
    try:
        stream.flush()
    except (OSError, Refusal):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
    stream.detach()


def plain(stream: TextIO) -> TextIO:
    """The stream for what styles itself, as tables in a terminal; what was printed before stands before it."""
    stream.flush()
    return stream.plain if isinstance(stream, HarmlessStream) else stream
