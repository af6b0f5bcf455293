"""Brings the stored tree up to date: one that fits the log is extended by new events, any other is made again."""

from __future__ import annotations

from collections.abc import Callable

from domain.text import said, words_of
from ledger.application import Ledger
from ledger.log.leaves import leaf_hash
from ledger.log.reader import Reader
from ledger.transparency import merkle
from ledger.transparency.log_root import BEFORE_ALL, Peaks, ledger_id
from ledger.transparency.tree_store import Node, Reached, Run, Spoilt, TreeStore

Progress = Callable[[int, int], None]
_FLUSH = 10_000
"""The number of hashes that are collected before they are written."""


def is_current(store: TreeStore, ledger: Ledger) -> bool:
    """Whether the stored tree, in the store's snapshot, fits the log and ends where it does."""
    try:
        reached = store.reached()
        with ledger.reading() as log:  # begun after the tree's snapshot, so that an intact tree cannot be ahead
            if reached is None or log.position() != reached.position:
                return False
            return _distrust(store, log, reached) is None
    except Spoilt:
        return False


def catch_up(store: TreeStore, ledger: Ledger, on_progress: Progress) -> str | None:
    """Add the new events, under the store's write lock. A tree that does not fit is made again; returns the reason."""
    with ledger.reading() as log:
        try:
            reached = store.reached()
            remade = None if reached is None else _distrust(store, log, reached)
        except Spoilt as spoilt:
            reached, remade = None, words_of(spoilt)
        if reached is None or remade is not None:
            store.clear()
            reached = Reached(ledger_id(log), 0, 0, merkle.EMPTY_ROOT)
        _extend(store, log, reached, on_progress)
    return remade


def _distrust(store: TreeStore, log: Reader, reached: Reached) -> str | None:
    """The reason why the stored tree cannot be extended, or None. Only its end, peaks and last leaf are checked."""
    if reached.ledger != ledger_id(log):
        return said("it was another ledger's")
    try:
        if kept_peaks(store, reached).root() != reached.root:
            return said("its hashes did not agree")
        if reached.size == 0:
            return None
        first_index, first_position = store.run_of_index(reached.size - 1)
        if first_position + reached.size - 1 - first_index != reached.position:
            return said("its positions did not agree")
        last = next(log.since(reached.position - 1), None)
        if last is None:
            return said("the log no longer reached its last event, at position {position}", position=reached.position)
        if last.position != reached.position or leaf_hash(last) != store.node(0, reached.size - 1):
            return said("the log had another event at position {position}", position=reached.position)
    except Spoilt as spoilt:
        return words_of(spoilt)
    return None


def kept_peaks(store: TreeStore, reached: Reached) -> Peaks:
    """The complete subtrees from which the stored tree is extended. Raises Spoilt."""
    return Peaks(reached.size, [store.node(*peak) for peak in merkle.peaks(reached.size)])


def _extend(store: TreeStore, log: Reader, reached: Reached, on_progress: Progress) -> None:
    peaks, position, end = kept_peaks(store, reached), reached.position, log.position()
    nodes: list[Node] = []
    runs: list[Run] = []
    for row in log.since(reached.position if reached.size else BEFORE_ALL):
        if row.position != position + 1 or not peaks.size:
            runs.append((peaks.size, row.position))
        position = row.position
        nodes += peaks.add(leaf_hash(row))
        if len(nodes) >= _FLUSH:
            store.add(nodes, runs)
            nodes, runs = [], []
            on_progress(position - reached.position, end - reached.position)
    store.add(nodes, runs)
    store.advance(Reached(reached.ledger, peaks.size, position, peaks.root()))
