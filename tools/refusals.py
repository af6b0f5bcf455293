"""Every refusal as it stands in the code: its code, exit status, sentences and hints, told by the syntax trees.

Looked at is each call that gives a code as a literal to a class of refusals, or to a function that takes a `code` and a
`message` to make one. A sentence or a hint that is a name is what the same function assigned to that name; one
that comes from elsewhere is left out. Codes that are put together are those of `choice(…, "what", …)`.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("domain", "projections", "ledger", "cli")
_STATUS = {"Refusal": 1, "Unreadable": 2, "Damaged": 4, "Conflict": 5, "BadValue": 1, "say": 1}
"""Exit status by what is called; what a reader of foreign files refuses is 2."""
_USAGE = ("UsageError", "BadParameter")
_SAID = {"interrupted": 130, "usage": 2}
"""Exit statuses of what is told without a class of refusals."""
_READERS = 2
_SOURCE = "ledger/exchange/source.py"
_FOREIGN = "source.Unreadable"
_CODE = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
_Function = ast.FunctionDef | ast.AsyncFunctionDef


class Maker(NamedTuple):
    """What makes refusals: what its calls give, in their order, and what it says itself: the class, and the hint."""

    parameters: list[str]
    kind: str
    hints: list[ast.expr]
    module: str


class Refused(NamedTuple):
    """One place where something is refused; without `hint_given` nothing is said of what to do."""

    code: str
    status: int
    messages: tuple[str, ...]
    hints: tuple[str, ...]
    clause: str | None
    module: str
    line: int
    hint_given: bool

    @property
    def place(self) -> str:
        """Where it stands."""
        return f"{self.module}:{self.line}: {self.code}"


def refusals() -> list[Refused]:
    """Every refusal of the project whose code can be seen where it is made, in the order of the modules."""
    trees = trees_of_project()
    makers = makers_of(trees)
    returned = {
        node.name: [each.value for each in ast.walk(node) if isinstance(each, ast.Return) and each.value is not None]
        for tree in trees.values()
        for node in tree.body
        if isinstance(node, _Function)
    }
    shared = {name: values for tree in trees.values() for name, values in assigned(tree, within=False).items()}
    found: list[Refused] = []
    for module, tree in trees.items():
        known = {**shared, **returned, **assigned(tree, within=False)}
        found += of_module(module, tree, {**makers, **_own_kind(tree, makers)}, known)
    return found


def trees_of_project() -> dict[str, ast.Module]:
    """Every module, by its path from the project's root."""
    return {
        str(path.relative_to(ROOT)): ast.parse(path.read_text("utf-8"))
        for package in PACKAGES
        for path in sorted((ROOT / package).rglob("*.py"))
    }


def makers_of(trees: dict[str, ast.Module]) -> dict[str, list[Maker]]:
    """What makes refusals, by name; methods of different classes may share one."""
    found: dict[str, list[Maker]] = {}
    for module, tree in trees.items():
        for node in ast.walk(tree):
            if isinstance(node, _Function) and node.name != "__init__" and _takes_code(node):
                found.setdefault(node.name, []).extend(_helpers(node, module))
    base = next(_parameters(each) for each in _inits(trees["domain/refusals.py"]) if _takes_code(each))
    foreign = next(_parameters(each) for each in _inits(trees[_SOURCE]) if _takes_code(each))
    return {
        **found,
        **{name: [Maker(base, name, [], "")] for name in _STATUS},
        _FOREIGN: [Maker(foreign, _FOREIGN, [], "")],
    }


def _helpers(function: _Function, module: str) -> Iterator[Maker]:
    """A function that makes a refusal of the code that it is given; one that is only declared makes none."""
    made = next((call for call in _own_calls(function) if _called(call) in (*_STATUS, _FOREIGN)), None)
    if made is not None:
        hints = [each.value for each in made.keywords if each.arg == "hint"]
        own = [each for each in hints if getattr(each, "id", "") != "hint"]
        yield Maker(_parameters(function), _called(made), own, module)


def _inits(tree: ast.Module) -> Iterator[_Function]:
    return (node for node in ast.walk(tree) if isinstance(node, _Function) and node.name == "__init__")


def _own_kind(tree: ast.Module, makers: dict[str, list[Maker]]) -> dict[str, list[Maker]]:
    """In a reader of foreign files, `Unreadable` is the readers' own, which takes a place."""
    imported = (node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom))
    reads = any(node.module == "ledger.exchange.source" for node in imported if _names(node, "Unreadable"))
    return {"Unreadable": makers[_FOREIGN]} if reads or _defines(tree, "Unreadable") else {}


def _names(node: ast.ImportFrom, name: str) -> bool:
    return any(each.name == name for each in node.names)


def _defines(tree: ast.Module, name: str) -> bool:
    defined = any(isinstance(node, ast.ClassDef) and node.name == name for node in tree.body)
    return defined and "place" in {each.arg for init in _inits(tree) for each in init.args.args}


def _parameters(function: _Function) -> list[str]:
    return [each.arg for each in (*function.args.args, *function.args.kwonlyargs) if each.arg != "self"]


