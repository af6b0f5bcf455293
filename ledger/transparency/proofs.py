"""C2SP tlog-checkpoint and tlog-proof: tree heads for auditors, and proofs of one event that need no log to check.

A checkpoint is three lines: the ledger's id, the number of events, the root in base64. It is bare or the text of a
signed note. A proof names a leaf's index, the hashes up to the root, and the checkpoint, verbatim.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from domain.keys import decoded, encoded
from domain.refusals import Unreadable
from domain.text import counted, said, words_of
from ledger.refusals.audit.evidence import BadCheckpoint, BadProof, OtherLedger, WrongProof
from ledger.transparency import merkle
from ledger.transparency.signed_notes import open_note, split_note

PROOF_HEADER = "c2sp.org/tlog-proof@v1"
_SIZE = re.compile(r"0|[1-9][0-9]{0,17}", re.ASCII)
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


class Checkpoint(NamedTuple):
    """A tree head: the ledger's id, the number of events, and their root."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        """The three lines, each ended by a newline."""
        return f"{self.origin}\n{self.size}\n{encoded(self.root)}\n"


class InclusionProof(msgspec.Struct, frozen=True):
    """A leaf's index (from 0), the hashes from its sibling up, and the checkpoint verbatim; `extra` is not proved."""

    index: int
    hashes: tuple[bytes, ...]
    checkpoint: str
    extra: bytes | None = None

    def text(self) -> str:
        """The proof as c2sp.org/tlog-proof writes it."""
        extra = [] if self.extra is None else [f"extra {encoded(self.extra)}"]
        lines = [PROOF_HEADER, *extra, f"index {self.index}", *map(encoded, self.hashes)]
        return "".join(f"{line}\n" for line in lines) + "\n" + self.checkpoint


def parse_checkpoint(text: str) -> Checkpoint:
    """Parse a checkpoint's three lines, without a signature. Raises Unreadable `bad_checkpoint`."""
    if not text.endswith("\n"):
        raise _bad_checkpoint(said("its last line has no newline at its end"))
    lines = text[:-1].split("\n")
    if len(lines) != 3:
        raise _bad_checkpoint(
            counted(
                "it has {n} line, not an origin, a size and a root",
                "it has {n} lines, not an origin, a size and a root",
                n=len(lines),
            )
        )
    origin, size, root = lines
    if not origin or _CONTROL.search(origin):
        raise _bad_checkpoint(said("its origin is empty or has control characters"))
    if not _SIZE.fullmatch(size):
        raise _bad_checkpoint(said("its size is {size!r}, not a decimal number without leading zeros", size=size[:40]))
    found = decoded(root)
    if found is None or len(found) != merkle.HASH_BYTES:
        raise _bad_checkpoint(said("its root is {root!r}, not base64 of 32 bytes", root=root[:60]))
    if size == "0" and found != merkle.EMPTY_ROOT:
        raise _bad_checkpoint(said("its root is not that of an empty log"))
    return Checkpoint(origin, int(size), found)


def read_checkpoint(text: str, verifier_keys: Sequence[str] = ()) -> Checkpoint:
    """Read a checkpoint, bare or as a signed note. With keys, it must be a note signed by one of them; without keys,
    no signature is checked.

    Raises Unreadable `bad_checkpoint`, `bad_note`, `bad_key`; Refusal `unknown_key`, `bad_signature`.
    """
    if verifier_keys:
        return parse_checkpoint(open_note(text, verifier_keys))
    lines = text.split("\n")
    is_note = len(lines) > 4 and not lines[3]
    return parse_checkpoint(split_note(text)[0] if is_note else text)


def parse_proof(text: str) -> InclusionProof:
    """Parse a proof, but not its checkpoint. Raises Unreadable `bad_proof`."""
    head, blank, checkpoint = text.partition("\n\n")
    lines = head.split("\n")
    if not blank or lines[0] != PROOF_HEADER:
        raise _bad_proof(
            said(
                "it does not begin with {proof_header}, or has no blank line before its checkpoint",
                proof_header=PROOF_HEADER,
            )
        )
    extra = None
    if len(lines) > 1 and lines[1].startswith("extra "):
        extra = decoded(lines.pop(1).removeprefix("extra "))
        if extra is None:
            raise _bad_proof(said("its extra data are not base64"))
    name, _, index = lines[1].partition(" ") if len(lines) > 1 else ("", "", "")
    if name != "index" or not _SIZE.fullmatch(index):
        raise _bad_proof(said("it has no line `index N` with a decimal number without leading zeros"))
    hashes = [decoded(line) for line in lines[2:]]
    known = tuple(each for each in hashes if each is not None and len(each) == merkle.HASH_BYTES)
    if len(known) != len(hashes):
        raise _bad_proof(said("one of its hashes is not base64 of 32 bytes"))
    return InclusionProof(int(index), known, checkpoint, extra)


def verify_proof(
    text: str, leaf: bytes, verifier_keys: Sequence[str] = (), *, origin: str | None = None
) -> tuple[InclusionProof, Checkpoint]:
    """Verify that a leaf hash is in the tree of a proof's checkpoint, without a ledger; return the parts.

    Raises Refusal `wrong_proof` where it is not, `other_ledger` where the checkpoint's origin is not
    `origin`; and what `parse_proof` and `read_checkpoint` raise.
    """
    proof = parse_proof(text)
    checkpoint = read_checkpoint(proof.checkpoint, verifier_keys)
    if origin is not None:
        check_origin(checkpoint, origin)
    try:
        merkle.verify_inclusion(proof.index, checkpoint.size, leaf, proof.hashes, checkpoint.root)
    except merkle.ProofError as bad:
        raise WrongProof(bad=words_of(bad)) from None
    return proof, checkpoint


def check_origin(checkpoint: Checkpoint, ledger: str) -> None:
    """Check that a checkpoint is of a ledger. Raises Refusal `other_ledger`."""
    if checkpoint.origin != ledger:
        raise OtherLedger(origin=checkpoint.origin, ledger=ledger)


def _bad_checkpoint(what: str) -> Unreadable:
    return BadCheckpoint(what=what)


def _bad_proof(what: str) -> Unreadable:
    return BadProof(what=what)
