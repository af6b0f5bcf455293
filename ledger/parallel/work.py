"""Divides work on the log into parts: ranges of accounts, or of positions. Each part is carried out by itself.

A part opens the store for reading, up to the same position as all others, and reads only its range and the shared
streams. Results come back in the order of the parts, so the combined result is the same as from one process. If a
worker dies, another worker repeats its part.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from typing import NamedTuple, Protocol, TypeVar

from ledger.application import Ledger
from ledger.log import streams
from ledger.log.reader import Reader
from ledger.parallel.cluster import connected
from ledger.parallel.crew import Crew
from ledger.parallel.processes import Processes, usable_processors

PARTS_A_WORKER = 4
"""Parts for each worker: enough that one slow range does not delay the end."""
LARGEST_PART = 2**16
"""About the largest number of events in a part of several, so that each result stays small."""
WORTH_WORKERS = 50_000
"""From this number of events on, several processes are faster than one in spite of their start."""
_SAMPLES_A_PART = 64
Progress = Callable[[int, int], None]
Result = TypeVar("Result")
Returned = TypeVar("Returned", covariant=True)
Part = Callable[[Reader], Result]
"""Work on a part of the log. It and its result must be picklable."""


class Task(Protocol[Returned]):
    """Work on the accounts with streams from `first` up to `end`. It and its result must be picklable."""

    def __call__(self, log: Reader, first: str, end: str) -> Returned: ...


class Workers(NamedTuple):
    """The workers: a number of processes on this machine, or those of the Dask scheduler at an address.

    With neither they are chosen by the log's length: one process for a short one, else one for each processor.
    """

    processes: int | None = None
    address: str | None = None

    def crew(self, events: int) -> AbstractContextManager[Crew | None]:
        """Who carries out the parts of a log of a length; None where this process alone does.

        Raises Unreadable `no_dask`, `cluster_unreachable`.
        """
        if self.address is not None:
            return connected(self.address)
        chosen = usable_processors() if events >= WORTH_WORKERS else 1
        count = chosen if self.processes is None else self.processes
        return nullcontext(Processes(count) if count > 1 else None)


ALONE = Workers(processes=1)
"""Only this process."""
BY_LENGTH = Workers()
"""As many processes as the log's length is worth."""


def ranges(log: Reader, parts: int) -> list[tuple[str, str]]:
    """Divide all accounts into ordered ranges of stream ids with about equally many events; fewer where few exist.

    The bounds come from a sample of the log at even distances: a few look-ups, regardless of the log's length.
    """
    first, end = streams.ACCOUNTS
    keys = sorted(streams.range_of(streams.owner(stream))[0] for stream in log.sample(parts * _SAMPLES_A_PART))
    inner = sorted({keys[len(keys) * part // parts] for part in range(1, parts)} - {keys[0]}) if keys else []
    return list(zip([first, *inner], [*inner, end], strict=True))


def over_accounts(
    ledger: Ledger, log: Reader, task: Task[Result], workers: Workers, on_progress: Progress
) -> Iterator[Result]:
    """Yield a task's results over all accounts, one for each range, in order.

    Raises Unreadable `no_dask`, `cluster_unreachable`, `workers_died`, and what the task raises.
    """
    events = log.position()
    with workers.crew(events) as crew:
        least = 1 if crew is None else crew.size * PARTS_A_WORKER
        bounds = ranges(log, max(least, events // LARGEST_PART))
        parts = [partial(task, first=first, end=end) for first, end in bounds]
        yield from _told(_results(ledger, log, parts, crew), len(parts), events, on_progress)


def over_parts(
    ledger: Ledger, log: Reader, parts: Sequence[Part[Result]], workers: Workers, on_progress: Progress
) -> Iterator[Result]:
    """Yield the results of parts of about equal length in order. Raises as `over_accounts` does."""
    events = log.position()
    with workers.crew(events) as crew:
        yield from _told(_results(ledger, log, parts, crew), len(parts), events, on_progress)


def _results(ledger: Ledger, log: Reader, parts: Sequence[Part[Result]], crew: Crew | None) -> Iterator[Result]:
    if crew is None:
        return (part(log) for part in parts)
    return crew.in_order([partial(_carried_out, ledger.store.url, log.position(), part) for part in parts])


def _told(results: Iterator[Result], parts: int, events: int, on_progress: Progress) -> Iterator[Result]:
    """The results, each told as its share of the events."""
    for done, result in enumerate(results, start=1):
        yield result
        on_progress(events * done // parts, events)


def _carried_out(url: str, upto: int, part: Part[Result]) -> Result:
    with Ledger.open(url, read_only=True) as ledger, ledger.reading(upto) as log:
        return part(log)
