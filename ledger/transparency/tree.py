"""The Merkle tree over the stored bytes of every event in log order: a side store derived from the log.

A leaf is `ledger.log.leaves.leaf_hash` of a row. Leaf indexes count from 0 without a gap; positions may have gaps.
The stored tree is brought up to date when it is read, at a cost for new events only. It is disposable: where it does
not fit the log it is made again, and `remade` says why, because that may be a sign of tampering.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager

from domain.refusals import Damaged, Refusal, Unreadable
from domain.text import said, words_of
from ledger.application import Ledger
from ledger.log.codec import Row
from ledger.log.database import SideStore, SideStoreError, opened_or_made_anew
from ledger.log.leaves import leaf_hash
from ledger.log.reader import Reader
from ledger.refusals.audit.evidence import (
    EventBeyondTree,
    IndexBeyondLog,
    NoEventAtPosition,
    NoProof,
    PositionBeyondLog,
    SizeBeyondLog,
    TreeDamaged,
)
from ledger.store.sqlite.side_store import SqliteSideStore
from ledger.store.sqlite.store import TEMPORARY
from ledger.transparency import merkle
from ledger.transparency.catch_up import Progress, catch_up, is_current, kept_peaks
from ledger.transparency.log_root import BEFORE_ALL, Peaks, ledger_id
from ledger.transparency.tree_store import Reached, Spoilt, TreeStore


class KeptTree:
    """The stored tree as of when it was opened. Its methods raise Damaged `tree_damaged` where hashes are missing.

    `ledger` is the ledger's id, `size` the number of leaves, `position` the last one's; `remade` says why the earlier
    tree was not extended.
    """

    def __init__(self, store: TreeStore, reached: Reached, remade: str | None = None) -> None:
        self._store = store
        self.ledger, self.size, self.position, _ = reached
        self.remade = remade

    def root(self, size: int | None = None) -> bytes:
        """The root of the first `size` leaves, of all by default. Raises Refusal `beyond_the_log`."""
        return merkle.root(self._checked(size), self.subtree)

    def inclusion(self, index: int, size: int | None = None) -> list[bytes]:
        """The proof that leaf `index` is in the tree of the first `size`. Raises Refusal `beyond_the_log`."""
        size = self._checked(size)
        if not 0 <= index < size:
            raise EventBeyondTree(index=index + 1, size=size)
        return merkle.inclusion_proof(index, size, self.subtree)

    def consistency(self, old: int, new: int | None = None) -> list[bytes]:
        """The proof that the first `old` leaves begin the first `new`. Raises Refusal `beyond_the_log`, `no_proof`."""
        new, old = self._checked(new), self._checked(old)
        if not 0 < old <= new:
            raise NoProof(old=old, new=new)
        return merkle.consistency_proof(old, new, self.subtree)

    def subtree(self, level: int, index: int) -> bytes:
        """The hash of a complete subtree, level 0 being the leaves."""
        try:
            return self._store.node(level, index)
        except Spoilt as spoilt:
            raise damaged(words_of(spoilt)) from None

    def proves(self, leaves: Mapping[int, bytes], peaks: Mapping[tuple[int, int], bytes]) -> bool:
        """Whether leaf hashes, by index, lead to the peaks of a tree, by (level, index). Only the peaks are trusted.

        Each level's missing siblings are read at once. Raises Damaged `tree_damaged` where one is not stored.
        """
        level, nodes = 0, dict(leaves)
        while nodes:
            reached = {at for at in nodes if (level, at) in peaks}
            if any(nodes.pop(at) != peaks[level, at] for at in reached):
                return False
            known = nodes | self._nodes(level, [at ^ 1 for at in nodes if at ^ 1 not in nodes])
            above = {at >> 1 for at in nodes}
            nodes = {at: merkle.node_hash(known[2 * at], known[2 * at + 1]) for at in above}
            level += 1
        return True

    def _nodes(self, level: int, places: list[int]) -> dict[int, bytes]:
        try:
            return self._store.nodes(level, places)
        except Spoilt as spoilt:
            raise damaged(words_of(spoilt)) from None

    def leaves(self, size: int) -> Iterable[bytes]:
        """The first `size` leaf hashes in order, read in pages."""
        return self._store.leaves(size)

    def position_of(self, index: int) -> int:
        """The position in the log of leaf `index`. Raises Refusal `beyond_the_log`."""
        if not 0 <= index < self.size:
            raise IndexBeyondLog(size=self.size, index=index, last=self.size - 1)
        try:
            first_index, first_position = self._store.run_of_index(index)
        except Spoilt as spoilt:
            raise damaged(words_of(spoilt)) from None
        return first_position + index - first_index

    def index_of(self, position: int) -> int:
        """The index of the leaf at a position of the log. Raises Refusal `beyond_the_log`, `no_such_event`."""
        if position > self.position:
            raise PositionBeyondLog(position=self.position, asked=position)
        size = self.size_at(position)
        if size == 0 or self.position_of(size - 1) != position:
            raise NoEventAtPosition(position=position)
        return size - 1

    def size_at(self, position: int) -> int:
        """The number of leaves up to a position of the log."""
        if position >= self.position:
            return self.size
        run = self._store.run_of_position(position)
        if run is None:
            return 0
        following = self._store.next_run(run[0])
        return min(run[0] + position - run[1] + 1, self.size if following is None else following)

    def _checked(self, size: int | None) -> int:
        if size is not None and not 0 <= size <= self.size:
            raise SizeBeyondLog(size=self.size, asked=size)
        return self.size if size is None else size


def damaged(what: str) -> Refusal:
    """The refusal where the stored tree turns out to be wrong during a query."""
    return TreeDamaged(what=what)


@contextmanager
def tree_of(ledger: Ledger, *, on_progress: Progress = lambda done, total: None) -> Iterator[KeptTree]:
    """The ledger's tree, brought up to date in the side store where it may be written, else in a temporary one.

    It is at least as new as any snapshot of the log taken before. Raises Conflict `locked`, Unreadable
    `store_unusable`, `no_ledger_id`, and Damaged `unreadable_event`.
    """
    with ledger.store.translating_errors("tree"):
        store, remade = _opened(ledger, on_progress)
        try:
            yield _tree(store, remade)
        finally:
            store.close()


@contextmanager
def tree_as_kept(ledger: Ledger) -> Iterator[KeptTree | None]:
    """The stored tree as it is, neither brought up to date nor made again; None where the ledger has none.

    It may be ahead of a log whose end was cut off, and is then evidence, though the operator can delete it. Where the
    log has lost its id, any stored tree is taken.
    """
    owner, store = _owner(ledger), None
    try:
        store = TreeStore(ledger.store.kept("tree", read_only=True))
        store.begin()
        reached = store.reached()
        sound = (
            reached is not None
            and owner in (None, reached.ledger)
            and kept_peaks(store, reached).root() == reached.root
        )
        tree = KeptTree(store, reached) if reached is not None and sound else None
    except (SideStoreError, Spoilt):
        tree = None
    try:
        with ledger.store.translating_errors("tree"):
            yield tree
    finally:
        if store is not None:
            store.close()


def _owner(ledger: Ledger) -> str | None:
    try:
        with ledger.reading() as log:
            return ledger_id(log)
    except (Damaged, Unreadable):
        return None


def first_difference(log: Reader, tree: KeptTree, vouched: tuple[int, bytes] | None = None) -> int | None:
    """The first position at which the log differs from a stored tree; None where that is unknown.

    With `vouched`, the (size, root) of a checkpoint, only leaves that lead to that root count: a stored tree that was
    changed along with the log proves nothing. Leaves after the stored ones are no difference.
    """
    size, root = vouched or (tree.size, tree.root())
    if size > tree.size:
        return None
    peaks, rows, found = Peaks(), log.since(BEFORE_ALL), None
    for leaf in tree.leaves(size):
        if found is None:
            found = _difference(next(rows, None), leaf, tree.position_of, peaks.size)
        peaks.add(leaf)
    return found if peaks.size == size and peaks.root() == root else None


def _difference(row: Row | None, leaf: bytes, position_of: Callable[[int], int], index: int) -> int | None:
    if row is None:
        return position_of(index)
    try:
        same = leaf_hash(row) == leaf
    except Damaged:
        same = False
    return None if same else min(row.position, position_of(index))


def _opened(ledger: Ledger, on_progress: Progress) -> tuple[TreeStore, str | None]:
    """The store, brought up to date and in a snapshot, and why it was made again. It is temporary where necessary."""
    if not ledger.store.can_write_side_store("tree"):
        return _caught_up(SqliteSideStore(TEMPORARY), ledger, on_progress)
    try:
        (found, remade), broken = opened_or_made_anew(
            ledger.store, "tree", lambda kept: _caught_up(kept, ledger, on_progress)
        )
    except SideStoreError as error:
        if error.forbids_writing:
            return _caught_up(SqliteSideStore(TEMPORARY), ledger, on_progress)
        raise
    return found, remade if broken is None else said("its tables: {error}", error=words_of(broken))


def _caught_up(kept: SideStore, ledger: Ledger, on_progress: Progress) -> tuple[TreeStore, str | None]:
    store, remade = TreeStore(kept), None
    with ExitStack() as undo:
        undo.callback(store.close)
        store.begin()
        current = is_current(store, ledger)
        while not current:
            store.commit()
            store.begin(writing=True)
            remade = catch_up(store, ledger, on_progress) or remade
            store.commit()
            store.begin()
            current = not _is_empty(store)  # else another process found it broken and dropped it since
        undo.pop_all()
    return store, remade


def _is_empty(store: TreeStore) -> bool:
    try:
        return store.reached() is None
    except Spoilt:
        return False


def _tree(store: TreeStore, remade: str | None) -> KeptTree:
    try:
        reached = store.reached()
    except Spoilt as spoilt:
        raise damaged(words_of(spoilt)) from None
    if reached is None:
        raise damaged(said("another process emptied it meanwhile"))
    return KeptTree(store, reached, remade)
