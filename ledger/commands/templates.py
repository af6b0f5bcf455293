"""Empty batch lines and tables to be filled in: every field of a command, and where a value must be given.

A required field holds a placeholder. A batch refuses every line in which one is left, so that none is ever recorded as
a value. The other fields hold what they are when they are left out.
"""

from __future__ import annotations

import csv
import io

import msgspec
from msgspec import inspect

from domain.money import Fen
from domain.time import Instant, MonthText, Seconds
from domain.values import ActorName, Clause, FunctionName, Id, Limit, PublicKey, VoucherId
from ledger.commands.fields import columns, fields_of, plain_type
from ledger.commands.placeholder import BEGINS

_KINDS: dict[type, str] = {
    Instant: "TIME",
    MonthText: "YYYY-MM",
    Fen: "AMOUNT",
    Limit: "AMOUNT|none",
    Seconds: "SECONDS",
    Id: "ID",
    VoucherId: "ID",
    FunctionName: "FUNCTION",
    Clause: "CLAUSE",
    ActorName: "ACTOR",
    PublicKey: "PUBLIC KEY",
}


def template_line(words: str) -> str:
    """An empty batch line of a command, as one line of JSON."""
    fields = {field.encode_name: _value(field) for field in fields_of(words)}
    return msgspec.json.encode({"command": words, **fields}).decode()


def template_table(words: str) -> str:
    """An empty table of a command as CSV: its header, and a row with a placeholder in each required column."""
    cells = {each.name: _placeholder(each.kind) if each.required else "" for each in columns(words)}
    table = io.StringIO()
    csv.writer(table, lineterminator="\n").writerows([cells.keys(), cells.values()])
    return table.getvalue()


def _value(field: inspect.Field) -> object:
    if field.required:
        return _placeholder(field.type)
    kind = plain_type(field.type)
    if isinstance(kind, inspect.StructType):
        return dict.fromkeys(inner.encode_name for inner in kind.fields)
    return field.default


def _placeholder(kind: inspect.Type) -> str:
    return f"{BEGINS}{_told(kind)}>"


def _told(kind: inspect.Type) -> str:
    match kind:
        case inspect.LiteralType():
            return "|".join(map(str, kind.values))
        case inspect.IntType():
            return "N"
        case inspect.CustomType():
            return _KINDS.get(kind.cls, "TEXT")
        case _:
            return "TEXT"
