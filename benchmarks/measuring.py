"""Measuring two sides against each other: as processes of their own, in turn, several times; ratios of medians."""

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
"""What of our own environment would change what is measured: settings, and modules that are compiled at each start."""
ENVIRONMENT = {
    **{name: value for name, value in os.environ.items() if not name.startswith(_LEFT_OUT)},
    "SLALEDGER_ACTOR": "benchmark",
    "BEANCOUNT_DISABLE_LOAD_CACHE": "1",
    "PYTHONPATH": os.pathsep.join(filter(None, (str(HERE.parent), os.environ.get("PYTHONPATH", "")))),
}

Side = Callable[[], float]
"""Does its work once and gives what it took: seconds, or MB of memory."""


class Skipped(Exception):
    """A row that cannot be measured here; the message is the one line that brings what it lacks."""


PROCESSOR_TIME = "BENCH_PROCESSOR_TIME"
"""Set in the environment to count the processor's time instead of the wall clock's: for a machine that others use."""


class Finished(NamedTuple):
    """A process that came to its end: what it took, and what it printed."""

    seconds: float
    printed: str


def run(*words: str | Path) -> Finished:
    """Run a process and hold it to succeed."""
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
    """What such a function prints: what its work took without the start of Python, in seconds, or its memory in MB."""
    return float(side(name, *words).printed.split()[-1])


def peak_mb(ledger: Path, *words: str | Path) -> float:
    """The most memory that the command line held on a ledger, in MB.

    It is started by a small process: Linux counts what held its starter as its own.
    """
    return own_figure("peak_mb", SLALEDGER, "--ledger", f"sqlite:///{ledger}", *words)


class Comparison(NamedTuple):
    """Both sides' figures, in the order in which they were measured: ours and theirs in turn."""

    ours: list[float]
    theirs: list[float]

    @property
    def ratio(self) -> float:
        """Ours over theirs, of the medians."""
        return median(self.ours) / median(self.theirs)

    @property
    def ratios(self) -> list[float]:
        """Ours over theirs, of each pair."""
        return [ours / theirs for ours, theirs in zip(self.ours, self.theirs, strict=True)]


def compare(ours: Side, theirs: Side, repeats: int, *, warm: bool) -> Comparison:
    """Measure both sides in turn. `warm` lets each run once unmeasured: for what is over in a moment."""
    if warm:
        ours(), theirs()
    pairs: Sequence[tuple[float, float]] = [(ours(), theirs()) for _ in range(repeats)]
    return Comparison([pair[0] for pair in pairs], [pair[1] for pair in pairs])
