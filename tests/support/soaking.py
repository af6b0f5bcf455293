"""The long runs: a seed that repeats one, cases that go on where a run was interrupted, and the figures of a run.

`SLALEDGER_SEED` gives the seed; without it short runs have always the same one, and a long run a new one that it keeps
until it is complete. What a long run has done is noted in `.soak/` (or the folder that `SLALEDGER_SOAK_STATE` names).
"""

from __future__ import annotations

import json
import os
import re
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

SOAK = bool(os.environ.get("SLALEDGER_SOAK"))
"""Whether the long runs are wanted: `make soak` sets it."""
_SHORT_SEED = 14


def folder() -> Path:
    """Where a long run notes what it has done."""
    return Path(os.environ.get("SLALEDGER_SOAK_STATE") or Path(__file__).parents[2] / ".soak")


def seed() -> int:
    """The seed of this run."""
    given = os.environ.get("SLALEDGER_SEED")
    if given or not SOAK:
        return int(given or _SHORT_SEED)
    folder().mkdir(exist_ok=True)
    kept = folder() / "seed"
    try:
        with kept.open("x") as new:
            new.write(f"{time.time_ns() // 1_000_000 % 1_000_000_000}\n")
    except FileExistsError:
        pass
    while not (text := kept.read_text()).endswith("\n"):
        time.sleep(0.01)
    return int(text)


class Cases:
    """The numbered cases of a test, in order: of a long run those that are not done yet, each noted when it has passed.

    `tally` counts what the cases found, over all parts of a run.
    """

    def __init__(self, name: str, short: int, long: int) -> None:
        self.name, self.seed = name, seed()
        self.many = long if SOAK else short
        self.tally: Counter[str] = Counter()
        self._done = 0
        self._file = folder() / f"{re.sub('[^a-z0-9]+', '-', name)}-{self.seed}.json"
        if SOAK and self._file.exists():
            kept = json.loads(self._file.read_text())
            self._done, self.tally = kept["done"], Counter(kept["tally"])

    def __iter__(self) -> Iterator[int]:
        if self._done == self.many:
            return
        for number in range(self._done, self.many):
            yield number
            self._note(number + 1)
        tell(self.name, cases=self.many, **self.tally)

    def random(self, number: int) -> str:
        """What `Random` is seeded with for a case, so that each case can be repeated alone."""
        return f"{self.seed} {self.name} {number}"

    def _note(self, done: int) -> None:
        self._done = done
        if SOAK:
            self._file.parent.mkdir(exist_ok=True)
            part = self._file.with_suffix(".part")
            part.write_text(json.dumps({"done": done, "tally": self.tally}))
            part.replace(self._file)


def tell(name: str, **figures: int) -> None:
    """Note the figures of a long run, which `make soak` prints."""
    if SOAK:
        folder().mkdir(exist_ok=True)
        with (folder() / "figures.jsonl").open("a") as out:
            out.write(json.dumps({"what": name, "seed": seed(), **figures}) + "\n")


def summary() -> str:
    """How to repeat this run."""
    return f"tests/soak ran with SLALEDGER_SEED={seed()}"
