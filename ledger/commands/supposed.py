"""What a dry run would have recorded, read before its transaction is rolled back."""

from __future__ import annotations

from itertools import islice
from typing import NamedTuple

from domain.case import Fact
from domain.terms.versions import zone_of
from ledger.log.codec import decode
from ledger.log.reader import Reader

MOST = 10_000
"""How many events are given back: a dry run may be of a file larger than the memory."""


class Supposed(NamedTuple):
    """The first events that a dry run would have recorded, how many more there are, and the zone of their instants."""

    facts: list[Fact]
    more: int
    zone: str


def supposed(log: Reader, since: int) -> Supposed:
    """What a transaction has recorded after a position."""
    rows = log.since(since)
    facts = [decode(row) for row in islice(rows, MOST)]
    return Supposed(facts, sum(1 for _ in rows), zone_of(log.versions()))
