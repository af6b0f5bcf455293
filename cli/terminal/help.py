"""Help pages in the reader's language. The texts of commands and options are translated only here."""

from __future__ import annotations

import inspect
from collections.abc import Iterable
from gettext import gettext

import click

from cli.terminal.language import language, translated
from cli.terminal.widths import cells, folded, padded

AS_IT_IS = "\b"
"""The line before a paragraph that keeps its lines."""
EXAMPLE = "Example:"
_OF_HELP = "Show this message and exit."
"""The text of the help option, which a command creates once, in the language set then."""
_MOST = 30
_GAP = 2


def paragraphs(text: str) -> list[str]:
    """The paragraphs of a help text as in the catalogue: each on one line; of an example only the title."""
    found = [_paragraph(part) for part in inspect.cleandoc(text).split("\n\n")]
    return [part for part in found if part]


def _paragraph(text: str) -> str:
    first, _, rest = text.partition("\n")
    if first != AS_IT_IS:
        return " ".join(text.split())
    return EXAMPLE if rest.startswith(EXAMPLE) else ""


class Formatter(click.HelpFormatter):
    """Help pages: in English as the library formats them; in Chinese translated, and formatted for wide characters."""

    def write_heading(self, heading: str) -> None:
        """Write a heading, with the colon of the language after it."""
        self.write(f"{'':>{self.current_indent}}{heading}{':' if language() == 'en' else '：'}\n")

    def write_text(self, text: str) -> None:
        """Write paragraphs, each translated by itself."""
        if language() == "en":
            super().write_text(text)
            return
        parts = [self._lines(part) for part in text.split("\n\n")]
        self.write("\n\n".join(parts) + "\n")

    def _lines(self, text: str) -> str:
        indent = " " * self.current_indent
        first, _, rest = text.partition("\n")
        lines = rest.split("\n") if first == AS_IT_IS else folded(_translated(text), self.width - self.current_indent)
        shown = [_translated(line) if line == EXAMPLE else line for line in lines]
        return "\n".join(f"{indent}{line}".rstrip() for line in shown)

    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = _MOST, col_spacing: int = _GAP) -> None:
        """Write names and their meanings."""
        rows = [(name, gettext(_OF_HELP) if name.endswith("--help") else text) for name, text in rows]
        if language() == "en":
            super().write_dl(rows, col_max, col_spacing)
            return
        first = min(max((cells(name) for name, _ in rows), default=0), col_max) + col_spacing
        for name, text in rows:
            self._write_row(name, folded(_described(text), self.width - first - self.current_indent), first)

    def _write_row(self, name: str, lines: list[str], first: int) -> None:
        indent = " " * self.current_indent
        if cells(name) > first - _GAP:
            self.write(f"{indent}{name}\n")
            name = ""
        for line in lines:
            self.write(f"{indent}{padded(name, first)}{line}".rstrip() + "\n")
            name = ""


def _translated(text: str) -> str:
    return translated(" ".join(text.split()), language())


def _described(text: str) -> str:
    """An option's help, followed by the library's own text in brackets."""
    help_text, bracket, added = text.partition("  [")
    return _translated(help_text) + (f"  [{added}" if bracket else "") if help_text.strip() else text
