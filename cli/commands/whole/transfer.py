"""`slaledger export events`, `backup` and `restore`: copies of a ledger, and restoring them."""

from __future__ import annotations

from pathlib import Path

import click

from cli.answers.copies import moved_answer
from cli.options.completion import files
from cli.options.context import lock_seconds, open_ledger, settings
from cli.terminal.language import localized
from cli.terminal.output import emit, format_option, warn
from cli.terminal.progress import progress
from domain.text import counted, said
from ledger.copies import backups, transfer
from ledger.copies.moved import Moved
from ledger.files.reading import read_text
from ledger.files.writing import STDOUT
from ledger.transparency.proofs import read_checkpoint
from ledger.transparency.signed_notes import read_key_file, sign_note

_FORCE = click.option("--force", is_flag=True, help="Replace FILE if it exists.")
_SIGN = click.option(
    "--sign", "key_file", metavar="KEYFILE", help="Sign the checkpoint with the key that `slaledger keygen` made."
)


@click.command("events", short_help="Write every event as CloudEvents, for another store.")
@click.option(
    "-o", "--output", "file", default=STDOUT, metavar="FILE", help="Compressed if the name ends in .zst; - is stdout."
)
@_FORCE
@_SIGN
@format_option
def export_events(file: str, force: bool, key_file: str | None, format_: str | None) -> None:
    """Write every event as a line of JSON, a CloudEvents 1.0 envelope with the stored bytes; the checkpoint comes last.

    The file shows one moment; others may write meanwhile. `slaledger import events` makes the same ledger from it.

    \b
    Example:
      slaledger export events -o events.jsonl
    """
    key = None if key_file is None else read_key_file(Path(key_file))
    with open_ledger() as ledger, progress("events") as advance:
        sign = _as_it_is if key is None else lambda text: sign_note(text, key)
        moved = transfer.export_events(ledger, file, force=force, sign=sign, on_progress=advance)
    if file != STDOUT:
        print_receipt(
            file,
            moved,
            counted(
                "{file}: {n} event written, up to position {position}",
                "{file}: {n} events written, up to position {position}",
                n=moved.events,
                file=file,
                position=moved.position,
            ),
            format_,
        )


@click.command("backup", short_help="Copy the ledger while others may write.")
@click.argument("file", shell_complete=files)
@_FORCE
@_SIGN
@format_option
def backup(file: str, force: bool, key_file: str | None, format_: str | None) -> None:
    """Copy the ledger as it is at one moment, and print the copy's checkpoint. Others may write meanwhile.

    The checkpoint is always printed as text. Keep it apart from the copy, and give it to `slaledger restore --against`.

    \b
    Example:
      slaledger backup backup.db
    """
    key = None if key_file is None else read_key_file(Path(key_file))
    with open_ledger() as ledger, progress("pages") as advance:
        text = backups.backup(ledger, file, force=force, on_progress=advance).text()
    print(text if key is None else sign_note(text, key), end="")


@click.command("restore", short_help="Restore a ledger from a backup or export.")
@click.argument("file", shell_complete=files)
@click.option("--against", metavar="CHECKPOINT", help="The checkpoint file that the copy must extend.")
@click.option("--vkey", "keys", multiple=True, metavar="KEY", help="The checkpoint must be signed by this key.")
@format_option
def restore(file: str, against: str | None, keys: tuple[str, ...], format_: str | None) -> None:
    """Restore a backup or export into the ledger named by --ledger. The root is verified first; on failure nothing is
    created. That ledger must not exist yet, or must be empty.

    \b
    Example:
      slaledger --ledger sqlite:///restored.db restore backup.db
    """
    kept = None if against is None else read_checkpoint(read_text(against), keys)
    with progress("events") as advance:
        moved, vouched = backups.restore(
            settings().url,
            file,
            against=kept,
            verifier_keys=keys,
            lock_seconds=lock_seconds(),
            on_progress=advance,
        )
    if not vouched:
        warn(
            said(
                "no checkpoint was given: the copy is only proved to have readable events and no stream with a "
                "missing version"
            )
        )
    print_receipt(
        file,
        moved,
        counted(
            "{file}: {n} event restored, up to position {position}",
            "{file}: {n} events restored, up to position {position}",
            n=moved.events,
            file=file,
            position=moved.position,
        ),
        format_,
    )


def print_receipt(file: str, moved: Moved, words: str, format_: str | None) -> None:
    """Print what was moved, or would have been."""
    answer = moved_answer(file, moved)

    def table() -> None:
        print(f"{localized(words)}\n{localized(said('root {root}', root=answer.root))}")
        answer.print_topics()

    emit(answer, format_, table)


def _as_it_is(text: str) -> str:
    return text
