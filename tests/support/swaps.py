"""Documents with one value swapped for another of every JSON type, at every path: what a reader must refuse or take."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

KINDS: tuple[object, ...] = (None, True, 7, -1.5, "", "x", "\ud800", [], ["a"], [{}], {}, {"a": 1})
"""One value of each JSON type, with what a hash, an index or a comparison would stumble over."""
GONE = object()
"""Stands for a key that is left out."""


def swapped(document: object) -> Iterator[tuple[str, object]]:
    """Every document that differs in one value, with the path and what stands there now."""
    for path in _paths(document, ()):
        for value in (*KINDS, GONE):
            if value is GONE and not path:
                continue
            yield f"${''.join(f'[{step!r}]' for step in path)} = {value!r}", _with(document, path, value)


def _paths(value: object, path: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
    yield path
    steps = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, each in steps:
        yield from _paths(each, (*path, step))


def _with(document: object, path: tuple[Any, ...], value: object) -> object:
    if not path:
        return value
    changed: Any = copy.deepcopy(document)
    inside = changed
    for step in path[:-1]:
        inside = inside[step]
    if value is GONE:
        del inside[path[-1]]
    else:
        inside[path[-1]] = value
    return changed
