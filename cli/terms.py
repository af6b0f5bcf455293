"""`slaledger terms`: publish, show, list, check."""

from __future__ import annotations

import click
import msgspec

from cli import shapes
from cli.changing import group
from cli.completion import versions
from cli.context import open_ledger
from cli.knowledge import Asked, knowing, knowledge_options
from cli.output import Json, emit, format_option, print_pairs, print_table
from domain.money import percent_text
from domain.terms import Terms, Version, by_name, document_sha256, latest, parse_terms
from ledger.files import read_text

terms = group("terms", "The agreement's versions: published, shown, checked.")


def _shape(version: Version) -> Json:
    found = version.terms
    return {
        "agreement": found.agreement,
        "version": found.version,
        "title": found.title,
        "effective_from": found.effective_from.isoformat(),
        "noticed_at": shapes.instant(version.noticed_at, found.zone),
        "sha256": version.sha256,
        "parameters": _parameters(found),
        "readings": msgspec.to_builtins(found.readings),
        "document": version.document,
    }


def _parameters(found: Terms) -> Json:
    whole: Json = msgspec.to_builtins(found, enc_hook=percent_text)
    return {name: whole[name] for name in whole if name not in ("schema", "agreement", "version", "title", "readings")}


@terms.command("show", short_help="A version: its parameters with their clauses, its readings.")
@click.argument("version", required=False, shell_complete=versions)
@knowledge_options
@format_option
def show(version: str | None, asked: Asked, format_: str | None) -> None:
    """A version of the agreement, the latest by default: parameters with their clauses, readings.

    \b
    Example:
      slaledger terms show 2018-08-01
    """
    with open_ledger() as ledger, knowing(ledger, asked) as known, ledger.reading(known.upto) as log:
        versions = log.rules().versions
        shape = _shape(latest(versions) if version is None else by_name(versions, version))
    emit(shape, format_, lambda: _print_version(shape))


def _print_version(shape: Json) -> None:
    print_pairs(
        [
            (name.replace("_", " "), shape[name])
            for name in ("agreement", "version", "title", "effective_from", "sha256")
        ]
    )
    print()
    rows = [
        (f"{table}.{name}", cited["value"], cited["clause"])
        for table in ("service", "commitment", "claims", "amendments", "vouchers")
        for name, cited in shape["parameters"][table].items()
    ]
    print_table(("parameter", "value", "clause"), rows)
    print()
    tiers = [
        (tier["below"], tier["at_least"], tier["service_rate"], tier["call_rate"], tier["clause"])
        for tier in shape["parameters"]["tiers"]
    ]
    columns = ("below", "at least", "service", "call", "clause")
    print_table(columns, tiers, right=columns[:4])
    print()
    print_table(("reading", "value"), list(shape["readings"].items()))


@terms.command("list", short_help="Every published version.")
@knowledge_options
@format_option
def list_(asked: Asked, format_: str | None) -> None:
    """Every published version, in order of effect.

    \b
    Example:
      slaledger terms list
    """
    with open_ledger() as ledger, knowing(ledger, asked) as known, ledger.reading(known.upto) as log:
        versions = log.rules().versions
    rows = [
        {name: _shape(version)[name] for name in ("agreement", "version", "effective_from", "noticed_at", "sha256")}
        for version in versions
    ]
    columns = ("agreement", "version", "effective_from", "noticed_at")
    table = [[row[column] for column in columns] for row in rows]
    emit(rows, format_, lambda: print_table(("agreement", "version", "effective", "announced"), table))


@terms.command("check", short_help="Whether a document is sound.")
@click.argument("file", type=click.Path(exists=True, dir_okay=False))
@format_option
def check(file: str, format_: str | None) -> None:
    """Whether a document is sound; names the place where it is not. Needs no ledger and records nothing.

    \b
    Example:
      slaledger terms check amended.toml
    """
    document = read_text(file)
    found = parse_terms(document)
    shape: Json = {
        "file": file,
        "agreement": found.agreement,
        "version": found.version,
        "effective_from": found.effective_from.isoformat(),
        "sha256": document_sha256(document),
    }
    sound = f"{file}: sound: {found.agreement} {found.version}, effective {found.effective_from}"
    emit(shape, format_, lambda: print(sound))
