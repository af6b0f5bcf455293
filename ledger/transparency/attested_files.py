"""The checkpoints kept beside a ledger file: `SIZE.checkpoint` and `SIZE.tsr` in the folder `<ledger file>.proofs`."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ledger.files.locks import HAS_LOCKS, lock
from ledger.files.reading import read_bytes, read_text
from ledger.files.writing import explain_write_errors, replacing, sync
from ledger.log.database import KeptCheckpoint

SUFFIX = ".proofs"
_NOTE = re.compile(r"(0|[1-9][0-9]{0,17})\.checkpoint", re.ASCII)


def proofs_folder(ledger: Path) -> Path:
    """The folder of a ledger file's kept checkpoints."""
    return ledger.with_name(f"{ledger.name}{SUFFIX}")


class CheckpointFiles:
    """The checkpoints in a folder. Its methods raise Unreadable `unreadable_file`, `unwritable_file`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def sizes(self) -> list[int]:
        """The sizes that are kept, the largest first."""
        names = self._folder.iterdir() if self._folder.is_dir() else ()
        found = (_NOTE.fullmatch(path.name) for path in names)
        return sorted((int(each[1]) for each in found if each), reverse=True)

    def read(self, size: int) -> KeptCheckpoint | None:
        """The checkpoint kept of a size; None where there is none."""
        note, stamp = self._paths(size)
        if not note.exists():
            return None
        timestamp = read_bytes(str(stamp)) if stamp.exists() else None
        return KeptCheckpoint(size=size, note=read_text(str(note)), timestamp=timestamp)

    def write(self, kept: KeptCheckpoint) -> None:
        """Keep a checkpoint durably: the note first, so that no time stamp is there without it."""
        note, stamp = self._paths(kept.size)
        _replace(note, kept.note.encode())
        if kept.timestamp is not None:
            _replace(stamp, kept.timestamp)

    def _paths(self, size: int) -> tuple[Path, Path]:
        return self._folder / f"{size}.checkpoint", self._folder / f"{size}.tsr"


def _replace(path: Path, data: bytes) -> None:
    with replacing(path, force=True) as temporary, explain_write_errors(path):
        temporary.write_bytes(data)


@contextmanager
def writing_files(folder: Path) -> Iterator[CheckpointFiles]:
    """The folder, created where it is not there yet, and locked against other writers until the block ends.

    Raises Unreadable `unwritable_file`.
    """
    with explain_write_errors(folder):
        folder.mkdir(exist_ok=True)
        sync(folder.parent)
    with _locked(folder):
        yield CheckpointFiles(folder)


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Hold the lock of a folder, where the system has such locks."""
    if not HAS_LOCKS:
        yield
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        with explain_write_errors(folder):
            lock(descriptor)
        yield
    finally:
        os.close(descriptor)
