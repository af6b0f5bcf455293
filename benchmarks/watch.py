"""Runs a command and tells what it cost: `python watch.py FD seconds|memory COMMAND…`.

It writes one line of JSON to the file descriptor: the wall-clock seconds of the command, the processor seconds of it
and of all processes that it started, and with `memory` the peak of their memory. It is a process of its own, because
the operating system adds up processor time by parents, and because Linux counts a parent's memory as a new child's.
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

EVERY_SECONDS = 0.05
PR_SET_CHILD_SUBREAPER = 36
_PROC = Path("/proc")


def main() -> int:
    """Run the command; returns its exit status."""
    told, kind, *words = sys.argv[1:]
    _adopt_orphans()
    os.set_inheritable(int(told), False)
    peak = 0
    started = time.perf_counter()
    process = subprocess.Popen(words)
    if kind == "memory":
        while process.poll() is None:
            peak = max(peak, sum(map(proportional_kb, descendants(os.getpid()))))
            time.sleep(EVERY_SECONDS)
    status = process.wait()
    seconds = time.perf_counter() - started
    _wait_for_orphans()
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    figures = {"seconds": seconds, "processor": used.ru_utime + used.ru_stime, "peak_mb": peak / 1024}
    os.write(int(told), json.dumps(figures).encode())
    return status


def _adopt_orphans() -> None:
    """Become the parent of processes whose own parent ends before them, so that their processor time is counted too."""
    if sys.platform == "linux" and ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "orphans cannot be adopted")


def _wait_for_orphans() -> None:
    while True:
        try:
            os.wait()
        except ChildProcessError:
            return


def descendants(root: int) -> Iterator[int]:
    """The processes below a process, by /proc."""
    children: dict[int, list[int]] = {}
    for folder in _PROC.iterdir():
        if folder.name.isdigit():
            try:
                stat = (folder / "stat").read_text("ascii", "replace")
            except (FileNotFoundError, ProcessLookupError):
                continue  # it has just ended
            children.setdefault(int(stat.rpartition(")")[2].split()[1]), []).append(int(folder.name))
    waiting = children.get(root, [])
    while waiting:
        process = waiting.pop()
        yield process
        waiting += children.get(process, [])


def proportional_kb(process: int) -> int:
    """The memory of a process, each shared page divided among its users (PSS); 0 where it has just ended."""
    try:
        text = (_PROC / str(process) / "smaps_rollup").read_text("ascii")
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return sum(int(line.split()[1]) for line in text.splitlines() if line.startswith("Pss:"))


if __name__ == "__main__":
    sys.exit(main())
