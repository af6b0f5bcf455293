"""The rows of shared work: a ledger on a server, and work divided among processes."""

from __future__ import annotations

from time import perf_counter

import prepared
import server
from measuring import SLALEDGER, Side, peak_mb, run, side
from prepared import Sizes
from rows import row


@row(
    "server-replay",
    "`audit replay` of {sizes.main:,} events from PostgreSQL",
    "a binary server cursor over all rows, and decoding each with msgspec",
    4,
    repeats=2,
)
def server_replay(sizes: Sizes) -> tuple[Side, Side]:
    """As `replay`, from a server on this machine; the server's own work is in neither side's processor time."""
    place = server.ledger(sizes.main)
    return (
        lambda: run(SLALEDGER, "--ledger", place, "audit", "replay").seconds,
        lambda: side("server_floor", place).seconds,
    )


@row(
    "server-append",
    "appending batches of 100 events to PostgreSQL by 4 processes, durably, a reader following the log",
    "the eventsourcing library's own recorder",
    1 / 1.5,
)
def server_append(sizes: Sizes) -> tuple[Side, Side]:
    """Each side has its own table and its own way to keep log order; by the wall clock, and the reader must miss no
    event."""
    server.url()
    return lambda: server.append("ours"), lambda: server.append("library")


@row(
    "workers",
    "`audit replay --workers 2` of {sizes.main:,} events",
    "one process",
    1 / 1.6,
    repeats=2,
)
def workers(sizes: Sizes) -> tuple[Side, Side]:
    """By the wall clock, the start of the workers included."""
    path = prepared.ledger(sizes.main)
    return _wall(path, "--workers", "2"), _wall(path)


def _wall(path: object, *words: str) -> Side:
    def timed() -> float:
        started = perf_counter()
        run(SLALEDGER, "--ledger", f"sqlite:///{path}", "audit", "replay", *words)
        return perf_counter() - started

    return timed


@row(
    "memory-export",
    "peak memory of `export events` at {sizes.large:,} events",
    "at {sizes.main:,}",
    1.2,
    repeats=1,
    unit="MB",
)
def memory_export(sizes: Sizes) -> tuple[Side, Side]:
    """As `memory-replay`."""

    def peak(events: int) -> Side:
        path = prepared.ledger(events)
        return lambda: peak_mb(path, "export", "events", "--force", "-o", prepared.DATA / "exported.jsonl")

    return peak(sizes.large), peak(sizes.main)
