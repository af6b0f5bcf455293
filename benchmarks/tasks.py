"""Work of the rows that is divided among processes."""

from __future__ import annotations

from itertools import islice

from ledger.audit.log_parts import Bounds
from ledger.log.leaves import leaf_hash
from ledger.log.reader import Reader
from ledger.memory import gc_paused
from ledger.transparency.log_root import Peaks

_PAGE = 4096


def folded(log: Reader, first: str, end: str) -> int:
    """Fold the accounts with streams from `first` up to `end`; return their number."""
    position = log.position()
    return sum(life.case(position) is not None for life in log.account_histories(first, end))


def tree(log: Reader, bounds: Bounds) -> Peaks:
    """The Merkle tree of a range of positions."""
    made, rows = Peaks(), log.since(*bounds)
    with gc_paused():
        while page := list(islice(rows, _PAGE)):
            made.extend(map(leaf_hash, page))
    return made
