"""Refusals of witnesses: what a witness does not cosign, and what no witness cosigned."""

from __future__ import annotations

from domain.refusals import Damaged, Refusal, Unreadable


class Fork(Damaged, code="forked"):
    """A ledger only grows, so it has one root for each number of events. Two roots mean that the operator showed two
    histories. Both notes are printed as they are: with the ledger's signature on both, anyone can see it.
    """

    message = "{ledger} has two histories of {size} events: you cosigned the root {kept_root}, and this one is {root}"
    hint = "do not cosign it; keep both notes, which are the evidence, and show them to others"
    ledger: str
    size: int
    kept_root: str
    root: str
    evidence: tuple[str, ...]


class ForkByProof(Fork):
    """The proof is from another beginning of the log than the one that the witness cosigned: the operator's ledger no
    longer has these events.
    """

    message = "{ledger} has two histories of {size} events: you cosigned the root {kept_root}, the proof says {root}"


class RolledBack(Refusal, code="rolled_back"):
    """A witness cosigns no checkpoint older than its last one. It would hide what was recorded in between."""

    message = "the checkpoint has {size} events, and you cosigned one with {kept}"
    hint = "ask for a newer checkpoint; if the ledger has no more events than that, its end was cut off"
    size: int
    kept: int


class ProofNeeded(Refusal, code="proof_needed"):
    """A witness cosigns only what continues its last checkpoint. The proof shows that without the events."""

    message = "you cosigned {kept} events, and this checkpoint has {size}: a proof that it continues them is needed"
    hint = "ask for what `slaledger audit consistency {kept} {size} -o PROOF` writes, and give it with --proof PROOF"
    kept: int
    size: int


class ProofOfOtherSizes(Refusal, code="wrong_proof"):
    """The proof is of other checkpoints than these two."""

    message = (
        "the proof goes from {old} to {new} events of {ledger}; needed is one from {kept} to {size} events of {origin}"
    )
    hint = "ask for what `slaledger audit consistency {kept} {size} -o PROOF` writes"
    ledger: str
    old: int
    new: int
    origin: str
    kept: int
    size: int


class WrongConsistencyProof(Refusal, code="wrong_proof"):
    """The hashes do not lead from the one root to the other. An honest ledger can always give a proof that does."""

    message = "the proof does not show that the {size} events continue the {kept} that you cosigned: {why}"
    hint = "ask for the proof again; if none comes, the ledger was rewritten, and both notes are your evidence"
    size: int
    kept: int
    why: str
    evidence: tuple[str, ...]


class BadConsistencyProof(Unreadable, code="bad_proof"):
    """The file is not a proof of consistency."""

    message = "this is not a proof of consistency: {what}"
    hint = "give what `slaledger audit consistency OLD NEW -o PROOF` wrote"
    what: str


class OtherLedgerThanCosigned(Refusal, code="other_ledger"):
    """A witness keeps a state for each ledger, so that no ledger can be taken for another."""

    message = "the checkpoint is of {origin}, and {state} is for {ledger}"
    hint = "give --state another file for this ledger"
    origin: str
    state: object
    ledger: str


class BadState(Unreadable, code="bad_state"):
    """A witness's state is the last note that it cosigned. This file is none, so nothing can be held to it."""

    message = "{state} is not the state of this witness: {what}"
    hint = "restore the last note that you cosigned; only a new witness begins with a new file"
    state: object
    what: str


class OtherBody(Refusal, code="other_checkpoint"):
    """Cosignatures are joined where witnesses signed the same checkpoint."""

    message = "{file} is of another checkpoint ({size} events) than {first} ({first_size} events)"
    hint = "join the notes of one checkpoint at a time"
    file: str
    size: int
    first: str
    first_size: int


class NoWitness(Refusal, code="not_cosigned"):
    """Only what a named witness cosigned is joined."""

    message = "{file}: none of the witnesses that you named cosigned it"
    hint = "give that witness's verifier key with --witnessed-by, or leave the file out"
    file: str


class NothingCosigned(Refusal, code="not_cosigned"):
    """No checkpoint that is kept beside the ledger has a cosignature by one of these keys."""

    message = "no kept checkpoint is cosigned by the witnesses that you named"
    hint = "`slaledger audit checkpoint --cosigned FILE --witnessed-by KEY` keeps what a witness returned"


class BadPolicy(Unreadable, code="bad_policy"):
    """A policy says how many of which witnesses must have cosigned."""

    message = "{text!r} is not a policy of witnesses: {what}"
    hint = "such as `2 of KEY,KEY,KEY`, `any of …` or `all of …`; a KEY is a verifier key, or a file that holds one"
    text: str
    what: str


class NeitherKeyNorFile(Unreadable, code="bad_key"):
    """A witness is named by its verifier key, or by a file that holds it."""

    message = "{text!r} is neither a verifier key nor a file"
    hint = "NAME+ID+BASE64, as `slaledger keygen --witness NAME -o KEYFILE` printed it, or the name of a file with it"
    text: str
