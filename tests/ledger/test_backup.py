"""Backups while others write, and ledgers made again of them once their root is proved."""

from __future__ import annotations

import json
import shutil
import signal
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from conftest import CommandLine
from steering import STATEMENT, Steering
from stores import sqlite_only

from ledger.application import Ledger
from ledger.log.reader import BatchNote
from ledger.transparency.log_root import derived
from ledger.transparency.proofs import parse_checkpoint

pytestmark = sqlite_only("a SQLite file's backup; a server's is its export: test_moves_between_stores")

RESTORED = ("--ledger", "sqlite:///restored.db")


@pytest.fixture
def kept(slaledger: CommandLine) -> CommandLine:
    """A ledger of three accounts with a backup and the checkpoint that it printed, and more events since."""
    for account in ("1001", "1002", "1003"):
        enroll(slaledger, account)
    (slaledger.folder / "checkpoint.txt").write_text(slaledger.run("backup", "backup.db").stdout)
    enroll(slaledger, "1004")
    return slaledger


def enroll(slaledger: CommandLine, account: str) -> None:
    slaledger.ok("account", "enroll", account, "--enrolled-at", "2026-01-01T00:00:00+08:00")


def stored(file: Path) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(file)) as raw:
        return raw.execute("SELECT * FROM stored_events ORDER BY position").fetchall()


def test_a_backup_is_one_file_of_one_moment_and_its_checkpoint_is_printed(kept: CommandLine) -> None:
    assert stored(kept.folder / "backup.db") == stored(kept.ledger)[:-1]
    assert not list(kept.folder.glob("backup.db-*")) and not list(kept.folder.glob("*.part"))
    copy = kept.run("--ledger", "sqlite:///backup.db", "audit", "checkpoint").stdout
    assert copy == (kept.folder / "checkpoint.txt").read_text()
    assert kept.ok("audit", "verify", "--against", "checkpoint.txt")["damage"] == []


def test_what_is_restored_is_the_ledger_that_the_checkpoint_is_of(kept: CommandLine) -> None:
    done = kept.ok(*RESTORED, "restore", "backup.db", "--against", "checkpoint.txt")
    size = parse_checkpoint((kept.folder / "checkpoint.txt").read_text()).size
    assert (done["events"], stored(kept.folder / "restored.db")) == (size, stored(kept.ledger)[:-1])
    assert kept.ok(*RESTORED, "audit", "verify", "--against", "checkpoint.txt")["damage"] == []
    enroll(CommandLine(kept.folder), "1005")


def test_a_later_copy_extends_an_older_checkpoint(kept: CommandLine) -> None:
    assert kept.run("backup", "later.db").returncode == 0
    kept.ok(*RESTORED, "restore", "later.db", "--against", "checkpoint.txt")


def test_without_a_checkpoint_it_says_what_is_proved(kept: CommandLine) -> None:
    done = kept.run(*RESTORED, "restore", "backup.db")
    assert (done.returncode, "no checkpoint was given" in done.stderr) == (0, True)
    again = kept.run("--ledger", "sqlite:///other.db", "restore", "backup.db", "--against", "checkpoint.txt")
    assert (again.returncode, again.stderr) == (0, "")


def test_a_signed_checkpoint_is_checked_with_its_key(kept: CommandLine) -> None:
    key, other = (kept.run("keygen", "ledger", "-o", name).stdout.strip() for name in ("own.key", "other.key"))
    (kept.folder / "signed.txt").write_text(kept.run("backup", "signed.db", "--sign", "own.key").stdout)
    against = ("restore", "signed.db", "--against", "signed.txt", "--vkey")
    assert kept.refused(*RESTORED, *against, other)["code"] == "unknown_key"
    assert kept.refused(*RESTORED, "restore", "signed.db", "--vkey", key, status=2)["code"] == "needs_checkpoint"
    kept.ok(*RESTORED, *against, key)


def changed(file: Path, statement: str) -> None:
    """The file in the hands of someone who drops the triggers first."""
    with closing(sqlite3.connect(file)) as raw:
        for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            raw.execute(f"DROP TRIGGER {name}")
        raw.execute(statement)
        raw.commit()


LAST = "(SELECT MAX(position) FROM stored_events)"
TAMPERED: dict[str, tuple[str, str]] = {
    "a state that reads": (
        f"UPDATE stored_events SET state = CAST(replace(state, 'clerk', 'clerc') AS BLOB) WHERE position = {LAST}",
        "log_rewritten",
    ),
    "a state that does not read": (
        f"UPDATE stored_events SET state = CAST('{{}}' AS BLOB) WHERE position = {LAST}",
        "unreadable_event",
    ),
    "a state that is text": (
        f"UPDATE stored_events SET state = CAST(state AS TEXT) WHERE position = {LAST}",
        "unreadable_event",
    ),
    "the end cut off": (f"DELETE FROM stored_events WHERE position = {LAST}", "log_truncated"),
    "a version that is missing": (
        f"UPDATE stored_events SET originator_version = 2 WHERE position = {LAST}",
        "gap",
    ),
    "a topic that nobody knows": (f"UPDATE stored_events SET topic = 'x' WHERE position = {LAST}", "unknown_event"),
}


@pytest.mark.parametrize("name", TAMPERED)
def test_a_changed_backup_is_not_used(kept: CommandLine, name: str) -> None:
    statement, code = TAMPERED[name]
    changed(kept.folder / "backup.db", statement)
    before = {file.name for file in kept.folder.iterdir()}
    said = kept.refused(*RESTORED, "restore", "backup.db", "--against", "checkpoint.txt", status=4)
    assert said["code"] == code
    assert {file.name for file in kept.folder.iterdir()} == before


