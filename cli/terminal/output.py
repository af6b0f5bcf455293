"""Answers as tables for people, JSON, JSON Lines or CSV for programs."""

from __future__ import annotations

import csv
import os
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

import click
import msgspec

from cli.terminal.language import here
from cli.terminal.widths import cells, folded, padded
from domain.text import Said, said

_Command = TypeVar("_Command", bound=Callable[..., Any])
FORMATS = ("table", "json", "jsonl", "csv")
WIDTH = 80
_FORMAT_HELP = "Default: table on a terminal, json when piped."

Json = dict[str, Any]


def format_params() -> list[click.Parameter]:
    """`--format`, for a command that is made."""
    return [click.Option(["--format", "format_"], type=click.Choice(FORMATS), help=_FORMAT_HELP)]


def format_option(command: _Command) -> _Command:
    """`--format` for a command written as a function."""
    return click.option("--format", "format_", type=click.Choice(FORMATS), help=_FORMAT_HELP)(command)


def chosen(format_: str | None) -> str:
    """The format that holds where none was asked for."""
    return format_ or ("table" if sys.stdout.isatty() else "json")


def emit(answer: Json | list[Json], format_: str | None, table: Callable[[], None]) -> None:
    """Print an answer in a format; `table` prints it for people."""
    match chosen(format_):
        case "table":
            table()
        case "json":
            print(to_json(answer))
        case "jsonl":
            for item in answer if isinstance(answer, list) else [answer]:
                print(to_json(item))
        case _:
            _write_csv(answer if isinstance(answer, list) else [answer])


def to_json(answer: object) -> str:
    """An answer as one line of JSON."""
    return msgspec.json.encode(answer, enc_hook=_english).decode()


def _english(value: object) -> str:
    """A sentence as programs get it."""
    if isinstance(value, Said):
        return str(value)
    raise NotImplementedError(f"no JSON of {type(value).__name__}")


def _write_csv(rows: Sequence[Json]) -> None:
    flat = [dict(_flattened(row)) for row in rows]
    columns = list(dict.fromkeys(name for row in flat for name in row))
    writer = csv.DictWriter(sys.stdout, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(flat)


def _flattened(row: Mapping[str, Any], prefix: str = "") -> Iterable[tuple[str, str]]:
    for name, value in row.items():
        if isinstance(value, dict):
            yield from _flattened(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", plain(value)


def plain(value: object) -> str:
    """A value of an answer as text: nothing for None, lists and numbers as in JSON."""
    if value is None:
        return ""
    return value if isinstance(value, str) else to_json(value)


def print_table(
    columns: Sequence[str], rows: Iterable[Sequence[object]], *, right: Iterable[str] = (), title: str | None = None
) -> None:
    """Rows under columns within 80 characters; the columns in `right` are set to the right."""
    from rich import box
    from rich.table import Table

    table = Table(
        box=box.SIMPLE_HEAD, title=title and here(title), title_justify="left", pad_edge=False, show_edge=False
    )
    table_rows = [[here(plain(value)) for value in row] for row in rows]
    if not table_rows:
        put(said("none"))
        return
    aligned = set(right)
    for column in columns:
        number = column in aligned
        table.add_column(here(column), justify="right" if number else "left", overflow="fold", no_wrap=number)
    for row in table_rows:
        table.add_row(*row)
    console().print(table)


def console() -> Any:
    """The terminal, or 80 plain columns where there is none."""
    from rich.console import Console

    if sys.stdout.isatty():
        return Console(highlight=False, markup=False, emoji=False)
    return Console(highlight=False, markup=False, emoji=False, width=_columns(), no_color=True)


def short(instant: str) -> str:
    """An instant for a table: date and time of its zone, which stands elsewhere, with the fraction that there is."""
    return instant[:-6].replace("T", " ")


def wrapped(text: str, width: int) -> list[str]:
    """A text in the reader's language in lines of so many columns, of which a Chinese character takes two."""
    return folded(here(text), width) if text else []


def put(text: str = "", *, width: int | None = None) -> None:
    """A text for the person, in their language; within a width where one is given."""
    print(here(text) if width is None else "\n".join(wrapped(text, width)))


def _columns() -> int:
    text = os.environ.get("COLUMNS", "")
    return int(text) if text.isdecimal() and int(text) > 0 else WIDTH


def print_pairs(pairs: Iterable[tuple[str, object]]) -> None:
    """Labels and values, one a line; what is None is left out."""
    shown = [(here(label), here(plain(value))) for label, value in pairs if value is not None]
    width = max((cells(label) for label, _ in shown), default=0)
    for label, value in shown:
        print(f"{padded(label, width)}  {value}")


def warn(message: str) -> None:
    """A word to the person, beside the answer."""
    print("slaledger: " + here(said("note: {message}", message=message)), file=sys.stderr)
