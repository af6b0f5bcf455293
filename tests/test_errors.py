"""Every refusal says what to do next, names commands that exist, and is in `docs/errors.md`."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import click
import errors
import pytest
import refusals
from commands import commands
from conftest import CommandLine
from followed import Code

CODE = Code()
FOUND = refusals.refusals(CODE)
CODES = {refused.code for refused in FOUND} - {""}
PAGE = errors.PATH.read_text("utf-8")
COMMANDS = dict(commands())
GLOBAL = {"--help", "--ledger", "--actor", "--lang"}


def options(*of: click.Command) -> set[str]:
    return GLOBAL | {
        option for command in of for each in command.params for option in (*each.opts, *each.secondary_opts)
    }


def test_the_page_is_what_the_code_says() -> None:
    assert errors.page() == PAGE, "python tools/errors.py makes it anew"


def test_every_refusal_says_what_to_do() -> None:
    assert [refused.place for refused in FOUND if refused.bare] == []


def test_what_is_looked_at_is_all_that_there_is() -> None:
    assert len(CODES) > 180
    assert {"no_terms", "unknown_component_status", "usage", "interrupted", "lines_refused", "bad_id"} <= CODES


def test_every_code_that_a_docstring_promises_is_on_the_page() -> None:
    named = {code for tree in CODE.trees.values() for code in _promised(tree)}
    assert len(named) > 100
    assert sorted(code for code in named if f"\n### {code}\n" not in PAGE) == []


def _promised(tree: ast.Module) -> Iterator[str]:
    """Codes after `Raises Refusal`, `Raises Damaged` and so on in the docstrings of a module."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Module):
            for kind in re.findall(
                r"(?:Refusal|Unreadable|Damaged|Conflict|BadValue)((?:,?\s+`[a-z0-9_]+`)+)",
                ast.get_docstring(node) or "",
            ):
                yield from re.findall(r"`([a-z0-9_]+)`", kind)


def test_every_code_that_a_test_expects_is_on_the_page() -> None:
    texts = "\n".join(
        path.read_text("utf-8") for path in Path(__file__).parent.glob("test_*.py") if path.name != "test_errors.py"
    )
    named = set(re.findall(r"""(?:\bcode == |"code"\] == |\.code, )"([a-z0-9_]+)\"""", texts))
    assert len(named) > 40
    assert sorted(named - CODES) == []


def test_what_lies_behind_is_told_of_codes_that_there_are() -> None:
    assert sorted(set(errors.CAUSES) - CODES) == []


def test_each_link_of_the_page_leads_to_one_heading() -> None:
    links = re.findall(r"\]\(#([a-z0-9_]+)\)", PAGE)
    assert sorted(links) == sorted(CODES)
    assert sorted(re.findall(r"^### ([a-z0-9_]+)$", PAGE, re.MULTILINE)) == sorted(CODES)


def test_hints_name_commands_and_options_that_there_are() -> None:
    known = options(*COMMANDS.values())
    wrong = []
    for refused in FOUND:
        for hint in refused.hints:
            for quoted in re.findall(r"`([^`]+)`", hint):
                wrong += [f"{refused.place}: {hint}" for _ in _mistakes(quoted)]
            named = set(
                re.findall(
                    r"(?<![\w-])--[a-z][a-z-]*[a-z](?!\{)", re.sub(r"--\{part\}-voucher", "--call-voucher", hint)
                )
            )
            wrong += [f"{refused.place}: {option}" for option in named - known]
    assert wrong == []


def _mistakes(quoted: str) -> set[str]:
    """The options of a quoted command that it does not have; the command itself where there is none such."""
    words = quoted.removeprefix("slaledger ").split()
    if not quoted.startswith("slaledger ") or words[0] in GLOBAL:
        return set()
    command = COMMANDS.get(" ".join(words[:2])) or COMMANDS.get(words[0])
    if command is None:
        return {quoted}
    return {word for word in words if word.startswith("--")} - options(command)


