"""Files that a command makes: written beside their name, synced, and given it in one step; nothing half remains."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from domain.refusals import Refusal
from domain.text import said
from ledger import clock
from ledger.refusals.copies import FileExists, LeftBeside, NoFolder, NotRegularFile, ReadOnlyFile, UnwritableFile
from ledger.store.sqlite import files

STDOUT = "-"
SIDECARS = ("-wal", "-shm", "-journal")
"""What SQLite keeps beside a database."""


@contextmanager
def beside(file: Path, *, force: bool = False, keep: bool = True) -> Iterator[Path]:
    """A free name beside a file, to make there what becomes the file when the block is left well.

    A file that exists is replaced only with `force`; `keep=False` makes nothing in the end. Whatever leaves the block
    otherwise leaves no trace. Raises Unreadable `file_exists`, `no_folder`, `unwritable_file`.
    """
    target = Path(os.path.realpath(file))
    _check_target(target, file, force)
    temporary = target.with_name(f".{target.name}.{clock.new_token()}.part")
    try:
        yield temporary
        if keep:
            with written(file):
                _sync(temporary)
                _publish(temporary, target, file, force)
                _sync(target.parent)
    finally:
        for name in ("", *SIDECARS):
            with suppress(OSError):
                Path(f"{temporary}{name}").unlink(missing_ok=True)


@contextmanager
def new_file(file: str, *, force: bool = False) -> Iterator[IO[bytes]]:
    """A file to be written whole, as `beside` has it; `-` is standard output. Raises as `beside` does."""
    if file == STDOUT:
        with written(said("standard output"), said("what it took is not whole; look at the disk")), _stdout() as out:
            yield out
        return
    with beside(Path(file), force=force) as temporary, written(file), temporary.open("xb") as out:
        yield out


_GONE = said("nothing is left of it; look at the disk")


@contextmanager
def written(file: Path | str, hint: str = _GONE) -> Iterator[None]:
    """The system's refusals to write as ours. Raises Unreadable `unwritable_file`."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        raise UnwritableFile(file=file, why=error.strerror or str(error), advice=hint) from None


@contextmanager
def _stdout() -> Iterator[IO[bytes]]:
    """Standard output for bytes; what a full disk did not take is not tried again at exit.

    Where it is no file of the system's, as within another Python program, its own buffer takes them.
    """
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
    """Raises Unreadable `left_beside` where SQLite's own files of an earlier database lie at a name.

    SQLite would take what they hold into the new one.
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


def _sync(path: Path) -> None:
    """Wait until a file, or the names in a folder, are on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
