"""`slaledger doctor`: what is missing or misconfigured, and what to do about it."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import click

from cli.options.context import settings
from cli.terminal.language import here
from cli.terminal.output import WIDTH, Json, console, emit, format_option, wrapped
from cli.terminal.vocabulary import word
from cli.terminal.widths import cells, padded
from domain.refusals import Damaged, Unreadable
from domain.text import said
from ledger.doctor import Finding, examined

_MARKS = {"ok": ("✓", "green"), "note": ("·", "yellow"), "wrong": ("✗", "red"), "damaged": ("✗", "bold red")}
_STATUS = {"ok": 0, "note": 0, "wrong": Unreadable.status, "damaged": Damaged.status}


@click.command()
@format_option
def doctor(format_: str | None) -> int:
    """Look at the installation, its environment and the ledger, and say what is missing or misconfigured.

    Nothing is changed. Exit status 0 where everything works, 2 where something does not, 4 where the store is damaged.

    \b
    Example:
      slaledger doctor
    """
    found = [*_surroundings(), *examined(settings().url)]
    emit([_shape(finding) for finding in found], format_, lambda: _print(found))
    return max(_STATUS[finding.state] for finding in found)


def _surroundings() -> Iterator[Finding]:
    """What only the command line sees: where its text goes."""
    encoding = (sys.stdout.encoding or "").lower()
    if encoding not in ("utf-8", "utf8"):
        message = said("the terminal's encoding is {encoding}: Chinese text is shown as escapes", encoding=encoding)
        yield Finding("terminal", "note", message, said("set LANG or PYTHONIOENCODING to UTF-8"))


def _shape(finding: Finding) -> Json:
    shape: Json = {"what": finding.what, "state": finding.state, "message": finding.message}
    return shape if finding.hint is None else {**shape, "hint": finding.hint}


def _print(found: list[Finding]) -> None:
    from rich.text import Text

    names = [here(word(finding.what)) for finding in found]
    width = max(map(cells, names)) + 4
    screen = console()
    for name, finding in zip(names, found, strict=True):
        mark, style = _MARKS[finding.state]
        first, *rest = wrapped(finding.message, WIDTH - width)
        screen.print(Text.assemble((mark, style), f" {padded(name, width - 2)}{first}"))
        hint = wrapped(said("what to do: {hint}", hint=finding.hint), WIDTH - width) if finding.hint else []
        for line in [*rest, *hint]:
            screen.print(" " * width + line)
    wrong = sum(_STATUS[finding.state] != 0 for finding in found)
    screen.print(here(said("all works") if not wrong else said("{wrong} to be mended", wrong=wrong)))
