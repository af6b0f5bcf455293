"""Compares two sides: each runs in separate processes, in turn, several times; the result is a ratio of medians."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from typing import NamedTuple

HERE = Path(__file__).parent
SLALEDGER = str(Path(sys.executable).with_name("slaledger"))
_LEFT_OUT = ("SLALEDGER_", "PYTHONDONTWRITEBYTECODE")
"""Variables of our environment that would change the results: settings, and the compilation of modules."""
ENVIRONMENT = {
    **{name: value for name, value in os.environ.items() if not name.startswith(_LEFT_OUT)},
    "SLALEDGER_ACTOR": "benchmark",
    "BEANCOUNT_DISABLE_LOAD_CACHE": "1",
    "PYTHONPATH": os.pathsep.join(filter(None, (str(HERE.parent), os.environ.get("PYTHONPATH", "")))),
}

Side = Callable[[], float]
"""Does its work once and returns its cost: seconds, or MB of memory."""


class Skipped(Exception):
    """A row that cannot be measured here; the message is the command that installs what is missing."""


PROCESSOR_TIME = "BENCH_PROCESSOR_TIME"
"""The variable that selects processor time instead of wall-clock time, for a machine that others use."""


class Finished(NamedTuple):
    """A finished process: its cost, and its output."""

    seconds: float
    printed: str


def run(*words: str | Path) -> Finished:
    """Run a process and check that it succeeds."""
    started = _clock()
    done = subprocess.run(list(map(str, words)), stdout=subprocess.PIPE, env=ENVIRONMENT, check=True)
    return Finished(_clock() - started, done.stdout.decode())


def _clock() -> float:
    if PROCESSOR_TIME not in os.environ:
        return time.perf_counter()
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def slaledger(ledger: Path, *words: str | Path) -> Finished:
    """Run the command line on a ledger."""
    return run(SLALEDGER, "--ledger", f"sqlite:///{ledger}", *words)


def side(name: str, *words: str | Path) -> Finished:
    """Run a function of `sides.py` in a fresh interpreter."""
    return run(sys.executable, HERE / "sides.py", name, *words)


def own_figure(name: str, *words: str | Path) -> float:
    """The number that such a function prints: its seconds without the start of Python, or its memory in MB."""
    return float(side(name, *words).printed.split()[-1])


def peak_mb(ledger: Path, *words: str | Path) -> float:
    """The peak memory of the command line on a ledger, in MB.

    A small process starts it: Linux counts the memory of a process's parent at the start as its own.
    """
    return own_figure("peak_mb", SLALEDGER, "--ledger", f"sqlite:///{ledger}", *words)


class Comparison(NamedTuple):
    """Both sides' figures, in the order of measurement: ours and theirs in turn."""

    ours: list[float]
    theirs: list[float]

    @property
    def ratio(self) -> float:
        """The ratio of our median to theirs."""
        return median(self.ours) / median(self.theirs)

    @property
    def ratios(self) -> list[float]:
        """The ratio of ours to theirs, for each pair."""
        return [ours / theirs for ours, theirs in zip(self.ours, self.theirs, strict=True)]


def compare(ours: Side, theirs: Side, repeats: int, *, warm: bool) -> Comparison:
    """Measure both sides in turn. With `warm` each first runs once unmeasured, for short runs."""
    if warm:
        ours(), theirs()
    pairs: Sequence[tuple[float, float]] = [(ours(), theirs()) for _ in range(repeats)]
    return Comparison([pair[0] for pair in pairs], [pair[1] for pair in pairs])
