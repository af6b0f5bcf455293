"""`slaledger dossier` and `verify-dossier`: a claim's whole case as one file, and its check."""

from __future__ import annotations

import base64
from pathlib import Path

import click

from cli.completion import accounts, files, months
from cli.context import open_ledger
from cli.output import Json, emit, format_option, warn
from cli.reading import parsed_month
from domain.refusals import Damaged
from domain.wording import said
from ledger.audit import dossier as dossiers
from ledger.audit.notes import read_key_file, sign_note
from ledger.audit.proofs import Checkpoint, read_checkpoint
from ledger.audit.tree import tree_of
from ledger.exchange.moving import check_is_not
from ledger.files import read_bytes, read_text
from ledger.new_files import STDOUT, new_file


@click.command()
@click.argument("account", shell_complete=accounts)
@click.argument("month", callback=parsed_month, shell_complete=months)
@click.option("-o", "--output", "file", required=True, metavar="FILE", help="Where to write it.")
@click.option("--force", is_flag=True, help="Replace FILE where it exists.")
@click.option("--sign", "key_file", metavar="KEYFILE", help="Sign its checkpoint.")
@format_option
def dossier(account: str, month: str, file: str, force: bool, key_file: str | None, format_: str | None) -> None:
    """A claim's whole case as one file that a stranger can check without the ledger.

    \b
    Example:
      slaledger dossier 1001 2026-03 -o case.json
    """
    with open_ledger() as ledger, ledger.reading() as log, tree_of(ledger) as tree, new_file(file, force=force) as out:
        check_is_not(ledger, file)
        size = tree.size_at(log.position())
        text = Checkpoint(tree.ledger, size, tree.root(size)).text()
        checkpoint = text if key_file is None else sign_note(text, read_key_file(Path(key_file)))
        data = dossiers.compose(
            log.rows_ever(account),
            account,
            month,
            tree.ledger,
            checkpoint,
            lambda position: (index := tree.index_of(position), tree.inclusion(index, size)),
        )
        out.write(data)
    answer: Json = {"file": file, "account": account, "month": month, "bytes": len(data), "tree_size": size}
    if file != STDOUT:
        emit(answer, format_, lambda: print(f"{file}: the case of {account} for {month}, {len(data)} bytes"))


@click.command("verify-dossier")
@click.argument("file", shell_complete=files)
@click.option("--checkpoint", "kept", metavar="FILE", help="A checkpoint that you kept.")
@click.option("--vkey", "keys", multiple=True, metavar="KEY", help="The checkpoint must be signed by this key.")
@format_option
def verify_dossier(file: str, kept: str | None, keys: tuple[str, ...], format_: str | None) -> int:
    """Check a dossier without the ledger: its digest, every proof, and the decision itself. Exit 4 where it fails.

    \b
    Example:
      slaledger verify-dossier case.json
    """
    given = dossiers.read(read_bytes(file))
    checkpoint = read_checkpoint(given.checkpoint, keys)
    found = list(dossiers.check(given, dossiers.Tree(checkpoint.origin, checkpoint.size, checkpoint.root)))
    kept_size = checkpoint.size
    if kept is not None:
        held = read_checkpoint(read_text(kept), keys)
        found, kept_size = [*found, *_against(checkpoint, held)], held.size
    answer: Json = {
        "file": file,
        "account": given.account,
        "month": given.month,
        "events": len(given.events),
        "tree_size": checkpoint.size,
        "root": base64.b64encode(checkpoint.root).decode(),
        "findings": found,
    }
    if kept is not None and not found and checkpoint.size != kept_size:
        warn(
            said(
                "{size} and {kept_size} events: ask for `slaledger audit consistency` between the two",
                size=checkpoint.size,
                kept_size=kept_size,
            )
        )
    sound = f"{file}: the case of {given.account} for {given.month} holds: {len(given.events)} events, all proved"
    emit(answer, format_, lambda: print("\n".join(found) if found else sound))
    return Damaged.status if found else 0


def _against(checkpoint: Checkpoint, kept: Checkpoint) -> list[str]:
    if checkpoint.origin != kept.origin:
        return [f"the checkpoint that was kept is of {kept.origin}, the dossier of {checkpoint.origin}"]
    if checkpoint.size == kept.size and checkpoint.root != kept.root:
        return [f"the checkpoint that was kept has another root for the same {kept.size} events"]
    return []
