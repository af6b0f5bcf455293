"""Reads whole files that a user names, or refuses with their name."""

from __future__ import annotations

from pathlib import Path

from domain.refusals import Unreadable
from domain.text import said
from ledger.refusals.copies.files import UnreadableFile


def read_bytes(file: str) -> bytes:
    """A file's bytes. Raises Unreadable `unreadable_file`."""
    try:
        return Path(file).read_bytes()
    except OSError as error:
        raise unreadable(file, error.strerror or str(error)) from None
    except ValueError as error:
        raise unreadable(file, str(error)) from None


def read_text(file: str) -> str:
    """A file's text with its line ends as they are, since its bytes are hashed. Raises Unreadable `unreadable_file`."""
    try:
        return read_bytes(file).decode()
    except UnicodeDecodeError:
        raise unreadable(file, said("it is not UTF-8 text")) from None


def unreadable(file: str, why: str) -> Unreadable:
    """The refusal for a file that cannot be read, with the reason."""
    return UnreadableFile(file=file if file.isprintable() else repr(file), why=why)
