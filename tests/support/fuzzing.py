"""Seeded dice for the long tests, and what they do to the bytes of a file.

A failure names the seed, so that it is tried again with the same (`soaking.seed`).
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator
from random import Random
from typing import Any

from soaking import seed


def dice(*what: object) -> Random:
    """Dice of their own for a part of a run, the same whenever the seed is."""
    return Random(":".join(map(str, (seed(), *what))))


HUGE = "9" * 4301
"""More digits than Python turns into a number."""
DEEP = 3000
STEERING = "\x00\x07\x1b[31m\x7f\x9b\u202e\u2066\u200b\u2028\ufeff"
"""Characters that steer a terminal, turn the direction of writing, or are not seen."""
OTHERS: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 1, 1.5, 1e300, 2**31, 2**53, 2**63, -(2**63), 10**18, 10**30),
    *("", " ", "x", "null", "\ud800", STEERING, "n" * 300, "2026-13", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z"),
    *("2026-03-03T10:00:00", "10:00", "١٢", "1e9", "-0.001", "99999999999999999999.99", "NaN", "../../etc/passwd"),
    *("NUMBER HUGE", "NUMBER 1e999999999", "NUMBER NaN", HUGE, "1e999999999"),
    *([], {}, [[]], [None], {"a": {}}, ["x"] * 50, {"": ""}),
)
"""What stands in a value's place: every type of JSON, empty and not, and numbers, instants and texts out of range."""
TOKENS = tuple(
    token.encode("utf-8", "surrogatepass")
    for token in (
        *("\x00", "\x1b[2J", "\u202e", "\ufeff", "\ud800", '"', "\\", "\\ud800", "{", "}", "[", "]", ",", ":", "\n"),
        *(
            "\r\n",
            "\r",
            "\x85",
            "'",
            "#",
            "=",
            ".",
            "-",
            "NaN",
            "Infinity",
            "1e400",
            "1e999999999",
            "1E-999999999",
            "-0",
            HUGE,
            "null",
            '"":',
            "{}",
        ),
        *("[" * DEEP, '{"a":' * DEEP, "\t", "\x1a", "%00", "\u2028", "😀", "۱", "n" * 70_000),
    )
)
RAW = (
    b"\xff",
    b"\xfe\xff",
    b"\x80",
    b"\xc0\xaf",
    b"\xed\xa0\x80",
    b"\xf4\x90\x80\x80",
    b"\x28\xb5\x2f\xfd",
    b"\x1f\x8b",
)
"""Bytes that are no UTF-8, and the beginnings of compressed files."""
ENCODINGS = ("utf-8-sig", "utf-16", "utf-16-le", "utf-32", "gb18030", "latin-1")


def mutated(data: bytes, dice: Random) -> bytes:
    """A file's bytes after one to three changes: of its bytes, its encoding, or its structure."""
    for _ in range(dice.choice((1, 1, 1, 2, 3))):
        data = dice.choice(_CHANGES)(data, dice)
    return data


def _place(data: bytes, dice: Random) -> int:
    return dice.randrange(len(data) + 1)


def _flipped(data: bytes, dice: Random) -> bytes:
    made = bytearray(data or b"\0")
    for _ in range(dice.choice((1, 1, 2, 8))):
        made[dice.randrange(len(made))] ^= 1 << dice.randrange(8)
    return bytes(made)


def _inserted(data: bytes, dice: Random) -> bytes:
    at = _place(data, dice)
    return data[:at] + dice.choice((*TOKENS, *RAW)) + data[at:]


def _cut(data: bytes, dice: Random) -> bytes:
    first, last = sorted((_place(data, dice), _place(data, dice)))
    return dice.choice((data[:first], data[last:], data[:first] + data[last:]))


def _repeated(data: bytes, dice: Random) -> bytes:
    first, last = sorted((_place(data, dice), _place(data, dice)))
    return data[:last] + data[first:last] * dice.choice((1, 1, 3)) + data[last:]


def _overwritten(data: bytes, dice: Random) -> bytes:
    at = _place(data, dice)
    token = dice.choice((*TOKENS, *RAW))
    return data[:at] + token + data[at + len(token) :]


def _other_number(data: bytes, dice: Random) -> bytes:
    """Another number in the place of a digit."""
    places = [at for at, byte in enumerate(data) if 48 <= byte <= 57]
    if not places:
        return _inserted(data, dice)
    at = dice.choice(places)
    numbers = (HUGE, "-1", "0", "1e99", "1e999999999", "1E-99999999", "1.5", str(2**63), "00", "9" * 30, "0x10", "")
    return data[:at] + dice.choice(numbers).encode() + data[at + 1 :]


