"""C2SP signed notes with Ed25519 keys: text, a blank line, and `— NAME BASE64` for each signature.

Keys are written as Go's note package writes them. The `cryptography` package is imported only where a key is used; it
comes with the extra `sign`.
"""

from __future__ import annotations

import os
import re
import secrets
import stat
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from domain.keys import (
    COSIGNATURE,
    ED25519,
    KEY_BYTES,
    KEY_NAME,
    VerifierKey,
    decoded,
    encoded,
    key_data,
    key_id,
    verifier_key,
)
from domain.refusals import Unreadable
from domain.text import said
from ledger.files.writing import explain_write_errors, replacing
from ledger.refusals.audit.keys import (
    BadKeyName,
    BadNote,
    BadSignature,
    BadVerifierKey,
    KeyExists,
    KeyFileOpen,
    KeyFileUnreadable,
    NoCryptography,
    NotEd25519SignerKey,
    NotEd25519VerifierKey,
    NotWitnessSignerKey,
    NotWitnessVerifierKey,
    SignerKeyChanged,
    UnknownKey,
    WitnessVerifierKey,
)
from ledger.refusals.copies.files import FileExists

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric import ed25519

SIGNATURES = 100
"""More signature lines than this are not read."""
_DASH = "— "
_PRIVATE = "PRIVATE+KEY+"
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")


def generate_key(name: str, kind: bytes = ED25519) -> tuple[str, str]:
    """A new signer key of a signature type and its verifier key, as text.

    Raises Unreadable `bad_key_name`, `no_cryptography`.
    """
    if not KEY_NAME.fullmatch(name) or not name.isprintable():
        raise BadKeyName(name=name)
    private = _private_key(secrets.token_bytes(KEY_BYTES))
    public = private.public_key().public_bytes_raw()
    id_ = key_id(name, public, kind).hex()
    return (
        f"{_PRIVATE}{name}+{id_}+{encoded(kind + private.private_bytes_raw())}",
        f"{name}+{id_}+{encoded(kind + public)}",
    )


def sign_note(text: str, signer_key: str) -> str:
    """Sign a text as a note. Raises Unreadable `bad_note`, `bad_key`, `no_cryptography`."""
    if not text.endswith("\n") or _CONTROL.search(text):
        raise _bad(said("its text has control characters, or no newline at its end"))
    key = parse_signer_key(signer_key)
    signature = sign_bytes(key, text.encode())
    return f"{text}\n{signature_line(key, signature)}"


def signature_line(key: VerifierKey, signature: bytes) -> str:
    """The line of a note by which a key signs it."""
    return f"{_DASH}{key.name} {encoded(key.id + signature)}\n"


def open_note(note: str, verifier_keys: Sequence[str]) -> str:
    """The text of a note with its newline, if a known key signed it and every known key's signature is valid.

    Raises Refusal `unknown_key`, `bad_signature`; Unreadable `bad_note`, `bad_key`, `no_cryptography`.
    """
    text, signatures = split_note(note)
    known = {(key.name, key.id): key for key in map(parse_verifier_key, verifier_keys)}
    told = [(known[name, id_], signature) for name, id_, signature in signatures if (name, id_) in known]
    if not told:
        signers = ", ".join(f"{name}+{id_.hex()}" for name, id_, _ in signatures)
        raise UnknownKey(signers=signers)
    for key, signature in told:
        _check_signature(key, signature, text)
    return text


def _check_signature(key: VerifierKey, signature: bytes, text: str) -> None:
    if not is_signature_of(key, signature, text.encode()):
        raise BadSignature(key=key.short_name)


def is_signature_of(key: VerifierKey, signature: bytes, signed: bytes) -> bool:
    """Whether a public key made a signature of some bytes. Raises Unreadable `no_cryptography`."""
    check_can_sign()
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        Ed25519PublicKey.from_public_bytes(key.data).verify(signature, signed)
    except (InvalidSignature, ValueError):
        return False
    return True


def sign_bytes(key: VerifierKey, text: bytes) -> bytes:
    """The signature of some bytes by a signer key. Raises Unreadable `no_cryptography`."""
    return _private_key(key.data).sign(text)


def verifier_key_of(key: VerifierKey) -> str:
    """The verifier key of a signer key, as text. Raises Unreadable `no_cryptography`."""
    public = _private_key(key.data).public_key().public_bytes_raw()
    return f"{key.short_name}+{encoded(key.kind + public)}"


