"""Every refusal says what to do next, names commands that exist, and is in `docs/errors.md`."""

from __future__ import annotations

import ast
import inspect
import pickle
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import click
import declared
import errors
import pytest
from conftest import ROOT, CommandLine
from declared import commands

from domain.refusals import Refusal, fields

KINDS = declared.refusals()
CODES = {kind.code for kind in KINDS}
PAGE = errors.PATH.read_text("utf-8")
COMMANDS = dict(commands())
GLOBAL = {"--help", "--ledger", "--actor", "--lang", "--now"}
PACKAGES = ("domain", "ledger", "projections", "cli")


@cache
def trees() -> list[ast.Module]:
    return [ast.parse(path.read_text("utf-8")) for package in PACKAGES for path in (ROOT / package).rglob("*.py")]


def options(*of: click.Command) -> set[str]:
    return GLOBAL | {
        option for command in of for each in command.params for option in (*each.opts, *each.secondary_opts)
    }


def test_the_page_is_what_the_code_says() -> None:
    assert errors.page() == PAGE, "python tools/errors.py makes it anew"


def test_what_is_looked_at_is_all_that_there_is() -> None:
    assert len(CODES) > 190
    assert {"no_terms", "unknown_component_status", "usage", "interrupted", "lines_refused", "bad_id"} <= CODES


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_a_refusal_has_a_code_a_hint_and_a_reason_and_says_its_fields(kind: type[Refusal]) -> None:
    assert re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", kind.code)
    assert kind.hint_template, "what is one to do?"
    assert inspect.getdoc(kind), "the page says what lies behind it"
    values = {name: 1 if "int" in of or of.endswith(("Us", "Fen")) else "x" for name, of in fields(kind).items()}
    made = kind(**values)
    assert "{" not in made.message.replace("{member", "")
    assert made.hint
    again = pickle.loads(pickle.dumps(made))
    assert (type(again), again.message, again.hint, again.clause) == (kind, made.message, made.hint, made.clause)


def test_a_refusal_says_each_of_its_fields_or_was_asked_in_vain() -> None:
    """A field that neither sentence shows is a slip; what is printed apart is listed here."""
    unsaid = [
        f"{kind.__name__}.{name}"
        for kind in KINDS
        for name in fields(kind)
        if f"{{{name}" not in f"{kind.message_template} {kind.hint_template}" and name not in ("place", "evidence")
    ]
    assert unsaid == []


def test_a_refusal_is_made_of_the_fields_that_it_declares() -> None:
    from domain.refusals.claim import MonthNotOver

    with pytest.raises(TypeError, match="account, month, month_ends_at"):
        MonthNotOver(account="1001", month="2026-03")  # type: ignore[call-arg]


def test_no_code_is_compared() -> None:
    """Whoever wants to know which refusal it is catches its class."""
    compared = [
        ast.unparse(node)
        for tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.Compare)
        and re.search(r"(refus\w*|error|damaged|conflict|broken)\.code\b", ast.unparse(node))
    ]
    assert compared == []


def test_every_code_that_a_docstring_promises_is_on_the_page() -> None:
    named = {code for tree in trees() for code in _promised(tree)}
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
        path.read_text("utf-8")
        for path in Path(__file__).parents[1].glob("*/test_*.py")
        if path.name != "test_errors.py"
    )
    named = set(re.findall(r"""(?:\bcode == |"code"\] == |\.code, )"([a-z0-9_]+)\"""", texts))
    assert len(named) > 40
    assert sorted(named - CODES) == []


def test_each_link_of_the_page_leads_to_one_heading() -> None:
    links = re.findall(r"\]\(#([a-z0-9_]+)\)", PAGE)
    assert sorted(links) == sorted(CODES)
    assert sorted(re.findall(r"^### ([a-z0-9_]+)$", PAGE, re.MULTILINE)) == sorted(CODES)


def test_hints_name_commands_and_options_that_there_are() -> None:
    known = options(*COMMANDS.values())
    wrong = []
    for kind in KINDS:
        hint = re.sub(r"--\{part\}-voucher", "--call-voucher", kind.hint_template or "")
        for quoted in re.findall(r"`([^`]+)`", hint):
            wrong += [f"{kind.__name__}: {hint}" for _ in _mistakes(quoted)]
        named = set(re.findall(r"(?<![\w-])--[a-z][a-z-]*[a-z](?!\{)", hint))
        wrong += [f"{kind.__name__}: {option}" for option in named - known]
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


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (("claim", "decode"), "did you mean `slaledger claim decide`? `slaledger claim --help` lists what there is"),
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
