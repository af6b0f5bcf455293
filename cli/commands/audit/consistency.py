"""`slaledger audit consistency`: the proof that an older log is the beginning of a newer one."""

from __future__ import annotations

import re

import click

from cli.answers.audit.proofs import ConsistencyAnswer, consistency_answer
from cli.commands.audit.checkpoint import agreed_checkpoint, current_tree
from cli.options.context import open_ledger
from cli.terminal.output import emit, format_option
from domain.text import said
from ledger.files.reading import read_text
from ledger.files.writing import new_file
from ledger.transparency import merkle
from ledger.transparency.proofs import Checkpoint
from ledger.transparency.tree import KeptTree, damaged

_NUMBER = re.compile(r"[0-9]{1,18}", re.ASCII)


@click.command("consistency", short_help="Prove that an older log is the beginning of a newer one.")
@click.argument("old")
@click.argument("new")
@click.option("-o", "--output", "file", metavar="FILE", help="Write the proof to this file, for a witness.")
@click.option("--force", is_flag=True, help="Replace FILE if it exists.")
@format_option
def consistency(old: str, new: str, file: str | None, force: bool, format_: str | None) -> None:
    """Print the proof that the log at OLD is the beginning of the log at NEW (RFC 6962, 2.1.2).

    OLD and NEW are each a number of events or a checkpoint file. A checkpoint must belong to this ledger and agree with
    it. Signatures are not checked here.

    \b
    Example:
      slaledger audit consistency 5 10
    """
    if file is None and force:
        raise click.UsageError(said("--force is for a proof in a file: give -o FILE too"))
    with open_ledger() as ledger, current_tree(ledger) as tree:
        answer = consistency_of(tree, _head(tree, old), _head(tree, new))
    if file is None:
        emit(answer, format_, answer.table)
        return
    with new_file(file, force=force) as out:
        out.write(answer.content())


def consistency_of(tree: KeptTree, older: Checkpoint, newer: Checkpoint) -> ConsistencyAnswer:
    """The proof that one head of the ledger's tree continues another, verified. Raises Damaged `tree_damaged`,
    Refusal `no_proof`.
    """
    hashes = tree.consistency(older.size, newer.size)
    try:
        merkle.verify_consistency(older.size, newer.size, hashes, older.root, newer.root)
    except merkle.ProofError:
        raise damaged(said("its hashes do not agree")) from None
    return consistency_answer(older, newer, hashes)


def _head(tree: KeptTree, given: str) -> Checkpoint:
    """Turn a number of events, or a checkpoint's file, into a tree head of this ledger."""
    if _NUMBER.fullmatch(given):
        return Checkpoint(tree.ledger, int(given), tree.root(int(given)))
    return agreed_checkpoint(tree, given, read_text(given))
