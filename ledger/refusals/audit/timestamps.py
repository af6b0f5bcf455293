"""Refusals of kept checkpoints and of time stamps (RFC 3161)."""

from __future__ import annotations

from domain.refusals import Damaged, Refusal, Unreadable


class KeptCheckpointDiffers(Damaged, code="kept_checkpoint_differs"):
    """A checkpoint of the same size was kept earlier. One log has one root at each size, so one of the two is of a log
    that was rewritten.
    """

    message = "{file}: the checkpoint kept of {size} events has the root {kept}, this one {given}"
    hint = "keep both as evidence; `slaledger audit verify --against FILE` says which of them is of this log"
    file: str
    size: int
    kept: str
    given: str


class KeptCheckpointUnreadable(Damaged, code="kept_checkpoint_unreadable"):
    """A checkpoint that was kept with its time stamp or cosignatures was changed. The ledger itself is not affected."""

    message = "{file}: the kept checkpoint cannot be read: {why}"
    hint = "put back a copy of the file, or move it away and keep the checkpoint again"
    file: str
    why: str


class KeptCheckpointOfOtherLedger(Refusal, code="other_ledger"):
    """Checkpoints are kept beside the ledger that they are of. These stand beside a ledger of another id, as when a new
    one was made in the place of an old one.
    """

    message = "{file}: the kept checkpoint belongs to {origin!r}, but this ledger is {ledger!r}"
    hint = "move what is kept of the other ledger away, and keep it with that ledger"
    file: str
    origin: str
    ledger: str


class LogRewrittenSinceKept(Damaged, code="log_rewritten"):
    """The ledger no longer holds the events of a checkpoint that a third party attests, and that is kept beside it. The
    log is append-only, so the change was made outside the software.
    """

    message = "the first {size} events are not those of the kept checkpoint {file}"
    hint = "keep it as evidence; `slaledger audit verify` says more"
    file: str
    size: int


class BadTimestamp(Unreadable, code="bad_timestamp"):
    """The file is not an authority's answer (RFC 3161), or it was cut off."""

    message = "this is not an answer of a time stamp authority: {why}"
    hint = "give the file that the authority sent, a TimeStampResp in DER; ask it again if the file was cut off"
    why: str


class BadTimestampRequest(Unreadable, code="bad_timestamp_request"):
    """The file is not a request for a time stamp (RFC 3161)."""

    message = "this is not a request for a time stamp: {why}"
    hint = "give the file that `slaledger audit checkpoint --timestamp-request FILE.tsq` wrote"
    why: str


class BadCertificates(Unreadable, code="bad_certificates"):
    """The certificates of an authority are in PEM: its root, and the others of the chain that its answers leave out."""

    message = "these are not certificates: {why}"
    hint = "give the authority's certificates in PEM, its root among them"
    why: str


class TimestampNotGranted(Refusal, code="timestamp_not_granted"):
    """An authority may answer without a time stamp, and says why."""

    message = "the authority granted no time stamp: {answered} ({why})"
    hint = "see what it says, and send the request again"
    answered: str
    why: str


class TimestampOfOther(Refusal, code="timestamp_of_other"):
    """A time stamp attests one hash: SHA-256 over the three lines of its checkpoint. This one attests another."""

    message = "the time stamp is not of this checkpoint: it attests {imprint}, and the checkpoint has {expected}"
    hint = "give the checkpoint that was printed with the request"
    imprint: str
    expected: str


class TimestampOfOtherRequest(Refusal, code="timestamp_of_other_request"):
    """An answer repeats what its request asked for. The nonce tells whether it is the answer to this very request."""

    message = "the time stamp does not answer this request: its {what} is {answered}, not {asked}"
    hint = "give the answer that the authority sent to this request"
    what: str
    asked: str
    answered: str


class TimestampUntrusted(Refusal, code="timestamp_untrusted"):
    """The signature of the time stamp is wrong, or no chain leads from it to one of the roots given, as of its time."""

    message = "the time stamp of {authority} is not signed under the certificates given: {why}"
    hint = "give the certificates that this authority publishes, its root among them, in PEM"
    authority: str
    why: str
