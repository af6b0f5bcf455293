"""Work divided among processes comes to what one process makes of it, whatever becomes of a worker."""

from __future__ import annotations

import json
import multiprocessing
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from conftest import CommandLine

from cli.terminal.numbers import currency
from domain.refusals import Refusal, Unreadable
from ledger.application import Ledger
from ledger.audit.replay import Replayed, replay_range, together
from ledger.log import streams
from ledger.log.reader import Reader
from ledger.parallel.work import ALONE, Workers, over_accounts, ranges
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
    monkeypatch.setattr("ledger.parallel.cluster.CONNECT_SECONDS", 300)


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


def told(done: subprocess.CompletedProcess[str]) -> Any:
    """The answer, but for how long it took."""
    assert done.returncode in (0, 3), done.stderr
    return json.loads(re.sub(r'"seconds":\d+', '"seconds":0', done.stdout))


QUESTIONS = (
    ("audit", "replay"),
    ("audit", "impact"),
    ("audit", "completeness"),
    ("audit", "verify"),
    ("audit", "what-if", "--set", "minimum_kind=deductible"),
    ("rebuild",),
    ("report", "2026-09"),
)


@pytest.mark.parametrize("words", QUESTIONS, ids=" ".join)
def test_the_answer_of_a_cluster_is_that_of_one_process(
    demo: CommandLine, cluster: Cluster, words: tuple[str, ...]
) -> None:
    alone = told(demo.run(*words))
    assert told(demo.run(*words, "--cluster", cluster.address)) == alone
    assert alone


def answers(command_line: CommandLine, *words: str) -> Iterator[tuple[int, str, str]]:
    """The exit status, the answer and the error of a question to one process, to two and to eight."""
    for count in (1, 2, 8):
        done = command_line.run(*words, "--workers", str(count))
        yield done.returncode, re.sub(r'"seconds":\d+', "", done.stdout), done.stderr


@pytest.mark.parametrize("words", QUESTIONS, ids=" ".join)
def test_the_answer_of_processes_here_is_that_of_one(demo: CommandLine, words: tuple[str, ...]) -> None:
    alone, *several = answers(demo, *words)
    assert alone[0] in (0, 3)
    assert several == [alone] * 2


def test_the_limits_that_held_are_told_by_any_number_of_processes(demo: CommandLine) -> None:
    demo.ok("controls", "set", "--approval-above", "50.00", "--reason", "from now on")
    demo.ok("claim", "decide", "1005", "2026-09")
    alone, *several = answers(demo, "report", "2026-09", "--html", "-")
    assert currency("50.00", "CNY") in alone[1]
    assert several == [alone] * 2


def test_decisions_that_differ_are_told_in_order_by_any_number_of_processes(demo: CommandLine) -> None:
    demo.tamper(
        "UPDATE stored_events SET state = CAST(replace(CAST(state AS TEXT), '_fee_fen\":', '_fee_fen\":1') AS BLOB) "
        "WHERE topic = 'fees.billed'"
    )
    alone, *several = answers(demo, "audit", "replay")
    differing = [each["account"] for each in json.loads(alone[1].replace(",}", "}"))["different"]]
    assert alone[0] == 3
    assert len(set(differing)) > 3
    assert differing == sorted(differing)
    assert several == [alone] * 2


def test_of_damaged_events_the_first_by_account_is_told_by_any_number_of_processes(demo: CommandLine) -> None:
    with demo.opened(read_only=True) as ledger, ledger.reading() as log:
        late = [own.rows[-1].position for own in log.accounts_rows(*streams.ACCOUNTS)][-2:]
    for position in late:
        demo.tamper("UPDATE stored_events SET state = ? WHERE position = ?", b"{", position)
    for words in (("audit", "replay"), ("audit", "impact"), ("rebuild",)):
        alone, *several = answers(demo, *words)
        assert alone[0] == 4
        assert str(late[0]) in alone[2]
        assert several == [alone] * 2


