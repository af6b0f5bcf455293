"""Eight processes and two readers on one ledger, on either store: nothing is lost, nothing is there twice.

`benchmarks/concurrency.py` is the same at full size; SLALEDGER_TEST_COMMANDS sets how many commands each carries out.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT, SOAK
from stores import Store

COMMANDS = os.environ.get("SLALEDGER_TEST_COMMANDS", "600" if SOAK else "60")


def test_eight_at_once_lose_nothing_and_readers_miss_nothing(store: Store, tmp_path: Path) -> None:
    place = store.empty(tmp_path)
    script = [sys.executable, str(ROOT / "benchmarks" / "concurrency.py"), "--ledger", place.url]
    done = subprocess.run([*script, "--commands", COMMANDS, "--lock-seconds", "120"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["commands"] == 8 * int(COMMANDS)
    assert found["readers"] == 2
    assert found["recorded"] > found["commands"] // 10
    assert sum(number for name, number in found.items() if name.startswith("gave up")) == 0
    assert found["p99_ms"] >= found["p50_ms"]


@pytest.mark.parametrize("wrong", ["told twice", "lost"])
def test_it_would_show(store: Store, tmp_path: Path, wrong: str) -> None:
    """What the run holds is not held by nothing: an event more or less than was told is found."""
    place = store.empty(tmp_path)
    code = (
        "import sys; sys.path.insert(0, 'benchmarks'); import concurrency as c; work = c.work\n"
        "def lying(*given):\n"
        "    worked = work(*given)\n"
        f"    {'worked.positions.append(worked.positions[0])' if wrong == 'told twice' else 'worked.positions.pop()'}\n"
        "    return worked\n"
        "class Pool:\n"
        "    def __init__(self, *_): pass\n"
        "    def __enter__(self): return self\n"
        "    def __exit__(self, *_): pass\n"
        "    def apply_async(self, function, given):\n"
        "        result = (lying if function is work else function)(*given)\n"
        "        return type('Done', (), {'get': lambda self: result})()\n"
        "import multiprocessing; context = multiprocessing.get_context('spawn'); context.Pool = Pool\n"
        "c.multiprocessing.get_context = lambda _: context\n"
        f"c.run({place.url!r}, 1, 80, 0, 1)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 1
    said = "an event was told twice" if wrong == "told twice" else "the log is not what its writers were told"
    assert said in done.stderr
