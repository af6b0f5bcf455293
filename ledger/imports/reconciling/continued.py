"""Outages that were open where one file ended and are over where the next one begins: its first sample ends them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from msgspec.structs import replace

from domain.events import SourceRead
from domain.time import FOREVER
from ledger.imports.reconciling.compare import instant_of
from ledger.imports.reconciling.holdings import Holding
from ledger.imports.statements import OutageStatement, Reading


def with_ends(reading: Reading, held: Sequence[Holding], earlier: Iterable[SourceRead]) -> Reading:
    """The reading, with a statement for each open outage of what is up where these files begin.

    That is told only where the files in which it began reach up to a step before, and none reaches further: otherwise
    nobody looked in between, or these files take back what those said.
    """
    spans = [(event.since, event.until) for event in earlier if event.since is not None and event.until is not None]
    ends: list[OutageStatement] = []
    for each in reading.begins_up:
        first = each.start.us
        last = max((until for since, until in spans if since <= first), default=first)
        if last < first <= last + reading.policy.resolution_us:
            ends += _ended(each, held, since=min(since for since, until in spans if until == last))
    return replace(reading, statements=(*reading.statements, *ends)) if ends else reading


def _ended(begins_up: OutageStatement, held: Iterable[Holding], *, since: int) -> Iterator[OutageStatement]:
    for holding in held:
        is_open = holding.key == begins_up.key and holding.stands and holding.end == FOREVER
        if is_open and since <= holding.start < begins_up.start.us:
            yield replace(begins_up, incident=holding.id, start=instant_of(holding.start, begins_up.place))
