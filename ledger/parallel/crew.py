"""What carries out calls elsewhere, a few at a time."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from typing import Protocol, TypeVar

Result = TypeVar("Result")
Returned = TypeVar("Returned", covariant=True)


class Pending(Protocol[Returned]):
    """A result that is there, or will be."""

    def result(self) -> Returned:
        """Wait for the result. Raises what the call raised."""


class Crew(Protocol):
    """Workers elsewhere: `size` is how many calls they carry out at once."""

    size: int

    def in_order(self, calls: Sequence[Callable[[], Result]]) -> Iterator[Result]:
        """Yield the results of calls, in their order. Raises what the first call that failed raised."""


def windowed(
    submit: Callable[[Callable[[], Result]], Pending[Result]], calls: Sequence[Callable[[], Result]], size: int
) -> Iterator[Result]:
    """Yield the results of calls in order. Few are under way at once: memory does not grow with their number."""
    waiting: deque[Pending[Result]] = deque()
    for call in calls:
        waiting.append(submit(call))
        if len(waiting) == 2 * size:
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()
