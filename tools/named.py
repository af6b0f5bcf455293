"""What texts an expression of the project can be, told by its syntax trees: names are followed, nothing is run.

Followed are the assignments that can hold where a name is used, loops over tables, constants of other modules, what a
function returns, and what calls give for a parameter. What cannot be followed gives no text.
"""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("domain", "projections", "ledger", "cli")
_DEEPEST = 5
"""How many names are followed, one standing for another."""
_PARSERS = "domain/parser_words.py"
"""A parser's own messages: too many to be told wherever one is said."""
Function = ast.FunctionDef | ast.AsyncFunctionDef


class Where(NamedTuple):
    """A module, and the functions around a place in it, from the outside in."""

    module: str
    functions: tuple[Function, ...] = ()


class Names:
    """The names of some modules, by their paths."""

    def __init__(self, trees: dict[str, ast.Module]) -> None:
        self.trees = trees
        self.calls: list[tuple[ast.Call, Where]] = []
        self._named: defaultdict[str, list[tuple[ast.Call, Where]]] = defaultdict(list)
        self._parents: dict[ast.AST, ast.AST] = {}
        self._imported: dict[tuple[str, str], tuple[str, str]] = {}
        self._given: dict[ast.AST, dict[str, list[tuple[ast.stmt, ast.expr]]]] = {}
        for module, tree in trees.items():
            self._read(tree, Where(module))

    def _read(self, node: ast.AST, where: Where) -> None:
        for child in ast.iter_child_nodes(node):
            self._parents[child] = node
            if isinstance(child, ast.Call):
                self.calls.append((child, where))
                self._named[last_name(child.func)].append((child, where))
            elif isinstance(child, ast.ImportFrom):
                for name in child.names:
                    path = f"{(child.module or '').replace('.', '/')}.py"
                    self._imported[where.module, name.asname or name.name] = (path, name.name)
            inside = where._replace(functions=(*where.functions, child)) if isinstance(child, Function) else where
            self._read(child, inside)

    def texts(self, node: ast.expr, where: Where, deep: int = _DEEPEST) -> Iterator[str]:
        """The texts that an expression can be, as templates."""
        if isinstance(node, ast.Constant):
            yield from [node.value] if isinstance(node.value, str) else ()
        elif isinstance(node, ast.JoinedStr):
            yield "".join(_part(each) for each in node.values)
        elif isinstance(node, ast.Call) and last_name(node.func) in ("said", "counted"):
            yield from (_plain(text) for each in node.args for text in self.texts(each, where, 0))
        else:
            for value, there in self.values(node, where) if deep else ():
                yield from self.texts(value, there, deep - 1)

    def values(self, node: ast.expr, where: Where) -> Iterator[tuple[ast.expr, Where]]:
        """What an expression stands for, one step nearer."""
        if isinstance(node, ast.IfExp):
            yield from ((each, where) for each in (node.body, node.orelse))
        elif isinstance(node, ast.BoolOp):
            yield from ((each, where) for each in node.values)
        elif isinstance(node, ast.Name):
            yield from self._of_name(node, where)
        elif isinstance(node, ast.Subscript):
            yield from self._entries(node, where)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            yield from self._returned(node.func.id, where)

    def _of_name(self, node: ast.Name, where: Where) -> Iterator[tuple[ast.expr, Where]]:
        for at, function in reversed(list(enumerate(where.functions))):
            if found := self._assigned(function, node):
                yield from ((value, where._replace(functions=where.functions[: at + 1])) for value in found)
                return
            if node.id in parameters(function):
                yield from self._by_callers(function, node.id, where.module)
                return
        module, name = self._imported.get((where.module, node.id), (where.module, node.id))
        if module in self.trees:
            yield from ((value, Where(module)) for _, value in self._all_given(self.trees[module]).get(name, ()))

    def _by_callers(self, function: Function, name: str, module: str) -> Iterator[tuple[ast.expr, Where]]:
        for call, where in self._named[function.name]:
            if where.module == module or not function.name.startswith("_"):
                value = given(call, parameters(function)).get(name)
                if value is not None:
                    yield value, where
        defaults = dict(
            zip(reversed([each.arg for each in function.args.args]), reversed(function.args.defaults), strict=False)
        )
        if name in defaults:
            yield defaults[name], Where(module)

    def _entries(self, node: ast.Subscript, where: Where) -> Iterator[tuple[ast.expr, Where]]:
        """An entry of a table that stands somewhere: every one of a dictionary, the one that is meant of a tuple."""
        for table, there in [(node.value, where), *self._followed(node.value, where)]:
            if isinstance(table, ast.Dict):
                yield from ((each, there) for each in table.values)
            elif isinstance(table, ast.Tuple) and isinstance(node.slice, ast.Constant):
                yield table.elts[int(str(node.slice.value))], there

    def _followed(self, node: ast.expr, where: Where, deep: int = 3) -> Iterator[tuple[ast.expr, Where]]:
        for value, there in self.values(node, where) if deep else ():
            yield value, there
            yield from self._followed(value, there, deep - 1)

    def _returned(self, name: str, where: Where) -> Iterator[tuple[ast.expr, Where]]:
        module, name = self._imported.get((where.module, name), (where.module, name))
        for function in self.trees[module].body if module in self.trees and module != _PARSERS else ():
            if isinstance(function, Function) and function.name == name:
                for node in ast.walk(function):
                    if isinstance(node, ast.Return) and node.value is not None:
                        yield node.value, Where(module, (function,))

    def _assigned(self, function: Function, use: ast.Name) -> list[ast.expr]:
        """What a name of a function can be where it is used: what it surely was last, and what it may be since."""
        found: list[ast.expr] = []
        around = set(self._blocks(use))
        for at, value in self._all_given(function).get(use.id, ()):
            if at.lineno < use.lineno:
                if isinstance(at, ast.Assign | ast.AnnAssign) and next(self._blocks(at)) in around:
                    found = []
                found.append(value)
        return found

    def _blocks(self, node: ast.AST) -> Iterator[tuple[ast.AST, str]]:
        """The blocks of statements that a node stands in, from the inside out."""
        while node in self._parents:
            parent = self._parents[node]
            for field in ("body", "orelse", "finalbody", "handlers", "cases"):
                block = getattr(parent, field, None)
                if isinstance(block, list) and node in block:
                    yield parent, field
            node = parent

    def _all_given(self, around: ast.Module | Function) -> dict[str, list[tuple[ast.stmt, ast.expr]]]:
        """What a function, or a module outside its functions, gives its names, in order."""
        if around not in self._given:
            self._given[around] = defaultdict(list)
            for node in ast.walk(around) if isinstance(around, Function) else around.body:
                for name, value in _assignments(node):
                    assert isinstance(node, ast.stmt)
                    self._given[around][name].append((node, value))
        return self._given[around]


