"""`slaledger dossier` and `verify-dossier`: a claim's whole case as one file, and its check."""

from __future__ import annotations

import base64
from pathlib import Path

import click

from cli.completion import accounts, files, months
from cli.context import open_ledger
from cli.language import here
from cli.output import Json, emit, format_option, put, warn
from cli.reading import parsed_month
from domain.refusals import Damaged, Unreadable
from domain.wording import said
from ledger.audit import dossier as dossiers
from ledger.audit.notes import read_key_file, sign_note
from ledger.audit.proofs import Checkpoint, read_checkpoint
from ledger.audit.tree import tree_of
from ledger.files import read_bytes, read_text


@click.command()
@click.argument("account", shell_complete=accounts)
@click.argument("month", callback=parsed_month, shell_complete=months)
@click.option("-o", "--output", "file", required=True, metavar="FILE", help="Where to write it; must not exist.")
@click.option("--sign", "key_file", metavar="KEYFILE", help="Sign its checkpoint.")
@format_option
def dossier(account: str, month: str, file: str, key_file: str | None, format_: str | None) -> None:
    """A claim's whole case as one file that a stranger can check without the ledger.

    \b
    Example:
      slaledger dossier 1001 2026-03 -o case.json
    """
    target = Path(file)
    if target.exists():
        raise Unreadable("file_exists", said("{file} exists", file=file), hint=said("choose another name"))
    with open_ledger() as ledger, ledger.reading() as log, tree_of(ledger) as tree:
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
    try:
        with target.open("xb") as out:
            out.write(data)
    except OSError as error:
        target.unlink(missing_ok=True)
        raise Unreadable(
            "unwritable_file", said("{file} cannot be written: {why}", file=file, why=error.strerror)
        ) from None
    answer: Json = {"file": file, "account": account, "month": month, "bytes": len(data), "tree_size": size}
    words = said(
        "{file}: the case of {account} for {month}, {size} bytes",
        file=file,
        account=account,
        month=month,
        size=len(data),
    )
    emit(answer, format_, lambda: put(words))


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
    sound = said(
        "{file}: the case of {account} for {month} holds: {events} events, all proved",
        file=file,
        account=given.account,
        month=given.month,
        events=len(given.events),
    )
    emit(answer, format_, lambda: print("\n".join(map(here, found or [sound]))))
    return Damaged.status if found else 0


def _against(checkpoint: Checkpoint, kept: Checkpoint) -> list[str]:
    if checkpoint.origin != kept.origin:
        return [
            said(
                "the checkpoint that was kept is of {kept}, the dossier of {stated}",
                kept=kept.origin,
                stated=checkpoint.origin,
            )
        ]
    if checkpoint.size == kept.size and checkpoint.root != kept.root:
        return [said("the checkpoint that was kept has another root for the same {size} events", size=kept.size)]
    return []
