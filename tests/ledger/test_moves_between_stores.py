"""A ledger moved from a file to a server and back is the same ledger: positions, root, decisions."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from conftest import CommandLine
from stores import PostgresStore, SqliteStore, Store


@pytest.fixture
def demo(store: Store, shown: tuple[Path, str], tmp_path: Path) -> CommandLine:
    """The demo's ledger on a store."""
    return CommandLine(tmp_path, store.taken_over(shown[0] / "slaledger.db", tmp_path))


@pytest.fixture(params=["sqlite", "postgres"])
def other(request: pytest.FixtureRequest, tmp_path: Path) -> CommandLine:
    """A place on either store where no ledger is yet."""
    target: SqliteStore | PostgresStore = request.getfixturevalue(f"{request.param}_store")
    folder = tmp_path / "other"
    folder.mkdir()
    return CommandLine(folder, target.empty(folder))


def verified(command_line: CommandLine) -> dict[str, Any]:
    answer: dict[str, Any] = command_line.ok("audit", "verify")
    return answer


QUESTIONS = (("claim", "show", "1001", "2026-07"), ("voucher", "list"), ("claim", "list"), ("audit", "replay"))


@pytest.mark.parametrize("name", ["events.jsonl", "events.jsonl.zst"])
def test_an_export_makes_the_same_ledger_on_either_store(demo: CommandLine, other: CommandLine, name: str) -> None:
    file = str(demo.folder / name)
    written = demo.ok("export", "events", "-o", file)
    read = other.ok("import", "events", file)
    assert {**read, "file": file} == {**written, "file": file}
    assert other.rows() == demo.rows()
    assert verified(other) == verified(demo)
    for words in QUESTIONS:
        assert _timeless(other.ok(*words)) == _timeless(demo.ok(*words))
    last = other.rows()[-1][0]
    enrolled = other.ok("account", "enroll", "9001", "--enrolled-at", "2026-01-01T00:00:00+08:00")
    assert enrolled["position"] > last


def _timeless(answer: Any) -> Any:
    if isinstance(answer, dict):
        answer.pop("seconds", None)
    return answer


def test_a_backup_of_either_store_is_restored_to_either(demo: CommandLine, other: CommandLine) -> None:
    file, kept = str(demo.folder / "backup"), demo.folder / "checkpoint.txt"
    kept.write_text(demo.run("backup", file).stdout)
    assert len(kept.read_text().splitlines()) == 3
    other.ok("restore", file, "--against", str(kept))
    assert other.rows() == demo.rows()
    assert other.ok("audit", "verify", "--against", str(kept))["damage"] == []


def test_a_ledger_with_events_takes_no_other(demo: CommandLine, other: CommandLine) -> None:
    file = str(demo.folder / "events.jsonl")
    demo.ok("export", "events", "-o", file)
    other.ok("init")
    before = other.rows()
    assert other.refused("import", "events", file)["code"] == "ledger_not_empty"
    assert other.rows() == before


def test_a_file_whose_events_were_changed_leaves_nothing(demo: CommandLine, other: CommandLine) -> None:
    file = demo.folder / "events.jsonl"
    demo.ok("export", "events", "-o", str(file))
    lines = file.read_text().splitlines(keepends=True)
    index = next(at for at, line in enumerate(lines) if json.loads(line)["type"] == "fees.billed")
    lines[index] = lines[index].replace('"product_fee_fen":', '"product_fee_fen":1', 1)
    file.write_text("".join(lines))
    assert other.refused("import", "events", str(file), status=4)["code"] == "root_differs"
    done = other.run("worklist")
    assert done.returncode in (1, 2)
    assert other.ok("import", "events", str(_honest(demo)))["events"] == len(demo.rows())


def _honest(demo: CommandLine) -> Path:
    file = demo.folder / "honest.jsonl"
    demo.ok("export", "events", "-o", str(file))
    return file
