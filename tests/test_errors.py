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
from conftest import ROOT, CommandLine
from named import PACKAGES, Names, trees_of_project

FOUND = refusals.refusals()
CODES = {refused.code for refused in FOUND}
TREES = [ast.parse(path.read_text("utf-8")) for package in PACKAGES for path in (ROOT / package).rglob("*.py")]
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
    assert [refused.place for refused in FOUND if not refused.hint_given] == []


def test_what_is_said_and_what_to_do_can_be_seen_of_every_refusal() -> None:
    """All but what a library says of a command line, or of JSON."""
    unseen = [each.place for each in FOUND if not each.messages and each.code not in ("usage", "bad_field")]
    assert unseen + [each.place for each in FOUND if not each.hints] == []


def test_what_is_looked_at_is_all_that_there_is() -> None:
    assert len(CODES) > 180
    assert {"no_terms", "unknown_component_status", "usage", "interrupted", "lines_refused", "bad_id"} <= CODES


def test_every_code_that_a_docstring_promises_is_on_the_page() -> None:
    named = {code for tree in TREES for code in _promised(tree)}
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


IN_CODE = """
from ledger.exchange.outages import BY_HAND
TABLE = {"1": (said("one"), said("do 1")), "2": (said("two"), said("do 2"))}

def helper(told, hint=said("by default")):
    Refusal("d", told, hint=hint)

def calls():
    helper(said("first"), said("do first"))
    helper(said("second"))

def f(x):
"""


@pytest.mark.parametrize(
    ("source", "code", "status", "messages", "hints"),
    [
        ("Refusal('a', said('no {x!r}', x=x), hint=said('do'))", "a", 1, ("no {x}",), ("do",)),
        ("Damaged('a_b', said('bad') if x else said('worse'))", "a_b", 4, ("bad", "worse"), ()),
        ("m = said('no')\n    Refusal('c', m, hint=TABLE[x][1])", "c", 1, ("no",), ("do 1", "do 2")),
        ("m = said('no')\n    m = said('yes')\n    Refusal('c', m)", "c", 1, ("yes",), ()),
        ("m = said('no')\n    if x:\n        m = said('yes')\n    Refusal('c', m)", "c", 1, ("no", "yes"), ()),
        ("if x:\n        m = said('yes')\n        Refusal('c', m)\n    m = said('no')", "c", 1, ("yes",), ()),
        ("m, h = TABLE[x]\n    Refusal('c', m, hint=h)", "c", 1, ("one", "two"), ("do 1", "do 2")),
        ("kind = Unreadable if x else Refusal\n    Refusal('c', said('m'), hint=said('h'))", "c", 1, ("m",), ("h",)),
        (
            "node.choice('k', KNOWN, 'bill type', said('h'))",
            "unknown_bill_type",
            2,
            ("unknown bill type: {word}",),
            ("h",),
        ),
        ("click.UsageError(said('give one'))", "usage", 2, ("give one",), ("`{command} --help`",)),
        ("Refusal(f'no_{x}', said('m'), hint=said('h'))", None, 0, (), ()),
        ("Refusal(CODES[x], said('m'), hint=said('h'))", None, 0, (), ()),
        ("Refusal(x.code, said('m'), hint=said('h'))", "", 0, (), ()),
    ],
)
def test_what_is_seen_in_the_code(
    source: str, code: str | None, status: int, messages: tuple[str, ...], hints: tuple[str, ...]
) -> None:
    """`code` is None where it cannot be seen, and empty where another refusal's is passed on."""
    found = [each for each in seen(f"{IN_CODE}    {source}\n") if each.code != "d"] if code is not None else []
    if code is None:
        with pytest.raises(refusals.Unseen, match=r"ledger/x\.py:13"):
            seen(f"{IN_CODE}    {source}\n")
    elif code:
        assert [(each.code, each.status, each.messages, each.hints) for each in found] == [
            (code, status, messages, hints)
        ]
        assert found[0].hint_given is bool(hints)
    else:
        assert found == []


def test_what_a_helper_is_given_is_seen() -> None:
    (found,) = seen(f"{IN_CODE}    pass\n")
    assert found.messages == ("first", "second")
    assert found.hints == ("do first", "by default")


def seen(source: str) -> list[refusals.Refused]:
    """The refusals of a module beside those of the project."""
    names = Names({**trees_of_project(), "ledger/x.py": ast.parse(source)})
    makers = refusals.makers_of(names.trees)
    return [
        refused
        for call, where in names.calls
        if where.module == "ledger/x.py"
        for refused in refusals.of_call(call, where, makers, names)
    ]


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
