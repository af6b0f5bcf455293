"""What a dry run would have recorded, read before its transaction is rolled back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import NamedTuple

from domain.case import Fact
from domain.terms.versions import zone_of
from ledger.log.codec import decode
from ledger.log.reader import Reader

MOST = 10_000
"""How many events are given back: a dry run may be of a file larger than the memory."""


class Supposed(NamedTuple):
    """The first events that a dry run would have recorded, how many more there are, and the zone of their instants.

    `topics` says how many events of each topic there are in all.
    """

    facts: list[Fact]
    more: int
    zone: str
    topics: Mapping[str, int]


def supposed(log: Reader, since: int) -> Supposed:
    """What a transaction has recorded after a position."""
    facts, topics = list[Fact](), Counter[str]()
    for row in log.since(since):
        topics[row.topic] += 1
        if len(facts) < MOST:
            facts.append(decode(row))
    return Supposed(facts, topics.total() - len(facts), zone_of(log.versions()), topics)
