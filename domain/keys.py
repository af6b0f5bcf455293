"""Verifier keys, `NAME+ID+BASE64`, as Go's note package writes them: a signer's name, an id, an Ed25519 public key."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from typing import NamedTuple

ED25519 = b"\x01"
"""The signature type, which precedes a key's 32 bytes."""
COSIGNATURE = b"\x04"
"""The signature type of a witness's key (c2sp.org/tlog-cosignature)."""
KEY_BYTES = 32
KEY_NAME = re.compile(r"[^\s+]+")


class VerifierKey(NamedTuple):
    """A signer's name, key id and 32 bytes: the seed of a private key, or the public key; and its signature type."""

    name: str
    id: bytes
    data: bytes
    kind: bytes = ED25519

    @property
    def short_name(self) -> str:
        """Its name and id, `NAME+ID`."""
        return f"{self.name}+{self.id.hex()}"


def verifier_key(text: str, kind: bytes = ED25519) -> VerifierKey | None:
    """Parse a verifier key of a signature type; None where the text is not the one way to write such an Ed25519 key."""
    parts = text.split("+", 2)
    if len(parts) != 3:
        return None
    public = key_data(decoded(parts[2]), kind)
    if public is None or not KEY_NAME.fullmatch(parts[0]) or key_id(parts[0], public, kind).hex() != parts[1]:
        return None
    return VerifierKey(parts[0], bytes.fromhex(parts[1]), public, kind)


def short_name(public_key: str) -> str:
    """A verifier key's name and id, `NAME+ID`, which tell people which key it is."""
    return "+".join(public_key.split("+", 2)[:2])[:120]


def key_data(data: bytes | None, kind: bytes = ED25519) -> bytes | None:
    """The 32 bytes of an Ed25519 key; None where the bytes are not of a key of this signature type."""
    return data[1:] if data is not None and len(data) == 1 + KEY_BYTES and data[:1] == kind else None


def key_id(name: str, public: bytes, kind: bytes = ED25519) -> bytes:
    """The id of a public key under a name, for a signature type."""
    return hashlib.sha256(name.encode() + b"\n" + kind + public).digest()[:4]


def encoded(data: bytes) -> str:
    """Bytes as standard base64."""
    return base64.b64encode(data).decode()


def decoded(text: str) -> bytes | None:
    """Decode a base64 text; None where it is not the canonical base64 of its bytes."""
    try:
        data = base64.b64decode(text.encode("ascii"), validate=True)
    except (binascii.Error, UnicodeEncodeError):
        return None
    return data if encoded(data) == text else None