def _lines(data: bytes, dice: Random) -> bytes:
    """Lines left out, told twice, in another order, or with other ends."""
    lines = data.splitlines(keepends=True) or [b""]
    at = dice.randrange(len(lines))
    match dice.randrange(5):
        case 0:
            del lines[at]
        case 1:
            lines.insert(at, lines[at])
        case 2:
            dice.shuffle(lines)
        case 3:
            return data.replace(b"\n", dice.choice((b"\r\n", b"\r", b"\n\n", b"")))
        case _:
            lines[at] = lines[at].strip() * 2 + b"\n"
    return b"".join(lines)


def _encoded(data: bytes, dice: Random) -> bytes:
    return data.decode("utf-8", "replace").encode(dice.choice(ENCODINGS), "replace")


def _as_json(data: bytes, dice: Random) -> bytes:
    """One value, name or item of a document, or of one of its lines, changed."""
    try:
        return _written(_changed(json.loads(data), dice), dice)
    except (ValueError, RecursionError):
        pass
    lines = data.splitlines(keepends=True) or [b""]
    at = dice.randrange(len(lines))
    try:
        lines[at] = _written(_changed(json.loads(lines[at]), dice), dice) + b"\n"
    except (ValueError, RecursionError):
        return _flipped(data, dice)
    return b"".join(lines)


def _written(value: Any, dice: Random) -> bytes:
    text = json.dumps(value, ensure_ascii=dice.random() < 0.5, indent=dice.choice((None, None, 1)))
    text = text.replace('"TWICE ', '"')
    for number in ("HUGE", "1e999999999", "NaN"):
        text = text.replace(f'"NUMBER {number}"', HUGE if number == "HUGE" else number)
    return text.encode("utf-8", "surrogatepass")


def paths(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where the values of a document stand, the document itself first."""
    yield path
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, inside in pairs:
        yield from paths(inside, (*path, name))


def _changed(value: Any, dice: Random) -> Any:
    path = dice.choice(list(paths(value)))
    return _at(value, path, lambda found: _other(found, dice))


def _at(value: Any, path: tuple[Any, ...], change: Callable[[Any], Any]) -> Any:
    if not path:
        return change(value)
    made = dict(value) if isinstance(value, dict) else list(value)
    made[path[0]] = _at(value[path[0]], path[1:], change)
    return made


def _other(found: Any, dice: Random) -> Any:
    """Another value; of an object also with a name left out, renamed, new, or told twice."""
    if isinstance(found, dict) and found and dice.random() < 0.6:
        name = dice.choice(list(found))
        match dice.randrange(4):
            case 0:
                return {other: value for other, value in found.items() if other != name}
            case 1:
                return {dice.choice(("", "x", name.upper(), STEERING)) if n == name else n: v for n, v in found.items()}
            case 2:
                return {**found, "unknown": dice.choice(OTHERS)}
            case _:
                return {**found, f"TWICE {name}": dice.choice((found[name], *OTHERS))}
    if isinstance(found, list) and found and dice.random() < 0.6:
        at = dice.randrange(len(found))
        return dice.choice((found[:at] + found[at + 1 :], [*found, found[at]], found[::-1], found * 3))
    if isinstance(found, str) and dice.random() < 0.5:
        at = dice.randrange(len(found) + 1)
        return found[:at] + dice.choice(("x", "9", "-", " ", "\u202e", "\x1b", "\x00", "é", "中")) + found[at:]
    if isinstance(found, int) and dice.random() < 0.5:
        return found + dice.choice((1, -1, 10**6, -(10**6), 10**15))
    return dice.choice(OTHERS)


def _as_table(data: bytes, dice: Random) -> bytes:
    """A cell, a column or a row of a table changed."""
    try:
        rows = [row for row in csv.reader(io.StringIO(data.decode("utf-8-sig"))) if row]
    except (ValueError, csv.Error):
        return _flipped(data, dice)
    if not rows:
        return _inserted(data, dice)
    row = dice.choice(rows)
    column = dice.randrange(len(row))
    match dice.randrange(6):
        case 0 | 1 | 2:
            texts = [value for value in OTHERS if isinstance(value, str | int | float)]
            row[column] = str(dice.choice((*texts, HUGE, "，", '"', "=1+1", "\n", "1,5")))
        case 3:
            del row[column]
        case 4:
            row.insert(column, row[column])
        case _:
            for each in rows:
                each.insert(0, each.pop(column if column < len(each) else 0))
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue().encode("utf-8", "surrogatepass")


_CHANGES: tuple[Callable[[bytes, Random], bytes], ...] = (
    *(_flipped, _inserted, _cut, _repeated, _overwritten, _other_number, _other_number, _lines, _encoded),
    *(_as_json, _as_json, _as_json, _as_json, _as_table, _as_table),
)
