"""A stored event as a leaf of an RFC 6962 Merkle tree: hashed as it is stored, never encoded again."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import lru_cache

from domain.decision import Facts
from ledger.log.codec import Row
from ledger.refusals.audit.evidence import EventColumnOfWrongKind

Leaf = tuple[int, bytes]
"""An event's position and the hash of its leaf."""


def leaf_hash(row: Row) -> bytes:
    """RFC 6962, 2.1: SHA-256 over 0x00 and the leaf's content.

    That is stream id, version (decimal), topic and state, each after its length as 8 bytes, big-endian. The position
    is left out: positions may have gaps, and the tree's order is the log's. Raises Damaged `unreadable_event` for a
    row whose columns are not of their kinds.
    """
    position, stream, version, topic, state = row
    try:
        name, middle = stream.encode(), _version_and_topic(version, topic)
        parts = (b"\x00", len(name).to_bytes(8, "big"), name, middle, len(state).to_bytes(8, "big"), state)
        return hashlib.sha256(b"".join(parts)).digest()
    except (TypeError, AttributeError, UnicodeEncodeError):
        raise EventColumnOfWrongKind(position=position, stream=stream) from None


@lru_cache(maxsize=4096, typed=True)
def _version_and_topic(version: int, topic: str) -> bytes:
    """The middle of a leaf. It is cached, since many leaves share it."""
    parts = (str(version).encode(), topic.encode())
    return b"".join(len(part).to_bytes(8, "big") + part for part in parts)


def leaf(row: Row) -> Leaf:
    """A row's position and leaf hash."""
    return row.position, leaf_hash(row)


def facts(position: int, leaves: Iterable[Leaf]) -> Facts:
    """The facts that a decision cites: the log's position, and the number and hash of the events that it knew."""
    hashes = [each for _, each in sorted(leaves)]
    return Facts(position=position, count=len(hashes), sha256=hashlib.sha256(b"".join(hashes)).hexdigest())
