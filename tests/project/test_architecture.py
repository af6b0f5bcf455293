"""What the code may import, hold and call, told by its syntax trees; and that every command has an example."""

from __future__ import annotations

import ast
import json
import shlex
import subprocess
import sys
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import click
import pytest

from cli.examples import EXAMPLES
from cli.main import _COMMANDS, cli
from domain.commands import BY_WORDS

ROOT = Path(__file__).parents[2]
PACKAGES = ("cli", "ledger", "projections", "domain")
"""From the outside in: each may import itself and what stands behind it."""
FILES = {file.relative_to(ROOT).as_posix(): file for package in PACKAGES for file in (ROOT / package).rglob("*.py")}
TREES = {name: ast.parse(file.read_text(encoding="utf-8")) for name, file in sorted(FILES.items())}
DOMAIN = sorted(name for name in TREES if name.startswith("domain/"))
LONGEST = 400

EFFECTS = {
    *("asyncio", "fcntl", "getpass", "glob", "http", "importlib", "io", "locale", "logging", "multiprocessing", "os"),
    *("pathlib", "platform", "random", "secrets", "select", "shutil", "signal", "socket", "sqlite3", "ssl"),
    *("subprocess", "sys", "tempfile", "threading", "time", "urllib", "uuid", "warnings"),
}
"""Modules of the standard library that a pure function has no use for."""
CLOCKS = {"now", "today", "utcnow", "time_ns", "monotonic", "monotonic_ns", "perf_counter", "perf_counter_ns"}
ASKED = {
    *("time.time", "time.time_ns", "datetime.now", "datetime.today", "datetime.utcnow", "date.today"),
    *("uuid.uuid1", "uuid.uuid4", "secrets.token_hex", "random.random"),
}
CALLS = {"open", "print", "input", "eval", "exec", "compile", "float", "__import__", "globals", "breakpoint"}


