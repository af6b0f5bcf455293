"""A stored event as a leaf of an RFC 6962 Merkle tree: hashed as it is stored, never encoded again."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from domain.decision import Facts
from ledger.store.codec import Row


def leaf_data(row: Row) -> bytes:
    """What a leaf says: stream id, version (decimal), topic and state, each behind its length as 8 bytes, big-endian.

    The position is left out: positions may have gaps, and the tree's order is the log's.
    """
    parts = (row.stream.encode(), str(row.version).encode(), row.topic.encode(), row.state)
    return b"".join(len(part).to_bytes(8, "big") + part for part in parts)


def leaf_hash(row: Row) -> bytes:
    """RFC 6962, 2.1: SHA-256 over 0x00 and the leaf's data."""
    return hashlib.sha256(b"\x00" + leaf_data(row)).digest()


def facts(position: int, rows: Iterable[Row]) -> Facts:
    """What a decision rests on: the log's position, and the number and hash of the events that it knew."""
    hashed = hashlib.sha256()
    count = 0
    for row in rows:
        hashed.update(leaf_hash(row))
        count += 1
    return Facts(position=position, count=count, sha256=hashed.hexdigest())
