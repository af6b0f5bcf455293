"""`slaledger witness`: cosigns a ledger's checkpoints, without the ledger."""

from __future__ import annotations

from pathlib import Path

import click

from cli.options.completion import files
from cli.options.verifier_keys import vkey_option
from cli.terminal.output import warn
from domain.keys import COSIGNATURE
from domain.text import said
from ledger import clock
from ledger.files.reading import read_text
from ledger.files.writing import STDOUT, check_target, new_file
from ledger.transparency.consistency import read_consistency
from ledger.transparency.cosignatures import read_note
from ledger.transparency.proofs import read_checkpoint
from ledger.transparency.signed_notes import parse_signer_key, read_key_file
from ledger.transparency.witness import Witness


@click.group()
def witness() -> None:
    """Cosign the checkpoints of a ledger, so that its operator cannot show others another history."""


@witness.command("sign", short_help="Cosign a checkpoint that continues the last one that you cosigned.")
@click.argument("checkpoint", shell_complete=files)
@click.option(
    "--key", "key_file", required=True, metavar="KEYFILE", help="Your key, which `slaledger keygen --witness` made."
)
@click.option(
    "--state",
    required=True,
    metavar="FILE",
    help="Where you keep the last note that you cosigned, one file for each ledger. It is made the first time.",
)
@click.option(
    "--proof",
    "proof_file",
    metavar="FILE",
    help="The proof that it continues the last one: `audit consistency -o FILE`.",
)
@vkey_option("The checkpoint must be signed by this key.")
@click.option(
    "-o", "--output", metavar="FILE", shell_complete=files, help="Write the note here instead of printing it."
)
@click.option("--force", is_flag=True, help="Replace FILE if it exists.")
def sign(
    checkpoint: str,
    key_file: str,
    state: str,
    proof_file: str | None,
    keys: tuple[str, ...],
    output: str | None,
    force: bool,
) -> None:
    """Cosign a checkpoint (c2sp.org/tlog-cosignature) and print the note to send back. It needs no ledger.

    It signs only what continues the last checkpoint that it signed, by the proof. A checkpoint of as many events with
    another root is a fork: exit status 4, and both notes are printed as evidence.

    \b
    Example:
      slaledger witness sign checkpoint.txt --key w.key --state w.state
    """
    if output is None and force:
        raise click.UsageError(said("--force is for a note in a file: give -o FILE too"))
    if output not in (None, STDOUT):
        check_target(Path(str(output)), force=force)
    key = parse_signer_key(read_key_file(Path(key_file), COSIGNATURE), COSIGNATURE)
    own = Witness(key, Path(key_file), Path(state))
    text = read_text(checkpoint)
    read_checkpoint(text, keys)
    note = read_note(text)
    proof = None if proof_file is None else read_consistency(read_text(proof_file))
    is_first = own.last() is None
    made = own.sign(note, proof, clock.now_us() // 1_000_000)
    if is_first:
        warn(
            said(
                "{state} is new: this is the first checkpoint of {ledger} that it takes",
                state=state,
                ledger=note.checkpoint.origin,
            )
        )
    if not keys:
        warn(said("whether the ledger signed it was not checked: give its key with --vkey"))
    if output is None:
        print(made.text(), end="")
    else:
        with new_file(output, force=force) as out:
            out.write(made.text().encode())
