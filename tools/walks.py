"""Runs the walks under `docs/walks/`, in which one person after the other works on one ledger.

The first line of a walk says on which ledger it is, and who acts: `<!-- a walk on no ledger, as clerk -->`, or `<!-- a
walk on the ledger of clerk.md, as auditor -->`, which goes on where that walk ends. `<!-- at TIME -->` is when the
commands after it are given: the clock stands still there. Each command in a block that begins with `$ ` is run, and
must exit with 0 unless it ends in `|| echo "exit status $?"`. A line with only `…` stands for lines left out.

    python tools/walks.py clerk lawyer      writes the current output into these walks
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import transcripts
from declared import ROOT

FOLDER = ROOT / "docs" / "walks"
ENVIRONMENT = {"SLALEDGER_FORMAT": "table", "LANG": "C.UTF-8"}
_HEAD = re.compile(r"<!-- a walk on (?:no ledger|the ledger of (?P<after>[a-z]+)\.md), as (?P<actor>[a-z]+) -->\n")
_PART = re.compile(r"^<!-- at (?P<at>\S+) -->$|^```\n(?P<block>\$ .*?)^```$", re.DOTALL | re.MULTILINE)
_TELLS_STATUS = ' || echo "exit status $?"'


_BYTES = re.compile(r"\d+(?= bytes|字节)")


def as_compared(text: str) -> str:
    """A text without the sizes of pages and letters, which change with their style."""
    return _BYTES.sub("N", text)


class Step(NamedTuple):
    """A command of a walk, the output below it, and when it is given."""

    command: str
    output: str
    at: datetime

    @property
    def line(self) -> str:
        """The command as one line of a shell."""
        return self.command.removeprefix("$ ").replace("\\\n", " ").removesuffix(_TELLS_STATUS)

    @property
    def tells_status(self) -> bool:
        """Whether the command may fail, and its exit status stands below its output."""
        return self.command.endswith(_TELLS_STATUS)

    @property
    def words(self) -> list[str] | None:
        """The words after `slaledger`, without where the output goes; None where another program is run."""
        words = shlex.split(self.line)
        end = words.index(">") if ">" in words else len(words)
        return words[1:end] if words[0] == "slaledger" else None

    @property
    def target(self) -> str | None:
        """The file that the output of `slaledger` goes to, if any; other programs are run by a shell."""
        words = shlex.split(self.line)
        return words[words.index(">") + 1] if words[0] == "slaledger" and ">" in words else None

    def printed(self, done: subprocess.CompletedProcess[str], folder: Path) -> str:
        """What a terminal shows of a finished command; its standard output goes into its file. Fails where it may not.

        Raises AssertionError where the command failed.
        """
        assert self.tells_status or done.returncode == 0, f"{self.command}\n{done.stdout}{done.stderr}"
        told = done.stdout
        if self.target is not None:
            (folder / self.target).write_text(done.stdout, "utf-8")
            told = ""
        status = f"exit status {done.returncode}\n" if self.tells_status and done.returncode else ""
        return told + done.stderr + status


class Walk(NamedTuple):
    """A walk: its page, the one that it goes on from, and who acts."""

    page: str
    after: str | None
    actor: str

    def steps(self) -> Iterator[Step]:
        """The commands, in order."""
        at: datetime | None = None
        for part in _PART.finditer(self.page):
            if part["at"]:
                at = datetime.fromisoformat(part["at"])
                continue
            assert at is not None, "no time before the first command"
            for command, output in transcripts.SHOWN.findall(part["block"]):
                yield Step(command, output, at)

    def written_anew(self, run: Callable[[Step], str]) -> str:
        """The page with the current output; outputs with omitted lines stay as they are."""
        steps = self.steps()

        def anew(part: re.Match[str]) -> str:
            if part["at"]:
                return part[0]
            made = []
            for _ in transcripts.SHOWN.findall(part["block"]):
                step = next(steps)
                printed = run(step)
                keeps = "…\n" in step.output or transcripts.is_as_printed(step.output, printed, as_compared)
                told = step.output if keeps else transcripts.tidy(printed) + "\n"
                made.append(f"{step.command}\n{told}")
            return "```\n" + "".join(made).rstrip("\n") + "\n```"

        return _PART.sub(anew, self.page)


def walk(name: str) -> Walk:
    """A walk by the name of its page."""
    page = (FOLDER / f"{name}.md").read_text("utf-8")
    head = _HEAD.match(page)
    assert head is not None, f"{name}.md: the first line does not say on which ledger the walk is"
    return Walk(page, head["after"], head["actor"])


def _as_process(folder: Path, actor: str, clock: Path) -> Callable[[Step], str]:
    """What carries out a step in a folder as a process, whose clock stands where the step says."""

    def run(step: Step) -> str:
        instant = int(step.at.timestamp()) * 10**9
        (clock / "sitecustomize.py").write_text(f"import time\ntime.time_ns = lambda: {instant}\n")
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        there = {"PATH": path, "PYTHONPATH": f"{clock}{os.pathsep}{ROOT}", "SLALEDGER_ACTOR": actor}
        line = step.line.partition(" > ")[0] if step.target else step.line
        done = subprocess.run(
            line, shell=True, cwd=folder, env={**os.environ, **ENVIRONMENT, **there}, capture_output=True, text=True
        )
        return step.printed(done, folder)

    return run


def main(name: str, folder: Path, clock: Path) -> None:
    """Update a walk, in a folder where those before it were walked first."""
    found = walk(name)
    if found.after is not None:
        main(found.after, folder, clock)
    else:
        (folder / "examples").symlink_to(ROOT / "examples")
    (FOLDER / f"{name}.md").write_text(found.written_anew(_as_process(folder, found.actor, clock)), "utf-8")


if __name__ == "__main__":
    for each in sys.argv[1:]:
        with tempfile.TemporaryDirectory() as made:
            places = Path(made, "walk"), Path(made, "clock")
            for place in places:
                place.mkdir()
            main(each, *places)
