"""Compares commands and outputs in the documentation with the actual output.

A block of a page that begins with `$ slaledger` is a transcript: its commands are run, in the order of the page, on
the ledger that the page's first lines name by a comment: `<!-- on the demo's ledger -->` or `<!-- on no ledger -->`,
beside the folder `examples/`.
A line with only `…` stands for lines left out.

    python tools/transcripts.py docs/tour.md      writes the current output into the named pages
"""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
BLOCK = re.compile(r"^```\n(\$ slaledger .*?)^```$", re.DOTALL | re.MULTILINE)
ON_DEMO, ON_NONE = "<!-- on the demo's ledger -->", "<!-- on no ledger -->"
LEFT_OUT = "…"

Run = Callable[[list[str]], str]
"""Runs the words of a command and returns the output that a person sees: stdout, then stderr."""


_MOMENT = re.compile(r"(20\d\d)(?:-(\d\d)-(\d\d)[ T]|年(\d+)月(\d+)日 )\d\d:\d\d:\d\d(\.\d+)?")
_DEMO_MADE = "2026-11-21"
"""The demo's recorded data is older than this date; a later time is the time of the run."""


class Shown(NamedTuple):
    """A command in a page, with the output below it."""

    command: str
    output: str

    @property
    def is_help(self) -> bool:
        """Whether it requests a help page."""
        return "--help" in self.words

    @property
    def words(self) -> list[str]:
        """The words after `slaledger`, with the table format where the command takes a format."""
        words = shlex.split(self.command.removeprefix("$ ").replace("\\\n", " "))[1:]
        return words if "--format" in words or _PLAIN & set(words) else [*words, "--format", "table"]


_PLAIN = {"checkpoint", "completion", "ics", "openslo", "--help", "roles", "--version"}
"""Words of commands that have only one output format."""


def shown(page: str) -> Iterator[Shown]:
    """Every command of a page with its output."""
    for block in BLOCK.findall(page):
        for each in re.split(r"^(?=\$ )", block, flags=re.MULTILINE)[1:]:
            lines = each.splitlines(keepends=True)
            ends = next(at for at, line in enumerate(lines) if not line.endswith("\\\n")) + 1
            yield Shown("".join(lines[:ends]).rstrip("\n"), "".join(lines[ends:]))


def is_as_printed(output: str, printed: str, as_compared: Callable[[str], str] = str) -> bool:
    """Whether a page's output equals the printed one, except for omitted lines, line ends, roots and ids.

    `as_compared` may remove more from both.
    """
    parts = [as_compared(_comparable(part)) for part in re.split(rf"^{LEFT_OUT}\n", output, flags=re.MULTILINE)]
    pattern = ".*".join(re.escape(part) for part in parts)
    return re.fullmatch(pattern, as_compared(_comparable(printed)), re.DOTALL) is not None


def _comparable(text: str) -> str:
    """A text without the parts that differ between ledgers: hashes, ids, and times of the demo's run."""
    text = _MOMENT.sub(lambda found: found[0] if _day(found) < _DEMO_MADE else "MOMENT", text)
    text = re.sub(r"\b[0-9a-f]{16}…|\b[0-9a-f]{64}\b|[A-Za-z0-9+/]{43}=|slaledger-[0-9a-f]{32}", "HASH", text)
    return "".join(f"{line.rstrip()}\n" for line in text.strip("\n").splitlines())


def _day(found: re.Match[str]) -> str:
    return f"{found[1]}-{int(found[2] or found[4]):02}-{int(found[3] or found[5]):02}"


def written_anew(page: str, run: Run) -> str:
    """A page with the current output of its commands; outputs with omitted lines stay as they are."""

    def anew(block: re.Match[str]) -> str:
        parts = []
        for each in shown(block[0]):
            printed = run(each.words)
            keeps = f"\n{LEFT_OUT}\n" in f"\n{each.output}" or is_as_printed(each.output, printed)
            parts.append(each.command + "\n" + (each.output if keeps else _tidy(printed) + "\n"))
        return "```\n" + "".join(parts).rstrip("\n") + "\n```"

    return BLOCK.sub(anew, page)


def _tidy(printed: str) -> str:
    return "".join(f"{line.rstrip()}\n" for line in printed.strip("\n").splitlines())


def make_demo(folder: Path) -> None:
    """The demo's ledger, in a folder."""
    subprocess.run([sys.executable, ROOT / "examples" / "demo.py", folder], check=True, stdout=subprocess.DEVNULL)


def _in_folder(folder: Path) -> Run:
    def run(words: list[str]) -> str:
        command = [str(Path(sys.executable).with_name("slaledger")), "--actor", "clerk", *words]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        return done.stdout + done.stderr

    return run


def main() -> None:
    """Update the named pages."""
    for name in sys.argv[1:]:
        path = Path(name)
        page = path.read_text("utf-8")
        with tempfile.TemporaryDirectory() as folder:
            if ON_DEMO in page:
                make_demo(Path(folder))
            (Path(folder) / "examples").symlink_to(ROOT / "examples")
            path.write_text(written_anew(page, _in_folder(Path(folder))), "utf-8")


if __name__ == "__main__":
    main()
