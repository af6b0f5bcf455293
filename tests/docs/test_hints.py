"""The command that a hint names is a whole line: every required part is there, and nothing that there is not."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator

import click
import declared
import pytest
from conftest import ROOT

from cli.main import cli
from domain.refusals import fields
from domain.text import Said

pytestmark = pytest.mark.filterwarnings("ignore:'protected_args'")
"""Click 8.2 renames it; the older releases that are allowed have only this name."""

NAMED = re.compile(r"`(slaledger [^`]*)`")
FROZEN = sorted((ROOT / "tests" / "golden_answers").glob("refusals.*.txt"))
SAMPLES = {"month": "2026-03", "stage": "general", "part": "call"}
"""Values of fields that a command does not take as any text."""


def _hints() -> Iterator[tuple[str, str]]:
    """The hints of every scenario of a refusal, as they were printed, and the hint of every class."""
    for file in FROZEN:
        for hint in re.findall(r"^  what to do: (.*)$", file.read_text("utf-8"), re.MULTILINE):
            yield file.stem, hint
    for kind in declared.refusals():
        values = {name: SAMPLES.get(name, 1 if _is_number(of) else "x") for name, of in fields(kind).items()}
        yield kind.__name__, Said(kind.hint_template or "", values)


def _is_number(kind: str) -> bool:
    return "int" in kind or kind.endswith(("Us", "Fen"))


LINES = sorted({(line, where) for where, hint in _hints() for line in NAMED.findall(hint)})


def _parse(line: str) -> None:
    """Parse a line as the command line does, and carry out nothing. Raises click.ClickException."""
    command: click.Command = cli
    context = cli.make_context("slaledger", shlex.split(line)[1:])
    while isinstance(command, click.Group):
        name, found, rest = command.resolve_command(context, [*context.protected_args, *context.args])
        assert found is not None
        command = found
        context = command.make_context(name, _filled(command, rest), parent=context)


def _filled(command: click.Command, words: list[str]) -> list[str]:
    """The words with a value in place of each … and of MONTH, as the options and arguments take it."""
    options = {name: param for param in command.params for name in param.opts}
    return [
        _sample(options.get(before)) if word == "…" else SAMPLES["month"] if word == "MONTH" else word
        for before, word in zip(["", *words], words, strict=False)
    ]


def _sample(param: click.Parameter | None) -> str:
    kind = None if param is None else param.type
    if isinstance(kind, click.Choice):
        return str(kind.choices[0])
    return "1" if kind is click.INT else "…"


@pytest.mark.parametrize(("line", "where"), LINES)
def test_the_line_is_whole(line: str, where: str) -> None:
    try:
        _parse(line)
    except click.exceptions.Exit:
        assert line.endswith("--help")
    except click.ClickException as error:
        pytest.fail(f"{where}: {line}: {error.format_message()}")
