"""Every refusal that the code can make, told by its syntax trees: its code, exit status, sentences and hints.

What is looked for is each call of a class whose `__init__` takes `code` and `message`, of `say("code", …)` in the
command line, and of click's usage errors. Where a helper makes a refusal of its own parameters, as
`node.refuse(code, message, hint)` does, the calls of the helper are looked at instead. What passes on the code of
another refusal (`refusal.code`) is that refusal.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from itertools import product
from typing import NamedTuple

from followed import Call, Code, Function, Value, argument

_USAGE = {"UsageError", "BadParameter", "BadArgumentUsage", "BadOptionUsage", "ClickException"}
_USAGE_HINT = "`{command} --help`"
_SAID_STATUS = {"usage": 2, "interrupted": 130}
"""Exit statuses of what `say` tells; 1 for the others."""
_DEEPEST = 6
"""How many helpers, one inside another, are followed."""
_MOST = 4
"""Beyond so many sentences for a name within a sentence the name is left."""
_ELSEWHERE = "domain/refusals.py"


class Unseen(Exception):
    """A code that is built in a way that cannot be followed; its text names the place."""


class Refused(NamedTuple):
    """One way in which something is refused; `bare` where somebody who meets it may be told nothing to do.

    The code is empty where the refusal passes on another's.
    """

    code: str
    status: int
    messages: tuple[str, ...]
    hints: tuple[str, ...]
    clauses: tuple[str, ...]
    module: str
    line: int
    bare: bool

    @property
    def place(self) -> str:
        """Where it stands."""
        return f"{self.module}:{self.line}: {self.code}"


class Kind(NamedTuple):
    """What makes refusals: the parameters that it takes, and the exit status."""

    made_by: Function
    status: int


def refusals(code: Code | None = None) -> list[Refused]:
    """Every refusal of the project. Raises Unseen."""
    return list(dict.fromkeys(_Looking(code or Code()).all()))


class _Looking:
    def __init__(self, code: Code) -> None:
        self.code = code

    def all(self) -> Iterator[Refused]:
        for call in self.code.calls:
            if call.name in _USAGE and call.place.module.startswith("cli/"):
                yield self._usage(call)
            elif call.place.module != _ELSEWHERE:
                for kind in self._kinds(call):
                    yield from self._expanded(call, kind, ())

    def _usage(self, call: Call) -> Refused:
        messages = tuple(self._sentences(Value(call.node.args[0], call.place))) if call.node.args else ()
        return Refused("usage", 2, messages, (_USAGE_HINT,), (), call.place.module, call.node.lineno, bare=False)

    def _kinds(self, call: Call) -> Iterator[Kind]:
        """What a call makes refusals by; more than one where the class is chosen before, none where it makes none."""
        for called in self.code.follow(Value(call.node.func, call.place)):
            home = self.code.home(called.place.module, called.node)
            if home in self.code.classes and (made := self._made_by(home)):
                yield made
            elif home == ("cli/main.py", "say"):
                yield Kind(next(each for each in self.code.functions if each.name == "say"), 0)

    def _made_by(self, home: tuple[str, str]) -> Kind | None:
        """How a class makes refusals: with its own `__init__` or the one that it inherits."""
        made, status = None, None
        while home in self.code.classes:
            found = self.code.classes[home]
            own = next((each for each in found.body if isinstance(each, Function) and each.name == "__init__"), None)
            made = made or own
            status = status or _status(found)
            home = (found.bases and self.code.home(home[0], found.bases[0])) or ("", "")
        names = {each.arg for each in (*made.args.args, *made.args.kwonlyargs)} if made else set()
        if made is None or not {"code", "message"} <= names:
            return None
        return Kind(made, status or (1 if "unreadable" in names else 2))

    def _expanded(self, call: Call, kind: Kind, through: tuple[Call, ...]) -> Iterator[Refused]:
        """A refusal, or those of every caller where it is made of a caller's words."""
        asked = self._asked_of_callers(call, kind, through)
        if asked is None or len(through) == _DEEPEST:
            yield from self._here(call, kind, through)
            return
        for caller in self.code.callers(asked):
            yield from self._expanded(call, kind, (*through, caller))

    def _asked_of_callers(self, call: Call, kind: Kind, through: tuple[Call, ...]) -> Function | None:
        """The function whose callers give the code, the message, the hint, or a sentence within them."""
        for name in ("code", "message", "hint"):
            for value in self._values(call, kind, name, through):
                names = [node for node in ast.walk(value.node) if isinstance(node, ast.Name)] if name == "code" else []
                for node in (value.node, *names):
                    if asked := self._open(value._replace(node=node)):
                        return asked
                for inner in _inner(value).values():
                    for each in self.code.follow(inner):
                        asked = self._open(each)
                        if asked and isinstance(each.node, ast.Name) and self._get_sentences(asked, each.node.id):
                            return asked
        return None

    def _open(self, value: Value) -> Function | None:
        asked = self.code.is_parameter(value)
        return asked if asked and self.code.callers(asked) else None

    def _get_sentences(self, function: Function, name: str) -> bool:
        """Whether a caller gives a sentence for a parameter."""
        for caller in self.code.callers(function):
            node = argument(caller.node, function, name)
            if node is not None and any(_is_said(each) for each in self.code.follow(Value(node, caller.place))):
                return True
        return False

    def _values(self, call: Call, kind: Kind, name: str, through: tuple[Call, ...]) -> list[Value]:
        node = argument(call.node, kind.made_by, name)
        return [] if node is None else list(self.code.follow(Value(node, call.place, through)))

    def _here(self, call: Call, kind: Kind, through: tuple[Call, ...]) -> Iterator[Refused]:
        told = through[-1] if through else call
        messages = tuple(_once(self._sentences_of(self._values(call, kind, "message", through))))
        hints = self._values(call, kind, "hint", through)
        clauses = self._values(call, kind, "clause", through)
        for code in list(_once(self._codes(call, kind, through))) or [""]:
            yield Refused(
                code,
                self._status_of(call, kind, code),
                messages,
                tuple(_once(self._sentences_of(hints))),
                tuple(_once(text for each in clauses if (text := _text(each.node)))),
                told.place.module,
                told.node.lineno,
                bare=not hints or any(isinstance(each.node, ast.Constant) and not each.node.value for each in hints),
            )

    def _codes(self, call: Call, kind: Kind, through: tuple[Call, ...]) -> Iterator[str]:
        for value in self._values(call, kind, "code", through):
            if isinstance(value.node, ast.Attribute) and value.node.attr == "code":
                continue
            yield from self._texts(value, call)

    def _texts(self, value: Value, call: Call) -> Iterator[str]:
        """The texts that an expression can be. Raises Unseen."""
        node = value.node
        if isinstance(node, ast.JoinedStr):
            parts = [list(self._part(value._replace(node=part), call)) for part in node.values]
            yield from ("".join(each) for each in product(*parts))
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "replace":
            old, new = (str(_text(each)) for each in node.args)
            for each in self.code.follow(value._replace(node=node.func.value)):
                yield from (text.replace(old, new) for text in self._texts(each, call))
        elif text := _text(node):
            yield text
        else:
            raise Unseen(f"{call.place.module}:{call.node.lineno}: no code can be seen in {ast.unparse(node)}")

    def _part(self, part: Value, call: Call) -> Iterator[str]:
        node = part.node
        inner = part._replace(node=node.value) if isinstance(node, ast.FormattedValue) else part
        for each in self.code.follow(inner):
            yield from self._texts(each, call)

    def _status_of(self, call: Call, kind: Kind, code: str) -> int:
        if kind.status == 0:
            return _SAID_STATUS.get(code, 1)
        unreadable = argument(call.node, kind.made_by, "unreadable")
        return 2 if isinstance(unreadable, ast.Constant) and unreadable.value else kind.status

    def _sentences_of(self, values: Sequence[Value], within: tuple[ast.expr, ...] = ()) -> Iterator[str]:
        return (sentence for value in values for sentence in self._sentences(value, within))

    def _sentences(self, value: Value, within: tuple[ast.expr, ...] = ()) -> Iterator[str]:
        """The sentences that an expression can be, with the sentences that are put into them."""
        if not _is_said(value):
            yield from (each for each in [_text(value.node)] if each)
            return
        node = value.node
        assert isinstance(node, ast.Call)
        told = {}
        for name, inner in _inner(value).items():
            values = [each for each in self.code.follow(inner) if each.node not in (*within, node)]
            found = list(_once(self._sentences_of(values, (*within, node))))
            plain = not any(_is_said(each) for each in values)
            if 0 < len(found) <= (1 if plain else _MOST):
                told[name] = found
        for template in (_text(each) for each in node.args):
            if template:
                yield from _filled(template, told)


def _inner(value: Value) -> dict[str, Value]:
    """The values that are put into a sentence, by their names."""
    node = value.node
    if not isinstance(node, ast.Call) or not _is_said(value):
        return {}
    return {keyword.arg: value._replace(node=keyword.value) for keyword in node.keywords if keyword.arg}


def _filled(template: str, within: dict[str, list[str]]) -> Iterator[str]:
    plain = re.sub(r"\{(\w+)[!:][^}]*\}", r"{\1}", template)
    for chosen in product(*within.values()):
        told = dict(zip(within, chosen, strict=True))
        yield re.sub(r"\{(\w+)\}", lambda found, told=told: told.get(found[1], found[0]), plain)


def _is_said(value: Value) -> bool:
    node = value.node
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("said", "counted")


def _status(found: ast.ClassDef) -> int | None:
    for node in found.body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "status":
            return int(ast.unparse(node.value))
    return None


def _text(node: ast.expr) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def _once(texts: Iterator[str]) -> Iterator[str]:
    return iter(dict.fromkeys(texts))
