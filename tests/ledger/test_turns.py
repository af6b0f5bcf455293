"""Writers of a ledger's file stand in a queue: each gets its turn in order, whatever a batch beside them does.

Nothing here depends on the clock: a batch is stopped in the middle of a transaction, writers line up, which the
system's table of locks shows, and the positions of their events say who came when.
"""

from __future__ import annotations

import json
import os
import signal
import time
from pathlib import Path

import pytest
from conftest import SOAK, CommandLine
from forks import Process
from steering import Steering

from ledger.store.sqlite import turns
from ledger.store.sqlite.turns import SUFFIX

WRITERS = 16 if SOAK else 4
LINES_A_TURN = 5
TURNS = 4
LOCKS = Path("/proc/locks")

pytestmark = pytest.mark.skipif(not LOCKS.exists(), reason="the system shows no table of locks")


@pytest.fixture
def slaledger(ledger_file: Path) -> CommandLine:
    """On a file: a server has a queue of its own."""
    return CommandLine(ledger_file.parent)


def enroll(slaledger: CommandLine, account: str) -> Process:
    """Begin a writer."""
    return slaledger.start("account", "enroll", account, "--enrolled-at", "2020-01-01T00:00:00+08:00")


def waiting(slaledger: CommandLine) -> set[int]:
    """The processes that have a place in the queue."""
    inode = f":{slaledger.ledger.with_name(slaledger.ledger.name + SUFFIX).stat().st_ino}"
    rows = [line.split() for line in LOCKS.read_text().splitlines() if "->" not in line]
    return {int(row[4]) for row in rows if row[3] == "WRITE" and row[5].endswith(inode)}


def lined_up(slaledger: CommandLine, writer: Process) -> Process:
    """A writer once it has its place."""
    until = time.monotonic() + 60
    while writer.pid not in waiting(slaledger):
        assert writer.poll() is None, writer.ended().stderr
        assert time.monotonic() < until, "it stands in no queue"
        time.sleep(0.001)
    return writer


def stopped_batch(slaledger: CommandLine) -> Process:
    """A batch that is stopped in the middle of its first transaction."""
    line = {"command": "account enroll", "enrolled_at": "2020-01-01T00:00:00+08:00"}
    file = slaledger.folder / "file.jsonl"
    lines = [line | {"account": f"b{number}"} for number in range(TURNS * LINES_A_TURN)]
    file.write_text("".join(json.dumps(line) + "\n" for line in lines))
    stops = Steering(LINES_A_TURN, "before the note", 1, signal.SIGSTOP)
    running = slaledger.start("batch", str(file), steering=stops)
    assert running.wait_for_stop()
    return running


def go_on_to_the_end(running: Process) -> None:
    """Let a batch that stops in each of its transactions go on through all of them."""
    running.go_on()
    while running.wait_for_stop():
        running.go_on()
    done = running.ended()
    assert done.returncode == 0, done.stderr


def order(slaledger: CommandLine) -> list[str]:
    """The accounts in the order in which they were enrolled; of a batch's, one a turn."""
    rows = [json.loads(row[4])["data"]["account"] for row in slaledger.rows() if row[3] == "account.enrolled"]
    return [account for account in rows if not account.startswith("b") or int(account[1:]) % LINES_A_TURN == 0]


def test_all_who_came_before_its_end_have_their_turn_before_a_batch_has_its_next(slaledger: CommandLine) -> None:
    batch = stopped_batch(slaledger)
    writers = [lined_up(slaledger, enroll(slaledger, f"w{number}")) for number in range(WRITERS)]
    go_on_to_the_end(batch)
    assert {writer.ended().returncode for writer in writers} == {0}
    written = [f"w{number}" for number in range(WRITERS)]
    assert order(slaledger) == ["b0", *written, *(f"b{turn * LINES_A_TURN}" for turn in range(1, TURNS))]


def test_who_is_killed_in_the_queue_holds_nobody_up(slaledger: CommandLine) -> None:
    batch = stopped_batch(slaledger)
    writers = [lined_up(slaledger, enroll(slaledger, f"w{number}")) for number in range(3)]
    writers[0].kill()
    assert writers[0].ended().returncode == -signal.SIGKILL
    go_on_to_the_end(batch)
    assert [writer.ended().returncode for writer in writers[1:]] == [0, 0]
    assert order(slaledger)[:3] == ["b0", "w1", "w2"]


def test_who_is_stopped_in_the_queue_holds_nobody_up_for_longer_than_a_writer_waits(slaledger: CommandLine) -> None:
    batch = stopped_batch(slaledger)
    first = lined_up(slaledger, enroll(slaledger, "w0"))
    os.kill(first.pid, signal.SIGSTOP)
    assert first.wait_for_stop()
    batch.kill()
    assert batch.ended().returncode == -signal.SIGKILL
    words = ("account", "enroll", "w1", "--enrolled-at", "2020-01-01T00:00:00+08:00")
    assert slaledger.run(*words, env={"SLALEDGER_LOCK_SECONDS": "1"}).returncode == 0
    first.go_on()
    assert first.ended().returncode == 0
    assert order(slaledger) == ["w1", "w0"]


def test_the_file_of_the_queue_is_empty_and_as_the_ledgers(slaledger: CommandLine) -> None:
    slaledger.ledger.chmod(0o660)
    assert enroll(slaledger, "w0").ended().returncode == 0
    queue = slaledger.ledger.with_name(slaledger.ledger.name + SUFFIX)
    assert (queue.stat().st_size, queue.stat().st_mode & 0o777) == (0, 0o660)


def test_where_there_can_be_no_queue_there_is_none(slaledger: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    queue = slaledger.ledger.with_name(slaledger.ledger.name + SUFFIX)
    queue.mkdir()
    assert enroll(slaledger, "w0").ended().returncode == 0
    queue.rmdir()
    monkeypatch.setattr(turns, "fcntl", None)
    slaledger.ok("account", "enroll", "w1", "--enrolled-at", "2020-01-01T00:00:00+08:00")
    assert not queue.exists()
    assert order(slaledger) == ["w0", "w1"]


def test_the_doctor_says_where_there_is_no_queue(slaledger: CommandLine) -> None:
    said = "writers have no queue here: beside a long batch others may wait until it ends"
    assert said not in slaledger.run("doctor").stdout
    queue = slaledger.ledger.with_name(slaledger.ledger.name + SUFFIX)
    assert not queue.exists()
    queue.mkdir()
    assert said in slaledger.run("doctor").stdout
    queue.rmdir()
    queue.touch()
    assert said not in slaledger.run("doctor").stdout
