"""The project's syntax trees, in which a name can be followed to the expressions that it stands for.

Followed are assignments, loops over what stands there, both sides of an `if`, constants of other modules, what a
function returns, and a parameter to what each call gives for it. What cannot be followed stays as it is.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("domain", "projections", "ledger", "cli")
_DEEPEST = 12
"""How many names, one standing for another, are followed."""
_WORDING = ("domain/wording.py", "domain/parser_words.py")

Function = ast.FunctionDef


class Place(NamedTuple):
    """A module, and the class and functions around, from the outside in."""

    module: str
    owner: str | None = None
    around: tuple[Function, ...] = ()


class Call(NamedTuple):
    """A call, where it stands, and the function of the project that it calls, where that is known."""

    node: ast.Call
    place: Place
    target: Function | None = None

    @property
    def name(self) -> str:
        """The last name of what is called: `refuse` of `row.refuse`."""
        func = self.node.func
        return func.attr if isinstance(func, ast.Attribute) else func.id if isinstance(func, ast.Name) else ""


class Value(NamedTuple):
    """An expression, where it stands, and the calls through which one came there, the nearest first."""

    node: ast.expr
    place: Place
    through: tuple[Call, ...] = ()


class Code:
    """What the modules of some packages define and call."""

    def __init__(self, root: Path = ROOT) -> None:
        files = sorted(file for package in PACKAGES for file in (root / package).rglob("*.py"))
        self.trees = {file.relative_to(root).as_posix(): ast.parse(file.read_text("utf-8")) for file in files}
        self.calls: list[Call] = []
        self.functions: dict[Function, Place] = {}
        self._parents: dict[ast.AST, ast.AST] = {}
        self._named_calls: defaultdict[str, list[Call]] = defaultdict(list)
        self._public: dict[tuple[str, str], Function] = {}
        self._given_names: dict[Function, dict[str, list[Given]]] = {}
        self.classes: dict[tuple[str, str], ast.ClassDef] = {}
        self._constants: dict[tuple[str, str], ast.expr] = {}
        self._imported: dict[tuple[str, str], tuple[str, str]] = {}
        for module, tree in self.trees.items():
            self._read(tree, Place(module))
        for call in self.calls:
            self._named_calls[call.name].append(call)

    def _read(self, node: ast.AST, place: Place) -> None:
        for child in ast.iter_child_nodes(node):
            inside = place
            self._parents[child] = node
            if isinstance(child, Function):
                self.functions[child] = place
                if place.owner is None and not place.around:
                    self._public[place.module, child.name] = child
                inside = place._replace(around=(*place.around, child))
            elif isinstance(child, ast.ClassDef):
                self.classes[place.module, child.name] = child
                inside = place._replace(owner=child.name)
            elif isinstance(child, ast.Call):
                self.calls.append(Call(child, place))
            elif isinstance(child, ast.ImportFrom):
                self._import(child, place.module)
            elif isinstance(child, ast.Assign | ast.AnnAssign) and not place.around and child.value is not None:
                for name in child.targets if isinstance(child, ast.Assign) else [child.target]:
                    if isinstance(name, ast.Name):
                        self._constants[place.module, name.id] = child.value
            self._read(child, inside)

    def _import(self, node: ast.ImportFrom, module: str) -> None:
        for name in node.names:
            source = (node.module or "").replace(".", "/")
            self._imported[module, name.asname or name.name] = (f"{source}.py", name.name)

    def home(self, module: str, func: ast.expr) -> tuple[str, str] | None:
        """The module and name that a function or class comes from, as a module calls it: `f`, or `module.f`."""
        if isinstance(func, ast.Name):
            return self._imported.get((module, func.id), (module, func.id))
        if isinstance(func, ast.Attribute) and isinstance(func.value, ast.Name):
            source, name = self._imported.get((module, func.value.id), ("", ""))
            path = f"{source.removesuffix('.py')}/{name}.py"
            return (path, func.attr) if path in self.trees else None
        return None

    def callers(self, function: Function) -> list[Call]:
        """Every call of a function; of a method, every call of that name on something that is no module."""
        at = self.functions[function]
        method = at.owner is not None and not at.around
        found = []
        for call in self._named_calls[function.name]:
            if function.name.startswith("_") and call.place.module != at.module:
                continue
            home = self.home(call.place.module, call.node.func)
            attribute = isinstance(call.node.func, ast.Attribute)
            if (method and attribute and home is None) or (not method and home == (at.module, function.name)):
                found.append(call._replace(target=function))
        return found

    def follow(self, value: Value, deep: int = _DEEPEST) -> Iterator[Value]:
        """The expressions that an expression may stand for; itself where it cannot be followed."""
        node = value.node
        if isinstance(node, ast.IfExp):
            several = [value._replace(node=node.body), value._replace(node=node.orelse)]
        elif isinstance(node, ast.BoolOp):
            several = [value._replace(node=each) for each in node.values]
        elif isinstance(node, ast.Name):
            several = list(self._named(value, node.id))
        elif isinstance(node, ast.Subscript):
            several = list(self._entries(value, node))
        elif isinstance(node, ast.Call):
            several = list(self._returned(value, node))
        else:
            several = []
        if not several or not deep:
            yield value
        for each in several if deep else ():
            yield from self.follow(each, deep - 1)

    def _named(self, value: Value, name: str) -> Iterator[Value]:
        for inside, function in reversed(list(enumerate(value.place.around))):
            place = value.place._replace(around=value.place.around[: inside + 1])
            if found := self._assigned(function, name, value.node):
                yield from (value._replace(node=node, place=place) for node in found)
                return
            if name in _parameters(function):
                yield from self._given(value, function, name)
                return
        home = self._imported.get((value.place.module, name), (value.place.module, name))
        if home in self._constants:
            yield Value(self._constants[home], Place(home[0]))

    def _given(self, value: Value, function: Function, name: str) -> Iterator[Value]:
        if value.through and value.through[0].target is function:
            call, *further = value.through
            node = argument(call.node, function, name)
            if node is not None:
                yield Value(node, call.place, tuple(further))

    def _entries(self, value: Value, node: ast.Subscript) -> Iterator[Value]:
        for table in self.follow(value._replace(node=node.value)):
            if isinstance(table.node, ast.Dict):
                yield from (table._replace(node=each) for each in table.node.values)
            elif isinstance(table.node, ast.Tuple) and isinstance(node.slice, ast.Constant):
                yield table._replace(node=table.node.elts[int(str(node.slice.value))])

    def _returned(self, value: Value, node: ast.Call) -> Iterator[Value]:
        home = self.home(value.place.module, node.func)
        function = self._public.get(home) if home and home[0] not in _WORDING else None
        if function is not None:
            inside = self.functions[function]._replace(around=(function,))
            through = (Call(node, value.place, function), *value.through)
            for each in ast.walk(function):
                if isinstance(each, ast.Return) and each.value is not None:
                    yield Value(each.value, inside, through)

    def _assigned(self, function: Function, name: str, use: ast.expr) -> list[ast.expr]:
        """What a name may have been given where it is used: the last that surely was, and what may have been since."""
        if function not in self._given_names:
            self._given_names[function] = _all_given(function)
        found: list[ast.expr] = []
        around = set(self._blocks(use))
        for given in self._given_names[function].get(name, []):
            before = given.line <= use.lineno and (given.one_of_several or use not in ast.walk(given.at))
            if before:
                if not given.one_of_several and next(self._blocks(given.at)) in around:
                    found = []
                found.append(given.node)
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

    def is_parameter(self, value: Value) -> Function | None:
        """The function of which an expression is a parameter that no call was followed for."""
        if not isinstance(value.node, ast.Name):
            return None
        for function in reversed(value.place.around):
            if value.node.id in _parameters(function):
                return function
        return None


class Given(NamedTuple):
    """What a name is given, and by which statement; a loop gives one of several."""

    node: ast.expr
    at: ast.AST
    line: int
    one_of_several: bool


def _all_given(function: Function) -> dict[str, list[Given]]:
    """What a function gives names, in order: by assignments, and by loops over tuples that stand there."""
    found: defaultdict[str, list[Given]] = defaultdict(list)
    for node in sorted(ast.walk(function), key=lambda node: getattr(node, "lineno", 0)):
        if isinstance(node, ast.Assign):
            pairs = [(node.targets[0], node.value)]
        elif isinstance(node, ast.AnnAssign | ast.NamedExpr) and node.value is not None:
            pairs = [(node.target, node.value)]
        elif isinstance(node, ast.For) and isinstance(node.iter, ast.Tuple | ast.List):
            pairs = [(node.target, each) for each in node.iter.elts]
        else:
            continue
        for target, given in pairs:
            for name, part in _matched(target, given):
                found[name].append(Given(part, node, node.lineno, isinstance(node, ast.For)))
    return found


def _matched(target: ast.expr, given: ast.expr) -> Iterator[tuple[str, ast.expr]]:
    if isinstance(target, ast.Name):
        yield target.id, given
    elif isinstance(target, ast.Tuple) and isinstance(given, ast.Tuple):
        for one, other in zip(target.elts, given.elts, strict=False):
            yield from _matched(one, other)
    elif isinstance(target, ast.Tuple):
        for at, one in enumerate(target.elts):
            yield from _matched(one, ast.copy_location(ast.Subscript(given, ast.Constant(at)), given))


def _parameters(function: Function) -> list[str]:
    arguments = function.args
    return [each.arg for each in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)]


def argument(call: ast.Call, function: Function, name: str) -> ast.expr | None:
    """What a call gives a parameter of a function: the argument, or the parameter's default."""
    for keyword in call.keywords:
        if keyword.arg == name:
            return keyword.value
    arguments = function.args
    names = [each.arg for each in (*arguments.posonlyargs, *arguments.args)]
    names = names[1:] if names[:1] == ["self"] else names
    if name in names and names.index(name) < len(call.args):
        return call.args[names.index(name)]
    return _default(arguments, name)


def _default(arguments: ast.arguments, name: str) -> ast.expr | None:
    positional = [*arguments.posonlyargs, *arguments.args]
    defaults = dict(zip([each.arg for each in reversed(positional)], reversed(arguments.defaults), strict=False))
    keywords = {each.arg: given for each, given in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)}
    return {**keywords, **defaults}.get(name)
