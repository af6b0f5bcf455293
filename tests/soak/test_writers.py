"""Many processes and two readers on one ledger, on either store: nothing is lost, nothing twice, and nobody starves.

Nobody starves: when the first process has recorded all of its events, the last of all is well on its way. That is told
by positions, so it does not depend on the machine. `benchmarks/concurrency.py` carries it out.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import concurrency
import pytest
from build import row
from conftest import ROOT
from soaking import SOAK, seed, tell
from stores import Store

PROCESSES, COMMANDS, LEAST_PERCENT = (16, 600, 50) if SOAK else (4, 50, 10)
"""In a short run the processes begin too far apart for more to be asked of the slowest."""


def test_many_at_once_lose_nothing_and_none_starves(store: Store, tmp_path: Path) -> None:
    place = store.empty(tmp_path)
    given = {"processes": PROCESSES, "commands": COMMANDS, "seed": seed(), "lock-seconds": 120}
    options = [word for name, value in given.items() for word in (f"--{name}", str(value))]
    script = [sys.executable, str(ROOT / "benchmarks" / "concurrency.py"), "--ledger", place.url, *options]
    done = subprocess.run(script, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["commands"] == PROCESSES * COMMANDS
    assert found["slowest_percent"] >= LEAST_PERCENT
    assert found["readers"] == 2
    assert found["recorded"] > found["commands"] // 10
    assert sum(number for name, number in found.items() if name.startswith("gave up")) == 0
    tell(f"writers on {store.name}", **found)


class Alone:
    """A context of `multiprocessing` that carries everything out in this process, at once."""

    Manager = staticmethod(lambda: nullcontext(threading))
    Pool = staticmethod(lambda _: nullcontext(Alone))

    @staticmethod
    def set_forkserver_preload(_: list[str]) -> None:
        """Nothing is forked."""

    @staticmethod
    def apply_async(function: Callable[..., Any], given: tuple[Any, ...]) -> Any:
        result = function(*given)
        return SimpleNamespace(get=lambda: result)


@pytest.mark.parametrize(
    ("lie", "said"),
    [
        row("told twice", lambda told: [*told, told[0]], "an event was told twice"),
        row("lost", lambda told: told[:-1], "the log is not what its writers were told"),
    ],
)
def test_it_would_show(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lie: Callable[[list[int]], list[int]], said: str
) -> None:
    """What the run holds is not held by nothing: an event more or less than was told is found."""
    work = concurrency.work

    def lying(*given: Any) -> concurrency.Worked:
        worked = work(*given)
        return worked._replace(positions=lie(worked.positions))

    monkeypatch.setattr(concurrency, "multiprocessing", SimpleNamespace(get_context=lambda _: Alone))
    assert concurrency.run(store.empty(tmp_path).url, 1, 80, 0, 1)["events"] > 8
    monkeypatch.setattr(concurrency, "work", lying)
    (tmp_path / "lied").mkdir()
    lied = store.empty(tmp_path / "lied")
    with pytest.raises(AssertionError, match=said):
        concurrency.run(lied.url, 1, 80, 0, 1)
