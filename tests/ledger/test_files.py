"""Files are written wholly or not at all, whichever command writes them, and read up to a bound."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from unittest.mock import patch

import pytest
from conftest import CommandLine
from stores import SqliteStore

LONG = "n" * 300
WRITING = ("export events", "dossier 1001 2026-07", "keygen desk")


@pytest.fixture
def demo(shown: tuple[Path, str], sqlite_store: SqliteStore, tmp_path: Path) -> CommandLine:
    return CommandLine(tmp_path, sqlite_store.taken_over(shown[0] / "slaledger.db", tmp_path))


@pytest.mark.parametrize("line", WRITING)
def test_a_name_that_the_system_does_not_take_is_refused(demo: CommandLine, line: str) -> None:
    error = demo.refused(*line.split(), "-o", LONG, status=2)
    assert error["code"] == "unwritable_file"
    assert error["message"].endswith("File name too long")


def test_a_backup_is_refused_such_a_name_too(demo: CommandLine) -> None:
    assert demo.refused("backup", LONG, status=2)["code"] == "unwritable_file"
    assert demo.refused("report", "2026-07", "--html", LONG, status=2)["code"] == "unwritable_file"


@pytest.mark.parametrize("suffix", ["", "-wal", "-shm", "-journal", "-turn", ".views.db", ".tree.db"])
def test_no_file_of_the_ledger_itself_is_replaced(demo: CommandLine, suffix: str) -> None:
    name = f"{demo.ledger.name}{suffix}"
    for words in (("export", "events", "-o", name), ("backup", name), ("dossier", "1001", "2026-07", "-o", name)):
        assert demo.refused(*words, "--force", status=2)["code"] == "file_is_ledger", words


@pytest.mark.parametrize("line", ["export events -o events.jsonl", "keygen desk -o desk.key"])
def test_a_disk_that_fails_leaves_no_file_and_says_so(demo: CommandLine, line: str) -> None:
    before = set(demo.folder.iterdir())
    with patch("ledger.files.writing.os.fsync", side_effect=OSError(5, "Input/output error")):
        error = demo.refused(*line.split(), status=2)
    assert error["hint"] == "the file was not kept; check the disk"
    assert set(demo.folder.iterdir()) == before


@pytest.mark.parametrize("line", ["export events -o events.jsonl", "keygen desk -o desk.key"])
def test_a_folder_that_cannot_be_synced_has_the_whole_file_and_it_is_told(demo: CommandLine, line: str) -> None:
    real = os.fsync

    def fails_for_folders(descriptor: int) -> None:
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            raise OSError(5, "Input/output error")
        real(descriptor)

    with patch("ledger.files.writing.os.fsync", fails_for_folders):
        error = demo.refused(*line.split(), status=2)
    assert error["hint"].startswith("the file is there and whole")
    assert (demo.folder / line.split()[-1]).read_text().endswith("\n")


def test_a_key_is_its_owners_alone_and_is_never_replaced(demo: CommandLine) -> None:
    assert demo.run("keygen", "desk", "-o", "desk.key").returncode == 0
    kept = (demo.folder / "desk.key").read_bytes()
    assert stat.S_IMODE((demo.folder / "desk.key").stat().st_mode) == 0o600
    assert demo.refused("keygen", "desk", "-o", "desk.key")["code"] == "key_exists"
    assert (demo.folder / "desk.key").read_bytes() == kept


def test_a_text_is_read_up_to_a_bound(demo: CommandLine) -> None:
    (demo.folder / "terms.toml").write_bytes(b"#" * (4 * 2**20 + 1))
    for words in (("terms", "check", "terms.toml"), ("audit", "verify", "--against", "terms.toml")):
        error = demo.refused(*words, status=2)
        assert (error["code"], "longer than 4194304 bytes" in error["message"]) == ("unreadable_file", True)


def test_a_key_of_many_parts_is_refused_before_it_is_parsed(demo: CommandLine) -> None:
    with patch("tomllib.loads", side_effect=AssertionError("the parser takes the square of a key's parts")):
        (demo.folder / "terms.toml").write_text("=".join([".".join("a" * 200)] * 2))
        error = demo.refused("terms", "check", "terms.toml", status=2)
    assert "more dots between its equals signs" in error["message"]
