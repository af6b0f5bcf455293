"""What a row of the table is, and the list of all rows: those of `rows_*.py`, in the order of their registration.

A row's function prepares both sides for given sizes and returns them; its docstring says why the comparison is fair.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from measuring import Side
from prepared import Sizes

Sides = Callable[[Sizes], tuple[Side, Side]]
PAIRS = 5
"""The least number of pairs of runs for a row."""


class Target(NamedTuple):
    """The ratio that we aim for, and the one after it; None where there is none.

    With `at_least` the ratio is theirs to ours: how many times as fast ours is. `clock` is `wall` or `processor`, by
    which the ratio is judged.
    """

    reach: float | None
    then: float | None = None
    at_least: bool = False
    clock: str = "wall"


class Row(NamedTuple):
    """A comparison, measured in so many pairs of runs. `unit` is s or MB."""

    name: str
    what: str
    against: str
    target: Target
    pairs: int
    warm: bool
    unit: str
    sides: Sides


ROWS: list[Row] = []


def row(
    name: str, what: str, against: str, target: Target, *, pairs: int = PAIRS, warm: bool = False, unit: str = "s"
) -> Callable[[Sides], Sides]:
    """Register a function as a row; the texts may name sizes as `{sizes.main:,}`."""

    def taken(sides: Sides) -> Sides:
        ROWS.append(Row(name, what, against, target, pairs, warm, unit, sides))
        return sides

    return taken
