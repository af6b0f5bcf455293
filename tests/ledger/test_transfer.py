"""Moving a ledger: out of one store, into another, the same in every question; and what is refused on the way."""

from __future__ import annotations

import json
import shutil
import signal
import sqlite3
from base64 import b64decode
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from conftest import CommandLine
from steering import STATEMENT, Steering

from ledger.application import Ledger, Writer
from ledger.copies import transfer
from ledger.copies.transfer import move_in
from ledger.log.codec import Row
from ledger.log.reader import BatchNote
from ledger.log.recorded import recorded_at
from ledger.transparency.log_root import derived

Raw = tuple[int, str, int, str, bytes]
MOVED = ("--ledger", "sqlite:///moved.db")
MIDDLES = {"before a line": 7, "after the note": 1, "after the commit": 1}
"""Where another writer is stopped, and how often: in the middle of a transaction, at its end, between two."""


@pytest.fixture(scope="module")
def source(shown: tuple[Path, str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo's ledger, with a gap in its positions and a decision behind it."""
    demo = CommandLine(Path(shutil.copytree(shown[0], tmp_path_factory.mktemp("source") / "demo")))
    with Ledger.open(f"sqlite:///{demo.ledger}") as ledger, ledger.writing() as log:
        (row,) = log.stream("1001/account")[:1]
        state = row.state.replace(b'"account":"1001"', b'"account":"1001x"')
        state = state.replace(str(recorded_at(row)).encode(), str(log.recorded_at()).encode())
        log.insert([row._replace(position=log.position() + 40, stream="1001x/account", state=state)])
    demo.ok("claim", "decide", "1005", "2026-09")
    return demo.folder


@pytest.fixture
def demo(source: Path, tmp_path: Path) -> CommandLine:
    return CommandLine(Path(shutil.copytree(source, tmp_path / "demo")))


def stored(file: Path) -> list[Raw]:
    with closing(sqlite3.connect(file)) as raw:
        return raw.execute("SELECT * FROM stored_events ORDER BY position").fetchall()


def names(folder: Path) -> set[str]:
    return {file.name for file in folder.iterdir()}


@pytest.mark.parametrize("name", ["events.jsonl", "events.jsonl.zst"])
def test_a_moved_ledger_is_the_same_in_every_question(demo: CommandLine, name: str) -> None:
    written = demo.ok("export", "events", "-o", name)
    moved = demo.ok(*MOVED, "import", "events", name)
    assert moved == written
    events = stored(demo.ledger)
    assert stored(demo.folder / "moved.db") == events
    assert [each[0] for each in events] != list(range(1, len(events) + 1))
    for words in (
        ("audit", "verify"),
        ("claim", "show", "1001", "2026-07"),
        ("claim", "explain", "1005", "2026-09"),
        ("voucher", "list"),
        ("breaches", "2026-09"),
        ("history", "1002", "--at-position", "500", "--valid-at", "2026-10-01T00:00:00+08:00"),
    ):
        assert demo.ok(*MOVED, *words) == demo.ok(*words)
    assert demo.run(*MOVED, "audit", "checkpoint").stdout == demo.run("audit", "checkpoint").stdout
    demo.ok(*MOVED, "account", "enroll", "2001", "--enrolled-at", "2026-01-01T00:00:00+08:00")


def test_two_exports_are_the_same_bytes_and_so_is_that_of_the_moved_ledger(demo: CommandLine) -> None:
    for name in ("a.jsonl", "b.jsonl", "a.zst", "b.zst"):
        demo.ok("export", "events", "-o", name)
    demo.ok(*MOVED, "import", "events", "a.zst")
    demo.ok(*MOVED, "export", "events", "-o", "c.jsonl")
    a, b, c = ((demo.folder / f"{name}.jsonl").read_bytes() for name in "abc")
    assert a == b == c == demo.process("export", "events").stdout.encode()
    assert (demo.folder / "a.zst").read_bytes() == (demo.folder / "b.zst").read_bytes()


def test_through_a_pipe(demo: CommandLine) -> None:
    lines = demo.process("export", "events", "-o", "-").stdout.encode()
    done = demo.process(*MOVED, "import", "events", "-", stdin=lines)
    assert done.returncode == 0, done.stderr
    assert stored(demo.folder / "moved.db") == stored(demo.ledger)
    cut = demo.process("--ledger", "sqlite:///cut.db", "import", "events", "-", stdin=lines[:-200])
    assert (cut.returncode, "cut_off" in cut.stderr) == (2, True)
    assert not (demo.folder / "cut.db").exists()


def test_a_signed_export_is_restored_under_its_key_alone(demo: CommandLine) -> None:
    key, other = (demo.run("keygen", "ledger", "-o", name).stdout.strip() for name in ("own.key", "other.key"))
    demo.ok("export", "events", "-o", "events.jsonl", "--sign", "own.key")
    assert demo.refused(*MOVED, "restore", "events.jsonl", "--vkey", other)["code"] == "unknown_key"
    assert not (demo.folder / "moved.db").exists()
    demo.ok(*MOVED, "restore", "events.jsonl", "--vkey", key)
    demo.ok("--ledger", "sqlite:///again.db", "import", "events", "events.jsonl")


def test_only_an_empty_ledger_takes_another(demo: CommandLine) -> None:
    demo.ok("export", "events", "-o", "events.jsonl")
    demo.ok("--ledger", "sqlite:///inited.db", "init")
    before = stored(demo.folder / "inited.db")
    for words in (("import", "events"), ("restore",), ("import", "events", "--dry-run")):
        said = demo.refused("--ledger", "sqlite:///inited.db", *words, "events.jsonl")
        assert said["code"] == "ledger_not_empty"
        assert "`slaledger init`" in said["hint"]
    assert stored(demo.folder / "inited.db") == before
    Ledger.create(f"sqlite:///{demo.folder / 'empty.db'}").close()
    (demo.folder / "blank.db").touch()
    for name in ("empty.db", "blank.db"):
        demo.ok("--ledger", f"sqlite:///{name}", "import", "events", "events.jsonl")
        assert stored(demo.folder / name) == stored(demo.ledger)
    (demo.folder / "text.db").write_text("no ledger")
    said = demo.refused("--ledger", "sqlite:///text.db", "import", "events", "events.jsonl", status=2)
    assert said["code"] == "not_a_ledger"


def test_a_refused_import_leaves_an_empty_ledger_empty(demo: CommandLine) -> None:
    demo.ok("export", "events", "-o", "events.jsonl")
    content = (demo.folder / "events.jsonl").read_bytes()
    (demo.folder / "events.jsonl").write_bytes(content.replace(b'"call_fee_fen":8', b'"call_fee_fen":7', 1))
    Ledger.create(f"sqlite:///{demo.folder / 'moved.db'}").close()
    assert demo.refused(*MOVED, "import", "events", "events.jsonl", status=4)["code"] == "root_differs"
    assert stored(demo.folder / "moved.db") == []


def test_a_dry_run_checks_everything_and_leaves_nothing(demo: CommandLine) -> None:
    demo.ok("export", "events", "-o", "events.jsonl")
    (demo.folder / "blank.db").touch()
    before = names(demo.folder)
    for name in ("moved.db", "blank.db"):
        said = demo.ok("--ledger", f"sqlite:///{name}", "import", "events", "events.jsonl", "--dry-run")
        assert (said["events"], said["dry_run"]) == (len(stored(demo.ledger)), True)
    assert (names(demo.folder), (demo.folder / "blank.db").stat().st_size) == (before, 0)
    content = (demo.folder / "events.jsonl").read_bytes()
    (demo.folder / "events.jsonl").write_bytes(content[:-1])
    assert demo.refused(*MOVED, "import", "events", "events.jsonl", "--dry-run", status=2)["code"] == "cut_off"


def test_no_file_is_replaced_without_force_and_the_ledger_never(demo: CommandLine) -> None:
    kept = demo.folder / "kept"
    for words in (("export", "events", "-o", "kept"), ("backup", "kept")):
        kept.write_text("precious")
        assert demo.refused(*words, status=2)["code"] == "file_exists"
        assert kept.read_text() == "precious"
        assert demo.run(*words, "--force").returncode == 0
        assert kept.stat().st_size > 1000
    for words in (("export", "events", "-o", "slaledger.db"), ("backup", "slaledger.db")):
        assert demo.refused(*words, "--force", status=2)["code"] == "file_is_ledger"
    for words in (("export", "events", "-o", "/dev/null"), ("backup", "/dev/null")):
        assert demo.refused(*words, "--force", status=2)["code"] == "unwritable_file"
    for words in (("export", "events", "-o", "nowhere/kept"), ("backup", "nowhere/kept")):
        assert demo.refused(*words, status=2)["code"] == "no_folder"
    assert not [name for name in names(demo.folder) if name.endswith(".part")]


def test_a_file_that_is_not_there_leaves_no_ledger(demo: CommandLine) -> None:
    for words in (("import", "events"), ("restore",)):
        assert demo.refused(*MOVED, *words, "absent.jsonl", status=2)["code"] == "unreadable_file"
    assert not (demo.folder / "moved.db").exists()


def test_a_journal_that_an_earlier_ledger_left_is_not_taken_in(demo: CommandLine) -> None:
    demo.ok("export", "events", "-o", "events.jsonl")
    (demo.folder / "moved.db-wal").write_bytes(b"of a ledger that is gone")
    said = demo.refused(*MOVED, "import", "events", "events.jsonl", status=2)
    assert (said["code"], "moved.db-wal" in said["message"]) == ("left_beside", True)


def test_projections_that_an_earlier_ledger_left_are_not_believed(demo: CommandLine) -> None:
    """An older copy is restored, and goes on otherwise than the lost one did: up to the same position and behind."""
    assert demo.run("backup", "older.db").returncode == 0
    issue = ("voucher", "issue", "1005", "2026-09")
    demo.ok(*issue)
    lost = demo.ok("voucher", "list", "--account", "1005")
    for name in ("slaledger.db", "slaledger.db-wal", "slaledger.db-shm"):
        (demo.folder / name).unlink(missing_ok=True)
    demo.ok("restore", "older.db")
    for number in range(10):
        demo.ok("account", "enroll", f"3{number}", "--enrolled-at", "2026-01-01T00:00:00+08:00")
    assert len(demo.ok("voucher", "list", "--account", "1005")) == len(lost) - 1


@pytest.mark.parametrize("moment", MIDDLES)
def test_an_export_is_of_one_moment_while_others_are_in_the_middle_of_writing(demo: CommandLine, moment: str) -> None:
    many, exports = 40, []
    lines = "".join(
        json.dumps({"command": "account enroll", "account": f"w{n}", "enrolled_at": "2026-01-01T00:00:00+08:00"}) + "\n"
        for n in range(many)
    )
    (demo.folder / "many.jsonl").write_text(lines)
    writer = demo.start("batch", "many.jsonl", steering=Steering(10, moment, MIDDLES[moment], signal.SIGSTOP))
    before = len(stored(demo.ledger))
    while writer.wait_for_stop():
        exports.append(demo.ok("export", "events", "-o", f"{len(exports)}.jsonl"))
        writer.go_on()
    assert writer.returncode == 0
    assert {export["events"] - before for export in exports} > {10, 20, 30}
    for number, export in enumerate(exports):
        check_moved(demo, f"{number}.jsonl", export)


def check_moved(demo: CommandLine, name: str, export: dict[str, Any]) -> None:
    """Hold an export to be the ledger as it was when it had so many events."""
    moved = demo.ok("--ledger", f"sqlite:///{name}.db", "import", "events", name)
    assert moved["root"] == export["root"]
    with Ledger.open(f"sqlite:///{demo.ledger}") as ledger, ledger.reading() as log:
        assert derived(log, export["events"]) == (export["events"], b64decode(export["root"]), export["position"])


def test_an_export_is_of_one_moment_whatever_others_write_meanwhile(demo: CommandLine) -> None:
    """It is stopped at every statement, and another writes."""
    before, others = len(stored(demo.ledger)), 0
    export = demo.start("export", "events", "-o", "out.jsonl", steering=Steering(None, STATEMENT, 1, signal.SIGSTOP))
    while export.wait_for_stop():
        demo.ok("account", "enroll", f"w{others}", "--enrolled-at", "2026-01-01T00:00:00+08:00")
        others += 1
        export.go_on()
    done = json.loads(export.ended().stdout)
    assert before <= done["events"] < before + others
    check_moved(demo, "out.jsonl", done)


def test_taking_over_holds_a_page_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from test_events_file import enrolled

    monkeypatch.setattr(transfer, "PAGE", 10)
    given, inserted = [0], [0]

    class Long:
        stated = None

        def notes(self) -> tuple[BatchNote, ...]:
            return ()

        def refusal(self, code: str, what: str) -> Exception:
            raise AssertionError(code, what)

        def rows(self) -> Iterator[Row]:
            for number in range(1, 96):
                given[0] += 1
                yield enrolled(number, f"{number:09d}")

    def insert(self: Writer, rows: list[Row], own: Any = Writer.insert) -> None:
        assert given[0] - inserted[0] <= 10
        inserted[0] += len(rows)
        own(self, rows)

    monkeypatch.setattr(Writer, "insert", insert)
    with pytest.raises(Exception, match="first event was removed"):
        move_in(Long(), f"sqlite:///{tmp_path / 'moved.db'}")
    assert (given, inserted) == ([95], [95])
    assert names(tmp_path) == set()
