"""`slaledger docs` and `slaledger verifier`: what comes with the software."""

from __future__ import annotations

from pathlib import Path

import click
from click.shell_completion import CompletionItem

from cli import shipped
from cli.answers.whole.docs import DocumentsCopied, document_shown, print_documents
from cli.refusals import FolderExists
from cli.terminal.output import emit, format_option
from domain.text import said
from ledger.files.writing import STDOUT, explain_write_errors, new_file


def _documents(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The names of the documents, for shell completion."""
    return [CompletionItem(name) for name, _ in shipped.pages() if name.startswith(incomplete)]


@click.command()
@click.argument("name", required=False, shell_complete=_documents)
@click.option("--copy", "target", metavar="FOLDER", help="Copy documents, examples and the verifier to a new folder.")
@format_option
def docs(name: str | None, target: str | None, format_: str | None) -> None:
    """List the documents that come with the software, or print one by its name.

    On a terminal a document is shown page by page; elsewhere it is printed.

    \b
    Example:
      slaledger docs operate/install
    """
    if name is not None and target is not None:
        raise click.UsageError(said("give a NAME or --copy, not both"))
    if target is not None:
        copied = DocumentsCopied(target, _copy(Path(target)))
        emit(copied, format_, copied.table)
    elif name is not None:
        click.echo_via_pager(shipped.page(name))
    else:
        rows = [document_shown(each, title) for each, title in shipped.pages()]
        emit(rows, format_, lambda: print_documents(rows))


def _copy(target: Path) -> int:
    with explain_write_errors(target):
        try:
            return shipped.copy_to(target)
        except FileExistsError:
            raise FolderExists(folder=target) from None


@click.command()
@click.option("--html", "page", is_flag=True, help="Print a page that checks dossiers in a browser, without a network.")
def verifier(page: bool) -> None:
    """Print the program that checks a dossier without slaledger: one file that needs only Python.

    With --html it is a page for those who have nothing but a browser.

    \b
    Example:
      slaledger verifier
    """
    with new_file(STDOUT) as out:
        out.write(shipped.verifier_page() if page else shipped.verifier())
