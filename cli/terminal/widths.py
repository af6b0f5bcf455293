"""Texts in a terminal: without what would steer it, and in its columns, of which a Chinese character takes two."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

_PIECE = r"[^\s⺀-￯]+[^\S\n]*|[⺀-￯][^\S\n]*|[^\S\n]+"
"""A word, or a Chinese character, with the blanks after it. It is compiled on first use, because that takes long."""
_STEERING = (
    r"\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u180e\u200b-\u200f\u2028-\u202e"
    r"\u2060-\u206f\ufeff\ufff9-\ufffb\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3"
    r"\U0001d173-\U0001d17a\U000e0001\U000e0020-\U000e007f"
)
"""What Unicode calls control and format characters, line and paragraph separators; tab and newline are none of them."""
_NO_START = "，。；：？！、）》」』】〕％”’"
_NO_END = "（《「『【〔“‘"


def harmless(text: str) -> str:
    """A text that cannot steer a terminal or hide a part of itself.

    Control characters but tab and newline, and those that turn the direction of writing or are not seen, are U+FFFD.
    """
    return text if text.isprintable() or text == "\n" else re.sub(f"[{_STEERING}]", "\ufffd", text)


def escaped(text: str) -> str:
    """A text of JSON with the same meaning, in which such characters are written as escapes."""
    return text if text.isprintable() else re.sub(f"[{_STEERING}]", _escape, text)


def _escape(found: re.Match[str]) -> str:
    units = found[0].encode("utf-16-be").hex()
    return "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4))


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
