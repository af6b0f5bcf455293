"""The DER of a time stamp answer, as far as it must be put in order before the library reads it."""

from __future__ import annotations

from typing import NamedTuple

GRANTED, GRANTED_WITH_MODS = 0, 1
_SEQUENCE, _SET, _INTEGER, _CONTEXT_0 = 0x30, 0x31, 0x02, 0xA0


class _Element(NamedTuple):
    """An element: its tag, and where it, its content and what follows it begin."""

    tag: int
    at: int
    content: int
    end: int


def in_order(answer: bytes) -> bytes:
    """An answer with the same elements, in the form that the library reads.

    DER sorts the elements of a set, and the library demands it. CMS does not: OpenSSL writes the certificates of a
    chain in the order in which it was given. No signature covers the sets of certificates and algorithms, so they are
    sorted. Nor does one cover the status: `granted with modifications` comes with a token as `granted` does (RFC 3161,
    2.4.2), and is written as that. An answer of another form is returned as it is: the library says what is wrong.
    """
    try:
        status, *token = _children(answer, _element(answer, 0))
        ordered = bytearray(answer)
        code = _children(answer, status)[0]
        if code.tag == _INTEGER and answer[code.content : code.end] == bytes([GRANTED_WITH_MODS]):
            ordered[code.content] = GRANTED
        for content in (part for each in token for part in _children(answer, each) if part.tag == _CONTEXT_0):
            for signed in _children(answer, content):
                for part in _children(answer, signed):
                    if part.tag in (_SET, _CONTEXT_0):
                        elements = sorted(answer[each.at : each.end] for each in _children(answer, part))
                        ordered[part.content : part.end] = b"".join(elements)
    except (IndexError, ValueError):
        return answer
    return bytes(ordered)


def _children(data: bytes, parent: _Element) -> list[_Element]:
    """The elements inside one. Raises ValueError where they do not fill it, IndexError beyond the data's end."""
    found, at = [], parent.content
    while at < parent.end:
        found.append(_element(data, at))
        at = found[-1].end
    if at != parent.end:
        raise ValueError(at)
    return found


def _element(data: bytes, at: int) -> _Element:
    """The element at an offset. Raises IndexError beyond the data's end, ValueError for a form that DER lacks."""
    length, content = data[at + 1], at + 2
    if length & 0x80:
        octets = length & 0x7F
        if not 1 <= octets <= 4:
            raise ValueError(at)
        length, content = int.from_bytes(data[content : content + octets]), content + octets
    if content + length > len(data):
        raise IndexError(at)
    return _Element(data[at], at, content, content + length)
