"""What tests want of the system: said in one line where it is missing, failed where nothing may be skipped."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import system

ROOT = Path(__file__).parents[2]


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A system on which nothing is."""
    monkeypatch.setenv("PATH", str(tmp_path))


@pytest.fixture
def debian(bare: None, tmp_path: Path) -> None:
    """A system on which nothing but apt-get is."""
    (tmp_path / "apt-get").touch(mode=0o755)


def test_a_program_that_is_there_is_given(bare: None, tmp_path: Path) -> None:
    (tmp_path / "google-chrome").touch(mode=0o755)
    assert system.tool("chromium") == str(tmp_path / "google-chrome")
    assert system.missing() == ["build-essential", "hledger", "openssl", system.FONT]


def test_a_missing_program_skips_with_what_to_install(debian: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(system.NO_SKIPS, raising=False)
    with pytest.raises(pytest.skip.Exception) as skipped:
        system.tool("hledger")
    assert str(skipped.value) == "skipped: no hledger here; make test as root, or apt-get install hledger"


def test_a_missing_program_fails_where_nothing_may_be_skipped(bare: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(system.NO_SKIPS, "1")
    for ask in (lambda: system.tool("chromium"), system.need_chinese_font):
        with pytest.raises(pytest.fail.Exception):
            ask()


def test_the_end_of_the_run_says_it_in_a_line(debian: None) -> None:
    reasons = ["Skipped: skipped: no hledger here; x", "Skipped: skipped: no chromium here; x", "Skipped: another"]
    assert system.summary(reasons[:1] + reasons) == (
        "skipped: 1 for want of chromium, 2 for want of hledger; "
        "to run them: make test as root, or apt-get install chromium hledger"
    )
    assert system.summary(["Skipped: another"]) is None


def test_elsewhere_than_on_debian_the_names_are_given(bare: None) -> None:
    assert system.how_to_install(["hledger"]) == (
        "install them as your system does (on Debian: apt-get install hledger)"
    )


def make(tmp_path: Path, apt: str, *, user: int = 0) -> tuple[int, str, list[str]]:
    """`make system` where programs are missing and `apt-get` does this: status, output, and how it was called."""
    for name, does in {"apt-get": f'echo "$*" >> {tmp_path}/calls; {apt}', "id": f"echo {user}"}.items():
        (tmp_path / name).write_text(f"#!/bin/sh\n{does}\n")
        (tmp_path / name).chmod(0o755)
    for name in ("make", "sh", "test", "echo"):
        found = next(folder / name for folder in (Path("/usr/bin"), Path("/bin")) if (folder / name).exists())
        (tmp_path / name).symlink_to(found)
    done = subprocess.run(
        [str(tmp_path / "make"), "-s", "-C", str(ROOT), f"PYTHON={sys.executable}", "system"],
        env={"PATH": str(tmp_path), "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
    )
    calls = tmp_path / "calls"
    return done.returncode, done.stdout + done.stderr, calls.read_text().splitlines() if calls.exists() else []


def test_make_brings_what_is_missing(tmp_path: Path) -> None:
    status, said, calls = make(tmp_path, "echo noise; exit 0")
    assert (status, said) == (0, f"installing for the tests: build-essential chromium hledger openssl {system.FONT}\n")
    assert [call.split()[0] for call in calls] == ["install"]
    assert calls[0].endswith(f"build-essential chromium hledger openssl {system.FONT}")


def test_make_asks_for_newer_lists_where_they_are_old_and_shows_what_fails(tmp_path: Path) -> None:
    status, said, calls = make(tmp_path, 'echo "E: no $1" >&2; test "$1" = update')
    assert [call.split()[0] for call in calls] == ["install", "update", "install"]
    assert status == 0
    assert said.count("E: no install") == 1
    assert "could not install build-essential" in said


def test_make_leaves_the_system_alone_for_anybody_else(tmp_path: Path) -> None:
    assert make(tmp_path, "exit 1", user=1000) == (0, "", [])


@pytest.mark.parametrize("no_skips", [False, True])
def test_a_run_ends_with_that_line_or_fails(tmp_path: Path, no_skips: bool) -> None:
    (tmp_path / "test_it.py").write_text("import system\n\ndef test_it():\n    system.tool('hledger')\n")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "conftest", "-p", "no:cacheprovider", "test_it.py"],
        cwd=tmp_path,
        env={"PATH": str(tmp_path), "PYTHONPATH": f"{ROOT}:{ROOT / 'tests'}:{ROOT / 'tests' / 'support'}"}
        | ({system.NO_SKIPS: "1"} if no_skips else {}),
        capture_output=True,
        text=True,
    )
    assert done.returncode == (1 if no_skips else 0), done.stderr
    line = "skipped: 1 for want of hledger; to run them: install them as your system does"
    assert (line in done.stdout) != no_skips
