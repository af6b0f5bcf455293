"""JSON documents in which one value has another type: what a reader must refuse and never fail on."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

OTHERS: tuple[object, ...] = (
    None, True, False, 0, -1, 1.5, 10**400, "", "x", "4", "2026-03-03T10:00:00Z", [], ["x"], [[]], [None], {},
    {"x": "y"}, {"x": []}, [{"x": ["y"]}],
)  # fmt: skip
"""A value of each type of JSON, and some that look like what is expected elsewhere."""
_Path = tuple[str | int, ...]


def swaps(sample: object) -> Iterator[object]:
    """The sample with each of `OTHERS` in place of each value in it, and with each value left out."""
    for path in list(_paths(sample)):
        for other in OTHERS:
            yield _with(sample, path, other)
        if path:
            yield _without(sample, path)


def _paths(value: object, path: _Path = ()) -> Iterator[_Path]:
    yield path
    if isinstance(value, dict):
        for key, each in value.items():
            yield from _paths(each, (*path, key))
    elif isinstance(value, list):
        for number, each in enumerate(value):
            yield from _paths(each, (*path, number))


def _with(sample: object, path: _Path, other: object) -> object:
    if not path:
        return copy.deepcopy(other)
    made = copy.deepcopy(sample)
    _holder(made, path)[path[-1]] = copy.deepcopy(other)
    return made


def _without(sample: object, path: _Path) -> object:
    made = copy.deepcopy(sample)
    del _holder(made, path)[path[-1]]
    return made


def _holder(value: Any, path: _Path) -> Any:
    for step in path[:-1]:
        value = value[step]
    return value
