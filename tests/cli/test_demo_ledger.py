"""A ledger made by `init --demo` says DEMO everywhere and takes `--now`; no other ledger does, and none becomes one."""

from __future__ import annotations

import contextlib
import io
import json
import shlex
from datetime import UTC, datetime
from pathlib import Path

import pytest
from conftest import NOON, CommandLine
from stores import PostgresStore
from test_verifier import verifier

pytestmark = pytest.mark.usefixtures("noon")
DAY = "2026-{}T10:00:00+08:00"
STORY = [
    ("03-01", "account enroll 1001 --enrolled-at 2026-01-01T00:00:00+08:00"),
    ("03-03", "incident open INC-1 --account 1001 --function agent_calls --started-at 2026-03-03T09:00:00+08:00"),
    ("03-04", "incident close INC-1 --ended-at 2026-03-03T11:00:00+08:00"),
    (
        "04-01",
        "fees bill B-1 --account 1001 --first-month 2026-03 --billed-at 2026-04-01T00:00:00+08:00"
        " --product-fee 1000.00 --call-fee 300.00",
    ),
    ("04-10", "claim file 1001 2026-03 --filed-at 2026-04-10T09:00:00+08:00"),
    ("04-13", "claim decide 1001 2026-03"),
    ("05-06", "incident correct INC-1 --ended-at 2026-03-03T19:00:00+08:00 --reason 'log of the gateway'"),
    ("05-07", "claim redecide 1001 2026-03 --reason 'the end was wrong'"),
]


@pytest.fixture
def demo(tmp_path: Path) -> CommandLine:
    """A demo ledger in which a claim was told of over two months."""
    made = CommandLine(tmp_path)
    assert made.ok("--now", DAY.format("02-01"), "init", "--demo")["recorded"] > 0
    for day, line in STORY:
        made.ok("--now", DAY.format(day), *shlex.split(line))
    return made


def test_who_knew_what_when_is_seen(demo: CommandLine) -> None:
    """Each event is recorded at the time that was given, so knowledge differs from month to month."""
    seen = {event["recorded_at"][5:10] for event in demo.ok("history", "1001")["events"]}
    assert seen == {day for day, _ in STORY}
    (then,) = demo.ok("history", "1001", "--known-at", DAY.format("04-20"))["months"]
    (now,) = demo.ok("history", "1001")["months"]
    assert (then["unavailable_seconds"], now["unavailable_seconds"]) == (7200, 36000)
    changed = demo.ok("history", "1001", "--known-at", DAY.format("04-20"), "--diff", DAY.format("06-01"))
    assert changed["months"]
    assert demo.ok("claim", "show", "1001", "2026-03")["decisions"][0]["decided_at"] == DAY.format("04-13")
    assert demo.run("audit", "verify").returncode == 0


def test_it_says_demo_in_its_id_its_status_its_pages_and_its_dossiers(demo: CommandLine) -> None:
    status = demo.ok("status")
    assert status["demo"] is True
    assert status["ledger"].startswith("slaledger-demo-")
    assert demo.run("audit", "checkpoint").stdout.startswith("slaledger-demo-")
    assert demo.run("status", "--format", "table").stdout.startswith("DEMO")
    demo.ok("report", "2026-03", "--html", "month.html")
    demo.ok("dossier", "1001", "2026-03", "--html", "case.html", "-o", "case.json")
    for page in ("month.html", "case.html"):
        assert '<p class="demo">DEMO: ' in (demo.folder / page).read_text("utf-8")
    chinese = demo.run("--lang", "zh", "report", "2026-03", "--html", "-").stdout
    assert '<p class="demo">DEMO' in chinese
    checked = demo.run("verify-dossier", "case.json")
    assert (checked.returncode, "demo ledger" in checked.stderr) == (0, True)
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        assert verifier.main([str(demo.folder / "case.json")]) == 0
    assert "for demonstrations" in printed.getvalue()


def test_no_other_ledger_says_so(slaledger: CommandLine) -> None:
    slaledger.ok("account", "enroll", "1001", "--enrolled-at", DAY.format("01-01"))
    status = slaledger.ok("status")
    assert "demo" not in status
    assert "DEMO" not in slaledger.run("status", "--format", "table").stdout
    assert '<p class="demo">' not in slaledger.run("report", "2026-03", "--html", "-").stdout


