"""Proofs of the log: inclusion of an event, consistency with an older log, and dossiers."""

from __future__ import annotations

import msgspec

from cli.terminal.language import localized
from cli.terminal.output import print_pairs
from cli.terminal.vocabulary import label
from domain.keys import encoded
from domain.text import counted, said
from ledger.audit.signatures import Signatures
from ledger.log.codec import Row
from ledger.transparency.proofs import Checkpoint, InclusionProof


class ProofAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """`slaledger audit prove`: the proof that an event is in the log."""

    ledger: str
    position: int
    stream: str
    version: int
    topic: str
    leaf_hash: str
    index: int
    size: int
    root: str
    hashes: list[str]
    checkpoint: str


def proof_answer(row: Row, leaf: bytes, head: Checkpoint, proof: InclusionProof) -> ProofAnswer:
    """The proof that an event is in the log of a checkpoint."""
    return ProofAnswer(
        ledger=head.origin,
        position=row.position,
        stream=row.stream,
        version=row.version,
        topic=row.topic,
        leaf_hash=encoded(leaf),
        index=proof.index,
        size=head.size,
        root=encoded(head.root),
        hashes=[encoded(each) for each in proof.hashes],
        checkpoint=proof.checkpoint,
    )


class ConsistencyAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """`slaledger audit consistency`: the proof that an older log is the beginning of a newer one."""

    ledger: str
    old_size: int
    new_size: int
    old_root: str
    new_root: str
    hashes: list[str]

    def table(self) -> None:
        """Print both tree heads and the hashes, one per line."""
        print_pairs(
            [
                (label("ledger"), self.ledger),
                (label("old_size"), self.old_size),
                (label("new_size"), self.new_size),
                (label("old_root"), self.old_root),
                (label("new_root"), self.new_root),
                *((said("hash"), each) for each in self.hashes),
            ]
        )


def consistency_answer(older: Checkpoint, newer: Checkpoint, hashes: list[bytes]) -> ConsistencyAnswer:
    """The proof that an older log is the beginning of a newer one."""
    return ConsistencyAnswer(
        ledger=newer.origin,
        old_size=older.size,
        new_size=newer.size,
        old_root=encoded(older.root),
        new_root=encoded(newer.root),
        hashes=[encoded(each) for each in hashes],
    )


class DossierAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """`slaledger dossier`: the files that were written, the account and month, and the size of the tree.

    `since` is the size of the kept checkpoint that it proves to be the log's beginning. `left_out` is the number of the
    account's events that stayed at home; it is left out itself where the claim is not decided.
    """

    file: str | msgspec.UnsetType
    bytes: int | msgspec.UnsetType
    html: str | msgspec.UnsetType
    account: str
    month: str
    tree_size: int
    left_out: int | msgspec.UnsetType
    since: int | msgspec.UnsetType


class CheckedDossier(msgspec.Struct, frozen=True, kw_only=True):
    """`slaledger verify-dossier`: the subject of the file, and the checks that failed."""

    file: str
    account: str
    month: str
    events: int
    left_out: int
    """The number of events that stayed at home: that the rules let them in is not said."""
    tree_size: int
    root: str
    findings: list[str]
    signatures: Signatures | msgspec.UnsetType = msgspec.UNSET
    tied: bool | msgspec.UnsetType = msgspec.UNSET
    """Whether it proves that its log contains that of the checkpoint given; there only where one was."""

    def table(self) -> None:
        """Print the checks that failed, or that all passed."""
        sound = counted(
            "{file}: the dossier of {account} for {month} holds: {n} event, proved",
            "{file}: the dossier of {account} for {month} holds: {n} events, all proved",
            n=self.events,
            file=self.file,
            account=self.account,
            month=self.month,
        )
        absent = counted(
            "{n} event of other months is left out: its hash was checked; whether the rules let it in was not",
            "{n} events of other months are left out: their hashes were checked; whether the rules let them in was not",
            n=self.left_out,
        )
        print("\n".join(map(localized, self.findings or [sound, *([absent] if self.left_out else [])])))
