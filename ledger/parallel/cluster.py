"""The workers of a Dask cluster. If one dies, the scheduler gives its call to another."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any, TypeVar

from domain.text import words_of
from ledger.parallel.crew import windowed
from ledger.refusals.commands import ClusterUnreachable, NoDask

CONNECT_SECONDS = 10
Result = TypeVar("Result")


class Cluster:
    """The workers of a scheduler."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self.size: int = sum(client.nthreads().values()) or 1

    def in_order(self, calls: Sequence[Callable[[], Result]]) -> Iterator[Result]:
        """Yield the results of calls, in their order. Raises what the first call that failed raised."""
        return windowed(partial(self._client.submit, pure=False), calls, self.size)


@contextmanager
def connected(address: str) -> Iterator[Cluster]:
    """The workers of the scheduler at an address. Raises Unreadable `no_dask`, `cluster_unreachable`."""
    try:
        from distributed import Client
    except ImportError as error:
        raise NoDask(error=words_of(error)) from None
    try:
        client = Client(address, timeout=f"{CONNECT_SECONDS}s")
    except (OSError, ValueError, TimeoutError) as error:
        raise ClusterUnreachable(address=address, error=words_of(error)) from None
    with client:
        yield Cluster(client)
