"""Repeats the rows of a cohort under other names, as accounts with the same history would have recorded them.

No decision is made again. Only ids, recording times, content hashes and each decision's facts (the log's position and
the hash) are replaced, which is many times faster than a new simulation.
`tests/project/test_generator.py` checks that the result is the same, byte for byte.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from lives import account_id
from memory_log import Beneath

from ledger.log import streams
from ledger.log.codec import Row
from ledger.log.leaves import leaf_hash

_RECORDED_AT = re.compile(rb'\{"recorded_at":(\d+)')
_FACTS = re.compile(rb'"facts":\{"position":\d+,"count":(\d+),"sha256":"[0-9a-f]{64}"\}')
_CONTENT = re.compile(rb'"content_sha256":"[0-9a-f]{64}"')
_Names = tuple[str, str, bytes, bytes]
"""An account's id in the cohort and under its other name, as text and as bytes."""
PAGE = 20_000
"""The number of rows in memory at a time."""
_NAMED = re.compile(r"A\d{7}")


class _Line(NamedTuple):
    """A row without its changing parts.

    `place` is its account's place in the cohort, `own` whether it is in that account's range, `rest` its state after
    the recording time. `stale` is the part of it that is replaced, from `beneath`.
    """

    place: int
    own: bool
    after_us: int
    stream: str
    version: int
    topic: str
    rest: bytes
    beneath: Beneath | None
    stale: bytes


class Cohort:
    """A recorded cohort: its rows, the inputs of their hashes, the number of its first account, and when its recording
    began. Every row must be of one of its accounts, and every shared event must be recorded before."""

    def __init__(self, rows: Sequence[Row], beneath: dict[int, Beneath], first: int, size: int, began_at: int) -> None:
        self._first, self._size = first, size
        self._pages: list[list[_Line]] = [[]]
        for row in rows:
            line = _line(row, beneath.get(row.position), first, began_at)
            last = self._pages[-1]
            if len(last) >= PAGE and last[-1].after_us != line.after_us:
                self._pages.append(last := [])
            last.append(line)

    def repeated(self, first: int, position: int, began_at: int) -> Iterator[list[Row]]:
        """The rows after a position of a cohort whose first account has another number, in pages of whole commands."""
        old = [account_id(self._first + index) for index in range(self._size)]
        new = [account_id(first + index) for index in range(self._size)]
        names = [(left, right, left.encode(), right.encode()) for left, right in zip(old, new, strict=True)]
        leaves = [bytearray() for _ in range(self._size)]
        for lines in self._pages:
            yield [
                _renamed(line, position, began_at, names, leaves) for position, line in enumerate(lines, position + 1)
            ]
            position += len(lines)


def _renamed(line: _Line, position: int, began_at: int, names: Sequence[_Names], leaves: Sequence[bytearray]) -> Row:
    place, own, after_us, stream, version, topic, rest, beneath, stale = line
    old_text, new_text, old, new = names[place]
    state = b'{"recorded_at":%d%b' % (began_at + after_us, rest.replace(old, new))
    if beneath is not None:
        said = beneath.said + leaves[place] if beneath.decision else beneath.said.replace(old, new)
        hashed = hashlib.sha256(said).hexdigest()
        fresh = _facts(position - 1, beneath.facts, hashed) if beneath.decision else _content(hashed)
        state = state.replace(stale, fresh, 1)
    row = Row(position, stream.replace(old_text, new_text), version, topic, state)
    if own:
        leaves[place] += leaf_hash(row)
    return row


def _content(hashed: str) -> bytes:
    return b'"content_sha256":"%b"' % hashed.encode()


def _facts(position: int, count: int, hashed: str) -> bytes:
    return b'"facts":{"position":%d,"count":%d,"sha256":"%b"}' % (position, count, hashed.encode())


def _line(row: Row, beneath: Beneath | None, first: int, began_at: int) -> _Line:
    recorded, named = _RECORDED_AT.match(row.state), _NAMED.search(row.stream)
    if recorded is None or named is None:
        raise ValueError(f"{row.stream} is of no account of a cohort")
    stale = b""
    if beneath is not None:
        found = (_FACTS if beneath.decision else _CONTENT).search(row.state)
        if found is None:
            raise ValueError(f"{row.stream} holds no hash")
        stale = found.group()
    return _Line(
        place=int(named.group()[1:]) - first,
        own=streams.owner(row.stream) != streams.SHARED,
        after_us=int(recorded.group(1)) - began_at,
        stream=row.stream,
        version=row.version,
        topic=row.topic,
        rest=row.state[recorded.end() :],
        beneath=beneath,
        stale=stale,
    )
