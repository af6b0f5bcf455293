"""What is refused of audit."""

from __future__ import annotations

from domain.refusals import Damaged, Refusal, Unreadable


class NoLedgerId(Unreadable, code="no_ledger_id"):
    """The first event of a ledger names it; without that no checkpoint can."""

    message = "the ledger has no id yet"
    hint = "`slaledger init`"


class EventColumnOfWrongKind(Damaged, code="unreadable_event"):
    """Somebody changed the table: positions are integers, stream and topic text, the state bytes."""

    message = "position {position}: a column of the event in stream {stream!r} is not of its kind"
    hint = "restore a copy of the ledger"
    position: int
    stream: str


class NoDecisionForDossier(Refusal, code="claim_undecided", clause="3.2"):
    """A dossier is made of a decided claim."""

    message = "{account} {month}: there is no decision to make a dossier of"
    hint = "`slaledger claim decide {account} {month}`, once the claim is filed"
    account: str
    month: str


class UnknownDossierFormat(Unreadable, code="bad_dossier"):
    """A newer version wrote the dossier."""

    message = "a dossier of format {format!r}; this version reads {known}"
    hint = "upgrade slaledger, or check it with the version that wrote it"
    format: str
    known: str


class DigestDiffers(Damaged, code="digest_differs"):
    """A dossier carries the SHA-256 of its own bytes, and it does not fit any more: it was edited, or copied badly."""

    message = "the dossier was changed: its bytes are not those that its digest is over"
    hint = "do not rely on it; ask whoever made it for the file as it was written"


class BadDossier(Unreadable, code="bad_dossier"):
    """The file is not a dossier."""

    message = "this is no dossier: {error}"
    hint = "give a file that `slaledger dossier` wrote"
    error: str


class BadNote(Unreadable, code="bad_note"):
    """A signed note has a text, a blank line and signatures."""

    message = "this is no signed note: {what}"
    hint = "keep it byte for byte, as it was printed"
    what: str


class BadKeyName(Unreadable, code="bad_key_name"):
    """A key's name stands in signatures between blanks."""

    message = "{name!r} is no key name: no spaces and no +"
    hint = "the ledger's id, say"
    name: str


class UnknownKey(Refusal, code="unknown_key"):
    """Somebody else signed this, or with another key."""

    message = "no known key signed this: only {signers}"
    hint = "give its verifier key"
    signers: str


class BadVerifierKey(Unreadable, code="bad_key"):
    """A verifier key has three parts: name, id and the key itself."""

    message = "{text!r} is no verifier key"
    hint = "NAME+ID+BASE64, as keygen printed it"
    text: str


class NotEd25519VerifierKey(Unreadable, code="bad_key"):
    """The verifier key was cut off, or is of another kind."""

    message = "{text!r} is no Ed25519 verifier key"
    hint = "copy all of what keygen printed"
    text: str


class NotEd25519SignerKey(Unreadable, code="bad_key"):
    """The file holds no key of the kind that signs checkpoints."""

    message = "this is no Ed25519 signer key"
    hint = "`slaledger keygen` makes one"


class SignerKeyChanged(Unreadable, code="bad_key"):
    """A signer key carries a digest of itself, and this one's does not fit."""

    message = "the signer key does not have its own id"
    hint = "it was changed; make another"


class BadSignature(Refusal, code="bad_signature"):
    """A checkpoint's or a dossier's text was changed after it was signed, or the signature belongs to another text."""

    message = "the signature of {key} is not of this text"
    hint = "do not rely on it: the text or the signature was changed"
    key: str


class KeyExists(Refusal, code="key_exists"):
    """A key that is lost cannot be made again, so none is overwritten."""

    message = "{path} exists, and no key is overwritten"
    hint = "give another name"
    path: object


class KeyFileUnwritable(Unreadable, code="unwritable_file"):
    """The system does not let the key's file be written."""

    message = "{file} cannot be written: {why}"
    hint = "check the folder, or choose another place"
    file: object
    why: str | None


