"""A file that says which files are imported every day, and with which options: TOML, one `[[import]]` for each.

    [[import]]
    format = "statuspage"
    files = ["incidents.json", "scheduled-maintenances.json"]
    all-accounts = true
    map = ["Inbound routing=inbound_routing"]

`files` are paths or patterns (`polls/*.json`), from the folder of the file. Every other key is an option of the import
without its dashes: a text, `true` for a switch, a list for an option that is repeated.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec

from domain.text import said, words_of
from domain.toml import parse_toml
from ledger.files.reading import read_text
from ledger.refusals.imports.config import BadImportConfig, NoFileFits, UnknownImportFormat


class ConfiguredImport(msgspec.Struct, frozen=True):
    """One import: its format, and the words that stand behind it on the command line."""

    place: str
    format: str
    words: tuple[str, ...]


def configured_imports(file: str, formats: frozenset[str]) -> list[ConfiguredImport]:
    """The imports of a file, in order.

    Raises Unreadable `unreadable_file`, `bad_config`, `unknown_format`, `no_file_fits`.
    """
    try:
        document = parse_toml(read_text(file))
    except ValueError as error:
        raise BadImportConfig(place=file, what=words_of(error)) from None
    entries = document.get("import")
    if not isinstance(entries, list) or document.keys() != {"import"}:
        raise BadImportConfig(place=file, what=said("it needs a list [[import]], and nothing else"))
    folder = Path(file).parent
    return [_entry(f"{file}: import {n}", entry, folder, formats) for n, entry in enumerate(entries, 1)]


def _entry(place: str, entry: object, folder: Path, formats: frozenset[str]) -> ConfiguredImport:
    if not isinstance(entry, dict):
        raise BadImportConfig(place=place, what=said("an import is a table"))
    format_, files = entry.get("format"), entry.get("files")
    if not isinstance(format_, str) or format_ not in formats:
        raise UnknownImportFormat(place=place, given=repr(format_), formats=", ".join(sorted(formats)))
    if not isinstance(files, list) or not files or not all(isinstance(each, str) for each in files):
        raise BadImportConfig(place=place, what=said("files must be a list of paths"))
    words = [path for each in files for path in _paths(place, each, folder)]
    for key, value in entry.items():
        if key not in ("format", "files"):
            words += _option(place, key, value)
    return ConfiguredImport(place, format_, tuple(words))


def _paths(place: str, pattern: str, folder: Path) -> list[str]:
    """A path, or all that a pattern fits, by name."""
    if not set(pattern) & set("*?["):
        return [str(folder / pattern)]
    root = Path(pattern).anchor
    found = sorted(map(str, (Path(root) if root else folder).glob(pattern.removeprefix(root))))
    if not found:
        raise NoFileFits(place=place, pattern=pattern)
    return found


def _option(place: str, key: str, value: object) -> Iterator[str]:
    """An option and its value, as words of the command line."""
    values = value if isinstance(value, list) else [value]
    for each in values:
        if each is True:
            yield f"--{key}"
        elif isinstance(each, str) or (isinstance(each, int) and each is not False):
            yield f"--{key}={each}"
        elif each is not False:
            raise BadImportConfig(
                place=place, what=said("{key} must be a text, true, false or a list of texts", key=key)
            )
