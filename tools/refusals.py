"""Every refusal as it stands in the code: its code, exit status, sentences and hints, told by the syntax trees.

Looked at is each call that gives a code to a class of refusals, or to a function that takes a `code` and a `message` to
make one. Codes that are put together are those of `choice(…, "what", …)`; another that cannot be seen is a mistake.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import NamedTuple

from named import Function, Names, Where, given, parameters, trees_of_project

_STATUS = {"Refusal": 1, "Unreadable": 2, "Damaged": 4, "Conflict": 5, "BadValue": 1, "say": 1}
"""Exit status by what is called; what a reader of foreign files refuses is 2."""
_USAGE = ("UsageError", "BadParameter")
_SAID = {"interrupted": 130, "usage": 2}
"""Exit statuses of what is told without a class of refusals."""
_READERS = 2
_SOURCE = "ledger/exchange/source.py"
_FOREIGN = "source.Unreadable"
_CODE = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")


class Maker(NamedTuple):
    """What makes refusals: what its calls give, in their order, and what it says itself: the class, and the hint."""

    parameters: list[str]
    kind: str
    hints: list[tuple[ast.expr, Where]]
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


class Unseen(Exception):
    """A code that cannot be seen where it is given; the text names the place."""


def refusals() -> list[Refused]:
    """Every refusal of the project, in the order of the modules. Raises Unseen."""
    names = Names(trees_of_project())
    makers = makers_of(names.trees)
    own = {module: {**makers, **_own_kind(tree, makers)} for module, tree in names.trees.items()}
    return [each for call, where in names.calls for each in of_call(call, where, own[where.module], names)]


def makers_of(trees: dict[str, ast.Module]) -> dict[str, list[Maker]]:
    """What makes refusals, by name; methods of different classes may share one."""
    found: dict[str, list[Maker]] = {}
    for module, tree in trees.items():
        for node in ast.walk(tree):
            if isinstance(node, Function) and node.name != "__init__" and _takes_code(node):
                found.setdefault(node.name, []).extend(_helpers(node, module))
    base = next(parameters(each) for each in _inits(trees["domain/refusals.py"]) if _takes_code(each))
    foreign = next(parameters(each) for each in _inits(trees[_SOURCE]) if _takes_code(each))
    return {
        **found,
        **{name: [Maker(base, name, [], "")] for name in _STATUS},
        _FOREIGN: [Maker(foreign, _FOREIGN, [], "")],
    }


def _helpers(function: Function, module: str) -> Iterator[Maker]:
    """A function that makes a refusal of the code that it is given; one that is only declared makes none."""
    made = next((call for call in _own_calls(function) if _called(call) in (*_STATUS, _FOREIGN)), None)
    if made is not None:
        hints = [each.value for each in made.keywords if each.arg == "hint"]
        own = [(each, Where(module, (function,))) for each in hints if getattr(each, "id", "") != "hint"]
        yield Maker(parameters(function), _called(made), own, module)


def _inits(tree: ast.Module) -> Iterator[Function]:
    return (node for node in ast.walk(tree) if isinstance(node, Function) and node.name == "__init__")


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


def _takes_code(function: Function) -> bool:
    return "code" in (taken := parameters(function)) and not {"message", "what"}.isdisjoint(taken)


def of_call(call: ast.Call, where: Where, makers: dict[str, list[Maker]], names: Names) -> Iterator[Refused]:
    """The refusals that a call makes; none where it makes none. Raises Unseen."""
    name = _called(call)
    if name == "choice" and len(call.args) > 2 and (what := _literal(call.args[2])):
        told = [*call.args[3:], *(each.value for each in call.keywords if each.arg == "hint")]
        hints = tuple(text for each in told for text in names.texts(each, where))
        code, message = f"unknown_{what.replace(' ', '_')}", f"unknown {what}: {{word}}"
        yield Refused(code, _READERS, (message,), hints, None, where.module, call.lineno, bool(hints))
    elif name in _USAGE and call.args:
        messages = tuple(names.texts(call.args[0], where))
        yield Refused("usage", 2, messages, ("`{command} --help`",), None, where.module, call.lineno, True)
    elif name in makers and len(call.args) <= len(makers[name][0].parameters):
        here = [maker for maker in makers[name] if maker.module == where.module]
        yield from _refused(call, where, here or makers[name], names)


def _called(call: ast.Call) -> str:
    """What is called, by its last name; the readers' own kind of refusal by both of its names."""
    if isinstance(call.func, ast.Attribute):
        return _FOREIGN if ast.unparse(call.func) == _FOREIGN else call.func.attr
    return getattr(call.func, "id", "")


def _refused(call: ast.Call, where: Where, makers: list[Maker], names: Names) -> Iterator[Refused]:
    told = given(call, makers[0].parameters)
    own = [hint for maker in makers for hint in maker.hints]
    hints = own or [(told["hint"], where)] if own or "hint" in told else []
    messages = [told[name] for name in ("message", "what") if name in told]
    for code in _codes(told.get("code"), where, names):
        yield Refused(
            code,
            _SAID.get(code) or _status(where.module, makers[0].kind, told),
            tuple(dict.fromkeys(text for each in messages for text in names.texts(each, where))),
            tuple(dict.fromkeys(text for each, there in hints for text in names.texts(each, there))),
            _literal(told["clause"]) if "clause" in told else None,
            where.module,
            call.lineno,
            any(not isinstance(each, ast.Constant) or each.value is not None for each, _ in hints),
        )


def _codes(node: ast.expr | None, where: Where, names: Names) -> list[str]:
    """The codes that an expression can be; none where it is another refusal's, or given to the function around."""
    passed_on = isinstance(node, ast.Attribute) and node.attr == "code"
    if node is None or passed_on or (isinstance(node, ast.Name) and _is_given(node.id, where)):
        return []
    codes = [text for text in names.texts(node, where) if _CODE.fullmatch(text)]
    if not codes:
        raise Unseen(f"{where.module}:{node.lineno}: no code can be seen in {ast.unparse(node)}")
    return codes


def _is_given(name: str, where: Where) -> bool:
    """Whether a name is a parameter there, or the code that `choice` puts together."""
    return any(name in parameters(function) or function.name == "choice" for function in where.functions)


def _status(module: str, kind: str, given: dict[str, ast.expr]) -> int:
    foreign = kind == _FOREIGN or (kind == "Unreadable" and module.startswith("ledger/exchange/"))
    return _READERS if "unreadable" in given or foreign else _STATUS[kind]


def _own_calls(function: ast.AST) -> Iterator[ast.Call]:
    """The calls in a function, or of a module outside all functions, without those of the functions inside it."""
    waiting = list(ast.iter_child_nodes(function))
    while waiting:
        node = waiting.pop(0)
        if isinstance(node, ast.Call):
            yield node
        if not isinstance(node, Function):
            waiting[:0] = ast.iter_child_nodes(node)


def _literal(node: ast.expr) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None
