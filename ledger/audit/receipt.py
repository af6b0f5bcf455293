"""An auditor's receipt: what was verified, and what the next verification needs in order to go on from there."""

from __future__ import annotations

import msgspec

from domain.keys import VerifierKey, decoded, encoded
from domain.recording_rules import RULES
from domain.text import Said, said, words_of
from ledger import clock
from ledger.audit.verified import Verified
from ledger.refusals.audit.receipts import (
    BadReceipt,
    BadReceiptSignature,
    ReceiptOfOlderRules,
    ReceiptOfOtherKey,
    UnsignedReceipt,
)
from ledger.transparency import merkle
from ledger.transparency.log_root import Peaks
from ledger.transparency.proofs import Checkpoint
from ledger.transparency.signed_notes import is_signature_of, parse_verifier_key, sign_bytes, verifier_key_of

FORMAT = "slaledger-receipt-1"
CHECKS = ("tree", "order", "signatures", "admissible", "balances", "decisions")
"""What was checked of every event that the receipt covers."""


class AuditReceipt(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A sound result of `audit verify`, as the auditor keeps it.

    `frontier` has the hashes of the complete subtrees of the first `size` events, left to right (RFC 6962), in base64;
    `position` is the last event's, and `recorded_at` the latest time of recording that events behind it must not
    precede, in microseconds, 0 where none is. `since` is the size from which a verification went on.
    """

    format: str
    ledger: str
    size: int
    root: str
    frontier: tuple[str, ...]
    position: int
    recorded_at: int
    rules: int
    version: str
    checks: tuple[str, ...]
    result: str
    decisions: int
    since: int | None = None
    public_key: str | None = None
    signature: str | None = None

    @classmethod
    def of(cls, found: Verified) -> AuditReceipt:
        """The receipt of a sound result."""
        tree = found.tree or Peaks()
        return cls(
            format=FORMAT,
            ledger=found.ledger,
            size=tree.size,
            root=encoded(tree.root()),
            frontier=tuple(map(encoded, tree.hashes)),
            position=found.position,
            recorded_at=found.recorded_at,
            rules=RULES,
            version=clock.release(),
            checks=CHECKS,
            result="sound",
            decisions=found.decisions,
            since=None if found.since is None else found.since.size,
        )

    @property
    def tree(self) -> Peaks:
        """The tree of the events that it covers."""
        return Peaks(self.size, map(_bytes, self.frontier))

    @property
    def checkpoint(self) -> Checkpoint:
        """The checkpoint of these events."""
        return Checkpoint(self.ledger, self.size, _bytes(self.root))

    def signed(self, key: VerifierKey) -> AuditReceipt:
        """The same, signed by a signer key. Raises Unreadable `no_cryptography`."""
        named = msgspec.structs.replace(self, public_key=verifier_key_of(key))
        return msgspec.structs.replace(named, signature=encoded(sign_bytes(key, named.content())))

    def content(self) -> bytes:
        """The bytes that are signed: the receipt without its signature, as compact JSON."""
        return msgspec.json.encode(msgspec.structs.replace(self, signature=None))

    def text(self) -> bytes:
        """The receipt as a file has it."""
        return msgspec.json.format(msgspec.json.encode(self), indent=2) + b"\n"


def read_receipt(text: str, verifier_keys: tuple[str, ...] = ()) -> AuditReceipt:
    """Read a receipt. Its signature, if any, is checked; with keys, one of them must have signed it.

    Raises Unreadable `bad_receipt`, `bad_key`, `no_cryptography`; Refusal `older_receipt`, `unknown_key`,
    `bad_signature`.
    """
    try:
        found = msgspec.json.decode(text, type=AuditReceipt)
    except msgspec.MsgspecError as error:
        raise BadReceipt(what=words_of(error)) from None
    wrong = _wrong(found)
    if wrong is not None:
        raise BadReceipt(what=wrong)
    _check_signature(found, verifier_keys)
    if found.rules < RULES:
        raise ReceiptOfOlderRules(rules=found.rules, known=RULES)
    return found


def is_receipt(text: str) -> bool:
    """Whether a text is JSON and so no checkpoint."""
    return text.lstrip().startswith("{")


def _wrong(found: AuditReceipt) -> Said | None:
    if found.format != FORMAT:
        return said("its format is {format!r}; this version reads {known}", format=found.format, known=FORMAT)
    hashes = [decoded(each) for each in (found.root, *found.frontier)]
    if any(each is None or len(each) != merkle.HASH_BYTES for each in hashes):
        return said("one of its hashes is not base64 of 32 bytes")
    if found.size < 1 or found.size.bit_count() != len(found.frontier) or found.tree.root() != found.checkpoint.root:
        return said("its frontier is not that of its root")
    if found.position < found.size or found.recorded_at < 0 or found.result != "sound":
        return said("it does not say what was verified")
    return None


def _check_signature(found: AuditReceipt, verifier_keys: tuple[str, ...]) -> None:
    if found.public_key is None or found.signature is None:
        if verifier_keys:
            raise UnsignedReceipt
        return
    if verifier_keys and found.public_key not in verifier_keys:
        raise ReceiptOfOtherKey(key=found.public_key)
    signature = decoded(found.signature) or b""
    if not is_signature_of(parse_verifier_key(found.public_key), signature, found.content()):
        raise BadReceiptSignature(key=found.public_key)


def _bytes(text: str) -> bytes:
    return decoded(text) or b""
