"""`slaledger` as processes that start at once: forked from one that has imported everything.

A forked process does the same as a new one, without a third of a second for the start. It can wait at a gate for
others, and can be steered (`steering`): killed or stopped at a moment of its work. Run as a script, this module is the
process from which they are forked.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from datetime import date
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NoReturn

from steering import Steering, steer

LARGEST = 1 << 17
_AHEAD = ("ledger.shipped", "rich.table", *(["ledger.store.postgres.store"] if find_spec("psycopg") else []))
"""What commands import only when they need it, and these tests' commands do."""


class Gate:
    """What processes wait at, each ready to begin, until it is opened."""

    def __init__(self) -> None:
        self.waiting, self._opened = os.pipe()

    def open(self) -> None:
        """Let all of them begin."""
        os.close(self._opened)
        os.close(self.waiting)


class Process:
    """A running process; its answers as `subprocess.Popen` gives them."""

    def __init__(self, words: Sequence[str], pid: int, told: socket.socket, out: Any, err: Any) -> None:
        self.words = words
        self.pid = pid
        self.returncode: int | None = None
        self._told, self._out, self._err = told, out, err

    def kill(self) -> None:
        """Kill it, unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, signal.SIGKILL)

    def poll(self) -> int | None:
        """Its exit status; None while it runs."""
        if self.returncode is None:
            self._told.setblocking(False)
            try:
                self._hear()
            except BlockingIOError:
                return None
            finally:
                if self.returncode is None:
                    self._told.setblocking(True)
        return self.returncode

    def wait(self) -> int:
        """Its exit status, once it has ended."""
        assert not self.wait_for_stop(), "it has stopped"
        assert self.returncode is not None
        return self.returncode

    def wait_for_stop(self) -> bool:
        """Wait until it has stopped, or ended; whether it has stopped."""
        return self.returncode is None and self._hear()

    def go_on(self) -> None:
        """Let it go on, where it has stopped."""
        os.kill(self.pid, signal.SIGCONT)

    def _hear(self) -> bool:
        """Hear what has become of it; whether it has stopped."""
        status = int(self._told.recv(LARGEST))
        if os.WIFSTOPPED(status):
            return True
        self._told.close()
        self.returncode = os.waitstatus_to_exitcode(status)
        return False

    def ended(self) -> subprocess.CompletedProcess[str]:
        """Exit status, stdout and stderr, once it has ended."""
        status = self.wait()
        out, err = (_read(stream) for stream in (self._out, self._err))
        return subprocess.CompletedProcess(self.words, status, out, err)


def _read(stream: Any) -> str:
    with stream:
        if not stream.readable():
            return ""
        stream.seek(0)
        read: bytes = stream.read()
        return read.decode()


class Origin:
    """The process that others are forked from. It ends when this one does, and so does what a test left running."""

    def __init__(self) -> None:
        self._asking, asked = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with asked:
            words = [sys.executable, __file__, str(asked.fileno())]
            self._process = subprocess.Popen(words, pass_fds=[asked.fileno()], start_new_session=True)

    def start(
        self,
        words: Sequence[str],
        folder: Path,
        env: Mapping[str, str],
        *,
        gate: Gate | None = None,
        steering: Steering | None = None,
        stdout: Path | None = None,
    ) -> Process:
        """Begin `slaledger` in a folder, in an environment; where a gate is given, once it is opened."""
        told, tell = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        out: Any = stdout.open("wb") if stdout else tempfile.TemporaryFile()  # noqa: SIM115 - closed when read, as err
        err = tempfile.TemporaryFile()  # noqa: SIM115
        asked = {"words": list(words), "folder": str(folder), "env": dict(env), "steering": steering}
        ends = [tell.fileno(), out.fileno(), err.fileno(), *([gate.waiting] if gate else [])]
        socket.send_fds(self._asking, [json.dumps(asked).encode()], ends)
        tell.close()
        return Process(words, int(told.recv(LARGEST)), told, out, err)

    def stop(self) -> None:
        """End it."""
        self._asking.close()
        self._process.wait()


def _serve(asked: socket.socket) -> NoReturn:
    """Fork a process for each that is asked for, with a keeper that tells how it ended; until nobody can ask."""
    keepers = 0
    while True:
        message, ends, _, _ = socket.recv_fds(asked, LARGEST, 4)
        while keepers and os.waitpid(-1, os.WNOHANG) != (0, 0):
            keepers -= 1
        if not message:
            os.killpg(0, signal.SIGKILL)
        keepers += 1
        if os.fork() == 0:
            asked.close()
            _keep(json.loads(message), *ends)
        for end in ends:
            os.close(end)


def _keep(asked: dict[str, Any], tell: int, out: int, err: int, gate: int | None = None) -> NoReturn:
    with socket.socket(fileno=tell) as telling:
        pid = os.fork()
        if pid == 0:
            telling.detach()
            os.close(tell)
            _become(asked, out, err, gate)
        telling.send(str(pid).encode())
        running = True
        while running:
            _, status = os.waitpid(pid, os.WUNTRACED)
            running = os.WIFSTOPPED(status)
            telling.send(str(status).encode())
    os._exit(0)


def _become(asked: dict[str, Any], out: int, err: int, gate: int | None) -> NoReturn:
    """Be the command: its streams, folder, environment, words; and end as the interpreter ends when it exits."""
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(out, 1)
    os.dup2(err, 2)
    sys.stdout, sys.stderr = (open(end, "w", encoding="utf-8", closefd=False) for end in (1, 2))  # noqa: SIM115
    os.chdir(asked["folder"])
    os.environ.clear()
    os.environ.update(asked["env"])
    sys.argv = ["slaledger", *asked["words"]]
    if asked["steering"] is not None:
        steer(Steering(*asked["steering"]))
    if gate is not None:
        os.read(gate, 1)
    import_module("cli.main").run()
    raise AssertionError("it exits")


if __name__ == "__main__":
    for module in ("cli.main", *_AHEAD):
        import_module(module)
    for name, _ in import_module("cli.main")._COMMANDS.values():
        import_module(name.partition(":")[0])
    import_module("ledger.shipped").published_years(date(2019, 1, 1))
    gc.freeze()
    _serve(socket.socket(fileno=int(sys.argv[1])))
