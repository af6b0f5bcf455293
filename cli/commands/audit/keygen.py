"""`slaledger keygen`: keys that sign checkpoints and events, and keys of witnesses."""

from __future__ import annotations

from pathlib import Path

import click

from domain.keys import COSIGNATURE, ED25519
from ledger.transparency.signed_notes import generate_key, write_key_file


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
@click.option("--witness", "cosigns", is_flag=True, help="Make the key of a witness, for `slaledger witness sign`.")
def keygen(name: str, file: str, cosigns: bool) -> None:
    """Make an Ed25519 key: write the private half to a file that only you can read, print the verifier key.

    NAME appears in every signature and has no spaces or +; the ledger's id (the first line of a checkpoint) is usual.
    Give the verifier key to those who check signatures. A key of yours signs what you record, too: `slaledger actor
    add-key` registers the verifier key, and `slaledger --sign KEYFILE` signs. Needs the extra `sign`.

    \b
    Example:
      slaledger keygen ledger.example.com -o ledger.key
    """
    signer_key, verifier_key = generate_key(name, COSIGNATURE if cosigns else ED25519)
    write_key_file(Path(file), signer_key)
    print(verifier_key)
