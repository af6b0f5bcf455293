"""Divides work over accounts among processes or machines: each range of accounts is a task.

A task opens the store for reading, up to the same position as all others, and reads only its range and the shared
streams. Results come back in the order of the ranges, so the combined result is the same as from one process. If a
worker dies, another worker repeats its task.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any, NamedTuple, Protocol, TypeVar

from domain.text import words_of
from ledger.application import Ledger
from ledger.log import streams
from ledger.log.reader import Reader
from ledger.refusals.commands import ClusterUnreachable, NoDask

PARTS_A_WORKER = 4
"""Tasks for each worker: enough that one slow range does not delay the end."""
LARGEST_PART = 250_000
"""About the largest number of events in a task, so that each result stays small."""
_SAMPLES_A_PART = 64
CONNECT_SECONDS = 10
Progress = Callable[[int, int], None]
Result = TypeVar("Result", covariant=True)


class Task(Protocol[Result]):
    """Work on the accounts with streams from `first` up to `end`. It and its result must be picklable."""

    def __call__(self, log: Reader, first: str, end: str, *, on_progress: Progress) -> Result: ...


class Workers(NamedTuple):
    """The workers: a number of processes on this machine, or those of the Dask scheduler at an address."""

    processes: int | None = None
    address: str | None = None


def ranges(log: Reader, parts: int) -> list[tuple[str, str]]:
    """Divide all accounts into ordered ranges of stream ids with about equally many events; fewer where few exist.

    The bounds come from a sample of the log at even distances: a few look-ups, regardless of the log's length.
    """
    first, end = streams.ACCOUNTS
    keys = sorted(streams.range_of(streams.owner(stream))[0] for stream in log.sample(parts * _SAMPLES_A_PART))
    inner = sorted({keys[len(keys) * part // parts] for part in range(1, parts)} - {keys[0]}) if keys else []
    return list(zip([first, *inner], [*inner, end], strict=True))


def over_accounts(
    ledger: Ledger, log: Reader, task: Task[Result], workers: Workers | None, on_progress: Progress
) -> Iterator[Result]:
    """Yield a task's results over all accounts in order: a single one without workers, else one per range.

    Raises Unreadable `no_dask`, `cluster_unreachable`, and what the task raises.
    """
    if workers is None:
        yield task(log, *streams.ACCOUNTS, on_progress=on_progress)
        return
    with ExitStack() as stack:
        client = _client(workers, stack)
        count = sum(client.nthreads().values()) or 1
        upto = log.position()
        parts = ranges(log, max(count * PARTS_A_WORKER, upto // LARGEST_PART))
        url = ledger.store.url
        futures = [client.submit(_carried_out, url, upto, task, *part, pure=False) for part in parts]
        for done, future in enumerate(futures, start=1):
            yield future.result()
            future.release()
            on_progress(done, len(futures))


def _carried_out(url: str, upto: int, task: Task[Any], first: str, end: str) -> Any:
    with Ledger.open(url, read_only=True) as ledger, ledger.reading(upto) as log:
        return task(log, first, end, on_progress=lambda done, total: None)


def _client(workers: Workers, stack: ExitStack) -> Any:
    try:
        from distributed import Client, LocalCluster
    except ImportError as error:
        raise NoDask(error=words_of(error)) from None
    if workers.address is None:
        local = LocalCluster(
            n_workers=workers.processes, threads_per_worker=1, dashboard_address=None, silence_logs="ERROR"
        )
        return stack.enter_context(Client(stack.enter_context(local)))
    try:
        return stack.enter_context(Client(workers.address, timeout=f"{CONNECT_SECONDS}s"))
    except (OSError, ValueError, TimeoutError) as error:
        raise ClusterUnreachable(address=workers.address, error=words_of(error)) from None
