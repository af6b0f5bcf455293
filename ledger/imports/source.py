"""What every reader of a foreign file shares: a walk over JSON that knows its path, numbers and instants.

A reader is pure: it gets the lines of files and returns what they state, or for CloudEvents commands. It opens nothing,
asks no clock and records nothing, so the same bytes always give the same statements.
"""

import json
import re
from collections.abc import Callable, Container, Iterable, Iterator
from datetime import UTC, datetime, timedelta

import msgspec

from domain.refusals import BadValue
from domain.text import said, words_of
from domain.time import END_OF_TIME_US, FIRST_YEAR, LAST_YEAR
from domain.values import Id
from ledger.refusals import UnknownWord
from ledger.refusals.imports.json import (
    BadTimeInSource,
    ImpossibleTimeInSource,
    MissingText,
    MissingTime,
    NotList,
    NotObject,
)
from ledger.refusals.imports.shared import ForeignId

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
LARGEST = 32 * 2**20
"""Bytes of one JSON document, or of a line: what is larger is refused before it fills the memory."""
_DAY = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_CLOCK = r"[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,6})?"
_RFC3339 = re.compile(rf"({_DAY}T{_CLOCK})((?<=\.[0-9]{{6}})[0-9]{{1,3}})?(Z|[+-][0-9]{{2}}:[0-9]{{2}})")


class Sourced(msgspec.Struct, frozen=True, kw_only=True):
    """One command in the form of a batch line, and the place in the file that it comes from."""

    place: str
    fields: dict[str, object]


class CommandReading(msgspec.Struct, frozen=True, kw_only=True):
    """All that a file says: commands in the order to run them, and what was left out or is worth a look."""

    commands: tuple[Sourced, ...]
    notes: tuple[str, ...]


Reader = Callable[[Iterable[bytes]], CommandReading]
"""What every format comes to: the lines of a file, with their ends, become a reading. Raises Unreadable."""


class Number(str):
    """A number of a JSON document as the text that it is there, so that no float exists."""

    __slots__ = ()


class SourceTime(msgspec.Struct, frozen=True, gc=False):
    """An instant, its text as the file gives it, and where it stands."""

    at: datetime
    text: str
    place: str

    @property
    def us(self) -> int:
        """The instant in microseconds since the epoch."""
        return (self.at - _EPOCH) // _MICROSECOND


def microseconds(at: datetime) -> int:
    """A time with its offset as microseconds since the epoch."""
    return (at - _EPOCH) // _MICROSECOND


def recordable(time: SourceTime) -> SourceTime:
    """An instant that an outage may have. Raises Unreadable `bad_time` for years that the ledger does not have."""
    if not 0 <= time.us < END_OF_TIME_US:
        years = said("the ledger has the years {first} to {last}", first=FIRST_YEAR, last=LAST_YEAR)
        raise ImpossibleTimeInSource(place=time.place, value=time.text, error=years)
    return time


class Node(msgspec.Struct, frozen=True, gc=False):
    """A JSON value and its path. Every access either gives the type asked for or is refused with the path."""

    file: str
    path: str
    value: object

    @property
    def place(self) -> str:
        return f"{self.file}: {self.path}"

    def fields(self) -> dict[str, object]:
        """This value as a JSON object."""
        if not isinstance(self.value, dict):
            raise NotObject(place=self.place)
        return self.value

    def at(self, key: str) -> "Node":
        """The value under `key`; a missing one is null, as status pages use the two alike."""
        return Node(self.file, f"{self.path}.{key}", self.fields().get(key))

    def items(self, key: str) -> Iterator["Node"]:
        """The elements of the list under `key`; none when it is missing or null."""
        node = self.at(key)
        if node.value is not None and not isinstance(node.value, list):
            raise NotList(place=node.place)
        for index, value in enumerate(node.value or []):
            yield Node(self.file, f"{node.path}[{index}]", value)

    def text(self, key: str) -> str:
        """The non-empty text under `key`."""
        node = self.at(key)
        if not isinstance(node.value, str) or not node.value:
            raise MissingText(place=node.place)
        return str(node.value)

    def choice(self, key: str, known: Container[str], unknown: type[UnknownWord]) -> str:
        """The text under `key`, which must be one of the `known` words. Raises `unknown`."""
        node = self.at(key)
        if not isinstance(node.value, str) or node.value not in known:
            raise unknown(place=node.place, value=json.dumps(node.value))
        return node.value

    def moment(self, *keys: str, cut: bool = False) -> SourceTime:
        """The RFC 3339 instant under the first of `keys` that is given; refused without one or its offset.

        With `cut`, up to nine decimals may stand there; the ledger's unit is the microsecond, and the rest is cut.
        """
        fields = self.fields()
        key = next((key for key in keys if fields.get(key) is not None), keys[0]) if len(keys) > 1 else keys[0]
        value = fields.get(key)
        place = f"{self.file}: {self.path}.{key}"
        if value is None:
            raise MissingTime(place=place)
        matched = _RFC3339.fullmatch(value) if isinstance(value, str) else None
        if matched is None or (matched[2] and not cut):
            raise BadTimeInSource(place=place, value=value)
        text = matched[1] + matched[3] if matched[2] else matched[0]
        return SourceTime(_instant(text, place), text, place)


def _instant(text: str, place: str) -> datetime:
    """The instant of a date and time with offset. Raises Unreadable `bad_time` where there is none."""
    try:
        at = datetime.fromisoformat(text)
        if not 1 < at.year < 9999:
            at.astimezone(UTC)  # the first and the last day of the calendar lie outside it on some clocks
    except (ValueError, OverflowError) as error:
        raise ImpossibleTimeInSource(place=place, value=text, error=words_of(error)) from None
    return at


def checked_id(text: str, place: str) -> str:
    """`text`, if it can be an id in the ledger."""
    try:
        return str(Id.parse(text))
    except BadValue:
        raise ForeignId(place=place, text=text) from None
