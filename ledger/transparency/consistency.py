"""The proof that an older log is the beginning of a newer one, as `slaledger audit consistency` writes it."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from domain.keys import decoded, encoded
from domain.parser_messages import parser_words
from domain.text import said, words_of
from ledger.refusals.audit.witnesses import BadConsistencyProof, ForkByProof, ProofOfOtherSizes, WrongConsistencyProof
from ledger.transparency import merkle
from ledger.transparency.cosignatures import Note
from ledger.transparency.proofs import Checkpoint


class ConsistencyProof(msgspec.Struct, frozen=True, kw_only=True):
    """The heads of both trees, their roots in base64, and the hashes of the proof (RFC 6962, 2.1.2) in base64."""

    ledger: str
    old_size: int
    new_size: int
    old_root: str
    new_root: str
    hashes: tuple[str, ...]


def read_consistency(text: str) -> ConsistencyProof:
    """Read a proof of consistency. Raises Unreadable `bad_proof`."""
    try:
        found = msgspec.json.decode(text, type=ConsistencyProof)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise BadConsistencyProof(what=parser_words(str(error))) from None
    if any(decoded(each) is None for each in (found.old_root, found.new_root, *found.hashes)):
        raise BadConsistencyProof(what=said("one of its hashes is not base64 of 32 bytes"))
    return found


def check_consistency(proof: ConsistencyProof, old: Note, new: Note) -> None:
    """Check that a proof shows a checkpoint to continue an older one.

    Raises Refusal `wrong_proof` where it does not, Damaged `forked` where it is from another root for the older size.
    """
    kept, head = old.checkpoint, new.checkpoint
    if (proof.ledger, proof.old_size, proof.new_size) != (head.origin, kept.size, head.size):
        raise ProofOfOtherSizes(
            ledger=proof.ledger,
            old=proof.old_size,
            new=proof.new_size,
            origin=head.origin,
            kept=kept.size,
            size=head.size,
        )
    evidence = (old.text(), new.text())
    if decoded(proof.old_root) != kept.root:
        raise ForkByProof(
            ledger=head.origin, size=kept.size, kept_root=encoded(kept.root), root=proof.old_root, evidence=evidence
        )
    why = why_not_continued(kept, head, proof.hashes)
    if why is not None:
        raise WrongConsistencyProof(size=head.size, kept=kept.size, why=why, evidence=evidence)


def why_not_continued(old: Checkpoint, new: Checkpoint, hashes: Iterable[str]) -> str | None:
    """Why hashes in base64 do not show a checkpoint to continue an older one; None where they do."""
    try:
        merkle.verify_consistency(old.size, new.size, [decoded(each) or b"" for each in hashes], old.root, new.root)
    except merkle.ProofError as error:
        return words_of(error)
    return None
