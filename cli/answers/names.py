"""The names of accounts beside their ids, in lists."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol, TypeVar

import msgspec


class Holds(Protocol):
    """A row of an account; `name` is left out where the account has none."""

    @property
    def account(self) -> str: ...

    @property
    def name(self) -> str | msgspec.UnsetType: ...


_Row = TypeVar("_Row", bound=msgspec.Struct)


def named(rows: Iterable[_Row], names: Mapping[str, str]) -> list[_Row]:
    """Rows of accounts, each with the account's name, where it has one."""
    return [_named(row, names) for row in rows]


def _named(row: _Row, names: Mapping[str, str]) -> _Row:
    name = names.get(getattr(row, "account", ""))
    return row if name is None else msgspec.structs.replace(row, name=name)


def holder(row: Holds) -> str:
    """An account for people: its id, and its name where it has one."""
    return row.account if isinstance(row.name, msgspec.UnsetType) else f"{row.account} {row.name}"