def split_note(note: str) -> tuple[str, list[tuple[str, bytes, bytes]]]:
    """Split a note into its text and unchecked signatures (name, key id, signature). Raises Unreadable."""
    if _CONTROL.search(note):
        raise _bad(said("it has control characters; lines end in a newline alone"))
    text, blank, rest = note.rpartition("\n\n")
    if not blank:
        raise _bad(said("no blank line stands between text and signatures"))
    if not rest.endswith("\n"):
        raise _bad(said("its last line has no end, or no signature follows the blank line"))
    lines = rest[:-1].split("\n")
    if len(lines) > SIGNATURES:
        raise _bad(said("too many signatures: it has {n}, and {most} are read", n=len(lines), most=SIGNATURES))
    return text + "\n", [_signature(line) for line in lines]


def _signature(line: str) -> tuple[str, bytes, bytes]:
    name, space, data = line.removeprefix(_DASH).partition(" ")
    if not line.startswith(_DASH) or not space or not KEY_NAME.fullmatch(name):
        raise _bad(said("{line!r} is not a signature line", line=line[:80]))
    signed = decoded(data)
    if signed is None or len(signed) < 5:
        raise _bad(said("the signature of {name} is not base64 of a key id and a signature", name=name))
    return name, signed[:4], signed[4:]


def parse_verifier_key(text: str, kind: bytes = ED25519) -> VerifierKey:
    """Parse a verifier key `NAME+ID+BASE64` of a signature type. Raises Unreadable `bad_key`."""
    text = text.strip()
    if text.count("+") < 2:
        raise BadVerifierKey(text=text[:80])
    key = verifier_key(text, kind)
    if key is None:
        other = verifier_key(text, ED25519 if kind == COSIGNATURE else COSIGNATURE)
        refusal = NotEd25519VerifierKey if other is None else _OF_OTHER_KIND[kind]
        raise refusal(text=text[:80])
    return key


_OF_OTHER_KIND = {ED25519: WitnessVerifierKey, COSIGNATURE: NotWitnessVerifierKey}
"""The refusal of a verifier key of the other signature type, by the type that was asked for."""


def parse_signer_key(text: str, kind: bytes = ED25519) -> VerifierKey:
    """Parse a signer key `PRIVATE+KEY+NAME+ID+BASE64` of a signature type; an error message never contains the key.

    Raises Unreadable `bad_key`, `no_cryptography`.
    """
    parts = text.strip().removeprefix(_PRIVATE).split("+", 2)
    seed = key_data(decoded(parts[2]), kind) if len(parts) == 3 else None
    if not text.startswith(_PRIVATE) or seed is None or not KEY_NAME.fullmatch(parts[0]):
        raise NotEd25519SignerKey() if kind == ED25519 else NotWitnessSignerKey()
    public = _private_key(seed).public_key().public_bytes_raw()
    id_ = key_id(parts[0], public, kind)
    if id_.hex() != parts[1]:
        raise SignerKeyChanged()
    return VerifierKey(parts[0], id_, seed, kind)


def write_key_file(path: Path, signer_key: str) -> None:
    """Write a signer key to a new file that only its owner may read.

    Raises Refusal `key_exists`, Unreadable `no_folder`, `unwritable_file`.
    """
    try:
        with replacing(path) as temporary, explain_write_errors(path):
            descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w", encoding="utf-8") as opened:
                opened.write(signer_key + "\n")
    except FileExists:
        raise KeyExists(path=path) from None


def read_key_file(path: Path, kind: bytes = ED25519) -> str:
    """Read the signer key of a signature type in a file and check its form.

    Raises Refusal `key_file_open` where others than its owner may read it, Unreadable `unreadable_file`, `bad_key`.
    """
    try:
        with path.open(encoding="utf-8") as opened:
            mode = os.fstat(opened.fileno()).st_mode
            if os.name == "posix" and mode & (stat.S_IRWXG | stat.S_IRWXO):
                raise KeyFileOpen(path=path, mode=stat.S_IMODE(mode))
            text = opened.read(10_000).strip()
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or said("it is not text")
        raise KeyFileUnreadable(file=path, why=why) from None
    parse_signer_key(text, kind)
    return text


def _bad(what: str) -> Unreadable:
    return BadNote(what=what)


def _private_key(seed: bytes) -> ed25519.Ed25519PrivateKey:
    check_can_sign()
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    return Ed25519PrivateKey.from_private_bytes(seed)


def check_can_sign() -> None:
    """Check that `cryptography` is installed. Raises Unreadable `no_cryptography`."""
    try:
        import cryptography.hazmat.primitives.asymmetric.ed25519  # noqa: F401
    except ImportError:
        raise NoCryptography() from None
