"""JSON texts of a file: one, one a line or several, each read whole and checked."""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from ledger.imports.source import LARGEST, Node, Number
from ledger.refusals.imports.json import BadJson, JsonHalfCharacter, JsonKeyTwice, JsonTooDeep
from ledger.refusals.imports.shared import EmptyFile, FileNotUtf8, FileTooLarge

_HALF_CHARACTER = re.compile(r"\\u[dD][89a-fA-F]")
Document = TypeVar("Document")


def whole(lines: Iterable[bytes], file: str, most: int | None = None) -> bytes:
    """The file as one piece. Raises Unreadable `too_large` as soon as it is longer than `most` bytes, or `LARGEST`."""
    most = LARGEST if most is None else most
    pieces: list[bytes] = []
    length = 0
    for line in lines:
        length += len(line)
        if length > most:
            raise FileTooLarge(place=file, most=most)
        pieces.append(line)
    return b"".join(pieces)


def documents(lines: Iterable[bytes], file: str) -> Iterator[Node]:
    """The JSON documents of a file: one of any number of lines, or one a line (JSON Lines; blank lines are nothing).

    Raises Unreadable `empty_file`, `too_large`, and what `parse_json` raises.
    """
    return parsed_documents(lines, file, parse_json)


def parsed_documents(
    lines: Iterable[bytes], file: str, parse: Callable[[bytes, str, int | None], Document]
) -> Iterator[Document]:
    """The documents of a file as `parse` makes them of their bytes, the file and, where there may be several, the line.

    `parse` raises BadJson for a line that is no document. Raises Unreadable `empty_file`, `too_large`.
    """
    numbered = ((number, line) for number, line in enumerate(lines, 1) if line.strip(_BLANK))
    number, first = next(numbered, (0, b""))
    if not number:
        raise EmptyFile(place=file)
    try:
        only = parse(first, file, number)
    except BadJson as broken:
        second = next(numbered, None)
        if second is None:
            raise broken from None
        yield parse(whole(_padded(number, first, second, numbered), file), file, None)
        return
    yield only
    for number, line in numbered:
        yield parse(line, file, number)


_BOM = b"\xef\xbb\xbf"
_BLANK = b" \t\r\n" + _BOM


def _padded(number: int, first: bytes, second: tuple[int, bytes], rest: Iterator[tuple[int, bytes]]) -> Iterator[bytes]:
    """The lines again, blank ones where blank ones were, so that a place in them is the place in the file."""
    yield b"\n" * (number - 1) + first
    for at, line in (second, *rest):
        yield b"\n" * (at - number - 1) + line
        number = at


def parse_json(data: bytes, file: str, line: int | None = None) -> Node:
    """The root of a JSON document in UTF-8; broken text is refused with line and column (both from 1).

    Numbers stay texts, so that no float exists; an object that gives a key twice is refused. `line` says where in the
    file the document stands, where there may be several.
    """
    before = 0 if line is None else line - 1
    name = file if line is None else f"{file}:{line}"
    try:
        text = data.removeprefix(_BOM).decode()
    except UnicodeDecodeError as error:
        row, column = _position(error.object, error.start)
        place = f"{file}:{before + row}:{column}"
        raise FileNotUtf8(place=place) from None
    try:
        value = _DECODER.decode(text)
        if _HALF_CHARACTER.search(text) and not _is_text(value):
            raise JsonHalfCharacter(place=name)
    except json.JSONDecodeError as error:
        place = f"{file}:{before + error.lineno}:{error.colno}"
        raise BadJson(place=place, error=error.msg) from None
    except _Twice as error:
        raise JsonKeyTwice(place=name, key=error.args[0]) from None
    except RecursionError:
        raise JsonTooDeep(place=name) from None
    return Node(name, "$", value)


class _Twice(Exception):
    """An object gives the same key twice; readers differ on which of the two counts."""


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        keys = [key for key, _ in pairs]
        raise _Twice(next(key for number, key in enumerate(keys) if key in keys[:number]))
    return found


_DECODER = json.JSONDecoder(parse_int=Number, parse_float=Number, parse_constant=Number, object_pairs_hook=_unique)


def _is_text(value: object) -> bool:
    """Whether all texts of a JSON value can be written: an escape may name half of a character."""
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True


def _position(data: bytes, offset: int) -> tuple[int, int]:
    """Line and column, from 1, of a byte; the column counts bytes."""
    return data.count(b"\n", 0, offset) + 1, offset - data.rfind(b"\n", 0, offset)
