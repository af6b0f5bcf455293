"""A witness: it cosigns only checkpoints that continue the last one that it cosigned, which is its whole state."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from domain.keys import VerifierKey, encoded
from domain.text import said, words_of
from ledger.files.locks import lock
from ledger.files.reading import read_text
from ledger.files.writing import replacing
from ledger.refusals.audit.evidence import BadCheckpoint
from ledger.refusals.audit.keys import BadNote, BadSignature
from ledger.refusals.audit.witnesses import BadState, Fork, OtherLedgerThanCosigned, ProofNeeded, RolledBack
from ledger.transparency.consistency import ConsistencyProof, check_consistency
from ledger.transparency.cosignatures import Note, cosigned, own_cosignature, read_note


class Witness(NamedTuple):
    """A witness of one ledger: its signer key, the file that the key is in, and the file of its last cosigned note."""

    key: VerifierKey
    key_file: Path
    state: Path

    def sign(self, note: Note, proof: ConsistencyProof | None, time_s: int) -> Note:
        """Cosign a checkpoint at a time in seconds since 1970; the state is on disk before the note is returned.

        Without a state, any checkpoint is taken: it is the first. Raises Damaged `forked`; Refusal `rolled_back`,
        `proof_needed`, `wrong_proof`, `other_ledger`; Unreadable `bad_state`, and as `replacing` does.
        """
        with _alone(self.key_file):
            last = self.last()
            if last is not None:
                self._check_continues(last, note, proof)
            made = cosigned(note, self.key, time_s)
            with replacing(self.state, force=True) as temporary:
                temporary.write_bytes(made.text().encode())
        return made

    def last(self) -> Note | None:
        """The last note that it cosigned; None where there is no state yet. Raises Unreadable `bad_state`."""
        if not os.path.lexists(self.state):
            return None
        try:
            note = read_note(read_text(str(self.state)))
            is_own = own_cosignature(note, self.key) is not None
        except (BadCheckpoint, BadNote, BadSignature) as refusal:
            raise BadState(state=self.state, what=words_of(refusal)) from None
        if not is_own:
            raise BadState(state=self.state, what=said("the key of this witness did not cosign it"))
        return note

    def _check_continues(self, last: Note, note: Note, proof: ConsistencyProof | None) -> None:
        kept, head = last.checkpoint, note.checkpoint
        if head.origin != kept.origin:
            raise OtherLedgerThanCosigned(origin=head.origin, state=self.state, ledger=kept.origin)
        if head.size < kept.size:
            raise RolledBack(size=head.size, kept=kept.size)
        if head.size == kept.size:
            if head.root != kept.root:
                raise Fork(
                    ledger=head.origin,
                    size=head.size,
                    kept_root=encoded(kept.root),
                    root=encoded(head.root),
                    evidence=(last.text(), note.text()),
                )
        elif kept.size:  # every log continues the empty one
            if proof is None:
                raise ProofNeeded(kept=kept.size, size=head.size)
            check_consistency(proof, last, note)


@contextmanager
def _alone(key_file: Path) -> Iterator[None]:
    """Let no other process sign with the key while the block runs, where the system has such locks."""
    with key_file.open("rb") as opened:
        with suppress(OSError):  # a file system without such locks
            lock(opened.fileno())
        yield
