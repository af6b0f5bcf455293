"""`slaledger export site`: pages of everything, in a folder."""

from __future__ import annotations

from pathlib import Path

import click

from cli.answers.exports import SiteWritten
from cli.options.completion import files
from cli.options.context import open_ledger
from cli.options.known_at import KnownAtOptions, knowing, knowledge_options
from cli.terminal.output import emit, format_option, print_text
from cli.terminal.progress import progress
from domain.text import said
from ledger.transparency.tree import tree_of


@click.command("site", short_help="Write linked pages of everything to a folder.")
@click.option(
    "-o",
    "--output",
    "folder",
    required=True,
    metavar="FOLDER",
    shell_complete=files,
    help="The site's own folder, new or of an earlier export.",
)
@knowledge_options
@format_option
def site(folder: str, asked: KnownAtOptions, format_: str | None) -> None:
    """Write pages of months, accounts, claims, vouchers and the log to a folder, which any browser opens from disk.

    They link to each other, and search needs no server. Only the pages whose events changed since an earlier export are
    made again; an export that was interrupted goes on where it stopped. With --known-at or --at-position the site is as
    it was known then.

    \b
    Example:
      slaledger export site -o site
    """
    from cli.pages.site.build import build_site  # most commands need no Jinja2

    with (
        open_ledger() as ledger,
        knowing(ledger, asked) as known,
        ledger.reading(known.upto) as log,
        tree_of(ledger) as tree,
        progress("accounts") as advance,
    ):
        made = build_site(log, tree, Path(folder), advance, None if known.upto is None else known.at)
    answer = SiteWritten(folder=folder, files=made.files, made=made.made, removed=made.removed, position=made.position)
    words = said(
        "{folder}/index.html: {files} files, {made} made, {removed} removed",
        folder=folder,
        files=made.files,
        made=made.made,
        removed=made.removed,
    )
    emit(answer, format_, lambda: print_text(words))