def imports(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """Every module that is imported anywhere in a file, with its line."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((name.name, node.lineno) for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"line {node.lineno}: imports are absolute"
            yield node.module or "", node.lineno


def top(module: str) -> str:
    return module.partition(".")[0]


def places(name: str, nodes: Iterator[ast.AST]) -> list[str]:
    """Where nodes stand, as `file:line: source`."""
    return [f"{name}:{getattr(node, 'lineno', '?')}: {ast.unparse(node)}" for node in nodes]


def test_every_package_is_looked_at() -> None:
    assert {name.partition("/")[0] for name in TREES} == set(PACKAGES)
    assert len(TREES) > 40


@pytest.mark.parametrize("name", TREES)
def test_imports_go_from_the_command_line_inwards_and_never_back(name: str) -> None:
    package = name.partition("/")[0]
    outside = set(PACKAGES[: PACKAGES.index(package)])
    wrong = [f"{name}:{line}: {module}" for module, line in imports(TREES[name]) if top(module) in {*outside, "tests"}]
    assert wrong == []


def folder(module: str) -> str:
    """The folder of ours in which a module lies, such as `ledger.store`; a module beside folders is one by itself."""
    return ".".join(module.split(".")[:2])


@pytest.mark.parametrize("package", ["ledger", "cli"])
def test_no_folder_imports_one_that_imports_it(package: str) -> None:
    """Each folder has its place: what it imports never leads back to it."""
    arrows: dict[str, set[str]] = {}
    for name, tree in TREES.items():
        if not name.startswith(f"{package}/"):
            continue
        here = folder(name.removesuffix(".py").removesuffix("/__init__").replace("/", "."))
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and node.module and top(node.module) == package:
                named = (
                    [f"{node.module}.{each.name}" for each in node.names] if node.module == package else [node.module]
                )
                arrows.setdefault(here, set()).update(map(folder, named))
        arrows.get(here, set()).discard(here)
    assert len(arrows) > 5
    assert tuple(TopologicalSorter(arrows).static_order()), "raises CycleError, which names the way round"


SENTENCES_ELSEWHERE = {
    "domain/admissible/act.py": "findings about recorded events",
    "domain/admissible/approvals.py": "findings about recorded events",
    "domain/admissible/check.py": "findings about recorded events",
    "domain/admissible/money.py": "findings about recorded events",
    "domain/admissible/outages.py": "findings about recorded events",
    "domain/duties.py": "why two stages of the same money are two persons'",
    "domain/money.py": "why amounts cannot be kept in a currency, which is a finding about a document",
    "domain/parser_messages.py": "the messages of the parser of structs, as sentences of ours",
    "domain/text.py": "what makes sentences",
    "domain/terms/checks.py": "findings about a terms document",
    "domain/terms/parsing.py": "parts of a refusal's sentence that depend on the case",
    "domain/terms/versions.py": "parts of a refusal's sentence that depend on the case",
    "domain/toml.py": "why a text is no TOML, which the refusal of its kind of file says",
    "domain/rules/vouchers.py": "parts of a refusal's sentence that depend on the case",
}
"""Modules of the domain that make sentences though they are no refusals, and why."""


def test_sentences_of_the_domain_are_made_in_its_refusals() -> None:
    made = {
        name
        for name in DOMAIN
        for node in ast.walk(TREES[name])
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("said", "counted", "Said")
    }
    assert {name for name in made if not name.startswith("domain/refusals/")} == set(SENTENCES_ELSEWHERE)


@pytest.mark.parametrize("name", DOMAIN)
def test_the_domain_imports_the_standard_library_and_msgspec_alone(name: str) -> None:
    allowed = {"domain", "msgspec", *sys.stdlib_module_names} - EFFECTS
    assert [f"{name}:{line}: {module}" for module, line in imports(TREES[name]) if top(module) not in allowed] == []


@pytest.mark.parametrize("name", sorted(name for name in TREES if name.startswith("projections/")))
def test_projections_import_the_domain_the_standard_library_and_msgspec_alone(name: str) -> None:
    allowed = {"domain", "projections", "msgspec", *sys.stdlib_module_names} - EFFECTS
    assert [f"{name}:{line}: {module}" for module, line in imports(TREES[name]) if top(module) not in allowed] == []


@pytest.mark.parametrize("name", sorted(name for name in TREES if name.startswith(("domain/", "projections/"))))
def test_rules_hold_no_float_and_divide_only_fractions(name: str) -> None:
    """A `/` is held to have a Fraction on one side: made there, or named so in an annotation of the file."""
    tree = TREES[name]
    floats = [
        node for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, float | complex)
    ]
    assert places(name, iter(floats)) == []
    named = [
        node for node in ast.walk(tree) if isinstance(node, ast.Name) and node.id in ("float", "complex", "Decimal")
    ]
    assert places(name, iter(named)) == []
    divisions = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.BinOp | ast.AugAssign)
        and isinstance(node.op, ast.Div)
        and not _of_fractions(tree, node)
    ]
    assert places(name, iter(divisions)) == []


def _of_fractions(tree: ast.AST, node: ast.BinOp | ast.AugAssign) -> bool:
    sides = [node.left, node.right] if isinstance(node, ast.BinOp) else [node.target, node.value]
    fractions = {
        each.arg if isinstance(each, ast.arg) else ast.unparse(each.target)
        for each in ast.walk(tree)
        if isinstance(each, ast.arg | ast.AnnAssign) and each.annotation and "Fraction" in ast.unparse(each.annotation)
    }
    return any(
        (isinstance(side, ast.Call) and ast.unparse(side.func) == "Fraction")
        or ast.unparse(side).rpartition(".")[2] in fractions
        for side in sides
    )


@pytest.mark.parametrize("name", sorted(name for name in TREES if name.startswith(("domain/", "projections/"))))
def test_rules_ask_no_clock_and_touch_no_world(name: str) -> None:
    called = [node for node in ast.walk(TREES[name]) if isinstance(node, ast.Call)]
    effects = [call for call in called if isinstance(call.func, ast.Name) and call.func.id in CALLS]
    clocks = [call for call in called if isinstance(call.func, ast.Attribute) and call.func.attr in CLOCKS]
    files = [
        call
        for call in called
        if ast.unparse(call.func).rpartition(".")[2] in ("read_text", "write_text", "read_bytes")
    ]
    assert places(name, iter([*effects, *clocks, *files])) == []


@pytest.mark.parametrize("name", sorted(name for name in TREES if name.startswith(("cli/", "ledger/"))))
def test_there_is_one_clock(name: str) -> None:
    """`ledger/clock.py` alone asks what time it is; how long something took is no such question."""
    if name == "ledger/clock.py":
        return
    asked = [
        node
        for node in ast.walk(TREES[name])
        if isinstance(node, ast.Call) and ".".join(ast.unparse(node.func).split(".")[-2:]) in ASKED
    ]
    assert places(name, iter(asked)) == []


@pytest.mark.parametrize("name", TREES)
def test_the_event_store_library_is_imported_under_ledger_alone(name: str) -> None:
    if not name.startswith("ledger/"):
        assert [module for module, _ in imports(TREES[name]) if top(module) == "eventsourcing"] == []


@pytest.mark.parametrize("name", TREES)
def test_no_rule_is_an_assert(name: str) -> None:
    """`python -O` leaves asserts out, and a refusal says more."""
    assert places(name, (node for node in ast.walk(TREES[name]) if isinstance(node, ast.Assert))) == []


@pytest.mark.parametrize("name", TREES)
def test_no_exception_is_swallowed_whole(name: str) -> None:
    bare = [
        node
        for node in ast.walk(TREES[name])
        if isinstance(node, ast.ExceptHandler) and (node.type is None or ast.unparse(node.type) == "BaseException")
    ]
    assert [f"{name}:{node.lineno}" for node in bare] == []


@pytest.mark.parametrize("name", TREES)
def test_everything_public_says_what_it_is(name: str) -> None:
    tree = TREES[name]
    assert ast.get_docstring(tree), name
    assert [f"{name}:{node.lineno}: {node.name}" for node in _public(tree) if not _explained(node)] == []


Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def _public(tree: ast.Module) -> Iterator[Definition]:
    """Functions and classes of the module that others may use; methods and nested functions are their owner's."""
    for node in tree.body:
        if isinstance(node, Definition) and not node.name.startswith("_"):
            yield node


def _explained(node: Definition) -> bool:
    return ast.get_docstring(node) is not None


def test_no_file_is_too_long() -> None:
    lengths = {name: len(file.read_text(encoding="utf-8").splitlines()) for name, file in FILES.items()}
    longest = max(lengths, key=lambda name: lengths[name])
    assert lengths[longest] <= LONGEST, f"{longest} has {lengths[longest]} lines"


NEEDLESS = (
    "holidays",
    "rich",
    "hypothesis",
    "psycopg",
    "dask",
    "backports",
    "pyarrow",
    "xlsxwriter",
    "icalendar",
    "jinja2",
    "yaml",
)
"""What a command may need and no help does."""
HEAVY = (*NEEDLESS, "eventsourcing", "sqlite3", "msgspec")
"""What the list of commands does not need: each command is imported when it is used."""
HELP = """
import json, sys
sys.argv[0] = "slaledger"
from cli.main import cli
try:
    cli.main(sys.argv[1:], prog_name="slaledger", standalone_mode=False)
finally:
    print(json.dumps(sorted(sys.modules)), file=sys.stderr)
"""


def imported_for(*words: str) -> tuple[str, set[str]]:
    """The output of a command line in a process of its own, and the modules that it imports."""
    done = subprocess.run([sys.executable, "-c", HELP, *words], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout, set(json.loads(done.stderr.splitlines()[-1]))


@pytest.mark.parametrize(
    "words", [[], *([name] for name in _COMMANDS)], ids=lambda words: " ".join(words) or "slaledger"
)
def test_help_imports_nothing_heavy(words: list[str]) -> None:
    shown, imported = imported_for(*words, "--help")
    assert " ".join(["slaledger", *words]) in shown.splitlines()[0]
    assert sorted({*(NEEDLESS if words else HEAVY)} & {name.partition(".")[0] for name in imported}) == []


@pytest.mark.parametrize("words", ["account enroll", "claim decide", "voucher redeem", "incident close"])
def test_a_command_that_changes_the_ledger_imports_none_that_asks_it(words: str) -> None:
    _, imported = imported_for(*words.split(), "--help")
    group = words.split()[0]
    assert "ledger.commands.execution" in imported
    assert sorted({f"cli.commands.{group}", "ledger.queries.read_models", "ledger.commands.month_run"} & imported) == []


def commands() -> dict[str, click.Command]:
    """Every command that can be given, by its words."""
    found: dict[str, click.Command] = {}
    context = click.Context(cli)
    for name in cli.list_commands(context):
        command = cli.get_command(context, name)
        assert command is not None, name
        if isinstance(command, click.Group):
            verbs = {verb: command.get_command(context, verb) for verb in command.list_commands(context)}
            found |= {f"{name} {verb}": inner for verb, inner in verbs.items() if inner is not None}
        else:
            found[name] = command
    return found


def test_every_command_has_an_example_and_every_example_a_command() -> None:
    assert set(EXAMPLES) == set(commands())


def test_every_change_that_a_batch_takes_is_a_command_with_an_example() -> None:
    assert set(BY_WORDS) <= set(EXAMPLES)
    assert set(BY_WORDS) <= set(commands())


def test_the_top_help_lists_every_command() -> None:
    listed = [line for line in cli.get_help(click.Context(cli)).partition("Commands:")[2].splitlines() if line.strip()]
    indent = min(len(line) - len(line.lstrip()) for line in listed)
    assert {line.split()[0] for line in listed if not line[indent].isspace()} == set(_COMMANDS)
    for name, (target, told) in _COMMANDS.items():
        assert target.partition(":")[0].startswith("cli."), name
        assert told.endswith("."), name


@pytest.mark.parametrize("words", EXAMPLES)
def test_an_example_parses_and_stands_in_the_help(words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program, *arguments = shlex.split(EXAMPLES[words])
    while arguments[0] in ("--ledger", "--actor", "--sign"):
        arguments = arguments[2:]
    monkeypatch.chdir(tmp_path)
    for name in arguments:
        if name.endswith((".toml", ".json", ".jsonl", ".csv")):
            (tmp_path / name).touch()
    assert program == "slaledger"
    assert arguments[: len(words.split())] == words.split()
    command = commands()[words]
    with command.make_context(words, arguments[len(words.split()) :]) as context:
        assert context.params or not command.params
        help_text = " ".join(command.get_help(context).split())
    assert "Example:" in help_text
    assert EXAMPLES[words] in help_text
