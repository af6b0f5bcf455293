"""Many processes on one ledger: mixed commands at once, and readers that follow the log meanwhile.

    python benchmarks/concurrency.py --ledger URL [--processes 8] [--commands 2000] [--readers 2]
                                     [--lock-seconds N]

makes a ledger at the URL, lets every process carry out its commands on the same few accounts, and then looks whether
anything was lost or done twice: every event that a process was told of is in the log once and nothing else is, the
whole ledger verifies, and each reader saw every event exactly once, in order. Prints how long commands took.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from domain.refusals import Conflict, Refusal
from ledger.application import Ledger
from ledger.audit.verify import verify
from ledger.commands.execution import execute, initialise
from ledger.commands.parsing import build

MONTHS = ("2023-03", "2023-04", "2023-05")
ACCOUNTS = 40
Fields = dict[str, Any]


class Worked(NamedTuple):
    """The work of a process: the positions of the events reported to it, its commands' outcomes and durations."""

    positions: list[int]
    ends: Counter[str]
    latencies_ns: list[int]


def commands(worker: int, seed: int) -> Iterator[tuple[str, Fields]]:
    """An endless mix of commands on accounts that all workers share; some are refused, and some are no-ops."""
    random = Random(f"{seed}-{worker}")
    for number in range(ACCOUNTS):
        yield "account enroll", {"account": f"{number:04d}", "enrolled_at": "2020-01-01T00:00:00+08:00"}
    opened = 0
    while True:
        account, month = f"{random.randrange(ACCOUNTS):04d}", random.choice(MONTHS)
        claim = {"account": account, "month": month}
        started = f"{month}-{random.randrange(1, 28):02d}T10:00:00+08:00"
        fees = {"account": account, "product_fee": "1000.00", "call_fee": "300.00"}
        voucher = {"voucher": f"V-{account}-{month}-1"}
        redeemed = {"part": "service", "amount": f"{random.randrange(1, 9)}.00", "redeemed_at": _NOW}
        match random.randrange(12):
            case 0 | 1:
                opened += 1
                incident = {"incident": f"INC-{worker}-{opened}", "account": account, "function": "agent_calls"}
                yield "incident open", incident | {"started_at": started}
            case 2 | 3 | 4 if opened:
                incident = {"incident": f"INC-{worker}-{random.randrange(opened) + 1}"}
                yield random.choice(
                    [
                        ("incident close", incident | {"ended_at": f"{month}-28T18:00:00+08:00"}),
                        ("incident correct", incident | {"started_at": started, "reason": "the gateway's clock"}),
                        ("exclusion apply", incident | {"clause": "2.3(1)", "to": f"{month}-28T12:00:00+08:00"}),
                    ]
                )
            case 5:
                bill = {"bill": f"B-{account}-{month}", "first_month": month, "billed_at": "2023-06-01T00:00:00+08:00"}
                yield "fees bill", fees | bill
            case 6:
                bill = {"bill": f"L-{account}", "first_month": "2026-06", "billed_at": "2026-07-01T00:00:00+08:00"}
                yield "fees bill", fees | bill
            case 7:
                yield "claim file", claim | {"filed_at": _filed(month)}
            case 8:
                yield "claim decide", claim | {"decided_at": "2023-08-01T00:00:00+08:00"}
            case 9:
                yield "claim redecide", claim | {"decided_at": "2023-08-02T00:00:00+08:00", "reason": "late evidence"}
            case 10:
                yield "voucher issue", claim | {"issued_at": "2023-08-03T00:00:00+08:00"}
            case _:
                yield "voucher redeem", voucher | {"account": account, "bill": f"L-{account}"} | redeemed


_NOW = "2026-07-02T00:00:00+08:00"


def _filed(month: str) -> str:
    return f"2023-{int(month[5:]) + 1:02d}-20T09:00:00+08:00"


