"""Attestations of a dossier: checkpoints that somebody timestamped or cosigned, and what they say of its events."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import msgspec

from domain.case import fold
from domain.keys import decoded, encoded
from domain.refusals import Unreadable
from domain.terms.versions import zone_of
from domain.text import said
from ledger.application import Ledger
from ledger.audit.dossier import Attestation, Dossier
from ledger.log import streams
from ledger.log.codec import decode
from ledger.refusals.audit.timestamps import (
    BadTimestamp,
    LogRewrittenSinceKept,
    TimestampNotGranted,
    TimestampOfOther,
    TimestampUntrusted,
)
from ledger.transparency.attested import Attested, newest_cosigned, newest_timestamped, place_of
from ledger.transparency.consistency import why_not_continued
from ledger.transparency.proofs import Checkpoint, read_checkpoint
from ledger.transparency.timestamps import check_timestamp
from ledger.transparency.tree import KeptTree


def attestations_of(ledger: Ledger, tree: KeptTree, size: int) -> tuple[Attestation, ...] | msgspec.UnsetType:
    """The newest timestamped and the newest cosigned checkpoint kept of the first `size` events at most, with proofs.

    Raises Damaged `log_rewritten` where a kept one is not of this log, `kept_checkpoint_unreadable`.
    """
    kept = (newest_timestamped(ledger, upto=size), newest_cosigned(ledger, upto=size))
    by_size = {each.checkpoint.size: each for each in kept if each is not None and each.checkpoint.size}
    return tuple(_attestation(ledger, tree, each, size) for each in by_size.values()) or msgspec.UNSET


def _attestation(ledger: Ledger, tree: KeptTree, kept: Attested, size: int) -> Attestation:
    old = kept.checkpoint
    if old.root != tree.root(old.size):
        raise LogRewrittenSinceKept(file=place_of(ledger, old.size), size=old.size)
    stamp = msgspec.UNSET if kept.timestamp is None else encoded(kept.timestamp)
    proof = tuple(map(encoded, tree.consistency(old.size, size)))
    return Attestation(checkpoint=kept.note, proof=proof, timestamp=stamp)


class ProvedAttestation(NamedTuple):
    """An attestation whose checkpoint the dossier's log continues, what it says, and how many events it covers."""

    attestation: Attestation
    checkpoint: Checkpoint
    events: int


def proved_attestations(dossier: Dossier, tree: Checkpoint) -> Iterator[ProvedAttestation | str]:
    """Each attestation of a dossier, or what is wrong with it."""
    for each in dossier.attestations or ():
        try:
            checkpoint = read_checkpoint(each.checkpoint)
        except Unreadable as unreadable:
            yield unreadable.message
            continue
        wrong = _wrong(each, checkpoint, tree)
        yield ProvedAttestation(each, checkpoint, dossier.covered(checkpoint.size)) if wrong is None else wrong


def _wrong(attestation: Attestation, checkpoint: Checkpoint, tree: Checkpoint) -> str | None:
    """Why the dossier's log does not continue an attested checkpoint; None where it does."""
    if checkpoint.origin != tree.origin:
        return said(
            "the attested checkpoint belongs to {origin}, the dossier to {ledger}",
            origin=checkpoint.origin,
            ledger=tree.origin,
        )
    error = why_not_continued(checkpoint, tree, attestation.proof)
    if error is None:
        return None
    return said(
        "the log does not continue the attested checkpoint of size {size}: {error}", size=checkpoint.size, error=error
    )


class Timed(msgspec.Struct, frozen=True, kw_only=True):
    """What a time stamp says: so many events of a dossier, those among the log's first `size`, existed at an instant.

    `time_us` is in microseconds, cut to the second; `authority` the subject of the authority's certificate.
    """

    time_us: int
    authority: str
    size: int
    events: int


class TrustedTime(NamedTuple):
    """The time stamps that hold; what is wrong with others; and which are not signed under the certificates given."""

    timed: list[Timed]
    wrong: list[str]
    untrusted: list[str]


def trusted_time(proved: Sequence[ProvedAttestation], certificates: Sequence[Any]) -> TrustedTime:
    """Check the time stamps of a dossier's attestations under an authority's certificates.

    Raises Unreadable `missing_extra`.
    """
    found = TrustedTime([], [], [])
    for each in proved:
        if not isinstance(each.attestation.timestamp, str):
            continue
        try:
            found.timed.append(_timed(each, each.attestation.timestamp, certificates))
        except TimestampUntrusted as untrusted:
            found.untrusted.append(untrusted.message)
        except (BadTimestamp, TimestampNotGranted, TimestampOfOther) as wrong:
            found.wrong.append(wrong.message)
    return found


def _timed(proved: ProvedAttestation, timestamp: str, certificates: Sequence[Any]) -> Timed:
    """What the time stamp of an attestation says, once it is checked. Raises as the checks do."""
    answer = decoded(timestamp)
    if answer is None:
        raise BadTimestamp(why=said("it is not base64"))
    stamp = check_timestamp(proved.checkpoint.text(), answer, None, certificates)
    return Timed(time_us=stamp.time_us, authority=stamp.authority, size=proved.checkpoint.size, events=proved.events)


def zone_in(dossier: Dossier) -> str:
    """The time zone of the latest terms in a dossier. Raises Damaged where they cannot be read."""
    terms = (decode(event.row) for event in dossier.events if event.stream.startswith(streams.TERMS))
    return zone_of(fold(terms).versions)
