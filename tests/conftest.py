"""What the tests share: a ledger in a folder of its own, and the command line as a user meets it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ledger.application import Ledger
from ledger.execution import initialise

ROOT = Path(__file__).parents[1]
COMMAND = Path(sys.executable).with_name("slaledger")


class CommandLine:
    """`slaledger` run as a process in a folder, on a ledger there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.ledger = folder / "slaledger.db"

    def run(
        self, *words: str, stdin: bytes = b"", env: dict[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run it; gives exit status, stdout and stderr."""
        own = {name: value for name, value in os.environ.items() if not name.startswith("SLALEDGER_")}
        environment = {**own, "SLALEDGER_ACTOR": "clerk", **(env or {})}
        done = subprocess.run(
            [str(COMMAND), *words], cwd=self.folder, env=environment, input=stdin, capture_output=True
        )
        return subprocess.CompletedProcess(words, done.returncode, done.stdout.decode(), done.stderr.decode())

    def ok(self, *words: str) -> Any:
        """Run it, hold it to succeed, and give the JSON that it printed."""
        done = self.run(*words)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def refused(self, *words: str, status: int = 1) -> dict[str, Any]:
        """Run it, hold it to be refused with a status, and give the error that it printed."""
        done = self.run(*words)
        assert done.returncode == status, (done.returncode, done.stdout, done.stderr)
        error: dict[str, Any] = json.loads(done.stderr.splitlines()[-1])["error"]
        return error

    def batch(self, *commands: dict[str, Any]) -> subprocess.CompletedProcess[str]:
        """Run a batch of commands from standard input."""
        lines = "".join(json.dumps(command, ensure_ascii=False) + "\n" for command in commands)
        return self.run("batch", "-", stdin=lines.encode())


@pytest.fixture(scope="session")
def blank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ledger just made, to be copied."""
    path = tmp_path_factory.mktemp("blank") / "slaledger.db"
    with Ledger.create(f"sqlite:///{path}") as ledger:
        initialise(ledger, "clerk")
    return path


@pytest.fixture
def ledger_file(blank: Path, tmp_path: Path) -> Path:
    """A new ledger's file."""
    path = tmp_path / "slaledger.db"
    path.write_bytes(blank.read_bytes())
    return path


@pytest.fixture
def ledger(ledger_file: Path) -> Iterator[Ledger]:
    """A new ledger, open."""
    with Ledger.open(f"sqlite:///{ledger_file}") as opened:
        yield opened


@pytest.fixture
def slaledger(ledger_file: Path) -> CommandLine:
    """The command line on a new ledger."""
    return CommandLine(ledger_file.parent)


@pytest.fixture(scope="session")
def shown(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The demo's folder and what it printed, made where something of an earlier run lay."""
    folder = tmp_path_factory.mktemp("demo")
    (folder / "slaledger.db").write_bytes(b"of an earlier run")
    demo = [sys.executable, str(ROOT / "examples" / "demo.py"), str(folder)]
    done = subprocess.run(demo, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    said = done.stdout.decode()
    assert done.returncode == 0, said
    return folder, said
