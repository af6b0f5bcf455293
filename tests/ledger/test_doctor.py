"""`slaledger doctor` says what is missing or misconfigured, and what to do about it; it changes nothing."""

from __future__ import annotations

import json
import re
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT, CommandLine
from stores import sqlite_only

from ledger import clock
from ledger.doctor import installation

ENROLL = ("account", "enroll", "1001", "--enrolled-at", "2026-01-01T00:00:00+08:00")
DAY_US = 86_400_000_000
YEAR_US = 366 * DAY_US

pytestmark = pytest.mark.usefixtures("noon")


def findings(slaledger: CommandLine, *, status: int = 0, **env: str) -> dict[str, dict[str, Any]]:
    """What it found, by what it looked at."""
    done = slaledger.run("doctor", env=env)
    assert done.returncode == status, (done.stdout, done.stderr)
    return {found["what"]: found for found in json.loads(done.stdout)}


def test_a_new_ledger_is_well_and_stays_as_it_is(slaledger: CommandLine) -> None:
    before = slaledger.rows()
    found = findings(slaledger)
    others = ("extra", "roles")  # a server's owner has not made the roles yet
    assert {each["state"] for each in found.values() if not each["what"].startswith(others)} == {"ok"}
    assert {"installation", "ledger", "terms", "calendar", "clock", "writing", "projections", "tree"} <= found.keys()
    assert slaledger.rows() == before


def test_no_ledger(tmp_path: Path) -> None:
    found = findings(CommandLine(tmp_path), status=2)["ledger"]
    assert (found["state"], found["hint"]) == ("wrong", "`slaledger init` makes one")
    assert not list(tmp_path.iterdir())


def test_a_file_that_is_no_ledger(tmp_path: Path) -> None:
    (tmp_path / "slaledger.db").write_text("a letter")
    assert findings(CommandLine(tmp_path), status=2)["ledger"]["message"].startswith("slaledger.db is not a ledger")


def test_how_far_what_is_kept_has_come(slaledger: CommandLine) -> None:
    slaledger.ok(*ENROLL)
    slaledger.ok("voucher", "list")
    assert slaledger.run("audit", "checkpoint").returncode == 0
    last, events = slaledger.rows()[-1][0], len(slaledger.rows())
    slaledger.ok("account", "close", "1001", "--closed-at", "2026-02-01T00:00:00+08:00")
    found, now = findings(slaledger), slaledger.rows()[-1][0]
    assert found["projections"]["message"] == f"at position {last} of {now}"
    assert found["tree"]["message"] == f"{events} events in it"


@sqlite_only("a file can be put back to an older copy")
def test_projections_that_know_more_than_the_log(slaledger: CommandLine) -> None:
    older = slaledger.ledger.read_bytes()
    slaledger.ok(*ENROLL)
    slaledger.ok("voucher", "list")
    slaledger.ledger.write_bytes(older)
    found = findings(slaledger, status=2)["projections"]
    assert found["state"] == "wrong"
    assert found["message"].startswith("they are ahead of the log")


@sqlite_only("a file can be spoilt")
def test_projections_that_cannot_be_read(slaledger: CommandLine) -> None:
    slaledger.ok("voucher", "list")
    (slaledger.folder / "slaledger.db.views.db").write_bytes(b"spoilt" * 1000)
    found = findings(slaledger)["projections"]
    assert (found["state"], found["hint"]) == ("note", "`slaledger rebuild` makes them again")


@sqlite_only("a file's permissions; a role's are PostgreSQL's")
def test_a_ledger_that_may_not_be_written(slaledger: CommandLine) -> None:
    slaledger.ledger.chmod(0o444)
    assert findings(slaledger)["writing"]["state"] == "note"


def test_a_clock_that_is_behind_the_log(slaledger: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    slaledger.ok("account", "enroll", "1001", "--enrolled-at", "2026-01-01T00:00:00+08:00")
    now = clock.now_us()
    monkeypatch.setattr(clock, "now_us", lambda: now - DAY_US)
    found = findings(slaledger, status=2)["clock"]
    assert found["state"] == "wrong"
    assert "but the last event was recorded at" in found["message"]


def test_a_year_without_working_days(slaledger: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    later = clock.now_us() + 2 * YEAR_US
    monkeypatch.setattr(clock, "now_us", lambda: later)
    found = findings(slaledger, status=2)["calendar"]
    assert found["state"] == "wrong"
    assert found["hint"].startswith("slaledger calendar publish 20")


def test_terms_that_need_no_working_days(tmp_path: Path) -> None:
    slaledger = CommandLine(tmp_path)
    slaledger.ok("init", "--agreement", "aws-ec2")
    assert findings(slaledger)["calendar"]["message"] == "the terms need no working days"


def test_an_extra_that_is_not_installed(slaledger: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    def without_cryptography(package: str) -> str:
        if package == "cryptography":
            raise PackageNotFoundError(package)
        return version(package)

    monkeypatch.setattr(installation, "version", without_cryptography)
    found = findings(slaledger)["extra sign"]
    assert found["state"] == "note"
    assert found["message"] == "signed checkpoints: not installed (cryptography)"
    assert found["hint"] == "pip install 'slaledger[sign]'"


@pytest.mark.parametrize(
    ("name", "value", "state"),
    [
        ("SLALEDGER_LOCK_SECONDS", "soon", "wrong"),
        ("SLALEDGER_LEDGER", "sqlite:///x.db", "note"),
    ],
)
def test_the_environment(tmp_path: Path, name: str, value: str, state: str) -> None:
    assert findings(CommandLine(tmp_path), status=2, **{name: value})[name]["state"] == state


def test_each_setting_of_the_manual_is_known() -> None:
    page = (ROOT / "docs" / "operate" / "install.md").read_text("utf-8")
    assert set(re.findall(r"^\| `(SLALEDGER_[A-Z_]+)`", page, re.MULTILINE)) == set(installation.ENVIRONMENT)


def test_every_setting_is_known(slaledger: CommandLine) -> None:
    assert not [name for name in findings(slaledger) if name.startswith("SLALEDGER_")]


def test_each_extra_is_told_by_its_use() -> None:
    """An extra of `pyproject.toml` that `doctor` does not know would be missing from what it says."""
    import tomllib

    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())["project"]
    assert set(project["optional-dependencies"]) - {"dev", "bench"} <= set(installation.USES)


def test_it_fits_eighty_columns(slaledger: CommandLine) -> None:
    printed = slaledger.run("doctor", "--format", "table").stdout
    assert printed.endswith("everything works\n")
    assert max(map(len, printed.splitlines())) <= 80
