"""Whether a file would contain an outage of the ledger, so that its absence says something."""

from __future__ import annotations

from domain.time import FOREVER
from ledger.imports.reconciling.holdings import Holding
from ledger.imports.statements import Extent


def covers(extent: Extent, holding: Holding) -> bool:
    """Whether the extent of a file covers an outage that the ledger holds.

    A series that was up where the ledger holds it down covers an outage by any part beyond the uncertainty of a sample;
    one that is open, by any sample as much later than its start.
    """
    if extent.keys is not None:
        return holding.key in extent.keys and _covers_part(extent.keys[holding.key], holding)
    if extent.scope != holding.scope:
        return False
    if extent.open_only:
        return holding.end == FOREVER
    return extent.since <= holding.start and (holding.end == FOREVER or holding.end <= extent.until)


def _covers_part(span: tuple[int, int], holding: Holding) -> bool:
    first, last = span
    if first <= holding.start and holding.end <= last:
        return True
    incident = holding.incident
    within = max(incident.started_within_us or 0, incident.ended_within_us or 0)
    if holding.end == FOREVER:
        return last - holding.start > within
    return min(last, holding.end) - max(first, holding.start) > within
