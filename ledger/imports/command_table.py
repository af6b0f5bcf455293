"""Rows of a plain table as lines of a batch: a CSV file whose header names the fields of one command.

Each row becomes the line of JSON that a batch file would have, at the number of its own first line: so refusals name
the line of the table, and an interrupted run goes on where it was. Empty cells are left out. A field of a field is
written with a dot (`voucher_offset.service`), a list with semicolons. Where a person allows it, columns that are no
field of the command are left out: one list of outages has their starts for one command and their ends for another.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import msgspec
from msgspec import inspect

from domain.refusals import Refusal
from domain.text import said
from ledger.commands.fields import FieldColumn, columns
from ledger.imports.csv_rows import CsvRow, decoded, rows
from ledger.imports.statements import Faults
from ledger.refusals.imports.table import EmptyTable, UnknownColumn

_WHOLE = re.compile(r"[+-]?[0-9]{1,9}")
_BOOLEANS = {"true": True, "false": False}


def command_lines(lines: Iterable[bytes], file: str, words: str, left_out: list[str] | None = None) -> Iterator[bytes]:
    """The batch lines of a table of one command, blank ones where its rows do not begin.

    With `left_out`, a column that is no field of the command is added to it, and is no fault.

    Raises Unreadable, or ManyFaults with all that is wrong with the table itself, at the end: nothing is to be carried
    out before. What is wrong with a command is for the batch to say.
    """
    known = {column.name: column for column in columns(words)}
    faults, broken = Faults(), list[Refusal]()
    number = 1
    with faults.gathering():
        for row in rows(decoded(lines, file), file, (), said("give a table with a header"), broken.append):
            if number == 1:
                unknown = [name for name in row.cells if name not in known]
                if left_out is None:
                    _refuse_columns(unknown, row.file, words, known, faults)
                else:
                    left_out += unknown
            data = msgspec.json.encode({"command": words, **_fields(row, known)})
            yield b"\n" * (row.line - number) + data + b"\n"
            number = row.line + 1
        if number == 1 and not broken:
            raise EmptyTable(place=file)
    for refusal in broken:
        faults.add(refusal)
    faults.check()


def _refuse_columns(
    unknown: Iterable[str], file: str, words: str, known: dict[str, FieldColumn], faults: Faults
) -> None:
    for name in unknown:
        faults.add(UnknownColumn(place=f"{file}:1", column=name, command=words, known=", ".join(known)))


def _fields(row: CsvRow, known: dict[str, FieldColumn]) -> dict[str, object]:
    """The fields that a row gives, as a batch line has them."""
    found: dict[str, object] = {}
    parts: dict[str, dict[str, object]] = {}
    for name, text in row.cells.items():
        column = known.get(name)
        if column is None or not text:
            continue
        value = _value(text.replace("\r\n", "\n"), column.kind)
        first, *rest = column.path
        if not rest:
            found[first] = value
            continue
        part = parts.setdefault(first, {})
        part[rest[0]] = value
        found[first] = [part] if column.is_in_list else part
    return found


def _value(text: str, kind: inspect.Type) -> object:
    """A cell as its field's type; what is not of that type stays a text, which the command refuses."""
    if isinstance(kind, inspect.VarTupleType):
        return [part.strip() for part in text.split(";")]
    if isinstance(kind, inspect.BoolType):
        return _BOOLEANS.get(text.lower(), text)
    if isinstance(kind, inspect.IntType) and _WHOLE.fullmatch(text):
        return int(text)
    return text
