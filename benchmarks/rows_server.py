"""The rows of a ledger on a PostgreSQL server."""

from __future__ import annotations

import server
from measuring import SLALEDGER, Side, run, side
from prepared import Sizes
from rows import Target, row


@row(
    "server-replay",
    "`audit replay` of {sizes.main:,} events from PostgreSQL",
    "a binary server cursor over all rows, and decoding each with msgspec",
    Target(4),
)
def server_replay(sizes: Sizes) -> tuple[Side, Side]:
    """As `replay`, from a server on this machine; the server's own work is in neither side's processor time."""
    place = server.ledger(sizes.main)
    return (
        lambda: run(SLALEDGER, "--ledger", place, "audit", "replay").cost,
        lambda: side("server_floor", place).cost,
    )


@row(
    "server-append",
    "appending batches of 100 events to PostgreSQL by 4 processes, durably, a reader following the log",
    "the eventsourcing library's own recorder",
    Target(1.5, at_least=True),
)
def server_append(sizes: Sizes) -> tuple[Side, Side]:
    """Each side has its own table and its own way to keep log order; the reader must miss no event. By the slowest
    writer's wall clock; the processor time is that of the writers."""
    server.url()
    return lambda: server.append("ours"), lambda: server.append("library")
