"""The pages under `docs/` show what the commands print."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import transcripts
from conftest import ROOT, CommandLine

PAGES = {path.name: path.read_text("utf-8") for path in sorted((ROOT / "docs").glob("*.md"))}
WITH_TRANSCRIPTS = [name for name, page in PAGES.items() if transcripts.BLOCK.search(page)]


@pytest.mark.parametrize("name", WITH_TRANSCRIPTS)
def test_the_output_shown_is_what_is_printed(name: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    """Each page's commands in order, on the ledger that the page names."""
    page = PAGES[name]
    if transcripts.ON_DEMO in page:
        shutil.copytree(request.getfixturevalue("shown")[0], tmp_path, dirs_exist_ok=True)
    else:
        assert transcripts.ON_NONE in page, "the page says on which ledger it goes"
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    slaledger = CommandLine(tmp_path)
    for each in transcripts.shown(page):
        done = slaledger.run(*each.words)
        printed = done.stdout + done.stderr
        assert transcripts.is_as_printed(each.output, printed), f"{each.command}\n{printed}"


def test_there_are_transcripts_for_each_reader() -> None:
    assert {"tour.md", "month-end.md", "importing.md", "dispute.md", "audit.md"} <= set(WITH_TRANSCRIPTS)


def test_the_reference_is_what_help_prints() -> None:
    """Asked of a fresh interpreter: commands keep the language of their first help page."""
    made = [sys.executable, "-c", "import reference, sys; sys.stdout.write(reference.reference())"]
    there = {**os.environ, "PYTHONPATH": os.pathsep.join((str(ROOT), str(ROOT / "tools"))), "LANGUAGE": "en"}
    told = subprocess.run(made, env=there, capture_output=True, check=True).stdout.decode()
    assert told == PAGES["reference.md"], "python tools/reference.py makes it anew"


@pytest.mark.parametrize("name", PAGES)
def test_links_lead_somewhere(name: str) -> None:
    for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", PAGES[name]):
        if "://" not in target:
            assert (ROOT / "docs" / target).exists(), target


@pytest.mark.parametrize(
    ("output", "printed", "same"),
    [
        ("a\nb\n", "a\nb  \n", True),
        ("a\nb\n", "a\nc\n", False),
        ("a\nb\n", "a\nb\nc\n", False),
        ("a\n…\nc\n", "a\nb\nb\nc\n", True),
        ("a\n…\nc\n", "a\nb\n", False),
        ("…\nc\n", "a\nc\n", True),
        ("root h+wxpE0dI9C25XtDrQ7yZDQyktbXDdzRCO35ItcVXiM=\n", "root " + "A" * 43 + "=\n", True),
    ],
)
def test_what_counts_as_the_same(output: str, printed: str, same: bool) -> None:
    assert transcripts.is_as_printed(output, printed) is same
