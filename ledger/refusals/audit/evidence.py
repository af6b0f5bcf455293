"""Refusals of checkpoints, proofs, replay, dossiers and pages."""

from __future__ import annotations

from domain.refusals import Damaged, Refusal, Unreadable


class NoLedgerId(Unreadable, code="no_ledger_id"):
    """The first event of a ledger gives its id, which every checkpoint needs."""

    message = "the ledger has no id yet"
    hint = "`slaledger init`"


class NoFirstEvent(Damaged, code="first_event_gone"):
    """A ledger begins with the event that gives its id. It is not there, so the log's beginning was removed."""

    message = "the log does not begin with the ledger's id: its first event was removed"
    hint = "restore a copy of the ledger"


class AllCutOff(Damaged, code="log_truncated"):
    """The checkpoint is of a log with events, and this log has none."""

    message = "the log has no events, and the checkpoint {size}: all of them were removed"
    hint = "restore a copy of the ledger"
    size: int


class EventColumnOfWrongKind(Damaged, code="unreadable_event"):
    """The table was changed: positions are integers, stream and topic are text, the state is bytes."""

    message = "position {position}: a column of the event in stream {stream!r} has the wrong type"
    hint = "restore a copy of the ledger"
    position: int
    stream: str


class NoDecisionForDossier(Refusal, code="claim_undecided", clause="3.2"):
    """A dossier is made from a decided claim."""

    message = "{account} {month}: a dossier needs a decision, and there is none"
    hint = "`slaledger claim decide {account} {month}`, once the claim is filed"
    account: str
    month: str


class UnknownDossierFormat(Unreadable, code="bad_dossier"):
    """A newer version wrote the dossier."""

    message = "the dossier has format {format!r}; this version reads {known}"
    hint = "upgrade slaledger, or check it with the version that wrote it"
    format: str
    known: str


class DigestDiffers(Damaged, code="digest_differs"):
    """A dossier contains the SHA-256 of its own bytes. They do not match: the dossier was edited, or copied badly."""

    message = "the dossier was changed: its bytes do not match its digest"
    hint = "do not rely on it; ask its author for the original file"


class BadDossier(Unreadable, code="bad_dossier"):
    """The file is not a dossier."""

    message = "this is not a dossier: {error}"
    hint = "give a file that `slaledger dossier ACCOUNT MONTH` wrote"
    error: str


class BadCheckpoint(Unreadable, code="bad_checkpoint"):
    """The text is not a checkpoint."""

    message = "this is not a checkpoint: {what}"
    hint = "keep it byte for byte, as `slaledger audit checkpoint` printed it"
    what: str


class BadProof(Unreadable, code="bad_proof"):
    """The file is not a proof."""

    message = "this is not a proof of an event: {what}"
    hint = "keep it byte for byte, as `slaledger audit prove EVENT` printed it"
    what: str


class OtherLedger(Refusal, code="other_ledger"):
    """Each ledger has its own id, and its checkpoints contain it."""

    message = "the checkpoint belongs to {origin!r}, but this ledger is {ledger!r}"
    hint = "check --ledger, or take this ledger's checkpoint"
    origin: str
    ledger: str


class WrongProof(Refusal, code="wrong_proof"):
    """The event, the proof and the checkpoint do not fit together."""

    message = "the proof does not show that this event is in the log: {bad}"
    hint = "check that event and proof belong together, else ask for the proof again"
    bad: str


class UnreadableDecision(Damaged, code="unreadable_decision"):
    """The log holds a decision in an unknown format."""

    message = "position {position}: the decision cannot be read: {error}"
    hint = "restore a copy of the ledger; `slaledger audit verify` says more"
    position: int
    error: str


class TreeDamaged(Damaged, code="tree_damaged"):
    """The hashes kept next to the ledger do not fit together. They only save time; they are made again from events."""

    message = "the kept tree is damaged: {what}"
    hint = "delete the .tree.db next to the ledger; it is made again when needed"
    what: str


class EventBeyondTree(Refusal, code="beyond_the_log"):
    """A proof needs an event that is in the tree."""

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
    """The log has not reached that position."""

    message = "the log ends at position {position}, before {asked}"
    hint = "give a position up to {position}"
    position: int
    asked: object


class NoEventAtPosition(Refusal, code="no_such_event"):
    """Positions have gaps where a transaction was rolled back."""

    message = "there is no event at position {position}"
    hint = "`slaledger history ACCOUNT` shows the positions of an account's events"
    position: int


class SizeBeyondLog(Refusal, code="beyond_the_log"):
    """A checkpoint covers at most as many events as the log has."""

    message = "the log has {size} events, not {asked}"
    hint = "give a size up to {size}"
    size: int
    asked: int