REFUSALS = """
class Refusal(Exception):
    status = 1
    def __init__(self, code, message, *, clause=None, hint=None): ...
class Unreadable(Refusal):
    status = 2
"""


def found_in(folder: Path, source: str) -> list[tuple[str, int, tuple[str, ...], tuple[str, ...], bool]]:
    """The refusals of a project of one module."""
    (folder / "domain").mkdir()
    (folder / "domain" / "refusals.py").write_text(REFUSALS)
    (folder / "domain" / "x.py").write_text("from domain.refusals import Refusal, Unreadable\n" + source)
    return [(*each[:4], each.bare) for each in refusals.refusals(Code(folder))]


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ('raise Refusal("a", said("{x} is"), hint=said("h"))', [("a", 1, ("{x} is",), ("h",), False)]),
        ('raise Unreadable("a", said("{x!r} is"))', [("a", 2, ("{x} is",), (), True)]),
        (
            'def f(y):\n    raise Refusal("a", said("m"), hint=said("h") if y else None)',
            [("a", 1, ("m",), ("h",), True)],
        ),
        (
            'def f(code, hint=None):\n    return Refusal(code, said("m"), hint=hint)\nf("a", said("h"))\nf("b")',
            [("a", 1, ("m",), ("h",), False), ("b", 1, ("m",), (), True)],
        ),
        (
            'def f(what):\n    return Refusal(f"no_{what}", said("no {what}: {y}", what=what), hint=said("h"))\nf("x")',
            [("no_x", 1, ("no x: {y}",), ("h",), False)],
        ),
        (
            'def f(why):\n    return Refusal("a", said("no: {why}", why=why), hint=said("h"))\nf(said("it is {n}"))',
            [("a", 1, ("no: it is {n}",), ("h",), False)],
        ),
        (
            'def f(y):\n    kind = Unreadable if y else Refusal\n    raise kind("a", said("m"), hint=said("h"))',
            [("a", 2, ("m",), ("h",), False), ("a", 1, ("m",), ("h",), False)],
        ),
        (
            'def f(y):\n    hint = said("1")\n    if y:\n        hint = said("2")\n'
            '        raise Refusal("a", said("m"), hint=hint)\n    raise Refusal("b", said("m"), hint=hint)',
            [("a", 1, ("m",), ("2",), False), ("b", 1, ("m",), ("1", "2"), False)],
        ),
        ("def f(e):\n    raise Refusal(e.code, e.message, hint=e.hint)", [("", 1, (), (), False)]),
        ("def f(e):\n    raise Refusal(e.code, e.message)", [("", 1, (), (), True)]),
    ],
)
def test_what_is_seen_in_the_code(source: str, found: list[tuple[object, ...]], tmp_path: Path) -> None:
    assert found_in(tmp_path, source) == found


@pytest.mark.parametrize("code", ["NAMES[x]", "'a' + x", "x()", "f'no_{x.y}'"])
def test_a_code_that_cannot_be_seen_is_a_mistake(code: str, tmp_path: Path) -> None:
    with pytest.raises(refusals.Unseen, match=r"domain/x\.py:3"):
        found_in(tmp_path, f"def f(x):\n    raise Refusal({code}, said('m'), hint=said('h'))\n")


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (("claim", "decode"), "`slaledger claim --help`"),
        (("audit", "what-if"), "`slaledger audit what-if --help`"),
        (("nothing",), "`slaledger --help`"),
        (("incident", "open"), "`slaledger incident open --help`"),
    ],
)
def test_a_mistake_on_the_command_line_names_the_help_of_what_was_meant(
    words: tuple[str, ...], hint: str, tmp_path: Path
) -> None:
    refused = CommandLine(tmp_path).refused(*words, status=2)
    assert (refused["code"], refused["hint"]) == ("usage", hint)
