"""The connection to a server is cut at each message of each writing command, before it arrives or before its answer.

Whatever is cut, the command ends with its status and a message, what it says is recorded is there, the ledger is sound,
and the same command run again ends as if nothing had been cut.
"""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest
from conftest import CommandLine
from servers import Wire
from soaking import SOAK, Cases
from steering import turns_of
from stores import Place, PostgresStore
from undoing import SHARED, Recorded, life, pending, recorded, write

from ledger.commands import batch

AT = "2023-05-02T10:00:00+08:00"
OPEN = f"incident open NEW --account 0001 --function agent_calls --started-at {AT}"
COMMANDS = {
    "a command": OPEN.split(),
    "a command with a key": [*OPEN.split(), "--key", "once"],
    "a batch": ["batch", "file.jsonl"],
    "a month's run": ["claim", "decide", "--all", "2023-03", "--decided-at", AT],
    "a rebuild": ["rebuild"],
}
TOLD_APART = re.compile("lines 1 to [0-9]+ are recorded|(was|were) done before")
"""What is said of the transactions before the one of which nothing was recorded."""
CODES = {"connection_lost", "outcome_unknown", "server_unreachable"}


@pytest.fixture(autouse=True)
def _turns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch, "turn", turns_of(17))


@pytest.fixture(scope="module")
def prepared(postgres_store: PostgresStore, tmp_path_factory: pytest.TempPathFactory) -> CommandLine:
    """A ledger where two claims wait, and a batch that goes on from there."""
    if postgres_store.folder is None:
        pytest.skip("the server is not ours: its socket cannot be cut")
    folder = tmp_path_factory.mktemp("prepared")
    slaledger = CommandLine(folder, postgres_store.blank(folder))
    done = slaledger.batch(*SHARED, *pending(1), *pending(2))
    assert done.returncode == 0, done.stderr
    rest = [*life(1)[len(pending(1)) :], *life(2)[len(pending(2)) :]]
    write(folder / "file.jsonl", rest)
    return slaledger


def run(
    of: Place, server: Path, folder: Path, words: list[str], cut: Callable[[bytes], str | None], times: int
) -> subprocess.CompletedProcess[str]:
    """Run a command through a wire."""
    wire = Wire(server, cut, times=times)
    try:
        return CommandLine(folder).run(*words, env={"SLALEDGER_URL": of.url.replace(str(server), str(wire.folder))})
    finally:
        wire.close()


@pytest.mark.parametrize("name", COMMANDS)
def test_each_message_of_it_is_cut_once(name: str, prepared: CommandLine, postgres_store: PostgresStore) -> None:
    words, server, folder = COMMANDS[name], postgres_store.folder, prepared.folder
    assert server is not None
    before, messages = recorded(prepared), 0

    def counted(data: bytes) -> None:
        nonlocal messages
        messages += 1

    whole = prepared.copy(folder)
    done = run(whole.place, server, folder, words, counted, 10**9)
    assert done.returncode == 0, done.stderr
    assert messages > 5
    undisturbed = recorded(whole)
    cuts = [(number, moment) for number in range(1, messages + 1) for moment in ("before", "after")]
    cases = Cases(f"connections cut in {name}", 6, len(cuts))
    for case in cases:
        number, moment = cuts[case] if SOAK else Random(cases.random(case)).choice(cuts)
        found, left = prepared.copy(folder), [number]

        def cut(data: bytes, left: list[int] = left, moment: str = moment) -> str | None:
            left[0] -= 1
            return moment if left[0] == 0 else None

        done = run(found.place, server, folder, words, cut, 1)
        check_ended(done)
        check_recorded(done, recorded(found), before, undisturbed)
        again = found.run(*words)
        assert again.returncode == 0, again.stderr
        assert recorded(found) == undisturbed
        assert found.run("audit", "verify").returncode == 0
        cases.tally[f"exit {done.returncode}"] += 1
        found.place.drop()


def check_ended(done: subprocess.CompletedProcess[str]) -> None:
    """A status and a message as they are promised."""
    assert done.returncode in (0, 2, 5), (done.returncode, done.stderr)
    assert "Traceback" not in done.stderr
    if done.returncode:
        error = json.loads(done.stderr.splitlines()[-1])["error"]
        assert error["code"] in CODES, error
        assert error["hint"]


def check_recorded(
    done: subprocess.CompletedProcess[str], found: list[Recorded], before: list[Recorded], undisturbed: list[Recorded]
) -> None:
    """What was said to be recorded is, and what was said not to be is not."""
    assert found == undisturbed[: len(found)]
    assert done.returncode or found == undisturbed
    if "nothing was recorded" in done.stderr and not TOLD_APART.search(done.stderr):
        assert found == before, done.stderr
