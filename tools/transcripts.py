"""Compares commands and outputs in the documentation with the actual output.

A block of a page that begins with `$ slaledger` is a transcript; one that begins with a command shows no output, since
it is long or goes to a file. All commands are run, in the order of the page, on the ledger that the page's first lines
name by a comment: `<!-- on the demo's ledger -->` or `<!-- on no ledger -->`, beside the folder `examples/`. A line
with only `…` stands for lines left out. A block marked ```` ```jsonl FILE ```` is what that file has.

    python tools/transcripts.py docs/tour.md      writes the current output into the named pages
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from declared import ROOT

SHOWN = re.compile(r"^(\$ (?:.*\\\n)*.*)\n((?:(?!\$ ).*\n)*)", re.MULTILINE)
"""A command and the output below it."""
BLOCK = re.compile(r"^```\n(\$ slaledger .*?)^```$", re.DOTALL | re.MULTILINE)
ANY_BLOCK = re.compile(r"^```([^\n]*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_COMMAND = re.compile(r"^(?:slaledger|python3|curl) (?:.*\\\n)*.*\n", re.MULTILINE)
_SILENT = re.compile(rf"({_COMMAND.pattern})+\Z", re.MULTILINE)
ON_DEMO, ON_NONE = "<!-- on the demo's ledger -->", "<!-- on no ledger -->"
_LEFT_OUT = re.compile(r"^…\n", re.MULTILINE)
_MOMENT = re.compile(r"(20\d\d)(?:-(\d\d)-(\d\d)[ T]|年(\d+)月(\d+)日 )\d\d:\d\d:\d\d(\.\d+)?")
_HASH = re.compile(r"\b[0-9a-f]{16}…|\b[0-9a-f]{64}\b|[A-Za-z0-9+/]{43}=|slaledger-(?:demo-)?[0-9a-f]{32}")
_DEMO_MADE = (2026, 11, 21)
"""The demo's recorded data is older than this date; a later time is the time of the run."""
_PLAIN = {"checkpoint", "witness", "completion", "ics", "openslo", "--help", "roles", "--version"}
"""Words of commands that have only one output format."""


_KEYS = {
    "alice.key": "PRIVATE+KEY+alice+ffbed0da+AWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFh\n",
    "ledger.key": "PRIVATE+KEY+ledger.example+226d5538+AWxsbGxsbGxsbGxsbGxsbGxsbGxsbGxsbGxsbGxsbGxs\n",
    "customer.key": "PRIVATE+KEY+customer.example+e804b7cf+BHd3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3\n",
    "customer.vkey": "customer.example+e804b7cf+BMhTrQ8M0rYZrqks7sT9VqJNZJnVhM55JX5Fz9gTm2Cn\n",
}
"""Keys of pages, of fixed seeds, so that the verifier keys in the page stay the same."""


class Shown(NamedTuple):
    """A command in a page, with the output below it."""

    command: str
    output: str

    @property
    def words(self) -> list[str]:
        """The words after `slaledger`, with the table format where the command takes a format."""
        words = shlex.split(self.command.removeprefix("$ ").replace("\\\n", " "))[1:]
        return words if "--format" in words or _PLAIN & set(words) else [*words, "--format", "table"]


def shown(page: str) -> Iterator[Shown]:
    """Every command of a page with its output."""
    for block in BLOCK.findall(page):
        for command, output in SHOWN.findall(block):
            yield Shown(command, output)


class Silent(NamedTuple):
    """A command in a page without its output, and the file into which the page sends that."""

    words: list[str]
    into: str | None


class Given(NamedTuple):
    """A file that a page shows."""

    name: str
    text: str


def steps(page: str) -> Iterator[Shown | Silent | Given]:
    """What a page does: its commands, and the files that it shows, in order."""
    for mark, text in ANY_BLOCK.findall(page):
        if mark.startswith("jsonl "):
            yield Given(mark.removeprefix("jsonl "), text)
        elif mark == "" and text.startswith("$ slaledger "):
            yield from shown(f"```\n{text}```\n")
        elif mark == "" and _SILENT.fullmatch(text):
            yield from map(_silent, _COMMAND.findall(text))


def _silent(line: str) -> Silent:
    words = shlex.split(line.replace("\\\n", " "), comments=True)
    return Silent(words[:-2], words[-1]) if ">" in words else Silent(words, None)


def is_as_printed(output: str, printed: str, as_compared: Callable[[str], str] = str) -> bool:
    """Whether a page equals the printed output, except omitted lines, line ends and what `as_compared` removes."""
    parts = (re.escape(as_compared(_comparable(part))) for part in _LEFT_OUT.split(output))
    return re.fullmatch(".*".join(parts), as_compared(_comparable(printed)), re.DOTALL) is not None


def _comparable(text: str) -> str:
    """A text without the parts that differ between ledgers: hashes, ids, and times of the demo's run."""
    return tidy(_HASH.sub("HASH", _MOMENT.sub(_if_old, text)))


def _if_old(found: re.Match[str]) -> str:
    return found[0] if (int(found[1]), int(found[2] or found[4]), int(found[3] or found[5])) < _DEMO_MADE else "MOMENT"


def tidy(printed: str) -> str:
    return "".join(f"{line.rstrip()}\n" for line in printed.strip("\n").splitlines())


def prepared(block: re.Match[str], folder: str) -> str:
    """A block of a page, carried out: a transcript with its current output, all others as they are."""
    if BLOCK.fullmatch(block[0]):
        return written_anew(block[0], folder)
    for step in steps(block[0]):
        match step:
            case Given(name, text):
                Path(folder, name).write_text(text, "utf-8")
            case Silent(["slaledger", *words], into):  # no transcript rests on another program
                command = Path(sys.executable).with_name("slaledger")
                done = subprocess.run([command, *words], cwd=folder, capture_output=True, check=False)
                Path(folder, into or os.devnull).write_bytes(done.stdout)
    return block[0]


def written_anew(block: str, folder: str) -> str:
    """A block with the current output of its commands; outputs with omitted lines stay as they are."""
    parts = []
    for each in shown(block):
        command = [str(Path(sys.executable).with_name("slaledger")), "--actor", "clerk", *each.words]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        printed = done.stdout + done.stderr
        keeps = _LEFT_OUT.search(each.output) or is_as_printed(each.output, printed)
        parts.append(each.command + "\n" + (each.output if keeps else tidy(printed) + "\n"))
    return "```\n" + "".join(parts).rstrip("\n") + "\n```"


def write_keys(folder: Path) -> None:
    """Write the keys that pages sign with, which only their owner may read."""
    for name, key in _KEYS.items():
        (folder / name).write_text(key)
        (folder / name).chmod(0o600)


def main(page: Path) -> None:
    """Update a page."""
    text = page.read_text("utf-8")
    with tempfile.TemporaryDirectory() as folder:
        if ON_DEMO in text:
            subprocess.run([sys.executable, ROOT / "examples" / "demo.py", folder], check=True, stdout=subprocess.PIPE)
        Path(folder, "examples").symlink_to(ROOT / "examples")
        write_keys(Path(folder))
        page.write_text(ANY_BLOCK.sub(lambda block: prepared(block, folder), text), "utf-8")


if __name__ == "__main__":
    for name in sys.argv[1:]:
        main(Path(name))
