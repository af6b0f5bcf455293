"""The Merkle tree derived from the log's rows alone. The stored tree is compared with it.

A leaf is `ledger.log.leaves.leaf_hash` of a row; memory does not grow with the log.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import islice
from typing import NamedTuple

from ledger.application import Ledger
from ledger.log.codec import Row
from ledger.log.leaves import leaf_hash
from ledger.log.reader import Reader
from ledger.memory import gc_paused
from ledger.parallel.work import Workers, over_parts
from ledger.refusals.audit.evidence import NoFirstEvent, NoLedgerId
from ledger.transparency import merkle
from ledger.transparency.tree_store import Node

LEAVES_A_PART = 2**16
"""The leaves of a part: a power of two, so that the tree of a full part is a subtree of the log's (RFC 6962, 2.1)."""
_PAGE = 4096
Progress = Callable[[int, int], None]
BEFORE_ALL = -(2**63)
"""Before every position, since a row inserted before the first one is a leaf too."""


class Peaks:
    """A growing tree, stored only as `hashes` of its complete subtrees, left to right; `size` counts its leaves."""

    def __init__(self, size: int = 0, hashes: Iterable[bytes] = ()) -> None:
        self.size = size
        self.hashes = list(hashes)

    def add(self, leaf: bytes) -> list[Node]:
        """Append a leaf hash; returns the subtrees that it completes, itself first."""
        level, at, current = 0, self.size, leaf
        done = [(level, at, current)]
        while at & 1:
            level, at, current = level + 1, at >> 1, merkle.node_hash(self.hashes.pop(), current)
            done.append((level, at, current))
        self.hashes.append(current)
        self.size += 1
        return done

    def extend(self, leaves: Iterable[bytes]) -> None:
        """Append many leaf hashes, level by level of the tree."""
        current, rest, before = list(leaves), [], self.size
        self.size += len(current)
        while current:
            if before & 1:
                current.insert(0, self.hashes.pop())
            if len(current) & 1:
                rest.append(current.pop())
            current = merkle.parents(current)
            before >>= 1
        self.hashes += reversed(rest)

    def join(self, other: Peaks) -> None:
        """Append another tree's leaves. This one's size must be a multiple of every complete subtree's in the other."""
        levels = [level for level in range(other.size.bit_length()) if other.size >> level & 1]
        for level, current in zip(reversed(levels), other.hashes, strict=True):
            at = self.size >> level
            while at & 1:
                at, current = at >> 1, merkle.node_hash(self.hashes.pop(), current)
            self.hashes.append(current)
            self.size += 1 << level

    def root(self) -> bytes:
        """The root of the leaves so far."""
        if not self.hashes:
            return merkle.EMPTY_ROOT
        *rest, current = self.hashes
        for left in reversed(rest):
            current = merkle.node_hash(left, current)
        return current


class Bounds(NamedTuple):
    """The positions of a part: those after one, up to a last one."""

    after: int
    last: int


def bounds_of(log: Reader, last: int | None = None) -> list[Bounds]:
    """The parts of a log in order, up to a last position where given."""
    last = log.position() if last is None else last
    if not log.has_no_gaps():
        return [Bounds(BEFORE_ALL, last)]
    starts = range(0, last, LEAVES_A_PART)
    return [Bounds(start or BEFORE_ALL, min(start + LEAVES_A_PART, last)) for start in starts]


class LogTree(NamedTuple):
    """The tree of a log or of a part of it, and its last leaf's position; 0 for none."""

    tree: Peaks
    position: int

    def root(self) -> LogRoot:
        """The tree's size and root, and the position."""
        return LogRoot(self.tree.size, self.tree.root(), self.position)


class LogRoot(NamedTuple):
    """The tree derived from the rows: the number of leaves, the root, and the last leaf's position (0 for none)."""

    size: int
    root: bytes
    position: int


def derived_in_parts(
    ledger: Ledger, log: Reader, workers: Workers, on_progress: Progress, size: int | None = None
) -> LogRoot:
    """`derived`, part by part among workers; where positions have gaps, in one part. Raises as `over_parts` does."""
    if size is not None and not log.has_no_gaps():
        return derived(log, size)
    joined = LogTree(Peaks(), 0)
    parts = [partial(_tree_of, bounds=bounds) for bounds in bounds_of(log, size)]
    for part in over_parts(ledger, log, parts, workers, on_progress):
        joined.tree.join(part.tree)
        joined = LogTree(joined.tree, part.position)
    return joined.root()


def _tree_of(log: Reader, bounds: Bounds) -> LogTree:
    return _extended(log.between(*bounds))


def derived(log: Reader, size: int | None = None) -> LogRoot:
    """Derive the tree of the first `size` events, by default of all, from the rows; fewer where the log is shorter.

    Memory does not grow with the log. Raises Damaged `unreadable_event`.
    """
    return _extended(islice(log.since(BEFORE_ALL), size)).root()


def _extended(rows: Iterator[Row]) -> LogTree:
    peaks, position = Peaks(), 0
    with gc_paused():
        while page := list(islice(rows, _PAGE)):
            peaks.extend(map(leaf_hash, page))
            position = page[-1].position
    return LogTree(peaks, position)


def ledger_id(log: Reader) -> str:
    """The ledger's id, which is the origin of its checkpoints.

    Raises Unreadable `no_ledger_id` for an empty log, Damaged `first_event_gone` for another.
    """
    found = log.ledger_id()
    if found is None:
        raise NoFirstEvent() if log.position() else NoLedgerId()
    return found
