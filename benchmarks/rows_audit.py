"""The rows of reading a whole log: replay, fold, projections, root and verification."""

from __future__ import annotations

import prepared
import prepared_receipts
from measuring import Side, side, slaledger
from prepared import Sizes
from rows import Target, row

FLOOR = "reading all rows with `sqlite3` and decoding each with msgspec"


def _floor(sizes: Sizes) -> Side:
    path = prepared.ledger(sizes.main)
    return lambda: side("floor", path).cost


def _command(sizes: Sizes, *words: str) -> Side:
    path = prepared.ledger(sizes.main)
    return lambda: slaledger(path, *words).cost


@row("replay", "`audit replay` of {sizes.main:,} events, SQLite", FLOOR, Target(4, 3))
def replay(sizes: Sizes) -> tuple[Side, Side]:
    """The floor is the least work of any program that reads every event: SQL, and typed structs of the JSON.

    Ours also groups by account, folds, assesses, hashes the facts, encodes, and compares. Both are whole processes;
    ours starts as many as it does by default, the floor is one.
    """
    return _command(sizes, "audit", "replay"), _floor(sizes)


@row("replay-one", "the same with `--workers 1`", "the same reading and decoding", Target(5.5, 5, clock="processor"))
def replay_one(sizes: Sizes) -> tuple[Side, Side]:
    """As `replay`, by the processor time of one process on either side."""
    return _command(sizes, "audit", "replay", "--workers", "1"), _floor(sizes)


@row(
    "workers", "`audit replay --workers 2` of {sizes.main:,} events", "`--workers 1`", Target(1.65, 1.8, at_least=True)
)
def workers(sizes: Sizes) -> tuple[Side, Side]:
    """The same work; the start of the processes is included."""
    replaying = ("audit", "replay", "--workers")
    return _command(sizes, *replaying, "2"), _command(sizes, *replaying, "1")


@row("fold", "the fold alone, all accounts of {sizes.main:,} events, one process", FLOOR, Target(2.2, 1.8))
def fold(sizes: Sizes) -> tuple[Side, Side]:
    """Every account's case from the events that concern it, without assessment, against the floor of `replay`."""
    return _folding(sizes, "1"), _floor(sizes)


@row("fold-two", "the same, two processes", "the same reading and decoding, one process", Target(1.5, 1.3))
def fold_two(sizes: Sizes) -> tuple[Side, Side]:
    """As `fold`, the start of the processes included."""
    return _folding(sizes, "2"), _floor(sizes)


def _folding(sizes: Sizes, processes: str) -> Side:
    path = prepared.ledger(sizes.main)
    return lambda: side("fold", path, processes).cost


@row("rebuild", "`rebuild` of all projections of {sizes.main:,} events", FLOOR, Target(3.2, 2.5))
def rebuild(sizes: Sizes) -> tuple[Side, Side]:
    """Ours also folds every account, measures its months, and writes three tables; against the floor of `replay`."""
    return _command(sizes, "rebuild"), _floor(sizes)


@row(
    "merkle",
    "re-deriving the Merkle root of {sizes.main:,} events",
    "reading the rows and one SHA-256 each, one process",
    Target(1, 0.8),
)
def merkle(sizes: Sizes) -> tuple[Side, Side]:
    """A tree needs two hashes per leaf, and each leaf is over the whole row; theirs is over the state alone. Ours
    starts as many processes as `audit verify` does by default."""
    path = prepared.ledger(sizes.main)
    return lambda: side("root", path).cost, _hashes(sizes)


@row("merkle-one", "the same by one process", "the same reading and hashing", Target(None))
def merkle_one(sizes: Sizes) -> tuple[Side, Side]:
    """As `merkle`, in one pass: how `backup` and `restore` derive the root."""
    path = prepared.ledger(sizes.main)
    return lambda: side("root_by_one", path).cost, _hashes(sizes)


def _hashes(sizes: Sizes) -> Side:
    path = prepared.ledger(sizes.main)
    return lambda: side("hashes", path).cost


@row(
    "library",
    "`audit replay` of {sizes.main:,} events",
    "the eventsourcing library's default: JSON transcoder, mapper, its notification log (5,000 a page); the same fold "
    "and assessment behind it",
    Target(3, 4, at_least=True),
)
def library(sizes: Sizes) -> tuple[Side, Side]:
    """The library has ids as text, the best page size, one pass in log order with every case in memory, and trusts a
    decision's recorded facts; ours hashes them again. Both run as they do by default: the library has no division of
    work among processes, ours takes all cores."""
    theirs = prepared.library(sizes.main)
    return _command(sizes, "audit", "replay"), lambda: side("library_replay", theirs).cost


@row("verify", "`audit verify` of {sizes.main:,} events", "`audit replay` of the same", Target(1.5, 1.2))
def verify(sizes: Sizes) -> tuple[Side, Side]:
    """Verifying replays every decision too. Beside that it hashes the log to its root, checks each event against the
    rules and each balance, and compares the stored projections and the stored tree. Both run as by default."""
    return _command(sizes, "audit", "verify"), _command(sizes, "audit", "replay")


@row(
    "verify-since",
    "`audit verify --since RECEIPT` with {sizes.new:,} new events in a ledger of {sizes.large:,}",
    "the same new events in one of {sizes.base:,}",
    Target(1.3, 1),
)
def verify_since(sizes: Sizes) -> tuple[Side, Side]:
    """Both receipts are of a whole `audit verify` of the ledger without the new events. These come from the same
    commands for the same accounts, whose earlier histories are the same: only the rest of the log is longer."""
    large, base = (prepared_receipts.audited(events, sizes.new) for events in (sizes.large, sizes.base))

    def since(audited: prepared_receipts.Audited) -> Side:
        return lambda: slaledger(audited.path, "audit", "verify", "--since", audited.receipt).cost

    return since(large), since(base)
