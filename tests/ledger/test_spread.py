"""Work divided among processes comes to what one process makes of it, whatever becomes of a worker."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from conftest import CommandLine

from domain.refusals import Refusal
from ledger.application import Ledger
from ledger.audit.replay import Replayed, replay_range, together
from ledger.log import streams
from ledger.log.reader import Reader
from ledger.parallel import Workers, over_accounts, ranges
from ledger.refusals.copies.events import WrongOrder


def nothing(done: int, total: int) -> None:
    """No progress is shown."""


@pytest.fixture
def demo(shown: tuple[Path, str], tmp_path: Path) -> CommandLine:
    """The demo's ledger, and a clerk before it."""
    (tmp_path / "slaledger.db").write_bytes((shown[0] / "slaledger.db").read_bytes())
    return CommandLine(tmp_path)


@pytest.mark.parametrize("parts", [1, 2, 3, 8, 100])
def test_ranges_hold_every_account_once_and_in_order(demo: CommandLine, parts: int) -> None:
    with Ledger.open(f"sqlite:///{demo.ledger}") as ledger, ledger.reading() as log:
        found = ranges(log, parts)
        accounts = [own.account for first, end in found for own in log.accounts_rows(first, end)]
        assert accounts == [own.account for own in log.accounts_rows(*streams.ACCOUNTS)]
        assert len(accounts) == 9
    assert (found[0][0], found[-1][1]) == streams.ACCOUNTS
    assert all(end == first for (_, end), (first, _) in pairwise(found))
    assert 1 <= len(found) <= min(parts, 9)


def test_an_empty_ledger_is_one_range(tmp_path: Path) -> None:
    command_line = CommandLine(tmp_path)
    command_line.ok("init")
    with Ledger.open(f"sqlite:///{command_line.ledger}") as ledger, ledger.reading() as log:
        assert ranges(log, 8) == [streams.ACCOUNTS]


@pytest.fixture(autouse=True)
def _patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """A scheduler that is there answers, however busy the machine is."""
    monkeypatch.setattr("ledger.parallel.CONNECT_SECONDS", 300)


class Cluster:
    """A Dask scheduler with two workers, each a process of its own."""

    def __init__(self, folder: Path) -> None:
        self.environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(Path(__file__).parent), *sys.path])}
        self.scheduler = self._start(folder, "scheduler", "--port", "0", "--host", "127.0.0.1", "--no-dashboard")
        self.address = self._read(folder / "scheduler.log", r"Scheduler at:\s+(tcp://\S+)")
        self.workers = [
            self._start(
                folder, "worker", self.address, "--nthreads", "1", "--no-nanny", "--no-dashboard", number=number
            )
            for number in range(2)
        ]
        for number in range(2):
            self._read(folder / f"worker-{number}.log", r"Registered to:\s+(\S+)")

    def _start(self, folder: Path, *words: str, number: int = 0) -> subprocess.Popen[bytes]:
        log = folder / ("scheduler.log" if words[0] == "scheduler" else f"worker-{number}.log")
        command = [sys.executable, "-m", "dask", *words]
        with log.open("wb") as out:
            return subprocess.Popen(command, cwd=folder, env=self.environment, stdout=out, stderr=out)

    @staticmethod
    def _read(log: Path, said: str) -> str:
        """What a process says in its log once it has come so far."""
        for _ in range(6000):
            found = re.search(said, log.read_text())
            if found:
                return found.group(1)
            time.sleep(0.1)
        raise TimeoutError(log.read_text())

    def stop(self) -> None:
        for process in (*self.workers, self.scheduler):
            process.kill()
            process.wait()


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    made = Cluster(tmp_path_factory.mktemp("cluster"))
    yield made
    made.stop()


def told(done: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    assert done.returncode == 0, done.stderr
    answer: dict[str, Any] = json.loads(done.stdout)
    answer.pop("seconds", None)
    return answer


QUESTIONS = (
    ("audit", "replay"),
    ("audit", "impact"),
    ("audit", "verify"),
    ("audit", "what-if", "--set", "minimum_kind=deductible"),
    ("rebuild",),
)


@pytest.mark.parametrize("words", QUESTIONS, ids=" ".join)
def test_the_answer_of_a_cluster_is_that_of_one_process(
    demo: CommandLine, cluster: Cluster, words: tuple[str, ...]
) -> None:
    alone = told(demo.run(*words))
    assert told(demo.run(*words, "--cluster", cluster.address)) == alone
    assert alone


def test_the_answer_of_processes_here_is_that_of_one(demo: CommandLine) -> None:
    assert told(demo.run("audit", "replay", "--workers", "2")) == told(demo.run("audit", "replay"))


def dying_once(log: Reader, first: str, end: str, *, mark: Path, on_progress: Any) -> Replayed:
    """Replay a range; whoever is the first of all to begin is killed in the middle of it."""
    found = replay_range(log, first, end, on_progress=on_progress)
    try:
        mark.touch(exist_ok=False)
    except FileExistsError:
        return found
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("a killed process goes on")


def test_a_worker_killed_in_the_middle_costs_its_task_and_not_the_run(
    demo: CommandLine, cluster: Cluster, tmp_path: Path
) -> None:
    mark = tmp_path / "killed"
    with Ledger.open(f"sqlite:///{demo.ledger}") as ledger, ledger.reading() as log:
        alone = together(over_accounts(ledger, log, replay_range, None, nothing))
        task = partial(dying_once, mark=mark)
        workers = Workers(address=cluster.address)
        found = together(over_accounts(ledger, log, task, workers, nothing))
    assert mark.exists()
    assert found == alone
    assert found.decisions > 20
    dead = [worker for worker in cluster.workers if worker.poll() is not None]
    assert [worker.returncode for worker in dead] == [-signal.SIGKILL]


def refusing(log: Reader, first: str, end: str, *, on_progress: Any) -> None:
    raise WrongOrder(place=f"{first} to {end}", position=1, before=2, clause="1")


def test_a_refusal_on_a_worker_is_the_same_refusal_here(demo: CommandLine, cluster: Cluster) -> None:
    with (
        Ledger.open(f"sqlite:///{demo.ledger}") as ledger,
        ledger.reading() as log,
        pytest.raises(Refusal) as refused,
    ):
        list(over_accounts(ledger, log, refusing, Workers(address=cluster.address), nothing))
    said = refused.value
    assert (type(said), said.code, said.clause) == (WrongOrder, "wrong_order", "1")
    assert said.message.endswith("position 1 does not come after 2")
    assert said.hint == "export it again, and do not change the file"


def test_a_scheduler_that_does_not_answer(demo: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ledger.parallel.CONNECT_SECONDS", 1)
    for address in ("tcp://127.0.0.1:1", "nonsense://x"):
        assert demo.refused("audit", "replay", "--cluster", address, status=2)["code"] == "cluster_unreachable"


def test_what_cannot_be_divided_is_said(demo: CommandLine) -> None:
    assert demo.run("audit", "replay", "1001", "--workers", "2").returncode == 2
    assert demo.run("audit", "replay", "--cluster", "tcp://x:1", "--workers", "2").returncode == 2
    assert demo.run("audit", "impact", "--with", "x.jsonl", "--workers", "2").returncode == 2
    assert demo.run("audit", "replay", "--workers", "0").returncode == 2
