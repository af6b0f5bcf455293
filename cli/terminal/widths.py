"""Texts in a terminal: without what would steer it, and in its columns, of which a Chinese character takes two."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

_PIECE = r"[^\s⺀-￯]+[^\S\n]*|[⺀-￯][^\S\n]*|[^\S\n]+"
"""A word, or a Chinese character, with the blanks after it. It is compiled on first use, because that takes long."""
_TURNS = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
"""Characters that turn the direction of writing."""
_NO_START = "，。；：？！、）》」』】〕％”’"
_NO_END = "（《「『【〔“‘"


def harmless(text: str) -> str:
    """A text that cannot steer a terminal: each control character but tab and newline is shown as U+FFFD."""
    if text.isprintable():
        return text
    return "".join("\ufffd" if _steers(character) else character for character in text)


def _steers(character: str) -> bool:
    return character in _TURNS or (unicodedata.category(character) == "Cc" and character not in "\t\n")


def one_line(text: str) -> str:
    """A harmless text on one line."""
    return harmless(text.rstrip().replace("\n", " "))


def cells(text: str) -> int:
    """The number of columns of a text."""
    return len(text) if text.isascii() else sum(_cells(character) for character in text)


def _cells(character: str) -> int:
    return 2 if unicodedata.east_asian_width(character) in "WF" else 0 if unicodedata.combining(character) else 1


def padded(text: str, width: int) -> str:
    """A text padded with blanks on its right."""
    return text + " " * (width - cells(text))


def folded(text: str, width: int) -> list[str]:
    """A text in lines of a width, broken at blanks and between Chinese characters."""
    return [line for paragraph in text.split("\n") for line in _lines(paragraph, width)]


def _lines(text: str, width: int) -> Iterator[str]:
    line = ""
    for piece in _pieces(text, width):
        if line and cells(line) + cells(piece.rstrip()) > width:
            yield line.rstrip()
            line = ""
        line += piece
    yield line.rstrip()


def _pieces(text: str, width: int) -> Iterator[str]:
    """The unbreakable pieces of a text: punctuation stays with its character."""
    held = ""
    for piece in re.findall(_PIECE, text):
        if held and piece[0] not in _NO_START and held.rstrip()[-1:] not in _NO_END:
            yield from _short(held, width)
            held = ""
        held += piece
    yield from _short(held, width)


def _short(piece: str, width: int) -> Iterator[str]:
    while cells(piece.rstrip()) > width:
        end = len(piece)
        while cells(piece[:end]) > width:
            end -= 1
        yield piece[:end]
        piece = piece[end:]
    yield piece