class KeyFileUnreadable(Unreadable, code="unreadable_file"):
    """The system does not let the key's file be read."""

    message = "{file} cannot be read: {why}"
    hint = "check the name, and who may read it"
    file: object
    why: str


class NoCryptography(Unreadable, code="no_cryptography"):
    """Keys and signatures need a package that is not installed."""

    message = "keys and signatures need the extra `sign`"
    hint = "pip install 'slaledger[sign]'"


class KeyFileOpen(Refusal, code="key_file_open"):
    """Who can read a signer key can sign in its name."""

    message = "{path} may be read by others (mode {mode:03o})"
    hint = "chmod 600 {path}; if others had it, make another key"
    path: object
    mode: int


class BadCheckpoint(Unreadable, code="bad_checkpoint"):
    """The text is not a checkpoint."""

    message = "this is no checkpoint: {what}"
    hint = "keep it byte for byte, as `slaledger audit checkpoint` printed it"
    what: str


class BadProof(Unreadable, code="bad_proof"):
    """The file is not a proof."""

    message = "this is no proof of an event: {what}"
    hint = "keep it byte for byte, as `slaledger audit prove` printed it"
    what: str


class OtherLedger(Refusal, code="other_ledger"):
    """Each ledger has an id of its own, and checkpoints carry it."""

    message = "the checkpoint is of {origin!r}, and this ledger is {ledger!r}"
    hint = "check --ledger, or take this ledger's checkpoint"
    origin: str
    ledger: str


class WrongProof(Refusal, code="wrong_proof"):
    """The event, the proof and the checkpoint do not fit together."""

    message = "the proof does not show that this event is in the log: {bad}"
    hint = "check that event and proof belong together, else ask for the proof again"
    bad: str


class UnreadableDecision(Damaged, code="unreadable_decision"):
    """The log holds a decision that is not of a format that is known."""

    message = "position {position}: the decision cannot be read: {error}"
    hint = "restore a copy of the ledger; `slaledger audit verify` says more"
    position: int
    error: str


class TreeDamaged(Damaged, code="tree_damaged"):
    """The kept hashes beside the ledger do not fit together. They are only a shortcut, made again of the events."""

    message = "the kept tree is damaged: {what}"
    hint = "delete the .tree.db beside the ledger: it is made again"
    what: str


class EventBeyondTree(Refusal, code="beyond_the_log"):
    """A proof is of an event that the tree has."""

    message = "event {index} is not among the first {size}"
    hint = "give an event from 1 to {size}"
    index: int
    size: int


class NoProof(Refusal, code="no_proof"):
    """A consistency proof shows that a smaller log is the beginning of a larger one."""

    message = "no tree of {old} is the beginning of one of {new}"
    hint = "0 < OLD <= NEW"
    old: int
    new: int


class IndexBeyondLog(Refusal, code="beyond_the_log"):
    """Events are counted from 0 in the order of the log."""

    message = "the log has {size} events, and none with index {index}"
    hint = "the first event has index 0, the last {last}"
    size: int
    index: int
    last: int


class PositionBeyondLog(Refusal, code="beyond_the_log"):
    """The log has not come to that position."""

    message = "the log ends at position {position}, before {asked}"
    hint = "give a position up to {position}"
    position: int
    asked: object


class NoEventAtPosition(Refusal, code="no_such_event"):
    """Positions have gaps where a transaction was rolled back."""

    message = "no event stands at position {position}"
    hint = "`slaledger history ACCOUNT` shows the positions of an account's events"
    position: int


class SizeBeyondLog(Refusal, code="beyond_the_log"):
    """A checkpoint is of as many events as the log has, or fewer."""

    message = "the log has {size} events, not {asked}"
    hint = "give a size up to {size}"
    size: int
    asked: int
