"""The fold alone, as a task that can be divided among processes."""

from __future__ import annotations

from ledger.log.reader import Reader


def folded(log: Reader, first: str, end: str) -> int:
    """Fold the accounts with streams from `first` up to `end`; return their number."""
    position = log.position()
    return sum(life.case(position) is not None for life in log.account_histories(first, end))
