"""The README is true: its tour is what the demo prints, and its commands exist."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import click
import pytest
import transcripts
from conftest import ROOT, CommandLine
from releases import as_compared

from cli.main import cli

README = (ROOT / "README.md").read_text("utf-8")
PAGES = {
    path.relative_to(ROOT).as_posix(): path.read_text("utf-8")
    for path in (ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")))
}
BLOCKS = re.findall(r"^```\n(.*?)^```$", README, re.DOTALL | re.MULTILINE)
TOUR = [block for block in BLOCKS if block.startswith("$ slaledger")]


@pytest.mark.parametrize("block", TOUR, ids=lambda block: block.splitlines()[0])
def test_the_tour_is_what_the_demo_prints(shown: tuple[Path, str], block: str) -> None:
    assert is_in(block, shown[1])


def is_in(block: str, printed: str) -> bool:
    """Whether commands and their output stand in what the demo printed, but for blanks at a line's end."""
    wanted, found = ("\n".join(line.rstrip() for line in text.splitlines()) for text in (block, printed))
    return as_compared(wanted) in as_compared(found)


def test_the_tour_shows_the_main_job() -> None:
    shown = [block.splitlines()[0] for block in TOUR]
    assert [
        any(f" {command} " in line for line in shown) for command in ("claim decide", "claim explain", "worklist")
    ] == [True] * 3


@pytest.mark.usefixtures("noon")
def test_the_other_commands_run(tmp_path: Path, ledger_file: Path) -> None:
    """In order, on a new ledger with an account; `make` is what runs this test, and the demo."""
    slaledger = CommandLine(ledger_file.parent)
    slaledger.ok("account", "enroll", "1001", "--enrolled-at", "2026-01-01T00:00:00+08:00")
    for name in ("incidents.json", "bill.csv"):
        (tmp_path / name).symlink_to(ROOT / "examples" / "imports" / name)
    for step in transcripts.steps("".join(f"```\n{block}```\n" for block in BLOCKS if block not in TOUR)):
        assert isinstance(step, transcripts.Silent)
        done = slaledger.run(*step.words[1:])
        assert done.returncode == 0, f"{step.words}\n{done.stderr}"


def test_no_command_is_left_out() -> None:
    left = [block for block in BLOCKS if block not in TOUR and not any(transcripts.steps(f"```\n{block}```\n"))]
    lines = [line for block in left for line in block.splitlines() if "slaledger" in line or "make " in line]
    assert [line.split("#")[0].strip() for line in lines] == ["make demo", "make test"]


GENERATED = ("docs/errors.md", "docs/reference.md")
NAMED = re.compile(r"`(slaledger [^`]*)`")


@pytest.mark.parametrize("name", [name for name in PAGES if name not in GENERATED])
def test_what_a_sentence_names_exists(name: str) -> None:
    """Commands in the midst of a sentence, some with words in place of values: their words and options are there."""
    for line in NAMED.findall(" ".join(PAGES[name].split())):
        words = shlex.split(line)[1:]
        command: click.Command = cli
        options = {name for param in cli.params for name in param.opts}
        while words:
            word = words.pop(0)
            if word.startswith("--") and word != "--help":
                assert word.partition("=")[0] in options, line
                if not _is_flag(command, word):
                    words = words[1:]
            elif isinstance(command, click.Group) and not word.isupper():
                found = command.get_command(click.Context(command), word)
                assert found is not None, line
                command = found
                options = {name for param in command.params for name in (*param.opts, *param.secondary_opts)}


def _is_flag(command: click.Command, word: str) -> bool:
    return any(word in param.opts and isinstance(param, click.Option) and param.is_flag for param in command.params)
