"""Makes `docs/reference.md`: the help page of every command, as `--help` prints it.

python tools/reference.py
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click
from commands import commands

from cli.main import cli
from cli.terminal.language import speak_with_click

PATH = Path(__file__).resolve().parents[1] / "docs" / "reference.md"
WIDTH = 80
_TOP = """# Every command

Made by `python tools/reference.py` from the commands themselves: what follows is what `--help` prints. Every command
that answers takes `--format table|json|jsonl|csv`. Exit status: 0 done, 1 refused by a rule, 2 wrong usage or
unreadable input, 3 an audit found a difference, 4 the store is damaged, 5 somebody else changed it
meanwhile: try again.
"""


def reference() -> str:
    """The page, in English regardless of the locale."""
    speak_with_click("en")
    return "\n".join((_TOP, *_sections()))


def _sections() -> Iterator[str]:
    yield f"## slaledger\n\n```\n{_help(cli, ())}\n```\n"
    group = ""
    for words, command in commands():
        first, _, rest = words.partition(" ")
        if rest and first != group:
            yield f"## {first}\n"
        group = first
        yield f"{'###' if rest else '##'} {words}\n\n```\n{_help(command, tuple(words.split()))}\n```\n"


def _help(command: click.Command, words: tuple[str, ...]) -> str:
    context = click.Context(
        command, info_name=" ".join(("slaledger", *words)), terminal_width=WIDTH, help_option_names=["-h", "--help"]
    )
    return "\n".join(line.rstrip() for line in command.get_help(context).splitlines())


if __name__ == "__main__":
    PATH.write_text(reference(), "utf-8")
