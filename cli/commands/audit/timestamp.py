"""`slaledger audit timestamp`: checks an authority's answer about a checkpoint, and keeps it."""

from __future__ import annotations

import click

from cli.answers.audit.timestamps import timestamp_answer
from cli.commands.audit.checkpoint import agreed_checkpoint
from cli.options.completion import files
from cli.options.context import open_ledger
from cli.terminal.output import emit, format_option, warn
from cli.terminal.progress import progress
from domain.terms.versions import zone_of
from domain.text import said
from ledger.files.reading import read_bytes, read_text
from ledger.transparency.attested import keep, place_of
from ledger.transparency.timestamps import check_timestamp, read_certificates
from ledger.transparency.tree import tree_of


@click.command("timestamp", short_help="Check the time stamp of a checkpoint, and keep it beside the ledger.")
@click.argument("checkpoint", shell_complete=files)
@click.argument("answer", metavar="FILE.tsr", shell_complete=files)
@click.option("--request", metavar="FILE.tsq", shell_complete=files, help="The request that it must answer.")
@click.option("--tsa", metavar="CERTS.pem", shell_complete=files, help="It must be signed under these certificates.")
@format_option
def timestamp(checkpoint: str, answer: str, request: str | None, tsa: str | None, format_: str | None) -> None:
    """Check the answer of a time stamp authority (RFC 3161) about a CHECKPOINT of this ledger, and keep it.

    It must be of this checkpoint, answer the request, and be signed under a chain that was valid at its time; whether
    a certificate was revoked is not looked up. Dossiers made since have it. One of the same checkpoint that was kept
    earlier is replaced. Needs the extra `timestamp`.

    \b
    Example:
      slaledger audit timestamp checkpoint.txt answer.tsr --request request.tsq --tsa certificates.pem
    """
    note, data = read_text(checkpoint), read_bytes(answer)
    asked = None if request is None else read_bytes(request)
    certificates = None if tsa is None else read_certificates(read_bytes(tsa))
    with open_ledger() as ledger:
        with progress("events") as advance, tree_of(ledger, on_progress=advance) as tree:
            head = agreed_checkpoint(tree, checkpoint, note)
        stamp = check_timestamp(head.text(), data, asked, certificates)
        kept = keep(ledger, note, data)
        with ledger.reading() as log:
            zone = zone_of(log.versions())
        shown = timestamp_answer(kept, stamp, zone, place_of(ledger, head.size), checked=certificates is not None)
    if certificates is None:
        warn(said("its signature was not checked: give the authority's certificates, --tsa CERTS.pem"))
    emit(shown, format_, shown.table)
