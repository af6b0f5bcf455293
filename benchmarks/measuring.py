"""Measures one side of a row, or compares two: each runs in separate processes, in turn, several times."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import NamedTuple

from places import HERE

SLALEDGER = str(Path(sys.executable).with_name("slaledger"))
_LEFT_OUT = ("SLALEDGER_", "PYTHON")
"""Variables of our environment that would change the results: settings, and where and how Python finds modules."""
ENVIRONMENT = {
    **{name: value for name, value in os.environ.items() if not name.startswith(_LEFT_OUT)},
    "SLALEDGER_ACTOR": "benchmark",
    "BEANCOUNT_DISABLE_LOAD_CACHE": "1",
}


class Skipped(Exception):
    """A row that cannot be measured here; the message says what is missing."""


class Cost(NamedTuple):
    """The cost of one run: seconds by the wall clock, or MB of memory; and the processor seconds of all its
    processes, None where they do not matter."""

    amount: float
    processor: float | None = None


Side = Callable[[], Cost]
"""Does its work once and returns its cost."""


class Finished(NamedTuple):
    """A finished command: its cost, and its output."""

    cost: Cost
    printed: str


# Running ------------------------------------------------------------------------------------------------------------


def run(*words: str | Path) -> Finished:
    """Run a command and check that it succeeds."""
    figures, printed = _watched("seconds", words)
    return Finished(Cost(figures["seconds"], figures["processor"]), printed)


def _watched(kind: str, words: Sequence[str | Path]) -> tuple[dict[str, float], str]:
    """Run a command under `watch.py`; return what that tells, and the output."""
    told, telling = os.pipe()
    with os.fdopen(told, "rb") as figures:
        try:
            watched = [sys.executable, str(HERE / "watch.py"), str(telling), kind, *map(str, words)]
            done = subprocess.run(watched, stdout=subprocess.PIPE, env=ENVIRONMENT, check=True, pass_fds=[telling])
        finally:
            os.close(telling)
        return json.loads(figures.read()), done.stdout.decode()


def slaledger(ledger: Path, *words: str | Path) -> Finished:
    """Run the command line on a ledger."""
    return run(SLALEDGER, "--ledger", f"sqlite:///{ledger}", *words)


def side(name: str, *words: str | Path) -> Finished:
    """Run a function of `sides.py` in a fresh interpreter."""
    return run(*side_words(name, *words))


def side_words(name: str, *words: str | Path) -> tuple[str | Path, ...]:
    """The command that runs a function of `sides.py`."""
    return sys.executable, HERE / "sides.py", name, *words


def own_cost(name: str, *words: str | Path) -> Cost:
    """The cost that such a function prints of its work, without the start of Python."""
    amount, processor = side(name, *words).printed.split()[-2:]
    return Cost(float(amount), float(processor))


def peak_mb(*words: str | Path) -> Cost:
    """The peak memory of a command and all processes that it starts, in MB.

    It is the sum of their proportional set sizes (PSS), taken twenty times a second: a page that several of them share
    counts once. Raises Skipped where the system does not tell it.
    """
    if not Path("/proc/self/smaps_rollup").exists():
        raise Skipped("this system does not tell the memory of a process (/proc/PID/smaps_rollup)")
    return Cost(_watched("memory", words)[0]["peak_mb"])


# Comparing ----------------------------------------------------------------------------------------------------------


class Comparison(NamedTuple):
    """Both sides' costs, in the order of measurement: theirs, ours, theirs, ours, … theirs."""

    ours: list[Cost]
    theirs: list[Cost]

    @property
    def amounts(self) -> list[float]:
        """The ratio of ours to theirs for each run of ours, by the wall clock or by memory."""
        return paired([cost.amount for cost in self.ours], [cost.amount for cost in self.theirs])

    @property
    def processor(self) -> list[float]:
        """The same by processor time; empty where that is not measured."""
        ours = [cost.processor for cost in self.ours if cost.processor is not None]
        theirs = [cost.processor for cost in self.theirs if cost.processor is not None]
        return paired(ours, theirs) if ours else []

    @property
    def medians(self) -> tuple[float, float]:
        """The medians of both sides, ours first."""
        return median(cost.amount for cost in self.ours), median(cost.amount for cost in self.theirs)


def paired(ours: Sequence[float], theirs: Sequence[float]) -> list[float]:
    """The ratio of each of our runs to the mean of their runs before and after it.

    There is one more of theirs. A machine that steadily becomes slower or faster does not change these ratios.
    """
    return [own / ((before + after) / 2) for own, (before, after) in zip(ours, pairwise(theirs), strict=True)]


def compare(ours: Side, theirs: Side, pairs: int, *, warm: bool) -> Comparison:
    """Measure both sides in turn, theirs first and last. With `warm` each first runs once unmeasured, ours first."""
    if warm:
        ours(), theirs()
    measured = Comparison([], [theirs()])
    for _ in range(pairs):
        measured.ours.append(ours())
        measured.theirs.append(theirs())
    return measured
