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
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import click
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_file
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from declared import ROOT, everything, refusals, sources

from cli.terminal.help import paragraphs
from cli.terminal.language import DOMAIN, FOLDER

OURS = {"said": 1, "counted": 2}  # the number of leading arguments that are templates
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


def read(lang: str) -> Catalog:
    """Read the existing catalogue."""
    with path(lang, ".po").open("rb") as opened:
        return read_po(opened, locale=lang, domain=DOMAIN)


def in_click(message: Message) -> list[tuple[str, int]]:
    """The files of click that contain a sentence."""
    return [place for place in message.locations if place[0].startswith(CLICK)]


def untranslated(catalog: Catalog) -> list[Id]:
    """The sentences without a translation."""
    texts = ((each.id, each.string if isinstance(each.string, tuple | list) else (each.string,)) for each in catalog)
    return [id_ for id_, translated in texts if id_ and not all(translated)]


def collected() -> Catalog:
    """Every sentence with its files, without translations."""
    catalog = Catalog(domain=DOMAIN, creation_date=_LATER, revision_date=_LATER, fuzzy=False)
    for place, message in _found():
        catalog.add(message, locations=[(place, 0)])
    return catalog


@cache
def _found() -> list[tuple[str, Id]]:
    """Every sentence with its locations; the sources are read once."""
    found: list[tuple[str, Id]] = []
    for file in sources():
        found += ((str(file.relative_to(ROOT)), text) for text in _said(ast.parse(file.read_text("utf-8"))))
    for kind in refusals():
        texts = filter(None, (kind.message_template, kind.hint_template))
        found += ((f"{kind.__module__.replace('.', '/')}.py", text) for text in texts)
    for words, command in everything():
        found += ((f"help of slaledger {words}".rstrip(), text) for text in helps(command))
    for file in sorted((ROOT / "ledger" / "agreements").glob("*.toml")):
        exclusions = tomllib.loads(file.read_text("utf-8")).get("exclusions", ())
        found += ((str(file.relative_to(ROOT)), exclusion["cause"]) for exclusion in exclusions)
    for name in _FILES_OF_CLICK:
        for _, message, *_ in extract_from_file("python", Path(click.__file__).with_name(f"{name}.py"), THEIRS):
            found.append((f"{CLICK}{name}.py", message if isinstance(message, str) else (message[0], message[1])))
    return found


def _said(tree: ast.Module) -> Iterator[str]:
    """The literals in `said` and `counted`, including those within f-strings, which Babel's extractor misses."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            constants = (each for each in node.args[: OURS.get(node.func.id, 0)] if isinstance(each, ast.Constant))
            yield from (each.value for each in constants if isinstance(each.value, str))


def helps(command: click.Command, with_short: bool = True) -> list[str]:
    """Our sentences on a command's help page, and about it on its group's page."""
    short = [command.short_help] if command.short_help and with_short else []
    options = (option.help for option in command.params if isinstance(option, click.Option))
    listed = command.descriptions() if hasattr(command, "descriptions") else ()
    return [*paragraphs(command.help or ""), *(" ".join(text.split()) for text in (*short, *options) if text), *listed]


def updated(old: Catalog) -> Catalog:
    """The sentences collected now and those that earlier runs found in click, with their existing translations."""
    catalog = collected()
    for message in filter(in_click, old):
        catalog.add(message.id, locations=in_click(message))
    old.update(catalog, no_fuzzy_matching=True, update_creation_date=False)
    old.obsolete.clear()
    return old


def main() -> None:
    """Update the catalogue of each language from the code, compile it, and count what is untranslated."""
    for lang in sorted(folder.name for folder in FOLDER.iterdir()):
        catalog = updated(read(lang))
        with path(lang, ".po").open("wb") as text, path(lang, ".mo").open("wb") as compiled:
            write_po(text, catalog, width=120, sort_output=True, include_lineno=False)
            write_mo(compiled, catalog)
        print(f"{lang}: {len(catalog)} sentences, {len(untranslated(catalog))} to translate")


if __name__ == "__main__":
    main()
