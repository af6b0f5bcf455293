"""RFC 6962 Merkle trees over SHA-256: roots, inclusion and consistency proofs, and their verification.

Trees are left-filled: a tree of n leaves splits at the largest power of two below n. Leaves are given as hashes, which
`ledger/log/leaves.py` makes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence

from domain.text import said

HASH_BYTES = 32
EMPTY_ROOT = hashlib.sha256(b"").digest()

Subtree = Callable[[int, int], bytes]
"""The hash of a complete subtree: (level, index), level 0 being the leaves."""


class ProofError(Exception):
    """A proof does not hold; the message says why."""


def parents(nodes: Sequence[bytes]) -> list[bytes]:
    """The inner nodes over an even number of nodes of one level."""
    pairs = zip(nodes[::2], nodes[1::2], strict=True)
    return [hashlib.sha256(b"\x01" + left + right).digest() for left, right in pairs]


def node_hash(left: bytes, right: bytes) -> bytes:
    """RFC 6962, 2.1: SHA-256 over 0x01 and both children."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def peaks(size: int) -> list[tuple[int, int]]:
    """The complete subtrees, as (level, index), that make up a tree of a size, left to right."""
    found = []
    start = 0
    for level in range(size.bit_length() - 1, -1, -1):
        if size >> level & 1:
            found.append((level, start >> level))
            start += 1 << level
    return found


def root(size: int, subtree: Subtree) -> bytes:
    """The root of the first `size` leaves."""
    return EMPTY_ROOT if size == 0 else _range(0, size, subtree)


def _range(start: int, end: int, subtree: Subtree) -> bytes:
    """The hash of the leaves [start, end) where start is a multiple of the range's smallest enclosing power of two."""
    width = end - start
    if width & (width - 1) == 0 and start % width == 0:
        level = width.bit_length() - 1
        return subtree(level, start >> level)
    split = start + (1 << ((width - 1).bit_length() - 1))
    return node_hash(_range(start, split, subtree), _range(split, end, subtree))


def inclusion_proof(index: int, size: int, subtree: Subtree) -> list[bytes]:
    """RFC 6962, 2.1.1: the path from leaf `index` to the root of the first `size` leaves. Raises IndexError."""
    if not 0 <= index < size:
        raise IndexError(f"no leaf {index} in a tree of {size}")
    path: list[bytes] = []
    start, end = 0, size
    while end - start > 1:
        split = start + (1 << ((end - start - 1).bit_length() - 1))
        if index < split:
            path.append(_range(split, end, subtree))
            end = split
        else:
            path.append(_range(start, split, subtree))
            start = split
    return path[::-1]


def consistency_proof(old: int, new: int, subtree: Subtree) -> list[bytes]:
    """RFC 6962, 2.1.2: the proof that the first `old` of the first `new` leaves are the old tree. Raises IndexError."""
    if not 0 < old <= new:
        raise IndexError(f"no consistency proof from {old} to {new}")
    return _consistency(old, 0, new, subtree, True)


def _consistency(old: int, start: int, end: int, subtree: Subtree, known: bool) -> list[bytes]:
    if start + old == end:
        return [] if known else [_range(start, end, subtree)]
    split = start + (1 << ((end - start - 1).bit_length() - 1))
    if old <= split - start:
        return [*_consistency(old, start, split, subtree, known), _range(split, end, subtree)]
    rest = _consistency(old - (split - start), split, end, subtree, False)
    return [*rest, _range(start, split, subtree)]


def verify_inclusion(index: int, size: int, leaf: bytes, proof: Sequence[bytes], expected: bytes) -> None:
    """RFC 9162, 2.1.3.2: verify that a leaf hash is at `index` of a tree. Raises ProofError."""
    if not 0 <= index < size:
        raise ProofError(said("leaf {index} is outside a tree of {size}", index=index, size=size))
    _check_hashes((leaf, expected, *proof))
    fn, sn, current = index, size - 1, leaf
    for sibling in proof:
        if sn == 0:
            raise ProofError(said("the proof is too long"))
        if fn & 1 or fn == sn:
            current = node_hash(sibling, current)
            while fn and not fn & 1:
                fn, sn = fn >> 1, sn >> 1
        else:
            current = node_hash(current, sibling)
        fn, sn = fn >> 1, sn >> 1
    if sn:
        raise ProofError(said("the proof is too short"))
    if current != expected:
        raise ProofError(said("the proof leads to another root"))


def verify_consistency(old: int, new: int, proof: Sequence[bytes], old_root: bytes, new_root: bytes) -> None:
    """RFC 9162, 2.1.4.2: verify that a tree is the beginning of a later one. Raises ProofError.

    There is no proof from an empty tree.
    """
    if not 0 < old <= new:
        raise ProofError(said("no tree of {old} can be the beginning of one of {new}", old=old, new=new))
    _check_hashes(proof)
    if old == new:
        if proof:
            raise ProofError(said("two trees of one size need no proof"))
        if old_root != new_root:
            raise ProofError(said("two trees of one size have different roots"))
        return
    if not proof:
        raise ProofError(said("the proof is empty"))
    path = [old_root, *proof] if old & (old - 1) == 0 else list(proof)
    fn, sn = old - 1, new - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    first = second = path[0]
    for sibling in path[1:]:
        if sn == 0:
            raise ProofError(said("the proof is too long"))
        if fn & 1 or fn == sn:
            first, second = node_hash(sibling, first), node_hash(sibling, second)
            while fn and not fn & 1:
                fn, sn = fn >> 1, sn >> 1
        else:
            second = node_hash(second, sibling)
        fn, sn = fn >> 1, sn >> 1
    if sn:
        raise ProofError(said("the proof is too short"))
    if first != old_root:
        raise ProofError(said("the proof leads to another old root"))
    if second != new_root:
        raise ProofError(said("the proof leads to another new root"))


def _check_hashes(hashes: Sequence[bytes]) -> None:
    if any(len(each) != HASH_BYTES for each in hashes):
        raise ProofError(said("a hash has 32 bytes"))