def test_a_broken_file_is_not_used(kept: CommandLine) -> None:
    content = (kept.folder / "backup.db").read_bytes()
    for end in (len(content) // 2, 200):
        (kept.folder / "backup.db").write_bytes(content[:end])
        done = kept.run(*RESTORED, "restore", "backup.db", "--against", "checkpoint.txt")
        assert done.returncode in (2, 4)
        assert "Traceback" not in done.stderr
        assert not (kept.folder / "restored.db").exists()


def test_another_ledgers_backup_is_refused(kept: CommandLine) -> None:
    kept.ok("--ledger", "sqlite:///stranger.db", "init")
    assert kept.run("--ledger", "sqlite:///stranger.db", "backup", "strange.db").returncode == 0
    said = kept.refused(*RESTORED, "restore", "strange.db", "--against", "checkpoint.txt")
    assert said["code"] == "other_ledger"
    assert not (kept.folder / "restored.db").exists()


def test_nothing_but_events_and_progress_comes_along(kept: CommandLine) -> None:
    changed(kept.folder / "backup.db", "CREATE TABLE stowaway (x)")
    note = BatchNote(lines_sha256="ab" * 32, lines=7, refused=(3,), position=12, state="running")
    with Ledger.open(f"sqlite:///{kept.folder / 'backup.db'}") as ledger, ledger.writing() as log:
        log.note_progress(None, note)
    kept.ok(*RESTORED, "restore", "backup.db", "--against", "checkpoint.txt")
    with closing(sqlite3.connect(kept.folder / "restored.db")) as raw:
        made = {name for (name,) in raw.execute("SELECT name FROM sqlite_master").fetchall()}
    assert "stowaway" not in made and "stored_events_no_update" in made
    with Ledger.open(f"sqlite:///{kept.folder / 'restored.db'}") as ledger, ledger.reading() as log:
        assert log.progress() == [note]


@pytest.mark.parametrize(("moment", "times"), [("before a line", 7), ("after the note", 1), ("after the commit", 1)])
def test_backups_while_others_write(slaledger: CommandLine, moment: str, times: int) -> None:
    """Another writer is stopped in the middle of a transaction, at its end, and between two."""
    lines = "".join(
        json.dumps({"command": "account enroll", "account": f"w{n}", "enrolled_at": "2026-01-01T00:00:00+08:00"}) + "\n"
        for n in range(40)
    )
    (slaledger.folder / "many.jsonl").write_text(lines)
    writer = slaledger.start("batch", "many.jsonl", steering=Steering(10, moment, times, signal.SIGSTOP))
    before, taken = len(stored(slaledger.ledger)), []
    while writer.wait_for_stop():
        done = slaledger.run("backup", f"{len(taken)}.db")
        assert done.returncode == 0, done.stderr
        taken.append(parse_checkpoint(done.stdout))
        writer.go_on()
    assert writer.returncode == 0
    assert {checkpoint.size - before for checkpoint in taken} > {10, 20, 30}
    with Ledger.open(f"sqlite:///{slaledger.ledger}") as ledger, ledger.reading() as log:
        for number, checkpoint in enumerate(taken):
            assert derived(log, checkpoint.size).root == checkpoint.root
            assert len(stored(slaledger.folder / f"{number}.db")) == checkpoint.size


def test_a_backup_is_of_one_moment_whatever_others_write_meanwhile(slaledger: CommandLine) -> None:
    """It is stopped at every statement, and another writes."""
    before, others = len(stored(slaledger.ledger)), 0
    backup = slaledger.start("backup", "out.db", steering=Steering(None, STATEMENT, 1, signal.SIGSTOP))
    while backup.wait_for_stop():
        enroll(slaledger, f"w{others}")
        others += 1
        backup.go_on()
    checkpoint = parse_checkpoint(backup.ended().stdout)
    assert before <= checkpoint.size < before + others
    assert len(stored(slaledger.folder / "out.db")) == checkpoint.size
    with Ledger.open(f"sqlite:///{slaledger.ledger}") as ledger, ledger.reading() as log:
        assert derived(log, checkpoint.size).root == checkpoint.root


def test_a_ledger_in_the_middle_of_a_transaction_is_copied_as_it_was_before(slaledger: CommandLine) -> None:
    before = stored(slaledger.ledger)
    with closing(sqlite3.connect(slaledger.ledger, isolation_level=None)) as raw:
        raw.execute("BEGIN IMMEDIATE")
        raw.execute("INSERT INTO stored_events VALUES (1000, 'x', 1, 'x', 'x')")
        assert slaledger.run("backup", "backup.db").returncode == 0
        raw.execute("ROLLBACK")
    assert stored(slaledger.folder / "backup.db") == before


def test_a_read_only_ledger_can_be_backed_up(kept: CommandLine, tmp_path: Path) -> None:
    vault = tmp_path / "vault"
    vault.mkdir()
    shutil.copy(kept.folder / "backup.db", vault / "ledger.db")
    (vault / "ledger.db").chmod(0o444)
    vault.chmod(0o555)
    try:
        done = kept.run("--ledger", f"sqlite:///{vault / 'ledger.db'}", "backup", "again.db")
        assert (done.returncode, done.stdout) == (0, (kept.folder / "checkpoint.txt").read_text())
    finally:
        vault.chmod(0o755)
