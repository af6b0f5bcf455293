"""The fields of a command as a table and a template have them, found from its struct."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from msgspec import inspect

from domain.commands import BY_WORDS


class FieldColumn(NamedTuple):
    """A field that a column may name: its path within the command, the type of its cells, and whether it is required.

    `is_in_list` says that the field is in the one entry of a list that a row can give.
    """

    path: tuple[str, ...]
    kind: inspect.Type
    required: bool
    is_in_list: bool

    @property
    def name(self) -> str:
        """The column's name: a field of a field is written with a dot."""
        return ".".join(self.path)


def fields_of(words: str) -> list[inspect.Field]:
    """The fields of a command: those that are arguments on the command line first, the key last."""
    kind = BY_WORDS[words]
    told = inspect.type_info(kind)
    fields = told.fields if isinstance(told, inspect.StructType) else ()
    order = {name: place for place, name in enumerate(kind.ARGUMENTS)}
    return sorted(fields, key=lambda field: (field.name == "key", order.get(field.name, len(order))))


def columns(words: str) -> Iterator[FieldColumn]:
    """The columns of a command's table."""
    for field in fields_of(words):
        kind, is_list = plain_type(field.type), False
        if isinstance(kind, inspect.VarTupleType) and isinstance(kind.item_type, inspect.StructType):
            kind, is_list = kind.item_type, True
        if isinstance(kind, inspect.StructType):
            for inner in kind.fields:
                path = field.encode_name, inner.encode_name
                yield FieldColumn(path, plain_type(inner.type), required=False, is_in_list=is_list)
        else:
            yield FieldColumn((field.encode_name,), kind, required=field.required, is_in_list=False)


def plain_type(kind: inspect.Type) -> inspect.Type:
    """A type without the None that it may be."""
    if not isinstance(kind, inspect.UnionType):
        return kind
    return next(each for each in kind.types if not isinstance(each, inspect.NoneType))
