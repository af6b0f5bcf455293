"""Merkle trees against RFC 6962's own definition and the published proof cases."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from ledger.transparency import merkle

VECTORS = Path(__file__).parents[2].parent / "shared" / "vectors"


def _leaf(number: int) -> bytes:
    return hashlib.sha256(b"\x00" + str(number).encode()).digest()


def _defined_root(leaves: Sequence[bytes]) -> bytes:
    """RFC 6962, 2.1, as it is written there."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return hashlib.sha256(b"\x01" + _defined_root(leaves[:split]) + _defined_root(leaves[split:])).digest()


def _subtree(leaves: Sequence[bytes]) -> merkle.Subtree:
    return lambda level, index: _defined_root(leaves[index << level : (index + 1) << level])


LEAVES = [_leaf(number) for number in range(70)]


@pytest.mark.parametrize("size", range(71))
def test_the_root_is_the_defined_one(size: int) -> None:
    assert merkle.root(size, _subtree(LEAVES)) == _defined_root(LEAVES[:size])


@pytest.mark.parametrize("size", range(1, 71))
def test_every_leaf_is_proved_and_no_other_passes(size: int) -> None:
    root = _defined_root(LEAVES[:size])
    for index in range(size):
        proof = merkle.inclusion_proof(index, size, _subtree(LEAVES))
        merkle.verify_inclusion(index, size, LEAVES[index], proof, root)
        with pytest.raises(merkle.ProofError):
            merkle.verify_inclusion(index, size, _leaf(999), proof, root)
        with pytest.raises(merkle.ProofError):
            merkle.verify_inclusion(index, size, LEAVES[index], [*proof, root], root)


@pytest.mark.parametrize("new", range(1, 41))
def test_every_beginning_is_proved_and_no_other_passes(new: int) -> None:
    for old in range(1, new + 1):
        proof = merkle.consistency_proof(old, new, _subtree(LEAVES))
        roots = _defined_root(LEAVES[:old]), _defined_root(LEAVES[:new])
        merkle.verify_consistency(old, new, proof, *roots)
        with pytest.raises(merkle.ProofError):
            merkle.verify_consistency(old, new, proof, _leaf(999), roots[1])
        with pytest.raises(merkle.ProofError):
            merkle.verify_consistency(old, new, proof, roots[0], _leaf(999))


@pytest.mark.parametrize("size", [0, 1, 2, 3, 5, 8, 21, 64, 70])
def test_the_peaks_cover_the_leaves(size: int) -> None:
    covered = [leaf for level, index in merkle.peaks(size) for leaf in range(index << level, (index + 1) << level)]
    assert covered == list(range(size))


def _cases(name: str) -> list[dict[str, Any]]:
    if not VECTORS.is_dir():
        pytest.skip("skipped: the published vectors are not here (../shared/vectors)")
    return [json.loads(line) for line in (VECTORS / name).read_text().splitlines()]


def _bytes(text: str | None) -> bytes:
    return base64.b64decode(text or "")


def _passes(check: Any, *arguments: Any) -> bool:
    try:
        check(*arguments)
    except merkle.ProofError:
        return False
    return True


def test_the_published_inclusion_cases() -> None:
    cases = _cases("rfc6962-inclusion.jsonl")
    for case in cases:
        proof = [_bytes(each) for each in case["proof"] or ()]
        leaf, root = _bytes(case["leafHash"]), _bytes(case["root"])
        passed = _passes(merkle.verify_inclusion, case["leafIdx"], case["treeSize"], leaf, proof, root)
        assert passed is not case["wantErr"], case["name"]
    assert len(cases) == 98


def test_the_published_consistency_cases() -> None:
    cases = _cases("rfc6962-consistency.jsonl")
    for case in cases:
        proof = [_bytes(each) for each in case["proof"] or ()]
        roots = _bytes(case["root1"]), _bytes(case["root2"])
        passed = _passes(merkle.verify_consistency, case["size1"], case["size2"], proof, *roots)
        assert passed is not case["wantErr"], case["name"]
    assert len(cases) == 98
