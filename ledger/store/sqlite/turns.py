"""A queue for the write lock of a ledger's file: who comes first writes first.

SQLite's writers poll for the lock, in the end ten times a second, and a batch takes it again as soon as it has let go:
who polls may never find it free. So a writer first takes a place in a queue, which is an empty file beside the ledger.
A place is a locked byte of that file; its offset is the system's monotonic clock, which all processes share. Whoever
finds no locked byte before its own is first. The system unlocks the byte of a process that ends, however it ends.

The queue only says who is next; SQLite's own lock alone keeps writers apart. So where there is no queue (a system
without such locks, a file that may not be made) everything works as before, in no order.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

SUFFIX = "-turn"
"""What the name of the queue's file has behind that of the ledger's."""
_POLL_S = 0.001
"""Between two looks at the queue: a turn is over in about two thousandths of a second."""


class Queue:
    """The queue of one ledger file. The threads of a process share its places: they are told apart by SQLite alone."""

    def __init__(self, ledger: Path, seconds: float) -> None:
        """The queue of a ledger; a writer waits in it for at most so many seconds."""
        self.seconds = seconds
        self._ledger = ledger

    @contextmanager
    def turn(self) -> Iterator[float]:
        """Wait for all who came earlier, and keep one's place while the block runs; yields the seconds that are left.

        Where these are over nobody is told to leave: the one before may be stopped and not hold SQLite's lock at all.
        """
        until = time.monotonic() + self.seconds
        with self._opened() as queue:
            if queue is not None:
                with suppress(OSError):  # a file system without such locks
                    _wait(queue, _take_place(queue), until)
            yield max(0.0, until - time.monotonic())

    def works(self) -> bool:
        """Whether writers here stand in this queue. Makes no file: where there is none, whether one can be made."""
        if fcntl is None:
            return False
        path = Path(self._path())
        if not path.exists():
            return os.access(path.parent, os.W_OK)
        with suppress(OSError), self._opened() as queue:
            if queue is not None:
                _take_place(queue)
                return True
        return False

    def _path(self) -> str:
        return f"{os.path.realpath(self._ledger)}{SUFFIX}"

    @contextmanager
    def _opened(self) -> Iterator[int | None]:
        """The queue's file, which is left when the block ends; None where there can be none."""
        queue = self._open()
        try:
            yield queue
        finally:
            if queue is not None:
                os.close(queue)

    def _open(self) -> int | None:
        """Open the queue's file, which is made with the ledger's permissions; None where that is not possible."""
        if fcntl is None:
            return None
        path = self._path()
        try:
            return os.open(path, os.O_RDWR | os.O_CLOEXEC)
        except FileNotFoundError:
            return _made(path, self._ledger)
        except OSError:
            return None


def _made(path: str, ledger: Path) -> int | None:
    try:
        of = ledger.stat()
        made = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError:
        return None
    with suppress(OSError):
        os.fchmod(made, of.st_mode & 0o666)
        os.fchown(made, of.st_uid, of.st_gid)
    return made


def _take_place(queue: int) -> int:
    """Lock a byte behind all that are locked; returns its offset. Raises OSError where bytes cannot be locked."""
    while True:
        place = time.monotonic_ns() // 1000
        if _lock(queue, fcntl.LOCK_EX, 1, place):
            return place


def _wait(queue: int, place: int, until: float) -> None:
    """Wait until no byte before a place is locked, or the time is over."""
    while not _lock(queue, fcntl.LOCK_SH, place, 0) and time.monotonic() < until:
        time.sleep(_POLL_S)
    fcntl.lockf(queue, fcntl.LOCK_UN, place, 0)


def _lock(queue: int, kind: int, length: int, start: int) -> bool:
    """Lock bytes at once, or not at all; returns whether they were free. Raises OSError where that is not known."""
    try:
        fcntl.lockf(queue, kind | fcntl.LOCK_NB, length, start)
    except (BlockingIOError, PermissionError):
        return False
    return True