def work(url: str, worker: int, count: int, seed: int, lock_seconds: int | None, ready: Any) -> Worked:
    """Carry out commands, each in its own transaction, once all others are ready too."""
    worked = Worked([], Counter(), [])
    given = commands(worker, seed)
    with Ledger.open(url, lock_seconds=lock_seconds) as ledger:
        ready.wait()
        for _ in range(count):
            words, fields = next(given)
            command = build(words, fields)
            started = time.monotonic_ns()
            try:
                done = execute(ledger, command, f"worker-{worker}")
            except Conflict as conflict:
                worked.ends[f"gave up: {conflict.code}"] += 1
            except Refusal:
                worked.ends["refused"] += 1
            else:
                worked.ends["recorded" if done.recorded else "nothing to do"] += 1
                worked.positions.extend(done.positions)
            worked.latencies_ns.append(time.monotonic_ns() - started)
    return worked


def follow(url: str, until: Any) -> list[int]:
    """The positions that a reader sees while it polls for new events until the writers have ended, and once more."""
    seen: list[int] = []
    with Ledger.open(url) as ledger:
        ended = False
        while not ended:
            ended = until.is_set()
            with ledger.reading() as log:
                seen += [row.position for row in log.since(seen[-1] if seen else 0)]
            time.sleep(0.01)
    return seen


def run(
    url: str, processes: int, count: int, readers: int, seed: int, lock_seconds: int | None = None
) -> dict[str, Any]:
    """Run all processes at once and check the result. Raises AssertionError for what does not hold."""
    with Ledger.create(url) as ledger:
        initialise(ledger, "clerk")
        with ledger.reading() as log:
            before = [row.position for row in log.since(0)]
    started = time.monotonic_ns()
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(
        ["ledger.audit.verify", "ledger.commands.execution", "ledger.commands.parsing", "ledger.store.postgres.store"]
    )
    with context.Manager() as manager, context.Pool(processes + readers) as pool:
        over, ready = manager.Event(), manager.Barrier(processes)
        following = [pool.apply_async(follow, (url, over)) for _ in range(readers)]
        working = [
            pool.apply_async(work, (url, worker, count, seed, lock_seconds, ready)) for worker in range(processes)
        ]
        worked = [each.get() for each in working]
        elapsed_ns = time.monotonic_ns() - started
        over.set()
        seen = [each.get() for each in following]
    told = sorted(position for each in worked for position in each.positions)
    with Ledger.open(url) as ledger:
        with ledger.reading() as log:
            recorded = [row.position for row in log.since(0)]
        found = verify(ledger, None, lambda done, total: None)
    _hold(len(told) == len(set(told)), "an event was told twice")
    _hold(recorded == [*before, *told], "the log is not what its writers were told")
    _hold(all(each == recorded for each in seen), "a reader missed an event, or saw one twice or out of order")
    _hold(not found.damage and not found.different, f"the ledger does not verify: {found.damage} {found.different}")
    ends = sum((each.ends for each in worked), Counter[str]())
    latencies = sorted(latency for each in worked for latency in each.latencies_ns)
    return {
        "commands": processes * count,
        "events": len(told),
        "decisions": found.decisions,
        "readers": len(seen),
        **dict(sorted(ends.items())),
        "slowest_percent": _slowest_percent([each.positions for each in worked]),
        "commands_per_second": processes * count * 10**9 // elapsed_ns,
        "p50_ms": _ms(latencies, 50),
        "p99_ms": _ms(latencies, 99),
        "longest_ms": _ms(latencies, 100),
    }


def _slowest_percent(positions: list[list[int]]) -> int:
    """How much of its events the slowest process had recorded when the first one had recorded all of its own."""
    first = min(each[-1] for each in positions)
    return min(100 * sum(position <= first for position in each) // len(each) for each in positions)


def _hold(holds: bool, otherwise: str) -> None:
    if not holds:
        raise AssertionError(otherwise)


def _ms(latencies: list[int], percent: int) -> int:
    return latencies[min(len(latencies) - 1, len(latencies) * percent // 100)] // 1_000_000


def main() -> None:
    """Run as a script."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ledger", required=True, metavar="URL", help="a place where no ledger is yet")
    for name, default in (("processes", 8), ("commands", 2000), ("readers", 2), ("seed", 1)):
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--lock-seconds", type=int, help="how long a writer waits for another (the ledger's own limit)")
    given = parser.parse_args()
    asked = (given.ledger, given.processes, given.commands, given.readers, given.seed, given.lock_seconds)
    print(json.dumps(run(*asked)))


if __name__ == "__main__":
    main()
