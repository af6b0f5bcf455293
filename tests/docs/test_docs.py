"""The pages under `docs/` show what the commands print."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import catalogue
import click
import pytest
import transcripts
from authority import Authority
from conftest import ROOT, CommandLine
from declared import commands
from releases import as_compared, is_locked, without_layout

from cli.main import cli

DOCS = ROOT / "docs"
PAGES = {path.relative_to(DOCS).as_posix(): path.read_text("utf-8") for path in sorted(DOCS.rglob("*.md"))}
"""The pages by their names below `docs/`."""
WITH_COMMANDS = [
    name
    for name, page in PAGES.items()
    if not name.startswith(("reference.md", "walks/")) and any(transcripts.steps(page))
]


@pytest.mark.usefixtures("noon")
@pytest.mark.parametrize("name", WITH_COMMANDS)
def test_every_command_does_what_is_shown(name: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    """Each page's commands in order, on the ledger that the page names. Those without output are done."""
    page = PAGES[name]
    if transcripts.ON_DEMO in page:
        shutil.copytree(request.getfixturevalue("shown")[0], tmp_path, dirs_exist_ok=True)
    else:
        assert transcripts.ON_NONE in page, "the page says on which ledger it goes"
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    transcripts.write_keys(tmp_path)
    slaledger = CommandLine(tmp_path)
    for step in transcripts.steps(page):
        _carry_out(step, slaledger)


def _carry_out(step: transcripts.Shown | transcripts.Silent | transcripts.Given, slaledger: CommandLine) -> None:
    """A step of a page, held to what the page shows of it."""
    match step:
        case transcripts.Given(name, text):
            (slaledger.folder / name).write_text(text, "utf-8")
        case transcripts.Silent(["slaledger", *words], into):
            done = slaledger.run(*words)
            assert done.returncode == 0, f"{words}\n{done.stderr}"
            (slaledger.folder / (into or os.devnull)).write_text(done.stdout, "utf-8")
        case transcripts.Silent(["python3", *words]):
            subprocess.run([sys.executable, *words], cwd=slaledger.folder, stdout=subprocess.PIPE, check=True)
        case transcripts.Silent(["curl", *words], into):
            _answer_as_authority(slaledger.folder, words, into or "")
        case transcripts.Shown(command, output):
            done = slaledger.run(*step.words)
            printed = done.stdout + done.stderr
            assert transcripts.is_as_printed(output, printed, as_compared), f"{command}\n{printed}"
        case _:
            raise AssertionError(step)


def _answer_as_authority(folder: Path, words: list[str], into: str) -> None:
    """What a time stamp authority sends back, and the certificates that it gives away."""
    (request,) = (word.removeprefix("@") for word in words if word.startswith("@"))
    authority = Authority(folder / "authority")
    authority.answer(folder / request, folder / into)
    (folder / "certificates.pem").write_bytes(Path(authority.certificates).read_bytes())


def test_there_are_commands_for_each_reader() -> None:
    assert {"tour.md", "month-end.md", "importing.md", "dispute.md", "audit.md", "guide/batch.md"} <= set(WITH_COMMANDS)


NOT_RUN = ("make soak", "SLALEDGER_SEED=")
"""The beginnings of commands that are tests themselves."""
PROGRAM = re.compile(r"(\$ )?(SLALEDGER_\w+=\S+ )?(slaledger|make|python3?|sh) ")


ELSEWHERE = ("reference.md", "operate/", "walks/")
"""Pages whose commands other tests have: `test_operate.py` and `test_walks.py`. `test_readme.py` has the README's."""


@pytest.mark.parametrize("name", [name for name in PAGES if not name.startswith(ELSEWHERE)])
def test_no_command_of_a_page_is_left_out(name: str) -> None:
    blocks = [block for block in transcripts.ANY_BLOCK.finditer(PAGES[name]) if not any(transcripts.steps(block[0]))]
    commands = [line for block in blocks for line in block[2].splitlines() if PROGRAM.match(line)]
    assert [line for line in commands if not line.startswith(NOT_RUN)] == []


def test_the_reference_is_what_help_prints() -> None:
    """Asked of a fresh interpreter: commands keep the language of their first help page.

    To the letter with the release of click that is locked, which lays a help page out and has words of its own in it.
    """
    made = [sys.executable, "-c", "import reference, sys; sys.stdout.write(reference.reference())"]
    there = {**os.environ, "PYTHONPATH": os.pathsep.join((str(ROOT), str(ROOT / "tools"))), "LANGUAGE": "en"}
    told = subprocess.run(made, env=there, capture_output=True, check=True).stdout.decode()
    assert [line for line in told.splitlines() if line.startswith("#")] == HEADINGS
    if is_locked("click"):
        assert told == PAGES["reference.md"], "python tools/reference.py makes it anew"


HEADINGS = [line for line in PAGES["reference.md"].splitlines() if line.startswith("#")]
REFERENCE = dict(re.findall(r"^##+ ([^\n]*)\n\n```\n(.*?)^```$", PAGES["reference.md"], re.DOTALL | re.MULTILINE))
"""The help pages of the reference by the words of their commands."""
OPTION_LINE = re.compile(r"^  (-.*?)(?:  |$)", re.MULTILINE)
OPTION = re.compile(r"(?<!\S)--?[a-z][a-z-]*")


def test_the_reference_has_each_command_with_all_that_it_says_of_itself() -> None:
    found = {"slaledger": cli, **dict(commands())}
    assert list(REFERENCE) == list(found)
    for words, command in found.items():
        left = without_layout(REFERENCE[words])
        for text in catalogue.helps(command, with_short=False):
            _, told, left = left.partition(without_layout(text))
            assert told, f"{words}: {text}"
        shown = {each for line in OPTION_LINE.findall(REFERENCE[words]) for each in OPTION.findall(line)}
        taken = {
            each
            for param in command.params
            if isinstance(param, click.Option)
            for each in (*param.opts, *param.secondary_opts)
        }
        assert shown == {*taken, "-h", "--help"}, words


@pytest.mark.parametrize("name", PAGES)
def test_links_lead_somewhere(name: str) -> None:
    for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", PAGES[name]):
        if "://" not in target:
            assert (DOCS / name).parent.joinpath(target).exists(), target


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
