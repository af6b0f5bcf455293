"""Reads whole files that a user names, or refuses with their name."""

from __future__ import annotations

import os
from pathlib import Path

from domain.refusals import Unreadable
from domain.text import said
from ledger.refusals.copies.files import UnreadableFile

MOST_TEXT_BYTES = 4 * 2**20
"""The longest text of a person that is read: terms, a calendar, a checkpoint, a file of settings."""
MOST_BYTES = 256 * 2**20
"""The longest file that is read as one piece: a dossier. Documents, calendars and checkpoints are far shorter."""


def read_bytes(file: str, most: int = MOST_BYTES) -> bytes:
    """A file's bytes. Raises Unreadable `unreadable_file`, also where it is longer than `most`."""
    try:
        with Path(file).open("rb") as opened:
            content = opened.read(most + 1)
    except OSError as error:
        raise unreadable(file, error.strerror or str(error)) from None
    except ValueError as error:
        raise unreadable(file, str(error)) from None
    if len(content) > most:
        raise unreadable(file, said("it is longer than {most} bytes", most=most))
    return content


def is_file(text: str) -> bool:
    """Whether a text names a file; one that is too long for a name does not."""
    return os.path.isfile(text)  # noqa: PTH113 - `Path.is_file` raises where the name is too long


def read_text(file: str, most: int = MOST_TEXT_BYTES) -> str:
    """A file's text with its line ends as they are, since its bytes are hashed. Raises as `read_bytes` does."""
    try:
        return read_bytes(file, most).decode()
    except UnicodeDecodeError:
        raise unreadable(file, said("it is not UTF-8 text")) from None


def unreadable(file: str, why: str) -> Unreadable:
    """The refusal for a file that cannot be read, with the reason."""
    return UnreadableFile(file=file if file.isprintable() else repr(file), why=why)
