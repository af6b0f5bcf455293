"""`slaledger terms`: show, list, check. The commands that change the ledger are generated."""

from __future__ import annotations

import click

from cli.answers.terms import SoundTerms, print_shipped, print_terms, shipped_terms, terms_answer, terms_listed
from cli.options.completion import versions
from cli.options.context import open_ledger
from cli.options.known_at import KnownAtOptions, knowing, knowledge_options
from cli.terminal.output import emit, format_option
from domain.terms.parsing import parse_terms
from domain.terms.versions import by_name, document_sha256, latest
from ledger.files.reading import read_text


@click.command("show", short_help="Show a version: its parameters with their clauses, and its readings.")
@click.argument("version", required=False, shell_complete=versions)
@knowledge_options
@format_option
def show(version: str | None, asked: KnownAtOptions, format_: str | None) -> None:
    """Show a version of the agreement, the latest by default: its parameters with their clauses, and its readings.

    \b
    Example:
      slaledger terms show 2018-08-01
    """
    with open_ledger() as ledger, knowing(ledger, asked) as known, ledger.reading(known.upto) as log:
        versions = log.rules().versions
        answer = terms_answer(latest(versions) if version is None else by_name(versions, version))
    emit(answer, format_, answer.table)


@click.command("list", short_help="List the published versions.")
@click.option("--shipped", is_flag=True, help="List the shipped agreements instead; needs no ledger.")
@knowledge_options
@format_option
def list_(shipped: bool, asked: KnownAtOptions, format_: str | None) -> None:
    """List the published versions, in order of effect.

    \b
    Example:
      slaledger terms list
    """
    if shipped:
        _list_shipped(format_)
        return
    with open_ledger() as ledger, knowing(ledger, asked) as known, ledger.reading(known.upto) as log:
        versions = log.rules().versions
    rows = [terms_listed(version) for version in versions]
    emit(rows, format_, lambda: print_terms(rows))


def _list_shipped(format_: str | None) -> None:
    from ledger.shipped import shipped  # it reads every document

    rows = [shipped_terms(text, found) for text, found in shipped()]
    emit(rows, format_, lambda: print_shipped(rows))


@click.command("check", short_help="Check whether a terms document is sound.")
@click.argument("file", type=click.Path(exists=True, dir_okay=False))
@format_option
def check(file: str, format_: str | None) -> None:
    """Check whether a terms document is sound; name the place of an error. Needs no ledger and records nothing.

    \b
    Example:
      slaledger terms check amended.toml
    """
    document = read_text(file)
    found = parse_terms(document)
    answer = SoundTerms(
        file=file,
        agreement=found.agreement,
        version=found.version,
        effective_from=found.effective_from,
        sha256=document_sha256(document),
        revision=found.revision,
    )
    emit(answer, format_, answer.table)
