"""Processes of this machine. They begin from a fresh interpreter, never as copies of one that has a database open."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack, contextmanager
from multiprocessing import active_children, get_all_start_methods, get_context, parent_process
from multiprocessing.context import BaseContext
from multiprocessing.process import BaseProcess
from threading import Thread
from typing import TypeVar

from ledger.parallel.crew import windowed
from ledger.refusals.commands import WorkersDied

_PRELOADED = ["__main__", "ledger.audit.verify", "ledger.queries.read_models"]
"""What is imported once, before processes are begun from it; all else is imported by each."""
Result = TypeVar("Result")


class Processes:
    """A number of processes, begun anew for each sequence of calls."""

    def __init__(self, size: int) -> None:
        self.size = size

    def in_order(self, calls: Sequence[Callable[[], Result]]) -> Iterator[Result]:
        """Yield the results of calls, in their order.

        Where a process dies, the calls without a result are begun once more. Raises what the first call that failed
        raised, and Unreadable `workers_died` where a process dies again.
        """
        done = 0
        for is_last in (False, True):
            try:
                with _pool(self.size) as pool:
                    for result in windowed(pool.submit, calls[done:], self.size):
                        done += 1
                        yield result
                return
            except BrokenProcessPool:
                if is_last:
                    raise WorkersDied(done=done, parts=len(calls)) from None


def usable_processors() -> int:
    """The number of processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def _pool(size: int) -> Iterator[ProcessPoolExecutor]:
    """Processes that end with the block; where it is left early, in the middle of what they do."""
    pool = ProcessPoolExecutor(size, mp_context=_context(), initializer=_begin)
    others = frozenset(active_children())
    with ExitStack() as early:
        early.callback(pool.shutdown, cancel_futures=True)
        early.callback(_kill_all_but, others)
        yield pool
        early.pop_all()
    pool.shutdown()


def _context() -> BaseContext:
    if "forkserver" not in get_all_start_methods():
        return get_context("spawn")
    context = get_context("forkserver")
    context.set_forkserver_preload(_PRELOADED)
    return context


def _kill_all_but(others: frozenset[BaseProcess]) -> None:
    for process in frozenset(active_children()) - others:
        process.kill()


def _begin() -> None:
    """Leave Ctrl-C to the process that asks, and end with it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
