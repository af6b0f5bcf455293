"""The connection to a server is cut at each message of each writing command, before it arrives or before its answer.

Whatever is cut, the command ends with its status and a message, what it says is recorded is there, the ledger is sound,
and the same command run again ends as if nothing had been cut.
"""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest
from conftest import CommandLine
from interrupted import COMMANDS, LINES_A_TURN, Case, check_ended, check_recorded, copied, prepare
from servers import Wire
from soaking import SOAK, Cases
from steering import turns_of
from stores import PostgresStore

from ledger.commands import batch

CODES = {"connection_lost", "outcome_unknown", "server_unreachable"}
ON_SERVERS = [name for name, writing in COMMANDS.items() if not writing.files_only]


@pytest.fixture(autouse=True)
def _turns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch, "turn", turns_of(LINES_A_TURN))


@pytest.fixture(scope="module")
def prepared(postgres_store: PostgresStore, tmp_path_factory: pytest.TempPathFactory) -> CommandLine:
    """A ledger where two claims wait."""
    if postgres_store.folder is None:
        pytest.skip("the server is not ours: its socket cannot be cut")
    folder = tmp_path_factory.mktemp("prepared")
    return prepare(CommandLine(folder, postgres_store.blank(folder)), 2)


def run(case: Case, server: Path, cut: Callable[[bytes], str | None], times: int) -> subprocess.CompletedProcess[str]:
    """Run a command through a wire."""
    wire = Wire(server, cut, times=times)
    try:
        words = [word.replace(str(server), str(wire.folder)) for word in case.words]
        through = case.slaledger.url.replace(str(server), str(wire.folder))
        return case.slaledger.run(*words, env={"SLALEDGER_URL": through})
    finally:
        wire.close()


@pytest.mark.parametrize("name", ON_SERVERS)
def test_each_message_of_it_is_cut_once(
    name: str, prepared: CommandLine, postgres_store: PostgresStore, tmp_path: Path
) -> None:
    server = postgres_store.folder
    assert server is not None

    def made(number: object) -> Case:
        return Case.of(COMMANDS[name], copied(prepared, tmp_path / str(number)), postgres_store)

    sent: list[bytes] = []
    whole = made("undisturbed")
    before = whole.left()
    done = run(whole, server, sent.append, 10**9)
    assert done.returncode == 0, done.stderr
    undisturbed = whole.left()
    assert len(sent) > 5
    cuts = [(number, moment) for number in range(1, len(sent) + 1) for moment in ("before", "after")]
    cases = Cases(f"connections cut in {name}", 2, len(cuts))
    for number in cases:
        message, moment = cuts[number] if SOAK else Random(cases.random(number)).choice(cuts)
        case, left = made(number), iter(range(message - 1, -1, -1))
        done = run(case, server, lambda _, left=left, moment=moment: None if next(left) else moment, 1)
        check_ended(done, {0, 2, 5}, CODES)
        check_recorded(done, case.left(), before, undisturbed)
        case.check_again(undisturbed)
        cases.tally[f"exit {done.returncode}"] += 1
        case.slaledger.place.drop()
