"""Refusals of signed notes, and of the keys that sign and check them."""

from __future__ import annotations

from domain.refusals import Refusal, Unreadable


class BadNote(Unreadable, code="bad_note"):
    """A signed note has a text, a blank line and signatures."""

    message = "this is not a signed note: {what}"
    hint = "keep it byte for byte, as it was printed"
    what: str


class BadKeyName(Unreadable, code="bad_key_name"):
    """In signatures a key's name is separated by blanks."""

    message = "{name!r} is not a key name: it may not have spaces or +"
    hint = "such as the ledger's id"
    name: str


class UnknownKey(Refusal, code="unknown_key"):
    """Another party signed this, or another key was used."""

    message = "no known key signed this: only {signers}"
    hint = "give its verifier key"
    signers: str


class BadVerifierKey(Unreadable, code="bad_key"):
    """A verifier key has three parts: name, id and the key itself."""

    message = "{text!r} is not a verifier key"
    hint = "NAME+ID+BASE64, as keygen printed it"
    text: str


class NotEd25519VerifierKey(Unreadable, code="bad_key"):
    """The verifier key was cut off, or is of another kind."""

    message = "{text!r} is not an Ed25519 verifier key"
    hint = "copy all of what keygen printed"
    text: str


class WitnessVerifierKey(NotEd25519VerifierKey):
    """A witness cosigns checkpoints with a key of its own kind. It signs neither checkpoints nor events."""

    message = "{text!r} is the key of a witness"
    hint = "`--witnessed-by` and `--policy` take it; here give the key of the ledger or of an actor"


class NotWitnessVerifierKey(NotEd25519VerifierKey):
    """A ledger's or an actor's key does not cosign. A witness has a key of its own kind."""

    message = "{text!r} is not the key of a witness"
    hint = "give the verifier key that `slaledger keygen --witness NAME -o KEYFILE` printed"


class NotEd25519SignerKey(Unreadable, code="bad_key"):
    """The file holds no key of the kind that signs checkpoints."""

    message = "this is not an Ed25519 signer key"
    hint = "`slaledger keygen NAME -o KEYFILE` makes one"


class NotWitnessSignerKey(Unreadable, code="bad_key"):
    """The file holds no witness's key. The keys of ledgers and actors sign other things and do not cosign."""

    message = "this is not the signer key of a witness"
    hint = "`slaledger keygen --witness NAME -o KEYFILE` makes one"


class SignerKeyChanged(Unreadable, code="bad_key"):
    """A signer key carries a digest of itself, and this one's does not fit."""

    message = "the signer key does not match its id"
    hint = "it was changed; make another key"


class BadSignature(Refusal, code="bad_signature"):
    """A checkpoint's or a dossier's text was changed after it was signed, or the signature belongs to another text."""

    message = "the signature of {key} does not belong to this text"
    hint = "do not rely on it: the text or the signature was changed"
    key: str


class KeyExists(Refusal, code="key_exists"):
    """A key that is lost cannot be made again, so none is overwritten."""

    message = "{path} exists; a key is never overwritten"
    hint = "give another name"
    path: object


class KeyFileUnreadable(Unreadable, code="unreadable_file"):
    """The key's file cannot be read."""

    message = "{file} cannot be read: {why}"
    hint = "check the name, and who may read it"
    file: object
    why: str


class NoCryptography(Unreadable, code="no_cryptography"):
    """Keys and signatures need a package that is not installed."""

    message = "keys and signatures need the extra `sign`"
    hint = "pip install 'slaledger[sign]'"


class KeyFileOpen(Refusal, code="key_file_open"):
    """Anyone who can read a signer key can sign in its name."""

    message = "{path} may be read by others (mode {mode:03o})"
    hint = "run `chmod 600 {path}`; if others may have read it, make another key"
    path: object
    mode: int
