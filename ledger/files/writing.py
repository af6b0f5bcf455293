"""Writes files atomically: to a temporary name, synced, then renamed in one step. No partial file remains."""

from __future__ import annotations

import codecs
import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING, cast

from domain.refusals import Refusal
from domain.text import said
from ledger import clock
from ledger.refusals.copies.files import FileExists, LeftBeside, NoFolder, NotRegularFile, ReadOnlyFile, UnwritableFile
from ledger.store.sqlite import files, turns

if TYPE_CHECKING:
    from typing_extensions import Buffer

STDOUT = "-"
SIDECARS = ("-wal", "-shm", "-journal")
"""The suffixes of SQLite's own files for a database."""


@contextmanager
def replacing(file: Path, *, force: bool = False, keep: bool = True) -> Iterator[Path]:
    """Yield a temporary path. On success it replaces the file, on error it is deleted.

    A file that exists is replaced only with `force`; `keep=False` deletes the temporary one on success too. Raises
    Unreadable `file_exists`, `no_folder`, `unwritable_file`.
    """
    target = check_target(file, force=force)
    temporary = target.with_name(f".{target.name}.{clock.new_token()}.part")
    try:
        yield temporary
        if keep:
            with explain_write_errors(file):
                sync(temporary)
                _publish(temporary, target, file, force)
            with explain_write_errors(file, _NOT_SYNCED):
                sync(target.parent)
    finally:
        for name in ("", *SIDECARS, turns.SUFFIX):
            with suppress(OSError):
                Path(f"{temporary}{name}").unlink(missing_ok=True)


@contextmanager
def new_file(file: str, *, force: bool = False) -> Iterator[IO[bytes]]:
    """Open a file to be written completely or not at all; `-` is standard output. Raises as `replacing` does."""
    if file == STDOUT:
        with (
            explain_write_errors(said("standard output"), said("the output is incomplete; check the disk")),
            _stdout() as out,
        ):
            yield out
        return
    with replacing(Path(file), force=force) as temporary, explain_write_errors(file), temporary.open("xb") as out:
        yield out


def check_target(file: Path, *, force: bool = False) -> Path:
    """Check that `replacing` may write a file; return its real path. Raises as `replacing` does."""
    with explain_write_errors(file):
        target = Path(os.path.realpath(file))
        _check_target(target, file, force)
    return target


_GONE = said("the file was not kept; check the disk")
_NOT_SYNCED = said("the file is there and whole, but a power failure may still lose it; check the disk")


@contextmanager
def explain_write_errors(file: Path | str, hint: str = _GONE) -> Iterator[None]:
    """Turn the system's write errors into ours. Raises Unreadable `unwritable_file`."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        raise UnwritableFile(file=file, why=error.strerror or str(error), advice=hint) from None


class _Shown(io.BufferedIOBase):
    """Bytes that are read in a terminal: their text, with the line ends of one, by way of `sys.stdout`."""

    def __init__(self) -> None:
        self._decoder = io.IncrementalNewlineDecoder(codecs.getincrementaldecoder("utf-8")("replace"), translate=True)

    def writable(self) -> bool:
        return True

    def write(self, data: Buffer, /) -> int:
        given = bytes(data)
        sys.stdout.write(self._decoder.decode(given))
        return len(given)


@contextmanager
def _stdout() -> Iterator[IO[bytes]]:
    """Standard output for bytes. What a full disk refused is not written again at exit.

    Where standard output is not a system file, as inside another Python program, its own buffer is used.
    """
    if sys.stdout.isatty():
        yield cast(IO[bytes], _Shown())
        return
    sys.stdout.flush()
    try:
        descriptor = os.dup(sys.stdout.fileno())
    except io.UnsupportedOperation:
        yield sys.stdout.buffer
        return
    out = os.fdopen(descriptor, "wb")
    try:
        yield out
        out.flush()
    finally:
        with suppress(OSError):
            out.close()


def check_is_alone(file: Path) -> None:
    """Check that no SQLite files of an earlier database are left at a name. Raises Unreadable `left_beside`.

    SQLite would read their content into the new database.
    """
    for name in SIDECARS:
        left = Path(f"{os.path.realpath(file)}{name}")
        if left.exists():
            raise LeftBeside(left=left)


def _check_target(target: Path, file: Path, force: bool) -> None:
    if not target.parent.is_dir():
        raise NoFolder(folder=target.parent)
    if not target.exists():
        return
    if not target.is_file():
        raise NotRegularFile(file=file)
    if not force:
        raise _exists(file)
    if not files.is_writable(target):
        raise ReadOnlyFile(file=file)


def _publish(temporary: Path, target: Path, file: Path, force: bool) -> None:
    if force:
        temporary.replace(target)
        return
    try:
        os.link(temporary, target)
    except FileExistsError:
        raise _exists(file) from None
    except OSError:  # a file system without hard links
        if target.exists():
            raise _exists(file) from None
        temporary.replace(target)


def _exists(file: Path) -> Refusal:
    return FileExists(file=file)


def sync(path: Path) -> None:
    """Sync a file, or the names in a folder, to disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
