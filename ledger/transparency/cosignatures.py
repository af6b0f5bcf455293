"""C2SP cosignatures (c2sp.org/tlog-cosignature, v1): what witnesses sign of a checkpoint, and when.

A cosignature is a signature line of a note. Its bytes are the time in seconds since 1970, as 8 bytes, big-endian, and
64 bytes of Ed25519 over `cosignature/v1`, `time T` and the whole text of the note, each line ended by a newline.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from domain.keys import COSIGNATURE, VerifierKey
from domain.text import said
from ledger.refusals.audit.keys import BadNote, BadSignature
from ledger.refusals.audit.witnesses import NoWitness, OtherBody
from ledger.transparency.proofs import Checkpoint, read_checkpoint
from ledger.transparency.signed_notes import (
    SIGNATURES,
    is_signature_of,
    parse_verifier_key,
    sign_bytes,
    signature_line,
    split_note,
    verifier_key_of,
)

_TIME_BYTES = 8
COSIGNATURE_BYTES = _TIME_BYTES + 64
"""The time, and the signature of Ed25519."""
MOST_TIME_S = 253_402_300_799
"""The end of the year 9999, in seconds since 1970: a later time is none that a calendar can show."""


class Signature(NamedTuple):
    """A signature line of a note: the signer's name, the key's id and the bytes behind it, not checked."""

    name: str
    id: bytes
    data: bytes

    def line(self) -> str:
        """The line as the note has it."""
        return signature_line(VerifierKey(self.name, self.id, b""), self.data)

    @property
    def has_time(self) -> bool:
        """Whether it has the length of a cosignature."""
        return len(self.data) == COSIGNATURE_BYTES


class Note(NamedTuple):
    """A checkpoint and the signature lines behind it; none where it is bare."""

    checkpoint: Checkpoint
    signatures: tuple[Signature, ...]

    def text(self) -> str:
        """The note as a file has it."""
        lines = "".join(each.line() for each in self.signatures)
        return f"{self.checkpoint.text()}\n{lines}" if lines else self.checkpoint.text()

    def with_signatures(self, more: Iterable[Signature]) -> Note:
        """The same checkpoint with further signature lines, each once. Raises Unreadable `bad_note`: too many."""
        lines = tuple(dict.fromkeys((*self.signatures, *more)))
        if len(lines) > SIGNATURES:
            raise BadNote(
                what=said("too many signatures: it has {n}, and {most} are read", n=len(lines), most=SIGNATURES)
            )
        return Note(self.checkpoint, lines)


class Cosignature(NamedTuple):
    """A cosignature that was checked: the witness's key, and when it signed, in seconds since 1970."""

    key: VerifierKey
    time_s: int
    signature: Signature


def read_note(text: str) -> Note:
    """Read a checkpoint, bare or signed, with its signature lines. Raises Unreadable `bad_checkpoint`, `bad_note`."""
    checkpoint = read_checkpoint(text)
    if text == checkpoint.text():
        return Note(checkpoint, ())
    return Note(checkpoint, tuple(Signature(*each) for each in split_note(text)[1]))


def cosigned(note: Note, key: VerifierKey, time_s: int) -> Note:
    """A note with the cosignature by a witness's signer key, made at a time; an earlier one by the key is replaced.

    Raises Unreadable `bad_note`, `no_cryptography`.
    """
    signature = sign_bytes(key, _signed_text(note.checkpoint, time_s))
    made = Signature(key.name, key.id, time_s.to_bytes(_TIME_BYTES, "big") + signature)
    others = tuple(each for each in note.signatures if (each.name, each.id) != (key.name, key.id))
    return Note(note.checkpoint, others).with_signatures([made])


def cosignatures(note: Note, keys: Iterable[VerifierKey]) -> list[Cosignature]:
    """The cosignatures of a note by known witnesses, one for each public key: the earliest, in the order of the keys.

    Lines of other signers are passed over. Raises Refusal `bad_signature` where the line of a known witness is not a
    cosignature of this text, Unreadable `no_cryptography`.
    """
    found: dict[bytes, Cosignature] = {}
    for key in keys:
        lines = [each for each in note.signatures if (each.name, each.id) == (key.name, key.id)]
        for made in (_checked(note.checkpoint, key, line) for line in lines):
            if key.data not in found or made.time_s < found[key.data].time_s:
                found[key.data] = made
    return list(found.values())


def _checked(checkpoint: Checkpoint, key: VerifierKey, line: Signature) -> Cosignature:
    time_s = int.from_bytes(line.data[:_TIME_BYTES], "big")
    signature = line.data[_TIME_BYTES:]
    is_right = line.has_time and time_s <= MOST_TIME_S
    if not is_right or not is_signature_of(key, signature, _signed_text(checkpoint, time_s)):
        raise BadSignature(key=key.short_name)
    return Cosignature(key, time_s, line)


def _signed_text(checkpoint: Checkpoint, time_s: int) -> bytes:
    return f"cosignature/v1\ntime {time_s}\n{checkpoint.text()}".encode()


def joined(
    returned: Sequence[tuple[str, Note]], keys: Sequence[VerifierKey], onto: tuple[str, Note] | None = None
) -> Note:
    """Join the notes that witnesses returned, each with its file's name, to one note of their checkpoint.

    With `onto` their lines are added to that note.

    It has the lines that are no cosignatures, such as the ledger's own, and the cosignatures by the keys; lines of
    other witnesses are left out. Raises Refusal `other_checkpoint` where two are of different checkpoints,
    `not_cosigned` where a note has no cosignature by one of the keys, and as `cosignatures` does.
    """
    first_file, first = onto or returned[0]
    note = Note(first.checkpoint, ()) if onto is None else first
    for file, each in returned:
        if each.checkpoint != first.checkpoint:
            raise OtherBody(file=file, first=first_file, size=each.checkpoint.size, first_size=first.checkpoint.size)
        made = cosignatures(each, keys)
        if not made:
            raise NoWitness(file=file)
        note = note.with_signatures([line for line in each.signatures if not line.has_time])
        note = note.with_signatures(one.signature for one in made)
    return note


def witness_key(text: str) -> VerifierKey:
    """Parse a witness's verifier key. Raises Unreadable `bad_key`."""
    return parse_verifier_key(text, COSIGNATURE)


def own_cosignature(note: Note, key: VerifierKey) -> Cosignature | None:
    """The cosignature of a note by a witness's signer key; None where it has none. Raises as `cosignatures` does."""
    return next(iter(cosignatures(note, [witness_key(verifier_key_of(key))])), None)
