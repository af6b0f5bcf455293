"""What commands name as the terms do: the clause of an exclusion, and the function that was unavailable."""

from __future__ import annotations

import re

from domain.refusals.values import BadClause, BadFunction

_CLAUSE = re.compile(r"[A-Za-z0-9][A-Za-z0-9.()-]{0,39}")
_FUNCTION = re.compile(r"[a-z][a-z0-9_]{0,39}")


class Clause(str):
    """An exclusion's cause by its clause, such as `2.3(1)`; which there are the terms say."""

    __slots__ = ()

    @classmethod
    def parse(cls, text: str) -> Clause:
        """Raises BadValue `unknown_clause`."""
        if _CLAUSE.fullmatch(text) is None:
            raise BadClause(text=text[:80])
        return cls(text)


class FunctionName(str):
    """What was unavailable; which functions there are the terms say."""

    __slots__ = ()

    @classmethod
    def parse(cls, text: str) -> FunctionName:
        """Raises BadValue `unknown_function`."""
        if _FUNCTION.fullmatch(text) is None:
            raise BadFunction(text=text[:80])
        return cls(text)


EXCLUSION_CLAUSES = tuple(f"2.3({number})" for number in range(1, 12))
"""The causes of the reference agreement."""
