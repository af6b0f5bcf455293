"""`slaledger dossier` and `verify-dossier`: a claim's whole case as one file, and its check."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

import click

from cli.context import open_ledger, settings
from cli.output import Json, emit, format_option, warn
from cli.reading import parsed_month
from domain.refusals import Damaged, Refusal
from domain.wording import said
from ledger.audit import dossier as dossiers
from ledger.audit.notes import read_key_file, sign_note
from ledger.audit.proofs import Checkpoint, read_checkpoint
from ledger.audit.tree import KeptTree, tree_of
from ledger.files import read_bytes, read_text
from ledger.new_files import new_file
from ledger.store.codec import Row, decode


@click.command()
@click.argument("account")
@click.argument("month", callback=parsed_month)
@click.option("-o", "--output", "file", metavar="FILE", help="The file that a stranger can check.")
@click.option("--html", "html", metavar="FILE", help="A page to look at: the same case, and how it came to be known.")
@click.option("--force", is_flag=True, help="Replace files that exist.")
@click.option("--sign", "key_file", metavar="KEYFILE", help="Sign its checkpoint.")
@format_option
def dossier(
    account: str,
    month: str,
    file: str | None,
    html: str | None,
    force: bool,
    key_file: str | None,
    format_: str | None,
) -> None:
    """A claim's whole case as one file that a stranger can check without the ledger, or as a page to look at.

    The page opens from the disk in any browser; its slider shows the case as it was known at each event.

    \b
    Example:
      slaledger dossier 1001 2026-03 -o case.json
      slaledger dossier 1001 2026-03 --html case.html
    """
    if file is None and html is None:
        raise click.UsageError("give -o FILE, --html FILE or both", click.get_current_context())
    key = None if key_file is None else read_key_file(Path(key_file))
    with ExitStack() as files:
        outs = [None if name is None else files.enter_context(new_file(name, force=force)) for name in (file, html)]
        with open_ledger() as ledger, ledger.reading() as log, tree_of(ledger) as tree:
            size = tree.size_at(log.position())
            text = Checkpoint(tree.ledger, size, tree.root(size)).text()
            checkpoint = text if key is None else sign_note(text, key)
            rows = log.rows_ever(account)
            data = _composed(rows, account, month, tree, checkpoint, needed=file is not None)
            if outs[0] is not None and data is not None:
                outs[0].write(data)
            if outs[1] is not None:
                from cli.pages.case import Proof, case_page  # Jinja2 is needed for pages alone

                proof = Proof(checkpoint, size, data)
                outs[1].write(case_page(log, list(map(decode, rows)), account, month, proof, settings().lang))
    written = {name: target for name, target in (("file", file), ("html", html)) if target is not None}
    answer: Json = {**written, "account": account, "month": month, "tree_size": size}
    if file is not None and data is not None:
        answer["bytes"] = len(data)
    emit(answer, format_, lambda: _print_written(account, month, written))


def _composed(
    rows: Sequence[Row], account: str, month: str, tree: KeptTree, checkpoint: str, *, needed: bool
) -> bytes | None:
    """The case's file; None where it is not needed and there is none, because nothing was decided.

    Raises Refusal `unknown_account`, and `claim_undecided` where it is needed.
    """
    size = tree.size
    try:
        return dossiers.compose(
            rows,
            account,
            month,
            tree.ledger,
            checkpoint,
            lambda position: (index := tree.index_of(position), tree.inclusion(index, size)),
        )
    except Refusal as refusal:
        if needed or refusal.code != "claim_undecided":
            raise
        return None


def _print_written(account: str, month: str, written: dict[str, str]) -> None:
    for target in written.values():
        print(said("{file}: the case of {account} for {month}", file=target, account=account, month=month))


@click.command("verify-dossier")
@click.argument("file")
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
        warn(f"{checkpoint.size} and {kept_size} events: ask for `slaledger audit consistency` between the two")
    sound = f"{file}: the case of {given.account} for {given.month} holds: {len(given.events)} events, all proved"
    emit(answer, format_, lambda: print("\n".join(found) if found else sound))
    return Damaged.status if found else 0


def _against(checkpoint: Checkpoint, kept: Checkpoint) -> list[str]:
    if checkpoint.origin != kept.origin:
        return [f"the checkpoint that was kept is of {kept.origin}, the dossier of {checkpoint.origin}"]
    if checkpoint.size == kept.size and checkpoint.root != kept.root:
        return [f"the checkpoint that was kept has another root for the same {kept.size} events"]
    return []
