"""When an event was recorded and by whom, read from its state without decoding the rest."""

from __future__ import annotations

from typing import TypeVar

import msgspec

from domain.events.event import InstantUs
from domain.text import words_of
from ledger.log.codec import Row
from ledger.refusals.store import UnreadableRow

_Part = TypeVar("_Part")


class _When(msgspec.Struct, gc=False):
    """The part of a stored state that says when it was recorded."""

    recorded_at: InstantUs


class _By(msgspec.Struct, gc=False):
    """The part of a stored state that says who recorded it."""

    actor: str


_WHEN = msgspec.json.Decoder(_When)
_BY = msgspec.json.Decoder(_By)


def recorded_at(row: Row) -> int:
    """When an event was recorded. Raises Damaged `unreadable_event`."""
    return _part(_WHEN, row).recorded_at


def recorded_by(row: Row) -> str:
    """The actor of an event. Raises Damaged `unreadable_event`."""
    return _part(_BY, row).actor


def _part(decoder: msgspec.json.Decoder[_Part], row: Row) -> _Part:
    try:
        return decoder.decode(row.state)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise UnreadableRow(position=row.position, stream=row.stream, error=words_of(error)) from None
