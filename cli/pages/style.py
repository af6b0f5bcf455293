"""The style that depends on a page: the headings of its tables where rows are cards, and the margins on paper."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from cli.pages.rendering import tongue
from cli.terminal.language import language
from domain.text import Said, said

NUMBER, SHORT, LONG = "r", "t", "data"
"""The classes of columns: numbers stand to the right, short texts stay on a line, long ones break anywhere."""


class PageColumn(NamedTuple):
    """A column of a table: its heading, and the class of its cells."""

    heading: Said
    cells: str = ""


Tables = Mapping[str, Sequence[PageColumn]]
"""The columns of a page's tables by the tables' names; a table's `id` is `t-` and its name."""


def cards(tables: Tables) -> str:
    """The rules that put each column's heading before its cell, on screens where a row is a card."""
    rules = [
        f"#t-{name} td:nth-child({number})::before{{content:{_quoted(tongue(column.heading, language()))}}}"
        for name, columns in tables.items()
        for number, column in enumerate(columns, start=1)
    ]
    return f"@media screen and (max-width:45rem){{{''.join(rules)}}}" if rules else ""


def paper(ledger: str | None, about: str, position: int | None) -> str:
    """The rules for the margins of printed pages: the ledger, what the page is about, the position, the page number."""
    left = said("Ledger {ledger} · {about}", ledger=ledger or "-", about=about)
    if position is not None:
        left = said("{left} · position {position}", left=left, position=position)
    number = 'counter(page) " / " counter(pages)'
    return f"@page{{@bottom-left{{content:{_quoted(tongue(left, language()))}}}@bottom-right{{content:{number}}}}}"


def _quoted(text: str) -> str:
    """A text as a CSS string; characters that could end it, or a style element, are escaped."""
    return '"' + "".join(map(_escaped, text)) + '"'


def _escaped(character: str) -> str:
    return character if character.isalnum() or character in " .,:;()-_/·" else f"\\{ord(character):x} "
