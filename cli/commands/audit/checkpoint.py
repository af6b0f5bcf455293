"""`slaledger audit checkpoint`, `prove`, `consistency`, and `keygen`: evidence for checks without the ledger."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from cli.answers.audit.proofs import consistency_answer, proof_answer
from cli.options.context import open_ledger
from cli.refusals import BadEvent, LogRewritten, LogRewrittenAtPosition, LogTruncated, UnknownEvent
from cli.terminal.output import emit, format_option, to_json, warn
from cli.terminal.progress import progress
from domain.text import said
from ledger.application import Ledger
from ledger.files.reading import read_text
from ledger.files.writing import STDOUT, new_file
from ledger.log.codec import Row
from ledger.log.leaves import leaf_hash
from ledger.refusals.audit.evidence import PositionBeyondLog
from ledger.transparency import merkle, signed_notes
from ledger.transparency.proofs import Checkpoint, InclusionProof, check_origin, read_checkpoint
from ledger.transparency.timestamps import make_request
from ledger.transparency.tree import KeptTree, damaged, tree_of

_NUMBER = re.compile(r"[0-9]{1,18}", re.ASCII)
_SIGN_HELP = "Sign it with the key that `slaledger keygen` made."


@contextmanager
def _tree(ledger: Ledger) -> Iterator[KeptTree]:
    """The tree, brought up to date with a progress bar; warn where it was made again, a possible sign of tampering."""
    with progress("events") as advance, tree_of(ledger, on_progress=advance) as tree:
        if tree.remade is not None:
            warn(
                said(
                    "the kept tree was rebuilt: {remade}; an older checkpoint shows whether events were changed",
                    remade=tree.remade,
                )
            )
        yield tree


@click.command("checkpoint", short_help="Print three lines about the log for an auditor to keep.")
@click.option("--sign", "key_file", metavar="KEYFILE", help=_SIGN_HELP)
@click.option(
    "--timestamp-request",
    "request",
    metavar="FILE.tsq",
    help="Write a request for a time stamp of it (RFC 3161), to be sent to an authority.",
)
@click.option("--force", is_flag=True, help="Replace FILE.tsq if it exists.")
@format_option
def checkpoint(key_file: str | None, request: str | None, force: bool, format_: str | None) -> None:
    """Print the ledger's id, the number of its events and the root of the tree over them, as c2sp.org/tlog-checkpoint.

    With it, an auditor can show later whether anything recorded up to now was changed or removed. It is always printed
    as text; signed, it is a c2sp.org/signed-note.

    With --timestamp-request, a time stamp authority can attest when it existed: keep what is printed, send the request,
    and give its answer to `slaledger audit timestamp`. Needs the extra `timestamp`.

    \b
    Example:
      slaledger audit checkpoint --sign ledger.key
    """
    if force and request is None:
        raise click.UsageError(said("--force is for a request: give --timestamp-request FILE.tsq too"))
    if request == STDOUT:
        raise click.UsageError(said("the checkpoint is printed there: give a file for the request"))
    key = _signer_key(key_file)
    with open_ledger() as ledger, _tree(ledger) as tree:
        text = _checkpoint(tree).text()
    if request is not None:
        asked = make_request(text)
        with new_file(request, force=force) as out:
            out.write(asked)
    print(_signed(text, key), end="")


@click.command("prove", short_help="Prove that an event is in the log.")
@click.argument("event")
@click.option("--checkpoint", "file", metavar="FILE", help="Prove it under this checkpoint, not the current one.")
@click.option("--sign", "key_file", metavar="KEYFILE", help=_SIGN_HELP)
@click.option("--format", "format_", type=click.Choice(["text", "json"]), default="text", show_default=True)
def prove(event: str, file: str | None, key_file: str | None, format_: str) -> None:
    """Print the proof that an event is in the log, as c2sp.org/tlog-proof. It is checked offline, from the event's leaf
    hash.

    EVENT is a position in the log, or STREAM@VERSION.

    \b
    Example:
      slaledger audit prove 1001/account@1
    """
    if file is not None and key_file is not None:
        raise click.UsageError(said("a kept checkpoint cannot be signed: give --checkpoint or --sign, not both"))
    key, kept = _signer_key(key_file), None if file is None else read_text(file)
    with open_ledger() as ledger:
        row = _event(ledger, event)
        with _tree(ledger) as tree:
            head = _checkpoint(tree) if kept is None else agreed_checkpoint(tree, str(file), kept)
            index = tree.index_of(row.position)
            proof = InclusionProof(
                index, tuple(tree.inclusion(index, head.size)), _signed(head.text(), key) if kept is None else kept
            )
            leaf = leaf_hash(row)
            _check_inclusion(tree, row, leaf, head, proof)
    if format_ == "json":
        print(to_json(proof_answer(row, leaf, head, proof)))
    else:
        print(proof.text(), end="")


def _check_inclusion(tree: KeptTree, row: Row, leaf: bytes, head: Checkpoint, proof: InclusionProof) -> None:
    """Verify a proof before it is printed. Raises Damaged `log_rewritten`, `tree_damaged`."""
    if tree.subtree(0, proof.index) != leaf:
        raise LogRewrittenAtPosition(position=row.position)
    try:
        merkle.verify_inclusion(proof.index, head.size, leaf, proof.hashes, head.root)
    except merkle.ProofError:
        raise damaged(said("its hashes do not agree")) from None


@click.command("consistency", short_help="Prove that an older log is the beginning of a newer one.")
@click.argument("old")
@click.argument("new")
@format_option
def consistency(old: str, new: str, format_: str | None) -> None:
    """Print the proof that the log at OLD is the beginning of the log at NEW (RFC 6962, 2.1.2).

    OLD and NEW are each a number of events or a checkpoint file. A checkpoint must belong to this ledger and agree with
    it. Signatures are not checked here.

    \b
    Example:
      slaledger audit consistency 5 10
    """
    with open_ledger() as ledger, _tree(ledger) as tree:
        older, newer = _head(tree, old), _head(tree, new)
        hashes = tree.consistency(older.size, newer.size)
    try:
        merkle.verify_consistency(older.size, newer.size, hashes, older.root, newer.root)
    except merkle.ProofError:
        raise damaged(said("its hashes do not agree")) from None
    answer = consistency_answer(older, newer, hashes)
    emit(answer, format_, answer.table)


@click.command("keygen", short_help="Make a key that signs checkpoints and events.")
@click.argument("name")
@click.option(
    "-o",
    "--output",
    "file",
    required=True,
    metavar="KEYFILE",
    help="A new file; an existing one is never overwritten.",
)
def keygen(name: str, file: str) -> None:
    """Make an Ed25519 key: write the private half to a file that only you can read, print the verifier key.

    NAME appears in every signature and has no spaces or +; the ledger's id (the first line of a checkpoint) is usual.
    Give the verifier key to those who check signatures. A key of yours signs what you record, too: `slaledger actor
    add-key` registers the verifier key, and `slaledger --sign KEYFILE` signs. Needs the extra `sign`.

    \b
    Example:
      slaledger keygen ledger.example.com -o ledger.key
    """
    signer_key, verifier_key = signed_notes.generate_key(name)
    signed_notes.write_key_file(Path(file), signer_key)
    print(verifier_key)


def _signer_key(file: str | None) -> str | None:
    return None if file is None else signed_notes.read_key_file(Path(file))


def _signed(text: str, key: str | None) -> str:
    return text if key is None else signed_notes.sign_note(text, key)


def _checkpoint(tree: KeptTree) -> Checkpoint:
    return Checkpoint(tree.ledger, tree.size, tree.root())


def _head(tree: KeptTree, given: str) -> Checkpoint:
    """Turn a number of events, or a checkpoint's file, into a tree head of this ledger."""
    if _NUMBER.fullmatch(given):
        return Checkpoint(tree.ledger, int(given), tree.root(int(given)))
    return agreed_checkpoint(tree, given, read_text(given))


