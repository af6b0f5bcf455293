"""Answers as tables for people, JSON, JSON Lines or CSV for programs."""

from __future__ import annotations

import csv
import os
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import chain, islice
from typing import Any, Literal, TypeVar

import click
import msgspec

from cli.terminal.language import localized
from cli.terminal.streams import plain as plain_stream
from cli.terminal.values import as_json, as_text
from cli.terminal.widths import cells, escaped, folded, harmless, one_line, padded
from domain.text import said

_Command = TypeVar("_Command", bound=Callable[..., Any])
_Each = TypeVar("_Each", bound=msgspec.Struct)
FORMATS = ("table", "json", "jsonl", "csv")
WIDTH = 80
_FORMAT_HELP = "Default: SLALEDGER_FORMAT, else table on a terminal, otherwise json."
FORMAT_VARIABLE = "SLALEDGER_FORMAT"
"""The environment variable for the format where `--format` is not given."""

Answer = msgspec.Struct
"""An answer: a struct of values, whose fields are the keys of its JSON in their order."""


def format_params() -> list[click.Parameter]:
    """`--format`, for a generated command."""
    kind = click.Choice(FORMATS)
    return [click.Option(["--format", "format_"], envvar=FORMAT_VARIABLE, type=kind, help=_FORMAT_HELP)]


def format_option(command: _Command) -> _Command:
    """`--format` for a command written as a function."""
    kind = click.Choice(FORMATS)
    return click.option("--format", "format_", envvar=FORMAT_VARIABLE, type=kind, help=_FORMAT_HELP)(command)


def chosen(format_: str | None) -> str:
    """The format to use; the default where none was given."""
    return format_ or ("table" if sys.stdout.isatty() else "json")


def emit(answer: Answer | Sequence[Answer], format_: str | None, table: Callable[[], None]) -> None:
    """Print an answer in a format; `table` prints it for people."""
    match chosen(format_):
        case "table":
            table()
        case "json":
            print(to_json(answer))
        case "jsonl":
            for item in _items(answer):
                print(to_json(item))
        case _:
            _write_csv(_items(answer))


def emit_each(answers: Iterable[_Each], format_: str | None, table: Callable[[Iterable[_Each]], None]) -> None:
    """Print answers of one kind as they are made; only the table for people needs all of them at once.

    Nothing is printed where the first one is refused.
    """
    following = iter(answers)
    answers = chain(list(islice(following, 1)), following)
    match chosen(format_):
        case "table":
            table(answers)
        case "json":
            print("[", end="")
            for number, answer in enumerate(answers):
                print("," if number else "", to_json(answer), sep="", end="")
            print("]")
        case "jsonl":
            for answer in answers:
                print(to_json(answer))
        case _:
            _write_csv_of_one_kind(answers)


def _write_csv_of_one_kind(answers: Iterable[Answer]) -> None:
    """CSV whose columns are those of the first row: answers of one kind have the same."""
    rows = (dict(_flattened(fields_of(answer))) for answer in answers)
    first = next(rows, {})
    writer = csv.DictWriter(sys.stdout, list(first), lineterminator="\n")
    writer.writeheader()
    writer.writerows(chain([first] if first else [], rows))


def _items(answer: Answer | Sequence[Answer]) -> Sequence[Answer]:
    return answer if isinstance(answer, Sequence) else [answer]


def to_json(answer: object) -> str:
    """An answer as one line of JSON."""
    return escaped(msgspec.json.encode(answer, enc_hook=as_json).decode())


def _write_csv(rows: Sequence[Answer]) -> None:
    flat = [dict(_flattened(fields_of(row))) for row in rows]
    columns = list(dict.fromkeys(name for row in flat for name in row))
    writer = csv.DictWriter(sys.stdout, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(flat)


def _flattened(fields: Iterable[tuple[object, object]], prefix: str = "") -> Iterable[tuple[str, str]]:
    for name, value in fields:
        if isinstance(value, msgspec.Struct):
            yield from _flattened(fields_of(value), f"{prefix}{name}.")
        elif isinstance(value, Mapping):
            yield from _flattened(value.items(), f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", plain(value)


def fields_of(answer: Answer) -> Iterable[tuple[str, object]]:
    """The fields of an answer by their JSON keys, without those that the JSON leaves out."""
    names = zip(answer.__struct_fields__, answer.__struct_encode_fields__, strict=True)
    pairs = ((key, getattr(answer, name)) for name, key in names)
    return [(key, value) for key, value in pairs if value is not msgspec.UNSET]


def plain(value: object) -> str:
    """A value of an answer as text: nothing for None, lists and numbers as in JSON."""
    if value is None:
        return ""
    text = as_text(value)
    return to_json(value) if text is None else text


def print_table(
    columns: Sequence[str],
    rows: Iterable[Sequence[object]],
    *,
    right: Iterable[str] = (),
    whole: Iterable[str] = (),
    title: str | None = None,
) -> None:
    """Print rows under columns within 80 characters: `right` are right-aligned; these and `whole` are not broken."""
    from rich import box
    from rich.table import Table

    table = Table(
        box=box.SIMPLE_HEAD,
        title=title and localized(title),
        title_justify="left",
        padding=(0, 1),
        pad_edge=False,
        show_edge=False,
    )
    table_rows = [[harmless(localized(plain(value))) for value in row] for row in rows]
    if not table_rows:
        print_text(said("none"))
        return
    aligned, unbroken = set(right), {*right, *whole}
    for column in columns:
        justify: Literal["left", "right"] = "right" if column in aligned else "left"
        table.add_column(localized(column), justify=justify, overflow="fold", no_wrap=column in unbroken)
    for row in table_rows:
        table.add_row(*row)
    console().print(table)


def console() -> Any:
    """The terminal, or 80 plain columns where there is none. What it prints there is made harmless before."""
    from rich.console import Console

    if sys.stdout.isatty():
        return Console(file=plain_stream(sys.stdout), highlight=False, markup=False, emoji=False)
    return Console(highlight=False, markup=False, emoji=False, width=_columns(), no_color=True)


def wrapped(text: str, width: int) -> list[str]:
    """A text in the reader's language, wrapped to a width in columns; a Chinese character takes two."""
    return folded(harmless(localized(text)), width) if text else []


def print_text(text: str = "", *, width: int | None = None) -> None:
    """Print a text in the reader's language, wrapped where a width is given."""
    print(harmless(localized(text)) if width is None else "\n".join(wrapped(text, width)))


def _columns() -> int:
    text = os.environ.get("COLUMNS", "")
    return int(text) if text.isdecimal() and int(text) > 0 else WIDTH


def print_pairs(pairs: Iterable[tuple[str, object]]) -> None:
    """Print labels and values, one per line, without those that are None."""
    shown = [(localized(label), localized(plain(value))) for label, value in pairs if value is not None]
    width = max((cells(label) for label, _ in shown), default=0)
    for label, value in shown:
        print(f"{padded(label, width)}  {value}")


def warn(message: str) -> None:
    """Print a warning apart from the answer."""
    print(one_line("slaledger: " + localized(said("note: {message}", message=message))), file=sys.stderr)
