"""A file of another kind than an import reads is named, whichever import it is given to."""

from __future__ import annotations

import gzip
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from conftest import ROOT, CommandLine
from stores import SqliteStore

IMPORTS = {
    "statuspage": ("page-1-down.json", "--all-accounts --map x=agent_calls"),
    "alertmanager": ("alerts.jsonl", "--all-accounts --map a=b=agent_calls"),
    "prometheus": ("range.json", "--all-accounts --map a=b=agent_calls --threshold 0.9"),
    "pagerduty": ("pagerduty.json", "--all-accounts --map x=agent_calls"),
    "bss": ("bss.json", "--no-calls"),
    "cloudevents": ("cloudevents.jsonl", ""),
    "focus": ("focus.csv", "--account-column SubAccountId --no-calls"),
    "aliyun-bill": ("bill.csv", "--no-calls"),
}
"""Each import, with a file that it reads, and what it is to be told."""


@pytest.fixture
def books(sqlite_store: SqliteStore, tmp_path: Path) -> CommandLine:
    return CommandLine(tmp_path, sqlite_store.blank(tmp_path))


@pytest.mark.parametrize("name", IMPORTS)
def test_each_import_names_the_files_of_all_others(books: CommandLine, name: str) -> None:
    options = IMPORTS[name][1].split()
    for other, (file, _) in IMPORTS.items():
        done = books.run("import", name, str(ROOT / "examples" / "imports" / file), *options, "--format", "table")
        told = [f"as `import {other}` reads it" in done.stderr]
        told += ["this is JSON\n" in done.stderr, "this is a CSV\n" in done.stderr]
        assert any(told) == (other != name), (other, done.stderr)
        if other != name:
            assert (done.returncode, done.stdout) == (2, "")


FILES = {
    "a workbook": (b"PK\x03\x04\x14\x00\x06\x00", "an Excel workbook (XLSX)"),
    "an old workbook": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an Excel workbook (XLS)"),
    "gzip": (gzip.compress(b"{}\n", mtime=0), "compressed with gzip"),
    "a login page": (b"<!DOCTYPE html>\n<html>", "a web page"),
    "UTF-16": ("账期,计费项\n".encode("utf-16"), "text in UTF-16"),
    "a PDF": (b"%PDF-1.7\n", "a PDF"),
}


@pytest.mark.parametrize("content", FILES)
@pytest.mark.parametrize("name", ["statuspage", "aliyun-bill", "bss", "focus"])
def test_what_no_import_reads_is_named(books: CommandLine, name: str, content: str) -> None:
    data, told = FILES[content]
    (books.folder / "file").write_bytes(data)
    error = books.refused("import", name, "file", *IMPORTS[name][1].split(), status=2)
    assert error["code"] == "other_kind"
    assert error["message"].startswith(f"file: this is {told}")


@pytest.mark.parametrize(("separator", "told"), [(";", "separated by ;"), ("\t", "separated by a tab")])
@pytest.mark.parametrize("name", ["aliyun-bill", "focus"])
def test_another_separator_is_named(books: CommandLine, name: str, separator: str, told: str) -> None:
    text = (ROOT / "examples" / "imports" / IMPORTS[name][0]).read_text("utf-8-sig").replace(",", separator)
    (books.folder / "file.csv").write_text(text, "utf-8")
    assert told in books.refused("import", name, "file.csv", *IMPORTS[name][1].split(), status=2)["message"]


ROWS = "account,month,filed_at\n1001,2026-03,2026-04-10T09:00:00+08:00\n"


@pytest.mark.parametrize(
    ("data", "words", "told", "advice"),
    [
        (ROWS.encode(), (), "this is CSV", "--command 'claim file'"),
        (b'{"command": "claim file"}\n', ("--command", "claim file"), "this is JSON", "leave --command out"),
        (ROWS.replace(",", ";").encode(), ("--command", "claim file"), "a table separated by ;", "commas"),
        (gzip.compress(ROWS.encode(), mtime=0), (), "compressed with gzip", "gunzip"),
        (b"PK\x03\x04", ("--command", "claim file"), "an Excel workbook", "CSV"),
    ],
)
def test_a_batch_names_them_too(
    books: CommandLine, data: bytes, words: tuple[str, ...], told: str, advice: str
) -> None:
    (books.folder / "file").write_bytes(data)
    error = books.refused("batch", "file", *words, status=2)
    assert error["code"] == "other_kind"
    assert told in error["message"]
    assert advice in error["hint"]


def test_a_batch_whose_first_line_is_broken_goes_on_as_before(books: CommandLine) -> None:
    (books.folder / "lines.jsonl").write_text('one, two\n{"command": "calendar publish", "year": 2026}\n')
    done = books.run("batch", "lines.jsonl", "--keep-going")
    assert done.returncode == 1
    assert '"noops":1' in done.stdout
    assert "not_json" in done.stderr


def test_a_batch_is_read_from_a_pipe_with_a_name(books: CommandLine) -> None:
    line = b'{"command": "calendar publish", "year": 2026}\n'
    pipe = books.folder / "pipe"
    os.mkfifo(pipe)
    with ThreadPoolExecutor() as threads:
        threads.submit(pipe.write_bytes, line)
        assert '"noops":1' in books.run("batch", "pipe").stdout
