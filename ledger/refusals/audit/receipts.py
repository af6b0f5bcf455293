"""Refusals of an auditor's receipts."""

from __future__ import annotations

from domain.refusals import Damaged, Refusal, Unreadable


class BadReceipt(Unreadable, code="bad_receipt"):
    """The file is neither a receipt nor a checkpoint."""

    message = "this is not a receipt: {what}"
    hint = "keep it byte for byte, as `slaledger audit verify -o FILE` wrote it"
    what: str


class ReceiptOfOlderRules(Refusal, code="older_receipt"):
    """An older release checked by fewer rules. What it found sound may not be so by today's."""

    message = "the receipt is of rules {rules}, and this version checks by rules {known}"
    hint = "`slaledger audit verify -o FILE` verifies the whole ledger, and makes a new receipt"
    rules: int
    known: int


class UnsignedReceipt(Refusal, code="unknown_key"):
    """A key was named, and the receipt has no signature."""

    message = "the receipt is not signed"
    hint = "leave --vkey out, or take the receipt that was signed"


class ReceiptOfOtherKey(Refusal, code="unknown_key"):
    """The receipt is signed by a key that was not named."""

    message = "the receipt is signed by {key}"
    hint = "name that key with --vkey if you trust it"
    key: str


class BadReceiptSignature(Refusal, code="bad_signature"):
    """The receipt or its signature was changed."""

    message = "the signature by {key} is not of this receipt"
    hint = "take the receipt as it was written; `slaledger audit verify` needs none"
    key: str


class CheckpointBeyondLog(Damaged, code="log_truncated"):
    """The checkpoint covers more events than the ledger holds."""

    message = "the log has {size} events, the checkpoint {stated}: its end was cut off"
    hint = "restore a copy of the ledger"
    size: int
    stated: int


class CheckpointNotExtended(Damaged, code="log_rewritten"):
    """The ledger no longer begins with the events that the checkpoint was made of."""

    message = "the first {size} events are not those of the checkpoint"
    hint = "`slaledger audit verify --against FILE` says where they differ first"
    size: int