def test_no_other_ledger_takes_a_time(slaledger: CommandLine) -> None:
    before = slaledger.rows()
    enroll = ("account", "enroll", "1001", "--enrolled-at", DAY.format("01-01"))
    for words in (enroll, ("worklist",), ("batch", "-")):
        error = slaledger.refused("--now", "2026-11-21T12:00:00+08:00", *words)
        assert error["code"] in ("not_a_demo", "demo_needs_file")
    assert slaledger.rows() == before


def test_no_ledger_becomes_a_demo(tmp_path: Path, ledger_file: Path) -> None:
    real = CommandLine(ledger_file.parent)
    before = real.rows()
    assert real.refused("init", "--demo")["code"] == "not_a_demo"
    assert real.refused("--now", DAY.format("11-01"), "init", "--demo")["code"] == "not_a_demo"
    assert real.rows() == before


def test_a_demo_stays_one(demo: CommandLine) -> None:
    """The mark is in the first event's id: `init` again, a copy and an export keep it, and who changes it is found."""
    demo.ok("init")
    assert demo.run("backup", "copy.db").returncode == 0
    demo.ok("--ledger", "copied.db", "restore", "copy.db")
    assert demo.ok("--ledger", "copied.db", "status")["demo"] is True
    (demo.folder / "kept.txt").write_text(demo.run("audit", "checkpoint").stdout)
    demo.tamper("UPDATE stored_events SET state = replace(state, 'slaledger-demo-', 'slaledger-') WHERE position = 1")
    assert demo.run("audit", "verify", "--against", "kept.txt").returncode in (1, 4)


def test_without_the_option_a_demo_goes_by_the_clock(demo: CommandLine) -> None:
    done = demo.ok("account", "rename", "1001", "--name", "Later")
    last = demo.ok("log", "--limit", "1")[0]
    assert last["position"] == done["position"]
    assert datetime.fromisoformat(last["recorded_at"]) == NOON.astimezone(UTC)


@pytest.mark.parametrize(
    ("now", "code"),
    [
        ("2026-05-07T09:59:59+08:00", "now_before_last"),
        ("2026-12-30T00:00:00+08:00", "in_the_future"),
        ("2026-06-01T00:00:00", "time_without_offset"),
    ],
)
def test_the_clock_goes_forward_and_not_ahead(demo: CommandLine, now: str, code: str) -> None:
    before = demo.rows()
    for words in (("account", "rename", "1001", "--name", "X"), ("worklist",)):
        assert demo.refused("--now", now, *words)["code"] == code
    assert demo.rows() == before


def test_the_time_holds_for_one_command_and_for_all_its_lines(demo: CommandLine) -> None:
    lines = [{"command": "account rename", "account": "1001", "name": f"Name {number}"} for number in range(3)]
    stdin = "".join(json.dumps(line) + "\n" for line in lines).encode()
    assert demo.run("--now", DAY.format("06-01"), "batch", "-", stdin=stdin).returncode == 0
    assert {event["recorded_at"] for event in demo.ok("log", "--limit", "3")} == {DAY.format("06-01")}
    assert demo.ok("status")["at"][:10] == NOON.astimezone().isoformat()[:10]


def test_a_ledger_that_is_no_demo_is_not_made_at_a_time(tmp_path: Path) -> None:
    made = CommandLine(tmp_path)
    assert made.refused("--now", DAY.format("02-01"), "init", status=2)["code"] == "usage"
    assert made.refused("--now", DAY.format("02-01"), "worklist", status=2)["code"] == "no_ledger"
    assert not made.ledger.exists()


def test_a_server_has_no_demo(postgres_store: PostgresStore, tmp_path: Path) -> None:
    made = CommandLine(tmp_path, postgres_store.empty(tmp_path))
    assert made.refused("init", "--demo")["code"] == "demo_needs_file"
    assert made.refused("--now", DAY.format("02-01"), "init", "--demo")["code"] == "demo_needs_file"
