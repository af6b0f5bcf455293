"""The samples of a range query, read without an object a sample that stays.

A month at 15 s has 172,800 samples a series. So the lists of samples are cut out of the JSON before it is parsed, and
each becomes an array of instants and one of values. What is not as Prometheus writes it is parsed once more, value by
value, so that a fault has its place. No float exists on either way.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterator
from decimal import Decimal, Inexact, localcontext
from fractions import Fraction
from itertools import repeat
from operator import itemgetter, mul

import msgspec

from domain.refusals import Refusal
from domain.time import SECOND_US
from ledger.imports.json_texts import parse_json
from ledger.imports.source import Node, Number
from ledger.refusals.imports.prometheus import BadSampleTime, NotRatio, SampleNotPair

_VALUES = re.compile(rb'(?<!\\)"values"\s*:\s*(?=\[\s*\[)')
_END = re.compile(rb"\]\s*\]")
DOWN, UP, UNMEASURED, UNCLEAR = range(4)
_MARK = "@samples:"
_BLOCK = 2**20
_WHOLE = msgspec.json.Decoder(list[tuple[int, str]])
_DECIMAL = msgspec.json.Decoder(list[tuple[Decimal, str]])
_TIMES = re.compile(rb"\[\s*([0-9]{1,10})(?:\.([0-9]{1,6})0*)?\s*,")
_TIME = re.compile(r"([0-9]{1,10})(?:\.([0-9]{1,6})0*)?")
_VALUE = re.compile(r"[+-]?[0-9]{1,30}(\.[0-9]{1,30})?([eE][+-]?[0-9]{1,3})?")
_LATEST = 10**10


class Samples(msgspec.Struct, frozen=True):
    """Instants in microseconds, and for each the number of its value in the `Values`; as they stand in the file."""

    times: array[int]
    values: array[int]


class Values(dict[str, int]):
    """The number of each value by its text. What a number says is told by `states`; NaN was measured by nobody.

    Below the threshold is down; without one, 0 is down and 1 is up. Raises ValueError for a text that is no ratio from
    0 to 1.
    """

    def __init__(self, threshold: Fraction | None) -> None:
        super().__init__()
        self.states = bytearray()
        self._texts: list[str] = []
        self._threshold = None if threshold is None else _shorter(threshold)

    def __missing__(self, text: str) -> int:
        self.states.append(self._state(text))
        self._texts.append(text)
        number = self[text] = len(self._texts) - 1
        return number

    def same(self, one: int, other: int) -> bool:
        """Whether two numbers stand for one value, which may be written in several ways."""
        if one == other:
            return True
        texts = self._texts[one], self._texts[other]
        return "NaN" not in texts and Decimal(texts[0]) == Decimal(texts[1])

    def _state(self, text: str) -> int:
        if text == "1":
            return UP
        value = Decimal(text) if _VALUE.fullmatch(text) else None
        if value is None or not 0 <= value <= 1:
            if text == "NaN":
                return UNMEASURED
            raise ValueError
        if self._threshold is not None:
            return DOWN if value < self._threshold else UP
        return int(value) if value in (0, 1) else UNCLEAR


def _shorter(threshold: Fraction) -> Fraction | Decimal:
    """The threshold as a decimal, where it is one: it is compared with a million values."""
    with localcontext(prec=100) as context:
        value = Decimal(threshold.numerator) / Decimal(threshold.denominator)
        return threshold if context.flags[Inexact] else value


class Answer(msgspec.Struct, frozen=True):
    """A document without its samples: in their place stands a text that `samples` knows."""

    root: Node
    samples: dict[str, Samples]


def parse_answer(values: Values, data: bytes, file: str, line: int | None) -> Answer:
    """A document. Raises Unreadable as `parse_json` does."""
    if _MARK.encode() in data:
        return Answer(parse_json(data, file, line), {})
    try:
        return _cut(values, data, file, line)
    except (ValueError, OverflowError, Refusal):
        return Answer(parse_json(data, file, line), {})  # the careful way, which knows the place of each fault


def samples_of(values: Values, answer: Answer, series: Node) -> Samples:
    """The samples of a series. Raises Unreadable `wrong_shape`, `bad_time`, `not_a_ratio`."""
    value = series.fields().get("values")
    if type(value) is str and value in answer.samples:
        return answer.samples[value]
    found = Samples(array("q"), array("i"))
    for node in series.items("values"):
        pair = node.value
        if not isinstance(pair, list) or len(pair) != 2 or not isinstance(pair[0], Number) or type(pair[1]) is not str:
            raise SampleNotPair(place=node.place)
        found.times.append(_at_us(node, pair[0]))
        try:
            found.values.append(values[pair[1]])
        except ValueError:
            raise NotRatio(place=node.place, text=repr(pair[1])) from None
    return found


def _cut(values: Values, data: bytes, file: str, line: int | None) -> Answer:
    """The document with all lists of samples cut out. Raises ValueError where one is not as Prometheus writes it."""
    pieces: list[bytes] = []
    samples: dict[str, Samples] = {}
    at = 0
    while (begins := _VALUES.search(data, at)) is not None:
        ends = _END.search(data, begins.end())
        if ends is None:
            raise ValueError
        mark = f"{_MARK}{len(samples)}"
        samples[mark] = _samples(values, data, begins.end(), ends.end())
        pieces += [data[at : begins.end()], b'"%b"' % mark.encode()]
        at = ends.end()
    return Answer(parse_json(b"".join((*pieces, data[at:])), file, line), samples)


def _samples(values: Values, data: bytes, since: int, until: int) -> Samples:
    found = Samples(array("q"), array("i"))
    for block in _blocks(data, since, until):
        try:
            rows = _WHOLE.decode(block)
            found.times.extend(map(mul, map(itemgetter(0), rows), repeat(SECOND_US)))
            texts: Iterator[str] = map(itemgetter(1), rows)
        except msgspec.ValidationError:
            texts = _with_decimals(block, found.times)
        found.values.extend(map(values.__getitem__, texts))
    if found.times and not (min(found.times) >= 0 and max(found.times) < _LATEST * SECOND_US):
        raise ValueError
    return found


def _with_decimals(block: bytes, times: array[int]) -> Iterator[str]:
    """The values of rows whose times have decimals; the times are taken from their text."""
    rows = _DECIMAL.decode(block)
    texts = _TIMES.findall(block)
    if len(texts) != len(rows):
        raise ValueError
    times.extend(int(whole) * SECOND_US + int(part.ljust(6, b"0")) for whole, part in texts)
    return map(itemgetter(1), rows)


def _blocks(data: bytes, since: int, until: int) -> Iterator[bytes]:
    """The list in pieces that are lists, so that no more than a piece stands in memory as objects."""
    at = since
    while until - at > _BLOCK:
        cut = data.find(b"],", at + _BLOCK, until) + 1
        if not cut:
            break
        yield (b"" if at == since else b"[") + data[at:cut] + b"]"
        at = cut + 1
    yield (b"" if at == since else b"[") + data[at:until]


def _at_us(node: Node, text: str) -> int:
    if not (matched := _TIME.fullmatch(text)):
        raise BadSampleTime(place=node.place, text=text)
    return int(matched[1]) * SECOND_US + int((matched[2] or "").ljust(6, "0"))