def _assignments(node: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    """The names that a statement gives something, and what; a loop over a table gives what the table holds."""
    if isinstance(node, ast.Assign):
        for target in node.targets:
            yield from _matched(target, node.value)
    elif isinstance(node, ast.AnnAssign) and node.value is not None:
        yield from _matched(node.target, node.value)
    elif isinstance(node, ast.For) and isinstance(node.iter, ast.Tuple | ast.List):
        for each in node.iter.elts:
            yield from _matched(node.target, each)
    elif isinstance(node, ast.For) and isinstance(node.target, ast.Tuple) and last_name(node.iter) == "items":
        table = (
            node.iter.func.value
            if isinstance(node.iter, ast.Call) and isinstance(node.iter.func, ast.Attribute)
            else None
        )
        if table is not None:
            yield from _matched(node.target.elts[1], _entry(table, ""))


def _matched(target: ast.expr, value: ast.expr) -> Iterator[tuple[str, ast.expr]]:
    if isinstance(target, ast.Name):
        yield target.id, value
    elif isinstance(target, ast.Tuple):
        for at, each in enumerate(target.elts):
            yield from _matched(each, value.elts[at] if isinstance(value, ast.Tuple) else _entry(value, at))


def _entry(table: ast.expr, key: str | int) -> ast.expr:
    return ast.copy_location(ast.Subscript(table, ast.Constant(key)), table)


def last_name(node: ast.expr) -> str:
    """The last of the names in `a.b.c`, of a call what is called: `c`."""
    node = node.func if isinstance(node, ast.Call) else node
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def parameters(function: Function) -> list[str]:
    """The names of a function's parameters, in the order in which a call gives them."""
    return [each.arg for each in (*function.args.args, *function.args.kwonlyargs) if each.arg != "self"]


def given(call: ast.Call, names: list[str]) -> dict[str, ast.expr]:
    """What a call gives, by the names of the parameters."""
    return dict(zip(names, call.args, strict=False)) | {each.arg: each.value for each in call.keywords if each.arg}


def _part(node: ast.expr) -> str:
    if isinstance(node, ast.FormattedValue):
        return f"{{{ast.unparse(node.value)}}}"
    return str(node.value) if isinstance(node, ast.Constant) else ""


def _plain(template: str) -> str:
    """A template without conversions: `{name!r}` is `{name}`."""
    return re.sub(r"\{(\w+)[!:][^}]*\}", r"{\1}", template).replace("{{", "{").replace("}}", "}")


def trees_of_project(root: Path = ROOT) -> dict[str, ast.Module]:
    """Every module, by its path from the project's root."""
    return {
        path.relative_to(root).as_posix(): ast.parse(path.read_text("utf-8"))
        for package in PACKAGES
        for path in sorted((root / package).rglob("*.py"))
    }