def dying_once(log: Reader, first: str, end: str, *, mark: Path) -> Replayed:
    """Replay a range; whoever is the first of all to begin is killed in the middle of it."""
    found = replay_range(log, first, end)
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
        alone = together(over_accounts(ledger, log, replay_range, ALONE, nothing))
        task = partial(dying_once, mark=mark)
        workers = Workers(address=cluster.address)
        found = together(over_accounts(ledger, log, task, workers, nothing))
    assert mark.exists()
    assert found == alone
    assert found.decisions > 20
    dead = [worker for worker in cluster.workers if worker.poll() is not None]
    assert [worker.returncode for worker in dead] == [-signal.SIGKILL]


@pytest.fixture
def log(demo: CommandLine) -> Iterator[tuple[Ledger, Reader]]:
    """The demo's ledger and its log, open."""
    with demo.opened(read_only=True) as ledger, ledger.reading() as log:
        yield ledger, log


def test_a_process_killed_in_the_middle_costs_its_part_and_not_the_run(
    log: tuple[Ledger, Reader], tmp_path: Path
) -> None:
    mark = tmp_path / "killed"
    found = together(over_accounts(*log, partial(dying_once, mark=mark), Workers(processes=2), nothing))
    assert mark.exists()
    assert found == together(over_accounts(*log, replay_range, ALONE, nothing))


def dying(log: Reader, first: str, end: str, *, marks: Path) -> None:
    """Be killed."""
    (marks / str(os.getpid())).touch()
    os.kill(os.getpid(), signal.SIGKILL)


def test_processes_that_are_killed_again_are_refused(log: tuple[Ledger, Reader], tmp_path: Path) -> None:
    marks = tmp_path / "marks"
    marks.mkdir()
    with pytest.raises(Unreadable) as refused:
        list(over_accounts(*log, partial(dying, marks=marks), Workers(processes=2), nothing))
    assert refused.value.code == "workers_died"
    assert 2 <= len(list(marks.iterdir())) <= 4
    assert multiprocessing.active_children() == []


def waiting(log: Reader, first: str, end: str, *, marks: Path) -> None:
    """Never end."""
    (marks / str(os.getpid())).touch()
    signal.pause()


def wait(url: str, marks: str) -> None:
    """Divide work that never ends among two processes."""
    with Ledger.open(url, read_only=True) as ledger, ledger.reading() as log:
        list(over_accounts(ledger, log, partial(waiting, marks=Path(marks)), Workers(processes=2), nothing))


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL], ids=["interrupted", "killed"])
def test_where_the_process_that_asks_ends_all_end(demo: CommandLine, tmp_path: Path, how: signal.Signals) -> None:
    marks = tmp_path / "marks"
    marks.mkdir()
    told = f"import {__name__}; {__name__}.wait({demo.url!r}, {str(marks)!r})"
    path = os.pathsep.join([str(Path(__file__).parent), *sys.path])
    asking = subprocess.Popen(
        [sys.executable, "-c", told], env=os.environ | {"PYTHONPATH": path}, stderr=subprocess.DEVNULL
    )
    until(lambda: len(list(marks.iterdir())) == 2)
    asking.send_signal(how)
    asking.wait()
    for mark in marks.iterdir():
        until(lambda: not _runs(int(mark.name)))  # noqa: B023


def _runs(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def until(is_so: Callable[[], bool]) -> None:
    """Wait until something is so; a minute at the most."""
    for _ in range(600):
        if is_so():
            return
        time.sleep(0.1)
    raise TimeoutError


def refusing(log: Reader, first: str, end: str) -> None:
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
    monkeypatch.setattr("ledger.parallel.cluster.CONNECT_SECONDS", 1)
    for address in ("tcp://127.0.0.1:1", "nonsense://x"):
        assert demo.refused("audit", "replay", "--cluster", address, status=2)["code"] == "cluster_unreachable"


def test_what_cannot_be_divided_is_said(demo: CommandLine) -> None:
    assert demo.run("audit", "replay", "1001", "--workers", "2").returncode == 2
    assert demo.run("audit", "replay", "--cluster", "tcp://x:1", "--workers", "2").returncode == 2
    assert demo.run("audit", "impact", "--with", "x.jsonl", "--workers", "2").returncode == 2
    assert demo.run("audit", "replay", "--workers", "0").returncode == 2
