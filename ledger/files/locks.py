"""Locks that keep other processes away from a file or a folder while one works on it."""

from __future__ import annotations

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

HAS_LOCKS = fcntl is not None


def lock(descriptor: int) -> None:
    """Wait for the lock of what is open, and hold it until that is closed; nothing where the system has no such locks.

    Raises OSError where the file system has none.
    """
    if fcntl is not None:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
