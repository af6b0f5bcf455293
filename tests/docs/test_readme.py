"""The README is true: its tour is what the demo prints, and its commands exist."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import click
import pytest
from releases import as_compared

from cli.main import cli

README = (Path(__file__).parents[2] / "README.md").read_text("utf-8")
BLOCKS = re.findall(r"^```\n(.*?)^```$", README, re.DOTALL | re.MULTILINE)
TOUR = [block for block in BLOCKS if block.startswith("$ slaledger")]


def _without_the_moment(text: str) -> list[str]:
    """Lines without what differs from run to run: the time of deciding, hashes, and blanks at a line's end."""
    text = re.sub(r"2026-\d\d-\d\d \d\d:\d\d:\d\d(?=[ ,]| *$)", "MOMENT", text, flags=re.MULTILINE)
    text = re.sub(r"\b[0-9a-f]{16}…|\b[0-9a-f]{64}\b", "HASH", text)
    return [line.rstrip() for line in text.splitlines()]


@pytest.mark.parametrize("block", TOUR, ids=lambda block: block.splitlines()[0])
def test_the_tour_is_what_the_demo_prints(shown: tuple[Path, str], block: str) -> None:
    assert is_in(block, shown[1])


def is_in(block: str, printed: str) -> bool:
    """Whether commands and their output stand in what the demo printed, but for what differs from run to run."""
    wanted, found = ("\n".join(_without_the_moment(text)) for text in (block, printed))
    return as_compared(wanted) in as_compared(found)


def test_the_tour_shows_the_main_job() -> None:
    assert {block.split()[2] for block in TOUR} >= {"claim", "worklist"}


def _commands() -> list[str]:
    return [line for block in BLOCKS for line in block.splitlines() if re.match(r"(\$ )?slaledger ", line)]


@pytest.mark.parametrize("line", _commands())
def test_every_command_of_the_readme_exists(line: str) -> None:
    words = shlex.split(line.removeprefix("$ "), comments=True)[1:]
    command: click.Command | None = cli
    while isinstance(command, click.Group) and words:
        command = command.get_command(click.Context(command), words.pop(0))
    assert command is not None, line
    command.make_context("x", [word for word in words if word != "\\"], resilient_parsing=False)