def agreed_checkpoint(tree: KeptTree, file: str, text: str) -> Checkpoint:
    """Read a checkpoint and check that it agrees with the ledger.

    Raises Refusal `other_ledger`, Damaged `log_truncated`, `log_rewritten`, and what `read_checkpoint` raises.
    """
    head = read_checkpoint(text)
    check_origin(head, tree.ledger)
    if head.size > tree.size:
        raise LogTruncated(file=file, size=head.size, events=tree.size)
    if tree.root(head.size) != head.root:
        raise LogRewritten(size=head.size, file=file)
    return head


def _event(ledger: Ledger, event: str) -> Row:
    """The row at a position, or of a stream's version. Raises Refusal, Unreadable `bad_event`."""
    stream, _, version = event.rpartition("@")
    if _NUMBER.fullmatch(event):
        with ledger.reading(upto=int(event)) as log:
            rows = list(log.since(int(event) - 1))
        with ledger.reading() as log:
            last = log.position()
        if int(event) > last:
            raise PositionBeyondLog(position=last, asked=event)
    elif stream and _NUMBER.fullmatch(version):
        with ledger.reading() as log:
            rows = [row for row in log.stream(stream) if row.version == int(version)]
    else:
        raise BadEvent(event=event)
    if not rows:
        raise UnknownEvent(event=event)
    return rows[0]
