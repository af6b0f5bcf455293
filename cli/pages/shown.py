"""The parts of a page by the slider's steps: each distinct part once, with the steps that show it."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import Any, Generic, NamedTuple, TypeVar

_Thing = TypeVar("_Thing", bound=Hashable)


class Variant(NamedTuple, Generic[_Thing]):
    """A part, the steps that show it, as `0-3 7`, and whether the last step does."""

    thing: _Thing
    seen: str
    is_last: bool


class Shown(Generic[_Thing]):
    """Parts in the order in which they were first shown."""

    def __init__(self) -> None:
        self._steps: dict[_Thing, list[int]] = {}
        self._last = -1

    def add(self, step: int, things: Iterable[_Thing]) -> None:
        """Add the parts that a step shows; steps must be added in order."""
        self._last = max(self._last, step)
        for thing in things:
            steps = self._steps.setdefault(thing, [])
            if not steps or steps[-1] != step:
                steps.append(step)

    def variants(self) -> list[Variant[_Thing]]:
        """Each distinct part with the steps that show it."""
        return [Variant(thing, ranges(steps), self._last in steps[-1:]) for thing, steps in self._steps.items()]


def ranges(steps: list[int]) -> str:
    """Sorted steps as ranges, such as `0-3 7`."""
    runs: list[list[int]] = []
    for step in steps:
        if runs and runs[-1][1] == step - 1:
            runs[-1][1] = step
        else:
            runs.append([step, step])
    return " ".join(str(first) if first == last else f"{first}-{last}" for first, last in runs)


def variants(per_step: list[list[Any]]) -> list[Any]:
    """The things of all steps, each once, with the steps that show it."""
    shown: Shown[Any] = Shown()
    for number, things in enumerate(per_step):
        shown.add(number, things)
    return shown.variants()
