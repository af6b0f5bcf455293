"""The walks under `docs/walks/` show what the commands print, one person after the other on one ledger.

`python tools/walks.py clerk lawyer auditor operator` writes the current output into them.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable
from types import SimpleNamespace

import pytest
import releases
import transcripts
import walks
from conftest import COMMAND, ROOT, CommandLine

NAMES = ("clerk", "lawyer", "auditor", "operator")
_LEFT: dict[str, CommandLine] = {}
"""What each walk leaves, for the one that goes on from there."""


@pytest.fixture
def leave(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], CommandLine]:
    """What walks a walk, and those before it, unless that was done: it fails where a page does not show its output."""

    def walked(name: str) -> CommandLine:
        if name not in _LEFT:
            walk, folder = walks.walk(name), tmp_path_factory.mktemp(name)
            if walk.after is None:
                (folder / "examples").symlink_to(ROOT / "examples")
            else:
                shutil.copytree(walked(walk.after).folder, folder, symlinks=True, dirs_exist_ok=True)
            desk = CommandLine(folder)
            for step in walk.steps():
                _check(desk, walk.actor, step, monkeypatch)
            _LEFT[name] = desk
        return _LEFT[name]

    return walked


def _check(desk: CommandLine, actor: str, step: walks.Step, monkeypatch: pytest.MonkeyPatch) -> None:
    instant = int(step.at.timestamp()) * 10**9
    monkeypatch.setattr("ledger.clock.time", SimpleNamespace(time_ns=lambda: instant))
    environment = {**walks.ENVIRONMENT, "SLALEDGER_ACTOR": actor}
    if step.words is None:
        path = f"{COMMAND.parent}:/usr/bin:/bin"
        done = subprocess.run(
            ["sh", "-c", step.line], cwd=desk.folder, env={**environment, "PATH": path}, capture_output=True, text=True
        )
    else:
        done = desk.run(*step.words, env=environment)
    printed = step.printed(done, desk.folder)
    assert transcripts.is_as_printed(step.output, printed, _as_compared), f"{step.command}\n{printed}"


def _as_compared(text: str) -> str:
    return releases.as_compared(walks.as_compared(text))


@pytest.mark.parametrize("name", NAMES)
def test_a_walk_shows_what_is_printed(name: str, leave: Callable[[str], CommandLine]) -> None:
    leave(name)


def test_every_walk_is_among_them() -> None:
    assert {path.stem for path in walks.FOLDER.glob("*.md")} == set(NAMES)


ASKED = {
    "clerk": ("import aliyun-bill", "batch", "claim decide --all", "voucher issue --all", "claim letter", "report"),
    "auditor": ("audit verify --since", "audit completeness", "audit duties", "audit impact", "audit what-if"),
    "lawyer": ("history", "claim explain", "readings list", "claim letter", "dossier", "claim dispute", "--lang zh"),
    "operator": ("backup", "restore", "postgres roles", "status --format json", "doctor", "init"),
}
"""What each of them came for."""


@pytest.mark.parametrize("name", NAMES)
def test_a_walk_has_what_its_walker_came_for(name: str) -> None:
    lines = [step.line for step in walks.walk(name).steps()]
    missing = [
        words
        for words in ASKED[name]
        if not any(re.search(rf"slaledger.* {words}|slaledger {words}", line) for line in lines)
    ]
    assert not missing


def test_a_command_that_fails_is_found(tmp_path: object) -> None:
    page = "<!-- at 2026-10-09T09:00:00+08:00 -->\n```\n$ slaledger status\n```\n"
    (step,) = walks.Walk(page, None, "clerk").steps()
    failed = subprocess.CompletedProcess([], 2, "", "slaledger: no ledger\n")
    with pytest.raises(AssertionError, match="no ledger"):
        step.printed(failed, ROOT)
    (step,) = walks.Walk(page.replace("status", 'status || echo "exit status $?"'), None, "clerk").steps()
    assert step.printed(failed, ROOT) == "slaledger: no ledger\nexit status 2\n"
