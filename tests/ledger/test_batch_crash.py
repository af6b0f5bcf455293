"""A batch file that was killed at any instant, and run again, records what it would have recorded undisturbed.

The file is hundreds of lines, in many transactions, that undo one another wherever lines can: corrections from A to B
and back, exclusions taken back and applied again, redemptions reversed and made again. Doing one of them twice would
show. Where it is killed is said by its work (`steering`); `tests/soak/test_kills.py` kills at random instants.
"""

from __future__ import annotations

import json
import sqlite3
import subprocess
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from conftest import SOAK, CommandLine
from steering import MOMENTS, STATEMENT, Steering, turns_of
from stores import SqliteFile, Store
from undoing import BAD, SHARED, Line, Recorded, day, is_prefix, life, recorded, shuffled, write

from ledger.commands import batch
from ledger.store.sqlite.turns import SUFFIX

ACCOUNTS = {"sqlite": 90, "postgres": 30} if SOAK else {"sqlite": 6, "postgres": 4}
"""How many lives the file is made of: a line takes a server three times as long."""
LINES_A_TURN = 17


def size(command_line: CommandLine) -> int:
    """How many events are recorded."""
    return len(command_line.rows())


def report(done: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    said: dict[str, Any] = json.loads(done.stdout)
    return said


@pytest.fixture(autouse=True)
def _turns(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file is as many transactions on any machine."""
    monkeypatch.setattr(batch, "turn", turns_of(LINES_A_TURN))


def killed(command_line: CommandLine, file: Path, *options: str, moment: str = "before a line", time: int) -> None:
    """Run a batch that is killed when it comes to a moment of its work for the so-manieth time."""
    steering = Steering(LINES_A_TURN, moment, time)
    done = command_line.start("batch", str(file), *options, steering=steering).ended()
    assert done.returncode == -9, (done.returncode, done.stdout, done.stderr)


@pytest.fixture(scope="module")
def lines(store: Store) -> list[Line]:
    """The file."""
    return list(shuffled([SHARED, *(life(number) for number in range(ACCOUNTS[store.name]))], seed=7))


@pytest.fixture(scope="module")
def undisturbed(store: Store, lines: list[Line], tmp_path_factory: pytest.TempPathFactory) -> list[Recorded]:
    """What the file records when nobody disturbs it."""
    folder = tmp_path_factory.mktemp("undisturbed")
    command_line = CommandLine(folder, store.blank(folder))
    done = command_line.run("batch", str(write(folder / "file.jsonl", lines)))
    assert done.returncode == 0, done.stderr
    return recorded(command_line)


def test_the_file_is_large_and_undoes_itself(store: Store, lines: list[Line], undisturbed: list[Recorded]) -> None:
    topics = [topic for _, _, topic, _ in undisturbed]
    accounts = ACCOUNTS[store.name]
    assert len(lines) > 45 * accounts > 10 * LINES_A_TURN
    assert len(undisturbed) > 55 * accounts
    for topic, times in {
        "incident.corrected": 6,
        "exclusion.applied.v2": 2,
        "exclusion.withdrawn": 2,
        "fees.corrected": 4,
        "claim.filed": 4,
        "claim.withdrawn": 2,
        "claim.decided": 6,
        "claim.disputed": 1,
        "voucher.issued": 2,
        "voucher.redeemed": 3,
        "voucher.redemption_reversed": 2,
        "voucher.cancelled": 2,
    }.items():
        assert topics.count(topic) >= times * accounts, topic


def done_lines(command_line: CommandLine) -> int:
    """How many lines are noted as done."""
    return sum(lines for (lines,) in command_line.place.query("SELECT lines FROM batch_progress"))


def check_done_once(command_line: CommandLine, file: Path, undisturbed: list[Recorded]) -> dict[str, Any]:
    """Run a killed file again, and once more; gives the first report."""
    done = command_line.run("batch", str(file))
    assert done.returncode == 0, done.stderr
    assert recorded(command_line) == undisturbed
    again = command_line.run("batch", str(file))
    assert again.returncode == 0
    assert (report(again)["recorded"], report(again)["noops"]) == (0, report(done)["lines"])
    assert recorded(command_line) == undisturbed
    return report(done)


@pytest.mark.parametrize("moment", MOMENTS[:-1])
def test_killed_and_run_again_it_records_the_same(
    moment: str, slaledger: CommandLine, lines: list[Line], undisturbed: list[Recorded]
) -> None:
    """Killed at the first such moment, at one in the middle, and at the last."""
    file = write(slaledger.folder / "file.jsonl", lines)
    kept = 0
    for part in ("first", "middle", "last"):
        rest = len(lines) - kept
        if moment == "before a line":
            time = {"first": 1, "middle": rest // 2, "last": rest}[part]
        elif moment == "between the events of a command":
            time = {"first": 1, "middle": 9, "last": 3}[part]
        else:
            turns = -(-rest // LINES_A_TURN)
            time = {"first": 1, "middle": turns // 2, "last": turns}[part]
        killed(slaledger, file, moment=moment, time=time)
        assert is_prefix(slaledger, undisturbed)
        assert done_lines(slaledger) >= kept
        kept = done_lines(slaledger)
    assert kept > LINES_A_TURN
    assert (kept == len(lines)) == (moment == "after the commit")
    assert check_done_once(slaledger, file, undisturbed)["done_before"] == kept


def test_killed_before_it_answers_it_has_done_everything(
    slaledger: CommandLine, lines: list[Line], undisturbed: list[Recorded]
) -> None:
    file = write(slaledger.folder / "file.jsonl", lines)
    killed(slaledger, file, moment="before the answer", time=1)
    assert recorded(slaledger) == undisturbed
    assert check_done_once(slaledger, file, undisturbed)["done_before"] == len(lines)


def test_killed_again_and_again_it_records_the_same(
    slaledger: CommandLine, lines: list[Line], undisturbed: list[Recorded]
) -> None:
    file = write(slaledger.folder / "file.jsonl", lines)
    for moment in MOMENTS[:-1]:
        killed(slaledger, file, moment=moment, time=2)
        assert is_prefix(slaledger, undisturbed)
    assert 0 < done_lines(slaledger) < len(lines)
    check_done_once(slaledger, file, undisturbed)


STEP = {"sqlite": 1, "postgres": 3} if SOAK else {"sqlite": 47, "postgres": 37}
"""Every so-manieth statement is one at which a process dies."""


def test_killed_at_any_statement_it_records_the_same(store: Store, tmp_path: Path) -> None:
    lines = [*SHARED, *life(1)]
    expected, dead = _alone(store, tmp_path, lines), 0
    for number in range(1, 10_000, STEP[store.name]):
        folder = tmp_path / str(number)
        command_line = CommandLine(folder, store.blank(folder))
        file = write(folder / "file.jsonl", lines)
        steering = Steering(LINES_A_TURN, STATEMENT, number)
        done = command_line.start("batch", str(file), steering=steering).ended()
        assert is_prefix(command_line, expected)
        check_done_once(command_line, file, expected)
        if done.returncode == 0:
            break
        assert done.returncode == -9, done.stderr
        dead += 1
    assert dead > 5


def test_a_finished_file_run_again_adds_nothing(slaledger: CommandLine) -> None:
    file = write(slaledger.folder / "file.jsonl", life(1))
    first = report(slaledger.run("batch", str(file)))
    before = recorded(slaledger)
    for _ in range(2):
        done = slaledger.run("batch", str(file))
        assert done.returncode == 0
        assert report(done) == first | {
            "recorded": 0,
            "noops": len(life(1)),
            "done_before": len(life(1)),
        }
    assert recorded(slaledger) == before


def test_it_does_not_matter_under_which_name_a_file_is_run_again(
    slaledger: CommandLine, lines: list[Line], undisturbed: list[Recorded]
) -> None:
    file = write(slaledger.folder / "file.jsonl", lines)
    killed(slaledger, file, time=len(lines) // 2)
    done = slaledger.run("batch", "-", stdin=file.read_bytes().rstrip(b"\n"))
    assert done.returncode == 0, done.stderr
    assert recorded(slaledger) == undisturbed


def test_what_others_record_in_between_does_not_make_it_do_a_line_twice(
    slaledger: CommandLine, lines: list[Line], undisturbed: list[Recorded]
) -> None:
    file = write(slaledger.folder / "file.jsonl", lines)
    killed(slaledger, file, time=len(lines) // 2)
    slaledger.ok("account", "enroll", "other", "--enrolled-at", day("01-01 00:00"))
    assert slaledger.run("batch", str(file)).returncode == 0
    others = [event for event in recorded(slaledger) if not event[0].startswith("other/")]
    assert _without_positions(others) == _without_positions(undisturbed)


def _without_positions(events: list[Recorded]) -> list[Recorded]:
    """Events without the positions that decisions name: another's event in between moves them."""
    moved = []
    for stream, version, topic, text in events:
        said = json.loads(text)
        if topic == "claim.decided":
            del said["data"]["decision"]["facts"]["position"]
        moved.append((stream, version, topic, json.dumps(said)))
    return moved


def test_a_file_mended_behind_a_refusal_goes_on_where_it_stopped(
    slaledger: CommandLine, store: Store, tmp_path: Path
) -> None:
    lines = [*SHARED, *life(1)]
    here = lines.index(next(line for line in lines if line["command"] == "voucher cancel"))
    broken = write(slaledger.folder / "file.jsonl", [*lines[:here], BAD, *lines[here:]])
    for _ in range(2):
        refused = slaledger.run("batch", str(broken))
        assert refused.returncode == 1
        assert json.loads(refused.stderr)["error"]["line"] == here + 1
        assert f"file.jsonl:{here + 1}" in refused.stderr
    stopped = size(slaledger)
    mended = slaledger.run("batch", str(write(broken, lines)))
    assert mended.returncode == 0, mended.stderr
    assert report(mended)["done_before"] == here
    assert recorded(slaledger) == _alone(store, tmp_path, lines)
    assert size(slaledger) > stopped


def _alone(store: Store, folder: Path, lines: Sequence[Line]) -> list[Recorded]:
    """What lines record undisturbed, on another copy of the same ledger."""
    command_line = CommandLine(folder / "alone", store.blank(folder / "alone"))
    done = command_line.run("batch", str(write(command_line.folder / "file.jsonl", lines)))
    assert done.returncode == 0, done.stderr
    return recorded(command_line)


def test_a_file_extended_after_it_finished_does_only_the_new_lines(
    slaledger: CommandLine, store: Store, tmp_path: Path
) -> None:
    file = write(slaledger.folder / "file.jsonl", life(1))
    assert slaledger.run("batch", str(file)).returncode == 0
    extended = [*life(1), *life(2), *SHARED]
    done = slaledger.run("batch", str(write(file, extended)))
    assert done.returncode == 0, done.stderr
    assert report(done)["done_before"] == len(life(1))
    assert recorded(slaledger) == _alone(store, tmp_path, extended)
    again = slaledger.run("batch", str(file))
    assert (report(again)["recorded"], report(again)["done_before"]) == (0, len(extended))


def test_a_file_extended_before_its_interrupted_run_is_finished_goes_on_too(
    slaledger: CommandLine, lines: list[Line], undisturbed: list[Recorded]
) -> None:
    file = write(slaledger.folder / "file.jsonl", lines[:-50])
    killed(slaledger, file, time=len(lines) // 2)
    assert slaledger.run("batch", str(write(file, lines))).returncode == 0
    assert recorded(slaledger) == undisturbed


def test_a_dry_run_leaves_no_trace(slaledger: CommandLine, lines: list[Line], undisturbed: list[Recorded]) -> None:
    file = write(slaledger.folder / "file.jsonl", lines)
    files = {*slaledger.folder.iterdir(), *_queue(slaledger)}
    before = _everything(slaledger)
    dry = slaledger.run("batch", str(file), "--dry-run")
    assert dry.returncode == 0, dry.stderr
    assert report(dry)["recorded"] == len(undisturbed) - len(before["stored_events"])
    assert _everything(slaledger) == before
    assert {*slaledger.folder.iterdir(), *_queue(slaledger)} == files
    for moment, times in (("before a line", len(lines) // 2), ("after the note", 1)):
        killed(slaledger, file, "--dry-run", moment=moment, time=times)
        assert _everything(slaledger) == before
    assert slaledger.run("batch", str(file)).returncode == 0
    assert recorded(slaledger) == undisturbed


def _queue(slaledger: CommandLine) -> list[Path]:
    """The empty file in which writers of a ledger's file stand."""
    return [Path(f"{slaledger.ledger}{SUFFIX}")] if isinstance(slaledger.place, SqliteFile) else []


def test_a_dry_run_of_an_interrupted_file_looks_at_what_is_left(
    slaledger: CommandLine, lines: list[Line], undisturbed: list[Recorded]
) -> None:
    file = write(slaledger.folder / "file.jsonl", lines)
    killed(slaledger, file, time=len(lines) // 2)
    before = _everything(slaledger)
    dry = slaledger.run("batch", str(file), "--dry-run")
    assert dry.returncode == 0, dry.stderr
    assert _everything(slaledger) == before
    assert report(dry)["recorded"] == len(undisturbed) - len(before["stored_events"])


def test_a_dry_run_reports_the_refusal_that_the_run_would(slaledger: CommandLine) -> None:
    file = write(slaledger.folder / "file.jsonl", [*life(1), BAD, *life(2)])
    before = _everything(slaledger)
    dry = slaledger.run("batch", str(file), "--dry-run")
    assert dry.returncode == 1
    assert json.loads(dry.stderr)["error"]["code"] == "unknown_incident"
    assert _everything(slaledger) == before


def _everything(command_line: CommandLine) -> dict[str, list[tuple[Any, ...]]]:
    tables = {"stored_events": "position", "batch_progress": "lines_sha256"}
    with command_line.place.open() as execute:
        return {table: execute(f"SELECT * FROM {table} ORDER BY {key}") for table, key in tables.items()}


def test_keep_going_after_a_kill_does_nothing_twice(
    slaledger: CommandLine, lines: list[Line], undisturbed: list[Recorded]
) -> None:
    file = write(slaledger.folder / "file.jsonl", lines)
    killed(slaledger, file, "--keep-going", time=len(lines) // 2)
    done = slaledger.run("batch", str(file), "--keep-going")
    assert done.returncode == 0, done.stderr
    assert recorded(slaledger) == undisturbed


def test_keep_going_after_a_kill_does_nothing_twice_behind_a_refusal(
    slaledger: CommandLine, lines: list[Line], undisturbed: list[Recorded]
) -> None:
    where = len(lines) // 4
    file = write(slaledger.folder / "file.jsonl", [*lines[:where], BAD, *lines[where:]])
    killed(slaledger, file, "--keep-going", time=len(lines) // 2)
    done = slaledger.run("batch", str(file), "--keep-going")
    assert done.returncode == 1
    assert [line["line"] for line in report(done)["refused"]] == [where + 1]
    assert recorded(slaledger) == undisturbed


def test_a_file_kept_going_to_its_end_run_again_adds_nothing(slaledger: CommandLine) -> None:
    file = write(slaledger.folder / "file.jsonl", [BAD, *life(1)])
    assert slaledger.run("batch", str(file), "--keep-going").returncode == 1
    before = recorded(slaledger)
    again = slaledger.run("batch", str(file), "--keep-going")
    assert again.returncode == 1
    assert [line["line"] for line in report(again)["refused"]] == [1]
    assert recorded(slaledger) == before


def test_keep_going_run_again_moves_no_money(slaledger: CommandLine) -> None:
    """A redemption that the file reverses stays reversed, whatever line of the file was refused."""
    lines = life(1)
    reversal = next(index for index, line in enumerate(lines) if line["command"] == "voucher reverse")
    file = write(slaledger.folder / "file.jsonl", [BAD, *lines[: reversal + 1]])
    assert slaledger.run("batch", str(file), "--keep-going").returncode == 1
    (voucher,) = slaledger.ok("voucher", "list")
    assert voucher["redeemed"] == "0.00"
    assert slaledger.run("batch", str(file), "--keep-going").returncode == 1
    assert slaledger.ok("voucher", "list") == [voucher]


def test_an_init_whose_file_is_half_written_is_simply_run_again(tmp_path: Path) -> None:
    """As SQLite leaves it when it dies in its first transaction: half a file, and the journal to take it back."""
    half = tmp_path / "half.db"
    command_line = CommandLine(tmp_path / "killed")
    command_line.folder.mkdir()
    with closing(sqlite3.connect(half, isolation_level=None)) as raw:
        raw.execute("PRAGMA cache_size = 1")
        raw.execute("BEGIN IMMEDIATE")
        for number in range(50):
            raw.execute(f"CREATE TABLE t{number} (a PRIMARY KEY, b UNIQUE)")
        assert half.stat().st_size > 0
        command_line.ledger.write_bytes(half.read_bytes())
        command_line.ledger.with_name("slaledger.db-journal").write_bytes((tmp_path / "half.db-journal").read_bytes())
    made = command_line.ok("init")
    assert made["recorded"] == made["position"] > 5
    assert command_line.ok("init")["noop"] is True


def check_init(command_line: CommandLine) -> None:
    """Hold an init that was killed to be simply run again."""
    command_line.ok("init")
    topics = [topic for _, _, topic, _ in recorded(command_line)]
    assert (topics.count("ledger.created"), topics.count("terms.published")) == (1, 1)
    assert topics.count("calendar.published") > 5


def test_an_init_killed_at_any_statement_is_simply_run_again(store: Store, tmp_path: Path) -> None:
    dead = 0
    for number in range(1, 1000, 1 if SOAK else {"sqlite": 7, "postgres": 17}[store.name]):
        folder = tmp_path / str(number)
        folder.mkdir()
        command_line = CommandLine(folder, store.empty(folder))
        done = command_line.start("init", steering=Steering(None, STATEMENT, number)).ended()
        check_init(command_line)
        if done.returncode == 0:
            break
        assert done.returncode == -9, done.stderr
        dead += 1
    assert dead > 5
