"""Writers beside a long batch on one SQLite ledger: how long does each wait for its turn?

    python benchmarks/fairness.py [--lines 20000] [--pause-ms 200] [--seed 1]

measures, on new ledgers in a temporary folder, a batch alone; three people beside it, who pause between commands; and
sixteen programs, which do not. Each command opens the ledger, carries out one command and closes it, with the ledger's
own limit of ten seconds, as the command line does, and is timed from the first to the last of it. All of it is
measured twice: without the queue (`ledger/store/sqlite/turns.py` put aside, so that SQLite's busy handler decides) and
with it.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import sys
import tempfile
import time
from contextlib import nullcontext
from pathlib import Path
from random import Random
from typing import Any, NamedTuple
from unittest.mock import patch

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from domain.refusals import Conflict
from ledger.application import Ledger
from ledger.commands.batch import Batch
from ledger.commands.execution import execute, initialise
from ledger.commands.parsing import build
from ledger.store.sqlite import turns

ENROLLED = {"enrolled_at": "2020-01-01T00:00:00+08:00"}


class Waited(NamedTuple):
    """The work of one writer: how long each command took, how many gave up, and the positions of its events."""

    latencies_ns: list[int]
    gave_up: int
    positions: list[int]


def run_batch(url: str, lines: Path, started: Any, over: Any) -> tuple[int, int]:
    """Carry out the file; returns the nanoseconds that it took and the position of its last event."""
    with Ledger.open(url) as ledger, lines.open("rb") as opened:
        started.set()
        begun = time.monotonic_ns()
        report = Batch(ledger, opened, actor="batch").run()
        over.set()
        return time.monotonic_ns() - begun, report.position


def write(url: str, writer: int, pause_ms: int, seed: int, over: Any) -> Waited:
    """Carry out one command after another until the batch has ended, with pauses of about so long."""
    random, waited, gave_up = Random(f"{seed}-{writer}"), Waited([], 0, []), 0
    while not over.is_set():
        time.sleep(random.uniform(0, 2 * pause_ms) / 1000)
        number = len(waited.latencies_ns)
        begun = time.monotonic_ns()
        try:
            with Ledger.open(url) as ledger:
                command = build("account enroll", {"account": f"w{writer}-{number}", **ENROLLED})
                waited.positions.extend(execute(ledger, command, f"writer-{writer}").positions)
        except Conflict:
            gave_up += 1
        waited.latencies_ns.append(time.monotonic_ns() - begun)
    return waited._replace(gave_up=gave_up)


def measure(lines: int, writers: int, pause_ms: int, seed: int) -> dict[str, Any]:
    """Measure a batch of so many lines beside so many writers."""
    with tempfile.TemporaryDirectory() as folder:
        url, file = f"sqlite:///{folder}/slaledger.db", Path(folder) / "lines.jsonl"
        with file.open("w") as out:
            for number in range(lines):
                out.write(json.dumps({"command": "account enroll", "account": f"b{number}", **ENROLLED}) + "\n")
        with Ledger.create(url) as ledger:
            initialise(ledger, "clerk")
        context = multiprocessing.get_context("fork")
        with context.Manager() as manager, context.Pool(writers + 1) as pool:
            started, over = manager.Event(), manager.Event()
            batch = pool.apply_async(run_batch, (url, file, started, over))
            started.wait()
            writing = [pool.apply_async(write, (url, each, pause_ms, seed, over)) for each in range(writers)]
            took_ns, _ = batch.get()
            worked = [each.get() for each in writing]
    latencies = sorted(latency for each in worked for latency in each.latencies_ns)
    return {
        "writers": writers,
        "batch_seconds": round(took_ns / 1e9, 2),
        "commands": len(latencies),
        "fewest_of_one": min((len(each.positions) for each in worked), default=0),
        "gave_up": sum(each.gave_up for each in worked),
        **({f"p{percent}_ms": _ms(latencies, percent) for percent in (50, 99)} if latencies else {}),
        **({"longest_ms": latencies[-1] // 1_000_000} if latencies else {}),
    }


def _ms(latencies: list[int], percent: int) -> int:
    return latencies[min(len(latencies) - 1, len(latencies) * percent // 100)] // 1_000_000


def main() -> None:
    """Run as a script."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, default in (("lines", 20_000), ("pause-ms", 200), ("seed", 1)):
        parser.add_argument(f"--{name}", type=int, default=default)
    given = parser.parse_args()
    for queue in ("without", "with"):
        put_aside = patch.object(turns.Queue, "turn", lambda own: nullcontext(own.seconds))
        with put_aside if queue == "without" else nullcontext():
            for writers, pause_ms in ((0, 0), (3, given.pause_ms), (16, 0)):
                print(json.dumps({"queue": queue, **measure(given.lines, writers, pause_ms, given.seed)}), flush=True)


if __name__ == "__main__":
    main()
