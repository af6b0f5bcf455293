"""What a process does to a folder's files (`disk.c`): recorded, failed once, and what a power failure leaves of it.

The model of a power failure is the strictest that POSIX allows. What was written to a file may be lost until that file
is synced, and a name (made, given, taken away) until its folder is. Of what may be lost, any part may be there: whole
writes in any order, a write up to any byte, a later one without an earlier one.
"""

from __future__ import annotations

import errno
import subprocess
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from random import Random
from typing import NamedTuple

import pytest
import system

SOURCE = Path(__file__).with_name("disk.c")
PASSING = ("-shm", "-turn")
"""Files that hold nothing beyond the processes that use them: after a power failure SQLite makes the one anew."""


def interposer(folder: Path) -> Path:
    """The compiled library, made in a folder; skips the test where there is no compiler, or no Linux."""
    if sys.platform != "linux":
        pytest.skip("calls are recorded on Linux only")
    made = folder / "disk.so"
    subprocess.run(
        [system.tool("build-essential"), "-shared", "-fPIC", "-O1", "-o", str(made), str(SOURCE)], check=True
    )
    return made


class Call(NamedTuple):
    """What was done to a file, or told on standard output (`told`)."""

    kind: str
    path: str
    other: str
    offset: int
    data: bytes


def read_record(file: Path) -> list[Call]:
    """The calls of a record, in order."""
    record, calls, at = file.read_bytes(), [], 0
    while at < len(record):
        end = record.index(b"\n", at)
        kind, path, other, offset, length = record[at:end].decode().split("\t")
        at = end + 1 + int(length)
        if not path.endswith(PASSING):
            calls.append(Call(kind, path, other, int(offset), record[end + 1 : at]))
    return calls


class _Change(NamedTuple):
    """A change of a file's bytes (`inode`), or of names (`inode` None); `synced` is the call that made it durable."""

    at: int
    call: Call
    inode: int | None
    target: int
    synced: int


class Recording:
    """The calls of a run on a folder, whose files were these before."""

    def __init__(self, before: dict[str, bytes], calls: Sequence[Call]) -> None:
        self.before = before
        self.calls = calls
        self._changes = self._resolve()

    def _resolve(self) -> list[_Change]:
        """Which inode each call is about, and which later call makes it durable."""
        names = {name: number for number, name in enumerate(self.before)}
        unsynced: list[_Change] = []
        changes: list[_Change] = []
        for at, call in enumerate(self.calls):
            match call.kind:
                case "sync":
                    inode, now = names.get(call.path), []
                    for change in unsynced:
                        folder = str(Path(change.call.other or change.call.path).parent)
                        durable = change.inode == inode if change.inode is not None else folder == call.path
                        (changes if durable else now).append(change._replace(synced=at) if durable else change)
                    unsynced = now
                case "write" | "truncate":
                    unsynced.append(_Change(at, call, names[call.path], names[call.path], len(self.calls)))
                case "create" | "link" | "rename" | "unlink":
                    target = at + len(self.before) if call.kind == "create" else names[call.path]
                    unsynced.append(_Change(at, call, None, target, len(self.calls)))
                    if call.kind in ("unlink", "rename"):
                        del names[call.path]
                    if call.kind != "unlink":
                        names[call.other or call.path] = target
                case "told":
                    pass
                case _:
                    raise AssertionError(call.kind)
        return sorted(changes + unsynced)

    def told(self, upto: int) -> bytes:
        """What had been told on standard output before a call."""
        return b"".join(call.data for call in self.calls[:upto] if call.kind == "told")

    def pending(self, upto: int) -> list[int]:
        """The calls before one that a power failure may undo."""
        return [change.at for change in self._changes if change.at < upto <= change.synced]

    def files(self, upto: int, dropped: Iterable[int] = (), cut: tuple[int, int] | None = None) -> dict[str, bytes]:
        """The files after the calls before one, without those that are dropped; of a cut one, so many bytes."""
        left_out = set(dropped)
        names = {name: number for number, name in enumerate(self.before)}
        data = {names[name]: bytearray(content) for name, content in self.before.items()}
        for change in self._changes:
            if change.at < upto and change.at not in left_out:
                call = change.call
                if cut is not None and cut[0] == change.at:
                    call = call._replace(data=call.data[: cut[1]])
                _apply(call, change.target, names, data)
        return {name: bytes(data.get(inode, b"")) for name, inode in names.items()}

    def after_power_failure(self, random: Random) -> tuple[int, dict[str, bytes]]:
        """A call before which the power fails, and a state that it may leave: nothing, all or a part is dropped.

        Half of the failures are near the end, where the work is acknowledged and tidied up.
        """
        upto = random.randint(random.choice([0, len(self.calls) * 7 // 8]), len(self.calls))
        pending = self.pending(upto)
        share = random.choice([0, 0.2, 0.5, 0.8, 1])
        dropped = {at for at in pending if random.random() < share}
        writes = [at for at in pending if at not in dropped and len(self.calls[at].data) > 1]
        cut = None
        if writes and random.random() < 0.5:
            at = random.choice(writes)
            length = len(self.calls[at].data)
            cut = at, min(length, 512 * random.randint(0, length // 512)) or random.randrange(length)
        return upto, self.files(upto, dropped, cut)


def _apply(call: Call, target: int, names: dict[str, int], data: dict[int, bytearray]) -> None:
    match call.kind:
        case "write":
            held = data.setdefault(target, bytearray())
            held.extend(bytes(max(0, call.offset - len(held))))
            held[call.offset : call.offset + len(call.data)] = call.data
        case "truncate":
            held = data.setdefault(target, bytearray())
            held.extend(bytes(max(0, call.offset - len(held))))
            del held[call.offset :]
        case "unlink":
            names.pop(call.path, None)
        case _:
            if call.kind == "rename":
                names.pop(call.path, None)
            names[call.other or call.path] = target


def files_of(folder: Path) -> dict[str, bytes]:
    """The files of a folder, by path."""
    return {str(file): file.read_bytes() for file in folder.iterdir() if file.is_file() and not _passes(file)}


def _passes(file: Path) -> bool:
    return file.name.endswith(PASSING)


def put_back(files: dict[str, bytes], folder: Path, into: Path) -> None:
    """Write a folder's files into another one."""
    into.mkdir()
    for name, content in files.items():
        (into / Path(name).relative_to(folder)).write_bytes(content)


def environment(library: Path, folder: Path, **given: str) -> dict[str, str]:
    """The environment of a process whose calls on the files of a folder are looked at."""
    named = {f"DISK_{name.upper()}": value for name, value in given.items()}
    return {"LD_PRELOAD": str(library), "DISK_FOLDER": str(folder), **named}


FAULTS = {"full": errno.ENOSPC, "broken": errno.EIO, "short": 0, "kill": -1}
"""The faults of a call, with their numbers for `disk.c`."""
LIE = -2
"""The fault that nobody can stand: a write is said to be done, and is not."""
