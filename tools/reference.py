"""Makes `docs/reference.md` below its first lines: the help page of every command, as `--help` prints it.

python tools/reference.py
"""

from __future__ import annotations

from collections.abc import Iterator

import click
from declared import ROOT, everything

from cli.terminal.language import speak_with_click

PATH = ROOT / "docs" / "reference.md"
_BEGINS = "## slaledger\n"


def reference() -> str:
    """The page, in English regardless of the locale; the text above the first command stays."""
    speak_with_click("en")
    return "\n".join((PATH.read_text("utf-8").partition(f"\n{_BEGINS}")[0], *_sections()))


def _sections() -> Iterator[str]:
    for words, command in everything():
        heading = f"{'###' if ' ' in words else '##'} {words or 'slaledger'}\n"
        yield heading if words and isinstance(command, click.Group) else f"{heading}\n{_help(command, words)}"


def _help(command: click.Command, words: str) -> str:
    name = f"slaledger {words}".strip()
    context = click.Context(command, info_name=name, terminal_width=80, help_option_names=["-h", "--help"])
    return "```\n" + "".join(f"{line.rstrip()}\n" for line in command.get_help(context).splitlines()) + "```\n"


if __name__ == "__main__":
    PATH.write_text(reference(), "utf-8")
