"""Whatever bytes somebody puts into a file that a command reads, the command names the file and what is wrong."""

from __future__ import annotations

import json
from pathlib import Path
from unittest.mock import patch

import pytest
from conftest import CommandLine
from stores import SqliteStore

from ledger.files.lines import LONGEST
from ledger.log.reader import Reader

DIGITS = b"9" * 4301
BYTES: dict[str, bytes] = {
    "nothing": b"",
    "one byte that is no UTF-8": b"\xff",
    "a zero byte": b"\0",
    "UTF-16": '{"a": 1}'.encode("utf-16"),
    "a number of 4,301 digits": DIGITS,
    "such a number in an object": b'{"command": "x", "a": ' + DIGITS + b"}\n",
    "brackets 100,000 deep": b"[" * 100_000,
    "objects 100,000 deep": b'{"a":' * 100_000,
    "half a surrogate pair": b'{"command": "\\ud800"}\n',
    "an exponent beyond all numbers": b'{"command": "x", "a": 1e999999999}\n',
    "what begins like compressed data": b"\x28\xb5\x2f\xfd\x00\x00",
    "what begins like a database": b"SQLite format 3\0" + bytes(4096),
    "a value of 4,301 digits": b"a = " + DIGITS,
    "lists 10,000 deep": b"a = " + b"[" * 10_000,
    "a key of 20,000 parts": b"[" + b".".join([b"a"] * 20_000) + b"]",
    "a table of one long cell": b"account,month\n" + b"x" * 200_000 + b",y\n",
}
READING = (
    *("batch {}", "batch {} --command claim\tfile", "terms check {}", "terms publish {}", "audit what-if --terms {}"),
    *("calendar publish 2030 --file {} --source s", "import --config {}", "verify-dossier {}"),
    *(
        "audit verify --against {}",
        "audit consistency 1 {}",
        "audit prove 1 --checkpoint {}",
        "audit checkpoint --sign {}",
        "audit impact --with {}",
        "audit timestamp {0} {0}",
        "audit timestamp {0} {0} --tsa {0}",
    ),
    *("--ledger new.db restore {}", "--ledger new.db import events {}", "--ledger {} worklist"),
)
"""Each command that reads a file, but the importers, which have `tests/soak/test_mutated_files.py`."""


@pytest.fixture(scope="module")
def demo(shown: tuple[Path, str], sqlite_store: SqliteStore, tmp_path_factory: pytest.TempPathFactory) -> CommandLine:
    folder = tmp_path_factory.mktemp("bytes")
    return CommandLine(folder, sqlite_store.taken_over(shown[0] / "slaledger.db", folder))


@pytest.mark.parametrize("name", BYTES)
def test_no_bytes_end_a_command_with_a_traceback(demo: CommandLine, name: str) -> None:
    file = demo.folder / "file"
    before = demo.ledger.read_bytes()
    for line in READING:
        file.write_bytes(BYTES[name])
        file.chmod(0o600)
        done = demo.run(*(word.replace("\t", " ") for word in line.format("file").split(" ")))
        if (done.returncode, BYTES[name]) == (0, b""):
            continue  # a batch of no lines
        assert done.returncode in (1, 2, 4), (line, done)
        errors = [json.loads(told)["error"] for told in done.stderr.splitlines()]
        assert all(error["code"] and error["message"] for error in errors), line
        assert errors, line
    assert demo.ledger.read_bytes() == before
    assert not (demo.folder / "new.db").exists()


@pytest.mark.parametrize("line", ["batch {}", "batch {} --command claim\tfile", "batch -"])
def test_a_batch_is_read_line_by_line_up_to_a_bound(demo: CommandLine, line: str) -> None:
    first = b"account,month\n" if "--command" in line else b'{"command": "rebuild"}\n'
    data = first + b" " * (LONGEST + 1)
    (demo.folder / "long").write_bytes(data)
    words = [word.replace("\t", " ") for word in line.format("long").split(" ")]
    error = json.loads(demo.run(*words, "--keep-going", stdin=data).stderr.splitlines()[-1])["error"]
    assert error["code"] == "line_too_long"
    assert error["message"].startswith(f"{words[1]}:2: ")


def test_a_backup_whose_events_are_read_twice_is_damaged(demo: CommandLine) -> None:
    """As of a file with a damaged page."""
    demo.run("backup", "backup.db")
    read = Reader.since
    with patch.object(Reader, "since", lambda log, position: (row for row in read(log, position) for _ in (1, 2))):
        done = demo.run("--ledger", "new.db", "restore", "backup.db")
    error = json.loads(done.stderr)["error"]
    assert (done.returncode, error["code"]) == (4, "wrong_order")
    assert error["message"].startswith("backup.db: position 1: ")
