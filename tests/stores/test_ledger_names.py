"""A ledger is named by a URL or a path, and no message shows a password, whether the URL can be read or not."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import CommandLine

from ledger.store.urls import url_of, without_passwords


@pytest.mark.parametrize(
    ("name", "url"),
    [
        ("books.db", "sqlite:///books.db"),
        ("./a b/books.db", "sqlite:///./a b/books.db"),
        ("/srv/books.db", "sqlite:////srv/books.db"),
        ("books:2026.db", "sqlite:///books:2026.db"),
        ("sqlite:///books.db", "sqlite:///books.db"),
        ("postgresql://host/books", "postgresql://host/books"),
        ("sqlite:books.db", "sqlite:books.db"),
        ("", ""),
    ],
)
def test_a_path_is_the_url_of_its_file(name: str, url: str) -> None:
    assert url_of(name) == url


def test_a_ledger_is_made_and_read_by_its_path(tmp_path: Path) -> None:
    slaledger = CommandLine(tmp_path)
    for name in ("books.db", str(tmp_path / "other.db")):
        slaledger.ok("--ledger", name, "init")
        assert slaledger.ok("--ledger", name, "worklist")["to_decide"] == []
    assert {path.name for path in tmp_path.glob("*.db")} >= {"books.db", "other.db"}
    error = slaledger.refused("--ledger", "nowhere.db", "worklist", status=2)
    assert error["code"] == "no_ledger"


URLS = (
    *("postgresql://u:s3cr/t:@localhost:1/db", "postgresql://u:s3cr%2Ft@localhost:1/db?foo=bar"),
    *("postgres://u:s3cr/t@[::1/db", "postgresql://u:s3cr/t@local host:99999999/db", "mysql://u:s3cr/t@h/db"),
    *("postgresql:/u:s3cr/t@h", "POSTGRESQL://u:s3cr/t@localhost:1/db", "postgresql://localhost:1/db?password=s3cr/t"),
    *("user:s3cr/t@host/db", "postgresql://u:s3cr/t%ZZ@localhost:1/db"),
)


@pytest.mark.parametrize("url", URLS)
def test_no_message_shows_a_password(url: str, tmp_path: Path) -> None:
    slaledger = CommandLine(tmp_path)
    for words in (("worklist",), ("init",), ("doctor",), ("doctor", "--format", "table"), ("backup", "copy.db")):
        done = slaledger.run("--ledger", url, *words)
        assert done.returncode in (2, 4), done.stderr
        assert "s3cr" not in done.stdout + done.stderr, (words, done.stdout, done.stderr)


@pytest.mark.parametrize("name", ["n" * 300, f"sqlite:///{'n' * 300}", "a\0b", f"{'n' * 300}/slaledger.db"])
@pytest.mark.parametrize("line", ["worklist", "init", "import events events.jsonl", "doctor"])
def test_a_name_that_the_system_does_not_take_is_refused(name: str, line: str, tmp_path: Path) -> None:
    (tmp_path / "events.jsonl").touch()
    done = CommandLine(tmp_path).run("--ledger", name, *line.split())
    assert done.returncode == 2, done
    assert "File name too long" in done.stdout + done.stderr or "embedded null byte" in done.stdout + done.stderr


def test_what_is_no_password_stays() -> None:
    assert without_passwords("books.db and a: b@c", "books.db") == "books.db and a: b@c"
    assert without_passwords("'u:x y@h' is no URL", "u:x y@h") == "'u:***@h' is no URL"
