"""The lines of an events file: one CloudEvent for each event, and a checkpoint at its end."""

from __future__ import annotations

import base64
from functools import lru_cache
from typing import Annotated, Literal, TypeVar
from urllib.parse import quote

import msgspec
from msgspec import UNSET, Meta, Raw, UnsetType

from domain.time import rfc3339
from ledger.log.codec import Row

FORMAT = 1
"""Raised when the content of a line changes."""
CHECKPOINT = "slaledger.export.checkpoint"
URN = "urn:slaledger:"
_Number = Annotated[int, Meta(ge=1, le=2**63 - 1)]
Line = TypeVar("Line", bound=msgspec.Struct)


class EventLine(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, gc=False):
    """An event as a line: `data` is its state, or `data_base64` where that is no JSON of one line."""

    specversion: Literal["1.0"] = "1.0"
    id: str
    source: str
    type: str
    time: str
    datacontenttype: Literal["application/json"] = "application/json"
    position: _Number
    stream: str
    streamversion: _Number
    data: Raw | UnsetType = UNSET
    data_base64: str | UnsetType = UNSET


class CheckpointLine(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, gc=False):
    """The last line: the signed or plain checkpoint, and the SHA-256 of all lines before it."""

    specversion: Literal["1.0"] = "1.0"
    id: str
    source: str
    type: Literal["slaledger.export.checkpoint"] = "slaledger.export.checkpoint"
    time: str
    datacontenttype: Literal["text/plain"] = "text/plain"
    format: Literal[1] = 1
    position: _Number
    linessha256: str
    data: str


class _Type(msgspec.Struct, gc=False):
    """The part of a line that says its type of event."""

    type: str


_ENCODER = msgspec.json.Encoder()
TYPE_DECODER = msgspec.json.Decoder(_Type)
EVENT_DECODER = msgspec.json.Decoder(EventLine)
CHECKPOINT_DECODER = msgspec.json.Decoder(CheckpointLine)


def event_line(row: Row, recorded_at: int, ledger: str) -> EventLine:
    """A row as a line, recorded at an instant in a ledger."""
    plain = _stands_in_a_line(row.state)
    return EventLine(
        id=f"{row.stream}@{row.version}",
        source=source_uri(ledger),
        type=row.topic,
        time=time_text(recorded_at),
        position=row.position,
        stream=row.stream,
        streamversion=row.version,
        data=Raw(row.state) if plain else UNSET,
        data_base64=UNSET if plain else base64.b64encode(row.state).decode(),
    )


def _stands_in_a_line(state: bytes) -> bool:
    """Whether a JSON text in a line reads back as the same bytes: UTF-8, one line, no blanks around it."""
    try:
        state.decode()
    except UnicodeDecodeError:
        return False
    return state == state.strip() and b"\n" not in state and b"\r" not in state


def encoded_line(line: msgspec.Struct) -> bytes:
    """The bytes of a line, with its end."""
    return _ENCODER.encode(line) + b"\n"


@lru_cache(maxsize=4)
def source_uri(ledger: str) -> str:
    """A ledger's id as a URI."""
    return URN + quote(ledger, safe="")


def time_text(instant: int) -> str:
    """An instant as RFC 3339 in UTC."""
    return rfc3339(instant, "UTC").replace("+00:00", "Z")
