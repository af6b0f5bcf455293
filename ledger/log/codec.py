"""Between stored rows and facts: topics, JSON state, and the shapes of former times.

A row's state is `{"recorded_at", "actor", "data", "reason"?, "key"?, "source"?, "public_key"?, "signature"?}`: JSON,
which any SQLite shell can read. It is written once and never encoded again. An event's signature is of the state
without the last two members, so these stay the last.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, NamedTuple, Protocol, TypeVar

import msgspec
from eventsourcing.domain import DomainEventProtocol
from eventsourcing.persistence import Mapper, StoredEvent

from domain.case import Fact, SourceMark
from domain.events import Event
from domain.events.event import InstantUs
from domain.events.topics import TOPICS, UPCASTERS
from domain.text import words_of
from ledger.refusals.store import UnknownTopic, UnreadableState

_Data = TypeVar("_Data", bound=Event)


class Row(NamedTuple):
    """An event as stored."""

    position: int
    stream: str
    version: int
    topic: str
    state: bytes


class Envelope(msgspec.Struct, Generic[_Data], frozen=True, gc=False, omit_defaults=True, forbid_unknown_fields=True):
    """Who recorded an event, when (microseconds), why and for which source, around what happened; signed or not."""

    recorded_at: InstantUs
    actor: str
    data: _Data
    reason: str | None = None
    key: str | None = None
    source: SourceMark | None = None
    public_key: str | None = None
    signature: str | None = None


class Entry(msgspec.Struct, frozen=True):
    """An event on its way into or out of the library's event store."""

    originator_id: str
    originator_version: int
    topic: str
    envelope: Envelope[Any]


class EventSigner(Protocol):
    """Signs events with a key; `public_key` is its verifier key."""

    public_key: str

    def signed(self, ledger: str, stream: str, version: int, topic: str, envelope: Envelope[Any]) -> Envelope[Any]:
        """An event's envelope with its signature."""


TOPIC_OF: dict[type[Event], str] = {kind: topic for topic, kind in TOPICS.items()}
_ENCODER = msgspec.json.Encoder()
_DECODERS: dict[str, msgspec.json.Decoder[Envelope[Any]]] = {}
_UPGRADES: dict[str, Callable[[Event], Event]] = {topic: upgrade for topic, (_, upgrade) in UPCASTERS.items()}


def encode(envelope: Envelope[Any]) -> bytes:
    """Encode an envelope as the state that is stored."""
    return _ENCODER.encode(envelope)


def decode(row: Row) -> Fact:
    """Decode a row into a fact, in today's shape. Raises Damaged `unknown_event`, `unreadable_event`."""
    position, stream, version, topic, state = row
    said = open_state(topic, state, position, stream)
    return Fact(
        stream,
        version,
        position,
        said.recorded_at,
        said.actor,
        said.reason,
        said.key,
        topic,
        said.data,
        said.source,
        said.public_key,
        said.signature,
    )


def open_state(topic: str, state: bytes, position: int, stream: str) -> Envelope[Any]:
    """Decode a stored state into an envelope, its event in today's shape. Raises Damaged as `decode` does."""
    decoder = _DECODERS.get(topic) or _decoder(topic, position, stream)
    try:
        envelope = decoder.decode(state)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise UnreadableState(position=position, topic=topic, stream=stream, error=words_of(error)) from None
    upgrade = _UPGRADES.get(topic)
    if upgrade is None:
        return envelope
    return msgspec.structs.replace(envelope, data=upgrade(envelope.data))


def _decoder(topic: str, position: int, stream: str) -> msgspec.json.Decoder[Envelope[Any]]:
    shape = UPCASTERS[topic][0] if topic in UPCASTERS else TOPICS.get(topic)
    if shape is None:
        raise UnknownTopic(position=position, topic=topic, stream=stream)
    decoder = msgspec.json.Decoder(Envelope[shape])  # type: ignore[valid-type]
    _DECODERS[topic] = decoder
    return decoder


class EventMapper(Mapper[str]):
    """The library's mapper between events and stored rows, with our topics and states instead of module paths."""

    def __init__(self, **_: object) -> None:
        """Ignore the library's transcoder, compressor and cipher: states are plain JSON."""

    def to_stored_event(self, domain_event: DomainEventProtocol[str]) -> StoredEvent:
        """Convert an entry to the library's stored form."""
        if not isinstance(domain_event, Entry):
            raise TypeError(f"only entries are stored, not {type(domain_event).__name__}")
        return StoredEvent(
            originator_id=domain_event.originator_id,
            originator_version=domain_event.originator_version,
            topic=domain_event.topic,
            state=encode(domain_event.envelope),
        )

    def to_domain_event(self, stored_event: StoredEvent) -> Entry:
        """Convert a stored row to an entry. Raises Damaged where it cannot be read."""
        stream = str(stored_event.originator_id)
        return Entry(
            originator_id=stream,
            originator_version=stored_event.originator_version,
            topic=stored_event.topic,
            envelope=open_state(stored_event.topic, stored_event.state, 0, stream),
        )
