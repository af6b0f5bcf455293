"""Signatures of single events: Ed25519 over where an event stands, and over its state as it is stored.

What is signed is `slaledger-event-v1` and a newline; the ledger's id, the stream, the version in decimal, and the
topic, each after its length as 8 bytes, big-endian; then the state without its last two members, which are the
signature's own. Lengths count bytes of UTF-8. The position is left out: positions may have gaps, and stream and version
name the event.
"""

from __future__ import annotations

from typing import Any

import msgspec

from domain.case import Fact
from domain.keys import VerifierKey, decoded, encoded, verifier_key
from ledger.log.codec import Envelope, Row, encode
from ledger.transparency.signed_notes import is_signature_of, parse_signer_key, sign_bytes, verifier_key_of

_PREFIX = b"slaledger-event-v1\n"


class KeySigner:
    """Signs events with the key of a file that `slaledger keygen` made; `public_key` is its verifier key."""

    def __init__(self, signer_key: str) -> None:
        """Take a signer key as text. Raises Unreadable `bad_key`, `no_cryptography`."""
        self._key: VerifierKey = parse_signer_key(signer_key)
        self.public_key = verifier_key_of(self._key)

    def signed(self, ledger: str, stream: str, version: int, topic: str, envelope: Envelope[Any]) -> Envelope[Any]:
        """An event's envelope with its signature."""
        text = _signed_text(ledger, stream, version, topic, encode(envelope))
        signature = encoded(sign_bytes(self._key, text))
        return msgspec.structs.replace(envelope, public_key=self.public_key, signature=signature)


def has_right_signature(ledger: str, row: Row, fact: Fact) -> bool:
    """Whether a signed event's signature is of its state and its place, by the key that it names.

    The two members must stand last in the stored bytes, as they are written. Raises Unreadable `no_cryptography`.
    """
    key = None if fact.public_key is None else verifier_key(fact.public_key)
    signature = None if fact.signature is None else decoded(fact.signature)
    state = _without_signature(row.state, fact)
    if key is None or signature is None or state is None:
        return False
    return is_signature_of(key, signature, _signed_text(ledger, row.stream, row.version, row.topic, state))


def _without_signature(state: bytes, fact: Fact) -> bytes | None:
    """The stored state without its last two members; None where they do not stand last, as they are written."""
    members = msgspec.json.encode({"public_key": fact.public_key, "signature": fact.signature})
    ending = b"," + members[1:]
    return state.removesuffix(ending) + b"}" if state.endswith(ending) else None


def _signed_text(ledger: str, stream: str, version: int, topic: str, state: bytes) -> bytes:
    parts = [part.encode() for part in (ledger, stream, str(version), topic)]
    return b"".join((_PREFIX, *(len(part).to_bytes(8, "big") + part for part in parts), state))
