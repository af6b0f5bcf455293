"""`slaledger terms`: publish, show, list, check."""

from __future__ import annotations

from fractions import Fraction

import click
import msgspec

from cli.answers import shapes
from cli.commands.completion import versions
from cli.commands.recording import group
from cli.options.context import open_ledger
from cli.options.known_at import Asked, knowing, knowledge_options
from cli.terminal.numbers import date_of
from cli.terminal.output import Json, emit, format_option, print_pairs, print_table, put
from cli.terminal.vocabulary import word
from domain.money import Fen, percent_text, yuan
from domain.terms.versions import Terms, Version, by_name, document_sha256, latest, parse_terms
from domain.text import said
from ledger.files.reading import read_text

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
    whole: Json = msgspec.to_builtins(found, enc_hook=_written)
    return {name: whole[name] for name in whole if name not in ("schema", "agreement", "version", "title", "readings")}


def _written(value: object) -> str:
    if isinstance(value, Fen):
        return yuan(value)
    if isinstance(value, Fraction):
        return percent_text(value)
    raise NotImplementedError(f"no wire form for {type(value)}")


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
            (word(name.replace("_", " ")), shape[name])
            for name in ("agreement", "version", "title", "effective_from", "sha256")
        ]
    )
    print()
    rows = [
        (f"{table}.{name}", _value(cited["value"]), word(cited["clause"]))
        for table in ("service", "commitment", "claims", "amendments", "fees", "credit", "vouchers")
        for name, cited in shape["parameters"][table].items()
        if cited is not None
    ]
    print_table((said("parameter"), said("value"), said("clause")), rows)
    print()
    _print_tiers(shape["parameters"]["tiers"])
    print()
    print_table((said("reading"), said("value")), list(shape["readings"].items()))


def _print_tiers(tiers: list[Json]) -> None:
    """The tiers, with one rate where the fee has no parts."""
    single = all(tier["call_rate"] is None for tier in tiers)
    names = ("below", "at_least", "service_rate", *(() if single else ("call_rate",)), "clause")
    rates = (said("rate"),) if single else (said("service"), said("call"))
    columns = (said("below"), said("at least"), *rates, said("clause"))
    print_table(columns, [[tier[name] for name in names] for tier in tiers], right=columns[:-1])


def _value(value: object) -> object:
    return ", ".join(map(str, value)) if isinstance(value, list) else value


@terms.command("list", short_help="Every published version.")
@click.option("--shipped", is_flag=True, help="What comes with the software instead; needs no ledger.")
@knowledge_options
@format_option
def list_(shipped: bool, asked: Asked, format_: str | None) -> None:
    """Every published version, in order of effect.

    \b
    Example:
      slaledger terms list
    """
    if shipped:
        _list_shipped(format_)
        return
    with open_ledger() as ledger, knowing(ledger, asked) as known, ledger.reading(known.upto) as log:
        versions = log.rules().versions
    rows = [
        {name: _shape(version)[name] for name in ("agreement", "version", "effective_from", "noticed_at", "sha256")}
        for version in versions
    ]
    columns = ("agreement", "version", "effective_from", "noticed_at")
    table = [[row[column] for column in columns] for row in rows]
    emit(
        rows,
        format_,
        lambda: print_table((said("agreement"), said("version"), said("effective"), said("announced")), table),
    )


def _list_shipped(format_: str | None) -> None:
    from ledger.shipped import shipped  # it reads every document

    rows = [
        {
            "agreement": found.agreement,
            "version": found.version,
            "effective_from": found.effective_from.isoformat(),
            "currency": found.currency,
            "remedy": found.remedy,
            "title": found.title,
            "url": found.source.url,
            "checked_on": found.source.checked_on.isoformat(),
            "sha256": document_sha256(text),
        }
        for text, found in shipped()
    ]
    columns = ("agreement", "version", "currency", "remedy", "checked_on")
    table = [[row[column] for column in columns] for row in rows]
    emit(rows, format_, lambda: print_table((*map(word, columns[:4]), said("checked")), table))


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
    sound = said(
        "{file}: sound: {agreement} {version}, effective {effective_from}",
        file=file,
        agreement=found.agreement,
        version=found.version,
        effective_from=date_of(found.effective_from.isoformat()),
    )
    emit(shape, format_, lambda: put(sound))
