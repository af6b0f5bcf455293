"""What the tests share: a ledger in a store of its own, and the command line as a user meets it."""

from __future__ import annotations

import fcntl
import io
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, chdir, contextmanager, redirect_stderr, redirect_stdout
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import disk
import pytest
import system
from forks import Gate, Origin, Process
from hypothesis import HealthCheck, settings
from soaking import SOAK, summary
from steering import Steering
from stores import MADE_AT, Place, PostgresStore, Raw, SqliteFile, SqliteStore, Store, postgres

if TYPE_CHECKING:
    from browser_checker import BrowserChecker
    from playwright.sync_api import Browser
    from servers import Server

from cli.main import run as run_in_process
from ledger.application import Ledger

ROOT = Path(__file__).parents[1]
SLOW = (HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture)
settings.register_profile("test", max_examples=50, deadline=None, suppress_health_check=SLOW)
settings.register_profile("soak", max_examples=500, deadline=None, suppress_health_check=SLOW)
settings.load_profile("soak" if SOAK else "test")
system.keep_files_in_memory()
COMMAND = Path(sys.executable).with_name("slaledger")


class CommandLine:
    """`slaledger` in a folder, on a ledger in a store: a file there where nothing else is said."""

    def __init__(self, folder: Path, place: Place | None = None) -> None:
        self.folder = folder
        self.place = place or SqliteFile(folder / "slaledger.db")
        self.url = self.place.url

    @property
    def ledger(self) -> Path:
        """The ledger's file, where it is in one."""
        assert isinstance(self.place, SqliteFile), f"no file: {self.url}"
        return self.place.file

    @property
    def name(self) -> str:
        """What messages call the ledger: its file, or its server and database."""
        if isinstance(self.place, SqliteFile):
            return self.place.file.name
        with self.opened() as ledger:
            return ledger.store.name

    def copy(self, folder: Path) -> CommandLine:
        """The command line on a copy of the ledger."""
        return CommandLine(folder, self.place.copy(folder))

    def environment(self, env: dict[str, str] | None = None) -> dict[str, str]:
        """The environment of a command; a file in the folder is found without being named.

        What was compiled once is found again, as where the software is installed, whatever this environment says;
        and the locale is that of no country.
        """
        left_out = ("SLALEDGER_", "PYTHONDONTWRITEBYTECODE", "LC_", "LANG")
        own = {name: value for name, value in os.environ.items() if not name.startswith(left_out)}
        named = {} if isinstance(self.place, SqliteFile) else {"SLALEDGER_URL": self.url}
        return {**own, "LANG": "C.UTF-8", "SLALEDGER_ACTOR": "clerk", **named, **(env or {})}

    def run(
        self, *words: str, stdin: bytes = b"", env: dict[str, str] | None = None, terminal: bool = False
    ) -> subprocess.CompletedProcess[str]:
        """Carry it out in this process; gives exit status, stdout and stderr. With `terminal` a person reads stdout."""
        out = (_Terminal if terminal else io.TextIOWrapper)(io.BytesIO(), encoding="utf-8", write_through=True)
        err = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True)
        with ExitStack() as during:
            during.enter_context(chdir(self.folder))
            during.enter_context(patch.dict(os.environ, self.environment(env), clear=True))
            during.enter_context(patch.object(sys, "argv", ["slaledger", *words]))
            during.enter_context(patch.object(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin), encoding="utf-8")))
            during.enter_context(redirect_stdout(out))
            during.enter_context(redirect_stderr(err))
            status = _status()
        return subprocess.CompletedProcess(words, status, *(_written(stream) for stream in (out, err)))

    def process(
        self, *words: str, stdin: bytes = b"", env: dict[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run it as a process of its own, for what is about processes; gives exit status, stdout and stderr."""
        done = subprocess.run(
            [str(COMMAND), *words], cwd=self.folder, env=self.environment(env), input=stdin, capture_output=True
        )
        return subprocess.CompletedProcess(words, done.returncode, done.stdout.decode(), done.stderr.decode())

    def start(
        self, *words: str, gate: Gate | None = None, steering: Steering | None = None, stdout: Path | None = None
    ) -> Process:
        """Begin it as a process of its own, forked: at once, or when a gate opens. It waits long for another's lock."""
        env = self.environment({"SLALEDGER_LOCK_SECONDS": "120"})
        return origin().start(words, self.folder, env, gate=gate, steering=steering, stdout=stdout)

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

    def rows(self) -> list[Raw]:
        """Every event as stored, in order."""
        return self.place.rows()

    def insert(self, stream: str, topic: str, state: bytes = b"{}") -> int:
        """Record a row at the end of a stream as a newer version might; gives its position."""
        return self.place.insert(stream, topic, state)

    def tamper(self, statement: str, *values: object) -> None:
        """Change what is recorded, the database's own guards put aside."""
        self.place.tamper(statement, *values)

    @contextmanager
    def opened(self, *, read_only: bool = False) -> Iterator[Ledger]:
        """The ledger, open."""
        with Ledger.open(self.url, read_only=read_only) as ledger:
            yield ledger


@cache
def origin() -> Origin:
    """What processes are forked from; one for all tests of a run."""
    return Origin()


def pytest_sessionfinish() -> None:
    """End what outlives a test."""
    if origin.cache_info().currsize:
        origin().stop()


class _Terminal(io.TextIOWrapper):
    """A stream that a person reads."""

    def isatty(self) -> bool:
        return True


def _status() -> int:
    """The exit status of the command in `sys.argv`. An exception that it lets out is the test's."""
    try:
        run_in_process()
    except SystemExit as left:
        assert isinstance(left.code, int)
        return left.code


def _written(stream: io.TextIOWrapper) -> str:
    stream.flush()
    written = stream.buffer
    assert isinstance(written, io.BytesIO)
    return written.getvalue().decode()


NOON = MADE_AT + timedelta(hours=1)
"""In the middle of a day; not at the end of a month."""


@pytest.fixture
def noon(monkeypatch: pytest.MonkeyPatch) -> datetime:
    """The ledger's clock stands still at `NOON`, whenever the tests run."""
    standing = SimpleNamespace(time_ns=lambda: int(NOON.timestamp()) * 10**9)
    monkeypatch.setattr("ledger.clock.time", standing)
    return NOON


@pytest.fixture(scope="session")
def sqlite_store(tmp_path_factory: pytest.TempPathFactory) -> SqliteStore:
    """Ledgers in files."""
    return SqliteStore(tmp_path_factory.mktemp("blank"))


@pytest.fixture(scope="session")
def postgres_store() -> Iterator[PostgresStore]:
    """Ledgers on a server."""
    store = postgres()
    yield store
    store.close()


@pytest.fixture(scope="session")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The compiled library that looks at what a process does to a folder's files."""
    return disk.interposer(tmp_path_factory.mktemp("library"))


@pytest.fixture(scope="module")
def scratch() -> Iterator[Path]:
    """A folder of a module's own, removed behind its last test."""
    with tempfile.TemporaryDirectory(prefix="scratch") as folder:
        yield Path(folder)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser for a module's tests."""
    from browser import chromium

    with chromium() as found:
        yield found


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """A server of a module's own."""
    from servers import Server

    made = Server()
    yield made
    made.stop()


@pytest.fixture(scope="module")
def in_browser() -> Iterator[BrowserChecker]:
    """The page that checks dossiers, `verifier/verify.html`, opened from the disk."""
    from browser_checker import browser_checker

    with browser_checker() as checker:
        yield checker


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def store(request: pytest.FixtureRequest) -> Store:
    """A store; whatever is made in it runs once on each."""
    found: Store = request.getfixturevalue(f"{request.param}_store")
    return found


@pytest.fixture(scope="session")
def blank(sqlite_store: SqliteStore, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a ledger just made, to be copied."""
    return sqlite_store.blank(tmp_path_factory.mktemp("blank")).file


@pytest.fixture
def slaledger(store: Store, tmp_path: Path) -> CommandLine:
    """The command line on a new ledger."""
    return CommandLine(tmp_path, store.blank(tmp_path))


@pytest.fixture
def ledger_file(blank: Path, tmp_path: Path) -> Path:
    """A new ledger's file."""
    path = tmp_path / "slaledger.db"
    path.write_bytes(blank.read_bytes())
    return path


@pytest.fixture
def ledger(slaledger: CommandLine) -> Iterator[Ledger]:
    """A new ledger, open."""
    with slaledger.opened() as opened:
        yield opened


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--golden-update`, for a commit that means to say something differently."""
    parser.addoption("--golden-update", action="store_true", help="write tests/golden_answers/ anew")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the long runs unless they are asked for."""
    left_out = [] if SOAK else [item for item in items if item.get_closest_marker("soak")]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in set(left_out)]


def _clock_put_back(folder: Path) -> Path:
    """A folder from which every interpreter takes a clock that goes on from `MADE_AT`."""
    behind_ns = time.time_ns() - int(MADE_AT.timestamp()) * 10**9
    made = folder / "clock"
    made.mkdir()
    put_back = f"import time\nown = time.time_ns\ntime.time_ns = lambda: own() - {behind_ns}\n"
    (made / "sitecustomize.py").write_text(put_back)
    return made


@pytest.fixture(scope="session")
def shown(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> tuple[Path, str]:
    """The demo's folder and what it printed, made where something of an earlier run lay; once for all workers.

    It is of the same day whenever the tests run: its claim windows end.
    """
    with for_all_workers(tmp_path_factory, worker_id, "demo") as of_all:
        folder, printed = of_all / "demo", of_all / "demo.txt"
        if not printed.exists():
            folder.mkdir()
            (folder / "slaledger.db").write_bytes(b"of an earlier run")
            demo = [sys.executable, str(ROOT / "examples" / "demo.py"), str(folder)]
            own = [path for path in (os.environ.get("PYTHONPATH"),) if path]
            env = os.environ | {"PYTHONPATH": os.pathsep.join((str(_clock_put_back(of_all)), *own))}
            done = subprocess.run(demo, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
            assert done.returncode == 0, done.stdout.decode()
            printed.write_bytes(done.stdout)
    return folder, printed.read_text("utf-8")


@contextmanager
def for_all_workers(tmp_path_factory: pytest.TempPathFactory, worker_id: str, name: str) -> Iterator[Path]:
    """A folder that all workers of a run share, held for the one that makes in it what has this name."""
    own = tmp_path_factory.getbasetemp()
    of_all = own if worker_id == "master" else own.parent
    with (of_all / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield of_all


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say in one line which tests want what the system has not, and how to bring it."""
    skipped = terminalreporter.stats.get("skipped", [])
    line = system.summary(str(report.longrepr[2]) for report in skipped if isinstance(report.longrepr, tuple))
    if line:
        terminalreporter.write_line(line, yellow=True)
    ended = [report for key in ("passed", "failed") for report in terminalreporter.stats.get(key, [])]
    if any("tests/soak/" in report.nodeid for report in ended):
        terminalreporter.write_line(summary())
