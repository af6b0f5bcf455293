"""`slaledger docs` and `slaledger verifier`, in the source tree; tests/docs/test_wheel.py has them installed."""

from __future__ import annotations

from pathlib import Path

import pytest
import wheel
from conftest import ROOT, CommandLine

from cli import shipped


@pytest.fixture
def desk(tmp_path: Path) -> CommandLine:
    """The command line in a folder without a ledger: these commands need none."""
    return CommandLine(tmp_path)


def test_the_list_has_each_document_once_with_its_title(desk: CommandLine) -> None:
    titles = {row["name"]: row["title"] for row in desk.ok("docs")}
    assert len(titles) == len(list(shipped.pages()))
    assert titles["README"] == "slaledger"
    assert titles["operate/server"] == "A ledger on a server"
    assert "decisions/05-cluster" in titles


@pytest.mark.parametrize("name", ["tour", "tour.md", "docs/tour.md"])
def test_a_document_is_printed_as_it_is(desk: CommandLine, name: str) -> None:
    printed = desk.run("docs", name)
    assert printed.returncode == 0
    assert printed.stdout.rstrip("\n") == (ROOT / "docs" / "tour.md").read_text("utf-8").rstrip("\n")


def test_no_name_leads_out_of_the_documents(desk: CommandLine) -> None:
    for name in ("../pyproject.toml", "examples/demo.py", "", "."):
        assert desk.refused("docs", name, status=2)["code"] == "unknown_page"


def test_a_document_without_its_folder_is_answered_with_the_one_that_was_meant(desk: CommandLine) -> None:
    assert "`slaledger docs operate/upgrade`" in desk.refused("docs", "upgrade", status=2)["hint"]


def test_a_terminal_shows_it_by_its_pager(desk: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only there: what is piped is never held by a pager."""
    paged: list[str] = []
    monkeypatch.setattr("click.echo_via_pager", paged.append)
    assert desk.run("docs", "glossary", terminal=True).returncode == 0
    assert paged == [(ROOT / "docs" / "glossary.md").read_text("utf-8")]


def test_the_verifier_is_printed_byte_for_byte(desk: CommandLine) -> None:
    assert desk.process("verifier").stdout.encode() == (ROOT / "verifier" / "verify_dossier.py").read_bytes()
    assert desk.process("verifier", "--html").stdout.encode() == (ROOT / "verifier" / "verify.html").read_bytes()


def test_a_copy_has_the_documents_the_examples_and_the_verifier(desk: CommandLine) -> None:
    assert desk.ok("docs", "--copy", "copied")["files"] >= len(wheel.shipped())
    for path in wheel.shipped():
        assert (desk.folder / "copied" / path).read_bytes() == (ROOT / path).read_bytes(), path


def test_pages_come_with_no_format_and_the_list_in_each(desk: CommandLine) -> None:
    assert desk.run("docs", "--format", "table").stdout.splitlines()[0].split() == ["name", "title"]
    assert desk.run("docs", "--format", "csv").stdout.splitlines()[:2] == ["name,title", "README,slaledger"]
