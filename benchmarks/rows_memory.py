"""The rows of memory: a command's must not grow with the log."""

from __future__ import annotations

import prepared
from measuring import SLALEDGER, Side, peak_mb
from places import DATA
from prepared import Sizes
from rows import Target, row

_TARGET = Target(1.2, 1)
_AT_MAIN = "at {sizes.main:,}"


def _peaks(sizes: Sizes, *words: str) -> tuple[Side, Side]:
    """Ours is the large ledger, theirs the main one."""
    large, main = prepared.ledger(sizes.large), prepared.ledger(sizes.main)
    return (
        lambda: peak_mb(SLALEDGER, "--ledger", f"sqlite:///{large}", *words),
        lambda: peak_mb(SLALEDGER, "--ledger", f"sqlite:///{main}", *words),
    )


@row("memory-replay", "peak memory of `audit replay` at {sizes.large:,} events", _AT_MAIN, _TARGET, unit="MB")
def memory_replay(sizes: Sizes) -> tuple[Side, Side]:
    """As by default, with all processes that it starts."""
    return _peaks(sizes, "audit", "replay")


@row("memory-rebuild", "peak memory of `rebuild` at {sizes.large:,} events", _AT_MAIN, _TARGET, unit="MB")
def memory_rebuild(sizes: Sizes) -> tuple[Side, Side]:
    """As `memory-replay`, with the projections written."""
    return _peaks(sizes, "rebuild")


@row("memory-export", "peak memory of `export events` at {sizes.large:,} events", _AT_MAIN, _TARGET, unit="MB")
def memory_export(sizes: Sizes) -> tuple[Side, Side]:
    """As `memory-replay`, with a file written."""
    return _peaks(sizes, "export", "events", "--force", "-o", str(DATA / "exported.jsonl"))