def _takes_code(function: _Function) -> bool:
    return "code" in (given := _parameters(function)) and not {"message", "what"}.isdisjoint(given)


def of_module(
    module: str, tree: ast.Module, makers: dict[str, list[Maker]], known: dict[str, list[ast.expr]]
) -> Iterator[Refused]:
    """The refusals that a module makes, where names of other modules stand for what is `known` of them."""
    for function in [tree, *(node for node in ast.walk(tree) if isinstance(node, _Function))]:
        named = {**known, **assigned(function)}
        for call in _own_calls(function):
            name = _called(call)
            if name == "choice" and len(call.args) > 2 and (what := _literal(call.args[2])):
                told = [*call.args[3:], *(each.value for each in call.keywords if each.arg == "hint")]
                hints = tuple(text for each in told for text in _texts(each, named))
                message = f"unknown {what}: {{word}}"
                code = f"unknown_{what.replace(' ', '_')}"
                yield Refused(code, _READERS, (message,), hints, None, module, call.lineno, bool(hints))
            elif name in _USAGE and call.args:
                messages = tuple(_texts(call.args[0], named))
                yield Refused("usage", 2, messages, ("`{command} --help`",), None, module, call.lineno, True)
            elif name in makers:
                here = [maker for maker in makers[name] if maker.module == module]
                yield from _refused(module, call, here or makers[name], named)


def _called(call: ast.Call) -> str:
    """What is called, by its last name; the readers' own kind of refusal by both of its names."""
    if isinstance(call.func, ast.Attribute):
        return _FOREIGN if ast.unparse(call.func) == _FOREIGN else call.func.attr
    return getattr(call.func, "id", "")


def _refused(module: str, call: ast.Call, makers: list[Maker], named: dict[str, list[ast.expr]]) -> Iterator[Refused]:
    given = _given(call, makers[0].parameters)
    own = [hint for maker in makers for hint in maker.hints]
    hints = own or [given[name] for name in ("hint",) if name in given]
    messages = [given[name] for name in ("message", "what") if name in given]
    for code in _texts(given["code"], named) if "code" in given else ():
        if _CODE.fullmatch(code):
            yield Refused(
                code,
                _SAID.get(code) or _status(module, makers[0].kind, given),
                tuple(text for each in messages for text in _texts(each, named)),
                tuple(dict.fromkeys(text for each in hints for text in _texts(each, named))),
                _literal(given["clause"]) if "clause" in given else None,
                module,
                call.lineno,
                any(not isinstance(each, ast.Constant) or each.value is not None for each in hints),
            )


def _status(module: str, kind: str, given: dict[str, ast.expr]) -> int:
    foreign = kind == _FOREIGN or (kind == "Unreadable" and module.startswith("ledger/exchange/"))
    return _READERS if "unreadable" in given or foreign else _STATUS[kind]


def _given(call: ast.Call, parameters: list[str]) -> dict[str, ast.expr]:
    """What a call gives, by the names of the parameters."""
    given = dict(zip(parameters, call.args, strict=False))
    return given | {each.arg: each.value for each in call.keywords if each.arg}


def _own_calls(function: ast.AST) -> Iterator[ast.Call]:
    """The calls in a function, or of a module outside all functions, without those of the functions inside it."""
    waiting = list(ast.iter_child_nodes(function))
    while waiting:
        node = waiting.pop(0)
        if isinstance(node, ast.Call):
            yield node
        if not isinstance(node, _Function):
            waiting[:0] = ast.iter_child_nodes(node)


def assigned(function: ast.AST, *, within: bool = True) -> dict[str, list[ast.expr]]:
    """What is assigned to each name: anywhere `within`, or at its top alone."""
    found: dict[str, list[ast.expr]] = {}
    for node in ast.walk(function) if within else ast.iter_child_nodes(function):
        if isinstance(node, ast.Assign):
            targets, values = node.targets, [node.value]
            if isinstance(targets[0], ast.Tuple) and isinstance(node.value, ast.Tuple):
                targets, values = targets[0].elts, node.value.elts
            for target, value in zip(targets, values, strict=False):
                if isinstance(target, ast.Name):
                    found.setdefault(target.id, []).append(value)
    return found


def _texts(node: ast.expr, named: dict[str, list[ast.expr]], deep: int = 3) -> Iterator[str]:
    """The texts that an expression can be, as templates: a literal, a sentence, either of two, or a name's."""
    if isinstance(node, ast.IfExp):
        yield from _texts(node.body, named, deep)
        yield from _texts(node.orelse, named, deep)
    elif isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("said", "counted"):
        yield from (_plain(text) for each in node.args if (text := _literal(each)))
    elif deep and (name := getattr(node.func if isinstance(node, ast.Call) else node, "id", "")):
        for value in named.get(name, ()):
            yield from _texts(value, named, deep - 1)
    elif text := _literal(node):
        yield text


def _plain(template: str) -> str:
    """A template without conversions: `{name!r}` is `{name}`."""
    return re.sub(r"\{(\w+)[!:][^}]*\}", r"{\1}", template).replace("{{", "{").replace("}}", "}")


def _literal(node: ast.expr) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None
