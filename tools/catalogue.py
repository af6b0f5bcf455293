"""Keeps the catalogue of translations: collects every sentence that people read, keeps what was translated, compiles.

python tools/catalogue.py

A sentence is the literal in `said` or `counted`, the message or hint of a refusal, a paragraph of a command's help, an
option's help, a cause of exclusion in a shipped agreement, or a text of click, the command line's library. New ones
get an empty translation in the `.po` file, which a test refuses: write the translation, and run this again.

click's texts differ by release, and every release in the range of pyproject.toml must be translated. So the texts that
an earlier run found in another release stay. Run it once on the oldest release and once on the newest.
"""

from __future__ import annotations

import ast
import inspect
import tomllib
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import click
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_file
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from declared import refusals, templates

from cli.main import cli
from cli.terminal.help import paragraphs
from cli.terminal.language import DOMAIN, FOLDER

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("domain", "ledger", "projections", "cli")
OURS = {"said": 1, "counted": 2}
"""The number of leading arguments that are templates."""
THEIRS = {"_": (1,), "ngettext": (1, 2)}
CLICK = "click/"
"""The prefix of the locations of click's sentences."""
_FILES_OF_CLICK = ("core", "decorators", "exceptions", "formatting", "parser", "types")
_LATER = datetime(2026, 11, 24, tzinfo=UTC)
"""The fixed date of each run, so that two runs write the same bytes."""

Id = str | tuple[str, str]


def path(lang: str, suffix: str) -> Path:
    """The catalogue of a language, as text (`.po`) or compiled (`.mo`)."""
    return FOLDER / lang / "LC_MESSAGES" / f"{DOMAIN}{suffix}"


def collected() -> Catalog:
    """Every sentence with its files, without translations."""
    catalog = Catalog(domain=DOMAIN, creation_date=_LATER, revision_date=_LATER, fuzzy=False)
    for place, message in _found():
        catalog.add(message, locations=[(place, 0)])
    return catalog


@cache
def _found() -> tuple[tuple[str, Id], ...]:
    """Every sentence with its locations; the sources are read once."""
    return (*_said(), *_refused(), *_helps(), *_causes(), *_of_click())


def ours(catalog: Catalog) -> set[Id]:
    """The sentences of a catalogue that are in our files."""
    return {message.id for message in catalog if message.id and len(_places_in_click(message)) < len(message.locations)}


def of_click(catalog: Catalog) -> set[Id]:
    """The sentences of a catalogue that are in click's files."""
    return {message.id for message in catalog if message.id and _places_in_click(message)}


def _places_in_click(message: Message) -> list[tuple[str, int]]:
    return [place for place in message.locations if place[0].startswith(CLICK)]


def _said() -> Iterator[tuple[str, Id]]:
    for package in PACKAGES:
        for file in sorted((ROOT / package).rglob("*.py")):
            for template in _templates(ast.parse(file.read_text("utf-8"))):
                yield str(file.relative_to(ROOT)), template


def _refused() -> Iterator[tuple[str, Id]]:
    for kind in refusals():
        for template in templates(kind):
            yield kind.__module__.replace(".", "/") + ".py", template


def _templates(tree: ast.AST) -> Iterator[str]:
    """The literals in `said` and `counted`, including those within f-strings, which Babel's extractor misses."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            for argument in node.args[: OURS.get(node.func.id, 0)]:
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                    yield argument.value


def _of_click() -> Iterator[tuple[str, Id]]:
    folder = Path(inspect.getfile(click)).parent
    return (
        (f"{CLICK}{name}.py", found) for name in _FILES_OF_CLICK for found in _extracted(folder / f"{name}.py", THEIRS)
    )


def _extracted(file: Path, keywords: dict[str, tuple[int, ...]]) -> Iterator[Id]:
    for _, message, _, _ in extract_from_file("python", file, keywords):
        yield message if isinstance(message, str) else (message[0], message[1])


def _helps() -> Iterator[tuple[str, Id]]:
    for name, command in everything(cli, "slaledger"):
        yield from ((f"help of {name}", text) for text in helps(command))


def everything(command: click.Command, name: str) -> Iterator[tuple[str, click.Command]]:
    """A command and all its subcommands."""
    yield name, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for each in command.list_commands(context):
            found = command.get_command(context, each)
            if found is not None:
                yield from everything(found, f"{name} {each}")


def helps(command: click.Command, with_short: bool = True) -> Iterable[str]:
    """Our sentences on a command's help page, and about it on its group's page."""
    texts = paragraphs(command.help or "")
    if command.short_help and with_short:
        texts.append(" ".join(command.short_help.split()))
    options = (option.help for option in command.params if isinstance(option, click.Option))
    listed = command.descriptions() if hasattr(command, "descriptions") else ()
    return [*texts, *(" ".join(text.split()) for text in options if text), *listed]


def _causes() -> Iterator[tuple[str, Id]]:
    for file in sorted((ROOT / "ledger" / "agreements").glob("*.toml")):
        for exclusion in tomllib.loads(file.read_text("utf-8")).get("exclusions", ()):
            yield str(file.relative_to(ROOT)), exclusion["cause"]


def updated(old: Catalog) -> Catalog:
    """The sentences collected now and those that earlier runs found in click, with their existing translations.

    Sentences that are no longer used are dropped.
    """
    catalog = collected()
    for message in old:
        if places := _places_in_click(message):
            catalog.add(message.id, locations=places)
    old.update(catalog, no_fuzzy_matching=True, update_creation_date=False)
    old.obsolete.clear()
    return old


def read(lang: str) -> Catalog:
    """Read the existing catalogue."""
    with path(lang, ".po").open("rb") as opened:
        return read_po(opened, locale=lang, domain=DOMAIN)


def main() -> None:
    """Update the catalogue of each language from the code, compile it, and list what is untranslated."""
    for folder in sorted(FOLDER.iterdir()):
        lang = folder.name
        catalog = updated(read(lang))
        with path(lang, ".po").open("wb") as text:
            write_po(text, catalog, width=120, sort_output=True, include_lineno=False)
        with path(lang, ".mo").open("wb") as compiled:
            write_mo(compiled, catalog)
        left = len(list(untranslated(catalog)))
        print(f"{lang}: {len(catalog)} sentences, {left} to translate")


def untranslated(catalog: Catalog) -> Iterator[Id]:
    """The sentences without a translation."""
    for message in catalog:
        texts = message.string if isinstance(message.string, tuple | list) else (message.string,)
        if message.id and not all(texts):
            yield message.id


if __name__ == "__main__":
    main()
