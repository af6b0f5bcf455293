"""What a policy of witnesses finds of a dossier: its own checkpoint counts, and those that its log continues."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from ledger.audit.attestations import ProvedAttestation
from ledger.audit.dossier import Dossier
from ledger.transparency.cosignatures import Note, read_note
from ledger.transparency.policies import PolicyResult, WitnessPolicy, hold_to


class Witnessed(NamedTuple):
    """What a policy finds of a checkpoint of `size` events, among which are `covers` of a dossier's."""

    result: PolicyResult
    size: int
    covers: int


def witnessed(dossier: Dossier, proved: Iterable[ProvedAttestation], policy: WitnessPolicy) -> Witnessed:
    """The checkpoint of a dossier that meets a policy and has most events; else the one that most witnesses cosigned.

    Raises Refusal `bad_signature` where a known witness's line is not its cosignature, Unreadable `no_cryptography`.
    """
    found = [_held(dossier, note, policy) for note in _notes(dossier, proved)]
    return max(found, key=lambda each: (each.result.is_met, each.size if each.result.is_met else len(each.result.by)))


def _notes(dossier: Dossier, proved: Iterable[ProvedAttestation]) -> Iterator[Note]:
    yield read_note(dossier.checkpoint)
    for each in proved:
        yield read_note(each.attestation.checkpoint)


def _held(dossier: Dossier, note: Note, policy: WitnessPolicy) -> Witnessed:
    size = note.checkpoint.size
    return Witnessed(hold_to(policy, note), size, dossier.covered(size))
